"""Papers: what was uploaded, what was read on it, which sheets and rows it holds, which originals came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint, exists, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import Base
from service.store.proceso import Aspirante


class Batch(Base):
    """One delivery of files. ``received`` is data given by the person who receives, never the clock of a ruling."""

    __tablename__ = "batch"
    id: Mapped[str] = mapped_column(primary_key=True)
    aspirante: Mapped[str] = mapped_column(ForeignKey("aspirante.id"), index=True)
    received: Mapped[dt.date]
    declared_sheets: Mapped[int | None]
    at: Mapped[dt.datetime]
    by: Mapped[str]


class Scan(Base):
    """One file of a batch, taken or refused. Its bytes lie in the content store under ``sha256``."""

    __tablename__ = "scan"
    __table_args__ = (
        # The same bytes are taken once; a refused copy keeps its line so that nothing is silently skipped.
        Index(
            "uq_scan_taken", "sha256", unique=True,
            sqlite_where=sa.text("accepted"), postgresql_where=sa.text("accepted"),
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[str] = mapped_column(ForeignKey("batch.id"), index=True)
    name: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    size: Mapped[int]
    accepted: Mapped[bool]
    code: Mapped[str | None]
    sentence: Mapped[str | None]


class Page(Base):
    """One page of a taken file, counting from 1."""

    __tablename__ = "page"
    __table_args__ = (UniqueConstraint("scan_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id"))
    number: Mapped[int]


class Reading(Base):
    """What one version of the eyes saw on a page (``ocr.reading.page_to_json``)."""

    __tablename__ = "reading"
    __table_args__ = (UniqueConstraint("page_id", "engine"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"))
    engine: Mapped[str]
    kind: Mapped[str]
    form: Mapped[str | None]
    folio: Mapped[str | None]
    document: Mapped[dict[str, Any]]
    at: Mapped[dt.datetime]


class Sheet(Base):
    """A paper sheet, as first seen. ``doubts`` are the sheet-level suspicions (``I9`` and why)."""

    __tablename__ = "sheet"
    id: Mapped[str] = mapped_column(primary_key=True)
    aspirante: Mapped[str] = mapped_column(ForeignKey("aspirante.id"), index=True)
    batch: Mapped[str] = mapped_column(ForeignKey("batch.id"), index=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), unique=True)
    folio: Mapped[str | None] = mapped_column(index=True)
    ink_print: Mapped[bytes]
    doubts: Mapped[list[Any]]


class SheetImage(Base):
    """A later page that shows a sheet already received: kept, and not counted again."""

    __tablename__ = "sheet_image"
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), primary_key=True)
    sheet: Mapped[str] = mapped_column(ForeignKey("sheet.id"), index=True)


class Record(Base):
    """One row with ink of one sheet: one support. Its id follows from the file, the page and the row."""

    __tablename__ = "record"
    __table_args__ = (UniqueConstraint("sheet", "row"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    sheet: Mapped[str] = mapped_column(ForeignKey("sheet.id"))
    row: Mapped[int]
    aspirante: Mapped[str] = mapped_column(ForeignKey("aspirante.id"), index=True)


class RowRead(Base):
    """A record as one reading gives it; ``fecha`` only where it was read without doubt."""

    __tablename__ = "row_read"
    __table_args__ = (UniqueConstraint("record", "reading_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[str] = mapped_column(ForeignKey("record.id"))
    reading_id: Mapped[int] = mapped_column(ForeignKey("reading.id"))
    clave: Mapped[str]
    numero_ocr: Mapped[str]
    seccion: Mapped[str]
    demarcacion: Mapped[str]
    nombre: Mapped[str]
    fecha_read: Mapped[str]
    fecha: Mapped[dt.date | None]


class Original(Base):
    """A paper original received and checked in (cotejo): by folio, or by sheet where no folio can be read."""

    __tablename__ = "original"
    __table_args__ = (UniqueConstraint("aspirante", "mark"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    aspirante: Mapped[str] = mapped_column(ForeignKey("aspirante.id"))
    mark: Mapped[str]
    """Ten figures of the folio, or the sheet's id."""
    at: Mapped[dt.datetime]
    by: Mapped[str]


def taken_scan(session: Session, sha256: str) -> Scan | None:
    """The file with these bytes that was taken before, if any."""
    return session.scalar(select(Scan).where(Scan.sha256 == sha256, Scan.accepted))


def scans_of(session: Session, batch: str) -> list[Scan]:
    return list(session.scalars(select(Scan).where(Scan.batch == batch).order_by(Scan.id)))


def page_with_scan(session: Session, page_id: int) -> tuple[Page, Scan, Batch]:
    """A page with its file and delivery. Raises NoResultFound."""
    query = (
        select(Page, Scan, Batch)
        .join(Scan, Scan.id == Page.scan_id)
        .join(Batch, Batch.id == Scan.batch)
        .where(Page.id == page_id)
    )
    page, scan, batch = session.execute(query).one()
    return page, scan, batch


