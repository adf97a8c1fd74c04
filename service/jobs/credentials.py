"""Copies of credentials find their rows: each of a delivery among the rows of that delivery (art. 323 párr. 14 d)."""

from __future__ import annotations

from ocr.credential import credentials_of
from ocr.owners import Rows
from ocr.reading import RowReading, page_from_json
from service.store import Session, now
from service.store.credentials import CredentialCopy, copies_on, credential_readings, records_with_readings
from service.store.papers import newest_reading


def attach_credentials(session: Session, batch: str) -> None:
    """Note each copy with its row, or with none. Done again, it attaches what found no row before."""
    readings = credential_readings(session, batch)
    if not readings:
        return
    records, rows = _rows_of(session, batch)
    shelf = Rows(rows)
    for reading in readings:
        known = copies_on(session, reading.page_id)
        for number, said in enumerate(credentials_of(page_from_json(reading.document).credential), 1):
            owner = shelf.owner_of(said)
            copy = known.get(number)
            if copy is None:
                copy = CredentialCopy(page_id=reading.page_id, number=number, agrees=False, at=now())
                session.add(copy)
            copy.mrz = said.get("mrz", "")
            if owner is not None:
                copy.record, copy.agrees = records[owner.row], owner.agrees
        session.flush()


def _rows_of(session: Session, batch: str) -> tuple[list[str], list[RowReading]]:
    """Ids of the records of a delivery, and what the newest reading saw of each."""
    pages: dict[int, dict[int, RowReading]] = {}
    ids, rows = [], []
    for record, page_id in records_with_readings(session, batch):
        if page_id not in pages:
            reading = newest_reading(session, page_id)
            pages[page_id] = {row.row: row for row in page_from_json(reading.document).rows} if reading else {}
        if record.row in pages[page_id]:
            ids.append(record.id)
            rows.append(pages[page_id][record.row])
    return ids, rows
