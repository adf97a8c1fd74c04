"""Which open record may still change an outcome: the order in which people should look at them (J.1, A-9).

A record may change the outcome of a side when some completion of everything else stands right at an edge (one
support short of the threshold, or one unit short of the dispersion) and the record may tip it. None that may is
ever missed; where several open records meet on one elector, or an elector is not settled, it errs to "may change"
(measured against brute force in tests/law: 6 % too many without such records, 18 % with them).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.law.contest import Contest, Side, interval, is_wild, unit_of
from service.law.dispersion import Group
from service.law.fates import Member, can_win, moves
from service.law.outcome import Prospect, least_total, outcome
from service.law.records import Clase, Resultado, Ruling
from service.law.ruling import Rulings, members_of
from service.law.tally import prospect_of, threshold


@dataclass(frozen=True, slots=True)
class Impact:
    """One open record (pending, in hearing, or tied): whose outcome it may change, and how near the edge is.

    ``gap`` is the least number of decisions, all in one sense, that would settle one of those outcomes.
    """

    record: str
    aspirante: str
    affects: tuple[str, ...]
    gap: int

    @property
    def can_change(self) -> bool:
        """Whether some outcome may still turn on this record."""
        return bool(self.affects)


@dataclass(slots=True)
class Edge:
    """What decides for one side: its prospect, the units whose next support may tip it, and the gap."""

    side: Side
    prospect: Prospect
    open: bool
    gap: int
    pivots: dict[str, bool]

    def tips(self, unit: str) -> bool:
        """Whether one more maybe-support in the unit may tip the outcome (remembered by unit)."""
        if unit not in self.pivots:
            self.pivots[unit] = self.open and may_tip(self.prospect, unit)
        return self.pivots[unit]


def impacts(state: Rulings) -> list[Impact]:
    """Every open record, those that may change an outcome first, the nearest edge first; ids break ties."""
    edges = {aspirante: _edge(state, side) for aspirante, side in state.sides.items()}
    found = [
        _impact(state, position, edges)
        for position, ruling in enumerate(state.rulings)
        if is_open(ruling, state.ties_open)
    ]
    return sorted(found, key=lambda i: (not i.can_change, i.gap, -len(i.affects), i.record))


def is_open(ruling: Ruling, ties_open: bool) -> bool:
    """Pending, in hearing, or tied while ties may be decided."""
    return ruling.clase.pending or ruling.record.in_hearing or (ruling.clase is Clase.DT and ties_open)


def may_tip(prospect: Prospect, unit: str) -> bool:
    """Whether some completion turns from failing to meeting by one more support in ``unit``.

    The support is one of the unit's maybes. Two ways: it is the one that reaches the threshold, or the one
    with which its unit, and with it the group, is reached.
    """
    if prospect.wild or prospect.threats or prospect.least != prospect.surely:
        return _may_tip_loosely(prospect, unit)
    rest = dict(prospect.maybe)
    rest[unit] = rest.get(unit, 0) - 1
    sure = prospect.sure
    return _tips_threshold(prospect, unit, sure, rest) or _tips_group(prospect, unit, sure, rest)


def _tips_threshold(prospect: Prospect, unit: str, sure: Mapping[str, int], rest: Mapping[str, int]) -> bool:
    total, spare = sum(sure.values()), sum(rest.values())
    if not total <= prospect.required - 1 <= total + spare:
        return False
    cost = 0
    for group in prospect.groups:
        costs = []
        for other in group.units:
            lacking = max(0, prospect.least[other] - sure.get(other, 0) - (other == unit))
            if lacking <= rest.get(other, 0):
                costs.append(lacking)
        if len(costs) < group.k:
            return False
        cost += sum(sorted(costs)[: group.k])
    return total + cost <= prospect.required - 1


def _tips_group(prospect: Prospect, unit: str, sure: Mapping[str, int], rest: Mapping[str, int]) -> bool:
    home = next((group for group in prospect.groups if unit in group.units), None)
    if home is None:
        return False
    short = prospect.least[unit] - 1
    if not sure.get(unit, 0) <= short <= sure.get(unit, 0) + rest.get(unit, 0):
        return False
    full = {u: sure.get(u, 0) + rest.get(u, 0) for u in {*sure, *rest}}
    for group in prospect.groups:
        if group is not home and sum(full.get(u, 0) >= prospect.least[u] for u in group.units) < group.k:
            return False
    most = sum(full.values()) - full.get(unit, 0) + short
    reached, gains = 0, []
    for other in home.units:
        if other == unit:
            continue
        if sure.get(other, 0) >= prospect.least[other]:
            reached += 1
        elif full.get(other, 0) >= prospect.least[other]:
            gains.append(full[other] - prospect.least[other] + 1)  # lost when this unit must stay unreached
    choose = home.k - 1 - reached
    if not 0 <= choose <= len(gains):
        return False
    most -= sum(sorted(gains)[: len(gains) - choose])
    return most + 1 >= prospect.required


def _may_tip_loosely(prospect: Prospect, unit: str) -> bool:
    """The same two ways with each condition loosened, so that none that may tip is missed."""
    full = prospect.reachable
    most = sum(full.values()) + prospect.wild
    if least_total(prospect) <= prospect.required - 1 <= most - 1:
        return True
    home = next((group for group in prospect.groups if unit in group.units), None)
    if home is None or most < prospect.required:
        return False
    sure = {} if prospect.threats else prospect.sure
    return sure.get(unit, 0) < prospect.surely[unit] and _surely_reached(prospect, home, sure) < home.k


def _surely_reached(prospect: Prospect, group: Group, sure: Mapping[str, int]) -> int:
    return sum(sure.get(unit, 0) >= prospect.surely[unit] for unit in group.units)


def _edge(state: Rulings, side: Side) -> Edge:
    prospect = prospect_of(state, side, threshold(state, side), state.proceso.parametros.dispersion_lectura)
    total = least_total(prospect)
    most = sum(prospect.reachable.values()) + prospect.wild
    gap = max(0, min(prospect.required - total, most - prospect.required + 1))
    return Edge(side, prospect, outcome(prospect) is Resultado.INDETERMINADO, gap, {})


def _impact(state: Rulings, position: int, edges: Mapping[str, Edge]) -> Impact:
    ruling = state.rulings[position]
    side = state.sides[ruling.record.aspirante]
    contest = side.contest
    if is_wild(ruling):
        affected = _wild_affects(ruling, side, contest, edges)
    else:
        affected = _settled_affects(state, position, contest, edges)
    names = tuple(sorted(s.aspirante.id for s in affected))
    return Impact(
        record=ruling.record.id,
        aspirante=side.aspirante.id,
        affects=names,
        gap=min((edges[name].gap for name in names), default=0),
    )


def _wild_affects(ruling: Ruling, side: Side, contest: Contest, edges: Mapping[str, Edge]) -> list[Side]:
    """Its own side may win one more elector, and each rival may lose one not later than it."""
    last = interval(ruling.record, side.court)[1]
    found = []
    for other in contest.sides:
        edge = edges[other.aspirante.id]
        reach = other is side or bool(other.maybe or other.wild) or any(last >= lo for _, lo in other.always)
        if edge.open and reach:
            found.append(other)
    return found


def _settled_affects(state: Rulings, position: int, contest: Contest, edges: Mapping[str, Edge]) -> list[Side]:
    """The sides for which the elector may turn on this record, where one more in its unit may tip the outcome."""
    group = contest.groups[str(state.rulings[position].record.elector)]
    members = members_of(state, group)
    member = next(m for m in members if m.position == position)
    if any(side.wild for side in contest.sides):
        # A wild record may turn out to be of this very elector: every side in play, or with one, may be touched.
        turned = [s.index for s in contest.sides if s.wild or any(m.side == s.index for m in members)]
    elif member.live:  # tied: deciding it may give or take the elector for each of the tied
        turned = sorted({m.side for m in members if _in_play(m.side, members)})
    else:
        turned = moves(member, members, state.ties_open)
    found = []
    for index in turned:
        side = contest.sides[index]
        mine = next((m for m in members if m.side == index), member)
        if edges[side.aspirante.id].tips(unit_of(side, state.rulings[mine.position].record)):
            found.append(side)
    return found


def _in_play(side: int, members: Sequence[Member]) -> bool:
    mine = [m for m in members if m.side == side]
    return can_win(mine, [m for m in members if m.side != side and m.live], True)
