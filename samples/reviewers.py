"""Plays the reviewers: picks, out of all the answers, those that a list of open questions asks for.

    python samples/reviewers.py LIST.csv ANSWERS.csv OUT.csv --by NAME

LIST is what ``respaldo review list`` wrote (record, item, kind, reasons, candidates), OUT is what ``respaldo
review decide`` takes (record, decision, reason, clave, by, and the item's number). Questions without an answer
stay open. An answer that takes a support away needs two people: list, pick and decide again with another name.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

HEADER = ("record", "decision", "reason", "clave", "by", "item")


def main() -> None:
    """The command line; prints how many questions were answered and how many stay open."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("list", type=Path)
    parser.add_argument("answers", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--by", required=True)
    arguments = parser.parse_args()
    answered, open_ = pick(arguments.list, arguments.answers, arguments.out, arguments.by)
    print(f"{answered} asuntos respondidos, {open_} sin respuesta")


def pick(open_items: Path, answers: Path, out: Path, by: str) -> tuple[int, int]:
    """Writes the answers asked for. Returns (answered, left open)."""
    known = {(row["record"], row["kind"]): row for row in _rows(answers)}
    answered, left = 0, 0
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for item in _rows(open_items):
            answer = known.get((item["record"], item["kind"]))
            if answer is None:
                left += 1
                continue
            answered += 1
            said = [answer["decision"], answer["reason"], answer["clave"]]
            writer.writerow([item["record"], *said, by, item["item"]])
    return answered, left


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main()
