"""Plays the people of the blind second look: writes what the paper says, from the drawing's own truth.

They see the paper, not the list: a slip of the signer is written as the signer wrote it, and only then, shown the
elector held, they say whether the row is theirs.
"""

from __future__ import annotations

import csv
from pathlib import Path

LOOK = ("item", "clave", "fecha", "firma", "regla", "by")
SIGNED = frozenset({"signed", "print"})
"""Signature or fingerprint (art. 323 párr. 9 X)."""
CONFIRM = ("item", "misma", "by")


def look(items: Path, truth: Path, out: Path, by: str) -> int:
    """Answer what a list asks: looks where it names a record alone, else whether the elector held is the signer.

    Returns how many were answered.
    """
    with truth.open(encoding="utf-8", newline="") as file:
        known = {row["record"]: row for row in csv.DictReader(file)}
    with items.open(encoding="utf-8", newline="") as file:
        asked = list(csv.DictReader(file))
    confirming = bool(asked) and all(row["elector"] for row in asked)
    rows = []
    for row in asked:
        paper = known[row["record"]]
        if confirming:
            rows.append([row["item"], "si" if paper["elector"] == row["elector"] else "no", by])
            continue
        plain = paper["copy"] == "none" and paper["foreign"] == "no" and paper["struck"] == "no"
        signed = "si" if paper["signature"] in SIGNED else "no"
        clave = "" if paper["found"] == "illegible" else paper["clave_elector"]
        rows.append([row["item"], clave, paper["fecha"], signed, "si" if plain else "no", by])
    with out.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([CONFIRM if confirming else LOOK, *rows])
    return len(rows)
