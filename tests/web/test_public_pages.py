"""What is public without sign-in, and a person's own support: in totals, asked with a code, disavowed at a desk."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from ocr.folio import number
from service.errors import Refused
from service.folio import NOBODY, is_receipt, read_receipt, receipt_code
from service.proceso.publico import public_rules
from service.proceso.register import load_proceso, require_proceso
from service.publico import kept
from service.publico.figures import in_steps
from service.store import now, pages
from service.store.findings import Dictamen, newest_tally, open_items_of_record
from service.store.papers import Original
from service.store.proceso import Proceso
from service.store.publico import disavowals
from service.store.work import each_event

OPEN = '\n[publico]\nconsulta_ciudadana = "abierta"\nconsulta_acuerdo = "IECM/ACU-CG-001/2027"\n'
SHUT = '\n[publico]\ncifras = "cerrada"\n'


def reload(house: Any, more: str) -> None:
    """A new version of the process with this table."""
    with house.store.writing() as session:
        text = require_proceso(session, "2026-2027").text.split("\n[publico]")[0]
        load_proceso(session, text + more, "prueba")
    house.work()


@pytest.fixture
def anybody(app: Flask, make_person: Any) -> Any:
    return make_person(app)


@pytest.fixture
def opened(house: Any, anybody: Any) -> Any:
    reload(house, OPEN)
    return anybody


def code_of(house: Any, record: str) -> str:
    """The receipt code of a record's row, as its stub bears it."""
    with house.store.reading() as session:
        view = pages.record_view(session, record)
        return receipt_code(view.sheet.folio, view.record.row, session.get_one(Proceso, "2026-2027").key)


def record_of_class(house: Any, clase: str, aspirante: str = "A002") -> str:
    with house.store.reading() as session:
        return next(line.record.id for line in pages.record_lines(session, aspirante) if line.clase == clase)


def tally(house: Any, aspirante: str = "A002") -> dict[str, Any]:
    with house.store.reading() as session:
        row = newest_tally(session, aspirante)
        assert row is not None
        return row.document


def ask(anybody: Any, code: str) -> Any:
    return anybody.post("/publico/consulta", {"code": code}, at="")


@pytest.fixture
def with_token(opened: Any) -> Any:
    """Somebody whose browser holds the form: each answer bears the token for the next."""
    page = opened.get("/publico/consulta").text
    opened.token = page.split('name="csrf_token" value="')[1].split('"')[0]
    return opened


# observers


