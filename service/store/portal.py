"""What the portal keeps: applications of who aspires, the map of a frame, and alerts about strange deliveries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, and_, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import Base
from service.store.findings import Match, Ruling
from service.store.papers import Batch, Page, Reading, Record, RowRead, Scan, Sheet, received_condition
from service.store.proceso import Marco


class Application(Base):
    """The file of one person's application (art. 323 párr. 9). Once granted it names the aspirante it became."""

    __tablename__ = "application"
    id: Mapped[str] = mapped_column(primary_key=True)
    proceso: Mapped[str] = mapped_column(ForeignKey("proceso.clave"), index=True)
    aspirante: Mapped[str | None] = mapped_column(ForeignKey("aspirante.id"), unique=True)
    at: Mapped[dt.datetime]
    by: Mapped[str]


class ApplicationVersion(Base):
    """The application as it was saved once; nothing is overwritten."""

    __tablename__ = "application_version"
    __table_args__ = (UniqueConstraint("application", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    application: Mapped[str] = mapped_column(ForeignKey("application.id"))
    number: Mapped[int]
    document: Mapped[dict[str, Any]]
    at: Mapped[dt.datetime]
    by: Mapped[str]


class ApplicationAct(Base):
    """An act on an application: filed, prevented (with its 48 hours), granted or dismissed, each over one version."""

    __tablename__ = "application_act"
    id: Mapped[int] = mapped_column(primary_key=True)
    application: Mapped[str] = mapped_column(ForeignKey("application.id"), index=True)
    kind: Mapped[str]
    """``filed``, ``prevented``, ``granted``, ``dismissed``."""
    version: Mapped[int]
    text: Mapped[str]
    notified_at: Mapped[dt.datetime | None]
    term_ends: Mapped[dt.datetime | None]
    at: Mapped[dt.datetime]
    by: Mapped[str]


class MarcoMap(Base):
    """The geometry of one frame, as the GeoJSON that was loaded."""

    __tablename__ = "marco_map"
    id: Mapped[int] = mapped_column(primary_key=True)
    marco_id: Mapped[int] = mapped_column(ForeignKey("marco.id"), index=True)
    document: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    features: Mapped[int]
    at: Mapped[dt.datetime]
    by: Mapped[str]


class DeliveryAlert(Base):
    """An unusual share of keys not found in one delivery, or in the small ones of some ``days`` up to it (else 0).

    ``answer`` is what a supervisor found out.
    """

    __tablename__ = "delivery_alert"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[str] = mapped_column(ForeignKey("batch.id"), unique=True)
    aspirante: Mapped[str] = mapped_column(ForeignKey("aspirante.id"), index=True)
    rows: Mapped[int]
    missing: Mapped[int]
    limit_percent: Mapped[int]
    days: Mapped[int]
    at: Mapped[dt.datetime]
    answer: Mapped[str | None]
    answered_at: Mapped[dt.datetime | None]
    answered_by: Mapped[str | None]


def applications(session: Session, own: list[str] | None = None) -> list[Application]:
    """Applications in the order they were opened; only ``own`` where given."""
    query = select(Application).order_by(Application.id)
    return list(session.scalars(query if own is None else query.where(Application.id.in_(own))))


def newest_version(session: Session, application: str) -> ApplicationVersion | None:
    query = select(ApplicationVersion).where(ApplicationVersion.application == application)
    return session.scalar(query.order_by(ApplicationVersion.number.desc()).limit(1))


def version_numbered(session: Session, application: str, number: int) -> ApplicationVersion | None:
    query = select(ApplicationVersion).where(ApplicationVersion.application == application)
    return session.scalar(query.where(ApplicationVersion.number == number))


def acts_of(session: Session, application: str) -> list[ApplicationAct]:
    query = select(ApplicationAct).where(ApplicationAct.application == application)
    return list(session.scalars(query.order_by(ApplicationAct.id)))


def map_of(session: Session, marco: Marco) -> MarcoMap | None:
    """The newest geometry loaded for a frame."""
    query = select(MarcoMap).where(MarcoMap.marco_id == marco.id).order_by(MarcoMap.id.desc())
    return session.scalar(query.limit(1))


def alerts(session: Session, *, only_open: bool = False) -> list[DeliveryAlert]:
    query = select(DeliveryAlert).order_by(DeliveryAlert.id.desc())
    return list(session.scalars(query.where(DeliveryAlert.answered_at.is_(None)) if only_open else query))


def count_open_alerts(session: Session) -> int:
    query = select(func.count()).select_from(DeliveryAlert).where(DeliveryAlert.answered_at.is_(None))
    return session.scalar(query) or 0


def alert_of(session: Session, batch: str) -> DeliveryAlert | None:
    return session.scalar(select(DeliveryAlert).where(DeliveryAlert.batch == batch))


def missing_rows(session: Session, batches: Collection[str]) -> tuple[int, int]:
    """Of some batches: all their records, searched or not yet, and how many of them the list does not know."""
    newest = select(func.max(Match.id)).where(Match.record == Record.id).correlate(Record).scalar_subquery()
    query = (
        select(func.count(), func.count().filter(Match.outcome == "missing"))
        .select_from(Record)
        .join(Sheet, Sheet.id == Record.sheet)
        .outerjoin(Match, Match.id == newest)
        .where(Sheet.batch.in_(batches))
    )
    rows, missing = session.execute(query).one()
    return int(rows), int(missing)


def unalerted_batches(session: Session, aspirante: str, since: dt.datetime) -> list[str]:
    """Deliveries since a moment that raised no alert; none where one over several was raised since."""
    summed = select(DeliveryAlert.id).where(
        DeliveryAlert.aspirante == aspirante, DeliveryAlert.days > 0, DeliveryAlert.at > since
    )
    query = (
        select(Batch.id)
        .outerjoin(DeliveryAlert, DeliveryAlert.batch == Batch.id)
        .where(Batch.aspirante == aspirante, Batch.at > since, DeliveryAlert.id.is_(None), ~summed.exists())
    )
    return list(session.scalars(query))


def days_of(session: Session, aspirante: str) -> list[tuple[dt.date, int, int, int]]:
    """By day of reception: records received, those that count now, and those of them whose original came."""
    newest = select(func.max(Ruling.id)).where(Ruling.record == Record.id).correlate(Record).scalar_subquery()
    valid = Ruling.clase == "V"
    query = (
        select(
            Batch.received,
            func.count(Record.id),
            func.count().filter(valid),
            func.count().filter(and_(valid, received_condition())),
        )
        .select_from(Record)
        .join(Sheet, Sheet.id == Record.sheet)
        .join(Batch, Batch.id == Sheet.batch)
        .outerjoin(Ruling, Ruling.id == newest)
        .where(Record.aspirante == aspirante)
        .group_by(Batch.received)
        .order_by(Batch.received)
    )
    return [(on, int(all_of), int(counting), int(shown)) for on, all_of, counting, shown in session.execute(query)]


RowLine = tuple[Record, Sheet, Page, Scan, RowRead, Reading, Ruling | None, bool]


def rows_after(session: Session, aspirante: str, after: tuple[int, int], limit: int) -> list[RowLine]:
    """Records of an aspirante in the order of pages and rows; last: whether the original came."""
    page, row = after
    newest_read = select(func.max(RowRead.id)).where(RowRead.record == Record.id).correlate(Record).scalar_subquery()
    newest = select(func.max(Ruling.id)).where(Ruling.record == Record.id).correlate(Record).scalar_subquery()
    query = (
        select(Record, Sheet, Page, Scan, RowRead, Reading, Ruling, received_condition())
        .join(Sheet, Sheet.id == Record.sheet)
        .join(Page, Page.id == Sheet.page_id)
        .join(Scan, Scan.id == Page.scan_id)
        .join(RowRead, RowRead.id == newest_read)
        .join(Reading, Reading.id == RowRead.reading_id)
        .outerjoin(Ruling, Ruling.id == newest)
        .where(Record.aspirante == aspirante)
        .where((Sheet.page_id > page) | ((Sheet.page_id == page) & (Record.row > row)))
        .order_by(Sheet.page_id, Record.row)
        .limit(limit)
    )
    return [tuple(line) for line in session.execute(query)]  # type: ignore[misc]
