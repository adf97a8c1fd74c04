"""What the memory is asked and what it answers, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from matching import evidence
from matching.alphabet import Lattice
from matching.evidence import Evidence, Grounds
from matching.roll import Elector


class Outcome(StrEnum):
    EXACT = "exact"
    PROBABLE = "probable"
    AMBIGUOUS = "ambiguous"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Query:
    """What was read in one row. Lattices of 18, 13, 4 and 3 cells by 37 columns; None where nothing was read.

    ``nombres``: readings of the name with their probabilities, best first. ``record`` comes back in the answer.
    """

    clave: Lattice | None = None
    numero_ocr: Lattice | None = None
    seccion: Lattice | None = None
    nombres: tuple[tuple[str, float], ...] = ()
    record: str = ""
    demarcacion: Lattice | None = None

    def __repr__(self) -> str:
        return f"Query({self.record})"


@dataclass(frozen=True, slots=True, repr=False)
class Candidate:
    """An elector the row may be. ``index`` holds within this version of the list only.

    ``off_clave``, ``off_ocr``: cells that speak against him once a slip is allowed for, ``off_tail`` those of them
    among the clave's last three; ``slip``: 0 none, 1 neighbours exchanged, 2 day and month exchanged;
    ``unread_clave``, ``unread_ocr``, ``unread_tail``: cells that say nothing; ``section``, ``surnames``, ``given``:
    nats of those fields; ``foreign``: words of the read name that are names of the list and none of his.
    """

    index: int
    clave: str
    probability: float
    elector: Elector
    grounds: Grounds
    off_clave: int
    off_ocr: int
    off_tail: int
    slip: int
    unread_clave: int
    unread_ocr: int
    unread_tail: int
    section: float
    surnames: float
    given: float
    foreign: int

    def __repr__(self) -> str:
        return f"Candidate({self.probability:.4f})"

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Field by field, what was read and what the list says, with a sentence: put into words when asked for."""
        return evidence.told(self.grounds, self.elector)


@dataclass(frozen=True, slots=True, repr=False)
class Match:
    """The answer: ``probability`` is that of the first candidate being the signer; ``absent`` that of the signer
    not being in the list. Candidates, best first, at most five."""

    outcome: Outcome
    probability: float
    absent: float
    candidates: tuple[Candidate, ...]
    record: str = ""

    def __repr__(self) -> str:
        return f"Match({self.record}, {self.outcome}, {self.probability:.4f})"


def match_to_json(match: Match) -> dict[str, Any]:
    """The answer as a JSON document. Personal data."""
    return {
        "record": match.record,
        "outcome": match.outcome.value,
        "probability": round(match.probability, 6),
        "absent": round(match.absent, 6),
        "candidates": [
            {
                "clave": c.clave,
                "seccion": c.elector.seccion,
                "situacion": c.elector.situacion,
                "nombre": c.elector.nombre_completo,
                "probability": round(c.probability, 6),
                "evidence": [
                    {"field": e.field, "read": e.read, "listed": e.listed, "weight": e.weight, "sentence": e.sentence}
                    for e in c.evidence
                ],
            }
            for c in match.candidates
        ],
    }
