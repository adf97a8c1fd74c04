"""What one elector's records may still become, for each aspirante of a contest (art. 323 párr. 13).

Moments are whole numbers: twice the day's ordinal, and one more for a record that officials held to be the
last of its day. A known date is the interval [d, d]; an unknown one runs from the start of the window to the
reception. Within a side (one aspirante) the last expression lies in [max of the los, max of the his].

A completion decides every open record in or out, and an open record's unknown date to any day of its
interval. More records of a side, or later ones, never harm that side and never help another: so the best
completion for a side takes all its open records at their latest, and the worst takes all those of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

Key = tuple[str, int, int, str]  # folio, page, row, id: the order that chooses among equals


@dataclass(frozen=True, slots=True)
class Member:
    """One record as it competes for an elector: side, interval, and whether it is settled or still open."""

    side: int
    lo: int
    hi: int
    live: bool
    confirmed: bool  # a person confirmed the tie on it: it will not win one
    key: Key
    position: int
    prevails: bool = False  # officials decided a tie for it


@dataclass(frozen=True, slots=True)
class Standing:
    """How the live records of an elector stand today: who wins, who is tied, and which record is kept."""

    winner: int | None
    tied: frozenset[int]
    kept: dict[int, Member]


@dataclass(frozen=True, slots=True)
class Fate:
    """What may become of the elector for one side."""

    side: int
    member: Member  # the record that gives the section
    can_win: bool
    can_lose: bool
    lo: int  # a later expression than this is needed to take the elector away

    @property
    def always(self) -> bool:
        """Counts in every completion of the records of this elector."""
        return not self.can_lose

    @property
    def maybe(self) -> bool:
        """Counts in some completions and not in others."""
        return self.can_win and self.can_lose


def as_decided(members: Sequence[Member]) -> Sequence[Member]:
    """The members after the ties that officials decided: a settled unknown date is held to come before those."""
    moments = [m.hi for m in members if m.live and m.prevails]
    if not moments:
        return members
    last = max(moments)
    return [replace(m, hi=last - 1) if m.live and m.lo < last < m.hi else m for m in members]


def parrafo_13_standing(members: Sequence[Member]) -> Standing:
    """Art. 323 párr. 13: among live records, the last expression wins; without order there is a tie.

    Within an aspirante one record is kept: the latest, then the lowest folio, page, row.
    """
    kept: dict[int, Member] = {}
    ends: dict[int, tuple[int, int]] = {}
    for member in sorted((m for m in members if m.live), key=_latest_first):
        lo, hi = ends.get(member.side, (member.lo, member.hi))
        ends[member.side] = (max(lo, member.lo), max(hi, member.hi))
        kept.setdefault(member.side, member)
    if not ends:
        return Standing(None, frozenset(), kept)
    top = max(lo for lo, _ in ends.values())
    last = frozenset(side for side, (_, hi) in ends.items() if hi >= top)
    if len(last) == 1:
        return Standing(next(iter(last)), frozenset(), kept)
    return Standing(None, last, kept)


def fates_of(members: Sequence[Member], ties_open: bool) -> list[Fate]:
    """The fate of the elector for each side; ``ties_open``: a tie may yet be decided for one of the tied."""
    sides = sorted({member.side for member in members})
    return [_fate(side, members, ties_open) for side in sides]


def _fate(side: int, members: Sequence[Member], ties_open: bool) -> Fate:
    mine = [m for m in members if m.side == side]
    others = [m for m in members if m.side != side]
    live = [m for m in mine if m.live]
    lo = max((m.lo for m in live), default=0)
    can_lose = not live or max((m.hi for m in others), default=-1) >= lo
    return Fate(
        side=side,
        member=min(live or mine, key=_latest_first),
        can_win=can_win(mine, [m for m in others if m.live], ties_open),
        can_lose=can_lose,
        lo=lo,
    )


def can_win(mine: Sequence[Member], rivals: Sequence[Member], ties_open: bool) -> bool:
    """Whether a side with these records (open ones taken in, at their latest) may win over settled rivals."""
    if not rivals:
        return True
    lo = max(m.lo if m.live else m.hi for m in mine)
    if lo > max(m.hi for m in rivals):
        return True
    if not ties_open or all(m.confirmed for m in mine):
        return False
    return max(m.hi for m in mine) >= max(m.lo for m in rivals)


def moves(member: Member, members: Sequence[Member], ties_open: bool) -> list[int]:
    """The sides for which this open record may change whether the elector counts (in some completion)."""
    return [side for side in sorted({m.side for m in members}) if _moves(member, side, members, ties_open)]


def _moves(member: Member, side: int, members: Sequence[Member], ties_open: bool) -> bool:
    mine = [m for m in members if m.side == side and m is not member]
    live = [m for m in mine if m.live]
    rivals = [m for m in members if m.side != side and m is not member]
    settled = [m for m in rivals if m.live]
    if member.side == side:
        # Alone, a record confirmed as tied wins no tie; beside another of its side it may bring that one level.
        beside = [m for m in mine if not m.live] if member.confirmed else []
        if not can_win([*live, *beside, member], settled, ties_open):
            return False
        if not live:
            return True
        lo = max(m.lo for m in live)
        later = member.hi > lo or all(m.confirmed for m in live)
        return later and max((m.hi for m in rivals), default=-1) >= lo
    options = [[*live, m] for m in mine if not m.live] + ([live] if live else [])
    return any(can_win(option, settled, ties_open) and member.hi >= max(m.lo for m in option) for option in options)


def _latest_first(member: Member) -> tuple[int, int, Key]:
    return (-member.lo, -member.hi, member.key)
