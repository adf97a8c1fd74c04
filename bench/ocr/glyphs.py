"""How well whole fields are read, by our glyph model and by other engines, on the same strips in one run.

``python -m bench.ocr.glyphs [--rows 1000] [--engines ours,tesserocr,rapidocr,pytesseract] [--sample tesserocr=300]``
prints a table and writes ``keys.json`` and ``reliability.png`` to ``--out``; ``--table`` renews a page of results.
Data: ``RESPALDO_DATOS`` (``samples.names``). Writers, forms and fonts of the rows were never trained on (typed
fonts were).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import textwrap
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.ocr import rows as strips
from bench.ocr import sheets
from bench.ocr.reliability import VIEWS, Tally, draw_reliability
from bench.ocr.rivals import RIVALS, Answer
from bench.ocr.rows import Strip
from bench.ocr.shares import wilson
from ocr.glyphs import WEIGHTS, GlyphModel
from ocr.grammar import grammar_for
from ocr.lattice import best_path
from samples.fonts import CACHE, hand
from samples.names import data_folder

ALPHABETS = {"clave_elector": "clave"}
OUT = Path(__file__).resolve().parents[2] / "bench-out" / "ocr"
KEY = "clave_elector"
KINDS = (*sheets.KINDS, *strips.KINDS)
FOR_ALL = sheets.KINDS
"""Kinds that every engine reads; the others are for us alone."""


class Ours:
    """Glyph model and grammar; keeps what calibration needs."""

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self._model = GlyphModel.load(weights)
        self.tally = Tally()

    def __call__(self, strips: Sequence[Strip]) -> list[Answer]:
        lattice = self._model.read([cell for strip in strips for cell in strip.cells()])
        out, at = [], 0
        for strip in strips:
            mine = lattice[at : at + len(strip.truth)]
            at += len(strip.truth)
            text, p = best_path(mine, grammar_for(strip.field, ALPHABETS.get(strip.field, "digits"), len(mine)))
            out.append(text)
            if strip.seen:
                self.tally.note(mine, strip.truth, text, p)
        return out


def measure(read: Callable[[Sequence[Strip]], list[Answer]], rows: list[list[Strip]]) -> dict[str, Any]:
    """Exact fields, right characters and processor seconds a row of one engine, its child processes included."""
    fields: dict[str, list[int]] = {}
    characters, right, spent = 0, 0, 0.0
    for row in rows:
        began = _processor_seconds()
        answers = read(row)
        spent += _processor_seconds() - began
        for strip, answer in zip(row, answers, strict=True):
            tally = fields.setdefault(strip.field, [0, 0])
            tally[0] += 1
            tally[1] += answer == strip.truth
            characters += len(strip.truth)
            right += sum(a == b for a, b in zip(answer.ljust(len(strip.truth)), strip.truth, strict=False))
    return {
        "rows": len(rows),
        "rows_not_laid": sum(not row[0].seen for row in rows),
        "exact": {name: hits / n for name, (n, hits) in fields.items()},
        "key_interval": wilson(fields[KEY][1], fields[KEY][0]),
        "characters": right / characters,
        "cpu_seconds_a_row": spent / len(rows),
    }


def _processor_seconds() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def calibration_of(tally: Tally) -> dict[str, Any]:
    """Mean log-probability of the true character, calibration errors, and the bins behind the plot."""
    return {
        "mean_logp_truth": tally.mean_logp(),
        "ece": {view: tally.error(view) for view in VIEWS},
        "bins": {view: tally.curve(view) for view in VIEWS},
    }


def fonts_folder() -> Path:
    """Where the held-out handwriting fonts lie, fetched when they are not there yet."""
    hand("caveat")
    return CACHE


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fonts", type=Path)
    parser.add_argument("--data", type=Path, default=data_folder() / "handwriting")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--sample", action="append", default=[], help="ENGINE=ROWS: only the first rows for it")
    parser.add_argument("--engines", default="ours")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--table", type=Path, help="page of results to renew (bench/ocr/RESULTS.md)")
    parser.add_argument("--json", type=Path, help="where the figures behind the page go too, without the bins")
    args = parser.parse_args(arguments)
    samples = {name: int(count) for name, _, count in (item.partition("=") for item in args.sample)}
    fonts = args.fonts or fonts_folder()
    args.out.mkdir(parents=True, exist_ok=True)
    report: dict[str, dict[str, Any]] = {}
    tallies: dict[str, Tally] = {}
    for kind in args.kinds.split(","):
        if kind in sheets.KINDS:
            rows = list(sheets.draw_rows(kind, args.rows, args.data, seed=args.seed))
        else:
            rows = list(strips.draw_rows(kind, args.rows, args.data, fonts, seed=args.seed))
        for name in args.engines.split(","):
            if name != "ours" and kind not in FOR_ALL:
                continue
            ours = Ours(args.weights) if name == "ours" else None
            result = measure(ours or RIVALS[name](), rows[: samples.get(name, args.rows)])
            if ours is not None:
                result |= calibration_of(ours.tally)
                tallies[kind] = ours.tally
            report[f"{kind}/{name}"] = result
            sys.stdout.write(line_of(kind, name, result) + "\n")
            sys.stdout.flush()
        # After every kind, so that a run cut short leaves what it measured.
        (args.out / "keys.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
        if tallies:
            draw_reliability(tallies, args.out / "reliability.png")
        if args.json:
            short = {at: {k: v for k, v in row.items() if k != "bins"} for at, row in report.items()}
            args.json.write_text(json.dumps(short, indent=1) + "\n", "utf-8")
        if args.table:
            version = GlyphModel.load(args.weights).version
            args.table.write_text(as_page(report, version, args.seed), "utf-8")


def line_of(kind: str, name: str, result: dict[str, Any]) -> str:
    exact = " ".join(f"{field} {share:6.1%}" for field, share in result["exact"].items())
    tail = ""
    if "ece" in result:
        errors = " ".join(f"{view} {error:.4f}" for view, error in result["ece"].items())
        tail = f" logp {result['mean_logp_truth']:.3f} ece {errors}"
    return (
        f"{kind:9} {name:11} {result['rows']:5} rows | {exact} | chars {result['characters']:.2%} "
        f"| {result['cpu_seconds_a_row'] * 1000:.0f} ms cpu/row{tail}"
    )


HEAD = """# Keys read, beside other engines

