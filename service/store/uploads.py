"""Deliveries in the making: files that arrive piece by piece until they are taken into a batch."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import Base


class Delivery(Base):
    """What somebody announced that they would deliver, and the batch its files have joined so far."""

    __tablename__ = "delivery"
    id: Mapped[str] = mapped_column(primary_key=True)
    aspirante: Mapped[str] = mapped_column(ForeignKey("aspirante.id"), index=True)
    declared_files: Mapped[int | None]
    declared_sheets: Mapped[int | None]
    received: Mapped[dt.date | None]
    """The day that staff stated; None: each file bears the day on which its last byte came."""
    batch: Mapped[str | None] = mapped_column(ForeignKey("batch.id"), index=True)
    at: Mapped[dt.datetime]
    by: Mapped[str]


class PartialUpload(Base):
    """A file on its way. Its bytes lie beside the database until it ends; how many came is the size on disk."""

    __tablename__ = "partial_upload"
    id: Mapped[str] = mapped_column(primary_key=True)
    delivery: Mapped[str] = mapped_column(ForeignKey("delivery.id"), index=True)
    aspirante: Mapped[str] = mapped_column(ForeignKey("aspirante.id"), index=True)
    name: Mapped[str]
    size: Mapped[int]
    at: Mapped[dt.datetime]
    by: Mapped[str]
    ended_at: Mapped[dt.datetime | None]
    ending: Mapped[str | None]
    """``taken``, ``expired`` or ``withdrawn``; None while it is on its way."""
    receipts: Mapped[list[Any] | None]
    """What became of it (``service.intake.uploads.FileReceipt`` as JSON); several for a ZIP."""


def find_upload(session: Session, upload: str) -> PartialUpload | None:
    return session.get(PartialUpload, upload)


def find_delivery(session: Session, delivery: str) -> Delivery | None:
    return session.get(Delivery, delivery)


def open_uploads(session: Session, aspirante: str | None = None) -> list[PartialUpload]:
    """Files on their way, in the order they began; of one aspirante where given."""
    query = select(PartialUpload).where(PartialUpload.ended_at.is_(None)).order_by(PartialUpload.at)
    if aspirante is not None:
        query = query.where(PartialUpload.aspirante == aspirante)
    return list(session.scalars(query))


def uploads_of_delivery(session: Session, delivery: str) -> list[PartialUpload]:
    query = select(PartialUpload).where(PartialUpload.delivery == delivery)
    return list(session.scalars(query.order_by(PartialUpload.at, PartialUpload.id)))


def deliveries_of_batch(session: Session, batch: str) -> list[Delivery]:
    return list(session.scalars(select(Delivery).where(Delivery.batch == batch).order_by(Delivery.at)))
