"""What was found about a record: matches, questions to people and their answers, rulings and tallies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, exists, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import Base
from service.store.papers import Record, Sheet
from service.store.proceso import Aspirante


class Match(Base):
    """Whom a record may be, in one version of the list. ``accepted`` is the policy's word, with its evidence."""

    __tablename__ = "match"
    __table_args__ = (UniqueConstraint("row_read_id", "lista_id", "cells"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[str] = mapped_column(ForeignKey("record.id"), index=True)
    row_read_id: Mapped[int] = mapped_column(ForeignKey("row_read.id"))
    lista_id: Mapped[str] = mapped_column(ForeignKey("lista_nominal.id"))
    cells: Mapped[int] = mapped_column(default=0, server_default="0")
    """The newest act of people on the reading's cells that was taken into account; 0 for the eyes alone."""
    outcome: Mapped[str]
    accepted: Mapped[bool]
    clave: Mapped[str | None]
    seccion: Mapped[int | None]
    situacion: Mapped[str | None]
    probability: Mapped[float]
    candidates: Mapped[list[Any]]
    at: Mapped[dt.datetime]


class ReviewItem(Base):
    """One question to a person about a record. It stays open until a settlement that nobody voided."""

    __tablename__ = "review_item"
    __table_args__ = (UniqueConstraint("record", "kind", "cause"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[str] = mapped_column(ForeignKey("record.id"), index=True)
    kind: Mapped[str]
    cause: Mapped[str]
    """What raised it, so that a job run twice asks once: ``match:12``, ``reading:7``."""
    reasons: Mapped[list[Any]]
    at: Mapped[dt.datetime]


class Review(Base):
    """What one person answered to one item. Never changed: an undone answer has an ``UndoneReview``."""

    __tablename__ = "review"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("review_item.id"), index=True)
    decision: Mapped[str]
    reason: Mapped[str]
    clave: Mapped[str | None]
    seccion: Mapped[int | None]
    situacion: Mapped[str | None]
    by: Mapped[str]
    at: Mapped[dt.datetime]
    rank: Mapped[str] = mapped_column(default="")
    """Empty for a reviewer; ``supervisor`` or ``audiencia`` for an answer that decides over others."""
    adverse: Mapped[bool] = mapped_column(default=False)
    """An answer that gives by its word and takes by its effect: a date outside the period, a baja, another scope."""


class UndoneReview(Base):
    """An answer taken back: both acts are kept."""

    __tablename__ = "undone_review"
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), primary_key=True)
    by: Mapped[str]
    at: Mapped[dt.datetime]


class Settlement(Base):
    """An item answered for good: by one person where one suffices, by two who agree, or by a supervisor."""

    __tablename__ = "settlement"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("review_item.id"), index=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    """The answer that stands."""
    at: Mapped[dt.datetime]


class VoidedSettlement(Base):
    """A settlement that no longer stands, because an answer under it was undone or the hearing changed it."""

    __tablename__ = "voided_settlement"
    settlement_id: Mapped[int] = mapped_column(ForeignKey("settlement.id"), primary_key=True)
    by: Mapped[str]
    at: Mapped[dt.datetime]
    motive: Mapped[str]


class RulingRun(Base):
    """One application of the law, with every version it used."""

    __tablename__ = "ruling_run"
    id: Mapped[int] = mapped_column(primary_key=True)
    proceso: Mapped[str] = mapped_column(ForeignKey("proceso.clave"), index=True)
    proceso_version_id: Mapped[int] = mapped_column(ForeignKey("proceso_version.id"))
    marco_id: Mapped[int] = mapped_column(ForeignKey("marco.id"))
    at: Mapped[dt.datetime]


class Ruling(Base):
    """What the law says of a record from this run on; a run writes only the rulings that changed."""

    __tablename__ = "ruling"
    __table_args__ = (Index("ix_ruling_record_id", "record", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("ruling_run.id"))
    record: Mapped[str] = mapped_column(ForeignKey("record.id"))
    clase: Mapped[str]
    reasons: Mapped[list[Any]]
    paragraph: Mapped[str]
    sentence: Mapped[str]
    clave: Mapped[str]
    decided_by: Mapped[str]
    pivotal: Mapped[bool]
    """Whether this record, pending, can change an outcome: the order in which people should look."""


class TallyRow(Base):
    """An aspirante's tally as of a run (``../shared`` contract: Tally, JSON)."""

    __tablename__ = "tally"
    __table_args__ = (UniqueConstraint("run_id", "aspirante"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("ruling_run.id"))
    aspirante: Mapped[str] = mapped_column(ForeignKey("aspirante.id"), index=True)
    document: Mapped[dict[str, Any]]


class Salt(Base):
    """The random salt of a record's commitment in the public annex (at least 128 bits), kept for re-issue."""

    __tablename__ = "salt"
    record: Mapped[str] = mapped_column(ForeignKey("record.id"), primary_key=True)
    salt: Mapped[bytes]


class Dictamen(Base):
    """A dictamen issued: frozen bytes, their hash, the root of its annex, what it supersedes and why."""

    __tablename__ = "dictamen"
    id: Mapped[int] = mapped_column(primary_key=True)
    aspirante: Mapped[str] = mapped_column(ForeignKey("aspirante.id"), index=True)
    preliminary: Mapped[bool]
    issued_on: Mapped[dt.date]
    outcome: Mapped[str]
    sha256: Mapped[str]
    root: Mapped[str]
    document: Mapped[bytes]
    supersedes: Mapped[int | None] = mapped_column(ForeignKey("dictamen.id"))
    motive: Mapped[str]
    at: Mapped[dt.datetime]
    by: Mapped[str]


def match_in(session: Session, row_read_id: int, lista: str, cells: int = 0) -> Match | None:
    query = select(Match).where(Match.row_read_id == row_read_id, Match.lista_id == lista, Match.cells == cells)
    return session.scalar(query)


def newest_match(session: Session, record: str) -> Match | None:
    return session.scalar(select(Match).where(Match.record == record).order_by(Match.id.desc()).limit(1))


def has_item(session: Session, record: str, kind: str, cause: str) -> bool:
    query = select(ReviewItem.id).where(
        ReviewItem.record == record, ReviewItem.kind == kind, ReviewItem.cause == cause
    )
    return session.scalar(query) is not None


def pages_unmatched(session: Session, proceso: str, lista: str) -> list[tuple[int, str]]:
    """Pages (and their batches) of a process with a row that no list answered and this list was not asked about."""
    accepted = exists().where(Match.record == Record.id, Match.accepted)
    asked = exists().where(Match.record == Record.id, Match.lista_id == lista)
    query = (
        select(Sheet.page_id, Sheet.batch)
        .join(Record, Record.sheet == Sheet.id)
        .join(Aspirante, Aspirante.id == Sheet.aspirante)
        .where(Aspirante.proceso == proceso, ~accepted, ~asked)
        .distinct()
        .order_by(Sheet.page_id)
    )
    return [(page_id, batch) for page_id, batch in session.execute(query)]


def strip_list_data(session: Session, lista: str) -> None:
    """Forget what came from a returned list: candidates go, status and class of each record stay."""
    session.execute(update(Match).where(Match.lista_id == lista).values(candidates=[]))


def settled_condition() -> Any:
    """Of an item: some settlement of it stands."""
    voided = exists().where(VoidedSettlement.settlement_id == Settlement.id)
    return exists().where(Settlement.item_id == ReviewItem.id, ~voided)


def moot_condition() -> Any:
    """Of an item: it asks whom a record is, and a newer list answered that by itself."""
    newest = (
        select(func.max(Match.id)).where(Match.record == ReviewItem.record).correlate(ReviewItem).scalar_subquery()
    )
    return (
        (ReviewItem.kind == "match")
        & ReviewItem.cause.startswith("read:")
        & exists().where(Match.id == newest, Match.accepted)
    )


def open_items_of(
    session: Session, *, proceso: str | None = None, aspirante: str | None = None, kind: str | None = None
) -> list[tuple[ReviewItem, Record, bool]]:
    """Open items with their records, those that can change an outcome first; the flag says so."""
    newest = select(func.max(Ruling.id)).where(Ruling.record == Record.id).correlate(Record).scalar_subquery()
    query = (
        select(ReviewItem, Record, func.coalesce(Ruling.pivotal, True))
        .join(Record, Record.id == ReviewItem.record)
        .join(Aspirante, Aspirante.id == Record.aspirante)
        .outerjoin(Ruling, Ruling.id == newest)
        .where(~settled_condition(), ~moot_condition())
        .order_by(func.coalesce(Ruling.pivotal, True).desc(), ReviewItem.id)
    )
    if proceso is not None:
        query = query.where(Aspirante.proceso == proceso)
    if aspirante is not None:
        query = query.where(Record.aspirante == aspirante)
    if kind is not None:
        query = query.where(ReviewItem.kind == kind)
    return [(item, row, pivotal) for item, row, pivotal in session.execute(query)]


def standing_reviews(session: Session, item_id: int) -> list[Review]:
    """The answers to an item that were not undone, in the order they came."""
    undone = exists().where(UndoneReview.review_id == Review.id)
    return list(session.scalars(select(Review).where(Review.item_id == item_id, ~undone).order_by(Review.id)))


def standing_settlement(session: Session, item_id: int) -> Settlement | None:
    voided = exists().where(VoidedSettlement.settlement_id == Settlement.id)
    return session.scalar(select(Settlement).where(Settlement.item_id == item_id, ~voided))


def newest_tally(session: Session, aspirante: str) -> TallyRow | None:
    query = select(TallyRow).where(TallyRow.aspirante == aspirante).order_by(TallyRow.id.desc())
    return session.scalar(query.limit(1))


def newest_run(session: Session, proceso: str) -> RulingRun | None:
    return session.scalar(
        select(RulingRun).where(RulingRun.proceso == proceso).order_by(RulingRun.id.desc()).limit(1)
    )


def rulings_in_force(session: Session, proceso: str) -> dict[str, Ruling]:
    """The newest ruling of each record of a process."""
    newest = select(func.max(Ruling.id).label("id")).group_by(Ruling.record).subquery()
    query = (
        select(Ruling)
        .join(newest, newest.c.id == Ruling.id)
        .join(Record, Record.id == Ruling.record)
        .join(Aspirante, Aspirante.id == Record.aspirante)
        .where(Aspirante.proceso == proceso)
    )
    return {ruling.record: ruling for ruling in session.scalars(query.execution_options(yield_per=5000))}


def rulings_of_records(session: Session, records: Collection[str]) -> dict[str, Ruling]:
    """The ruling in force of each of these records (some hundreds at most)."""
    newest = select(func.max(Ruling.id)).where(Ruling.record.in_(records)).group_by(Ruling.record)
    return {ruling.record: ruling for ruling in session.scalars(select(Ruling).where(Ruling.id.in_(newest)))}


def open_items_of_record(session: Session, record: str) -> list[ReviewItem]:
    query = select(ReviewItem).where(ReviewItem.record == record, ~settled_condition(), ~moot_condition())
    return list(session.scalars(query.order_by(ReviewItem.id)))


def is_settled(session: Session, record: str, kind: str) -> bool:
    """Whether a question of this kind about a record has an answer that stands."""
    query = select(ReviewItem.id).where(ReviewItem.record == record, ReviewItem.kind == kind, settled_condition())
    return session.scalar(query.limit(1)) is not None
