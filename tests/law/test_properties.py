"""What holds for every set of records, whatever it is (hypothesis)."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from service.law import (
    NONE,
    Aspirante,
    Cargo,
    Clase,
    Marco,
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
from service.law.tally import classes_by, results

Make = Callable[..., Any]
START = date(2026, 11, 20)
MARCO: Marco = marco_of(Seccion(n, "17" if n < 5 else "18", "014", str(n % 3), 100) for n in range(1, 7))
PLACES = {f"E{n}": 1 + n % 6 for n in range(8)}
FINDINGS = [NONE, NONE, NONE, frozenset({Clase.I1}), frozenset({Clase.I3, Clase.I9}), frozenset({Clase.DT})]
SIGNALS = [NONE, NONE, NONE, frozenset({Clase.I8}), frozenset({Clase.I1, Clase.I7})]


@st.composite
def record_sets(draw: st.DrawFn) -> list[Record]:
    """Up to fifteen records of three aspirantes for eight electors, in any state."""
    return [draw(records(number)) for number in range(draw(st.integers(0, 15)))]


@st.composite
def records(draw: st.DrawFn, number: int) -> Record:
    """One record in any state."""
    elector = draw(st.sampled_from([None, *PLACES]))
    received = START + timedelta(days=draw(st.integers(-1, 5)))
    return Record(
        id=f"r{number}",
        aspirante=draw(st.sampled_from("ABC")),
        received=received,
        elector=elector,
        situacion=draw(st.sampled_from([Situacion.VIGENTE] * 4 + [Situacion.PADRON, None])) if elector else None,
        seccion=PLACES[elector] if elector else None,
        fecha=draw(st.one_of(st.none(), st.integers(-1, 5).map(lambda n: START + timedelta(days=n)))),
        original_received=draw(st.sampled_from([True, True, True, False])),
        unprocessed=draw(st.sampled_from([False] * 5 + [True])),
        open_match=draw(st.sampled_from([False] * 5 + [True])),
        in_hearing=draw(st.sampled_from([False] * 5 + [True])),
        established=draw(st.sampled_from(FINDINGS)),
        suspected=draw(st.sampled_from(SIGNALS)),
        prevails=draw(st.sampled_from([False] * 5 + [True])),
        batch=draw(st.sampled_from(["b1", "b2"])),
        sheet=draw(st.sampled_from(["s1", "s2"])),
        folio=draw(st.sampled_from(["f1", "f2"])),
    )


def state_of(process: Make, deputy: Make, found: list[Record]) -> Rulings:
    return rule(found, process(), MARCO, [deputy(name) for name in "ABC"])


def by_id(state: Rulings) -> dict[str, tuple[str, str]]:
    return {ruling.record.id: (ruling.clase.value, ruling.reasons_text) for ruling in state}


@given(found=record_sets(), seed=st.integers(0, 99))
@settings(max_examples=150, deadline=None)
def test_the_order_of_the_records_changes_nothing(
    process: Make, deputy: Make, found: list[Record], seed: int
) -> None:
    shuffled = random.Random(seed).sample(found, len(found))
    one, other = state_of(process, deputy, found), state_of(process, deputy, shuffled)
    assert by_id(one) == by_id(other)
    assert [tally(one, name) for name in "ABC"] == [tally(other, name) for name in "ABC"]
    assert impacts(one) == impacts(other)


@given(found=record_sets())
@settings(max_examples=150, deadline=None)
def test_counted_not_counted_and_pending_make_what_was_received_at_every_level(
    process: Make, deputy: Make, found: list[Record]
) -> None:
    state = state_of(process, deputy, found)
    for name in "ABC":
        count = tally(state, name)
        mine = [ruling for ruling in state if ruling.record.aspirante == name]
        counted = sum(ruling.counts for ruling in mine)
        pending = sum(ruling.clase.pending for ruling in mine)
        assert (count.valid, count.pending, count.received) == (counted, pending, len(mine))
        assert sum(count.by_class.values()) == len(mine)
        assert sum(count.dispersion.values()) == counted
        assert count.least <= count.valid <= count.most
        for level in ("batch", "sheet", "folio"):
            table = classes_by(state, name, level)
            for key, row in table.items():
                assert sum(row.values()) == sum(getattr(r.record, level) == key for r in mine)


@given(found=record_sets(), new=records(99))
@settings(max_examples=150, deadline=None)
def test_adding_a_photocopy_never_raises_a_tally(
    process: Make, deputy: Make, found: list[Record], new: Record
) -> None:
    copy = replace(new, established=frozenset({Clase.I1}), in_hearing=False)
    before, after = state_of(process, deputy, found), state_of(process, deputy, [*found, copy])
    for name in "ABC":
        assert tally(after, name).valid == tally(before, name).valid
        assert tally(after, name).outcome is tally(before, name).outcome


@given(found=record_sets())
@settings(max_examples=100, deadline=None)
def test_resolving_twice_is_resolving_once(process: Make, deputy: Make, found: list[Record]) -> None:
    state = state_of(process, deputy, found)
    before = by_id(state)
    again = state_of(process, deputy, [ruling.record for ruling in state])
    assert rerule(state, found) == []
    assert by_id(state) == before == by_id(again)


@given(found=record_sets(), new=records(99), reason=st.sampled_from([Clase.I1, Clase.I3, Clase.I9, Clase.N]))
@settings(max_examples=150, deadline=None)
def test_an_invalid_later_signature_never_beats_a_valid_earlier_one(
    process: Make, deputy: Make, found: list[Record], new: Record, reason: Clase
) -> None:
    later = replace(new, fecha=START + timedelta(days=30), established=frozenset({reason}))
    before, after = state_of(process, deputy, found), state_of(process, deputy, [*found, later])
    assert {key: value for key, value in by_id(after).items() if key != later.id} == by_id(before)


@given(found=record_sets(), decided=st.lists(records(0), max_size=4))
@settings(max_examples=150, deadline=None)
def test_an_outcome_once_certain_stands_whatever_is_decided_next(
    process: Make, deputy: Make, found: list[Record], decided: list[Record]
) -> None:
    """Deciding pending records (in or out) never turns CUMPLE or NO CUMPLE."""
    bases = [{"cargo": "diputacion", "ambito": "17", "lista_nominal": 200}]
    aspirantes = [deputy(name) for name in "ABC"]
    state = rule(found, process(bases), MARCO, aspirantes)
    before = results(state)
    pending = [r.record for r in state if r.clase.pending and r.record.elector and r.record.situacion]
    settled = [
        replace(
            record,
            original_received=True,
            unprocessed=False,
            open_match=False,
            in_hearing=False,
            suspected=NONE,
            cleared=frozenset({Clase.I11}),
            established=frozenset({Clase.I3}) if number % 2 else record.established,
        )
        for number, record in enumerate(pending)
    ]
    rerule(state, settled)
    for name, outcome in results(state).items():
        assert before[name] in {outcome, Resultado.INDETERMINADO}


def test_a_support_taken_from_one_is_given_back_to_the_other_and_said_so(process: Make, record: Make) -> None:
    aspirantes = [Aspirante(name, Cargo.DIPUTACION, "17", date(2026, 11, 19)) for name in "AB"]
    early, late = record("r1", "A", fecha=date(2026, 12, 1)), record("r2", "B", fecha=date(2026, 12, 2))
    state = rule([early, late], process(), MARCO, aspirantes)
    changes = {c.after.record.id: c for c in rerule(state, [replace(late, established=frozenset({Clase.I3}))])}
    assert changes["r1"].given_back
    assert not changes["r1"].taken_away
    assert changes["r2"].taken_away
    back = {c.after.record.id: c for c in rerule(state, [late, record("r3", "A", "E9")])}
    assert back["r1"].taken_away
    assert back["r3"].before is None
    assert not back["r3"].given_back
    assert not back["r3"].taken_away
