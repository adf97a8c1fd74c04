"""What pages ask the database: lists, counts and progress. Reading only; one function a question."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from service.store.findings import (
    Dictamen,
    Match,
    Ruling,
    TallyRow,
)
from service.store.papers import Batch, Original, Page, Reading, Record, RowRead, Scan, Sheet
from service.store.proceso import Aspirante, ListaNominal, Marco, ProcesoVersion
from service.store.work import AuditEvent, Job


@dataclass(frozen=True, slots=True)
class AspiranteLine:
    """An aspirante with the newest tally (None before the law was first applied)."""

    aspirante: Aspirante
    tally: dict[str, Any] | None


def procesos(session: Session) -> list[ProcesoVersion]:
    """The version in force of each process."""
    newest = select(func.max(ProcesoVersion.id)).group_by(ProcesoVersion.proceso)
    return list(session.scalars(select(ProcesoVersion).where(ProcesoVersion.id.in_(newest))))


def versions_of(session: Session, proceso: str) -> list[ProcesoVersion]:
    query = select(ProcesoVersion).where(ProcesoVersion.proceso == proceso)
    return list(session.scalars(query.order_by(ProcesoVersion.number.desc())))


def marcos(session: Session) -> list[Marco]:
    return list(session.scalars(select(Marco).order_by(Marco.id.desc())))


def listas(session: Session) -> list[ListaNominal]:
    return list(session.scalars(select(ListaNominal).order_by(ListaNominal.loaded_at.desc())))


def aspirante_lines(session: Session, own: Collection[str] | None = None) -> list[AspiranteLine]:
    """Aspirantes with their newest tally; only ``own`` where given."""
    newest = select(func.max(TallyRow.id)).group_by(TallyRow.aspirante)
    query = (
        select(Aspirante, TallyRow)
        .outerjoin(TallyRow, (TallyRow.aspirante == Aspirante.id) & TallyRow.id.in_(newest))
        .order_by(Aspirante.proceso, Aspirante.series)
    )
    if own is not None:
        query = query.where(Aspirante.id.in_(own))
    return [AspiranteLine(a, t.document if t else None) for a, t in session.execute(query)]


def aspirantes_in_districts(session: Session, districts: Collection[str]) -> list[str]:
    """Ids of the aspirantes to the diputaciones of these districts."""
    query = select(Aspirante.id).where(Aspirante.cargo == "diputacion", Aspirante.ambito.in_(districts))
    return list(session.scalars(query))


def find_aspirante(session: Session, aspirante: str) -> Aspirante | None:
    return session.get(Aspirante, aspirante)


def batches_of(session: Session, aspirante: str) -> list[Batch]:
    return list(session.scalars(select(Batch).where(Batch.aspirante == aspirante).order_by(Batch.at.desc())))


def batches_after(session: Session, aspirante: str, after: str, limit: int) -> list[Batch]:
    """Deliveries of an aspirante in the order of their numbers, after a given one."""
    query = select(Batch).where(Batch.aspirante == aspirante, Batch.id > after).order_by(Batch.id)
    return list(session.scalars(query.limit(limit)))


@dataclass(frozen=True, slots=True)
class FileProgress:
    """One file of a batch: pages it has, pages read, rows with ink found, rows matched."""

    scan: Scan
    pages: int
    read: int
    rows: int
    matched: int
    kinds: dict[str, int]
    faults: list[str]


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How far a batch is. ``done`` when no work on it is open."""

    batch: Batch
    files: list[FileProgress] = field(default_factory=list)
    open_jobs: int = 0

    @property
    def pages(self) -> int:
        return sum(f.pages for f in self.files)

    @property
    def read(self) -> int:
        return sum(f.read for f in self.files)

    @property
    def rows(self) -> int:
        return sum(f.rows for f in self.files)

    @property
    def matched(self) -> int:
        return sum(f.matched for f in self.files)

    @property
    def faults(self) -> int:
        return sum(len(f.faults) for f in self.files)

    @property
    def done(self) -> bool:
        return self.open_jobs == 0


