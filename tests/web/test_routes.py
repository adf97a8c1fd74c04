"""Who may enter where: every route with every role, and one aspirante never reaches another's anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from service.access.accounts import DEMO_PASSWORD, add_account
from service.access.guard import LIBRARY_ROUTES, guard, rule_of, rules
from service.access.roles import Role
from service.audiencia.acts import give_notice
from service.store import pages, questions

NAMES = {
    Role.ASPIRANTE: "aspirante1",
    Role.CAPTURISTA: "captura",
    Role.REVISOR: "revisora1",
    Role.SUPERVISOR: "supervisora",
    Role.AUDIENCIA: "audiencia",
    Role.DEAPF: "deapf",
    Role.AUDITOR: "auditora",
    Role.OBSERVADOR: "observa",
    Role.ADMIN: "admin",
}
VALUES = {"aspirante": "A001", "batch": "L00001", "proceso": "2026-2027", "item": 1, "kind": "signature",
          "username": "captura", "dictamen": 1, "notice": 1, "claim": 1, "evidence": 1, "name": "dictamen.json",
          "filename": "respaldo.css", "token": "x", "record": "", "proposal": 1, "parametro": "cotejo",
          "llave": 1, "task": "entrega-L00001", "upload": "0" * 32, "application": "S001", "alert": 1,
          "character": "5", "remedy": 1, "recovery": 1, "copy": 1}  # fmt: skip


def addresses(app: Flask, house: Any) -> list[tuple[str, str, str]]:
    """(endpoint, method, address) of every route of the map."""
    with house.store.reading() as session:
        record = pages.record_lines(session, "A001", limit=1)[0].record.id
    found = []
    with app.test_request_context():
        adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            values = {name: record if name == "record" else VALUES[name] for name in rule.arguments}
            address = adapter.build(rule.endpoint, values)
            for method in sorted(rule.methods & {"GET", "POST"}):
                found.append((rule.endpoint, method, address))
    return found


def test_every_route_declares_who_may_enter(app: Flask) -> None:
    assert {endpoint for endpoint, rule in rules(app).items() if rule is None} == set()


def test_the_app_refuses_to_start_with_a_route_without_rule() -> None:
    bare = Flask("bare")
    bare.add_url_rule("/x", "x", lambda: "x")
    with pytest.raises(RuntimeError, match="x"):
        guard(bare)


def test_the_table_of_library_routes_names_only_routes_that_exist(app: Flask) -> None:
    assert set(LIBRARY_ROUTES) <= set(rules(app))
    assert all(rule.reason for rule in LIBRARY_ROUTES.values())


def test_nobody_enters_without_signing_in(app: Flask, house: Any, person: Callable[[str], Any]) -> None:
    client = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    for endpoint, method, address in addresses(app, house):
        rule = rule_of(app, endpoint)
        assert rule is not None
        status = client.open(address, method=method, buffered=True).status_code
        if rule.closed:
            assert status == 404, endpoint
        elif rule.scope is not None:
            assert status == 401, endpoint
        elif not rule.everyone:
            assert status == 302, (endpoint, method, status)


@pytest.mark.parametrize("role", list(NAMES))
def test_each_role_enters_its_routes_and_no_other(
    role: Role, app: Flask, house: Any, person: Callable[[str], Any]
) -> None:
    somebody = person(NAMES[role])
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["RESPALDO_FRESH_SECONDS"] = 3600
    for endpoint, method, address in addresses(app, house):
        rule = rule_of(app, endpoint)
        assert rule is not None
        if endpoint.startswith("security.") or endpoint in ("access.switch_user", "access.reset_user"):
            continue  # the library's pages end or change the session this walk needs
        answer = somebody.client.open(address, method=method, data={} if method == "POST" else None, buffered=True)
        if rule.roles:
            admitted = role in rule.roles
            assert (answer.status_code != 403) == admitted, (endpoint, method, answer.status_code)
        if rule.scope is not None:
            assert answer.status_code == 401, (endpoint, "a person's session opened the programs' door")
        assert answer.status_code != 500, (endpoint, method)


def test_an_aspirante_never_reaches_anything_of_another(app: Flask, house: Any, person: Callable[[str], Any]) -> None:
    intruder = person("aspirante2")
    app.config["WTF_CSRF_ENABLED"] = False
    tried = 0
    for endpoint, method, address in addresses(app, house):
        rule = rule_of(app, endpoint)
        if rule is not None and rule.everyone:
            continue  # open to everyone, said with its reason: public totals
        if any(part in address for part in ("A001", "L00001", "/registros/")):
            answer = intruder.client.open(
                address, method=method, data={} if method == "POST" else None, buffered=True
            )
            assert answer.status_code in (401, 403, 404), (endpoint, method, answer.status_code)
            tried += 1
    assert tried >= 10
    own = intruder.get("/aspirantes").text
    assert "PRUEBA 2" in own
    assert "PRUEBA 1" not in own


def test_staff_of_a_district_reach_nothing_of_another(app: Flask, house: Any, make_person: type) -> None:
    with house.store.writing() as session:
        notice = give_notice(session, "A001", "audiencia").id
        roles = ["supervisor", "audiencia", "deapf", "capturista"]
        add_account(session, "distrital", roles, by="admin", districts=[5], password=DEMO_PASSWORD)
        item = questions.open_questions(session, ["match"])[0][0].id
    stranger = make_person(app, "distrital")
    app.config["WTF_CSRF_ENABLED"] = False
    tried = 0
    for endpoint, method, address in addresses(app, house):
        rule = rule_of(app, endpoint)
        if rule is None or rule.everyone:
            continue
        if any(part in address for part in ("A001", "L00001", "/registros/", f"/audiencias/{notice}", "/asuntos/1")):
            address = address.replace("/asuntos/1", f"/asuntos/{item}")
            data = {"decision": "not_in_list", "clave": "X" * 18} if method == "POST" else None
            answer = stranger.client.open(address, method=method, data=data, buffered=True)
            assert answer.status_code in (401, 403, 404), (endpoint, method, answer.status_code)
            tried += 1
    assert tried >= 30
    for place in ("/", "/aspirantes", "/revision", "/revision/lista", "/audiencia", "/dictamenes", "/alertas"):
        told = stranger.get(place).text
        assert "PRUEBA 1" not in told, place
        assert "A001" not in told, place


def test_every_answer_carries_the_strict_headers(app: Flask, person: Callable[[str], Any]) -> None:
    answer = person("revisora1").get("/revision")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Strict-Transport-Security" not in answer.headers


def test_a_form_without_its_token_is_refused_with_a_sentence(app: Flask, person: Callable[[str], Any]) -> None:
    somebody = person("revisora1")
    answer = somebody.client.post("/revision/deshacer")
    assert answer.status_code == 400
    assert "FORMA_VENCIDA" in answer.text


def test_every_page_says_that_it_is_a_rehearsal(person: Callable[[str], Any]) -> None:
    somebody = person("supervisora")
    for address in ("/", "/revision", "/aspirantes", "/aspirantes/A001", "/no-existe"):
        assert "ENSAYO" in somebody.get(address).text
