"""The geographic frame: section -> district, demarcación, circunscripción, electors (arts. 4, 16, 17, 368-373)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from service.law.errors import LawRefused

COLUMNS = ("seccion", "distrito_local", "demarcacion", "circunscripcion", "lista_nominal")


@dataclass(frozen=True, slots=True)
class Seccion:
    """One section; ``electors`` is None where the figure is missing, which is not a zero.

    ``zero_source`` names the document that confirms that nobody is listed here: only then does the section
    leave N of the dispersion (art. 323 párr. 2, reading of domain.md A-7).
    """

    seccion: int
    distrito: str
    demarcacion: str
    circunscripcion: str = ""
    electors: int | None = None
    zero_source: str = ""

    @property
    def confirmed_empty(self) -> bool:
        """Zero electors, and a source that says so."""
        return self.electors == 0 and bool(self.zero_source)


@dataclass(frozen=True, slots=True)
class Marco:
    """All sections of a process, by number; versioned with the process by whoever stores it."""

    secciones: Mapping[int, Seccion]

    def get(self, seccion: int | None) -> Seccion | None:
        """The section, or None where the frame does not know it."""
        return None if seccion is None else self.secciones.get(seccion)

    def __iter__(self) -> Iterator[Seccion]:
        return iter(self.secciones.values())

    def __len__(self) -> int:
        return len(self.secciones)

    def __repr__(self) -> str:
        return f"Marco({len(self.secciones)} secciones)"


def marco_of(secciones: Iterable[Seccion]) -> Marco:
    """A frame from its sections; refuses the same section twice (373: a section lies in one district)."""
    found: dict[int, Seccion] = {}
    for seccion in secciones:
        if seccion.seccion in found:
            raise LawRefused("marco_repetida", f"La sección {seccion.seccion} aparece dos veces en el marco.")
        found[seccion.seccion] = seccion
    return Marco(found)


def _is_number(text: str) -> bool:
    """Figures 0 to 9 alone, and as few as a code or a count may have: ``str.isdigit`` admits «²» too."""
    return text.isascii() and text.isdigit() and len(text) <= 9


def demarcacion_code(text: str) -> str:
    """``9`` or ``009`` -> ``009``; whatever is not a number comes back trimmed."""
    text = text.strip()
    return text.zfill(3) if _is_number(text) else text


def distrito_code(text: str) -> str:
    """``07`` -> ``7``; whatever is not a number comes back trimmed."""
    text = text.strip()
    return str(int(text)) if _is_number(text) else text


def marco_from_csv(text: str) -> Marco:
    """A frame from the CSV of contracts.md; unknown and missing columns are refused by name.

    An empty ``lista_nominal`` is a missing figure. The optional column ``fuente_cero`` names the source that
    confirms a zero.
    """
    reader = csv.DictReader(io.StringIO(text))
    header = reader.fieldnames or []
    for column in header:
        if column not in (*COLUMNS, "fuente_cero"):
            raise LawRefused("columna_desconocida", f"La columna «{column}» no existe en un marco geográfico.")
    for column in COLUMNS:
        if column not in header:
            raise LawRefused("columna_falta", f"Falta la columna «{column}» en el marco geográfico.")
    return marco_of(_seccion(number, row) for number, row in enumerate(reader, start=2))


def _seccion(number: int, row: Mapping[str, str]) -> Seccion:
    if None in row or None in row.values():
        raise LawRefused("marco_renglon", f"Renglón {number} del marco: no tiene las columnas del encabezado.")
    seccion, electors = row["seccion"].strip(), row["lista_nominal"].strip()
    if not _is_number(seccion) or (electors and not _is_number(electors)):
        raise LawRefused(
            "marco_renglon", f"Renglón {number} del marco: la sección o la lista nominal no es un número."
        )
    return Seccion(
        seccion=int(seccion),
        distrito=distrito_code(row["distrito_local"]),
        demarcacion=demarcacion_code(row["demarcacion"]),
        circunscripcion=row["circunscripcion"].strip(),
        electors=int(electors) if electors else None,
        zero_source=row.get("fuente_cero", "").strip(),
    )
