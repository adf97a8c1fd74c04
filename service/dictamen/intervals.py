"""The interval of an error rate seen in a blind sample (Clopper & Pearson 1934, Biometrika 26, 404-413).

Exact in the sense that its coverage is never under the stated one, whatever the true rate. Decimal arithmetic of
fifty digits and limits opened outward to four decimals: any machine, and any other language, prints the same ones.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal

EXACT = Context(prec=50, Emin=-10_000_000, Emax=10_000_000)
CONFIDENCE = Decimal("0.95")
GRID = 10_000  # limits are told in ten-thousandths


def clopper_pearson(errors: int, cases: int, confidence: Decimal = CONFIDENCE) -> tuple[str, str]:
    """Lower and upper limit of the rate as decimal texts with four places, of ``errors`` among ``cases``.

    The lower one is cut and the upper one is raised to the next ten-thousandth. Raises ValueError unless
    0 <= errors <= cases and cases > 0.
    """
    if not 0 <= errors <= cases or cases == 0:
        raise ValueError("errors lie between 0 and the cases, and there is a case")
    tail = (1 - confidence) / 2
    # P[X >= errors] grows with the rate: the greatest rate that still makes so many unlikely is the lower limit.
    low = 0 if errors == 0 else _last(lambda at: _at_most(cases - errors, cases, GRID - at, tail))
    high = GRID if errors == cases else GRID - _last(lambda at: _at_most(errors, cases, GRID - at, tail))
    return _decimal(low), _decimal(high)


def rate(errors: int, cases: int) -> str:
    """The rate itself, four decimals, rounded half up in whole numbers."""
    return _decimal((errors * 2 * GRID + cases) // (2 * cases))


def percent(rate: str) -> str:
    """A rate of four decimals as a percentage of two: ``0.0333`` -> ``3.33 %``; any other text as it is."""
    figures = rate.replace(".", "", 1)
    if not (figures.isascii() and figures.isdigit()):
        return rate
    return f"{int(figures) // 100}.{int(figures) % 100:02d} %"


def _last(holds: Callable[[int], bool]) -> int:
    """The greatest place of the grid where something holds that holds at 0 and, once false, stays so."""
    low, high = 0, GRID
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low


def _at_most(seen: int, cases: int, place: int, tail: Decimal) -> bool:
    """Whether P[Binomial(cases, place / GRID) <= seen] is ``tail`` or less, by the shorter of its two sums."""
    if place == GRID:
        return seen < cases
    upper = 2 * seen >= cases
    last, hit = (cases - seen - 1, GRID - place) if upper else (seen, place)
    term = EXACT.power(EXACT.divide(Decimal(GRID - hit), Decimal(GRID)), cases)
    whole = Decimal(0)
    for i in range(last + 1):
        whole = EXACT.add(whole, term)
        term = EXACT.divide(EXACT.multiply(term, Decimal((cases - i) * hit)), Decimal((i + 1) * (GRID - hit)))
    return (EXACT.subtract(Decimal(1), whole) if upper else whole) <= tail


def _decimal(place: int) -> str:
    return f"{place // GRID}.{place % GRID:04d}"
