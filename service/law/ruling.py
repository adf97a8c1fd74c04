"""Ruling all records of a process, and ruling again only what a decision touches.

``rule`` is a function of the set of records: their order never matters. ``rerule`` brings a standing set of
rulings up to date after some records changed, touching only the electors of those records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from service.law.contest import Contest, Side, interval, is_wild, open_sides, unit_of
from service.law.errors import LawRefused
from service.law.fates import Fate, Member, Standing, as_decided, fates_of, parrafo_13_standing
from service.law.frame import Marco
from service.law.proceso import Proceso
from service.law.records import Aspirante, Clase, Record, Ruling
from service.law.screening import screen

K = TypeVar("K")


@dataclass(slots=True)
class Rulings:
    """All records of a process with their rulings; iterate it, or ask for one by the record's id."""

    proceso: Proceso
    marco: Marco
    contests: list[Contest]
    sides: dict[str, Side]
    ties_open: bool
    rulings: list[Ruling] = field(default_factory=list)
    where: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, record_id: str) -> Ruling:
        return self.rulings[self.where[record_id]]

    def __iter__(self) -> Iterator[Ruling]:
        return iter(self.rulings)

    def __len__(self) -> int:
        return len(self.rulings)

    def side(self, aspirante_id: str) -> Side:
        """The side of an aspirante; refused when the process has no such aspirante."""
        if aspirante_id not in self.sides:
            raise LawRefused("aspirante_desconocido", "No hay aspirante con ese identificador en el proceso.")
        return self.sides[aspirante_id]


@dataclass(frozen=True, slots=True)
class Change:
    """A record whose ruling differs after a re-ruling; ``before`` is None for a new record."""

    before: Ruling | None
    after: Ruling

    @property
    def given_back(self) -> bool:
        """It counts now and did not before: its aspirante is to be notified (art. 323 párr. 13)."""
        return self.after.counts and self.before is not None and not self.before.counts

    @property
    def taken_away(self) -> bool:
        """It counted before and no longer does."""
        return self.before is not None and self.before.counts and not self.after.counts


def rule(records: Iterable[Record], proceso: Proceso, marco: Marco, aspirantes: Iterable[Aspirante]) -> Rulings:
    """Rule every record; refuses a record of an unknown aspirante, or two records with one id."""
    sides = open_sides(proceso, marco, aspirantes)
    contests = list({id(side.contest): side.contest for side in sides.values()}.values())
    state = Rulings(proceso, marco, contests, sides, proceso.parametros.regla_empate == "pendiente")
    for record in records:
        _append(state, record)
    for contest in state.contests:
        for group in contest.groups.values():
            _decide(state, contest, group)
    for ruling in state.rulings:
        state.sides[ruling.record.aspirante].by_class[ruling.clase.orden] += 1
    return state


def rerule(state: Rulings, changed: Iterable[Record]) -> list[Change]:
    """Bring ``state`` up to date with changed or new records; gives back every ruling that differs.

    Costs what the electors of the changed records touch, whatever the number of records. Equal to ruling
    everything anew. The aspirante of a record never changes.
    """
    changed = {record.id: record for record in changed}.values()
    for record in changed:
        if record.id in state.where and state[record.id].record.aspirante != record.aspirante:
            raise LawRefused("aspirante_cambiado", "Un registro no puede pasar a otro aspirante.")
    before: dict[str, Ruling | None] = {}
    touched: dict[tuple[int, str], Contest] = {}
    for record in changed:
        contest = state.side(record.aspirante).contest
        old = state[record.id].record if record.id in state.where else None
        for elector in {record.elector, old.elector if old else None} - {None}:
            if (id(contest), str(elector)) not in touched:
                touched[(id(contest), str(elector))] = contest
                _withdraw_group(state, contest, str(elector), before)
    for record in changed:
        _replace(state, record, before)
    for (_, elector), contest in touched.items():
        group = contest.groups.get(elector)
        if group is not None:
            _decide(state, contest, group)
    changes = [Change(ruling, state[record_id]) for record_id, ruling in before.items()]
    for change in changes:
        state.sides[change.after.record.aspirante].by_class[change.after.clase.orden] += 1
    return [change for change in changes if change.before != change.after]


def members_of(state: Rulings, group: int | list[int]) -> Sequence[Member]:
    """The records of an elector as they compete for it (fates.py), decided ties taken in."""
    return as_decided([_member(state, position) for position in ([group] if isinstance(group, int) else group)])


def _member(state: Rulings, position: int) -> Member:
    ruling = state.rulings[position]
    record = ruling.record
    side = state.sides[record.aspirante]
    lo, hi = interval(record, side.court)
    return Member(
        side=side.index,
        lo=lo,
        hi=hi,
        live=not ruling.clase.pending and not record.in_hearing,
        confirmed=Clase.DT in record.established,
        key=(record.folio, record.page, record.row, record.id),
        position=position,
        prevails=record.prevails,
    )


def _append(state: Rulings, record: Record) -> None:
    if record.id in state.where:
        raise LawRefused("registro_repetido", f"El registro «{record.id}» aparece dos veces.")
    position = len(state.rulings)
    side = state.side(record.aspirante)
    screened = screen(record, side.court)
    state.where[record.id] = position
    state.rulings.append(Ruling(record, screened.clase, screened.reasons, screened.suspected))
    _enlist(state, side, position)


