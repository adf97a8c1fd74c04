"""The desk's own papers: who has an item in hand for some minutes, and what was passed to a supervisor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import Base, now


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
