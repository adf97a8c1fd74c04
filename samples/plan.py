"""The words of the samples' story: candidates, what a row truly is, what a sheet of paper is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from samples.sheets import Row

FIRST_DAY, LAST_DAY = date(2026, 11, 20), date(2027, 1, 18)
RECEIVED = date(2027, 1, 19)
ROWS = 8


@dataclass(frozen=True, slots=True)
class Candidate:
    """An aspirante of the samples; ``number`` is also the series of their folios."""

    number: int
    slug: str
    nombre: str
    cargo: str
    ambito: str
    constancia: date = date(2026, 11, 19)


RENATA = Candidate(1, "renata", "RENATA AURORA CAUCE LAGUNA", "alcaldia", "006")
TOMAS = Candidate(2, "tomas", "TOMÁS QUETZALCO NUBE", "diputacion", "17")
LUCERO = Candidate(3, "lucero", "LUCERO CELESTE FARO BRUMA", "diputacion", "17")
GAEL = Candidate(4, "gael", "GAEL SILVESTRE MONTE RIVERA", "alcaldia", "006")
CANDIDATES = (RENATA, TOMAS, LUCERO, GAEL)
NOBODY = Candidate(77, "nadie", "CORNELIA ARENA FINGIDA", "diputacion", "17")
"""On whose name, and series, no sheet was ever issued."""


@dataclass(frozen=True, slots=True)
class Support:
    """One inked row as it truly is. ``elector`` is the clave of whoever signed, if they are on the list.

    ``found`` is what an honest reviewer sees: elector, not_in_list, illegible or mismatch (clave and name of two
    people). ``case`` says in a word why the row is here; ``undecided`` names the questions left unanswered.
    """

    row: Row
    case: str = "valid"
    elector: str = ""
    fecha: date | None = None
    found: str = "elector"
    struck: bool = False
    undecided: tuple[str, ...] = ()

    @property
    def signed(self) -> bool:
        return self.row.signature in ("signed", "print")


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """One sheet of paper. ``series`` and ``serial`` are what is printed on it; ``uploaded_by`` whose batch it is
    in. ``copy``: none, bw, colour. ``foreign``: its folio is not this aspirante's own (or is used twice).
    ``supports`` has one place a row, None where the row is blank. ``style``: how it is written and scanned."""

    uploaded_by: Candidate
    series: int
    serial: int
    supports: tuple[Support | None, ...]
    hand: str = "fonts"
    copy: str = "none"
    foreign: bool = False
    original: bool = True
    paper: str = "offset"
    tags: frozenset[str] = frozenset()
