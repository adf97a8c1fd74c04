"""Printing for an aspirante: a run of unique folios is taken, then the sheets are drawn with them.

The run is committed before the first sheet is drawn: a print that fails leaves unused numbers, never a number twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ocr import folio as folios
from ocr.errors import Refused as EyesRefused
from ocr.form import CURRENT, load_form
from service.audit.chain import record
from service.audit.deeds import CedulasPrinted
from service.cedulas.printer import SheetAspirante, SheetProceso, print_sheets
from service.config import Settings
from service.errors import Refused
from service.law.records import Cargo
from service.proceso.register import law_proceso, require_aspirante, require_proceso
from service.store import Store, now
from service.store.proceso import FolioRange, Proceso, last_serial

MAX_SHEETS = 100_000
CARGOS = {
    "jefatura": "Jefatura de Gobierno",
    "alcaldia": "Alcaldía y concejalías",
    "diputacion": "Diputación de mayoría relativa",
}


@dataclass(frozen=True, slots=True)
class Printed:
    """A print run: the folios as printed, in order."""

    aspirante: str
    form: str
    folios: tuple[str, ...]


def print_for(
    store: Store, settings: Settings, *, aspirante: str, sheets: int, out: Path, operator: str, form: str = CURRENT
) -> Printed:
    """Take ``sheets`` new folios and draw them into ``out``. Raises Refused."""
    if not 1 <= sheets <= MAX_SHEETS:
        raise Refused("HOJAS", f"Se imprimen de 1 a {MAX_SHEETS} hojas por vez; corrija --sheets.")
    if not out.parent.is_dir():
        raise Refused("SIN_CARPETA", f"No existe la carpeta de {out.name}; créela o elija otra.")
    try:
        layout = load_form(form)
    except EyesRefused as refusal:
        raise Refused(refusal.code, refusal.sentence) from refusal
    with store.writing() as session:
        person = require_aspirante(session, aspirante)
        proceso = law_proceso(require_proceso(session, person.proceso).text)
        key = session.get_one(Proceso, person.proceso).key
        first = last_serial(session, aspirante) + 1
        last = first + sheets - 1
        session.add(FolioRange(aspirante=aspirante, form=form, first=first, last=last, at=now(), by=operator))
        record(session, operator, CedulasPrinted(aspirante, form, first, last))
    numbers = tuple(folios.number(person.series, serial) for serial in range(first, last + 1))
    window = proceso.ventana(Cargo(person.cargo))
    print_sheets(
        layout,
        SheetAspirante(nombre=person.nombre, cargo=CARGOS[person.cargo], ambito=_scope(person.cargo, person.ambito)),
        SheetProceso(nombre=proceso.nombre, jornada=proceso.jornada, desde=window.desde, hasta=window.hasta),
        numbers,
        key,
        out,
        rehearsal=settings.rehearsal,
    )
    return Printed(aspirante, form, tuple(folios.format(number) for number in numbers))


def _scope(cargo: str, ambito: str) -> str:
    if cargo == "jefatura":
        return "Ciudad de México"
    return f"Demarcación {ambito}" if cargo == "alcaldia" else f"Distrito electoral local {ambito}"
