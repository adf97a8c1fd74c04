"""The form: what a sheet and its rows must show (art. 323 párr. 9 X and párr. 14 a-d), and what a lack hits.

A legible sheet is never refused: its rows are received with a suspicion and a person rules (domain.md J.2). The
facts come from the eyes or from a clerk; what follows here are suspicions only, except that a defect nobody
needs to rule on (the demarcación or the section left blank) has no effect: scope follows from the list.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from service.law.records import NONE, Clase


class Hits(StrEnum):
    """What a defect reaches: the row where it is, every row of the sheet, or nothing."""

    ROW = "renglon"
    SHEET = "hoja"
    NOTHING = "nada"


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What is seen of a sheet: each True when it is as the approved form demands."""

    folio_known: bool = True  # a) a folio of this process
    folio_of_aspirante: bool = True  # a) of the series issued to this aspirante
    legend_strikes: bool = True  # b) "no serán válidos en caso de tachaduras o enmendaduras"
    legend_one_candidacy: bool = True  # c) supports only one candidacy for each election
    header_of_aspirante: bool = True  # d) name and cargo of the aspirante
    header_clean: bool = True  # b) no strike-out in the header
    other_image_of_folio: bool = False  # same folio with other ink: two sheets claim one number


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What is seen of a row: each True when it is there, or clean."""

    name: bool = True
    clave_or_ocr: bool = True  # X: one of the two is enough
    signature: bool = True
    demarcacion: bool = True
    seccion: bool = True
    clean: bool = True


DEFECTS: dict[str, tuple[Clase | None, Hits, str]] = {
    "folio_known": (Clase.I9, Hits.SHEET, "art. 323 párr. 14 a)"),
    "folio_of_aspirante": (Clase.I9, Hits.SHEET, "art. 323 párr. 14 a)"),
    "legend_strikes": (Clase.I9, Hits.SHEET, "art. 323 párr. 14 b)"),
    "legend_one_candidacy": (Clase.I9, Hits.SHEET, "art. 323 párr. 14 c)"),
    "header_of_aspirante": (Clase.I9, Hits.SHEET, "art. 323 párr. 14 d)"),
    "header_clean": (Clase.I8, Hits.SHEET, "art. 323 párr. 14 b)"),
    "other_image_of_folio": (Clase.I9, Hits.SHEET, "art. 323 párr. 14 a)"),
    "name": (Clase.I5, Hits.ROW, "art. 323 párr. 9 fracc. X"),
    "clave_or_ocr": (Clase.I4, Hits.ROW, "art. 323 párr. 9 fracc. X"),
    "signature": (Clase.I3, Hits.ROW, "art. 323 párr. 9 fracc. X"),
    "demarcacion": (None, Hits.NOTHING, "art. 323 párr. 14 d)"),
    "seccion": (None, Hits.NOTHING, "art. 323 párr. 14 d)"),
    "clean": (Clase.I8, Hits.ROW, "art. 323 párr. 14 b)"),
}


def parrafo_14_hoja(facts: SheetFacts) -> frozenset[Clase]:
    """Art. 323 párr. 14: the suspicions that a sheet lays on every one of its rows."""
    names = ("folio_known", "folio_of_aspirante", "legend_strikes", "legend_one_candidacy")
    lacking = [name for name in (*names, "header_of_aspirante", "header_clean") if not getattr(facts, name)]
    if facts.other_image_of_folio:
        lacking.append("other_image_of_folio")
    return _suspicions(lacking)


def parrafo_9_x_renglon(facts: RowFacts) -> frozenset[Clase]:
    """Art. 323 párr. 9 X and 14 b and d: the suspicions of one row; a strike-out reaches its row only."""
    names = ("name", "clave_or_ocr", "signature", "demarcacion", "seccion", "clean")
    return _suspicions([name for name in names if not getattr(facts, name)])


def _suspicions(lacking: list[str]) -> frozenset[Clase]:
    found = {DEFECTS[name][0] for name in lacking}
    return frozenset(clase for clase in found if clase is not None) or NONE
