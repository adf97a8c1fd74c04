"""A row read badly is typed by who sees it: the list is asked anew, and nothing is answered by that alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from service.store import pages, questions
from service.store.findings import newest_match, rulings_in_force


def unread(house: Any) -> tuple[int, str, str]:
    """The question about a row read with doubt in every cell of its key; what it truly says: clave and section."""
    with house.store.reading() as session:
        for item, _record, _answers in questions.open_questions(session, ["match"]):
            view = pages.record_view(session, item.record)
            if view.match.candidates and not view.match.accepted:
                return int(item.id), view.read.clave, view.read.seccion
    raise AssertionError("the script has such a row")


def test_what_a_person_types_of_a_row_brings_candidates_and_answers_nothing(
    house: Any, person: Callable[[str], Any]
) -> None:
    one, (item, clave, seccion) = person("revisora1"), unread(house)
    address = f"/revision/asuntos/{item}"
    page = one.get(address).text
    with house.store.reading() as session:
        record = questions.find_item(session, item).record
        before = newest_match(session, record)
    typed = {"clave": clave[:-2] + "??", "seccion": seccion, "nombre": ""}
    assert one.post(f"{address}/captura", typed, at=address).status_code == 303
    page = one.get(address).text
    assert clave[:-2] in page
    with house.store.reading() as session:
        found = newest_match(session, record)
        assert found.id > before.id
        assert found.candidates[0]["clave"] == clave
        assert found.candidates[0]["probability"] > 0.9
        assert not found.accepted  # one person's typing is nobody's answer
        assert questions.is_open(session, item)
        facts = [e.facts for e in pages.events_page(session, None) if e.kind == "ListLookedUp"]
    assert facts[0]["purpose"] == "captura"
    assert clave[:-2] not in json.dumps(facts)
    house.work()  # the workers' own matching of the page takes the capture too, and adds nothing
    with house.store.reading() as session:
        assert newest_match(session, record).id == found.id
    assert one.post(address, {"decision": "elector", "clave": clave}, at=address).status_code == 303
    house.work()
    with house.store.reading() as session:
        assert rulings_in_force(session, "2026-2027")[record].clase == "V"


def test_a_capture_has_the_form_of_what_is_printed(house: Any, person: Callable[[str], Any]) -> None:
    one, (item, _clave, _seccion) = person("revisora1"), unread(house)
    address = f"/revision/asuntos/{item}"
    for form, code in (
        ({"clave": "CORTA"}, "CAPTURA_FORMA"),
        ({"numero_ocr": "12a4567890123"}, "CAPTURA_FORMA"),
        ({"seccion": "  "}, "CAPTURA_VACIA"),
    ):
        assert code in one.post(f"{address}/captura", form, at=address).text
    assert person("captura").post(f"{address}/captura", {"clave": "X" * 18}, at="/revision").status_code == 403
