"""Reception on paper: acta, random cotejo that anybody can repeat, photocopy doubts settled sheet in hand."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

import pypdfium2
from hypothesis import given
from hypothesis import strategies as st

from service.intake.cotejo import draw, rank
from service.store import pages, questions
from service.store.findings import newest_tally

PLACE = "/aspirantes/A001/cotejo"


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def draw_one(somebody: Any, size: int = 2) -> Any:
    fields = {"seed": "4021: 07 13 22 31 40 51", "source": "Sorteo 4021", "size": str(size)}
    return somebody.post(PLACE, fields, at=PLACE)


@given(st.sets(st.text("0123456789", min_size=10, max_size=10), min_size=1), st.text(min_size=1), st.integers(1, 50))
def test_a_sample_follows_from_list_and_seed_alone(marks: set[str], seed: str, size: int) -> None:
    drawn = draw(sorted(marks), seed, size)
    assert drawn == draw(sorted(marks, reverse=True), seed, size)
    assert len(drawn) == min(size, len(marks))
    left = marks - set(drawn)
    assert all(rank(seed, mark) > rank(seed, drawn[-1]) for mark in left)


def test_anybody_repeats_the_draw_with_the_published_list(person: Callable[[str], Any]) -> None:
    clerk, party = person("captura"), person("aspirante1")
    listed = party.get(f"{PLACE}/relacion.txt").text
    assert hashlib.sha256(listed.encode()).hexdigest() in party.get(PLACE).text
    assert draw_one(clerk).status_code == 303
    page = party.get(PLACE).text
    seed = "4021: 07 13 22 31 40 51"
    ranked = sorted(listed.split(), key=lambda m: hashlib.sha256(f"{seed}\n{m}".encode()).hexdigest())
    shown = [re.sub(r"\D", "", mark) for mark in re.findall(r'<th scope="row" class="mono">([\d-]+)</th>', page)]
    assert shown == ranked[:2]
    assert "MUESTRA_ABIERTA" in draw_one(clerk).text
    assert person("aspirante2").get(PLACE).status_code == 404


def test_a_drawn_sheet_that_differs_becomes_a_question_and_takes_nothing_away_by_itself(
    house: Any, person: Callable[[str], Any]
) -> None:
    clerk = person("captura")
    draw_one(clerk, 1)
    mark = re.search(r'name="mark" value="(\d+)"', clerk.get(PLACE).text)[1]
    fields = {"sample": "1", "mark": mark, "result": "differs"}
    assert "SIN_MOTIVO" in clerk.post(f"{PLACE}/hoja", fields, at=PLACE).text
    assert clerk.post(f"{PLACE}/hoja", {**fields, "note": "Otra tinta."}, at=PLACE).status_code == 303
    assert "HOJA_COTEJADA" in clerk.post(f"{PLACE}/hoja", {**fields, "note": "Otra."}, at=PLACE).text
    with house.store.reading() as session:
        asked = [i for i, _r, _a in questions.open_questions(session, ["sheet"]) if i.cause == "cotejo:1"]
        before = newest_tally(session, "A001").document["by_class"].get("I9", 0)
    assert asked
    house.work()
    with house.store.reading() as session:
        assert newest_tally(session, "A001").document["by_class"].get("I9", 0) == before
    assert "Otra tinta." in clerk.get(PLACE).text


def test_the_acta_says_counts_folios_hashes_and_that_it_is_a_rehearsal(
    house: Any, person: Callable[[str], Any]
) -> None:
    clerk = person("captura")
    draw_one(clerk)
    answer = clerk.get("/aspirantes/A001/originales/acta.pdf")
    said = text_of(answer.data)
    assert "ENSAYO" in said
    assert "Primer folio recibido: 001-000001-" in said
    assert "Último folio recibido: 001-000003-" in said
    assert "Semilla pública: «4021: 07 13 22 31 40 51»" in said
    with house.store.reading() as session:
        event = next(e for e in pages.events_page(session, None) if e.kind == "ActaDrawn")
    assert event.facts["sha256"] == hashlib.sha256(answer.data).hexdigest()
    assert person("aspirante2").get("/aspirantes/A001/originales/acta.pdf").status_code == 404


def test_a_photocopy_doubt_is_settled_with_the_paper_in_hand(house: Any, person: Callable[[str], Any]) -> None:
    clerk, boss = person("captura"), person("supervisora")
    page = clerk.get("/aspirantes/A001/papel").text
    sheet = re.search(r'name="sheet" value="([^"]+)"', page)[1]
    place, fields = "/aspirantes/A001/papel", {"sheet": sheet}
    with house.store.reading() as session:
        rows = len(questions.open_questions(session, ["copy"]))
    assert rows == 4
    assert "SIN_FACULTAD" in clerk.post(place, {**fields, "decision": "signed"}, at=place).text
    clerk.post(place, {**fields, "decision": "copy"}, at=place)
    assert "falta otra persona" in clerk.get(place).text
    with house.store.reading() as session:
        assert len(questions.open_questions(session, ["copy"])) == rows  # a photocopy needs a second person
    boss.post(place, {**fields, "decision": "copy"}, at=place)
    house.work()
    with house.store.reading() as session:
        assert questions.open_questions(session, ["copy"]) == []
        assert newest_tally(session, "A001").document["by_class"]["I1"] == rows
    assert "No hay hojas en duda" in clerk.get(place).text


def test_reception_is_reconciled_delivery_by_delivery(person: Callable[[str], Any]) -> None:
    page = person("captura").get("/aspirantes/A001/originales").text
    assert "Conciliación por entrega" in page
    assert re.search(r'L00001</th>.*?<span class="tag good">sí</span>', page, re.DOTALL)
