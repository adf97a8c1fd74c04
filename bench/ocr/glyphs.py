"""How well single cells and whole keys are read, by our glyph model and by others, on the same strips.

``python -m bench.ocr.glyphs [--rows 1000] [--engines ours,pytesseract,tesserocr,rapidocr]``
prints a table and writes ``glyphs.json`` and ``reliability.png``. Data: ``RESPALDO_DATOS`` (``samples.names``).
Writers, forms and fonts of the rows were never trained on (typed fonts were).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.ocr.rivals import RIVALS, Answer
from bench.ocr.rows import KINDS, Strip, draw_rows
from ocr.glyphs import WEIGHTS, GlyphModel
from ocr.grammar import grammar_for
from ocr.lattice import best_path
from ocr.reading import ALPHABET
from ocr.training.evaluate import calibration_error
from samples.fonts import CACHE, hand
from samples.names import data_folder

ALPHABETS = {"clave_elector": "clave"}


class Ours:
    """Glyph model and grammar; keeps what calibration needs."""

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self._model = GlyphModel.load(weights)
        self.confidence: list[float] = []
        self.right: list[bool] = []
        self.truth_logp: list[float] = []
        self.paths: list[tuple[float, bool]] = []

    def __call__(self, strips: Sequence[Strip]) -> list[Answer]:
        lattice = self._model.read([cell for strip in strips for cell in strip.cells()])
        out, at = [], 0
        for strip in strips:
            mine = lattice[at : at + len(strip.truth)]
            at += len(strip.truth)
            text, p = best_path(mine, grammar_for(strip.field, ALPHABETS.get(strip.field, "digits"), len(mine)))
            out.append(text)
            self._note(mine, strip, text, p)
        return out

    def _note(self, lattice: np.ndarray[Any, Any], strip: Strip, text: str, p: float) -> None:
        for row, char in zip(lattice, strip.truth, strict=True):
            column = ALPHABET.index(char)
            self.truth_logp.append(float(row[column]))
            self.confidence.append(float(np.exp(row.max())))
            self.right.append(int(row.argmax()) == column)
        self.paths.append((p, text == strip.truth))


def measure(read: Callable[[Sequence[Strip]], list[Answer]], rows: list[list[Strip]]) -> dict[str, Any]:
    """Exact fields and right characters of one engine; seconds a row."""
    fields: dict[str, list[int]] = {}
    characters, right, spent = 0, 0, 0.0
    for row in rows:
        began = time.perf_counter()
        answers = read(row)
        spent += time.perf_counter() - began
        for strip, answer in zip(row, answers, strict=True):
            tally = fields.setdefault(strip.field, [0, 0])
            tally[0] += 1
            tally[1] += answer == strip.truth
            characters += len(strip.truth)
            right += sum(a == b for a, b in zip(answer.ljust(len(strip.truth)), strip.truth, strict=False))
    return {
        "rows": len(rows),
        "exact": {name: hits / n for name, (n, hits) in fields.items()},
        "characters": right / characters,
        "seconds_a_row": spent / len(rows),
    }


def reliability(confidence: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float, int]]:
    """(mean confidence, share right, count) of fifteen equal bins."""
    p, ok = np.array(confidence), np.array(right)
    at = np.clip((p * 15).astype(int), 0, 14)
    return [
        (float(p[at == b].mean()), float(ok[at == b].mean()), int((at == b).sum()))
        for b in range(15)
        if (at == b).any()
    ]


def draw_reliability(curves: dict[str, list[tuple[float, float, int]]], path: Path) -> None:
    """The plot: confidence across, share right upwards, one line a kind."""
    from PIL import Image, ImageDraw

    side, edge = 480, 50
    picture = Image.new("RGB", (side + 2 * edge + 130, side + 2 * edge), "white")
    pen = ImageDraw.Draw(picture)

    def place(x: float, y: float) -> tuple[float, float]:
        return edge + x * side, edge + (1 - y) * side

    pen.rectangle((*place(0, 1), *place(1, 0)), outline="black")
    pen.line((*place(0, 0), *place(1, 1)), fill="gray")
    colours = ("#1b6ca8", "#c0392b", "#1e8449", "#8e44ad", "#d68910")
    for n, (name, curve) in enumerate(curves.items()):
        points = [place(p, ok) for p, ok, _ in curve]
        pen.line(points, fill=colours[n % 5], width=2)
        for (x, y), (_, _, count) in zip(points, curve, strict=True):
            r = 2 + min(6.0, np.log10(count + 1) * 1.5)
            pen.ellipse((x - r, y - r, x + r, y + r), fill=colours[n % 5])
        pen.text((side + edge + 15, edge + 20 * n), name, fill=colours[n % 5])
    pen.text((edge, side + edge + 12), "confidence of the best character (0 to 1)", fill="black")
    pen.text((edge, edge - 20), "share of them right", fill="black")
    picture.save(path)


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
    parser.add_argument("--rival-rows", type=int, default=100)
    parser.add_argument("--engines", default="ours")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--out", type=Path, default=Path("build/bench-ocr"))
    args = parser.parse_args(arguments)
    fonts = args.fonts or fonts_folder()
    args.out.mkdir(parents=True, exist_ok=True)
    report: dict[str, Any] = {}
    curves = {}
    for kind in args.kinds.split(","):
        rows = list(draw_rows(kind, args.rows, args.data, fonts))
        for name in args.engines.split(","):
            ours = Ours(args.weights) if name == "ours" else None
            result = measure(ours or RIVALS[name](), rows if ours else rows[: args.rival_rows])
            if ours is not None:
                p, ok = np.array(ours.confidence), np.array(ours.right)
                result |= {
                    "mean_logp_truth": float(np.mean(ours.truth_logp)),
                    "ece_cells": calibration_error(p, ok),
                    "ece_paths": calibration_error(
                        np.array([q for q, _ in ours.paths]), np.array([hit for _, hit in ours.paths])
                    ),
                }
                curves[kind] = reliability(ours.confidence, ours.right)
            report[f"{kind}/{name}"] = result
            sys.stdout.write(line_of(kind, name, result) + "\n")
            sys.stdout.flush()
    (args.out / "glyphs.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    if curves:
        draw_reliability(curves, args.out / "reliability.png")


def line_of(kind: str, name: str, result: dict[str, Any]) -> str:
    exact = " ".join(f"{field} {share:6.1%}" for field, share in result["exact"].items())
    tail = ""
    if "ece_cells" in result:
        tail = f" logp {result['mean_logp_truth']:.3f} ece {result['ece_cells']:.4f} paths {result['ece_paths']:.4f}"
    return (
        f"{kind:9} {name:11} {result['rows']:5} rows | {exact} | chars {result['characters']:.2%} "
        f"| {result['seconds_a_row'] * 1000:.0f} ms/row{tail}"
    )


if __name__ == "__main__":
    main()
