"""The small counter, on cases small enough to count on one's fingers."""

from datetime import date

import pytest

from samples.count import class_alone, settle

WINDOW = (date(2026, 11, 20), date(2027, 1, 18))
ASPIRANTE = {"cargo": "alcaldia", "ambito": "006"}
MARCO = {
    1: {"demarcacion": "006", "distrito_local": "15", "circunscripcion": "1"},
    2: {"demarcacion": "007", "distrito_local": "21", "circunscripcion": "1"},
}
PEOPLE = {
    "A": {"situacion": "VIGENTE", "seccion": "1"},
    "B": {"situacion": "BAJA_VIGENCIA", "seccion": "2"},
    "C": {"situacion": "PADRON", "seccion": "1"},
    "D": {"situacion": "VIGENTE", "seccion": "2"},
}
GOOD = {
    "record": "r",
    "aspirante": "one",
    "folio": "001-000001-2",
    "page": "1",
    "row": "1",
    "fecha": "2026-12-01",
    "signature": "signed",
    "struck": "no",
    "copy": "none",
    "foreign": "no",
    "original": "yes",
    "found": "elector",
    "elector": "A",
    "undecided": "",
}


@pytest.mark.parametrize(
    ("said", "clase"),
    [
        ({}, "V"),
        ({"elector": "B"}, "B3"),
        ({"elector": "C"}, "P"),
        ({"elector": "D"}, "G"),
        ({"signature": "none"}, "I3"),
        ({"signature": "print"}, "V"),
        ({"signature": "none", "undecided": "signature"}, "Q2"),
        ({"found": "not_in_list", "elector": ""}, "N"),
        ({"found": "illegible", "elector": ""}, "I4"),
        ({"found": "illegible", "elector": "", "undecided": "match"}, "Q2"),
        ({"struck": "yes"}, "I8"),
        ({"copy": "bw", "signature": "none"}, "I1"),
        ({"copy": "bw", "foreign": "yes"}, "I9"),
        ({"fecha": "2026-11-19"}, "I11"),
        ({"fecha": "2026-11-20"}, "V"),
        ({"fecha": "2027-01-18"}, "V"),
        ({"fecha": "2027-01-19"}, "I11"),
        ({"fecha": ""}, "V"),
        ({"original": "no"}, "Q1"),
        ({"original": "no", "signature": "none"}, "I3"),
    ],
)
def test_a_row_by_itself(said: dict[str, str], clase: str) -> None:
    assert class_alone({**GOOD, **said}, ASPIRANTE, PEOPLE, MARCO, WINDOW) == clase


def row(record: str, side: str, day: str) -> dict[str, str]:
    return {**GOOD, "record": record, "aspirante": side, "fecha": day, "row": record[-1]}


def test_the_latest_date_wins_across_candidates() -> None:
    assert settle([row("a1", "one", "2026-12-01"), row("b1", "two", "2026-12-02")]) == {"a1": "D2", "b1": "V"}


def test_equal_dates_across_candidates_are_a_tie() -> None:
    assert settle([row("a1", "one", "2026-12-01"), row("b1", "two", "2026-12-01")]) == {"a1": "DT", "b1": "DT"}


def test_one_record_is_kept_within_a_candidate_the_latest_then_the_first_row() -> None:
    group = [row("a1", "one", "2026-12-01"), row("a2", "one", "2026-12-03"), row("a3", "one", "2026-12-03")]
    assert settle(group) == {"a1": "D1", "a2": "V", "a3": "D1"}


def test_only_the_kept_record_meets_the_rival() -> None:
    group = [row("a1", "one", "2026-12-01"), row("a2", "one", "2026-12-03"), row("b1", "two", "2026-12-02")]
    assert settle(group) == {"a1": "D1", "a2": "V", "b1": "D2"}
