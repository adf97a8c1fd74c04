"""Which open question a person gets next: blind to others' answers, never one that is in somebody's hands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from service.desk.decisions import Standing, where_it_stands
from service.desk.hints import Hints
from service.desk.questions import DESKS, QUESTIONS
from service.store import Session, questions
from service.store.desk import escalated, lent_to_others
from service.store.findings import Review, ReviewItem
from service.store.papers import Record

LOAN_MINUTES = 10
"""An item in hand comes back to the queue after this; a median decision takes seconds."""

LOOK_AHEAD = 400
"""How many open questions are looked at for the next one: more than a shift of people can hold at once."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What part of the queue a person works on; empty values mean all of it.

    ``allowed`` are the kinds of question the person's role answers.
    """

    kind: str = ""
    desk: str = ""
    aspirante: str = ""
    allowed: tuple[str, ...] = tuple(QUESTIONS)

    @property
    def kinds(self) -> tuple[str, ...]:
        wanted = tuple(QUESTIONS)
        if self.kind in QUESTIONS:
            wanted = (self.kind,)
        elif self.desk:
            wanted = next((desk.kinds for desk in DESKS if desk.name == self.desk), wanted)
        return tuple(kind for kind in wanted if kind in self.allowed)

    def as_query(self) -> dict[str, Any]:
        """The filter as the query of an address, without its empty parts."""
        parts = {"kind": self.kind, "desk": self.desk, "aspirante": self.aspirante}
        return {name: value for name, value in parts.items() if value}


def may_answer(item: ReviewItem, answers: list[Review], escalated_ids: set[int], by: str, supervises: bool) -> bool:
    """True if this person may answer this question now."""
    if any(review.by == by for review in answers):
        return False
    if where_it_stands(answers) is Standing.SUPERVISOR or item.id in escalated_ids:
        return supervises
    return True


def questions_for(
    session: Session,
    wanted: Filter,
    *,
    by: str,
    supervises: bool,
    own: Collection[str] | None,
    limit: int = LOOK_AHEAD,
    among: Collection[int] | None = None,
) -> list[tuple[ReviewItem, Record]]:
    """Open questions this person may answer, what can change an outcome first; only of ``among`` where given."""
    found = questions.open_questions(
        session, wanted.kinds, aspirante=wanted.aspirante or None, own=own, not_by=by, limit=limit, among=among
    )
    passed_on = escalated(session, [item.id for item, _record, _answers in found])
    return [(i, r) for i, r, answers in found if may_answer(i, answers, passed_on, by, supervises)]


STRETCH = 40
"""Remembered questions checked at a time: more than the people who work at once have in hand."""


def next_question(
    session: Session,
    wanted: Filter,
    *,
    by: str,
    supervises: bool,
    own: Collection[str] | None,
    skip: Collection[int] = (),
    remembered: Hints | None = None,
) -> ReviewItem | None:
    """The first question of the queue that nobody else has in hand.

    With ``remembered`` the order of the queue may be some seconds old; what is returned is open now all the same.
    """
    memory = remembered if remembered is not None else Hints()
    key = ("order", by, supervises, wanted.kinds, wanted.aspirante, own)

    def order() -> list[int]:
        return [i.id for i, _r in questions_for(session, wanted, by=by, supervises=supervises, own=own)]

    left_out = lent_to_others(session, by) | set(skip)
    old = key in memory.kept
    for renew in (False, True):
        ids = [number for number in memory.get(key, order, renew=renew) if number not in left_out]
        for start in range(0, len(ids), STRETCH):
            found = questions_for(
                session, wanted, by=by, supervises=supervises, own=own, among=ids[start : start + STRETCH]
            )
            at = {item.id: item for item, _record in found}
            first = next((at[number] for number in ids[start : start + STRETCH] if number in at), None)
            if first is not None:
                return first
        if not old:
            break
    return None
