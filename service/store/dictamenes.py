"""What a dictamen asks of the store: salts, sheets, versions used, answers of two people, dictámenes before it."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, insert, select

from service.store.base import Session
from service.store.findings import (
    Dictamen,
    Match,
    Review,
    ReviewItem,
    Ruling,
    Salt,
    Settlement,
    UndoneReview,
    VoidedSettlement,
)
from service.store.papers import (
    Batch,
    Original,
    Page,
    Reading,
    Record,
    RowRead,
    Scan,
    Sheet,
    SheetImage,
    received_condition,
)
from service.store.proceso import ListaNominal, listas_of
from service.store.work import Job

SALTS_AT_ONCE = 5_000


def ensure_salts(session: Session, aspirante: str, size: int) -> None:
    """Give each record of an aspirante that has none a random salt of ``size`` bytes."""
    missing = list(
        session.scalars(
            select(Record.id)
            .outerjoin(Salt, Salt.record == Record.id)
            .where(Record.aspirante == aspirante, Salt.record.is_(None))
        )
    )
    for start in range(0, len(missing), SALTS_AT_ONCE):
        some = missing[start : start + SALTS_AT_ONCE]
        session.execute(insert(Salt), [{"record": one, "salt": secrets.token_bytes(size)} for one in some])


def salts_of(session: Session, aspirante: str) -> dict[str, bytes]:
    """The salt of each record of an aspirante."""
    query = select(Salt.record, Salt.salt).join(Record, Record.id == Salt.record).where(Record.aspirante == aspirante)
    salts: dict[str, bytes] = {}
    for record, salt in session.execute(query):
        salts[record] = salt
    return salts


def count_dictamenes(session: Session, aspirante: str, *, preliminary: bool) -> int:
    query = select(func.count()).select_from(Dictamen)
    return session.scalar(query.where(Dictamen.aspirante == aspirante, Dictamen.preliminary == preliminary)) or 0


def last_final(session: Session, aspirante: str) -> Dictamen | None:
    """The final dictamen in force, None before the first."""
    query = select(Dictamen).where(Dictamen.aspirante == aspirante, ~Dictamen.preliminary)
    return session.scalar(query.order_by(Dictamen.id.desc()).limit(1))


def lista_matched(session: Session, aspirante: str, proceso: str) -> ListaNominal | None:
    """The list of the newest match of an aspirante's records, else the newest list of the process."""
    newest = session.scalar(
        select(func.max(Match.id)).join(Record, Record.id == Match.record).where(Record.aspirante == aspirante)
    )
    match = None if newest is None else session.get(Match, newest)
    if match is not None:
        return session.get(ListaNominal, match.lista_id)
    return next(iter(listas_of(session, proceso)), None)


def sheets_counted(session: Session, aspirante: str) -> tuple[int | None, int, int]:
    """Sheets declared (None unless every delivery declared its own), taken, and received in paper."""
    declared = list(session.scalars(select(Batch.declared_sheets).where(Batch.aspirante == aspirante)))
    stated = [number for number in declared if number is not None]
    sheets = select(func.count()).select_from(Sheet).where(Sheet.aspirante == aspirante)
    of_sheet = (Original.mark == Sheet.folio) | (Original.mark == Sheet.id)
    received = sheets.where(select(Original.id).where(Original.aspirante == aspirante, of_sheet).exists())
    whole = sum(stated) if declared and len(stated) == len(declared) else None
    return whole, session.scalar(sheets) or 0, session.scalar(received) or 0


def double_answers(session: Session, aspirante: str) -> tuple[int, int]:
    """Questions that two people answered, and in how many of them their first answers differ."""
    answers: dict[int, dict[str, tuple[str, str | None]]] = {}
    query = (
        select(Review.item_id, Review.by, Review.decision, Review.clave)
        .join(ReviewItem, ReviewItem.id == Review.item_id)
        .join(Record, Record.id == ReviewItem.record)
        .where(Record.aspirante == aspirante, Review.id.not_in(select(UndoneReview.review_id)))
        .order_by(Review.id)
    )
    for item, by, decision, clave in session.execute(query):
        answers.setdefault(item, {}).setdefault(by, (decision, clave))
    double = [list(given.values())[:2] for given in answers.values() if len(given) > 1]
    return len(double), sum(first != second for first, second in double)


TAKES_AWAY = frozenset({"not_in_list", "illegible", "copy", "unsigned", "struck", "reject"})


