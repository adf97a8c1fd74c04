"""From what the model says to what is seen: a monotone map of log-odds, learnt and kept among the weights.

Above the last knot the model's own figure stands: whether 1 in 10,000 is right cannot be learnt from some thousand
doubtful rows, and the bound of ``matching.policy`` is tested by itself (bench/match).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Chances = npt.NDArray[np.float64]


def calibrate(chances: Chances, missing: Chances, knots: tuple[tuple[float, float], ...]) -> None:
    """Moves the first candidate's probability along ``knots`` (said, seen; log-odds, rising), in place.

    ``chances``: shape (queries, kept), any order; the others and ``missing`` (queries) share what is left as before.
    """
    if not knots or not len(chances):
        return
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
