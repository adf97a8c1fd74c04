"""The hearing end to end: notice, every row with all its reasons, claims with evidence, a decision that changes a
result and tells the rival, and an acta; nothing overwritten."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from typing import Any

import pytest

from service.access.words import CITY
from service.audiencia.acts import give_notice
from service.store import audiencia, now, pages
from service.store.findings import ReviewItem, newest_run, newest_tally, rulings_in_force
from service.store.pages import rulings_of
from service.store.papers import Original
from service.store.work import add_job, count_events


def record_of_class(house: Any, aspirante: str, clase: str) -> str:
    with house.store.reading() as session:
        lines = pages.record_lines(session, aspirante, classes=[clase])
    return lines[0].record.id


def tally(house: Any, aspirante: str) -> Any:
    with house.store.reading() as session:
        return newest_tally(session, aspirante).document


def notify(officer: Any, aspirante: str = "A001") -> int:
    answer = officer.post(f"/aspirantes/{aspirante}/audiencia", {"at": ""})
    assert answer.status_code == 303, answer.text
    return int(re.search(r"/audiencias/(\d+)", answer.headers["Location"])[1])


def claim(party: Any, notice: int, records: list[str], text: str, files: Any = ()) -> int:
    data = {"record": records, "text": text, "evidence": [(io.BytesIO(data), name) for name, data in files]}
    answer = party.post(f"/audiencias/{notice}/alegatos", data, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return int(re.search(r"/alegatos/(\d+)", answer.headers["Location"])[1])


def test_a_hearing_changes_a_result_and_tells_the_rival(house: Any, person: Callable[[str], Any]) -> None:
    party, rival, officer = person("aspirante1"), person("aspirante2"), person("audiencia")
    lost = record_of_class(house, "A001", "D2")
    before, rival_before = tally(house, "A001"), tally(house, "A002")
    notice = notify(officer)
    seen = party.get(f"/audiencias/{notice}").text
    assert lost in seen
    assert "Duplicado, otro aspirante" in seen
    assert "A002" not in seen
    number = claim(
        party, notice, [lost], "La firma es del 15 de diciembre; adjunto la hoja.", [("hoja.pdf", b"%PDF-1")]
    )
    assert tally(house, "A001")["by_class"]["Q3"] == 1
    page = officer.get(f"/alegatos/{number}").text
    assert "hoja.pdf" in page
    assert "tiempo que queda" in party.get("/").text
    assert "Renglones alegados por resolver: 1" in officer.get("/").text
    assert f'/alegatos/{number}"' in officer.get("/audiencia").text
    decided = officer.post(
        f"/alegatos/{number}/resolver",
        {
            "record": lost,
            "answer": "grant",
            "cure": ["D2"],
            "fecha": "2026-12-15",
            "motive": "La hoja original muestra la fecha 15 de diciembre de 2026.",
        },
    )
    assert decided.status_code == 303, decided.text
    assert tally(house, "A001")["valid"] == before["valid"] + 1
    assert tally(house, "A002")["valid"] == rival_before["valid"] - 1
    told = rival.get("/audiencia").text
    assert "Cambios en sus renglones" in told
    assert "Duplicado, otro aspirante" in told
    assert lost not in told
    with house.store.reading() as session:
        history = [r.clase for r in rulings_of(session, lost)]
        assert history[-1] == "V"
        assert {"D2", "Q3"} <= set(history)
        read = [event for event in pages.events_page(session, None) if event.kind == "HearingRead"]
    assert [(event.actor, event.facts["what"]) for event in read] == [("aspirante1", "failing")]
    acta = officer.get(f"/audiencias/{notice}/acta.pdf")
    assert acta.data.startswith(b"%PDF")


def test_a_denied_claim_keeps_the_class_and_shows_its_motive(house: Any, person: Callable[[str], Any]) -> None:
    party, officer = person("aspirante1"), person("audiencia")
    lost = record_of_class(house, "A001", "D2")
    notice = notify(officer)
    number = claim(party, notice, [lost], "No estoy de acuerdo.")
    officer.post(
        f"/alegatos/{number}/resolver",
        {"record": lost, "answer": "deny", "motive": "No se aportó prueba alguna de otra fecha."},
    )
    with house.store.reading() as session:
        assert rulings_in_force(session, "2026-2027")[lost].clase == "D2"
    assert "No se aportó prueba" in party.get(f"/alegatos/{number}").text
    again = officer.post(
        f"/alegatos/{number}/resolver", {"record": lost, "answer": "deny", "motive": "Otra vez lo mismo, sin más."}
    )
    assert "YA_RESUELTO" in again.text


def test_a_decision_without_motive_or_correction_is_refused(house: Any, person: Callable[[str], Any]) -> None:
    party, officer = person("aspirante1"), person("audiencia")
    lost = record_of_class(house, "A001", "D2")
    notice = notify(officer)
    number = claim(party, notice, [lost], "Alego.")
    place = f"/alegatos/{number}/resolver"
    assert "SIN_MOTIVO" in officer.post(place, {"record": lost, "answer": "deny", "motive": "no"}).text
    granted = {"record": lost, "answer": "grant", "motive": "Se concede por lo probado."}
    assert "SIN_CORRECCION" in officer.post(place, granted).text


def test_a_clave_outside_the_list_asked_in_a_hearing_leaves_its_trace(
    house: Any, person: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused, it leaves no decision; that somebody asked the list stays, and counts towards the person's limit."""
    party, officer = person("aspirante1"), person("audiencia")
    lost = record_of_class(house, "A001", "D2")
    number = claim(party, notify(officer), [lost], "Está en la lista.")
    form = {"record": lost, "answer": "grant", "motive": "Se probó con su credencial.", "cure": "N"}
    asked = {**form, "clave": "FRBRLC99110220M100"}
    assert "CLAVE_FUERA_DE_LISTA" in officer.post(f"/alegatos/{number}/resolver", asked).text
    with house.store.reading() as session:
        assert audiencia.undecided_rows(session, number) == [lost]
        assert count_events(session, "ListLookedUp", "audiencia", "2026") == 1
    monkeypatch.setattr("service.jobs.lookups.LOOK_UPS_AN_HOUR", 1)
    assert "MUCHAS_CONSULTAS" in officer.post(f"/alegatos/{number}/resolver", asked).text
    assert "SIN_CLAVE" in officer.post(f"/alegatos/{number}/resolver", form).text


