"""The held-out glyphs as cells: half of the people to calibrate with, half to report on.

``python -m ocr.training.evaluate --data DIR --fonts DIR [--weights DIR]`` prints figures per kind and class.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ocr.glyphs import WEIGHTS, GlyphModel, normalise_cell
from ocr.reading import CHARACTERS, Lattice
from ocr.training import sources
from ocr.training.compose import compose_cell, compose_strip
from ocr.training.sources import Glyphs

U8 = npt.NDArray[np.uint8]
I64 = npt.NDArray[np.int64]


def held_out(data: Path, fonts: Path) -> dict[str, Glyphs]:
    """Glyphs of people and fonts never trained on, by kind."""
    digits = sources.digits(data)
    return {
        "digits": digits.pick(sources.held_out_writer(digits.hands)),
        "capitals": sources.capitals(data, "gold"),
        "strokes": sources.strokes(data),
        "hand": sources.fonts(fonts, hand=True, held_out=True),
    }


def for_report(glyphs: Glyphs) -> npt.NDArray[np.bool_]:
    """Half of the people are for the report; the calibration saw the others. Fonts and strokes: all."""
    if glyphs.kind in ("hand", "strokes"):
        return np.ones(len(glyphs), bool)
    people = np.unique(glyphs.hands)
    return np.isin(glyphs.hands, people[::2])


def as_cells(glyphs: Glyphs, seed: int, strong: float = 0.5) -> U8:
    """Each glyph written into a box, scanned and normalised, with neighbours of the same hand where there are."""
    rng = np.random.default_rng(seed)
    out = np.empty((len(glyphs), 32, 32), np.uint8)
    for i in range(len(glyphs)):
        same = np.flatnonzero(glyphs.hands == glyphs.hands[i])
        around = (glyphs.images[rng.choice(same)], glyphs.images[rng.choice(same)])
        out[i] = normalise_cell(compose_cell(glyphs.images[i], around, rng, strong=strong))
    return out


def calibration_cells(data: Path, fonts: Path, rows: int = 700) -> tuple[U8, I64]:
    """Rows of 18 cells in real ink of the calibration half: five digits for each capital, as all fields of a row
    together hold them, and one cell in 25 empty. Seven rows in ten are scanned well, the others badly.
    """
    rng = np.random.default_rng(5)
    stock = held_out(data, fonts)
    people, forms = (stock[k].pick(~for_report(stock[k])) for k in ("digits", "capitals"))
    cells, labels = [], []
    for _ in range(rows):
        own = np.flatnonzero(people.hands == rng.choice(people.hands))
        picked = [(people, int(rng.choice(own))) for _ in range(15)]
        picked += [(forms, int(rng.integers(len(forms)))) for _ in range(3)]
        rng.shuffle(picked)
        shown = [None if rng.random() < 0.04 else pick for pick in picked]
        inks = [None if pick is None else pick[0].images[pick[1]] for pick in shown]
        strong = 0.5 if rng.random() < 0.7 else 1.2
        strip, boxes = compose_strip(inks, rng, strong=strong, lines=strong > 1)
        cells += cut_boxes(strip, boxes, float(rng.uniform(0.05, 0.17)))
        labels += [len(CHARACTERS) if pick is None else int(pick[0].labels[pick[1]]) for pick in shown]
    return np.stack([normalise_cell(cell) for cell in cells]), np.array(labels, np.int64)


def cut_boxes(strip: U8, boxes: Sequence[tuple[int, int, int, int]], margin: float) -> list[U8]:
    """The crop of each box of a strip with a margin, a share of its sides."""
    out = []
    for x, y, w, h in boxes:
        mx, my = round(w * margin), round(h * margin)
        out.append(np.ascontiguousarray(strip[max(0, y - my) : y + h + my, max(0, x - mx) : x + w + mx]))
    return out


def calibration_error(confidence: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], bins: int = 15) -> float:
    """Expected calibration error over equal bins of confidence (Guo et al. 2017)."""
    at = np.clip((confidence * bins).astype(int), 0, bins - 1)
    error = 0.0
    for b in range(bins):
        chosen = at == b
        if chosen.any():
            error += float(chosen.mean() * abs(confidence[chosen].mean() - right[chosen].mean()))
    return error


def restrict(lattice: Lattice, labels: I64) -> Lattice:
    """As the field's grammar sees it: digits only where a digit belongs, letters only where a letter does."""
    out = lattice.astype(np.float64)
    is_digit = labels < 10
    out[is_digit, 10:] = -np.inf
    out[~is_digit, :10] = -np.inf
    out[~is_digit, 36] = -np.inf
    top = out.max(1, keepdims=True)
    return np.asarray(out - top - np.log(np.exp(out - top).sum(1, keepdims=True)))


