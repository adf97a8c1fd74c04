"""Between reading and matching: which paper sheets a batch holds, and one record for every row with ink.

A batch is laid when it and every batch before it have been read, page by page in their order: which of two images
of a sheet came first must never depend on which worker was faster.
"""

from __future__ import annotations

import datetime as dt

from ocr import folio as folios
from ocr import prints
from ocr.reading import BLANK, Answer, PageReading, RowReading, page_from_json
from service.folio import verify
from service.jobs.credentials import attach_credentials
from service.jobs.dates import written_date
from service.jobs.queue import Lease, Workshop, finish
from service.jobs.repeated import ask_about_repeated
from service.store import Session, now
from service.store.findings import ReviewItem
from service.store.papers import (
    Batch,
    Page,
    Reading,
    Record,
    RowRead,
    Scan,
    Sheet,
    SheetImage,
    is_laid,
    newest_reading,
    pages_of,
    records_of_sheet,
    row_read_of,
    scans_of,
    sheet_of_page,
    sheets_with_folio,
)
from service.store.proceso import Aspirante, Proceso, aspirante_of_series, folio_was_printed
from service.store.work import add_job

DATE_FLOOR = 0.90
"""A date read with less certainty than this is nobody's date: a person reads it. To be measured by make bench-ocr."""


def lay(shop: Workshop, lease: Lease) -> None:
    """Lay the sheets and records of one batch, and ask for their matching."""
    with shop.store.writing() as session:
        batch = session.get_one(Batch, lease.subject)
        aspirante = session.get_one(Aspirante, batch.aspirante)
        for scan in scans_of(session, batch.id):
            for page in pages_of(session, scan.id):
                reading = newest_reading(session, page.id)
                if reading is not None and reading.kind in ("sheet", "foreign") and not is_laid(session, reading):
                    _lay_page(session, batch, aspirante, scan, page, reading)
        ask_about_repeated(session, aspirante.id, batch.id)
        attach_credentials(session, batch.id)
        add_job(session, "watch", batch.id, None, now())
        finish(session, lease)


def _lay_page(session: Session, batch: Batch, aspirante: Aspirante, scan: Scan, page: Page, reading: Reading) -> None:
    seen = page_from_json(reading.document)
    sheet = sheet_of_page(session, page.id)
    if sheet is None:
        if session.get(SheetImage, page.id) is not None:
            return
        doubts = folio_doubts(session, aspirante, seen)
        twins = sheets_with_folio(session, aspirante.proceso, seen.folio) if seen.folio else []
        for twin in twins:
            if twin.aspirante == aspirante.id and prints.same_sheet(twin.ink_print, seen.ink_print) is Answer.YES:
                session.add(SheetImage(page_id=page.id, sheet=twin.id))
                return
        if twins:
            doubts.append("El mismo folio aparece en otra hoja con otra tinta.")
            for twin in twins:
                _doubt_sheet(session, twin, page.id)
        sheet = Sheet(
            id=f"{scan.sha256[:12]}-{page.number:04d}",
            aspirante=aspirante.id,
            batch=batch.id,
            page_id=page.id,
            folio=seen.folio,
            ink_print=seen.ink_print,
            doubts=doubts,
        )
        session.add(sheet)
        session.flush()
    for row in seen.rows or (RowReading(1, True, {}),):
        if row.has_ink:
            _lay_row(session, sheet, row, reading.id)
    session.flush()
    add_job(session, "match_page", str(page.id), batch.id, now())


def _lay_row(session: Session, sheet: Sheet, row: RowReading, reading_id: int) -> None:
    record_id = f"{sheet.id}-{row.row:02d}"
    if session.get(Record, record_id) is None:
        session.add(Record(id=record_id, sheet=sheet.id, row=row.row, aspirante=sheet.aspirante))
        session.flush()
    if row_read_of(session, record_id, reading_id) is not None:
        return
    session.add(
        RowRead(
            record=record_id,
            reading_id=reading_id,
            clave=row.text("clave_elector").rstrip(BLANK),
            numero_ocr=row.text("numero_ocr").rstrip(BLANK),
            seccion=row.text("seccion").strip(BLANK),
            demarcacion=row.text("demarcacion").strip(BLANK),
            nombre=row.text("nombre"),
            fecha_read=row.text("fecha"),
            fecha=read_date(row),
        )
    )


def read_date(row: RowReading) -> dt.date | None:
    """The date of a row where it was read without doubt and exists in the calendar (DDMMAA or DDMMAAAA)."""
    field = row.fields.get("fecha")
    if field is None or field.probability < DATE_FLOOR:
        return None
    return written_date(field.text)


def folio_doubts(session: Session, aspirante: Aspirante, seen: PageReading) -> list[str]:
    """Why a person must look at the sheet itself (suspicion I9); empty when the folio is in order."""
    if seen.form is None:
        return ["La hoja no tiene un formato registrado."]
    if seen.folio is None:
        return ["El folio no se pudo leer."]
    if not folios.is_valid(seen.folio):
        return ["El dígito verificador del folio no corresponde."]
    folio = folios.parts(seen.folio)
    if folio.series != aspirante.series:
        if aspirante_of_series(session, aspirante.proceso, folio.series) is None:
            return ["El folio es de una serie que no se ha emitido."]
        return ["El folio es de la serie de otra persona aspirante."]
    if not folio_was_printed(session, aspirante.id, folio.serial):
        return ["El folio no se ha emitido."]
    proceso = session.get_one(Proceso, aspirante.proceso)
    if seen.qr is not None and verify(seen.qr, proceso.key) is None:
        return ["La firma del código QR no es del instituto."]
    return []


def _doubt_sheet(session: Session, sheet: Sheet, page_id: int) -> None:
    """A sheet received before shares its folio with a new one: its records wait for a person too."""
    sentence = "El mismo folio aparece en otra hoja con otra tinta."
    if sentence not in sheet.doubts:
        sheet.doubts = [*sheet.doubts, sentence]
    for record in records_of_sheet(session, sheet.id):
        session.add(
            ReviewItem(record=record.id, kind="sheet", cause=f"page:{page_id}", reasons=[f"I9? {sentence}"], at=now())
        )
