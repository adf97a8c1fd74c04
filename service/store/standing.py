"""Everything that stands about each record of a process, gathered in a few passes: what the law room is given.

There are no status columns: where a record stands is derived from readings, matches, settlements and receipts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select

from service.store.audiencia import undecided_condition
from service.store.base import Session
from service.store.cells import confirmed_condition
from service.store.credentials import copied_in
from service.store.findings import (
    Match,
    Review,
    ReviewItem,
    Ruling,
    Settlement,
    VoidedSettlement,
    moot_condition,
    settled_condition,
)
from service.store.papers import Batch, Page, Record, RowRead, Scan, Sheet, received_condition
from service.store.proceso import Aspirante


@dataclass(frozen=True, slots=True)
class Settled:
    """The answer that stands to one question."""

    kind: str
    decision: str
    reason: str
    clave: str | None
    seccion: int | None
    situacion: str | None


@dataclass(frozen=True, slots=True)
class Pending:
    """A question nobody has settled."""

    kind: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Facts:
    """One record with what was read, matched, asked and answered. No repr: it holds personal data."""

    record: str
    aspirante: str
    batch: str
    received: dt.date
    sheet: str
    folio: str | None
    file: str
    page: int
    row: int
    original: bool
    read: RowRead | None
    match: Match | None
    in_hearing: bool = False
    confirmed: bool = False
    """People confirmed cells of its key, looking at many read alike."""
    credential_copy: bool | None = None
    """Whether a copy of the credential was found for it; None where its delivery brought none that could be read."""
    settled: tuple[Settled, ...] = field(default=())
    pending: tuple[Pending, ...] = field(default=())


def facts_of(
    session: Session, proceso: str, aspirante: str | None = None, records: Collection[str] | None = None
) -> Iterator[Facts]:
    """The facts of every record of a process (or of one aspirante, or of these records: some hundreds at most).

    In the order of files, pages and rows.
    """
    scope = [Aspirante.proceso == proceso]
    if aspirante is not None:
        scope.append(Record.aspirante == aspirante)
    if records is not None:
        scope.append(Record.id.in_(records))
    settled: dict[str, list[Settled]] = {}
    for record_id, *values in session.execute(_settled_query().where(*scope)):
        settled.setdefault(record_id, []).append(Settled(*values))
    pending: dict[str, list[Pending]] = {}
    for record_id, kind, reasons in session.execute(_pending_query().where(*scope)):
        pending.setdefault(record_id, []).append(Pending(kind, tuple(reasons)))
    copied, looked = copied_in(session, scope)
    newest_read = select(func.max(RowRead.id)).where(RowRead.record == Record.id).correlate(Record).scalar_subquery()
    newest_match = select(func.max(Match.id)).where(Match.record == Record.id).correlate(Record).scalar_subquery()
    received = received_condition()
    query = (
        select(
            Record.id, Record.aspirante, Record.row, Sheet.id, Sheet.batch, Sheet.folio, Batch.received, Scan.name,
            Page.number, RowRead, Match, received, undecided_condition(), confirmed_condition(),
        )
        .join(Sheet, Sheet.id == Record.sheet)
        .join(Batch, Batch.id == Sheet.batch)
        .join(Page, Page.id == Sheet.page_id)
        .join(Scan, Scan.id == Page.scan_id)
        .join(Aspirante, Aspirante.id == Record.aspirante)
        .outerjoin(RowRead, RowRead.id == newest_read)
        .outerjoin(Match, Match.id == newest_match)
        .where(*scope)
        .order_by(Sheet.page_id, Record.row)
        .execution_options(yield_per=2000)
    )  # fmt: skip
    for (
        record, owner, row, sheet, batch, folio, day, name, page, read, match, original, in_hearing, confirmed,
    ) in session.execute(query):  # fmt: skip
        yield Facts(
            record=record,
            aspirante=owner,
            batch=batch,
            received=day,
            sheet=sheet,
            folio=folio,
            file=name,
            page=page,
            row=row,
            original=original,
            read=read,
            match=match,
            in_hearing=in_hearing,
            confirmed=confirmed,
            credential_copy=record in copied if batch in looked else None,
            settled=tuple(settled.get(record, ())),
            pending=tuple(pending.get(record, ())),
        )


def _settled_query() -> Select[*tuple[Any, ...]]:
    voided = exists().where(VoidedSettlement.settlement_id == Settlement.id)
    return (
        select(
            ReviewItem.record,
            ReviewItem.kind,
            Review.decision,
            Review.reason,
            Review.clave,
            Review.seccion,
            Review.situacion,
        )
        .select_from(ReviewItem)
        .join(Settlement, and_(Settlement.item_id == ReviewItem.id, ~voided))
        .join(Review, Review.id == Settlement.review_id)
        .join(Record, Record.id == ReviewItem.record)
        .join(Aspirante, Aspirante.id == Record.aspirante)
        .order_by(Settlement.id)
    )


def _pending_query() -> Select[*tuple[Any, ...]]:
    return (
        select(ReviewItem.record, ReviewItem.kind, ReviewItem.reasons)
        .join(Record, Record.id == ReviewItem.record)
        .join(Aspirante, Aspirante.id == Record.aspirante)
        .where(~settled_condition(), ~moot_condition())
        .order_by(ReviewItem.id)
    )


def unreceived_classes(session: Session, aspirante: str) -> dict[str, int]:
    """How many records of an aspirante whose original was not received stand under each class in force."""
    newest = select(func.max(Ruling.id)).where(Ruling.record == Record.id).correlate(Record).scalar_subquery()
    received = received_condition()
    query = (
        select(Ruling.clase, func.count())
        .select_from(Record)
        .join(Sheet, Sheet.id == Record.sheet)
        .join(Ruling, Ruling.id == newest)
        .where(Record.aspirante == aspirante, ~received)
        .group_by(Ruling.clase)
    )
    return {clase: int(count) for clase, count in session.execute(query)}


Place = tuple[int, int]
"""Where a record stands in an aspirante's papers: its page's number in the store and its row."""


def places_after(session: Session, aspirante: str, after: Place, limit: int) -> list[tuple[Place, str]]:
    """The next records of an aspirante in the order of files, pages and rows: (place, id), at most ``limit``."""
    page, row = after
    query = (
        select(Sheet.page_id, Record.row, Record.id)
        .join(Sheet, Sheet.id == Record.sheet)
        .where(
            Record.aspirante == aspirante,
            or_(Sheet.page_id > page, and_(Sheet.page_id == page, Record.row > row)),
        )
        .order_by(Sheet.page_id, Record.row)
        .limit(limit)
    )
    return [((page_id, number), record) for page_id, number, record in session.execute(query)]
