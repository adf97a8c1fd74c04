"""A parameter changes with an acuerdo, its effect shown first, and a second person."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.padron.parameters import write_toml
from service.proceso.register import law_proceso
from service.store.findings import newest_tally
from service.store.proceso import proceso_in_force

PLACE = "/procesos/2026-2027/parametros/cotejo"
SCALARS = st.one_of(
    st.text(max_size=20),
    st.integers(-(2**40), 2**40),
    st.booleans(),
    st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)),
)
TABLES = st.dictionaries(st.text(min_size=1, max_size=8), SCALARS, max_size=4)


def propose(somebody: Any, **fields: str) -> Any:
    return somebody.post(PLACE, {"value": "no", "acuerdo": "IECM/ACU-CG-001/2027", "since": "2027-01-01", **fields})


def parameter(house: Any) -> Any:
    with house.store.reading() as session:
        return law_proceso(proceso_in_force(session, "2026-2027").text).parametros.fuentes["cotejo"]


def test_nothing_changes_until_another_person_approves(house: Any, person: Callable[[str], Any]) -> None:
    one, two = person("admin"), person("admin2")
    assert one.get(PLACE).status_code == 200
    made = propose(one)
    assert made.status_code == 303, made.text
    place = made.headers["Location"]
    shown = one.get(place).text
    assert "A001" in shown
    assert parameter(house).valor == "exigido"
    assert "MISMA_PERSONA" in one.post(place, {"answer": "approve"}).text
    assert two.post(place, {"answer": "approve"}).status_code == 303
    changed = parameter(house)
    assert (changed.valor, changed.acuerdo, changed.aprobo) == ("no", "IECM/ACU-CG-001/2027", "admin2")
    house.work()
    with house.store.reading() as session:
        assert newest_tally(session, "A001") is not None
    assert "YA_RESUELTO" in two.post(place, {"answer": "approve"}).text


def test_the_effect_is_shown_before_and_the_counts_stay(house: Any, person: Callable[[str], Any]) -> None:
    one = person("admin")
    with house.store.reading() as session:
        before = newest_tally(session, "A001").document
    place = one.post(
        "/procesos/2026-2027/parametros/dispersion_lectura",
        {"value": "R2", "acuerdo": "ACU-2", "since": "2027-01-01"},
    ).headers["Location"]
    page = one.get(place).text
    assert re.search(rf'<td class="num">{before["valid"]}</td>', page)
    with house.store.reading() as session:
        assert newest_tally(session, "A001").document == before


def test_a_proposal_over_an_older_version_is_not_approved(house: Any, person: Callable[[str], Any]) -> None:
    one, two = person("admin"), person("admin2")
    first, second = propose(one).headers["Location"], propose(one).headers["Location"]
    two.post(first, {"answer": "approve"})
    assert "VERSION_CAMBIO" in two.post(second, {"answer": "approve"}).text


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"acuerdo": " "}, "SIN_ACUERDO"), ({"value": "quizá"}, "PARAMETRO_VALOR"), ({"since": "ayer"}, "FECHA")],
)
def test_what_is_missing_is_said(person: Callable[[str], Any], fields: dict[str, str], code: str) -> None:
    assert code in propose(person("admin"), **fields).text


def test_the_register_of_ambiguities_is_open_to_parties_too(person: Callable[[str], Any]) -> None:
    assert "35 %" in person("aspirante1").get("/ambiguedades").text


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=8), st.one_of(TABLES, st.lists(TABLES, min_size=1, max_size=3)), max_size=4
    )
)
def test_what_is_written_as_toml_reads_back_the_same(document: dict[str, Any]) -> None:
    assert tomllib.loads(write_toml(document)) == document
