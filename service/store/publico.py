"""What citizens file about a support that bears their data, and what is looked up to answer them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ForeignKey, exists, func, literal, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import Base
from service.store.findings import Ruling
from service.store.papers import Original, Record, Sheet
from service.store.proceso import Aspirante


class Disavowal(Base):
    """A person's statement that a support is not theirs. It removes nothing: ``item_id`` is the desk's question.

    ``channel``: ``codigo`` (whoever holds the receipt code of the row) or ``persona`` (identified before staff, named
    in ``by``). No data of the person is kept here: the record is what the statement is about.
    """

    __tablename__ = "disavowal"
    id: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[str] = mapped_column(ForeignKey("record.id"), index=True)
    channel: Mapped[str]
    statement: Mapped[str]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("review_item.id"))
    by: Mapped[str]
    at: Mapped[dt.datetime]


IN_PERSON = "persona"
"""The channel of who stood before staff with their credential."""


@dataclass(frozen=True, slots=True)
class Found:
    """A support as far as its own person may be told: which kind of election, its class, its original received."""

    record: str
    cargo: str
    clase: str
    original: bool


def supports_on(session: Session, proceso: str, folio: str, row: int, *, genuine: bool) -> list[Found]:
    """The supports on a row of the sheets with a folio. One query whether the code was ``genuine`` or not."""
    return _found(session, proceso, Sheet.folio == folio, Record.row == row, literal(genuine))


def supports_of(session: Session, proceso: str, clave: str) -> list[Found]:
    """The supports that were resolved to an elector."""
    newest = select(func.max(Ruling.id)).where(Ruling.record == Record.id).correlate(Record).scalar_subquery()
    of_elector = exists().where(Ruling.id == newest, Ruling.clave == clave)
    return _found(session, proceso, of_elector)


def _found(session: Session, proceso: str, *conditions: object) -> list[Found]:
    newest = select(func.max(Ruling.id)).where(Ruling.record == Record.id).correlate(Record).scalar_subquery()
    received = exists().where(
        Original.aspirante == Record.aspirante, or_(Original.mark == Sheet.folio, Original.mark == Sheet.id)
    )
    query = (
        select(Record.id, Aspirante.cargo, func.coalesce(Ruling.clase, "Q1"), received)
        .join(Sheet, Sheet.id == Record.sheet)
        .join(Aspirante, Aspirante.id == Record.aspirante)
        .outerjoin(Ruling, Ruling.id == newest)
        .where(Aspirante.proceso == proceso, *conditions)  # type: ignore[arg-type]
        .order_by(Record.id)
    )
    return [Found(record, cargo, clase, bool(came)) for record, cargo, clase, came in session.execute(query)]


def disavowals(session: Session, limit: int = 100) -> list[tuple[Disavowal, Record]]:
    """Disavowals with their records, the newest first."""
    query = select(Disavowal, Record).join(Record, Record.id == Disavowal.record)
    return [(one, record) for one, record in session.execute(query.order_by(Disavowal.id.desc()).limit(limit))]


def disavowals_of(session: Session, record: str) -> list[Disavowal]:
    """What was stated about one record, the oldest first."""
    return list(session.scalars(select(Disavowal).where(Disavowal.record == record).order_by(Disavowal.id)))


def is_ratified(session: Session, record: str) -> bool:
    """Whether somebody whom staff identified stated that this support is not theirs."""
    return any(one.channel == IN_PERSON for one in disavowals_of(session, record))


def disavowed_before(session: Session, record: str, channel: str) -> Disavowal | None:
    """The newest disavowal of a record by a channel."""
    query = select(Disavowal).where(Disavowal.record == record, Disavowal.channel == channel)
    return session.scalar(query.order_by(Disavowal.id.desc()).limit(1))