def _enlist(state: Rulings, side: Side, position: int) -> None:
    """Put a record that is live or open where it competes; a closed one competes nowhere."""
    ruling = state.rulings[position]
    record = ruling.record
    if ruling.reasons and not record.in_hearing:
        return
    if is_wild(ruling):
        _add(side.wild, interval(record, side.court)[1], 1)
        return
    groups = side.contest.groups
    elector = str(record.elector)
    group = groups.get(elector)
    if group is None:
        groups[elector] = position
    elif isinstance(group, list):
        group.append(position)
    else:
        groups[elector] = [group, position]


def _decide(state: Rulings, contest: Contest, group: int | list[int]) -> None:
    """Rule the records of one elector among themselves, and add the elector to the counts."""
    if isinstance(group, int):
        _weigh_one(state, group, 1)
        return
    members = members_of(state, group)
    standing = parrafo_13_standing(members)
    _settle(state, members, standing)
    _weigh_many(state, contest, members, standing, 1)


def _settle(state: Rulings, members: Sequence[Member], standing: Standing) -> None:
    """Give each live record of an elector its class: V, DT, D2 or D1 (art. 323 párr. 13)."""
    for member in members:
        if not member.live:
            continue
        if member is not standing.kept[member.side]:
            clase = Clase.D1
        elif member.side == standing.winner:
            clase = Clase.V
        else:
            clase = Clase.DT if member.side in standing.tied else Clase.D2
        record = state.rulings[member.position].record
        state.rulings[member.position] = Ruling(record, clase, () if clase is Clase.V else (clase,))


def _weigh_one(state: Rulings, position: int, sign: int) -> None:
    """Add an elector of one record to the counts of its side, or (sign -1) take it away."""
    ruling = state.rulings[position]
    side = state.sides[ruling.record.aspirante]
    unit = unit_of(side, ruling.record)
    if ruling.clase is Clase.V:
        _add(side.valid, unit, sign)
        _add(side.always, (unit, interval(ruling.record, side.court)[0]), sign)
    else:
        _add(side.maybe, unit, sign)


def _weigh_many(state: Rulings, contest: Contest, members: Sequence[Member], standing: Standing, sign: int) -> None:
    """Add the fate of an elector of several records to the counts of each side, or (sign -1) take it away."""
    for fate in fates_of(members, state.ties_open):
        _weigh_fate(state, contest.sides[fate.side], fate, fate.side in standing.tied, sign)
    if standing.winner is not None:
        side = contest.sides[standing.winner]
        kept = state.rulings[standing.kept[standing.winner].position].record
        _add(side.valid, unit_of(side, kept), sign)


def _weigh_fate(state: Rulings, side: Side, fate: Fate, tied: bool, sign: int) -> None:
    unit = unit_of(side, state.rulings[fate.member.position].record)
    if fate.always:
        _add(side.always, (unit, fate.lo), sign)
    elif fate.maybe:
        _add(side.maybe, unit, sign)
        if tied:
            _add(side.tied, unit, sign)


def _withdraw_group(state: Rulings, contest: Contest, elector: str, before: dict[str, Ruling | None]) -> None:
    """Take an elector out of the counts before it is ruled again, keeping how its records stood."""
    group = contest.groups.get(elector)
    if group is None:
        return
    if isinstance(group, int):
        _weigh_one(state, group, -1)
    else:
        members = members_of(state, group)
        _weigh_many(state, contest, members, parrafo_13_standing(members), -1)
    for position in [group] if isinstance(group, int) else group:
        _uncount(state, position, before)


def _uncount(state: Rulings, position: int, before: dict[str, Ruling | None]) -> None:
    ruling = state.rulings[position]
    if ruling.record.id not in before:
        before[ruling.record.id] = ruling
        state.sides[ruling.record.aspirante].by_class[ruling.clase.orden] -= 1


def _replace(state: Rulings, record: Record, before: dict[str, Ruling | None]) -> None:
    """Put a changed record in the place of the old one and screen it; a new one is appended."""
    if record.id not in state.where:
        before[record.id] = None
        _append(state, record)
        return
    position = state.where[record.id]
    side = state.sides[record.aspirante]
    _uncount(state, position, before)
    _delist(state, side, position)
    screened = screen(record, side.court)
    state.rulings[position] = Ruling(record, screened.clase, screened.reasons, screened.suspected)
    _enlist(state, side, position)


def _delist(state: Rulings, side: Side, position: int) -> None:
    ruling = state.rulings[position]
    groups = side.contest.groups
    elector = str(ruling.record.elector)
    group = groups.get(elector)
    if group == position:
        del groups[elector]
    elif isinstance(group, list) and position in group:
        group.remove(position)
        if not group:
            del groups[elector]
    elif is_wild(ruling) and (not ruling.reasons or ruling.record.in_hearing):
        _add(side.wild, interval(ruling.record, side.court)[1], -1)


def _add(counts: dict[K, int], key: K, number: int) -> None:
    now = counts.get(key, 0) + number
    if now:
        counts[key] = now
    else:
        counts.pop(key, None)