def find_batch(session: Session, batch: str) -> Batch | None:
    return session.get(Batch, batch)


def batch_progress(session: Session, batch: Batch) -> BatchProgress:
    """The progress of a batch in a handful of grouped queries, however many pages it has."""
    pages = _by_scan(session, select(Page.scan_id, func.count()).group_by(Page.scan_id), batch.id)
    read = _by_scan(
        session,
        select(Page.scan_id, func.count(func.distinct(Page.id)))
        .join(Reading, Reading.page_id == Page.id)
        .group_by(Page.scan_id),
        batch.id,
    )
    rows_of_pages = select(Page.scan_id, func.count(func.distinct(Record.id))).join(Sheet, Sheet.page_id == Page.id)
    rows_of_pages = rows_of_pages.join(Record, Record.sheet == Sheet.id)
    rows = _by_scan(session, rows_of_pages.group_by(Page.scan_id), batch.id)
    matched = _by_scan(
        session,
        rows_of_pages.where(exists().where(Match.record == Record.id)).group_by(Page.scan_id),
        batch.id,
    )
    kinds: dict[int, dict[str, int]] = {}
    by_kind = (
        select(Page.scan_id, Reading.kind, func.count(func.distinct(Page.id)))
        .join(Reading, Reading.page_id == Page.id)
        .join(Scan, Scan.id == Page.scan_id)
        .where(Scan.batch == batch.id)
        .group_by(Page.scan_id, Reading.kind)
    )
    for scan_id, kind, count in session.execute(by_kind):
        kinds.setdefault(scan_id, {})[kind] = count
    faults = _faults(session, batch.id)
    scans = session.scalars(select(Scan).where(Scan.batch == batch.id).order_by(Scan.id))
    files = [
        FileProgress(
            scan,
            pages.get(scan.id, 0),
            read.get(scan.id, 0),
            rows.get(scan.id, 0),
            matched.get(scan.id, 0),
            kinds.get(scan.id, {}),
            faults.get(scan.id, []),
        )
        for scan in scans
    ]
    still = select(func.count()).select_from(Job).where(Job.batch == batch.id, Job.finished_at.is_(None))
    return BatchProgress(batch, files, session.scalar(still) or 0)


def _by_scan(session: Session, query: Any, batch: str) -> dict[int, int]:
    scans = select(Scan.id).where(Scan.batch == batch)
    return {scan_id: int(count) for scan_id, count in session.execute(query.where(Page.scan_id.in_(scans)))}


def _faults(session: Session, batch: str) -> dict[int, list[str]]:
    """Sentences of the page jobs that ended in a refusal or fault, by file."""
    jobs = session.scalars(
        select(Job).where(
            Job.batch == batch, Job.code.is_not(None), Job.kind.in_(("read_page", "match_page")),
            Job.finished_at.is_not(None),
        )
    ).all()  # fmt: skip
    found: dict[int, list[str]] = {}
    for job in jobs:
        page = session.get(Page, int(job.subject))
        if page is not None:
            found.setdefault(page.scan_id, []).append(f"Página {page.number}: {job.sentence}")
    return found


@dataclass(frozen=True, slots=True)
class RecordView:
    """All that a page shows of one record: where it lies, what was read, matched and ruled."""

    record: Record
    sheet: Sheet
    page: Page
    scan: Scan
    reading: Reading
    read: RowRead
    match: Match | None
    ruling: Ruling | None
    original_received: bool

    def row_document(self) -> dict[str, Any]:
        """The row as the newest reading's JSON holds it."""
        rows: Sequence[dict[str, Any]] = self.reading.document["rows"]
        return next((row for row in rows if row["row"] == self.record.row), {"fields": {}, "signals": []})