def test_after_the_term_no_claim_is_taken(house: Any, person: Callable[[str], Any]) -> None:
    lost = record_of_class(house, "A001", "D2")
    with house.store.writing() as session:
        given = give_notice(session, "A001", "audiencia")
        given.term_ends = now() - dt.timedelta(hours=1)
        notice = given.id
    party = person("aspirante1")
    assert "terminó" in party.get(f"/audiencias/{notice}").text
    late = party.post(f"/audiencias/{notice}/alegatos", {"record": [lost], "text": "Tarde."})
    assert "PLAZO_VENCIDO" in late.text


def test_a_party_claims_only_its_own_rows(house: Any, person: Callable[[str], Any]) -> None:
    party, officer = person("aspirante1"), person("audiencia")
    foreign = record_of_class(house, "A002", "V")
    notice = notify(officer)
    refused = party.post(f"/audiencias/{notice}/alegatos", {"record": [foreign], "text": "Es mío."})
    assert "RENGLON_AJENO" in refused.text
    with house.store.reading() as session:
        assert audiencia.claims_of(session, notice) == []


def test_all_rows_can_be_reviewed_with_their_images(house: Any, person: Callable[[str], Any]) -> None:
    party, officer = person("aspirante1"), person("audiencia")
    notice = notify(officer)
    page = party.get(f"/audiencias/{notice}?ver=all").text
    images = re.findall(r'src="(/registros/[^"]+/renglon\.jpg)"', page)
    assert len(images) == 20
    assert all(party.get(image).status_code == 200 for image in images[:3])


def test_a_notice_cannot_be_older_than_what_it_says(house: Any, person: Callable[[str], Any]) -> None:
    officer = person("audiencia")
    a_week_ago = (now() - dt.timedelta(days=7)).astimezone(CITY).strftime("%Y-%m-%dT%H:%M")
    refused = officer.post("/aspirantes/A001/audiencia", {"at": a_week_ago})
    assert refused.status_code == 422
    assert "HORA_ANTERIOR" in refused.text
    with house.store.reading() as session:
        assert audiencia.notices_of(session, "A001") == []


def test_many_rows_are_denied_at_once_with_one_motive_and_the_law_is_applied_once(
    house: Any, person: Callable[[str], Any]
) -> None:
    party, officer = person("aspirante1"), person("audiencia")
    with house.store.reading() as session:
        records = [line.record.id for line in pages.record_lines(session, "A001")][:6]
    number = claim(party, notify(officer), records, "Todas son válidas.")
    with house.store.reading() as session:
        before = newest_run(session, "2026-2027").id
    place = f"/alegatos/{number}/resolver"
    form = {"answer": "deny", "motive": "No se aportó prueba de ninguna."}
    assert officer.post(place, {**form, "record": records}).status_code == 303
    assert "YA_RESUELTO" in officer.post(place, {**form, "record": records[:1]}).text
    assert "SIN_RENGLONES" in officer.post(place, form).text
    with house.store.reading() as session:
        assert audiencia.undecided_rows(session, number) == []
        assert newest_run(session, "2026-2027").id == before + 1
        assert not [r for r in records if rulings_in_force(session, "2026-2027")[r].clase == "Q3"]


