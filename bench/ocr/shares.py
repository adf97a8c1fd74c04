"""Shares with their intervals, as the pages of results print them."""

from __future__ import annotations

import math


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    z, p = 1.96, hits / n
    middle, spread = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, (middle - spread) / (1 + z * z / n)), min(1.0, (middle + spread) / (1 + z * z / n))


def share(hits: int, n: int) -> str:
    """``398 of 400, 99.5 % (98.2-99.9)``."""
    if n == 0:
        return "0 of 0"
    low, high = wilson(hits, n)
    return f"{hits} of {n}, {hits / n:.1%} ({100 * low:.1f}-{100 * high:.1f})"
