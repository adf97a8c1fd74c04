"""What the desk gives out and takes in as CSV: records, open items, decisions (contracts)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from service.desk.decisions import Standing
from service.errors import Refused
from service.store import Session
from service.store.findings import newest_match, open_items_of, rulings_in_force
from service.store.proceso import Aspirante
from service.store.standing import facts_of

RECORD_COLUMNS = (
    "record", "aspirante", "batch", "file", "page", "folio", "row", "clave_read", "clave", "numero_ocr_read",
    "seccion", "demarcacion", "fecha", "class", "reasons", "decided_by", "probability",
)  # fmt: skip
ITEM_COLUMNS = ("record", "item", "kind", "reasons", "candidates")
DECISION_COLUMNS = ("record", "decision", "reason", "clave", "by")
"""``item`` may stand beside them: it says which question of the record is answered when several are open."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins with one of these would be run as a formula by a spreadsheet."""


def harmless(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def record_rows(session: Session, aspirante: Aspirante, demarcaciones: dict[int, str]) -> Iterator[dict[str, Any]]:
    """One line a record of an aspirante, as of the newest ruling; ``demarcaciones`` by section."""
    rulings = rulings_in_force(session, aspirante.proceso)
    for facts in facts_of(session, aspirante.proceso, aspirante.id):
        ruling, read, match = rulings.get(facts.record), facts.read, facts.match
        person = next((a for a in reversed(facts.settled) if a.kind == "match" and a.clave), None)
        seccion = person.seccion if person else match.seccion if match and match.accepted else None
        yield {
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
    count = 0
    with fresh.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([harmless(row[column]) for column in columns])
            count += 1
    fresh.replace(path)
    return count


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
