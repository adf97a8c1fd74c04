"""What one reading says at once of its page: how many rows bear ink, and what may be wrong with each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import Base
from service.store.papers import Page, Reading, Scan
from service.store.work import Job


class ReadingNote(Base):
    """The remarks of a reading, so that a list of pages need not open every reading (``service.jobs.remarks``)."""

    __tablename__ = "reading_note"
    reading_id: Mapped[int] = mapped_column(ForeignKey("reading.id"), primary_key=True)
    rows: Mapped[int]
    remarks: Mapped[list[Any]]
    """``[{"row": 3, "code": "sin_firma"}, ...]``; row 0 is the page itself."""
    count: Mapped[int]


def noted(session: Session, batch: str) -> tuple[int, int]:
    """Of a batch: rows with ink on the pages read so far, and pages with remarks."""
    newest = select(func.max(Reading.id)).group_by(Reading.page_id)
    query = (
        select(func.coalesce(func.sum(ReadingNote.rows), 0), func.count().filter(ReadingNote.count > 0))
        .select_from(ReadingNote)
        .join(Reading, Reading.id == ReadingNote.reading_id)
        .join(Page, Page.id == Reading.page_id)
        .join(Scan, Scan.id == Page.scan_id)
        .where(Scan.batch == batch, Reading.id.in_(newest))
    )
    rows, pages = session.execute(query).one()
    return int(rows), int(pages)


def pages_after(
    session: Session, batch: str, after: int, limit: int, *, only_remarked: bool = False
) -> list[tuple[Page, Scan, Reading | None, ReadingNote | None]]:
    """Pages of a batch in order, after a page's id, each with its newest reading and remarks."""
    newest = select(func.max(Reading.id)).where(Reading.page_id == Page.id).correlate(Page).scalar_subquery()
    query = (
        select(Page, Scan, Reading, ReadingNote)
        .join(Scan, Scan.id == Page.scan_id)
        .outerjoin(Reading, Reading.id == newest)
        .outerjoin(ReadingNote, ReadingNote.reading_id == Reading.id)
        .where(Scan.batch == batch, Page.id > after)
        .order_by(Page.id)
        .limit(limit)
    )
    if only_remarked:
        failed = select(Job.subject).where(Job.batch == batch, Job.kind == "read_page", Job.code.is_not(None))
        query = query.where((ReadingNote.count > 0) | _text(Page.id).in_(failed))
    return [tuple(row) for row in session.execute(query)]  # type: ignore[misc]


def _text(column: Any) -> Any:
    from sqlalchemy import String, cast

    return cast(column, String)


def faults_of(session: Session, batch: str) -> dict[int, str]:
    """Page id -> why its reading was put aside."""
    query = select(Job.subject, Job.sentence).where(
        Job.batch == batch, Job.kind == "read_page", Job.code.is_not(None), Job.finished_at.is_not(None)
    )
    return {int(subject): sentence or "" for subject, sentence in session.execute(query)}


def reading_jobs_open(session: Session, batch: str) -> int:
    """Pages of a batch not yet read, and its laying: what a party sees as work in hand."""
    query = select(func.count()).select_from(Job)
    query = query.where(Job.batch == batch, Job.kind.in_(("read_page", "lay")), Job.finished_at.is_(None))
    return session.scalar(query) or 0
