"""Who only observes is shown no more than a party: a party's friend may observe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from service.store.findings import newest_tally
from service.store.papers import Original
from service.store.shown import at_least, party_tally

PLACES = ("/", "/aspirantes", "/aspirantes/A001", "/aspirantes/A001/avance", "/dictamenes")


@pytest.fixture
def before_the_paper(house: Any) -> Any:
    """The count stands, and no original of A001 has come."""
    with house.store.writing() as session:
        session.query(Original).filter(Original.aspirante == "A001").delete()
    return house


def test_the_count_of_sheets_not_received_is_no_news_to_who_observes(
    before_the_paper: Any, person: Callable[[str], Any]
) -> None:
    with before_the_paper.store.reading() as session:
        whole, told = newest_tally(session, "A001").document, party_tally(session, "A001")
    assert whole["valid"] > told["valid"] == 0
    observer, staff = person("observa"), person("deapf")
    label = f"{whole['valid']} válidos"
    assert label in staff.get("/aspirantes/A001").text
    for place in PLACES:
        text = observer.get(place).text
        assert label not in text, place
        assert ">N<" not in text, place
    assert "0 válidos" in observer.get("/aspirantes/A001").text
    assert "Hay en" not in observer.get("/aspirantes/A001/avance").text


def test_who_observes_is_told_of_a_unit_in_steps(house: Any, person: Callable[[str], Any]) -> None:
    with house.store.reading() as session:
        units = newest_tally(session, "A001").document["dispersion"]
    assert any(0 < valid < 10 for valid in units.values())
    text = person("observa").get("/aspirantes/A001/avance").text
    assert "menos de 10" in text
    assert "en pasos de 10" in text
    assert "menos de 10" not in person("aspirante1").get("/aspirantes/A001/avance").text
    assert at_least({"0001": 9, "0002": 10, "0003": 39}, 10) == {"0002": 10, "0003": 30}


def test_who_observes_reads_no_preliminary_report(house: Any, person: Callable[[str], Any]) -> None:
    drafter = person("deapf")
    made = drafter.post("/dictamenes", {"aspirante": "A001", "on": "2027-02-15", "preliminary": "1"})
    place = made.headers["Location"]
    observer = person("observa")
    assert place not in observer.get("/dictamenes").text
    for more in ("", "/archivos/dictamen.json", "/archivos/dictamen.pdf"):
        assert observer.get(place + more).status_code == 404
