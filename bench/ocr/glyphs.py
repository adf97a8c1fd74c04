"""How well whole fields are read, by our glyph model and by other engines, on the same strips in one run.

``python -m bench.ocr.glyphs [--rows 1000] [--engines ours,tesserocr,rapidocr,pytesseract] [--sample tesserocr=300]``
prints a table and writes ``keys.json`` and ``reliability.png`` to ``--out``; ``--table`` renews a page of results.
Data: ``RESPALDO_DATOS`` (``samples.names``). Writers, forms and fonts of the rows were never trained on (typed
fonts were).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.ocr.reliability import VIEWS, Tally, draw_reliability
from bench.ocr.rivals import RIVALS, Answer
from bench.ocr.rows import KINDS, Strip, draw_rows
from ocr.glyphs import WEIGHTS, GlyphModel
from ocr.grammar import grammar_for
from ocr.lattice import best_path
from samples.fonts import CACHE, hand
from samples.names import data_folder

ALPHABETS = {"clave_elector": "clave"}
OUT = Path(__file__).resolve().parents[2] / "bench-out" / "ocr"
KEY = "clave_elector"
FOR_ALL = ("typed", "fonts", "ink", "degraded")
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
        "exact": {name: hits / n for name, (n, hits) in fields.items()},
        "key_interval": wilson(fields[KEY][1], fields[KEY][0]),
        "characters": right / characters,
        "cpu_seconds_a_row": spent / len(rows),
    }


def _processor_seconds() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    z, p = 1.96, hits / n
    middle, spread = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - spread) / (1 + z * z / n), (middle + spread) / (1 + z * z / n)


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
    args = parser.parse_args(arguments)
    samples = {name: int(count) for name, _, count in (item.partition("=") for item in args.sample)}
    fonts = args.fonts or fonts_folder()
    args.out.mkdir(parents=True, exist_ok=True)
    report: dict[str, dict[str, Any]] = {}
    tallies: dict[str, Tally] = {}
    for kind in args.kinds.split(","):
        rows = list(draw_rows(kind, args.rows, args.data, fonts, seed=args.seed))
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

Written by `python -m bench.ocr.glyphs --table` on {date}; our model `{version}`, seed {seed}. One row: clave
(18), OCR number (13), demarcación (3), section (4), date (6), each in its comb, one hand a row; the same strips
for every engine. Writers, forms and fonts never trained on (typed fonts were). "ink" takes every gold capital,
also those whose label is plainly wrong; "ink-seen" leaves those out (`gold_set_aside.json`). "degraded": the
writers of "ink", box lines standing, through `bench/ocr/degrade.py`. Best path, no roll. Brackets: 95 %
interval. Others read each field cut tight to its ink (by single character they read less); slow ones read the
first rows only.

| writing | engine | rows | key exact | OCR number | section | date | characters | ms of processor a row |
|---|---|--:|--:|--:|--:|--:|--:|--:|
"""
CALIBRATION_HEAD = """
## Do our probabilities mean what they say

Expected calibration error over 15 bins: of a cell among all 37 characters, of a cell whose place is known (letter or
figure, as the grammar of its field knows it), of a whole field's best path. Plot: `reliability.png` beside the JSON.

| writing | mean log p of the true character | cell, any of 37 | cell, place known | field |
|---|--:|--:|--:|--:|
"""


def as_page(report: dict[str, dict[str, Any]], version: str, seed: int) -> str:
    """The page of results: engines side by side, then our calibration."""
    page = HEAD.format(date=time.strftime("%Y-%m-%d"), version=version, seed=seed)
    for at, row in report.items():
        kind, name = at.split("/")
        low, high = row["key_interval"]
        shares = " | ".join(f"{row['exact'][field]:.1%}" for field in ("numero_ocr", "seccion", "fecha"))
        page += (
            f"| {kind} | {name} | {row['rows']} | {row['exact'][KEY]:.1%} ({low:.1%}-{high:.1%}) | {shares} "
            f"| {row['characters']:.2%} | {row['cpu_seconds_a_row'] * 1000:.0f} |\n"
        )
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
