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


def odds(chance: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Log-odds of probabilities, none of them quite 0 or 1."""
    held: npt.NDArray[np.float64] = np.clip(chance, 1e-9, 1 - 1e-9)
    return np.log(held) - np.log1p(-held)


def weigh_rows(kinds: list[str], absent: float) -> npt.NDArray[np.float64]:
    """A weight per row such that present kinds together make ``1 - absent``, absent ones ``absent``, each kind its
    even part: the mix the prior of ``matching.weights`` speaks of. Mean 1."""
    held = np.array(kinds)
    out = np.zeros(len(held))
    present = ("plain", "slip")
    for group, share in ((set(kinds) & set(present), 1 - absent), (set(kinds) - set(present), absent)):
        for kind in group:
            out[held == kind] = share / len(group) / (held == kind).sum()
    return out * len(held) / out.sum()


def calibration(
    chance: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], share: npt.NDArray[np.float64]
) -> dict[str, object]:
    """Said and seen shares by band of probability, and the expected calibration error; printed and returned.

    ``ece``: mean difference of said and seen over the bands, by rows; ``ece_doubtful``: the same of the bands between
    1 and 99 %.
    """
    edges = [0, 0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999, 0.9999, 1.01]
    bands: list[dict[str, float]] = []
    say("  calibration: said, seen, rows (weighted to the prior of absence)")
    for low, high in pairwise(edges):
        inside = (chance >= low) & (chance < high)
        if not inside.any():
            continue
        weight = share[inside].sum()
        said, seen = ((share[inside] * of[inside]).sum() / weight for of in (chance, right))
        bands.append({"said": float(said), "seen": float(seen), "rows": int(inside.sum()), "weight": float(weight)})
        say(f"    {said:.5f}  {seen:.5f}  {int(inside.sum())}")
    doubtful = [band for band in bands if 0.01 <= band["said"] < 0.99]
    out: dict[str, object] = {"bands": bands}
    for name, held in (("ece", bands), ("ece_doubtful", doubtful)):
        weight = sum(band["weight"] for band in held)
        out[name] = sum(band["weight"] * abs(band["said"] - band["seen"]) for band in held) / max(weight, 1e-9)
    say(f"  expected calibration error {out['ece']:.5f}; among doubtful rows (1 to 99 %) {out['ece_doubtful']:.3f}")
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
