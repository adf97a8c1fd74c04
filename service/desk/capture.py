"""A row that was read badly is typed by a person who sees it, and looked for in the list anew.

What was typed answers nothing by itself: it brings candidates, and whose the row is a person says at the desk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.audit.chain import record as record_deed
from service.audit.deeds import RowCaptured
from service.config import Settings
from service.desk.decisions import REVIEWERS
from service.errors import Refused
from service.jobs.lookups import leave_trace
from service.jobs.match_page import match_row
from service.store import Session, now
from service.store.cells import CellAct, RowCapture
from service.store.findings import ReviewItem, standing_settlement
from service.store.papers import newest_read

LONGEST_NAME = 120

_FORMS = {
    "clave": (re.compile(r"[A-Z0-9?]{18}"), "la clave de elector lleva 18 letras y cifras"),
    "numero_ocr": (re.compile(r"[0-9?]{12,13}"), "el número OCR lleva 12 o 13 cifras"),
    "seccion": (re.compile(r"[0-9?]{4}"), "la sección lleva 4 cifras"),
}


@dataclass(frozen=True, slots=True, repr=False)
class Typed:
    """What a person typed of a row; empty where they typed nothing, ``?`` for a character they cannot read."""

    clave: str = ""
    numero_ocr: str = ""
    seccion: str = ""
    nombre: str = ""


def read_typed(clave: str, numero_ocr: str, seccion: str, nombre: str) -> Typed:
    """What was typed, in the form of a reading. Raises Refused CAPTURA_FORMA or CAPTURA_VACIA."""
    keys = {"clave": clave, "numero_ocr": numero_ocr, "seccion": seccion}
    clean = {name: re.sub(r"[\s-]", "", text).upper() for name, text in keys.items()}
    for name, (form, sentence) in _FORMS.items():
        if clean[name] and not form.fullmatch(clean[name]):
            raise Refused("CAPTURA_FORMA", f"Revise lo capturado: {sentence}; use ? por la que no se lea.")
    named = " ".join(nombre.upper().split())[:LONGEST_NAME]
    if not any([*clean.values(), named]):
        raise Refused("CAPTURA_VACIA", "Escriba lo que lee en el renglón: clave, número OCR, sección o nombre.")
    return Typed(**clean, nombre=named)


def capture(
    session: Session, settings: Settings, item: ReviewItem, typed: Typed, *, by: str, roles: frozenset[str]
) -> None:
    """Keep what a person typed of the row and look for it in the list; the newest capture stands.

    Raises Refused SIN_FACULTAD, ASUNTO_RESUELTO, DECISION_AJENA, SIN_LISTA or MUCHAS_CONSULTAS.
    """
    if not roles & REVIEWERS:
        raise Refused("SIN_FACULTAD", f"«{by}» no tiene función de revisión; pida a administración que la asigne.")
    if item.kind != "match":
        raise Refused("DECISION_AJENA", "Sólo se captura un renglón cuando se pregunta quién firmó.")
    if standing_settlement(session, item.id) is not None:
        raise Refused("ASUNTO_RESUELTO", f"El asunto {item.id} ya está resuelto; deshaga antes la respuesta.")
    read = newest_read(session, item.record)
    if read is None:
        raise Refused("ASUNTO_DESCONOCIDO", f"El renglón del asunto {item.id} no se ha leído.")
    asked = "|".join((typed.clave, typed.numero_ocr, typed.seccion, typed.nombre))
    leave_trace(session, item.record, "captura", asked, by=by)
    act = CellAct(character="", by=by, at=now(), undoes=None)
    session.add(act)
    session.flush()
    session.add(
        RowCapture(
            act_id=act.id, row_read_id=read.id, clave=typed.clave, numero_ocr=typed.numero_ocr,
            seccion=typed.seccion, nombre=typed.nombre,
        )
    )  # fmt: skip
    session.flush()
    record_deed(session, by, RowCaptured(act.id, item.record))
    match_row(session, settings, item.record)
