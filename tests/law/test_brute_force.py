"""An independent resolver, slow and plain, agrees with the law room on thousands of random sets.

It knows nothing of intervals, fates or matchings: it tries every date an unknown date may be, every completion
of every open record, and every way a tie may be decided, and looks at what comes out. Seeds are fixed.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache

import pytest

from service.law import (
    Aspirante,
    Clase,
    Marco,
    Proceso,
    Record,
    Resultado,
    Rulings,
    Seccion,
    Situacion,
    impacts,
    marco_of,
    rerule,
    rule,
    tally,
)

START = date(2026, 11, 20)
SETS = 2500
# One support in a completion: side, possible days (one when known), confirmed tie, held to be the last of its day.
Support = tuple[str, tuple[int, ...], bool, bool]
Completion = tuple[tuple[str, Support] | None, ...]
Way = tuple[tuple[str, str | None], ...]
Table = dict[Completion, list[tuple[Way, tuple[bool, ...]]]]


@cache
def last_sides(supports: frozenset[Support]) -> frozenset[str]:
    """The sides that express themselves last under some assignment of days; one alone wins."""
    supports_list = sorted(supports)
    found: set[str] = set()
    for days in itertools.product(*(s[1] for s in supports_list)):
        moments = [(day, s[3]) for day, s in zip(days, supports_list, strict=True)]
        top = max(moments)
        found |= {s[0] for s, moment in zip(supports_list, moments, strict=True) if moment == top}
    return frozenset(found)


@cache
def possible_winners(supports: frozenset[Support], ties_open: bool) -> tuple[str | None, ...]:
    """Whom the elector may come to count for in one completion, ties decided in every way."""
    last = last_sides(supports)
    if len(last) == 1:
        return tuple(last)
    free = [side for side in sorted(last) if any(s[0] == side and not s[2] for s in supports)]
    return (None, *free) if ties_open else (None,)


def days_of(record: Record) -> tuple[int, ...]:
    """The days a record may be of; one held to be the last of its day stands at its latest."""
    if record.fecha is not None and not record.unprocessed:
        return ((record.fecha - START).days,)
    last = (record.received - START).days
    return (last,) if record.prevails else tuple(range(last + 1))


def held_days(record: Record, live: list[Record]) -> tuple[int, ...]:
    """The days a settled record may still be of: where officials decided a tie, an unknown day is not a later one."""
    days = days_of(record)
    marks = [days_of(other)[-1] for other in live if other.elector == record.elector and other.prevails]
    held = tuple(day for day in days if not marks or day <= max(marks))
    return held if held and len(days) > 1 else days


def is_settled(record: Record) -> bool:
    return record.elector is not None and not record.open_match and not record.unprocessed


def choices(record: Record, electors: dict[str, int], units: int, index: int) -> Iterator[tuple[str, Support] | None]:
    """Every completion of an open record: out, or in for an elector on its day or on any of its days."""
    yield None
    days = days_of(record)
    confirmed = Clase.DT in record.established
    whens = [days, *((day,) for day in days)] if len(days) > 1 else [days]
    if is_settled(record):
        whom = [str(record.elector)]
    else:
        whom = [*electors, *(f"new-{u}-{j}" for u in range(1, units + 1) for j in {0, index + 1})]
    for elector, when in itertools.product(whom, whens):
        yield elector, (record.aspirante, when, confirmed, record.prevails)


class Brute:
    """All completions of a set of records, and for each aspirante whether it may meet and may fail."""

    def __init__(self, records: list[Record], required: int, k: int, units: int, ties_open: bool, sides: str) -> None:
        self.sides = sides  # whoever withdrew competes with nobody and is left out
        self.required, self.k, self.ties_open = required, k, ties_open
        self.live = [r for r in records if is_live(r)]
        self.open = [r for r in records if is_open(r)]
        self.electors = {str(r.elector): int(r.seccion or 0) for r in records if is_settled(r)}
        self.options = [list(choices(r, self.electors, units, i)) for i, r in enumerate(self.open)]

    def size(self) -> int:
        size = 1
        for options in self.options:
            size *= len(options)
        return size

    def ways(self, completion: Completion) -> Iterator[tuple[Way, tuple[bool, ...]]]:
        """Every way of deciding the ties of one completion, with what it means for A, B and C."""
        groups: dict[str, set[Support]] = {}
        for record in self.live:
            support = (
                record.aspirante,
                held_days(record, self.live),
                Clase.DT in record.established,
                record.prevails,
            )
            groups.setdefault(str(record.elector), set()).add(support)
        for choice in completion:
            if choice is not None:
                groups.setdefault(choice[0], set()).add(choice[1])
        ways = [
            [(elector, w) for w in possible_winners(frozenset(g), self.ties_open)] for elector, g in groups.items()
        ]
        for way in itertools.product(*ways):
            yield (
                way,
                tuple(self.meets([elector for elector, winner in way if winner == side]) for side in self.sides),
            )

    def meets(self, won: list[str]) -> bool:
        return len(won) >= self.required and len({self.unit(elector) for elector in won}) >= self.k

    def unit(self, elector: str) -> int:
        return int(elector.split("-")[1]) if elector.startswith("new-") else self.electors[elector]

    def table(self) -> Table:
        return {completion: list(self.ways(completion)) for completion in itertools.product(*self.options)}


def is_live(record: Record) -> bool:
    return not is_open(record) and not (record.established - {Clase.DT})


def is_open(record: Record) -> bool:
    if record.in_hearing:
        return True
    if record.established - {Clase.DT}:
        return False
    return record.open_match or record.unprocessed or not record.original_received or bool(record.suspected)


def random_set(rng: random.Random, wild: bool) -> list[Record]:
    """Up to eight records of three aspirantes for up to four electors, with ties, gaps, doubts and hearings."""
    places = {f"E{i}": rng.randint(1, 3) for i in range(1, 5)}
    records = []
    for number in range(rng.randint(1, 8)):
        elector: str | None = rng.choice(sorted(places))
        kind = rng.choices(
            ["live", "suspect", "original", "hearing", "claimed", "out", "match", "unread"],
            [10, 2, 1, 1, 1, 1, 1 if wild else 0, 1 if wild else 0],
        )[0]
        settled = {"elector": elector, "situacion": Situacion.VIGENTE, "seccion": places[str(elector)]}
        if kind in {"match", "unread"}:
            settled = {}
        established = {Clase.I3} if kind in {"claimed", "out"} else set()
        if rng.random() < 0.1:
            established.add(Clase.DT)
        received = START + timedelta(days=rng.randint(1, 3))
        records.append(
            Record(
                id=f"r{number}",
                aspirante=rng.choice("AABBC"),
                received=received,
                fecha=None
                if rng.random() < 0.25
                else START + timedelta(days=rng.randint(0, (received - START).days)),
                original_received=kind != "original",
                suspected=frozenset({Clase.I1}) if kind == "suspect" else frozenset(),
                in_hearing=kind in {"hearing", "claimed"},
                open_match=kind == "match",
                unprocessed=kind == "unread",
                established=frozenset(established),
                prevails=rng.random() < 0.1,
                folio=str(rng.randint(1, 3)),
                **settled,
            )
        )
    return records


def frame() -> Marco:
    return marco_of(Seccion(number, "17", "014", "1", 100) for number in (1, 2, 3))


def expected(possible: set[bool]) -> Resultado:
    if possible == {True}:
        return Resultado.CUMPLE
    return Resultado.NO_CUMPLE if possible == {False} else Resultado.INDETERMINADO


def random_case(
    seed: int, process: Callable[..., Proceso], deputy: Callable[..., Aspirante], wild: bool, most: int
) -> tuple[Brute, Rulings] | None:
    rng = random.Random(seed)
    records = random_set(rng, wild)
    required = rng.randint(1, 3)
    parametros = {
        "regla_empate": rng.choice(["pendiente", "ninguno"]),
        "desistimientos": rng.choice(["fuera", "dentro"]),
    }
    gone = START if rng.random() < 0.3 else None
    bases = [{"cargo": "diputacion", "ambito": "17", "lista_nominal": 100 * required}]
    out = gone is not None and parametros["desistimientos"] == "fuera"
    competing = [r for r in records if not (out and r.aspirante == "C")]
    brute = Brute(competing, required, 2, 3, parametros["regla_empate"] == "pendiente", "AB" if out else "ABC")
    if brute.size() > most:
        return None
    aspirantes = [deputy("A"), deputy("B"), deputy("C", withdrawn_on=gone)]
    return brute, rule(records, process(bases, **parametros), frame(), aspirantes)


@pytest.mark.parametrize("wild", [False, True])
def test_outcomes_agree_with_every_completion(
    wild: bool, process: Callable[..., Proceso], deputy: Callable[..., Aspirante]
) -> None:
    seen, outcomes = 0, set()
    for seed in range(SETS):
        case = random_case(seed, process, deputy, wild, 400)
        if case is None:
            continue
        brute, state = case
        possible: dict[str, set[bool]] = {side: set() for side in brute.sides}
        for _, meets in itertools.chain.from_iterable(brute.table().values()):
            for side, value in zip(brute.sides, meets, strict=True):
                possible[side].add(value)
        for side in brute.sides:
            outcome = tally(state, side).outcome
            assert outcome is expected(possible[side]), f"seed {seed}, aspirante {side}"
            outcomes.add(outcome)
        seen += 1
    assert seen > 1000
    assert outcomes == set(Resultado)


@pytest.mark.parametrize("wild", [False, True])
def test_no_record_that_may_change_an_outcome_is_missed(
    wild: bool, process: Callable[..., Proceso], deputy: Callable[..., Aspirante]
) -> None:
    decisive = idle = loose = 0
    for seed in range(SETS):
        case = random_case(seed, process, deputy, wild, 250)
        if case is None:
            continue
        brute, state = case
        table = brute.table()
        said = {impact.record: set(impact.affects) for impact in impacts(state)}
        for index, record in enumerate(brute.open):
            truth = affected_by(index, record, brute.sides, table)
            assert truth <= said[record.id], f"seed {seed}, record {record.id}"
            decisive += bool(truth)
            idle += not said[record.id]
            loose += len(said[record.id] - truth)
    assert decisive > 200
    assert idle > 200
    assert loose <= (decisive // 4 if wild else decisive // 10)  # it errs to «may change», and rarely


def affected_by(
    index: int, record: Record, sides: str, table: dict[Completion, list[tuple[Way, tuple[bool, ...]]]]
) -> set[str]:
    """The sides whose outcome this record's choice alone may change, all else being equal.

    All else: the other records' choices and, where the record's elector is known, who wins every other elector.
    """
    rest: dict[object, dict[object, set[tuple[bool, ...]]]] = {}
    for completion, ways in table.items():
        others = completion[:index] + completion[index + 1 :]
        for way, meets in ways:
            fixed = tuple(w for w in way if w[0] != record.elector) if is_settled(record) else ()
            rest.setdefault((others, fixed), {}).setdefault(completion[index], set()).add(meets)
    found = set()
    for options in rest.values():
        for i, side in enumerate(sides):
            if len({frozenset(m[i] for m in outs) for outs in options.values()}) > 1:
                found.add(side)
    return found


def test_rulings_agree_with_the_plain_resolver(
    process: Callable[..., Proceso], deputy: Callable[..., Aspirante]
) -> None:
    for seed in range(SETS):
        records = random_set(random.Random(seed), wild=True)
        state = rule(records, process(), frame(), [deputy(a) for a in "ABC"])
        live = [r for r in records if is_live(r)]
        for elector in {r.elector for r in live}:
            rows = [r for r in live if r.elector == elector]
            supports = frozenset((r.aspirante, held_days(r, rows), False, r.prevails) for r in rows)
            last = last_sides(supports)
            for side in {r.aspirante for r in rows}:
                classes = sorted(state[r.id].clase.value for r in rows if r.aspirante == side)
                top = "D2" if side not in last else "V" if len(last) == 1 else "DT"
                assert classes == sorted([top] + ["D1"] * (len(classes) - 1)), f"seed {seed}"


def test_ruling_again_equals_ruling_anew(process: Callable[..., Proceso], deputy: Callable[..., Aspirante]) -> None:
    for seed in range(SETS):
        rng = random.Random(seed)
        before, after = random_set(rng, wild=True), random_set(rng, wild=True)
        sides = {record.id: record.aspirante for record in before}
        after = [r for r in after if sides.get(r.id, r.aspirante) == r.aspirante]
        aspirantes = [deputy(a) for a in "ABC"]
        state = rule(before, process(), frame(), aspirantes)
        old = {ruling.record.id: ruling for ruling in state}
        changes = {change.after.record.id: change for change in rerule(state, after)}
        merged = {r.id: r for r in before} | {r.id: r for r in after}
        anew = rule(merged.values(), process(), frame(), aspirantes)
        assert {r.record.id: r for r in state} == {r.record.id: r for r in anew}, f"seed {seed}"
        for side in "ABC":
            assert tally(state, side) == tally(anew, side), f"seed {seed}"
        assert {i for i in merged if old.get(i) != anew[i]} == set(changes), f"seed {seed}"
        assert all(changes[i].before == old.get(i) for i in changes)
