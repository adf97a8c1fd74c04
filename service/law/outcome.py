"""CUMPLE, NO CUMPLE or INDETERMINADO: what is true in every completion of what is open (domain.md J.1).

What is open falls apart by elector, for every record whose elector is settled: an elector counts for a side
*always*, *maybe* or *never* (fates.py), and the fates of different electors are free of each other. More
electors never harm, so the best completion takes every maybe and the worst none. A record whose elector is not
settled is a *wild* one: its own side may win with it any elector of the scope, a new one at best (párr. 1 and
2); a rival may take with it one elector whose support is not later than it. So:

- the best completion adds the side's wild records where the dispersion lacks most cheaply (exact);
- the worst takes away electors by the rivals' wild records. For the threshold this is a matching of nested
  intervals (exact). For the dispersion units must be emptied under those nested bounds: settled by a bound
  from above and a greedy from below, by search where they disagree, and if the search grows too long the
  answer is the careful one (INDETERMINADO).

It is assumed that any section may hold one more elector than those seen.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.law.dispersion import Group
from service.law.records import Resultado

SEARCH_NODES = 20_000  # of the search for units to empty; bench/law: the bounds agree in all but contrived cases


@dataclass(frozen=True, slots=True)
class Prospect:
    """What may become of one side under one reading: figures by unit, and wild records.

    ``always`` counts electors by (unit, moment after which they may be taken away); ``maybe`` by unit; ``wild``
    is the number of the side's own wild records; ``threats`` the latest moments of the rivals' ones, sorted.
    ``least`` and ``surely`` are the supports a unit needs (they differ where a figure is missing).
    """

    required: int
    groups: Sequence[Group]
    least: Mapping[str, int]
    surely: Mapping[str, int]
    always: Mapping[tuple[str, int], int]
    maybe: Mapping[str, int]
    wild: int
    threats: Sequence[int]

    @property
    def sure(self) -> dict[str, int]:
        """Electors that always count (wild records of rivals aside), by unit."""
        counts: dict[str, int] = {}
        for (unit, _), number in self.always.items():
            counts[unit] = counts.get(unit, 0) + number
        return counts

    @property
    def reachable(self) -> dict[str, int]:
        """Electors that count in the best completion (wild records aside), by unit."""
        counts = self.sure
        for unit, number in self.maybe.items():
            counts[unit] = counts.get(unit, 0) + number
        return counts


def outcome(prospect: Prospect) -> Resultado:
    """The outcome of one side under one reading of the dispersion."""
    if not may_meet(prospect):
        return Resultado.NO_CUMPLE
    return Resultado.INDETERMINADO if may_fail(prospect) else Resultado.CUMPLE


def may_meet(prospect: Prospect) -> bool:
    """Whether some completion meets both the threshold and the dispersion."""
    counts = prospect.reachable
    lacking = sum(
        cost
        for group in prospect.groups
        for cost in sorted(max(0, prospect.least[unit] - counts.get(unit, 0)) for unit in group.units)[: group.k]
    )
    return prospect.wild >= max(lacking, prospect.required - sum(counts.values()))


def may_fail(prospect: Prospect) -> bool:
    """Whether some completion fails the threshold or the dispersion."""
    if least_total(prospect) < prospect.required:
        return True
    return any(may_break(prospect, group) for group in prospect.groups)


def least_total(prospect: Prospect) -> int:
    """Electors that count in the worst completion: all the sure ones but those the rivals' wild records take."""
    bounds = sorted(lo for (_, lo), number in prospect.always.items() for _ in range(number))
    return len(bounds) - taken(bounds, prospect.threats)


def most_total(prospect: Prospect) -> int:
    """Electors that count in the best completion."""
    return sum(prospect.reachable.values()) + prospect.wild


def taken(bounds: Sequence[int], threats: Sequence[int]) -> int:
    """How many sorted bounds can be matched each to a threat not under it (nested intervals: greedy is exact)."""
    matched = 0
    for threat in threats:
        if matched < len(bounds) and threat >= bounds[matched]:
            matched += 1
    return matched


def may_break(prospect: Prospect, group: Group) -> bool:
    """Whether the rivals may leave fewer than k units of the group reached."""
    sure = prospect.sure
    reached = [unit for unit in group.units if sure.get(unit, 0) >= prospect.surely[unit]]
    spare = len(reached) - group.k
    if spare < 0:
        return True
    if not prospect.threats:
        return False
    targets = set(reached)
    members: dict[str, list[int]] = {unit: [] for unit in reached}
    for (unit, lo), number in prospect.always.items():
        if unit in targets:
            members[unit].extend([lo] * number)
    demands = [sorted(los)[: len(los) - prospect.surely[unit] + 1] for unit, los in members.items()]
    return may_empty(demands, spare + 1, prospect.threats)


def may_empty(demands: Sequence[Sequence[int]], wanted: int, threats: Sequence[int]) -> bool:
    """Whether ``wanted`` of the demands can be met together: each bound matched to its own threat not under it.

    By Hall's theorem for nested intervals a choice is feasible when, at every bound, no more chosen bounds lie
    at or above it than threats do.
    """
    levels = sorted({bound for demand in demands for bound in demand})
    supply = [len(threats) - bisect_left(threats, level) for level in levels]
    needs = [[len(d) - bisect_left(d, level) for level in levels] for d in demands]
    needs = sorted(need for need in needs if all(n <= s for n, s in zip(need, supply, strict=True)))
    if len(needs) < wanted:
        return False
    for at, have in enumerate(supply):
        if sum(sorted(need[at] for need in needs)[:wanted]) > have:
            return False
    return _search(needs, wanted, supply, [SEARCH_NODES])


def _search(needs: Sequence[Sequence[int]], wanted: int, supply: Sequence[int], nodes: list[int]) -> bool:
    """Depth first, cheapest first (so the first path is the greedy one); True when the nodes run out."""
    if wanted == 0:
        return True
    for start in range(len(needs) - wanted + 1):
        nodes[0] -= 1
        if nodes[0] < 0:
            return True
        left = [have - need for have, need in zip(supply, needs[start], strict=True)]
        if min(left) >= 0 and _search(needs[start + 1 :], wanted - 1, left, nodes):
            return True
    return False
