"""What was found about a record: matches, questions to people and their answers, rulings and tallies."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.base import Base


class Match(Base):
    """Whom a record may be, in one version of the list. ``accepted`` is the policy's word, with its evidence."""

    __tablename__ = "match"
    __table_args__ = (UniqueConstraint("row_read_id", "lista_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[str] = mapped_column(ForeignKey("record.id"), index=True)
    row_read_id: Mapped[int] = mapped_column(ForeignKey("row_read.id"))
    lista_id: Mapped[str] = mapped_column(ForeignKey("lista_nominal.id"))
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
