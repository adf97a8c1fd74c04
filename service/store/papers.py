"""Papers: what was uploaded, what was read on it, which sheets and rows it holds, which originals came."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.base import Base


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