def first_rejections(session: Session, aspirante: str) -> tuple[int, int]:
    """Settled questions whose first answer took a support away, and in how many of them it did not prevail.

    Undone answers are left out: nobody answered those.
    """
    stands = (
        select(Settlement.item_id, Settlement.review_id)
        .where(~exists().where(VoidedSettlement.settlement_id == Settlement.id))
        .subquery()
    )
    query = (
        select(Review.item_id, Review.id, Review.decision, Review.reason, Review.adverse, stands.c.review_id)
        .join(stands, stands.c.item_id == Review.item_id)
        .join(ReviewItem, ReviewItem.id == Review.item_id)
        .join(Record, Record.id == ReviewItem.record)
        .where(Record.aspirante == aspirante, Review.id.not_in(select(UndoneReview.review_id)))
        .order_by(Review.item_id, Review.id)
    )
    answers: dict[int, list[tuple[int, str, str, bool, int]]] = {}
    for item, *given in session.execute(query):
        answers.setdefault(item, []).append((given[0], given[1], given[2], given[3], given[4]))
    taken = overturned = 0
    for given in answers.values():
        _, decision, reason, adverse, standing = given[0]
        if len(given) > 1 and (decision in TAKES_AWAY or adverse):
            taken += 1
            last = next((one for one in given if one[0] == standing), given[0])
            overturned += (decision, reason) != (last[1], last[2])
    return taken, overturned


def readers_and_forms(session: Session, aspirante: str) -> Sequence[tuple[str, str | None]]:
    """The (engine, form) pairs by which an aspirante's records were read."""
    query = (
        select(Reading.engine, Reading.form)
        .join(RowRead, RowRead.reading_id == Reading.id)
        .join(Record, Record.id == RowRead.record)
        .where(Record.aspirante == aspirante)
        .distinct()
    )
    return [(engine, form) for engine, form in session.execute(query)]


@dataclass(frozen=True, slots=True)
class FailingRow:
    """A row that does not count, with where its picture lies and the ruling in force."""

    record: str
    folio: str
    scan: str
    page: int
    row: int
    clase: str
    reasons: tuple[str, ...]
    sentence: str
    original: bool
    """Its sheet was received in paper."""


def failing_rows(session: Session, aspirante: str) -> Iterator[FailingRow]:
    """The rows of an aspirante that do not count, in the order of sheets and rows, a thousand in memory at a time."""
    newest = select(func.max(Ruling.id)).where(Ruling.record == Record.id).correlate(Record).scalar_subquery()
    query = (
        select(Record, Sheet.folio, Scan.sha256, Page.number, Ruling, received_condition())
        .join(Sheet, Sheet.id == Record.sheet)
        .join(Page, Page.id == Sheet.page_id)
        .join(Scan, Scan.id == Page.scan_id)
        .join(Ruling, Ruling.id == newest)
        .where(Record.aspirante == aspirante, Ruling.clase != "V")
        .order_by(Sheet.page_id, Record.row)
        .execution_options(yield_per=1000)
    )
    for record, folio, scan, page, ruling, original in session.execute(query):
        yield FailingRow(
            record.id, folio or "", scan, page, record.row, ruling.clase, tuple(ruling.reasons), ruling.sentence,
            bool(original),
        )  # fmt: skip


def count_failing(session: Session, aspirante: str) -> int:
    """How many rows of an aspirante do not count today (``failing_rows``)."""
    newest = select(func.max(Ruling.id)).where(Ruling.record == Record.id).correlate(Record).scalar_subquery()
    query = select(func.count()).select_from(Record).join(Ruling, Ruling.id == newest)
    return session.scalar(query.where(Record.aspirante == aspirante, Ruling.clase != "V")) or 0


LAID_KINDS = ("sheet", "foreign")
"""Kinds of page whose rows are records (``jobs.lay``)."""


@dataclass(frozen=True, slots=True)
class PageWork:
    """How far the pages of some aspirantes are: what a dictamen must not be issued over."""

    received: int
    read: int
    unlaid: int
    unmatched: int
    open_jobs: int
    faults: int


def page_work(session: Session, aspirantes: Collection[str]) -> PageWork:
    """Pages received and read, pages read and not laid, records never matched, jobs open and put aside."""
    batches = select(Batch.id).where(Batch.aspirante.in_(aspirantes))
    pages = (
        select(func.count())
        .select_from(Page)
        .join(Scan, Scan.id == Page.scan_id)
        .where(Scan.accepted, Scan.batch.in_(batches))
    )
    is_read = select(Reading.id).where(Reading.page_id == Page.id).exists()
    bears_rows = select(Reading.id).where(Reading.page_id == Page.id, Reading.kind.in_(LAID_KINDS)).exists()
    is_laid = select(Sheet.id).where(Sheet.page_id == Page.id).exists()
    is_image = select(SheetImage.page_id).where(SheetImage.page_id == Page.id).exists()
    records = select(func.count()).select_from(Record).where(Record.aspirante.in_(aspirantes))
    jobs = select(func.count()).select_from(Job).where(Job.batch.in_(batches))
    return PageWork(
        received=session.scalar(pages) or 0,
        read=session.scalar(pages.where(is_read)) or 0,
        unlaid=session.scalar(pages.where(bears_rows, ~is_laid, ~is_image)) or 0,
        unmatched=session.scalar(records.where(~select(Match.id).where(Match.record == Record.id).exists())) or 0,
        open_jobs=session.scalar(jobs.where(Job.finished_at.is_(None))) or 0,
        faults=session.scalar(jobs.where(Job.code.is_not(None))) or 0,
    )
