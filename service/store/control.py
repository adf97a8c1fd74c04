"""The blind second look: frames sealed before the seed, what the seed drew, what each person saw without the first.

``purpose`` is ``lectura`` (before a dictamen: what the machine accepted by itself and what people rejected, for its
statement of error) or ``decision`` (after it: the audit of an outcome already frozen).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import Base, now
from service.store.findings import Review, ReviewItem


class ControlFrame(Base):
    """The records a sample may be drawn from, sealed by the hash of their list before any seed is known."""

    __tablename__ = "control_frame"
    id: Mapped[int] = mapped_column(primary_key=True)
    aspirante: Mapped[str] = mapped_column(ForeignKey("aspirante.id"), index=True)
    purpose: Mapped[str]
    stratum: Mapped[str]
    dictamen_id: Mapped[int | None] = mapped_column(ForeignKey("dictamen.id"))
    records: Mapped[int]
    limit_percent: Mapped[int]
    """Risk limit of an audit of the decision, fixed with the frame; 0 for a statement of error."""
    sha256: Mapped[str]
    listed: Mapped[bytes] = mapped_column(deferred=True)
    """The sealed list, a line each: records (``lectura``) or commitments of the public annex (``decision``)."""
    at: Mapped[dt.datetime]
    by: Mapped[str]


class ControlDraw(Base):
    """One drawing of a frame. A larger one with the same seed holds the smaller."""

    __tablename__ = "control_draw"
    __table_args__ = (UniqueConstraint("frame_id", "size"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    frame_id: Mapped[int] = mapped_column(ForeignKey("control_frame.id"), index=True)
    seed: Mapped[str]
    size: Mapped[int]
    at: Mapped[dt.datetime]
    by: Mapped[str]


class ControlItem(Base):
    """One record drawn: its place in the order of the seed, and what was held about it when it was drawn."""

    __tablename__ = "control_item"
    __table_args__ = (UniqueConstraint("frame_id", "place"), UniqueConstraint("frame_id", "record"))
    id: Mapped[int] = mapped_column(primary_key=True)
    frame_id: Mapped[int] = mapped_column(ForeignKey("control_frame.id"))
    place: Mapped[int]
    record: Mapped[str] = mapped_column(ForeignKey("record.id"), index=True)
    clase: Mapped[str]
    elector: Mapped[str]
    clave_read: Mapped[str]
    fecha_read: Mapped[str]


class ControlLook(Base):
    """What one person saw of a drawn record, shown nothing of what others did. Only ``same`` comes later, once."""

    __tablename__ = "control_look"
    __table_args__ = (UniqueConstraint("item_id", "by"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("control_item.id"), index=True)
    clave: Mapped[str]
    fecha: Mapped[str]
    signed: Mapped[bool]
    in_order: Mapped[bool]
    """Original, without strike-outs, every datum there: the person would let the row through."""
    listed: Mapped[bool]
    """Whether the key as written is one of the list in force."""
    same: Mapped[bool | None]
    """Asked of this person after writing, where the key written is not the elector's: «¿es esta persona?»."""
    by: Mapped[str]
    at: Mapped[dt.datetime]


@dataclass(frozen=True, slots=True)
class Seen:
    """A drawn record with the looks it has, in the order they came."""

    item: ControlItem
    looks: tuple[ControlLook, ...]


def frames_of(session: Session, aspirante: str | None = None, purpose: str | None = None) -> list[ControlFrame]:
    """Frames, oldest first."""
    query = select(ControlFrame).order_by(ControlFrame.id)
    if aspirante is not None:
        query = query.where(ControlFrame.aspirante == aspirante)
    if purpose is not None:
        query = query.where(ControlFrame.purpose == purpose)
    return list(session.scalars(query))


def newest_drawn(session: Session, aspirante: str, stratum: str) -> ControlFrame | None:
    """The newest frame of a stratum, for a statement of error, that a seed was drawn for."""
    query = (
        select(ControlFrame)
        .join(ControlDraw, ControlDraw.frame_id == ControlFrame.id)
        .where(
            ControlFrame.aspirante == aspirante, ControlFrame.purpose == "lectura", ControlFrame.stratum == stratum
        )
        .order_by(ControlFrame.id.desc())
    )
    return session.scalars(query).first()


def drawn_before(session: Session, frame: ControlFrame) -> int:
    """How many earlier frames of the same aspirante, purpose and stratum were drawn: a second try must show."""
    query = (
        select(func.count(func.distinct(ControlFrame.id)))
        .join(ControlDraw, ControlDraw.frame_id == ControlFrame.id)
        .where(
            ControlFrame.aspirante == frame.aspirante,
            ControlFrame.purpose == frame.purpose,
            ControlFrame.stratum == frame.stratum,
            ControlFrame.id < frame.id,
        )
    )
    return session.scalar(query) or 0


def draws_of(session: Session, frame: int) -> list[ControlDraw]:
    """The drawings of a frame, the smallest first."""
    return list(session.scalars(select(ControlDraw).where(ControlDraw.frame_id == frame).order_by(ControlDraw.size)))


def seen_of(session: Session, frame: int) -> list[Seen]:
    """The drawn records of a frame in the order of the seed, with their looks."""
    items = list(
        session.scalars(select(ControlItem).where(ControlItem.frame_id == frame).order_by(ControlItem.place))
    )
    looks: dict[int, list[ControlLook]] = {}
    query = select(ControlLook).join(ControlItem).where(ControlItem.frame_id == frame).order_by(ControlLook.id)
    for look in session.scalars(query):
        looks.setdefault(look.item_id, []).append(look)
    return [Seen(item, tuple(looks.get(item.id, ()))) for item in items]


def count_items(session: Session, frame: int) -> int:
    return session.scalar(select(func.count()).where(ControlItem.frame_id == frame)) or 0


def people_who_saw(session: Session, records: Collection[str]) -> set[tuple[str, str]]:
    """(record, person) of every answer given at the desk: who answered is not blind to it any more."""
    query = (
        select(ReviewItem.record, Review.by)
        .join(Review, Review.item_id == ReviewItem.id)
        .where(ReviewItem.record.in_(records))
    )
    return {(record, by) for record, by in session.execute(query)}


def add_items(session: Session, items: Sequence[ControlItem]) -> None:
    session.add_all(items)
    session.flush()


def add_look(
    session: Session, item: int, *, clave: str, fecha: str, signed: bool, in_order: bool, listed: bool, by: str
) -> None:
    """Keep what a person saw; ``same`` waits for the question that may follow."""
    session.add(
        ControlLook(
            item_id=item, clave=clave, fecha=fecha, signed=signed, in_order=in_order, listed=listed, same=None, by=by,
            at=now(),
        )
    )  # fmt: skip
    session.flush()


def find_control(session: Session, item: int) -> tuple[ControlItem, ControlFrame, list[ControlLook]] | None:
    """A drawn record with its frame and looks; None if there is none of that number."""
    found = session.get(ControlItem, item)
    if found is None:
        return None
    looks = session.scalars(select(ControlLook).where(ControlLook.item_id == item).order_by(ControlLook.id))
    return found, session.get_one(ControlFrame, found.frame_id), list(looks)
