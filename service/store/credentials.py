"""Copies of credentials found in a delivery, and the row each belongs to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import Base
from service.store.papers import Page, Reading, Record, Scan, Sheet
from service.store.proceso import Aspirante


class CredentialCopy(Base):
    """One credential shown on one page. What it says stays in the page's reading; here is whose it is."""

    __tablename__ = "credential_copy"
    __table_args__ = (UniqueConstraint("page_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"))
    number: Mapped[int]
    """Its place on the page, from 1."""
    record: Mapped[str | None] = mapped_column(ForeignKey("record.id"), index=True)
    """None when no row of the delivery, or more than one, may be its owner's."""
    agrees: Mapped[bool]
    """Whether the row reads just as the credential says."""
    mrz: Mapped[str]
    """``valid`` when all check digits agree, ``doubtful``, or empty where only the printed clave was legible."""
    at: Mapped[dt.datetime]


def copies_of_record(session: Session, record: str) -> list[tuple[CredentialCopy, str, int]]:
    """The copies attached to a row in the order they came, each with its scan's SHA-256 and its page there."""
    query = (
        select(CredentialCopy, Scan.sha256, Page.number)
        .join(Page, Page.id == CredentialCopy.page_id)
        .join(Scan, Scan.id == Page.scan_id)
        .where(CredentialCopy.record == record)
        .order_by(CredentialCopy.id)
    )
    return [(copy, sha256, number) for copy, sha256, number in session.execute(query)]


def copied_in(session: Session, scope: Sequence[ColumnElement[bool]]) -> tuple[set[str], set[str]]:
    """The records of a scope (conditions on records and their aspirantes) that have a copy, and the deliveries that
    brought copies."""
    query = (
        select(Record.id)
        .join(CredentialCopy, CredentialCopy.record == Record.id)
        .join(Aspirante, Aspirante.id == Record.aspirante)
        .where(*scope)
    )
    brought = (
        select(Scan.batch)
        .join(Page, Page.scan_id == Scan.id)
        .join(CredentialCopy, CredentialCopy.page_id == Page.id)
        .distinct()
    )
    return set(session.scalars(query)), set(session.scalars(brought))


def copies_on(session: Session, page_id: int) -> dict[int, CredentialCopy]:
    """The copies of a page by their place on it."""
    found = session.scalars(select(CredentialCopy).where(CredentialCopy.page_id == page_id))
    return {copy.number: copy for copy in found}


def credential_readings(session: Session, batch: str) -> list[Reading]:
    """Readings of the pages of a delivery that show credentials."""
    query = (
        select(Reading)
        .join(Page, Page.id == Reading.page_id)
        .join(Scan, Scan.id == Page.scan_id)
        .where(Scan.batch == batch, Reading.kind == "credential")
        .order_by(Reading.id)
    )
    return list(session.scalars(query))


def records_with_readings(session: Session, batch: str) -> list[tuple[Record, int]]:
    """The rows of a delivery's sheets, each with its sheet's page."""
    query = (
        select(Record, Sheet.page_id)
        .join(Sheet, Sheet.id == Record.sheet)
        .where(Sheet.batch == batch)
        .order_by(Sheet.page_id, Record.row)
    )
    return [(record, page) for record, page in session.execute(query)]
