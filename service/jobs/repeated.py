"""The same signature image on two sheets: a pasted or copied signature, asked about in both rows."""

from __future__ import annotations

from ocr.prints import Shelf
from service.store import Session, now
from service.store.findings import ReviewItem, has_item
from service.store.papers import Record, Sheet, sheets_of


def ask_about_repeated(session: Session, aspirante: str, batch: str) -> None:
    """Compare the signatures of a batch's sheets with each other's and with those of every sheet that this person
    handed in before. Asked once for each pair, whatever is read again."""
    shelf, sheets = Shelf(), {sheet.id: sheet for sheet in sheets_of(session, aspirante)}
    for sheet in sorted(sheets.values(), key=lambda s: (s.batch == batch, s.page_id)):
        alike = shelf.add(sheet.id, sheet.ink_print)
        if sheet.batch != batch:
            continue
        for row, other, other_row, _ in alike:
            _ask(session, sheet, row, sheets[other], other_row)
            _ask(session, sheets[other], other_row, sheet, row)


def _ask(session: Session, sheet: Sheet, row: int, other: Sheet, other_row: int) -> None:
    record, cause = f"{sheet.id}-{row:02d}", f"signature:{other.id}-{other_row:02d}"
    if session.get(Record, record) is None or has_item(session, record, "authenticity", cause):
        return
    place = f"del folio {other.folio}" if other.folio else "de otra hoja"
    sentence = f"I10? La firma es la misma imagen que la del renglón {other_row} {place}."
    session.add(ReviewItem(record=record, kind="authenticity", cause=cause, reasons=[sentence], at=now()))
    session.flush()
