"""From what the model says to what is seen: monotone maps of log-odds, learnt and kept among the weights.

Rows without an OCR number have a map of their own: doubt means another thing there.

Above the last knot the model's own figure stands: whether 1 in 10,000 is right cannot be learnt from some thousand
doubtful rows, and the bound of ``matching.policy`` is tested by itself (bench/match).
"""

from __future__ import annotations

import numpy as np

from matching.arrays import F64, Flags
from matching.weights import Knots, Weights


def calibrate(chances: F64, missing: F64, numbered: Flags, weights: Weights) -> None:
    """Moves the first candidate's probability along its map, in place; the others and ``missing`` share what is left.

    ``chances``: shape (queries, kept), any order; ``missing``, ``numbered`` (an OCR number was read): (queries).
    """
    for of, knots in ((numbered, weights.calibration), (~numbered, weights.calibration_bare)):
        rows = np.flatnonzero(of)
        if knots and rows.size:
            own, absent = chances[rows], missing[rows]
            _move(own, absent, knots)
            chances[rows], missing[rows] = own, absent


def _move(chances: F64, missing: F64, knots: Knots) -> None:
    said, seen = np.array(knots).T
    lines, first = np.arange(len(chances)), chances.argmax(axis=1)
    top = chances[lines, first]
    odds = np.log(np.maximum(top, 1e-15)) - np.log(np.maximum(1 - top, 1e-15))
    within = (odds > said[0]) & (odds < said[-1])
    moved = np.where(within, 1 / (1 + np.exp(-np.interp(odds, said, seen))), top)
    scale = np.where(within, (1 - moved) / np.maximum(1 - top, 1e-15), 1.0)
    chances *= scale[:, None]
    missing *= scale
    chances[lines, first] = moved
