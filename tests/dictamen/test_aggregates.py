"""The public page withholds what points at people, and nobody gets it back by subtraction."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from itertools import product
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.dictamen.aggregates import Cell, is_small, public_aggregates, withhold
from service.dictamen.issue import Issued


def cells_of(*valid: int) -> list[Cell]:
    return [Cell(str(number), one) for number, one in enumerate(valid, start=1)]


def test_a_small_cell_never_stands_alone() -> None:
    assert withhold(cells_of(40, 3, 25, 0), 10).units == {"2", "3"}


def test_a_table_without_small_cells_is_shown_whole() -> None:
    assert withhold(cells_of(40, 0, 25, 10), 10).units == frozenset()


def test_a_unit_where_nearly_everyone_signed_is_as_telling_as_one_where_hardly_anyone_did() -> None:
    table = [Cell("1", 58, 60), Cell("2", 400, 2000), Cell("3", 500, 2000)]
    assert "1" in withhold(table, 10).units


def test_when_the_rest_gives_no_cover_even_the_empty_units_are_withheld() -> None:
    found = withhold(cells_of(1, 1, 0, 0, 0), 10)
    assert found.zeros
    assert len(found.units) == 5


@pytest.mark.parametrize(("units", "most", "minimum"), [(3, 12, 4), (4, 12, 5)])
def test_who_knows_the_rule_and_the_total_cannot_tell_one_withheld_figure(
    units: int, most: int, minimum: int
) -> None:
    """Every table there is: those that look the same in public never agree on a withheld cell."""
    alike: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for table in product(range(most + 1), repeat=units):
        hidden = withhold(cells_of(*table), minimum).units
        seen = tuple(None if str(at) in hidden else valid for at, valid in enumerate(table, start=1))
        alike[(sum(table), seen)].append(table)
    told = [
        (seen, tables)
        for (total, seen), tables in alike.items()
        if total and len(tables[0]) > 1
        for at, one in enumerate(seen)
        if one is None and len({table[at] for table in tables}) == 1
    ]
    assert told == []


@given(st.lists(st.integers(0, 60), min_size=1, max_size=30))
def test_small_cells_are_always_withheld_and_never_alone(valid: list[int]) -> None:
    table = cells_of(*valid)
    found = withhold(table)
    assert {cell.unit for cell in table if is_small(cell, 10)} <= found.units
    assert len(found.units) != 1 or len(table) == 1


def test_the_public_page_of_a_dictamen_says_totals_and_withholds_small_sections(
    made_up: ModuleType, issued_from: Callable[..., Issued]
) -> None:
    document = json.loads(issued_from(made_up.expediente(300)).document)["documento"]
    page = public_aggregates(document)
    units = page["dispersion"]["unidades"]
    shown = sum(unit["validos"] or 0 for unit in units)
    assert page["resultado"]["validos"] == shown + page["dispersion"]["reservadas"]["validos"]
    assert all(unit["validos"] is None or unit["validos"] == 0 or unit["validos"] >= 10 for unit in units)
    assert page["dispersion"]["lecturas"]["R2"]["alcanzadas"] is None
    assert not page["documento_publicable"]
    assert json.loads(json.dumps(page)) == page
