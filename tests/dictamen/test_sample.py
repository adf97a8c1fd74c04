"""The audit of the decision: exact chances, sizes at their boundary, a draw anyone repeats, the promised risk."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations
from math import comb
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.dictamen.audit_sample import STRATA, blind_list, draw_sample, judge, plan_audit, stratum_of
from service.dictamen.issue import Issued
from service.dictamen.sample import (
    GroupCount,
    UnitCount,
    chance_of_sample,
    draw,
    errors_to_overturn,
    judge_stages,
    size_for,
)
from service.errors import Refused

SEED = "4 7 1 0 9 3 3 8 2 6 5 5 0 1 7 4 9 2 8 6"
LIMIT = Fraction(5, 100)


@given(st.integers(1, 9), st.data())
def test_the_chance_is_that_of_counting_every_sample(stratum: int, data: st.DataObject) -> None:
    errors = data.draw(st.integers(0, stratum))
    size = data.draw(st.integers(0, stratum))
    seen = data.draw(st.integers(0, 3))
    clean = sum(sum(one < errors for one in drawn) <= seen for drawn in combinations(range(stratum), size))
    assert chance_of_sample(stratum, errors, size, seen) == Fraction(clean, comb(stratum, size))


@given(st.integers(2, 400), st.data())
def test_the_size_is_the_smallest_that_confirms(stratum: int, data: st.DataObject) -> None:
    errors = data.draw(st.integers(1, stratum))
    size = size_for(stratum, errors, LIMIT)
    if size < stratum:
        assert chance_of_sample(stratum, errors, size, 0) <= LIMIT
    if size > 1:
        assert chance_of_sample(stratum, errors, size - 1, 0) > LIMIT


@settings(max_examples=40)
@given(st.integers(5, 60), st.data())
def test_more_errors_in_the_stratum_only_make_the_sample_less_likely(stratum: int, data: st.DataObject) -> None:
    """So the chance at the smallest overturning number bounds that of every wrong outcome."""
    size, seen = data.draw(st.integers(0, stratum)), data.draw(st.integers(0, 2))
    chances = [chance_of_sample(stratum, errors, size, seen) for errors in range(stratum + 1)]
    assert chances == sorted(chances, reverse=True)


def test_a_wrong_outcome_is_confirmed_no_more_often_than_the_limit() -> None:
    """Two thousand audits of an outcome that is wrong by one record, enlarged in stages as the plan says."""
    stratum, errors = 300, 12
    rolls = random.Random(3)
    sizes = [size_for(stratum, errors, LIMIT / 2**stage, seen) for stage, seen in enumerate((0, 2, 5), start=1)]
    confirmed = 0
    for _ in range(2000):
        order = rolls.sample(range(stratum), stratum)
        stages = [(size, sum(one < errors for one in order[:size])) for size in sizes]
        confirmed += judge_stages(stratum, errors, LIMIT, stages)[-1].confirmed
    assert confirmed / 2000 <= float(LIMIT) + 0.01


def test_a_whole_recount_confirms_only_what_stands() -> None:
    assert judge_stages(50, 5, LIMIT, [(50, 4)])[-1].confirmed
    assert not judge_stages(50, 5, LIMIT, [(50, 5)])[-1].confirmed


@pytest.mark.parametrize(
    ("outcome", "valid", "required", "k", "units", "expected"),
    [
        ("CUMPLE", 100, 100, 1, [(60, 1), (40, 1)], ("aceptados", 1)),
        ("CUMPLE", 110, 100, 1, [(70, 1), (40, 1)], ("aceptados", 11)),
        ("CUMPLE", 110, 100, 2, [(105, 1), (5, 1)], ("aceptados", 5)),
        ("CUMPLE", 110, 100, 2, [(100, 1), (7, 1), (3, 1)], ("aceptados", 10)),
        ("NO_CUMPLE", 99, 100, 1, [(99, 1)], ("rechazados", 1)),
        ("NO_CUMPLE", 90, 100, 2, [(90, 1), (0, 1)], ("rechazados", 10)),
        ("NO_CUMPLE", 200, 100, 3, [(200, 5), (1, 5), (0, 5)], ("rechazados", 9)),
    ],
)
def test_how_many_errors_would_overturn_the_outcome(
    outcome: str, valid: int, required: int, k: int, units: list[tuple[int, int]], expected: tuple[str, int]
) -> None:
    groups = [GroupCount(k, tuple(UnitCount(*unit) for unit in units))]
    stake = errors_to_overturn(outcome, valid, required, groups)
    assert (stake.stratum, stake.errors) == expected


def test_with_a_minimum_in_each_demarcacion_one_that_falls_is_enough() -> None:
    """Ten units to spare in one group do not cover a group that stands on its last one."""
    tight = GroupCount(1, (UnitCount(3, 1),))
    wide = GroupCount(1, tuple(UnitCount(50, 1) for _ in range(10)))
    assert errors_to_overturn("CUMPLE", 600, 100, [tight, wide]).errors == 3
    short = GroupCount(2, (UnitCount(0, 4), UnitCount(9, 4), UnitCount(1, 4)))
    assert errors_to_overturn("NO_CUMPLE", 600, 100, [short, wide, short]).errors == 6


def test_what_has_no_outcome_is_not_audited() -> None:
    with pytest.raises(Refused):
        errors_to_overturn("INDETERMINADO", 1, 1, [])


def test_the_draw_is_repeated_by_anyone_and_a_larger_one_holds_the_smaller() -> None:
    pool = [f"{n:064x}" for n in range(500)]
    small = draw(pool, SEED, 20)
    assert draw(pool[::-1], SEED, 20) == small
    assert draw(pool, SEED, 60)[:20] == small
    assert draw(pool, SEED + "1", 20) != small
    with pytest.raises(Refused):
        draw(pool, "1234", 20)


def test_the_audit_of_a_dictamen_from_its_public_annex(
    made_up: ModuleType, issued_from: Callable[..., Issued]
) -> None:
    issued = issued_from(made_up.expediente(400))
    said = json.loads(issued.document)["documento"]
    plan = plan_audit(issued.folder)
    assert (plan.stake.stratum, plan.stratum) == ("aceptados", said["conteo"]["validos"])
    assert sum(len(stratum_of(issued.folder, name)) for name in STRATA) == said["conteo"]["recibidos"]
    drawn = draw_sample(issued.folder, "aceptados", SEED, plan.stages[0])
    assert len(drawn) == plan.stages[0]
    records = blind_list(issued.folder, drawn)
    assert len(records) == len(drawn)
    own = {entry.record.id for entry in made_up.entries(400) if entry.rival is None}
    assert set(records) <= own
    assert judge(plan, [0])[-1].confirmed
    assert not judge(plan, [plan.stake.errors])[-1].confirmed
