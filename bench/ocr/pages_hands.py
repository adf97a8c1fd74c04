"""Rows in one hand: learns the directions in which people differ (``--learn``), and measures the signal.

Learned on the writers of digits whom the glyph model is trained on; measured on the others, each writer's figures
parted in two halves, so that no two rows share a picture.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

from bench.ocr.shares import share
from ocr import hands
from samples.names import data_folder

KEPT = 12
WEIGHTS = Path(hands.__file__).parent / "weights" / "hands.npz"


def _digits(held_out: bool):
    with np.load(data_folder() / "handwriting" / "digits.npz") as data:
        mine = (data["writer"] % 7 == 0) == held_out
        return data["x"][mine], data["y"][mine], data["writer"][mine]


def learn() -> None:
    """Usual figure and principal directions of each digit, whitened; kept in eight bits."""
    x, y, _ = _digits(held_out=False)
    usual, directions, scales = [], [], []
    for figure in range(10):
        pictures = [hands.figure_picture(one) for one in x[y == figure][:3000]]
        rows = np.array([p.ravel() for p in pictures if p is not None])
        mean = rows.mean(0)
        _, spread, axes = np.linalg.svd(rows - mean, full_matrices=False)
        white = axes[:KEPT] / (spread[:KEPT, None] / np.sqrt(len(rows)))
        scale = np.abs(white).max(1) / 127
        usual.append(mean)
        directions.append(np.rint(white / scale[:, None]).astype(np.int8))
        scales.append(scale)
    np.savez_compressed(
        WEIGHTS,
        usual=np.array(usual, np.float16),
        directions=np.array(directions),
        scale=np.array(scales, np.float32),
    )


def measure_hands(sheets: int) -> dict:
    """Pairs of rows by one hand and by two called alike; sheets of eight hands and of one hand called so."""
    x, y, writer = _digits(held_out=True)
    rng, styles = np.random.default_rng(5), []
    for who in np.unique(writer):
        mine = rng.permutation(np.flatnonzero(writer == who))
        if len(mine) < 60:
            continue
        for half in np.array_split(mine, 2):
            some = half[: hands.MOST_FIGURES]
            style = hands.style_of([cv2.resize(x[i], (56, 56)) for i in some], y[some].tolist())
            styles.append((int(who), style))
    print([s for _, s in styles].count(None), "of", len(styles), file=sys.stderr)
    styles = [pair for pair in zip(styles[::2], styles[1::2], strict=True) if pair[0][1] and pair[1][1]]
    styles = [one for pair in styles for one in pair]
    same = [hands.likeness(a, b) for (_, a), (_, b) in zip(styles[::2], styles[1::2], strict=True)]
    other = [
        hands.likeness(a, b)
        for n, (p, a) in enumerate(styles)
        for q, b in styles[n + 1 :]
        if p != q
    ]  # fmt: skip
    false = 0
    for _ in range(rounds := 50 * sheets):
        people = rng.choice(len(styles) // 2, 8, replace=False) * 2
        near = np.array([[hands.likeness(styles[a][1], styles[b][1]) >= hands.ALIKE for a in people] for b in people])
        false += bool(((near.sum(1) - 1) >= hands.LEAST_ROWS - 1).any())
    return {
        "writers": len(same),
        "one hand, likeness 5/50/95 %": [round(float(v), 2) for v in np.quantile(same, (0.05, 0.5, 0.95))],
        "two hands, likeness 50/99/99.9 %": [round(float(v), 2) for v in np.quantile(other, (0.5, 0.99, 0.999))],
        "pairs of one hand called alike": share(int((np.array(same) >= hands.ALIKE).sum()), len(same)),
        "pairs of two hands called alike": share(int((np.array(other) >= hands.ALIKE).sum()), len(other)),
        "sheets of eight hands": rounds,
        "of them with rows called in one hand": share(false, rounds),
    }


if __name__ == "__main__" and "--learn" in sys.argv:
    learn()
