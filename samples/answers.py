"""What an honest reviewer with the paper at hand answers, for every row and every question that may be asked.

``answers.csv``: record, kind, decision, reason, clave. Kinds are those of the desk (match, signature, copy,
electronic, strike, sheet, authenticity, date). Ties are never answered; questions named in the truth's
``undecided`` have no line: nobody has decided them yet.
"""

from __future__ import annotations

import csv
import hashlib
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from samples.plan import FIRST_DAY, LAST_DAY

HEADER = ("record", "kind", "decision", "reason", "clave")


def write_answers(folder: Path) -> None:
    """answers.csv from truth.csv."""
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = list(csv.DictReader(file))
    with (folder / "answers.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(HEADER)
        for row in truth:
            undecided = row["undecided"].split("+")
            for kind, *answer in answers_of(row):
                if kind not in undecided:
                    writer.writerow([row["record"], kind, *answer])


def answers_of(row: dict[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """(kind, decision, reason, clave) for every kind of question about one row."""
    if row["found"] == "elector":
        yield "match", "elector", "visto en el papel", row["elector"]
    elif row["found"] == "mismatch":
        yield "match", "reject", "I5", ""
    else:
        yield "match", row["found"], "visto en el papel", ""
    signed = row["signature"] in ("signed", "print")
    yield "signature", "signed" if signed else "unsigned", "visto en el papel", ""
    yield "copy", "original" if row["copy"] == "none" else "copy", "visto en el papel", ""
    yield "electronic", "accept", "tinta sobre papel", ""
    yield "strike", "struck" if row["struck"] == "yes" else "clean", "visto en el papel", ""
    if row["foreign"] == "yes":
        yield "sheet", "reject", "I9", ""
    else:
        yield "sheet", "accept", "formato emitido para esta persona", ""
    yield "authenticity", "accept", "sin objeción", ""
    yield "date", *date_answer(row["fecha"]), ""


def date_answer(written: str) -> tuple[str, str]:
    """Decision and reason on a date: the day written, out of the window, or none to be had."""
    if not written:
        return "accept", "sin fecha escrita"
    inside = FIRST_DAY <= date.fromisoformat(written) <= LAST_DAY
    return ("date", written) if inside else ("reject", "I11")


def file_digests(path: Path) -> list[tuple[str, str]]:
    """(name, SHA-256) of a file, or of every member of a ZIP in its order."""
    if path.suffix != ".zip":
        return [(path.name, hashlib.sha256(path.read_bytes()).hexdigest())]
    with zipfile.ZipFile(path) as archive:
        return [
            (f"{path.name}/{name}", hashlib.sha256(archive.read(name)).hexdigest()) for name in archive.namelist()
        ]
