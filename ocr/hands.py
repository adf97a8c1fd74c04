"""Rows in one hand: figures of two rows are compared by how the same figure is drawn. A signal, never a verdict: who
helps a hundred people fill in a sheet commits no fraud, and the law asks for the signature, not for the letters.

Each certain figure is thinned, so that the pen says nothing, laid in a square, and written as how far it strays from
the usual figure along the directions in which people differ (``weights/hands.npz``, from the same people's figures as
the glyph model; ``weights/hands.md``). Two rows are alike when they stray alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from ocr.cells import CombCells
from ocr.reading import Answer, FieldReading, RowReading, Signal

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Style = Mapping[int, tuple[Floats, int]]
"""By figure: the direction in which it strays (of length 1), and of how many it is the mean."""

SIDE, TALL = 16, 32
CERTAIN = float(np.log(0.9))
"""Log-probability from which a figure is taken for what it was read as."""
LEAST_FIGURES = 14
"""Rows with fewer certain figures say nothing."""
MOST_FIGURES = 24
"""Figures of a row that are looked at: 8 ms a page."""
ALIKE = 0.50
"""Cosine from which two rows are taken for one hand: one pair of two hands in a thousand is above, and half the pairs
of one hand (bench/ocr/RESULTS-pages.md, part ``hands``)."""
PRINT = 0.88
"""Rows more alike are print: typed rows of the samples 0.91 to 0.98, real hands at most 0.8 with themselves."""
LEAST_ROWS = 3
"""Rows of one hand are told when so many are alike, each with two others: one pair may be chance."""


def figure_picture(grey: Grey) -> Floats | None:
    """A figure, dark on white, thinned and laid in SIDE x SIDE (0 to 1); None when there is next to no ink."""
    mask = (grey < 150).astype(np.uint8)
    x, y, w, h = cv2.boundingRect(mask)
    if min(w, h) < 2 or max(w, h) < 6:
        return None
    scale = TALL / max(w, h)
    size = max(3, round(w * scale)), max(3, round(h * scale))
    ink = cv2.resize(255 - grey[y : y + h, x : x + w], size, interpolation=cv2.INTER_AREA)
    solid = cv2.copyMakeBorder((ink > 90).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    depth = cv2.distanceTransform(solid, cv2.DIST_L2, 3)
    ridge = ((depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8)) - 0.01) & (depth > 0.5)).astype(np.float32)
    out = np.zeros((TALL + 8, TALL + 8), np.float32)
    top, left = (out.shape[0] - ridge.shape[0]) // 2, (out.shape[1] - ridge.shape[1]) // 2
    out[top : top + ridge.shape[0], left : left + ridge.shape[1]] = ridge
    soft = cv2.GaussianBlur(out, (0, 0), 2.2)
    return np.asarray(cv2.resize(soft, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.float32)


@cache
def _basis() -> tuple[Floats, Floats]:
    """(10, SIDE * SIDE) usual figures, (10, k, SIDE * SIDE) directions in which people differ."""
    with np.load(Path(__file__).parent / "weights" / "hands.npz") as data:
        scale = data["scale"][:, :, None].astype(np.float32)
        return data["usual"].astype(np.float32), data["directions"].astype(np.float32) * scale


def style_of(pictures: Sequence[Grey], figures: Sequence[int]) -> Style | None:
    """How a row's figures stray; None when they are too few."""
    usual, directions = _basis()
    by: dict[int, list[Floats]] = {}
    for picture, figure in zip(pictures, figures, strict=True):
        thin = figure_picture(picture)
        if thin is not None:
            by.setdefault(figure, []).append(directions[figure] @ (thin.ravel() - usual[figure]))
    if sum(map(len, by.values())) < LEAST_FIGURES:
        return None
    out: dict[int, tuple[Floats, int]] = {}
    for figure, strays in by.items():
        mean = np.mean(strays, axis=0, dtype=np.float32)
        out[figure] = np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32), len(strays)
    return out


def likeness(a: Style, b: Style) -> float:
    """-1 to 1: mean cosine of the strayings of the figures both wrote, by how often they did."""
    total = weight = 0.0
    for figure in a.keys() & b.keys():
        (one, n), (two, m) = a[figure], b[figure]
        say = 1 / (1 / n + 1 / m)
        total += say * float(one @ two)
        weight += say
    return total / weight if weight else 0.0


def mark_same_hand(
    rows: tuple[RowReading, ...], combs: Mapping[int, Mapping[str, CombCells]]
) -> tuple[RowReading, ...]:
    """The rows, those that seem to be in one hand with a ``same_hand`` signal."""
    styles = {row.row: style for row in rows if row.has_ink and (style := _row_style(row.fields, combs[row.row]))}
    alike = {n: {m: likeness(styles[n], styles[m]) for m in styles if m != n} for n in styles}
    near = {n: sorted(m for m, how in others.items() if ALIKE <= how < PRINT) for n, others in alike.items()}
    linked = {n: others for n, others in near.items() if len(others) >= LEAST_ROWS - 1}
    out = []
    for row in rows:
        if row.row in linked:
            score = float(np.mean([alike[row.row][m] for m in linked[row.row]]))
            listed = ", ".join(map(str, linked[row.row]))
            sentence = f"Parece escrito por la misma mano que los renglones {listed}; vea si también las firmas."
            row = replace(row, signals=(*row.signals, Signal("same_hand", Answer.YES, score, sentence)))
        out.append(row)
    return tuple(out)


def _row_style(fields: Mapping[str, FieldReading], combs: Mapping[str, CombCells]) -> Style | None:
    pictures: list[Grey] = []
    figures: list[int] = []
    for name, comb in combs.items():
        lattice = fields[name].lattice if name in fields else None
        if lattice is None or comb.field.alphabet == "capitals":
            continue
        best = lattice.argmax(1)
        for picture, figure, sure in zip(comb.pictures, best.tolist(), lattice.max(1).tolist(), strict=True):
            if figure < 10 and sure > CERTAIN:
                pictures.append(picture)
                figures.append(figure)
    return style_of(pictures[:MOST_FIGURES], figures[:MOST_FIGURES])
