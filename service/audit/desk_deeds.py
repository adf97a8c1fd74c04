"""Deeds of the desks and of the hearing: who looked, answered, took back, alleged and decided."""

from __future__ import annotations

from dataclasses import dataclass

from service.audit.deed import Deed


@dataclass(frozen=True, slots=True)
class ListLookedUp(Deed):
    lista: str
    record: str
    purpose: str
    digest: str


@dataclass(frozen=True, slots=True)
class ReviewGiven(Deed):
    item: int
    record: str
    decision: str


@dataclass(frozen=True, slots=True)
class DecisionsTaken(Deed):
    """A file of decisions taken by command: the operator is the actor, the people are in each decision."""

    lines: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ReviewUndone(Deed):
    item: int
    review: int


@dataclass(frozen=True, slots=True)
class ReviewEscalated(Deed):
    item: int
    record: str


@dataclass(frozen=True, slots=True)
class CellsJudged(Deed):
    """A grid of cells read alike: how many were confirmed, how many were told to be another character."""

    act: int
    character: str
    confirmed: int
    odd: int


@dataclass(frozen=True, slots=True)
class CellsUndone(Deed):
    act: int
    undoes: int


@dataclass(frozen=True, slots=True)
class RowCaptured(Deed):
    """A person typed what a row says, to look for its elector anew; what they typed is no fact of the log."""

    act: int
    record: str


@dataclass(frozen=True, slots=True)
class ImageSeen(Deed):
    record: str
    what: str


@dataclass(frozen=True, slots=True)
class HearingNoticed(Deed):
    notice: int
    aspirante: str
    rows: int
    sha256: str
    term_ends: str


@dataclass(frozen=True, slots=True)
class HearingRead(Deed):
    """A party looked at rows of its hearing: ``what`` of them (``failing``, ``all``, ``claimed``)."""

    notice: int
    rows: int
    what: str


@dataclass(frozen=True, slots=True)
class ClaimMade(Deed):
    claim: int
    aspirante: str
    rows: int
    digests: list[str]


@dataclass(frozen=True, slots=True)
class HearingDecided(Deed):
    decision: int
    claim: int
    record: str
    granted: bool


@dataclass(frozen=True, slots=True)
class RivalWarned(Deed):
    decision: int
    aspirante: str
    rows: int
