"""Group verification of single glyphs: one grid a character, all confirmed but the odd ones, taken back whole."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from service.desk.decisions import Decision, decide
from service.store import pages, questions
from service.store.cells import CellAct, DoubtfulCell, count_cells
from service.store.desk import escalate
from service.store.findings import newest_match, newest_tally, rulings_in_force, standing_reviews
from service.store.papers import RowRead


def waiting(house: Any) -> dict[str, int]:
    with house.store.reading() as session:
        return dict(count_cells(session))


def shown_on(page: str) -> list[str]:
    return re.findall(r'name="shown" value="(\d+)"', page)


def doubted(house: Any) -> str:
    """The record whose clave was read with doubt in every cell."""
    with house.store.reading() as session:
        for item, _record, _answers in questions.open_questions(session, ["match"]):
            view = pages.record_view(session, item.record)
            if view.match.candidates and not view.match.accepted:
                return str(item.record)
    raise AssertionError("the script has such a row")


def confirm_all(house: Any, somebody: Any) -> int:
    acts = 0
    for character in list(waiting(house)):
        place = f"/revision/celdas/{character}"
        shown = shown_on(somebody.get(place).text)
        answer = somebody.post(place, {"shown": shown}, at=place)
        assert answer.status_code == 303, answer.text
        acts += 1
    return acts


def test_a_doubtful_clave_confirmed_glyph_by_glyph_is_matched_again_and_counts(
    house: Any, person: Callable[[str], Any]
) -> None:
    record, one = doubted(house), person("revisora1")
    with house.store.reading() as session:
        before = newest_tally(session, "A001").document["valid"]
    queue = one.get("/revision").text
    for character, count in waiting(house).items():
        assert f"/revision/celdas/{character}" in queue
        assert count > 0
    assert confirm_all(house, one) >= 5
    house.work()
    with house.store.reading() as session:
        assert newest_match(session, record).accepted
        assert newest_match(session, record).cells > 0
        assert newest_tally(session, "A001").document["valid"] == before + 1
        assert (
            rulings_in_force(session, "2026-2027")[record].decided_by == "desk"
        )  # people read its key, not the machine
    assert waiting(house) == {}


def test_the_odd_one_out_is_not_confirmed_and_shows_in_its_row(house: Any, person: Callable[[str], Any]) -> None:
    record, one = doubted(house), person("revisora1")
    character = next(iter(waiting(house)))
    place = f"/revision/celdas/{character}"
    shown = shown_on(one.get(place).text)
    answer = one.post(place, {"shown": shown, "odd": shown[:1]}, at=place)
    assert answer.status_code == 303
    with house.store.reading() as session:
        item = next(i for i, r, _a in questions.open_questions(session, ["match"]) if r.id == record)
        event = next(e for e in pages.events_page(session, None) if e.kind == "CellsJudged")
    assert event.facts["confirmed"] == len(shown) - 1
    assert event.facts["odd"] == 1
    page = one.get(f"/revision/asuntos/{item.id}").text
    assert page.count('class="cell denied"') == 2  # the cell and the legend that explains it
    assert waiting(house).get(character, 0) == 0


def test_taking_a_grid_back_keeps_both_acts_and_asks_again(house: Any, person: Callable[[str], Any]) -> None:
    record, one = doubted(house), person("revisora1")
    before = waiting(house)
    confirm_all(house, one)
    house.work()
    for _ in before:
        assert one.post("/revision/celdas", {}, at="/revision").status_code == 303
    house.work()
    with house.store.reading() as session:
        acts = session.query(CellAct).order_by(CellAct.id).all()
        done = [act.id for act in acts if act.undoes is None]
        assert [act.undoes for act in acts if act.undoes] == done[::-1]
        kinds = [event.kind for event in pages.events_page(session, None)]
        assert not newest_match(session, record).accepted
    assert {"CellsJudged", "CellsUndone"} <= set(kinds)
    assert waiting(house) == before
    assert "NADA_QUE_DESHACER" in person("revisora2").post("/revision/celdas", {}, at="/cuenta").text


def test_cells_in_hand_are_lent_to_nobody_else(house: Any, person: Callable[[str], Any]) -> None:
    one, two = person("revisora1"), person("revisora2")
    place = f"/revision/celdas/{next(iter(waiting(house)))}"
    first = shown_on(one.get(place).text)
    assert first
    assert not set(shown_on(two.get(place).text)) & set(first)
    answer = two.post(place, {"shown": first}, at=place)
    assert answer.status_code == 303
    fourth = person("supervisora")  # and nobody judges what was never put before them
    with house.store.writing() as session:
        session.query(DoubtfulCell).update({"lent_to": None, "lent_until": None})
    assert fourth.post(place, {"shown": first}, at=place.replace("celdas/", "celdas/Z")).status_code == 303
    with house.store.reading() as session:
        assert session.query(CellAct).count() == 0


def test_the_pictures_of_a_grid_come_on_one_sheet_and_only_to_who_may_see_them(
    house: Any, person: Callable[[str], Any]
) -> None:
    one = person("captura")
    character = next(iter(waiting(house)))
    page = one.get(f"/revision/celdas/{character}").text
    picture = re.search(r'href="(/revision/celdas\.jpg[^"]+)"', page)[1]
    answer = one.get(picture)
    assert answer.status_code == 200
    assert answer.data[:2] == b"\xff\xd8"
    assert one.get("/revision/celdas.jpg?celdas=999999").status_code == 404
    assert person("aspirante1").get(picture).status_code == 403


def test_a_capturista_reads_and_answers_nothing_else(house: Any, person: Callable[[str], Any]) -> None:
    clerk = person("captura")
    queue = clerk.get("/revision").text
    assert "Lectura" in queue
    assert "Depuración" not in queue
    with house.store.reading() as session:
        dated = questions.open_questions(session, ["date"])[0][0].id
        match = questions.open_questions(session, ["match"])[0][0].id
    assert clerk.get(f"/revision/asuntos/{match}").status_code == 404
    page = clerk.get(f"/revision/asuntos/{dated}").text
    assert "Es esta fecha" in page
    assert "Está fuera del periodo" not in page
    refused = clerk.post(f"/revision/asuntos/{dated}", {"decision": "reject", "reason": "I11"})
    assert "SIN_FACULTAD" in refused.text
    taken = clerk.post(f"/revision/asuntos/{dated}", {"decision": "date", "reason": "2026-12-05"})
    assert taken.status_code == 303
    with house.store.reading() as session:
        assert [review.by for review in standing_reviews(session, dated)] == ["captura"]


def date_in_doubt(house: Any) -> int:
    """The question of a date whose first figure, a zero, was read with doubt."""
    with house.store.writing() as session:
        item, record, _answers = questions.open_questions(session, ["date"])[0]
        read = session.query(RowRead).filter_by(record=record.id).one()
        read.fecha_read = "051226"
        session.add(DoubtfulCell(record=record.id, row_read_id=read.id, field="fecha", cell=0, character="0"))
        return int(item.id)


@pytest.mark.parametrize("passed_on", ["two people differ", "escalated"])
def test_a_date_that_waits_for_a_supervisor_stays_with_them_and_stops_no_grid(
    house: Any, person: Callable[[str], Any], passed_on: str
) -> None:
    item, revisor = date_in_doubt(house), frozenset({"revisor"})
    with house.store.writing() as session:
        if passed_on == "escalated":
            escalate(session, item, "revisora1")
        else:
            decide(session, house.settings, item, Decision("reject", "I11"), by="revisora1", roles=revisor)
            answer = Decision("date", "2026-12-06")
            decide(session, house.settings, item, answer, by="revisora2", roles=revisor)
    clerk, place = person("captura"), "/revision/celdas/0"
    taken = clerk.post(place, {"shown": shown_on(clerk.get(place).text)}, at=place)
    assert taken.status_code == 303, taken.text
    with house.store.reading() as session:
        assert questions.is_open(session, item)
        assert "captura" not in [review.by for review in standing_reviews(session, item)]


def test_a_grid_is_taken_back_though_a_supervisor_ruled_on_one_of_its_dates(
    house: Any, person: Callable[[str], Any]
) -> None:
    item, revisor = date_in_doubt(house), frozenset({"revisor"})
    with house.store.writing() as session:
        record = questions.find_item(session, item).record
        session.query(RowRead).filter_by(record=record).one().fecha_read = "050130"  # outside: two must agree
    one, place = person("revisora1"), "/revision/celdas/0"
    shown = shown_on(one.get(place).text)
    assert len(shown) > 1
    assert one.post(place, {"shown": shown}, at=place).status_code == 303
    with house.store.writing() as session:
        assert [review.by for review in standing_reviews(session, item)] == ["revisora1"]
        other = Decision("date", "2026-12-06")
        decide(session, house.settings, item, other, by="revisora2", roles=revisor)
        decide(session, house.settings, item, other, by="supervisora", roles=frozenset({"supervisor"}))
    back = one.post("/revision/celdas", {}, at=place)
    assert back.status_code == 303, back.text
    assert "1 fechas quedan como las resolvió" in one.get(place).text
    assert len(shown_on(one.get(place).text)) == len(shown) - 1  # all but the cell of the date that was ruled
    with house.store.reading() as session:
        assert len(standing_reviews(session, item)) == 3
    assert "NADA_QUE_DESHACER" in one.post("/revision/celdas", {}, at=place).text