def pages_of_scan(session: Session, scan_id: int) -> list[tuple[Page, Reading | None, int]]:
    """Each page of a file with its newest reading and how many records it gave."""
    newest = select(func.max(Reading.id)).where(Reading.page_id == Page.id).correlate(Page).scalar_subquery()
    rows = (
        select(func.count(Record.id))
        .join(Sheet, Sheet.id == Record.sheet)
        .where(Sheet.page_id == Page.id)
        .correlate(Page)
        .scalar_subquery()
    )
    query = (
        select(Page, Reading, rows)
        .outerjoin(Reading, Reading.id == newest)
        .where(Page.scan_id == scan_id)
        .order_by(Page.number)
    )
    return [(page, reading, count) for page, reading, count in session.execute(query)]


def reading_by(session: Session, page_id: int, engine: str) -> Reading | None:
    return session.scalar(select(Reading).where(Reading.page_id == page_id, Reading.engine == engine))


def newest_reading(session: Session, page_id: int) -> Reading | None:
    return session.scalar(select(Reading).where(Reading.page_id == page_id).order_by(Reading.id.desc()).limit(1))


def sheet_of_page(session: Session, page_id: int) -> Sheet | None:
    return session.scalar(select(Sheet).where(Sheet.page_id == page_id))


def sheets_with_folio(session: Session, proceso: str, folio: str) -> list[Sheet]:
    """Sheets of a process that bear a folio, in the order they came."""
    query = (
        select(Sheet)
        .join(Aspirante, Aspirante.id == Sheet.aspirante)
        .where(Aspirante.proceso == proceso, Sheet.folio == folio)
        .order_by(Sheet.page_id)
    )
    return list(session.scalars(query))


def received_condition() -> ColumnElement[bool]:
    """Of a record joined with its sheet: the paper original was received."""
    return exists().where(
        Original.aspirante == Record.aspirante, or_(Original.mark == Sheet.folio, Original.mark == Sheet.id)
    )


def received_among(session: Session, records: Collection[str]) -> set[str]:
    """Of these records, those whose paper original was received."""
    query = select(Record.id).join(Sheet, Sheet.id == Record.sheet).where(received_condition())
    wanted = sorted(records)
    found: set[str] = set()
    for start in range(0, len(wanted), 500):  # under the number of parameters that any database takes
        found.update(session.scalars(query.where(Record.id.in_(wanted[start : start + 500]))))
    return found


def are_of(session: Session, records: Collection[str], aspirante: str) -> bool:
    """True if every one of these records is of this aspirante."""
    wanted = sorted(set(records))
    of_them = select(func.count()).select_from(Record).where(Record.aspirante == aspirante)
    parts = [wanted[start : start + 500] for start in range(0, len(wanted), 500)]
    return sum(session.scalar(of_them.where(Record.id.in_(part))) or 0 for part in parts) == len(wanted)


def is_laid(session: Session, reading: Reading) -> bool:
    """True when the rows of this reading stand as records, or its page was found to be another image of a sheet."""
    rows = exists().where(RowRead.reading_id == reading.id)
    image = exists().where(SheetImage.page_id == reading.page_id)
    return bool(session.scalar(select(or_(rows, image))))


def newest_read(session: Session, record: str) -> RowRead | None:
    return session.scalar(select(RowRead).where(RowRead.record == record).order_by(RowRead.id.desc()).limit(1))


def row_reads_of_page(session: Session, page_id: int) -> list[RowRead]:
    """The rows of a page as its newest reading gives them."""
    newest = select(func.max(Reading.id)).where(Reading.page_id == page_id).scalar_subquery()
    query = select(RowRead).where(RowRead.reading_id == newest).order_by(RowRead.record)
    return list(session.scalars(query))


def marks_received(session: Session, aspirante: str, marks: list[str]) -> set[str]:
    """Which of these folios or sheets have their original received already."""
    found: set[str] = set()
    for start in range(0, len(marks), 500):  # SQLite takes some thousands of parameters, not hundreds of thousands
        some = marks[start : start + 500]
        found.update(
            session.scalars(select(Original.mark).where(Original.aspirante == aspirante, Original.mark.in_(some)))
        )
    return found


def pages_of(session: Session, scan_id: int) -> list[Page]:
    return list(session.scalars(select(Page).where(Page.scan_id == scan_id).order_by(Page.number)))


def records_of_sheet(session: Session, sheet: str) -> list[Record]:
    return list(session.scalars(select(Record).where(Record.sheet == sheet).order_by(Record.row)))


def row_read_of(session: Session, record: str, reading_id: int) -> RowRead | None:
    return session.scalar(select(RowRead).where(RowRead.record == record, RowRead.reading_id == reading_id))


def taken_scans(session: Session) -> list[Scan]:
    return list(session.scalars(select(Scan).where(Scan.accepted).order_by(Scan.id)))


def count_records(session: Session, aspirante: str) -> int:
    return session.scalar(select(func.count()).select_from(Record).where(Record.aspirante == aspirante)) or 0


def sheets_of(session: Session, aspirante: str) -> list[Sheet]:
    """An aspirante's sheets in the order they came."""
    return list(session.scalars(select(Sheet).where(Sheet.aspirante == aspirante).order_by(Sheet.page_id)))
