"""Figures: exact binomial intervals and the table of calibration."""

from __future__ import annotations

from itertools import pairwise
from math import exp, lgamma, log

import numpy as np
import numpy.typing as npt


def say(line: str) -> None:
    """One line of the report, at once."""
    print(line, flush=True)


def interval(hits: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """Clopper and Pearson's interval of a share."""
    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else _solve(lambda p: 1 - _at_most(hits - 1, of, p) - tail)
    high = 1.0 if hits == of else _solve(lambda p: tail - _at_most(hits, of, p))
    return low, high


def calibration(chance: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> list[dict[str, float]]:
    """Said and seen shares by band of probability, printed and returned."""
    edges = [0, 0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999, 0.9999, 1.01]
    out = []
    say("  calibration: said, seen, rows")
    for low, high in pairwise(edges):
        inside = (chance >= low) & (chance < high)
        if not inside.any():
            continue
        out.append(
            {"said": float(chance[inside].mean()), "seen": float(right[inside].mean()), "rows": int(inside.sum())}
        )
        say(f"    {out[-1]['said']:.5f}  {out[-1]['seen']:.5f}  {out[-1]['rows']}")
    return out


def _at_most(hits: int, of: int, p: float) -> float:
    if p <= 0:
        return 1.0
    if p >= 1:
        return 1.0 if hits >= of else 0.0
    if hits > of / 2:
        return 1 - _at_most(of - hits - 1, of, 1 - p) if hits < of else 1.0
    terms = (
        lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1) + k * log(p) + (of - k) * log(1 - p)
        for k in range(hits + 1)
    )
    return min(1.0, sum(exp(t) for t in terms if t > -700))


def _solve(rising) -> float:  # type: ignore[no-untyped-def]
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if rising(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