def record_view(session: Session, record_id: str) -> RecordView | None:
    """One record with everything beside it; None if there is no such record or it was not read yet."""
    record = session.get(Record, record_id)
    if record is None:
        return None
    query = select(RowRead).where(RowRead.record == record_id).order_by(RowRead.reading_id.desc()).limit(1)
    read = session.scalar(query)
    if read is None:
        return None
    sheet = session.get_one(Sheet, record.sheet)
    reading = session.get_one(Reading, read.reading_id)
    page = session.get_one(Page, reading.page_id)
    match = session.scalar(select(Match).where(Match.record == record_id).order_by(Match.id.desc()).limit(1))
    ruling = session.scalar(select(Ruling).where(Ruling.record == record_id).order_by(Ruling.id.desc()).limit(1))
    marks = [mark for mark in (sheet.folio, sheet.id) if mark]
    received = session.scalar(
        select(Original.id).where(Original.aspirante == record.aspirante, Original.mark.in_(marks)).limit(1)
    )
    scan = session.get_one(Scan, page.scan_id)
    return RecordView(record, sheet, page, scan, reading, read, match, ruling, received is not None)


def dictamenes(session: Session, own: Collection[str] | None = None) -> list[tuple[Dictamen, Aspirante]]:
    """Dictámenes issued, the newest first; only of ``own`` aspirantes where given."""
    query = select(Dictamen, Aspirante).join(Aspirante, Aspirante.id == Dictamen.aspirante)
    if own is not None:
        query = query.where(Dictamen.aspirante.in_(own))
    return [(d, a) for d, a in session.execute(query.order_by(Dictamen.id.desc()))]


def find_dictamen(session: Session, dictamen: int) -> Dictamen | None:
    return session.get(Dictamen, dictamen)


def events_page(
    session: Session, before: int | None, limit: int = 100, *, kind: str = "", actor: str = ""
) -> list[AuditEvent]:
    """Events of the log, the newest first: older than ``before``, of one kind, of one actor, where given."""
    query = select(AuditEvent).order_by(AuditEvent.id.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditEvent.id < before)
    if kind:
        query = query.where(AuditEvent.kind == kind)
    if actor:
        query = query.where(AuditEvent.actor == actor)
    return list(session.scalars(query))


def sheets_of(session: Session, aspirante: str) -> list[tuple[Sheet, int, bool]]:
    """Each sheet received for an aspirante with its rows and whether its original came."""
    rows = select(func.count(Record.id)).where(Record.sheet == Sheet.id).correlate(Sheet).scalar_subquery()
    came = exists().where(
        Original.aspirante == Sheet.aspirante, (Original.mark == Sheet.folio) | (Original.mark == Sheet.id)
    )
    query = select(Sheet, rows, came).where(Sheet.aspirante == aspirante).order_by(Sheet.folio, Sheet.id)
    return [(sheet, count, bool(received)) for sheet, count, received in session.execute(query)]


def originals_of(session: Session, aspirante: str) -> list[Original]:
    query = select(Original).where(Original.aspirante == aspirante).order_by(Original.mark)
    return list(session.scalars(query))


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A record in a list of an aspirante's rows."""

    record: Record
    folio: str | None
    sheet: str
    clase: str
    reasons: list[str]
    sentence: str


def record_lines(
    session: Session, aspirante: str, *, classes: Collection[str] | None = None, after: str = "", limit: int = 50
) -> list[RecordLine]:
    """Records of an aspirante with the ruling in force, in the order of their ids, after a given one."""
    newest = select(func.max(Ruling.id)).where(Ruling.record == Record.id).correlate(Record).scalar_subquery()
    query = (
        select(Record, Sheet.folio, Sheet.id, Ruling)
        .join(Sheet, Sheet.id == Record.sheet)
        .outerjoin(Ruling, Ruling.id == newest)
        .where(Record.aspirante == aspirante, Record.id > after)
        .order_by(Record.id)
        .limit(limit)
    )
    if classes is not None:
        query = query.where(Ruling.clase.in_(classes))
    return [
        RecordLine(record, folio, sheet, r.clase if r else "Q1", r.reasons if r else [], r.sentence if r else "")
        for record, folio, sheet, r in session.execute(query)
    ]


def rulings_of(session: Session, record: str) -> list[Ruling]:
    """Every ruling a record ever had, in order: nothing is overwritten."""
    return list(session.scalars(select(Ruling).where(Ruling.record == record).order_by(Ruling.id)))
