"""What the desk gives out and takes in as CSV: records, open items, decisions (contracts)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from service.desk.decisions import Standing
from service.errors import Refused
from service.store import Session
from service.store.findings import Ruling, newest_match, open_items_of, rulings_of_records
from service.store.proceso import Aspirante, marco_in_force, secciones_of
from service.store.standing import Facts, Place, facts_of, places_after

RECORD_COLUMNS = (
    "record", "aspirante", "batch", "file", "page", "folio", "row", "clave_read", "clave", "numero_ocr_read",
    "seccion", "demarcacion", "fecha", "class", "reasons", "decided_by", "probability",
)  # fmt: skip
ITEM_COLUMNS = ("record", "item", "kind", "reasons", "candidates")
DECISION_COLUMNS = ("record", "decision", "reason", "clave", "by")
"""``item`` may stand beside them: it says which question of the record is answered when several are open."""

LINES_AT_ONCE = 500
"""Records read in one go: under the number of parameters that any of the two databases takes."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins with one of these would be run as a formula by a spreadsheet."""


def harmless(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A line of the records table, where it stands in the papers, and whether its original was received."""

    place: Place
    original: bool
    cells: dict[str, Any]


def record_rows(session: Session, aspirante: Aspirante, demarcaciones: dict[int, str]) -> Iterator[dict[str, Any]]:
    """One line a record of an aspirante, as of the newest ruling; ``demarcaciones`` by section."""
    return (row.cells for row in record_lines(session, aspirante, demarcaciones))


def record_lines(
    session: Session, aspirante: Aspirante, demarcaciones: dict[int, str], after: Place = (0, 0)
) -> Iterator[RecordRow]:
    """The lines after a place, in the order of files, pages and rows; memory holds some hundreds at a time."""
    while some := places_after(session, aspirante.id, after, LINES_AT_ONCE):
        places = {record: place for place, record in some}
        rulings = rulings_of_records(session, places)
        for facts in facts_of(session, aspirante.proceso, aspirante.id, places):
            cells = _cells(facts, rulings.get(facts.record), demarcaciones)
            yield RecordRow(places[facts.record], facts.original, cells)
        after = some[-1][0]


def demarcaciones_of(session: Session, proceso: str) -> dict[int, str]:
    """Section -> demarcación by the frame in force; empty while there is none."""
    marco = marco_in_force(session, proceso)
    return {row.seccion: row.demarcacion for row in secciones_of(session, marco)} if marco else {}


def _cells(facts: Facts, ruling: Ruling | None, demarcaciones: dict[int, str]) -> dict[str, Any]:
    read, match = facts.read, facts.match
    person = next((a for a in reversed(facts.settled) if a.kind == "match" and a.clave), None)
    seccion = person.seccion if person else match.seccion if match and match.accepted else None
    return {
        "record": facts.record,
        "aspirante": facts.aspirante,
        "batch": facts.batch,
        "file": facts.file,
        "page": facts.page,
        "folio": facts.folio or "",
        "row": facts.row,
        "clave_read": read.clave if read else "",
        "clave": ruling.clave if ruling else "",
        "numero_ocr_read": read.numero_ocr if read else "",
        "seccion": seccion or "",
        "demarcacion": demarcaciones.get(seccion, "") if seccion else "",
        "fecha": read.fecha.isoformat() if read and read.fecha else read.fecha_read if read else "",
        "class": ruling.clase if ruling else "Q1",
        "reasons": ";".join(ruling.reasons) if ruling else "",
        "decided_by": ruling.decided_by if ruling else "",
        "probability": f"{1.0 if person else match.probability if match and match.accepted else 0.0:.6f}",
    }


def item_rows(session: Session, aspirante: str) -> Iterator[dict[str, Any]]:
    """One line an open item of an aspirante, those that can change an outcome first."""
    for item, record, _ in open_items_of(session, aspirante=aspirante):
        match = newest_match(session, record.id) if item.kind == "match" else None
        candidates = [f"{c['clave']}:{c['probability']:.4f}" for c in (match.candidates if match else [])]
        yield {
            "record": record.id,
            "item": item.id,
            "kind": item.kind,
            "reasons": ";".join(str(reason) for reason in item.reasons),
            "candidates": ";".join(candidates),
        }


def write_csv(path: Path, columns: tuple[str, ...], rows: Iterator[dict[str, Any]]) -> int:
    """Write a CSV, whole or not at all; returns its lines without the header."""
    fresh = path.with_name(f".{path.name}.parcial")
    with fresh.open("w", encoding="utf-8", newline="") as file:
        written = sum(bool(file.write(line)) for line in csv_lines(columns, rows))
    fresh.replace(path)
    return written - 1


def csv_lines(columns: tuple[str, ...], rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A CSV line by line, its header first; no cell is taken for a formula."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    for cells in chain([columns], ([harmless(row[column]) for column in columns] for row in rows)):
        writer.writerow(cells)
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def answer_of(standing: Standing) -> str:
    """What a standing is called in the answer of ``review decide``."""
    return {
        Standing.SETTLED: "resuelto",
        Standing.SECOND: "espera a otra persona",
        Standing.SUPERVISOR: "espera a supervisión",
    }[standing]


def check_decision(line: int, row: dict[str, str]) -> None:
    """Refuse a line of decisions that says nothing."""
    for column in ("record", "decision", "by"):
        if not row[column].strip():
            raise Refused("DECISION_INCOMPLETA", f"En la línea {line} falta «{column}»; complétela.")
