"""The programs' door as a program meets it: keys, masks, cursors, uploads that may be repeated, streams, refusals."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from service.access import tokens
from service.access.accounts import reset_password, set_active
from service.access.tokens import Scope
from service.api.pages import door_document
from service.desk.tables import RECORD_COLUMNS
from service.store import now
from service.store.work import each_event

DOCS = Path(__file__).resolve().parents[2] / "docs"
NO_ORIGINALS = "DELETE FROM original"


class Program:
    """A program with a key."""

    def __init__(self, app: Flask, given: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.headers = {"Authorization": f"Bearer {given}"}

    def get(self, address: str, **options: Any) -> Any:
        return self.client.get(f"/api/v1{address}", headers=self.headers, buffered=True, **options)

    def upload(self, aspirante: str, files: list[tuple[str, bytes]], key: str = "llave-0001", **query: Any) -> Any:
        body = {"files": [(io.BytesIO(data), name) for name, data in files]}
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        return self.client.post(
            f"/api/v1/aspirantes/{aspirante}/batches", data=body, headers=headers, query_string=query
        )


@pytest.fixture
def program(app: Flask, house: Any) -> Callable[..., Program]:
    """A program whose key was made by somebody, with all scopes unless told."""

    def make(by: str = "admin", scopes: tuple[str, ...] = tuple(Scope), name: str = "escaner") -> Program:
        with house.store.writing() as session:
            token, given = tokens.make_token(session, by=by, name=name, scopes=scopes, days=1)
            return Program(app, given or tokens.release_token(session, token, by="deapf"))

    return make


def picture(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("L", (40, 40), shade).save(out, "PNG")
    return out.getvalue()


def kinds_of_deeds(house: Any) -> list[str]:
    with house.store.reading() as session:
        return [event.kind for event in each_event(session)]


def test_the_committed_document_is_the_code(app: Flask) -> None:
    with app.app_context():
        said = json.dumps(door_document(), ensure_ascii=False, indent=1) + "\n"
    assert (DOCS / "openapi.json").read_text(encoding="utf-8") == said, "python docs/openapi.py"
    assert json.loads(said)["openapi"].startswith("3.1")


def test_a_key_opens_what_its_scopes_say_and_nothing_else(program: Callable[..., Program]) -> None:
    holder = program(scopes=("tally",))
    assert holder.get("/aspirantes").status_code == 200
    refused = holder.get("/aspirantes/A001/records")
    assert (refused.status_code, refused.mimetype) == (403, "application/problem+json")
    assert refused.json["code"] == "ALCANCE"
    assert 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]


def test_no_key_a_wrong_key_or_a_cookie_opens_nothing(app: Flask, person: Callable[[str], Any]) -> None:
    for headers in ({}, {"Authorization": "Bearer rsp_nada"}, {"Authorization": "Basic YTpi"}):
        answer = app.test_client().get("/api/v1/aspirantes", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert person("deapf").client.get("/api/v1/aspirantes").status_code == 401


def test_a_key_is_kept_hashed_ends_and_is_taken_back(app: Flask, house: Any, program: Callable[..., Program]) -> None:
    with house.store.writing() as session:
        token, given = tokens.make_token(session, by="admin", name="uno", scopes=["tally"], days=1)
        assert given == ""  # a second person hands it over
        given = tokens.release_token(session, token, by="deapf")
        assert given not in str(vars(token))
        held = token.id
    holder = Program(app, given)
    assert holder.get("/aspirantes").status_code == 200
    with house.store.writing() as session:
        tokens.revoke_token(session, session.get_one(tokens.ApiToken, held), by="admin")
    assert holder.get("/aspirantes").status_code == 401
    other = program(name="dos")
    with house.store.writing() as session:
        for one in tokens.rows.tokens(session):
            one.expires_at = now()
    assert other.get("/aspirantes").status_code == 401
    assert kinds_of_deeds(house).count("TokenMade") == 2
    assert "TokenRevoked" in kinds_of_deeds(house)


def test_administration_alone_never_holds_a_key(person: Callable[[str], Any], app: Flask) -> None:
    app.config["RESPALDO_FRESH_SECONDS"] = 3600
    admin = person("admin")
    made = admin.post("/llaves", {"name": "lector", "scope": ["upload", "tally"], "days": "7"}, at="/llaves")
    assert "rsp_" not in made.text
    assert admin.post("/llaves/1/entregar", {}, at="/llaves").status_code == 403
    given = person("deapf").post("/llaves/1/entregar", {}, at="/llaves")
    key = given.text.split('class="key">')[1].split("<")[0]
    assert Program(app, key).get("/aspirantes").status_code == 200
    assert "rsp_" not in person("deapf").get("/llaves").text


def test_a_party_makes_keys_for_their_own_data_and_sees_no_other(
    person: Callable[[str], Any], app: Flask, house: Any
) -> None:
    app.config["RESPALDO_FRESH_SECONDS"] = 3600
    party = person("aspirante1")
    made = party.post("/llaves", {"name": "mio", "scope": [s.value for s in Scope], "days": "7"}, at="/llaves")
    holder = Program(app, made.text.split('class="key">')[1].split("<")[0])
    assert [one["id"] for one in holder.get("/aspirantes").json["items"]] == ["A001"]
    for address in ("/aspirantes/A002/tally", "/aspirantes/A002/records", "/batches/L00002", "/tasks/entrega-L00002"):
        assert holder.get(address).status_code == 404, address
    assert holder.upload("A002", [("a.png", picture(1))]).status_code == 404
    assert "mio" not in person("aspirante2").get("/llaves").text
    assert person("aspirante2").post("/llaves/1/retirar", {}, at="/llaves").status_code == 404
    with house.store.writing() as session:
        set_active(session, "aspirante1", False)
    assert holder.get("/aspirantes").status_code == 401


def test_a_party_key_learns_nothing_of_the_list_before_the_original(
    house: Any, program: Callable[..., Program]
) -> None:
    staff, party = program(name="todo"), program(by="aspirante1", name="mio")
    with house.store.writing() as session:
        session.execute(sa.text(NO_ORIGINALS))
    shown = party.get("/aspirantes/A001/records", query_string={"limit": 500}).json["items"]
    known = staff.get("/aspirantes/A001/records", query_string={"limit": 500}).json["items"]
    assert len(shown) == len(known) > 15
    assert any(row["clave"] for row in known)
    for row in shown:
        assert [row[c] for c in ("clave", "seccion", "demarcacion", "probability", "decided_by")] == [""] * 5
        assert row["class"] == "Q1"
    tally = party.get("/aspirantes/A001/tally").json
    for batch in party.get("/aspirantes/A001/batches").json["items"]:
        assert party.get(f"/tasks/{batch['task']}").json["matched"] is None
        assert isinstance(staff.get(f"/tasks/{batch['task']}").json["matched"], int)
    assert tally["by_class"] == {"Q1": tally["received"]}
    assert tally["valid"] == 0
    assert tally["outcome"] == "INDETERMINADO"


def test_a_party_key_reads_no_preliminary_report_before_its_originals(
    house: Any, program: Callable[..., Program], person: Callable[[str], Any], app: Flask
) -> None:
    app.config["RESPALDO_FRESH_SECONDS"] = 3600
    person("deapf").post("/dictamenes", {"aspirante": "A001", "on": "2027-02-15", "preliminary": "1"})
    staff, party = program(name="todo"), program(by="aspirante1", name="mio")
    (known,) = staff.get("/dictamenes").json["items"]
    assert {"dictamen.json", "annex_public.csv"} <= {file["name"] for file in known["files"]}
    number = known["dictamen"]
    assert staff.get(f"/dictamenes/{number}/files/annex_public.csv").status_code == 200
    assert staff.get(f"/dictamenes/{number}/files/annex_confidential.csv").status_code == 404
    with house.store.writing() as session:
        session.execute(sa.text(NO_ORIGINALS))
    assert party.get("/dictamenes").json["items"] == []
    for address in (f"/dictamenes/{number}", f"/dictamenes/{number}/files/dictamen.json"):
        assert party.get(address).status_code == 404
        assert staff.get(address).status_code == 200


def test_a_party_key_never_sees_how_the_search_in_the_list_goes(house: Any, program: Callable[..., Program]) -> None:
    staff, party = program(name="todo"), program(by="aspirante1", name="mio")
    with house.store.writing() as session:
        session.execute(sa.text("UPDATE job SET finished_at = NULL, code = 'PLANTADO' WHERE kind = 'match_page'"))

    def states(holder: Program) -> set[tuple[str, str | None]]:
        files = holder.get("/batches/L00001").json["files"]
        return {(page["state"], page["code"]) for file in files for page in file["pages"]}

    assert states(staff) == {("failed", "PLANTADO")}
    assert states(party) == {("done", None)}
    assert staff.get("/tasks/entrega-L00001").json["state"] == "running"
    assert party.get("/tasks/entrega-L00001").json["state"] == "done"


def test_a_new_password_ends_the_keys_of_an_account(house: Any, program: Callable[..., Program]) -> None:
    party, other = program(by="aspirante1", name="mio"), program(name="otro")
    with house.store.writing() as session:
        reset_password(session, "aspirante1")
    assert party.get("/aspirantes").status_code == 401
    assert other.get("/aspirantes").status_code == 200


def test_cursors_walk_every_record_once_and_belong_to_their_list(program: Callable[..., Program]) -> None:
    holder = program()
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 3}
    for _ in range(50):
        page = holder.get("/aspirantes/A001/records", query_string=query).json
        seen += [row["record"] for row in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    whole = [row["record"] for row in holder.get("/aspirantes/A001/records").json["items"]]
    assert seen == whole
    assert len(set(seen)) == len(seen)
    strange = holder.get("/aspirantes/A002/records", query_string={"cursor": query["cursor"]})
    assert (strange.status_code, strange.json["code"]) == (422, "CURSOR")
    only = holder.get("/aspirantes/A001/records", query_string={"class": "Q2", "limit": 500}).json["items"]
    assert {row["class"] for row in only} == {"Q2"}


def test_the_stream_is_the_command_s_csv_and_no_cell_is_a_formula(
    house: Any, program: Callable[..., Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = program()
    monkeypatch.setattr("service.desk.tables.LINES_AT_ONCE", 3)
    with house.store.writing() as session:
        from service.store.papers import Scan

        for scan in session.query(Scan):
            scan.name = "=HYPERLINK(A1)"
    rows = list(csv.DictReader(io.StringIO(holder.get("/aspirantes/A001/records.csv").text)))
    assert tuple(rows[0]) == RECORD_COLUMNS
    assert {row["file"] for row in rows} == {"'=HYPERLINK(A1)"}
    paged = holder.get("/aspirantes/A001/records", query_string={"limit": 500}).json["items"]
    assert [row["record"] for row in rows] == [row["record"] for row in paged]
    book = zipfile.ZipFile(io.BytesIO(holder.get("/aspirantes/A001/records.xlsx").data))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert sheet.count("<row ") == len(rows) + 1
    assert kinds_of_deeds(house).count("RecordsExported") == 3


def test_a_repeated_upload_gets_the_same_answer_and_delivers_once(
    house: Any, program: Callable[..., Program]
) -> None:
    holder = program()
    files = [("una.png", picture(3)), ("rota.pdf", b"nada")]
    first = holder.upload("A001", files, key="entrega-0001", declared_sheets=2)
    assert first.status_code == 201
    assert [file["accepted"] for file in first.json["files"]] == [True, False]
    again = holder.upload("A001", files, key="entrega-0001", declared_sheets=2)
    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    other = holder.upload("A001", [("otra.png", picture(4))], key="entrega-0001")
    assert (other.status_code, other.json["code"]) == (422, "IDEMPOTENCIA_OTRA")
    assert holder.upload("A001", files, key="").status_code == 400
    assert [b["batch"] for b in holder.get("/aspirantes/A001/batches").json["items"]][-1] == first.json["batch"]
    task = holder.get(f"/tasks/{first.json['task']}").json
    assert (task["state"], task["pages"], task["read"]) == ("running", 1, 0)
    document = holder.get(f"/batches/{first.json['batch']}").json
    assert [file["accepted"] for file in document["files"]] == [True, False]


def test_a_refused_upload_leaves_its_key_free(program: Callable[..., Program]) -> None:
    holder = program()
    broken = holder.upload("A001", [("rota.pdf", b"nada")], key="entrega-0002")
    assert broken.status_code == 422
    assert broken.json["files"][0]["accepted"] is False
    assert holder.upload("A001", [("buena.png", picture(9))], key="entrega-0002").status_code == 201


def test_a_party_never_dates_their_delivery(program: Callable[..., Program]) -> None:
    party = program(by="aspirante1")
    answer = party.upload("A001", [("a.png", picture(5))], received="2026-12-01")
    assert (answer.status_code, answer.json["code"]) == (422, "FECHA_AJENA")


def test_past_its_pace_a_program_is_told_how_long_to_wait(app: Flask, program: Callable[..., Program]) -> None:
    app.config["API_PACE"] = {"read": "2/minute"}
    holder, other = program(), program(name="otro")
    answers = [holder.get("/aspirantes").status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    slow = holder.get("/aspirantes")
    assert 0 < int(slow.headers["Retry-After"]) <= 60
    assert other.get("/aspirantes").status_code == 200


def test_every_error_is_a_problem_document(app: Flask, program: Callable[..., Program]) -> None:
    holder = program()
    app.config["MAX_CONTENT_LENGTH"] = 1000
    app.config["PROPAGATE_EXCEPTIONS"] = False
    broken = app.view_functions["api.tally"]

    def fails(**_values: Any) -> Any:
        raise RuntimeError("planted")

    fails.access_rule = broken.access_rule  # type: ignore[attr-defined]
    app.view_functions["api.tally"] = fails
    answers = {
        404: holder.get("/no-existe"),
        405: holder.client.delete("/api/v1/aspirantes", headers=holder.headers),
        413: holder.upload("A001", [("a.png", b"x" * 2000)]),
        422: holder.get("/aspirantes", query_string={"limit": "muchos"}),
        500: holder.get("/aspirantes/A001/tally"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert answer.mimetype == "application/problem+json"
        assert answer.json["status"] == status
        assert {"type", "title", "code", "detail"} <= set(answer.json)
    assert "limit" in answers[422].json["errors"]["query"]
    assert "planted" not in answers[500].text
    assert "GET" in answers[405].headers["Allow"]


def test_the_description_for_people_has_every_operation(app: Flask, make_person: Any) -> None:
    page = make_person(app).get("/api").text
    with app.app_context():
        document = door_document()
    for path, methods in document["paths"].items():
        assert path in page
        for method in set(methods) & {"get", "post"}:
            assert methods[method]["summary"] in page
