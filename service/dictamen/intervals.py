"""The interval of an error rate seen in a blind sample (Clopper & Pearson 1934, Biometrika 26, 404-413).

Exact in the sense that its coverage is never under the stated one, whatever the true rate.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, lgamma, log, log1p

CONFIDENCE = 0.95
STEPS = 60  # halvings: far below the four decimals that are printed


def clopper_pearson(errors: int, cases: int, confidence: float = CONFIDENCE) -> tuple[str, str]:
    """Lower and upper limit of the rate as decimal texts with four places, of ``errors`` among ``cases``.

    Raises ValueError unless 0 <= errors <= cases and cases > 0.
    """
    if not 0 <= errors <= cases or cases == 0:
        raise ValueError("errors lie between 0 and the cases, and there is a case")
    tail = (1 - confidence) / 2
    low = 0.0 if errors == 0 else _solve(lambda p: 1 - _at_most(errors - 1, cases, p) < tail)
    high = 1.0 if errors == cases else _solve(lambda p: _at_most(errors, cases, p) > tail)
    return f"{low:.4f}", f"{high:.4f}"


def rate(errors: int, cases: int) -> str:
    """The rate itself, four decimals, rounded half up in whole numbers."""
    scaled = (errors * 20_000 + cases) // (2 * cases)
    return f"{scaled // 10_000}.{scaled % 10_000:04d}"


def _solve(still_below: Callable[[float], bool]) -> float:
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        if still_below(middle):
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _at_most(seen: int, cases: int, p: float) -> float:
    """P[Binomial(cases, p) <= seen]."""
    if p <= 0:
        return 1.0
    if p >= 1:
        return 1.0 if seen >= cases else 0.0
    whole = lgamma(cases + 1)
    return sum(
        exp(whole - lgamma(i + 1) - lgamma(cases - i + 1) + i * log(p) + (cases - i) * log1p(-p))
        for i in range(seen + 1)
    )