def figures(lattice: Lattice, labels: I64) -> dict[str, Any]:
    """Accuracy with and without knowing the position, calibration error, log-probability of the truth."""
    known = restrict(lattice, labels)
    right = known.argmax(1) == labels
    truth = lattice[np.arange(len(labels)), labels]
    p = np.exp(known.max(1))
    return {
        "n": len(labels),
        "free": float((lattice.argmax(1) == labels).mean()),
        "known": float(right.mean()),
        "mean_logp": float(truth.mean()),
        "ece": calibration_error(p, right),
        "per_class": {
            CHARACTERS[c]: [int((labels == c).sum()), float(right[labels == c].mean())]
            for c in range(36)
            if (labels == c).any()
        },
    }


START, END = "<!-- figures -->", "<!-- /figures -->"


def as_markdown(report: dict[str, Any], version: str) -> str:
    """Two tables: a line per kind, and the share read right per character (its place known)."""
    lines = [
        f"Version `{version}`.",
        "",
        "| glyphs held out | n | right, any of 37 | right, place known | mean log p of the truth | ECE |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for kind, row in report.items():
        lines.append(
            f"| {NAMES[kind]} | {row['n']} | {row['free']:.1%} | {row['known']:.1%} "
            f"| {row['mean_logp']:.3f} | {row['ece']:.3f} |"
        )
    lines += ["", "| character | " + " | ".join(NAMES[k] for k in report) + " |", "|---|" + "--:|" * len(report)]
    for char in CHARACTERS:
        cells = [row["per_class"].get(char) for row in report.values()]
        lines.append(f"| {char} | " + " | ".join(f"{c[1]:.1%} ({c[0]})" if c else "" for c in cells) + " |")
    return "\n".join(lines)


NAMES = {"digits": "real digits", "capitals": "gold capitals", "strokes": "pen strokes", "hand": "handwriting fonts"}


def write_card(card: Path, text: str, mark: str) -> None:
    """Put ``text`` between the marks of the card."""
    document = card.read_text("utf-8")
    start, end = START.replace("figures", mark), END.replace("figures", mark)
    head, rest = document.split(start, 1)
    card.write_text(head + start + "\n" + text + "\n" + end + rest.split(end, 1)[1], "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--fonts", type=Path, required=True)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--strong", type=float, default=0.5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--card", type=Path, help="a model card whose figures to renew")
    parser.add_argument("--mark", default="figures", help="which place of the card: figures, or bare (no capitals)")
    args = parser.parse_args()
    model = GlyphModel.load(args.weights)
    report = {}
    for kind, glyphs in held_out(args.data, args.fonts).items():
        chosen = glyphs.pick(for_report(glyphs))
        cells = as_cells(chosen, 77, args.strong)
        report[kind] = figures(model.read(cells), chosen.labels)
        row = report[kind]
        sys.stdout.write(
            f"{kind:9} n {row['n']:6} free {row['free']:.4f} known {row['known']:.4f} "
            f"logp {row['mean_logp']:.4f} ece {row['ece']:.4f}\n"
        )
        worst = sorted(row["per_class"].items(), key=lambda item: item[1][1])[:8]
        sys.stdout.write("   worst " + " ".join(f"{c} {a:.3f}({n})" for c, (n, a) in worst) + "\n")
    if args.card:
        write_card(args.card, as_markdown(report, model.version), args.mark)
    if args.json:
        args.json.write_text(json.dumps(report, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
