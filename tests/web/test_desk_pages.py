"""The desks as people use them: blind second look, supervisor on disagreement, loan, undo, escalation, groups."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from service.cli import main
from service.store import now, pages, questions
from service.store.credentials import CredentialCopy
from service.store.findings import ReviewItem, Ruling, newest_tally, standing_reviews, standing_settlement
from service.store.papers import RowRead
from service.store.work import add_job, count_events


def first_item(house: Any, kind: str) -> int:
    with house.store.reading() as session:
        return questions.open_questions(session, [kind])[0][0].id


def settled(house: Any, item: int) -> bool:
    with house.store.reading() as session:
        return standing_settlement(session, item) is not None


def answer(somebody: Any, item: int, decision: str, reason: str = "", clave: str = "") -> Any:
    return somebody.post(f"/revision/asuntos/{item}", {"decision": decision, "reason": reason, "clave": clave})


def test_a_positive_answer_settles_and_the_tally_follows(house: Any, person: Callable[[str], Any]) -> None:
    one = person("revisora1")
    item = first_item(house, "strike")
    assert "tachado" in one.get(f"/revision/asuntos/{item}").text
    with house.store.reading() as session:
        before = newest_tally(session, "A001").document
    assert answer(one, item, "clean").status_code == 303
    assert settled(house, item)
    house.work()
    with house.store.reading() as session:
        after = newest_tally(session, "A001").document
    assert after["valid"] == before["valid"] + 1
    assert after["pending"] == before["pending"] - 1
    assert f"<strong>{after['valid']}</strong>" in one.get("/aspirantes/A001").text


def test_a_rejection_needs_a_second_person_who_does_not_see_the_first(
    house: Any, person: Callable[[str], Any]
) -> None:
    one, two = person("revisora1"), person("revisora2")
    item = first_item(house, "signature")
    one.get(f"/revision/asuntos/{item}")
    answer(one, item, "unsigned")
    assert not settled(house, item)
    assert "lo debe ver otra persona" in one.get(f"/revision/asuntos/{item}").text
    assert answer(one, item, "unsigned").status_code == 422
    seen = two.get(f"/revision/asuntos/{item}").text
    assert "revisora1" not in seen
    assert "difieren" not in seen
    answer(two, item, "unsigned")
    assert settled(house, item)
    house.work()
    assert "Sin firma" in two.get("/aspirantes/A001").text


def test_when_two_differ_only_a_supervisor_decides_and_sees_both(house: Any, person: Callable[[str], Any]) -> None:
    one, two, boss = person("revisora1"), person("revisora2"), person("supervisora")
    item = first_item(house, "signature")
    one.get(f"/revision/asuntos/{item}")
    answer(one, item, "unsigned")
    two.get(f"/revision/asuntos/{item}")
    answer(two, item, "signed")
    assert not settled(house, item)
    third = boss.get(f"/revision/asuntos/{item}").text
    assert "Revisiones que difieren" in third
    answer(boss, item, "signed")
    assert settled(house, item)
    assert "Firma o huella" in boss.get("/revision/concordancia").text


def test_an_item_in_hand_is_lent_to_nobody_else(house: Any, person: Callable[[str], Any]) -> None:
    one, two = person("revisora1"), person("revisora2")
    taken = one.get("/revision/siguiente?kind=signature").headers["Location"]
    one.get(taken)
    assert two.get("/revision/siguiente?kind=signature").headers["Location"] != taken
    assert "Otra persona tiene este asunto" in two.get(taken).text
    number = int(re.search(r"asuntos/(\d+)", taken)[1])
    refused = answer(two, number, "signed")
    assert refused.status_code == 422
    assert "ASUNTO_PRESTADO" in refused.text


def test_u_takes_back_ones_own_last_answer_and_both_acts_are_kept(house: Any, person: Callable[[str], Any]) -> None:
    one = person("revisora1")
    item = first_item(house, "strike")
    one.get(f"/revision/asuntos/{item}")
    answer(one, item, "clean")
    back = one.post("/revision/deshacer", {})
    assert f"/revision/asuntos/{item}" in back.headers["Location"]
    assert not settled(house, item)
    with house.store.reading() as session:
        assert standing_reviews(session, item) == []
        kinds = [event.kind for event in pages.events_page(session, None)]
    assert {"ReviewGiven", "ReviewUndone"} <= set(kinds)


def test_what_is_passed_on_only_a_supervisor_gets(house: Any, person: Callable[[str], Any]) -> None:
    one, two, boss = person("revisora1"), person("revisora2"), person("supervisora")
    item = first_item(house, "date")
    one.get(f"/revision/asuntos/{item}")
    one.post(f"/revision/asuntos/{item}/escalar", {})
    assert f"asuntos/{item}" not in two.get("/revision/lista?kind=date").text
    assert f"asuntos/{item}" in boss.get("/revision/lista?kind=date").text


def test_a_group_is_confirmed_at_once_and_the_odd_ones_stay(house: Any, person: Callable[[str], Any]) -> None:
    one = person("revisora1")
    page = one.get("/revision/grupo/signature").text
    shown = re.findall(r'name="shown" value="(\d+)"', page)
    assert len(shown) >= 5
    one.post("/revision/grupo/signature", {"shown": shown, "odd": shown[:2]})
    assert [settled(house, int(item)) for item in shown] == [False, False, *[True] * (len(shown) - 2)]


def test_candidates_come_with_evidence_and_their_clave_compared(house: Any, person: Callable[[str], Any]) -> None:
    one = person("revisora1")
    with house.store.reading() as session:
        items = [i for i, _r, _a in questions.open_questions(session, ["match"])]
        views = {i.id: pages.record_view(session, i.record) for i in items}
    with_candidates = next(item for item, view in views.items() if view.match.candidates)
    page = one.get(f"/revision/asuntos/{with_candidates}").text
    best = views[with_candidates].match.candidates[0]
    assert best["nombre"] in page
    assert best["evidence"][0]["sentence"] in page.replace("&#39;", "'")
    answer(one, with_candidates, "elector", clave=best["clave"])
    assert settled(house, with_candidates)


def test_an_answer_of_another_kind_of_question_is_refused_in_one_sentence(
    house: Any, person: Callable[[str], Any]
) -> None:
    one = person("revisora1")
    item = first_item(house, "date")
    one.get(f"/revision/asuntos/{item}")
    refused = answer(one, item, "signed")
    assert refused.status_code == 422
    assert "DECISION_AJENA" in refused.text


def test_a_tie_is_decided_looking_at_both_supports(house: Any, person: Callable[[str], Any]) -> None:
    with house.store.writing() as session:
        lost = pages.record_lines(session, "A001", classes=["D2"])[0]
        clave = pages.record_view(session, lost.record.id).ruling.clave
        (pair,) = questions.other_appearances(session, clave, lost.record.id)
        for record in (lost.record.id, pair[0].id):
            session.query(RowRead).filter_by(record=record).one().fecha = dt.date(2026, 12, 5)
        add_job(session, "rule", "2026-2027", None, now())
    house.work()
    page = person("revisora1").get(f"/revision/asuntos/{first_item(house, 'tie')}").text
    assert "El otro apoyo: A00" in page
    assert "05/12/2026" in page
    assert page.count("/renglon.jpg") >= 2
    with house.store.reading() as session:
        seen = [event.facts for event in pages.events_page(session, None) if event.kind == "ImageSeen"]
    assert "empate" in [facts["what"] for facts in seen]


def test_the_copy_of_a_credential_is_shown_with_its_row_and_to_nobody_else(
    house: Any, person: Callable[[str], Any]
) -> None:
    item = first_item(house, "match")
    with house.store.writing() as session:
        record = session.get_one(ReviewItem, item).record
        page = pages.record_view(session, record).page.id
        copy = CredentialCopy(page_id=page, number=1, record=record, agrees=True, mrz="valid", at=now())
        session.add(copy)
        session.flush()
        number = copy.id
        (other, *_) = [line.record.id for line in pages.record_lines(session, "A001") if line.record.id != record]
    one, picture = person("revisora1"), f"/registros/{record}/credencial-{number}.jpg"
    shown = one.get(f"/revision/asuntos/{item}").text
    assert picture in shown
    assert "concuerdan sus dígitos verificadores" in shown
    assert one.get(picture).headers["Content-Type"] == "image/jpeg"
    assert one.get(f"/registros/{other}/credencial-{number}.jpg").status_code == 404
    assert person("aspirante1").get(picture).status_code in (403, 404)


def test_a_file_of_decisions_names_the_line_whose_clave_is_not_in_the_list(
    house: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.store.reading() as session:
        record = session.get_one(ReviewItem, first_item(house, "match")).record
    file = tmp_path / "decisiones.csv"
    file.write_text(f"record,decision,reason,clave,by\n{record},elector,,FRBRLC99110220M100,revisora1\n", "utf-8")
    monkeypatch.setenv("RESPALDO_DATA", str(house.settings.data))
    monkeypatch.setenv("RESPALDO_DATABASE_URL", house.settings.database_url)
    monkeypatch.setenv("RESPALDO_OPERATOR", "prueba")
    with pytest.raises(SystemExit) as ended:
        main(["review", "decide", "--in", str(file)])
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("Línea 2: Esa clave no está en la lista nominal")
    with house.store.reading() as session:
        assert count_events(session, "ListLookedUp", "revisora1", "2026") == 1


def test_of_many_aspirantes_one_is_chosen_instead_of_a_column_each(
    house: Any, person: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = person("revisora1")
    assert "aspirante=A001" in one.get("/revision").text
    monkeypatch.setattr("service.desk.views.COLUMNS_SHOWN", 1)
    page = one.get("/revision").text
    assert '<option value="A002">' in page
    assert "aspirante=A001" not in page
    chosen = one.get("/revision?aspirante=A002").text
    assert "aspirante=A002" in chosen or "Siguiente asunto<" in chosen
    assert "/revision/siguiente?kind=signature" not in chosen  # only A001 has such questions


@pytest.mark.parametrize("nearest", ["A001", "A002"])
def test_the_outcome_nearest_to_its_edge_comes_first(nearest: str, house: Any, person: Callable[[str], Any]) -> None:
    with house.store.writing() as session:
        other = pages.record_lines(session, "A002", classes=["V"])[1].record.id
        session.add(ReviewItem(record=other, kind="strike", cause="prueba", reasons=["I8? Raya."], at=now()))
        session.query(Ruling).update({"pivotal": True})
        for aspirante in ("A001", "A002"):
            tally = newest_tally(session, aspirante)
            far = 1 if aspirante == nearest else 9
            tally.document = {**tally.document, "valid": tally.document["required"] - far, "pending": 2 * far}
    taken = person("revisora1").get("/revision/siguiente?kind=strike").headers["Location"]
    with house.store.reading() as session:
        item = questions.find_item(session, int(re.search(r"asuntos/(\d+)", taken)[1]))
        assert pages.record_view(session, item.record).record.aspirante == nearest
