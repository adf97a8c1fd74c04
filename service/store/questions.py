"""What the desk's pages ask the database about questions to people and their answers. Reading only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import Session

from service.store.findings import (
    Match,
    Review,
    ReviewItem,
    Ruling,
    Settlement,
    TallyRow,
    UndoneReview,
    moot_condition,
    settled_condition,
)
from service.store.papers import Original, Record, RowRead, Sheet


def open_counts(session: Session) -> list[tuple[str, str, int]]:
    """Open questions by aspirante and kind: (aspirante, kind, how many)."""
    query = (
        select(Record.aspirante, ReviewItem.kind, func.count())
        .join(Record, Record.id == ReviewItem.record)
        .where(~settled_condition(), ~moot_condition())
        .group_by(Record.aspirante, ReviewItem.kind)
        .order_by(Record.aspirante, ReviewItem.kind)
    )
    return [(a, k, n) for a, k, n in session.execute(query)]


def gaps(session: Session) -> dict[str, int]:
    """How near each aspirante's outcome is: the fewest decisions, all in one sense, that would settle it.

    Law room's ``impact`` (its ``gap``), from the figures of the newest tally.
    """
    newest = select(func.max(TallyRow.id)).group_by(TallyRow.aspirante)
    return {
        row.aspirante: max(0, min(d["required"] - d["valid"], d["valid"] + d["pending"] - d["required"] + 1))
        for row in session.scalars(select(TallyRow).where(TallyRow.id.in_(newest)))
        for d in (row.document,)
    }


def open_questions(
    session: Session,
    kinds: Collection[str],
    *,
    aspirante: str | None = None,
    own: Collection[str] | None = None,
    not_by: str | None = None,
    limit: int = 400,
    among: Collection[int] | None = None,
) -> list[tuple[ReviewItem, Record, list[Review]]]:
    """Open items of these kinds with the standing answers they have, what can change an outcome first, and of that
    what is of the aspirante whose outcome is nearest to its edge.

    ``not_by`` leaves out what that person has answered, so that a long shift never hides what is left to do;
    ``among`` looks at these items alone.
    """
    newest = select(func.max(Ruling.id)).where(Ruling.record == Record.id).correlate(Record).scalar_subquery()
    query = (
        select(ReviewItem, Record)
        .join(Record, Record.id == ReviewItem.record)
        .outerjoin(Ruling, Ruling.id == newest)
        .where(ReviewItem.kind.in_(kinds), ~settled_condition(), ~moot_condition())
    )
    nearest = gaps(session) if among is None and not aspirante else {}
    edge = [case(nearest, value=Record.aspirante, else_=max(nearest.values()))] if nearest else []
    query = query.order_by(func.coalesce(Ruling.pivotal, True).desc(), *edge, Record.id, ReviewItem.id)
    if aspirante:
        query = query.where(Record.aspirante == aspirante)
    if own is not None:
        query = query.where(Record.aspirante.in_(own))
    if among is not None:
        query = query.where(ReviewItem.id.in_(among))
    if not_by is not None:
        taken_back = exists().where(UndoneReview.review_id == Review.id)
        query = query.where(~exists().where(Review.item_id == ReviewItem.id, Review.by == not_by, ~taken_back))
    pairs = session.execute(query.limit(limit)).all()
    answers: dict[int, list[Review]] = {}
    undone = exists().where(UndoneReview.review_id == Review.id)
    ids = [item.id for item, _ in pairs]
    for review in session.scalars(select(Review).where(Review.item_id.in_(ids), ~undone).order_by(Review.id)):
        answers.setdefault(review.item_id, []).append(review)
    return [(item, record, answers.get(item.id, [])) for item, record in pairs]


def find_item(session: Session, item_id: int) -> ReviewItem | None:
    return session.get(ReviewItem, item_id)


def siblings_of(session: Session, record: str, item_id: int) -> list[ReviewItem]:
    """The other open questions about the same record."""
    query = select(ReviewItem).where(
        ReviewItem.record == record, ReviewItem.id != item_id, ~settled_condition(), ~moot_condition()
    )
    return list(session.scalars(query.order_by(ReviewItem.id)))


def is_open(session: Session, item_id: int) -> bool:
    query = select(ReviewItem.id).where(ReviewItem.id == item_id, ~settled_condition(), ~moot_condition())
    return session.scalar(query) is not None


def last_review_by(session: Session, by: str) -> Review | None:
    """The newest standing answer of a person: what U takes back."""
    undone = exists().where(UndoneReview.review_id == Review.id)
    return session.scalar(select(Review).where(Review.by == by, ~undone).order_by(Review.id.desc()).limit(1))


def reviews_since(session: Session, since: dt.datetime, by: str | None = None) -> int:
    query = select(func.count()).select_from(Review).where(Review.at >= since)
    return session.scalar(query if by is None else query.where(Review.by == by)) or 0


def reviews_by_day(session: Session, since: dt.datetime) -> list[tuple[dt.datetime, str]]:
    """(moment, decision) of every answer since a moment: the desk counts them by day in the city's time."""
    query = select(Review.at, Review.decision).where(Review.at >= since).order_by(Review.at)
    return [(at, decision) for at, decision in session.execute(query)]