def test_the_public_page_is_the_same_for_everyone_and_kept_a_minute(
    app: Flask, house: Any, anybody: Any, person: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(kept.time, "monotonic", lambda: clock[0])
    first = anybody.get("/publico")
    assert "Set-Cookie" not in first.headers
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert anybody.client.get("/publico", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert person("supervisora").get("/publico").data == first.data
    assert "supervisora" not in first.text
    statements: list[str] = []
    sa.event.listen(
        app.extensions["respaldo_store"].engine, "before_cursor_execute", lambda *a: statements.append(a[2])
    )
    clock[0] += 59
    anybody.get("/publico")
    assert statements == []
    clock[0] += 2
    anybody.get("/publico")
    assert statements


def test_public_figures_are_totals_that_add_up_and_name_no_record(house: Any, anybody: Any) -> None:
    document = anybody.get("/publico/cifras.json").json
    (process,) = document["procesos"]
    assert [one["id"] for one in process["aspirantes"]] == ["A001", "A002"]
    for one in process["aspirantes"]:
        count = one["cuenta"]
        assert one["preliminar"] is True
        assert count["recibidos"] == sum(line["registros"] for line in one["por_clase"])
        assert count["recibidos"] == count["validos"] + count["pendientes"] + count["no_se_cuentan"]
        assert count["revisados"] == count["recibidos"] - count["pendientes"]
        assert one["unidades"]["unidades"] == []  # every unit of this small house stands under one step
    text = json.dumps(document) + anybody.get("/publico/aspirantes/A001").text
    with house.store.reading() as session:
        for line in pages.record_lines(session, "A001", limit=500):
            assert line.record.id not in text
            assert not line.folio or line.folio not in text
    assert "preliminar" in anybody.get("/publico/aspirantes/A001").text
    assert anybody.get("/publico/aspirantes/A999").status_code == 404


def test_what_the_list_says_is_in_no_public_figure_before_the_original(house: Any, anybody: Any) -> None:
    with house.store.writing() as session:
        session.execute(sa.delete(Original))
    for one in anybody.get("/publico/cifras.json").json["procesos"][0]["aspirantes"]:
        assert [line["clase"] for line in one["por_clase"]] == ["Q1"]
        assert one["cuenta"]["validos"] == 0


def test_a_process_may_close_its_figures(house: Any, anybody: Any) -> None:
    reload(house, SHUT)
    assert "PRUEBA" not in anybody.get("/publico").text
    assert anybody.get("/publico/cifras.json").json["procesos"] == []
    assert anybody.get("/publico/aspirantes/A001").status_code == 404


@pytest.mark.parametrize(("valid", "told"), [(9, []), (10, [10]), (19, [10]), (20, [20])])
def test_a_unit_is_told_in_steps_so_that_one_arrival_shows_nowhere(valid: int, told: list[int]) -> None:
    shown = in_steps({"0001": valid, "0002": 0}, 10)
    assert [unit["al_menos"] for unit in shown["unidades"]] == told
    assert shown["sin_detalle"] == 2 - len(told)


def test_only_a_final_dictamen_in_force_is_published_and_never_its_confidential_annex(
    house: Any, anybody: Any
) -> None:
    preliminary = plant_dictamen(house, "A001", preliminary=True)
    assert anybody.get(f"/publico/dictamenes/{preliminary}/annex_public.csv").status_code == 404
    final = plant_dictamen(house, "A002", preliminary=False)
    page = anybody.get("/publico/aspirantes/A002").text
    with house.store.reading() as session:
        row = pages.find_dictamen(session, final)
        assert row.root in page
        assert row.sha256 in page
    for name in ("annex_public.csv", "annex_marco.csv", "verify_alone.py"):
        assert anybody.get(f"/publico/dictamenes/{final}/{name}").status_code == 200, name
    assert anybody.get(f"/publico/dictamenes/{final}/annex_confidential.csv").status_code == 404
    told = anybody.get("/publico/cifras.json").json["procesos"][0]["aspirantes"][1]
    assert told["preliminar"] is False
    for name in ("dictamen.json", "dictamen.pdf"):
        allowed = told["dictamen"]["cifras"]["documento_publicable"]
        assert (anybody.get(f"/publico/dictamenes/{final}/{name}").status_code == 200) == allowed


def plant_dictamen(house: Any, aspirante: str, *, preliminary: bool) -> int:
    """A row of the store as issuing leaves it, over the committed sample."""
    sample = Path(__file__).resolve().parents[2] / "samples" / "dictamen" / "A-001"
    document = (sample / "dictamen.json").read_bytes() + (b" " if preliminary else b"")
    digest = hashlib.sha256(document).hexdigest()
    shutil.copytree(sample, house.settings.data / "dictamenes" / digest)
    with house.store.writing() as session:
        row = Dictamen(
            aspirante=aspirante, preliminary=preliminary, issued_on=dt.date(2027, 3, 1), outcome="CUMPLE",
            sha256=digest, root=json.loads(document)["integridad"]["raiz"], document=document, supersedes=None,
            motive="", at=now(), by="prueba",
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


# citizens


def test_the_question_is_closed_until_an_acuerdo_opens_it(house: Any, anybody: Any) -> None:
    page = anybody.get("/publico/consulta")
    assert "no está abierta" in page.text
    assert 'name="code"' not in page.text
    with pytest.raises(Refused, match="CONSULTA_SIN_ACUERDO"):
        public_rules('[publico]\nconsulta_ciudadana = "abierta"\n')
    with pytest.raises(Refused, match="PUBLICO_LLAVE"):
        public_rules('[publico]\nconsulta = "abierta"\n')
    app_person = anybody
    app_person.client.application.config["WTF_CSRF_ENABLED"] = False
    refused = app_person.client.post("/publico/consulta", data={"code": "x"})
    assert (refused.status_code, "CONSULTA_CERRADA" in refused.text) == (422, True)


def test_a_code_tells_whether_it_counts_and_for_which_election_and_no_more(house: Any, with_token: Any) -> None:
    counted = ask(with_token, code_of(house, record_of_class(house, "V"))).text
    assert "Diputación" in counted
    assert "el apoyo se cuenta." in counted
    waiting = ask(with_token, code_of(house, record_of_class(house, "Q2", "A001"))).text
    assert "todavía no se decide" in waiting
    for text in (counted, waiting):
        assert "PRUEBA" not in text  # no candidacy
    with house.store.writing() as session:
        session.execute(sa.delete(Original))
    assert "todavía no se decide" in ask(with_token, code_of(house, record_of_class(house, "V"))).text


def test_a_wrong_code_and_a_row_not_received_are_answered_alike(app: Flask, house: Any, with_token: Any) -> None:
    real = code_of(house, record_of_class(house, "V"))
    with house.store.reading() as session:
        key = session.get_one(Proceso, "2026-2027").key
    unreceived = receipt_code(real[:10], 99, key)
    wrong = real[:-1] + ("A" if real[-1] != "A" else "B")
    statements: list[int] = []
    engine = app.extensions["respaldo_store"].engine
    sa.event.listen(engine, "before_cursor_execute", lambda *_a: statements.append(1))
    answers = set()
    for code in (wrong, unreceived, "no es un código", real[:10]):
        before = len(statements)
        text = ask(with_token, code).text
        assert "no consta" in text
        answers.add((len(statements) - before, re.sub(r'(csrf_token" value="|X-CSRFToken": ")[^"]+', "", text)))
    assert len({count for count, _text in answers}) == 1  # the same work for all
    assert len(answers) == 1


def test_questions_are_few_an_hour_and_each_leaves_its_trace(house: Any, with_token: Any) -> None:
    statuses = [ask(with_token, "nada").status_code for _ in range(11)]
    assert statuses == [200] * 10 + [422]
    with house.store.reading() as session:
        asked = [event for event in each_event(session) if event.kind == "CitizenAsked"]
    assert len(asked) == 10
    assert {event.actor for event in asked} == {"ciudadanía"}
    assert "nada" not in json.dumps([event.facts for event in asked])


def test_a_disavowal_goes_to_a_desk_and_two_people_decide(
    house: Any, with_token: Any, person: Callable[[str], Any]
) -> None:
    record = record_of_class(house, "V")
    code, before = code_of(house, record), tally(house)
    filed = with_token.post("/publico/desconocimiento", {"code": code, "sure": "1", "statement": "No firmé."}, at="")
    assert "Número de acuse: 1" in filed.text
    again = with_token.post("/publico/desconocimiento", {"code": code, "sure": "1"}, at="")
    assert "Número de acuse: 1" in again.text
    house.work()
    with house.store.reading() as session:
        (item,) = [i for i in open_items_of_record(session, record) if i.kind == "disavowal"]
        assert len(disavowals(session)) == 1
        number = item.id
    during = tally(house)
    assert (during["valid"], during["pending"]) == (before["valid"] - 1, before["pending"] + 1)
    assert "I12" not in during["by_class"]  # nothing is removed: it waits for people
    reviewer, address = person("revisora1"), f"/revision/asuntos/{number}"
    seen = reviewer.get(address).text
    assert "No firmé." in seen
    assert "nadie se identificó" in seen
    assert "la persona lo desconoce" not in seen  # not offered, and refused
    refused = reviewer.post(address, {"decision": "reject", "reason": "I12"}, at=address)
    assert "DESCONOCIMIENTO_SIN_RATIFICAR" in refused.text
    with house.store.reading() as session:
        clave = pages.record_view(session, record).ruling.clave
    form = {"clave": clave, "identified": "1", "record": record, "statement": "Lo ratifico."}
    assert person("captura").post("/ciudadania/desconocimiento", form, at="/ciudadania").status_code == 303
    with house.store.reading() as session:  # who ratifies adds to the question that is open
        assert [i.id for i in open_items_of_record(session, record) if i.kind == "disavowal"] == [number]
    seen = reviewer.get(address).text
    assert "Lo ratifico." in seen
    assert "la persona lo desconoce" in seen
    for username in ("revisora1", "revisora2"):
        somebody = person(username)
        page = somebody.get(f"/revision/asuntos/{number}")
        assert page.status_code == 200
        somebody.post(
            f"/revision/asuntos/{number}", {"decision": "reject", "reason": "I12"}, at=f"/revision/asuntos/{number}"
        )
        house.work()
        assert tally(house)["by_class"].get("I12", 0) == (1 if username == "revisora2" else 0)


def test_one_person_keeps_the_support_that_nobody_disowns(
    house: Any, with_token: Any, person: Callable[[str], Any]
) -> None:
    record, before = record_of_class(house, "V"), tally(house)
    with_token.post("/publico/desconocimiento", {"code": code_of(house, record), "sure": "1"}, at="")
    house.work()
    with house.store.reading() as session:
        number = next(i.id for i in open_items_of_record(session, record) if i.kind == "disavowal")
    address = f"/revision/asuntos/{number}"
    person("revisora1").post(address, {"decision": "accept", "reason": ""}, at=address)
    house.work()
    assert tally(house)["valid"] == before["valid"]


def test_staff_attend_to_a_person_they_identified_and_only_to_them(
    house: Any, opened: Any, person: Callable[[str], Any]
) -> None:
    record = record_of_class(house, "V")
    other = record_of_class(house, "V", "A002")
    with house.store.reading() as session:
        clave = pages.record_view(session, record).ruling.clave
    clerk = person("captura")
    unseen = clerk.post("/ciudadania", {"clave": clave}, at="/ciudadania")
    assert (unseen.status_code, "SIN_IDENTIFICAR" in unseen.text) == (422, True)
    found = clerk.post("/ciudadania", {"clave": clave, "identified": "1"}, at="/ciudadania")
    assert "se cuenta" in found.text
    form = {"clave": "QTNBTM87041509H300", "identified": "1", "record": other}
    assert clerk.post("/ciudadania/desconocimiento", form, at="/ciudadania").status_code == 404
    form = {"clave": clave, "identified": "1", "record": record, "statement": "No es mía."}
    assert clerk.post("/ciudadania/desconocimiento", form, at="/ciudadania").status_code == 303
    page = clerk.get("/ciudadania").text
    assert "en persona" in page
    assert clave not in page
    with house.store.reading() as session:
        deeds = [event for event in each_event(session) if event.kind in ("CitizenAsked", "DisavowalFiled")]
    assert {event.actor for event in deeds} == {"captura"}
    assert clave not in json.dumps([event.facts for event in deeds])


def test_a_code_is_read_as_people_type_it_and_only_its_own_key_made_it() -> None:
    key = bytes(range(32))
    code = receipt_code(number(1, 1), 3, key)
    typed = code.lower().replace("-", " ").replace("o", "0").replace("i", "1").replace("b", "8")
    assert is_receipt(read_receipt(code), key)
    assert read_receipt(typed) == read_receipt(code)
    assert not is_receipt(read_receipt(code), bytes(32))
    assert not is_receipt(NOBODY, key)
    assert read_receipt("x" * 500) is NOBODY
    assert code[-4:] not in repr(read_receipt(code))


def test_stubs_are_printed_one_a_row_of_sheets_that_exist(house: Any, tmp_path: Path) -> None:
    import pypdfium2

    from service.cedulas.stubs import print_stubs

    out = tmp_path / "talones.pdf"
    assert print_stubs(house.store, aspirante="A002", first=1, last=2, out=out, operator="prueba") == 16
    text = pypdfium2.PdfDocument(out)[0].get_textpage().get_text_range()
    with house.store.reading() as session:
        key = session.get_one(Proceso, "2026-2027").key
    first = receipt_code(number(2, 1), 1, key)
    assert first.split("-", 2)[2] in text
    with pytest.raises(Refused, match="FOLIO_NO_EMITIDO"):
        print_stubs(house.store, aspirante="A002", first=50, last=51, out=out, operator="prueba")
