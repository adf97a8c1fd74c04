"""The desk's own papers: who has an item in hand for some minutes, and what was passed to a supervisor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import Base, now
from service.store.findings import ReviewItem
from service.store.papers import Page, Reading, Record, RowRead, Scan


class ItemLoan(Base):
    """An item lent to one person until a moment; the next loan replaces it."""

    __tablename__ = "item_loan"
    item_id: Mapped[int] = mapped_column(ForeignKey("review_item.id"), primary_key=True)
    by: Mapped[str]
    until: Mapped[dt.datetime]


class Escalation(Base):
    """An item that somebody passed on to a supervisor instead of answering."""

    __tablename__ = "escalation"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("review_item.id"), index=True)
    by: Mapped[str]
    at: Mapped[dt.datetime]


class GlyphCheck(Base):
    """A cell that a person confirmed or marked as read wrong in a group verification."""

    __tablename__ = "glyph_check"
    id: Mapped[int] = mapped_column(primary_key=True)
    row_read_id: Mapped[int] = mapped_column(ForeignKey("row_read.id"), index=True)
    field: Mapped[str]
    cell: Mapped[int]
    character: Mapped[str]
    agrees: Mapped[bool]
    by: Mapped[str]
    at: Mapped[dt.datetime]


def lend(session: Session, item_id: int, by: str, minutes: int) -> str | None:
    """Lend an item; returns the name of who has it when that is somebody else, else None."""
    moment = now()
    loan = session.get(ItemLoan, item_id)
    if loan is not None and loan.by != by and loan.until > moment:
        return loan.by
    until = moment + dt.timedelta(minutes=minutes)
    if loan is None:
        session.add(ItemLoan(item_id=item_id, by=by, until=until))
    else:
        loan.by, loan.until = by, until
    return None


def lent_to_others(session: Session, by: str) -> set[int]:
    """Items that somebody else has in hand now."""
    return set(session.scalars(select(ItemLoan.item_id).where(ItemLoan.by != by, ItemLoan.until > now())))


def give_back(session: Session, item_id: int) -> None:
    loan = session.get(ItemLoan, item_id)
    if loan is not None:
        session.delete(loan)


def escalate(session: Session, item_id: int, by: str) -> None:
    session.add(Escalation(item_id=item_id, by=by, at=now()))


def escalated(session: Session, ids: Collection[int] | None = None) -> set[int]:
    query = select(Escalation.item_id)
    return set(session.scalars(query if ids is None else query.where(Escalation.item_id.in_(ids))))


def open_of_kinds(session: Session, kinds: Collection[str]) -> int:
    return session.scalar(select(func.count()).select_from(ReviewItem).where(ReviewItem.kind.in_(kinds))) or 0


def recent_row_reads(
    session: Session, aspirante: str | None, before: int | None, limit: int
) -> list[tuple[RowRead, Reading, Page, Scan]]:
    """Rows read, the newest first: where group verification takes its cells from."""
    query = (
        select(RowRead, Reading, Page, Scan)
        .join(Reading, Reading.id == RowRead.reading_id)
        .join(Page, Page.id == Reading.page_id)
        .join(Scan, Scan.id == Page.scan_id)
        .join(Record, Record.id == RowRead.record)
        .order_by(RowRead.id.desc())
        .limit(limit)
    )
    if aspirante:
        query = query.where(Record.aspirante == aspirante)
    if before is not None:
        query = query.where(RowRead.id < before)
    return [(a, b, c, d) for a, b, c, d in session.execute(query)]


def checked_cells(session: Session, row_reads: Collection[int]) -> set[tuple[int, str, int]]:
    query = select(GlyphCheck.row_read_id, GlyphCheck.field, GlyphCheck.cell)
    return {(r, f, c) for r, f, c in session.execute(query.where(GlyphCheck.row_read_id.in_(row_reads)))}