def answer_pairs(session: Session) -> list[tuple[str, tuple[str, str], tuple[str, str]]]:
    """(kind, first answer, second answer) of every item answered twice by different people, as (decision, reason).

    Undone answers are left out. No names: the figures are about reasons, not about people.
    """
    undone = exists().where(UndoneReview.review_id == Review.id)
    query = (
        select(ReviewItem.kind, Review.item_id, Review.decision, Review.reason, Review.by)
        .join(ReviewItem, ReviewItem.id == Review.item_id)
        .where(~undone)
        .order_by(Review.item_id, Review.id)
    )
    by_item: dict[int, list[tuple[str, str, str, str]]] = {}
    for kind, item_id, decision, reason, by in session.execute(query):
        by_item.setdefault(item_id, []).append((kind, decision, reason, by))
    pairs = []
    for answers in by_item.values():
        if len(answers) >= 2 and answers[0][3] != answers[1][3]:
            first, second = answers[0], answers[1]
            pairs.append((first[0], (first[1], first[2]), (second[1], second[2])))
    return pairs


def other_appearances(session: Session, clave: str, record: str) -> list[tuple[Record, RowRead]]:
    """Other records resolved to the same elector, by the policy or by a settled answer."""
    matched = select(Match.record).where(Match.clave == clave)
    answered = (
        select(ReviewItem.record)
        .join(Settlement, Settlement.item_id == ReviewItem.id)
        .join(Review, Review.id == Settlement.review_id)
        .where(Review.clave == clave)
    )
    newest = select(func.max(RowRead.id)).where(RowRead.record == Record.id).correlate(Record).scalar_subquery()
    query = (
        select(Record, RowRead)
        .join(RowRead, RowRead.id == newest)
        .where(Record.id != record, Record.id.in_(matched.union(answered)))
        .order_by(Record.id)
        .limit(20)
    )
    return [(r, read) for r, read in session.execute(query)]


def sheets_in_doubt(session: Session, aspirante: str, kind: str) -> list[tuple[Sheet, bool, list[ReviewItem]]]:
    """Sheets of an aspirante with open questions of a kind, whether their original came, and those questions."""
    came = exists().where(
        Original.aspirante == Sheet.aspirante, (Original.mark == Sheet.folio) | (Original.mark == Sheet.id)
    )
    query = (
        select(Sheet, came, ReviewItem)
        .join(Record, Record.sheet == Sheet.id)
        .join(ReviewItem, ReviewItem.record == Record.id)
        .where(Sheet.aspirante == aspirante, ReviewItem.kind == kind, ~settled_condition())
        .order_by(Sheet.folio, Sheet.id, ReviewItem.id)
    )
    found: dict[str, tuple[Sheet, bool, list[ReviewItem]]] = {}
    for sheet, received, item in session.execute(query):
        found.setdefault(sheet.id, (sheet, bool(received), []))[2].append(item)
    return list(found.values())