Written by `python -m bench.ocr --keys` on {date}; our model `{version}`, seed {seed}. One row: clave (18), OCR
number (13), demarcación (3), section (4), date (6), each in its comb, one hand a row. Best path, no roll. Brackets:
95 % interval (Wilson).

## On our own sheets, printed, filled, scanned

The printer's own PDF on four kinds of paper (offset, colour laser, inkjet, black-and-white laser), written in,
signed, through a scanner (300 and 200 dpi, colour and grey, JPEG 80, askew, noise: `samples/scan.py`), laid and cut
by our own stages. Every engine gets the same fields, lines and drop-out colour taken out, cut to its liking
(`bench/ocr/rivals.py`); slow ones read the first rows. "fonts": 13 handwriting fonts never trained on. "ink":
digits of 48 writers and capitals of forms never trained on, the 23 gold labels that a look contradicts left out.
"degraded": the same people, the page faded, folded, shone through, one in four photocopied, then a bad scanner at
150 or 200 dpi, half of them grey, JPEG 35 to 65. The processor's milliseconds are for reading fields that are cut;
whole pages: `RESULTS-pages.md`.

"""
ROWS_HEAD = """
## Boxes composed as in training (ours alone)

Rougher than our sheets: dark boxes, 150 to 400 dpi, neighbours' strokes; the floors of CI hold here on 300 keys.
"ink" takes every gold capital, also those whose label is plainly wrong; "ink-seen" leaves them out; "strokes": pen
strokes of 44 people.

"""
TABLE = """| writing | engine | rows | key exact | OCR number | section | date | characters | ms of processor a row |
|---|---|--:|--:|--:|--:|--:|--:|--:|
"""
CALIBRATION_HEAD = """
## Do our probabilities mean what they say

Expected calibration error over 15 bins: of a cell among all 37 characters, of a cell whose place is known (letter or
figure, as the grammar of its field knows it), of a whole field's best path. Plot: `reliability.png` beside the JSON.

| writing | mean log p of the true character | cell, any of 37 | cell, place known | field |
|---|--:|--:|--:|--:|
"""


def _table_line(at: str, row: dict[str, Any]) -> str:
    kind, name = at.removeprefix("sheet-").split("/")
    low, high = row["key_interval"]
    shares = " | ".join(f"{row['exact'][field]:.1%}" for field in ("numero_ocr", "seccion", "fecha"))
    return (
        f"| {kind} | {name} | {row['rows']} | {row['exact'][KEY]:.1%} ({low:.1%}-{high:.1%}) | {shares} "
        f"| {row['characters']:.2%} | {row['cpu_seconds_a_row'] * 1000:.0f} |\n"
    )


def _another_voice(report: dict[str, dict[str, Any]]) -> str:
    """Whether PP-OCRv6 beside our own net would earn its time, from the figures of this run."""
    ours, rapid = report.get("sheet-ink/ours"), report.get("sheet-ink/rapidocr")
    if ours is None or rapid is None:
        return ""
    slow, fast = (row["cpu_seconds_a_row"] * 1000 for row in (rapid, ours))
    said = (
        f"PP-OCRv6 as another voice does not earn its time: it takes {slow:.0f} ms a row where ours takes {fast:.0f} "
        f"(ten rows would cost {slow / 100:.1f} s, the whole page may take 0.5), and of real ink it reads "
        f"{rapid['exact'][KEY]:.1%} of keys against {ours['exact'][KEY]:.1%}, {rapid['exact']['numero_ocr']:.1%} of "
        f"OCR numbers against {ours['exact']['numero_ocr']:.1%}."
    )
    return "\n" + textwrap.fill(said, 116, break_on_hyphens=False) + "\n"


def as_page(report: dict[str, dict[str, Any]], version: str, seed: int) -> str:
    """The page of results: engines side by side, then our calibration."""
    page = HEAD.format(date=time.strftime("%Y-%m-%d"), version=version, seed=seed) + TABLE
    page += "".join(_table_line(at, row) for at, row in report.items() if at.startswith("sheet-"))
    page += _another_voice(report)
    composed = [_table_line(at, row) for at, row in report.items() if not at.startswith("sheet-")]
    if composed:
        page += ROWS_HEAD + TABLE + "".join(composed)
    page += CALIBRATION_HEAD
    for at, row in report.items():
        if "ece" in row:
            ece = row["ece"]
            page += (
                f"| {at.split('/')[0]} | {row['mean_logp_truth']:.3f} | {ece['any']:.3f} | {ece['place']:.3f} "
                f"| {ece['key']:.3f} |\n"
            )
    return page


if __name__ == "__main__":
    main()