def test_what_the_desks_settled_is_not_told_to_rivals_as_the_hearings_doing(
    house: Any, person: Callable[[str], Any]
) -> None:
    party, officer = person("aspirante1"), person("audiencia")
    lost = record_of_class(house, "A001", "D2")
    number = claim(party, notify(officer), [lost], "No estoy de acuerdo.")
    with house.store.writing() as session:
        (other, *_rest) = pages.record_lines(session, "A002", classes=["V"])[1:]
        asked = ReviewItem(record=other.record.id, kind="strike", cause="prueba", reasons=["I8? Raya."], at=now())
        session.add(asked)
        add_job(session, "rule", "2026-2027", None, now())  # not done yet when the hearing decides
    officer.post(
        f"/alegatos/{number}/resolver", {"record": lost, "answer": "deny", "motive": "No se aportó prueba alguna."}
    )
    with house.store.reading() as session:
        assert rulings_in_force(session, "2026-2027")[other.record.id].clase == "Q2"
        assert audiencia.told_to(session, ["A002"]) == []


def test_evidence_is_what_its_name_says_or_is_not_taken(house: Any, person: Callable[[str], Any]) -> None:
    party, officer = person("aspirante1"), person("audiencia")
    lost = record_of_class(house, "A001", "D2")
    notice = notify(officer)
    for name, data in (("prueba.exe", b"MZ"), ("hoja.pdf", b"<script>"), ("hoja", b"%PDF-1"), ("a.png", b"")):
        form = {"record": [lost], "text": "Adjunto.", "evidence": [(io.BytesIO(data), name)]}
        refused = party.post(f"/audiencias/{notice}/alegatos", form, content_type="multipart/form-data")
        assert refused.status_code == 422, name
        assert "PRUEBA_TIPO" in refused.text
    with house.store.reading() as session:
        assert audiencia.claims_of(session, notice) == []
    claim(party, notice, [lost], "Adjunto.", [("HOJA.PDF", b"%PDF-1.7"), ("foto.jpg", b"\xff\xd8\xff\xe0")])


def test_a_party_alleges_about_everything_notified_or_all_of_one_cause(
    house: Any, person: Callable[[str], Any]
) -> None:
    party, officer, lost = person("aspirante1"), person("audiencia"), record_of_class(house, "A001", "D2")
    notice = notify(officer)
    with house.store.reading() as session:
        counts = audiencia.noticed_classes(session, notice)
        everything = audiencia.noticed_rows(session, notice)
    assert counts["D2"] == 1
    assert sum(counts.values()) == len(everything)
    assert "todos los de «Duplicado, otro aspirante» (1)" in party.get(f"/audiencias/{notice}").text
    of_one, of_all = (
        party.post(f"/audiencias/{notice}/alegatos", {"scope": scope, "text": "Alego."}) for scope in ("D2", "all")
    )
    numbers = [int(answer.headers["Location"].rpartition("/")[2]) for answer in (of_one, of_all)]
    with house.store.reading() as session:
        assert audiencia.rows_of_claim(session, numbers[0]) == [lost]
        assert audiencia.rows_of_claim(session, numbers[1]) == everything
    form = {"answer": "deny", "all": "1", "motive": "No se aportó prueba de ninguna."}
    assert officer.post(f"/alegatos/{numbers[1]}/resolver", form).status_code == 303
    with house.store.reading() as session:
        assert audiencia.undecided_rows(session, numbers[1]) == []
        assert audiencia.undecided_rows(session, numbers[0]) == [lost]


def test_a_claim_tells_a_party_nothing_of_a_row_whose_original_has_not_come(
    house: Any, person: Callable[[str], Any]
) -> None:
    party, officer = person("aspirante1"), person("audiencia")
    lost, notice = record_of_class(house, "A001", "D2"), notify(officer)
    number = claim(party, notice, [lost], "Alego.")
    with house.store.writing() as session:
        session.query(Original).delete()
    seen = party.get(f"/alegatos/{number}").text
    assert "En espera del original" in seen
    assert "Duplicado" not in seen
    assert "Duplicado" in officer.get(f"/alegatos/{number}").text
