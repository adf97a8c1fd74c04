"""Acts that mend a delivery: a page no eyes can read closed by hand, a delivery moved to the aspirante it is of.

Each is proposed by one person with a motive and takes effect when another approves it.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, exists, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.audiencia import ClaimRow, NoticeRow
from service.store.base import Base
from service.store.papers import Batch, Page, Record, Scan, Sheet, SheetImage
from service.store.work import Job


class Remedy(Base):
    """A proposed act on a delivery: ``close`` a page with so many ``rows``, or ``move`` it ``to`` an aspirante."""

    __tablename__ = "remedy"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[str] = mapped_column(ForeignKey("batch.id"), index=True)
    kind: Mapped[str]
    page_id: Mapped[int | None] = mapped_column(ForeignKey("page.id"))
    rows: Mapped[int | None]
    origin: Mapped[str | None]
    """The aspirante the delivery was under when its move was proposed."""
    to: Mapped[str | None] = mapped_column(ForeignKey("aspirante.id"))
    motive: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class RemedyAnswer(Base):
    """The second person's answer."""

    __tablename__ = "remedy_answer"
    remedy_id: Mapped[int] = mapped_column(ForeignKey("remedy.id"), primary_key=True)
    approved: Mapped[bool]
    by: Mapped[str]
    at: Mapped[dt.datetime]


def remedies_of(session: Session, batch: str) -> list[tuple[Remedy, RemedyAnswer | None]]:
    """Acts proposed on a delivery with their answers, the newest first."""
    query = (
        select(Remedy, RemedyAnswer)
        .outerjoin(RemedyAnswer, RemedyAnswer.remedy_id == Remedy.id)
        .where(Remedy.batch == batch)
        .order_by(Remedy.id.desc())
    )
    return [(remedy, answer) for remedy, answer in session.execute(query)]


def find_remedy(session: Session, remedy: int) -> Remedy | None:
    return session.get(Remedy, remedy)


def remedy_answer(session: Session, remedy: int) -> RemedyAnswer | None:
    return session.get(RemedyAnswer, remedy)


def pages_aside(session: Session, batch: str) -> list[tuple[Page, Scan, Job]]:
    """Pages of a delivery whose reading was put aside, with why."""
    jobs = session.scalars(
        select(Job).where(Job.batch == batch, Job.kind == "read_page", Job.code.is_not(None)).order_by(Job.id)
    ).all()
    found = []
    for job in jobs:
        page = session.get_one(Page, int(job.subject))
        found.append((page, session.get_one(Scan, page.scan_id), job))
    return found


def job_of_page(session: Session, page_id: int) -> Job | None:
    return session.scalar(select(Job).where(Job.kind == "read_page", Job.subject == str(page_id)))


def is_in_a_hearing(session: Session, batch: str) -> bool:
    """Whether a notice or a claim names a record of this delivery."""
    records = select(Record.id).join(Sheet, Sheet.id == Record.sheet).where(Sheet.batch == batch)
    noticed = session.scalar(select(NoticeRow.record).where(NoticeRow.record.in_(records)).limit(1))
    claimed = session.scalar(select(ClaimRow.record).where(ClaimRow.record.in_(records)).limit(1))
    return noticed is not None or claimed is not None


def shares_sheets(session: Session, batch: str) -> bool:
    """Whether a page of another delivery shows a sheet of this one, or a page of this one a sheet of another."""
    of_batch = select(Page.id).join(Scan, Scan.id == Page.scan_id).where(Scan.batch == batch)
    query = select(SheetImage.page_id).join(Sheet, Sheet.id == SheetImage.sheet)
    theirs = session.scalar(query.where(Sheet.batch == batch, SheetImage.page_id.not_in(of_batch)).limit(1))
    ours = session.scalar(query.where(Sheet.batch != batch, SheetImage.page_id.in_(of_batch)).limit(1))
    return theirs is not None or ours is not None


def sheets_of_batch(session: Session, batch: str) -> list[Sheet]:
    return list(session.scalars(select(Sheet).where(Sheet.batch == batch).order_by(Sheet.page_id)))


def hand_over(session: Session, batch: Batch, to: str) -> None:
    """Put a delivery with its sheets and records under another aspirante."""
    batch.aspirante = to
    sheets = select(Sheet.id).where(Sheet.batch == batch.id)
    session.execute(update(Record).where(Record.sheet.in_(sheets)).values(aspirante=to))
    session.execute(update(Sheet).where(Sheet.batch == batch.id).values(aspirante=to))


def has_open_work(session: Session, batch: str) -> bool:
    return bool(session.scalar(select(exists().where(Job.batch == batch, Job.finished_at.is_(None)))))
