"""Auditing the decision: a random sample of records from a public seed, and the chance that the outcome is wrong.

The question is that of a risk-limiting audit (Lindeman & Stark 2012, IEEE Security & Privacy 10(5), 42-49): if
the outcome were wrong, how likely would a sample as clean as this one be? The outcome CUMPLE is wrong only if
at least E accepted records should not count; NO CUMPLE, only if at least E rejected ones should
(``errors_to_overturn``). Records are drawn without replacement, so the errors seen in a sample of n out of S
follow the hypergeometric law when the stratum holds E of them, and

    p = P[ Hypergeometric(S, E, n) <= errors seen ]

is the greatest chance of such a sample under any wrong outcome: it only falls as E grows (exact test as in
Stark 2008, Annals of Applied Statistics 2(2), 550-581, for one stratum). Errors in the other direction are
ignored, which can only make p larger. When the sample is enlarged in stages, stage j may spend the risk limit
divided by 2^j, and by the union bound all stages together spend no more than the limit.

The order of drawing is that of SHA-256(seed, commitment) (consistent sampling, Rivest 2018, arXiv:1808.10016):
commitments are public, so anyone repeats the draw, and a larger sample contains the smaller one.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

from service.errors import Refused

SEED_MINIMUM = 16  # characters: twenty rolls of a ten-sided die in public are usual (Lindeman & Stark 2012)


@dataclass(frozen=True)
class Stake:
    """How many wrong records would overturn the outcome, and among which they would be."""

    stratum: str  # "aceptados" | "rechazados"
    errors: int  # E, at least 1


@dataclass(frozen=True)
class UnitCount:
    """Valid supports of one unit, and how many the reading in force asks of it."""

    valid: int
    minimum: int


@dataclass(frozen=True)
class GroupCount:
    """The units among which ``k`` must be reached."""

    k: int
    units: tuple[UnitCount, ...]

    @property
    def reached(self) -> int:
        """Units that meet their minimum."""
        return sum(unit.valid >= unit.minimum for unit in self.units)

    @property
    def to_lose(self) -> int:
        """Fewest supports whose loss leaves fewer than ``k`` units."""
        if self.k < 1:  # nothing is asked: it cannot be lost
            return sum(unit.valid for unit in self.units) + 1
        margins = sorted(unit.valid - unit.minimum + 1 for unit in self.units if unit.valid >= unit.minimum)
        return sum(margins[: max(0, self.reached - self.k + 1)])

    @property
    def to_win(self) -> int:
        """Fewest supports that bring it to ``k`` units."""
        gaps = sorted(unit.minimum - unit.valid for unit in self.units if unit.valid < unit.minimum)
        return sum(gaps[: max(0, self.k - self.reached)])


@dataclass(frozen=True)
class StageResult:
    """One stage of the audit: whether the outcome may be confirmed at this stage."""

    stage: int
    size: int
    seen: int
    p: Fraction
    spend: Fraction
    confirmed: bool


def errors_to_overturn(outcome: str, valid: int, required: int, groups: Sequence[GroupCount]) -> Stake:
    """The smallest number of misjudged records that could change the outcome.

    Every group (one, or one for each demarcación) must reach its own k: to lose, one group that falls is enough; to
    win, all that fall short must rise. Raises Refused ``MUESTRA_SIN_SENTIDO`` for INDETERMINADO.
    """
    if outcome == "CUMPLE":
        return Stake("aceptados", max(1, min(valid - required + 1, *(group.to_lose for group in groups))))
    if outcome == "NO_CUMPLE":
        return Stake("rechazados", max(1, required - valid, sum(group.to_win for group in groups)))
    raise Refused("MUESTRA_SIN_SENTIDO", "Sólo se audita por muestra un dictamen que cumple o no cumple.")


def draw(commitments: Iterable[str], seed: str, size: int) -> list[str]:
    """The first ``size`` commitments in the order of the seed.

    Raises Refused ``SEMILLA_CORTA`` for a seed that could have been searched for by hand.
    """
    if len(seed.strip()) < SEED_MINIMUM:
        raise Refused("SEMILLA_CORTA", f"La semilla pública debe tener al menos {SEED_MINIMUM} caracteres.")
    return [one for _, one in heapq.nsmallest(size, ((ticket(seed, one), one) for one in commitments))]


def ticket(seed: str, commitment: str) -> str:
    """The place of a record in the order of drawing: SHA-256 of seed, a line feed, commitment."""
    return hashlib.sha256(f"{seed}\n{commitment}".encode()).hexdigest()


def chance_of_sample(stratum: int, errors: int, size: int, seen: int) -> Fraction:
    """P[Hypergeometric(stratum, errors, size) <= seen], exactly.

    ``errors`` beyond the stratum cannot happen: the chance is then 0.
    """
    if not (0 <= size <= stratum and errors >= 0 and seen >= 0):
        raise ValueError("sample larger than its stratum, or a negative count")
    if errors > stratum:
        return Fraction(0)
    ways = sum(comb(errors, i) * comb(stratum - errors, size - i) for i in range(min(seen, size) + 1))
    return Fraction(ways, comb(stratum, size))


def size_for(stratum: int, errors: int, limit: Fraction, tolerated: int = 0) -> int:
    """The smallest sample that confirms at the risk ``limit`` if at most ``tolerated`` errors are seen.

    It is the whole stratum where no smaller one serves.
    """
    if not 0 < limit < 1:
        raise ValueError("the risk limit lies between 0 and 1")
    low, high = min(tolerated + 1, stratum), stratum
    while low < high:
        middle = (low + high) // 2
        if chance_of_sample(stratum, errors, middle, tolerated) <= limit:
            high = middle
        else:
            low = middle + 1
    return low


def judge_stages(stratum: int, errors: int, limit: Fraction, stages: Sequence[tuple[int, int]]) -> list[StageResult]:
    """The stages of an audit, each (sample so far, errors so far), against its share of the risk limit."""
    results: list[StageResult] = []
    for stage, (size, seen) in enumerate(stages, start=1):
        p = chance_of_sample(stratum, errors, size, seen)
        spend = limit / 2**stage
        confirmed = p <= spend or (size == stratum and seen < errors)
        results.append(StageResult(stage, size, seen, p, spend, confirmed))
        if confirmed:
            break
    return results
