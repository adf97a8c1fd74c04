"""Step 3 of a scan's walk: whom each row may be, and what people are asked about it.

The one place where an eyes' reading becomes a memory's query.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from matching.policy import accepts
from matching.roll import Roll
from matching.search import NO_FRAME, Frame, Query, find_many, match_to_json
from matching.search import Match as Found
from ocr.reading import Answer, FieldReading, Lattice, PageReading, RowReading, Signal, page_from_json
from service.config import Settings
from service.errors import Refused
from service.jobs.cells import KEYS, note_doubts, with_words
from service.jobs.lawyer import collection_period
from service.jobs.queue import Lease, Workshop, finish
from service.store import Session, now
from service.store.cells import CellWords, words_on
from service.store.findings import Match, ReviewItem, has_item, is_settled, match_in, newest_match
from service.store.papers import (
    Reading,
    Record,
    RowRead,
    Sheet,
    newest_read,
    page_with_scan,
    row_reads_of_page,
    sheet_of_page,
)
from service.store.proceso import Aspirante, ListaNominal, demarcaciones_of, listas_of, marco_in_force
from service.store.work import add_job


@lru_cache(maxsize=2)
def _open_roll(folder: Path, key_file: Path | None) -> Roll:
    """A worker keeps the lists in use open: they are memory-mapped, so all workers share one copy."""
    return Roll.open(folder, key=key_file.read_bytes() if key_file else None)


def open_roll(settings: Settings, lista: ListaNominal) -> Roll:
    """The sealed index of a list. Raises matching.errors.Refused when it was altered or destroyed."""
    return _open_roll(settings.data / lista.path, settings.list_key_file)


_FRAMES: dict[int, Frame] = {}


def _frame_of(session: Session, marco: int) -> Frame:
    """The demarcación of each section in one version of the frame, which never changes: read once a worker."""
    if marco not in _FRAMES:
        frame = np.zeros_like(NO_FRAME)
        for seccion, demarcacion in demarcaciones_of(session, marco):
            frame[seccion] = int(demarcacion)
        _FRAMES.clear()
        _FRAMES[marco] = frame
    return _FRAMES[marco]


def match_page(shop: Workshop, lease: Lease) -> None:
    """Match the rows of one page against the list in force and raise the questions a person must answer."""
    page_id = int(lease.subject)
    with shop.store.reading() as session:
        _, _, batch = page_with_scan(session, page_id)
        aspirante = session.get_one(Aspirante, batch.aspirante)
        listas = listas_of(session, aspirante.proceso)
        sheet = sheet_of_page(session, page_id)
        reads = row_reads_of_page(session, page_id)
        said = words_on(session, [read.id for read in reads])
        reads = [read for read in reads if not _is_found(session, read, said.get(read.id, CellWords()).act)]
        seen = page_from_json(session.get_one(Reading, reads[0].reading_id).document) if reads else None
        marco = marco_in_force(session, aspirante.proceso)
        frame = _frame_of(session, marco.id) if marco and reads else NO_FRAME
    lista = listas[0] if listas else None
    rows = {row.row: row for row in seen.rows} if seen else {}
    found: Sequence[Found | None] = [None] * len(reads)
    if lista is not None and reads:
        queries = [
            make_query(read.record, _as_people_left_it(rows.get(_row_of(read)), said.get(read.id))) for read in reads
        ]
        found = find_many(queries, open_roll(shop.settings, lista), frame=frame)
    with shop.store.writing() as session:
        for read, match in zip(reads, found, strict=True):
            row = rows.get(_row_of(read))
            if lista is not None and match is not None:
                _keep_match(session, read, row, lista, match, said.get(read.id, CellWords()))
            if seen is not None and sheet is not None:
                _ask_about_ink(session, read, row, seen, sheet)
                _ask_about_date(session, read, aspirante)
                if row is not None and read.fecha is None:
                    note_doubts(session, read, row, ("fecha",))
        add_job(session, "watch", batch.id, None, now())
        add_job(session, "rule", aspirante.proceso, None, now())
        finish(session, lease)


def match_row(session: Session, settings: Settings, record: str) -> None:
    """Match one row anew, at once, as people have just left it. Raises Refused SIN_LISTA without a list."""
    read = newest_read(session, record)
    aspirante = session.get_one(Aspirante, session.get_one(Record, record).aspirante)
    listas = listas_of(session, aspirante.proceso)
    if read is None or not listas:
        raise Refused("SIN_LISTA", "No hay una lista nominal cargada; no se puede buscar en ella.")
    said = words_on(session, [read.id]).get(read.id, CellWords())
    seen = page_from_json(session.get_one(Reading, read.reading_id).document)
    row = next((row for row in seen.rows if row.row == _row_of(read)), None)
    marco = marco_in_force(session, aspirante.proceso)
    frame = _frame_of(session, marco.id) if marco else NO_FRAME
    query = make_query(record, _as_people_left_it(row, said))
    match = find_many([query], open_roll(settings, listas[0]), frame=frame)[0]
    _keep_match(session, read, row, listas[0], match, said)


def _is_found(session: Session, read: RowRead, cells: int) -> bool:
    """A match of this very reading, as people left its cells, was accepted before: a newer list does not judge it."""
    match = newest_match(session, read.record)
    return match is not None and match.accepted and match.row_read_id == read.id and match.cells == cells


def _as_people_left_it(row: RowReading | None, said: CellWords | None) -> RowReading | None:
    return row if row is None or said is None else with_words(row, said)


def _row_of(read: RowRead) -> int:
    return int(read.record.rsplit("-", 1)[1])


def make_query(record: str, row: RowReading | None) -> Query:
    """What the memory is asked: every alternative the eyes saw. Empty fields are None."""
    if row is None:
        return Query(record=record)
    name = row.fields.get("nombre")
    return Query(
        record=record,
        clave=_lattice(row.fields.get("clave_elector")),
        numero_ocr=_lattice(row.fields.get("numero_ocr")),
        seccion=_lattice(row.fields.get("seccion")),
        demarcacion=_lattice(row.fields.get("demarcacion")),
        nombres=(name.alternatives or ((name.text, name.probability),)) if name and name.text.strip() else (),
    )


def _lattice(field: FieldReading | None) -> Lattice | None:
    return None if field is None or field.empty else field.lattice


def _keep_match(
    session: Session, read: RowRead, row: RowReading | None, lista: ListaNominal, match: Found, said: CellWords
) -> None:
    cells = said.act
    if match_in(session, read.id, lista.id, cells) is not None:
        return
    document = match_to_json(match)
    best = document["candidates"][0] if document["candidates"] else None
    # A key that one person typed finds candidates; whose the row is, a person says at the desk.
    accepted = best is not None and accepts(match) and said.capture is None
    session.add(
        Match(
            record=read.record,
            row_read_id=read.id,
            lista_id=lista.id,
            cells=cells,
            outcome=document["outcome"],
            accepted=accepted,
            clave=best["clave"] if best and accepted else None,
            seccion=best["seccion"] if best and accepted else None,
            situacion=best["situacion"] if best and accepted else None,
            probability=document["probability"],
            candidates=document["candidates"],
            at=now(),
        )
    )
    if accepted and is_settled(session, read.record, "match"):
        cause = f"cells:{cells}" if cells else f"lista:{lista.id}"
        found_by = "Con las celdas confirmadas" if cells else "En una lista nueva"
        _ask_once(session, read.record, "match", cause, [f"{found_by} hay una persona con estos datos."])
    if not accepted:
        if row is not None:
            note_doubts(session, read, row, KEYS)
        legible = row is not None and not row.fields["clave_elector"].empty if row and row.fields else False
        reason = _MATCH_REASONS[document["outcome"]] if legible else "No se escribió o no se lee la clave."
        _ask(session, read, "match", [reason])


_MATCH_REASONS = {
    "exact": "La clave está en la lista, pero otro dato la contradice.",
    "probable": "Hay una persona probable en la lista; falta certeza.",
    "ambiguous": "Hay varias personas posibles en la lista.",
    "missing": "No se encontró a nadie en la lista con estos datos.",
}


def _ask_about_ink(session: Session, read: RowRead, row: RowReading | None, seen: PageReading, sheet: Sheet) -> None:
    """Signals become questions: the machine names what it saw, a person rules."""
    if sheet.doubts:
        _ask(session, read, "sheet", [f"I9? {doubt}" for doubt in sheet.doubts])
    signals = [*seen.signals, *(row.signals if row else ())]
    for code, kind, suspicion in _SIGNAL_QUESTIONS:
        raised = [s for s in signals if s.code == code and (s.answer is Answer.YES or _settled_on_paper(s))]
        if raised:
            _ask(session, read, kind, [f"{suspicion}? {s.sentence}" for s in raised])
    signature = row.signal("signature") if row else None
    if signature is None or signature.answer is not Answer.YES:
        sentence = signature.sentence if signature else "No se pudo ver el recuadro de la firma."
        _ask(session, read, "signature", [f"I3? {sentence}"])


def _settled_on_paper(signal: Signal) -> bool:
    """A scan that cannot tell an original from a copy: whoever holds the paper says which it is."""
    return signal.code == "copy" and signal.answer is Answer.UNKNOWN


_SIGNAL_QUESTIONS = (
    ("copy", "copy", "I1"),
    ("electronic", "electronic", "I2"),
    ("mark", "signature", "I3"),
    ("strike", "strike", "I8"),
    ("overwrite", "strike", "I8"),
    ("repeated_signature", "authenticity", "I10"),
    ("same_hand", "authenticity", "I10"),
)
"""Signal of the eyes, kind of question, class it would establish (domain.md B-2) if a person says so."""


def _ask_about_date(session: Session, read: RowRead, aspirante: Aspirante) -> None:
    if read.fecha is None:
        _ask(session, read, "date", ["I11? La fecha no se escribió o no se lee con certeza."])
        return
    window = collection_period(session, aspirante)
    if not window.first <= read.fecha <= window.last:
        _ask(session, read, "date", ["I11? La fecha leída queda fuera del periodo."])


def _ask(session: Session, read: RowRead, kind: str, reasons: list[str]) -> None:
    _ask_once(session, read.record, kind, f"read:{read.id}", reasons)


def _ask_once(session: Session, record: str, kind: str, cause: str, reasons: list[str]) -> None:
    if not has_item(session, record, kind, cause):
        session.add(ReviewItem(record=record, kind=kind, cause=cause, reasons=reasons, at=now()))
        session.flush()
