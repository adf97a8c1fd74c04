"""Reception of originals: what was declared, scanned and received; samples drawn for cotejo and what they gave."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import Base
from service.store.papers import Batch, Original, Page, Scan, Sheet, SheetImage


class CotejoSample(Base):
    """Sheets drawn at random from those received when it was drawn; its list and seed let anybody draw it again."""

    __tablename__ = "cotejo_sample"
    id: Mapped[int] = mapped_column(primary_key=True)
    aspirante: Mapped[str] = mapped_column(ForeignKey("aspirante.id"), index=True)
    seed: Mapped[str]
    source: Mapped[str]
    """Where the seed was published, before which nobody could know it."""
    population: Mapped[list[Any]]
    """Marks of the originals received, in order."""
    sha256: Mapped[str]
    drawn: Mapped[list[Any]]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class CotejoCheck(Base):
    """What one drawn sheet gave, paper in hand: ``agrees``, ``copy`` or ``differs``. Never changed."""

    __tablename__ = "cotejo_check"
    sample_id: Mapped[int] = mapped_column(ForeignKey("cotejo_sample.id"), primary_key=True)
    mark: Mapped[str] = mapped_column(primary_key=True)
    result: Mapped[str]
    note: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime]


@dataclass(frozen=True, slots=True)
class DeliveryFigures:
    """One delivery: files and pages taken, sheets it first brought, images of sheets that had come before."""

    batch: Batch
    files: int
    pages: int
    sheets: int
    repeated: int
    sha256s: tuple[str, ...]


def deliveries_of(session: Session, aspirante: str) -> list[DeliveryFigures]:
    """An aspirante's deliveries in the order they came, in a handful of grouped queries."""
    batches = session.scalars(select(Batch).where(Batch.aspirante == aspirante).order_by(Batch.id)).all()
    ids = [batch.id for batch in batches]
    pages = _by_batch(
        session, select(Scan.batch, func.count()).join(Page, Page.scan_id == Scan.id).where(Scan.batch.in_(ids))
    )
    sheets = _by_batch(session, select(Sheet.batch, func.count()).where(Sheet.batch.in_(ids)), Sheet.batch)
    repeated = _by_batch(
        session,
        select(Scan.batch, func.count())
        .join(Page, Page.scan_id == Scan.id)
        .join(SheetImage, SheetImage.page_id == Page.id)
        .where(Scan.batch.in_(ids)),
    )
    taken: dict[str, list[str]] = {}
    files = select(Scan.batch, Scan.sha256).where(Scan.batch.in_(ids), Scan.accepted).order_by(Scan.id)
    for batch, sha256 in session.execute(files):
        taken.setdefault(batch, []).append(sha256)
    return [
        DeliveryFigures(
            batch,
            len(taken.get(batch.id, ())),
            pages.get(batch.id, 0),
            sheets.get(batch.id, 0),
            repeated.get(batch.id, 0),
            tuple(taken.get(batch.id, ())),
        )
        for batch in batches
    ]


def _by_batch(session: Session, query: Any, column: Any = Scan.batch) -> dict[str, int]:
    return {batch: int(count) for batch, count in session.execute(query.group_by(column))}


def samples_of(session: Session, aspirante: str) -> list[CotejoSample]:
    query = select(CotejoSample).where(CotejoSample.aspirante == aspirante)
    return list(session.scalars(query.order_by(CotejoSample.id)))


def checks_of(session: Session, sample: int) -> dict[str, CotejoCheck]:
    """What was found, by mark."""
    found = session.scalars(select(CotejoCheck).where(CotejoCheck.sample_id == sample))
    return {check.mark: check for check in found}


def find_sample(session: Session, sample: int) -> CotejoSample | None:
    return session.get(CotejoSample, sample)


def sheets_marked(session: Session, aspirante: str, mark: str) -> list[Sheet]:
    """The scanned sheets of an aspirante that bear a folio, or the one with this id."""
    query = select(Sheet).where(Sheet.aspirante == aspirante, or_(Sheet.folio == mark, Sheet.id == mark))
    return list(session.scalars(query.order_by(Sheet.id)))


def marks_of(session: Session, aspirante: str) -> list[str]:
    """Marks of the originals received, in order."""
    return list(session.scalars(select(Original.mark).where(Original.aspirante == aspirante).order_by(Original.mark)))
