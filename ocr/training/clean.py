"""Find pseudo-labelled capitals that the model, trained on them, still contradicts plainly.

``python -m ocr.training.clean --data DIR --weights DIR --out dropped.npy``. Gold labels are never looked at.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from ocr.glyphs import WEIGHTS, GlyphModel, normalise_cell
from ocr.training import sources
from ocr.training.evaluate import restrict

LEAST = 0.03
"""Probability of the given label, among letters, under which a pseudo-labelled capital is left out of training."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    real = sources.capitals(args.data, "pseudo")
    paper = 255 - np.pad(real.images, ((0, 0), (8, 8), (8, 8)))
    lattice = restrict(GlyphModel.load(args.weights).read([normalise_cell(p) for p in paper]), real.labels)
    given = np.exp(lattice[np.arange(len(real)), real.labels])
    dropped = np.flatnonzero(given < LEAST)
    np.save(args.out, dropped)
    sys.stdout.write(f"{len(dropped)} of {len(real)} left out\n")


if __name__ == "__main__":
    main()
