"""Accounts: one-time passwords, second factor for staff, lockout, fresh sign-in, recovery."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask_security.totp import Totp

from service.access import accounts
from service.access.accounts import DEMO_PASSWORD, FAILURES_BEFORE_LOCK, add_account
from service.app import create_app
from service.audit.chain import broken_links
from service.config import Settings
from service.errors import Refused
from service.store import pages
from service.store.accounts import find_account


def test_outside_rehearsal_the_second_factor_cannot_be_switched_off(tmp_path: Any) -> None:
    settings = Settings(data=tmp_path, database_url=f"sqlite:///{tmp_path / 'x.db'}")
    with pytest.raises(Refused, match="SEGUNDO_FACTOR"):
        create_app(settings, second_factor=False)


def test_staff_set_up_a_second_factor_before_anything_else(house: Any, make_person: Callable[..., Any]) -> None:
    app = create_app(house.settings, second_factor=True)
    somebody = make_person(app)
    answer = somebody.post("/entrar", {"username": "revisora1", "password": DEMO_PASSWORD}, at="/entrar")
    assert "segundo-factor" in answer.headers["Location"]
    assert somebody.client.get("/revision").status_code == 302
    page = somebody.post("/cuenta/segundo-factor", {"setup": "authenticator"}, at="/cuenta/segundo-factor").text
    key = re.search(r'class="key">([A-Z2-7 -]+)<', page)[1]
    code = Totp({"1": "x" * 32}, "prueba")._totp.using(digits=6)(
        key=key.replace(" ", "").replace("-", ""), format="base32"
    )
    wrong = somebody.post("/entrar/codigo", {"code": "000000"}, at="")
    assert wrong.status_code == 200
    done = somebody.post("/entrar/codigo", {"code": code.generate().token}, at="")
    assert done.status_code == 302
    assert somebody.get("/revision").status_code == 200
    again = make_person(app)
    second = again.post("/entrar", {"username": "revisora1", "password": DEMO_PASSWORD}, at="/entrar")
    assert "/entrar/codigo" in second.headers["Location"]
    assert again.client.get("/revision").status_code == 302
    app.extensions["respaldo_store"].dispose()


def test_parties_may_enter_with_their_password_alone(house: Any, make_person: Callable[..., Any]) -> None:
    app = create_app(house.settings, second_factor=True)
    assert make_person(app, "aspirante1").get("/").status_code == 200
    app.extensions["respaldo_store"].dispose()


def test_a_name_with_too_many_failures_waits_even_with_the_right_password(
    app: Any, make_person: Callable[..., Any]
) -> None:
    for name in ("revisora2", "no-existe"):
        somebody = make_person(app)
        for _ in range(FAILURES_BEFORE_LOCK):
            page = somebody.post("/entrar", {"username": name, "password": "equivocada-1"}, at="/entrar").text
            assert "Usuario o contraseña incorrectos" in page
        locked = somebody.post("/entrar", {"username": name, "password": DEMO_PASSWORD}, at="/entrar")
        assert "espere un cuarto de hora" in locked.text


def test_a_one_time_password_must_be_changed_before_anything_else(
    house: Any, app: Any, make_person: Callable[..., Any]
) -> None:
    with house.store.writing() as session:
        given = add_account(session, "nueva", ["capturista"], by="admin")
    somebody = make_person(app, "nueva", given)
    assert "/cuenta/contrasena" in somebody.client.get("/aspirantes").headers["Location"]
    fresh = "una frase bastante larga"
    changed = somebody.post(
        "/cuenta/contrasena",
        {"password": given, "new_password": fresh, "new_password_confirm": fresh},
        at="/cuenta/contrasena",
    )
    assert changed.status_code == 302, changed.text
    assert somebody.get("/aspirantes").status_code == 200
    assert make_person(app, "nueva", fresh).get("/").status_code == 200


def test_a_sensitive_act_asks_for_the_password_again(app: Any, make_person: Callable[..., Any]) -> None:
    somebody = make_person(app, "admin")
    app.config["RESPALDO_FRESH_SECONDS"] = -1
    answer = somebody.post("/usuarios/captura/restablecer", {})
    assert "/confirmar-identidad" in answer.headers["Location"]
    app.config["RESPALDO_FRESH_SECONDS"] = 900
    assert "SIN_MOTIVO" in somebody.post("/usuarios/captura/restablecer", {}).text


def test_a_lost_account_comes_back_by_two_people_and_a_password_of_one_use(
    app: Any, make_person: Callable[..., Any]
) -> None:
    lost, one, two = make_person(app, "captura"), make_person(app, "admin"), make_person(app, "admin2")
    motive = {"motive": "Perdió su teléfono; mostró su credencial."}
    assert one.post("/usuarios/captura/restablecer", motive).status_code == 303
    assert "RECUPERACION_PENDIENTE" in two.post("/usuarios/captura/restablecer", motive).text
    place = "/usuarios/recuperaciones/1"
    assert "MISMA_PERSONA" in one.post(place, {"answer": "approve"}).text
    assert lost.get("/aspirantes").status_code == 200
    shown = two.post(place, {"answer": "approve"}, at="/usuarios").text
    given = re.search(r'class="key">([a-z0-9-]+)<', shown)[1]
    assert lost.client.get("/aspirantes").status_code == 302
    assert "/cuenta/contrasena" in make_person(app, "captura", given).client.get("/").headers["Location"]
    assert "YA_RESUELTO" in two.post(place, {"answer": "approve"}).text


def test_a_switched_off_account_is_out_at_once(house: Any, app: Any, make_person: Callable[..., Any]) -> None:
    somebody = make_person(app, "revisora1")
    assert somebody.get("/revision").status_code == 200
    with house.store.writing() as session:
        accounts.set_active(session, "revisora1", False)
    assert somebody.client.get("/revision").status_code == 302


@pytest.mark.parametrize(
    ("name", "roles", "aspirantes", "code"),
    [
        ("Ñandú", ["revisor"], [], "USUARIO_NOMBRE"),
        ("revisora1", ["revisor"], [], "USUARIO_EXISTE"),
        ("otra", [], [], "USUARIO_PAPEL"),
        ("otra", ["jefa"], [], "USUARIO_PAPEL"),
        ("otra", ["aspirante", "revisor"], ["A001"], "USUARIO_PAPEL"),
        ("otra", ["aspirante"], [], "USUARIO_AMBITO"),
    ],
)
def test_an_impossible_account_is_refused(
    house: Any, name: str, roles: list[str], aspirantes: list[str], code: str
) -> None:
    with pytest.raises(Refused) as refused, house.store.writing() as session:
        add_account(session, name, roles, by="admin", aspirantes=aspirantes)
    assert refused.value.code == code


def test_each_sign_in_and_each_failure_stands_in_the_log(
    house: Any, app: Any, make_person: Callable[..., Any]
) -> None:
    make_person(app, "auditora")
    make_person(app).post("/entrar", {"username": "auditora", "password": "equivocada-1"}, at="/entrar")
    with house.store.reading() as session:
        events = [(e.kind, e.actor) for e in pages.events_page(session, None, 2)]
        assert list(broken_links(session)) == []
    assert events == [("SignInFailed", "auditora"), ("SignedIn", "auditora")]


def test_passwords_are_argon2_and_never_in_a_repr(house: Any) -> None:
    with house.store.reading() as session:
        account = find_account(session, "revisora1")
        assert account.password.startswith("$argon2id$")
        assert "argon2" not in repr(account)
        assert "revisora1" not in repr(account)


def test_a_district_account_sees_only_its_district(house: Any, app: Any, make_person: Callable[..., Any]) -> None:
    with house.store.writing() as session:
        add_account(session, "distrito9", ["capturista"], by="admin", districts=[9], password=DEMO_PASSWORD)
        add_account(session, "distrito17", ["capturista"], by="admin", districts=[17], password=DEMO_PASSWORD)
    assert make_person(app, "distrito9").client.get("/aspirantes/A001").status_code == 404
    assert make_person(app, "distrito17").get("/aspirantes/A001").status_code == 200
