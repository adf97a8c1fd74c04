"""A person's own support: with the receipt code of its row, without sign-in; or before staff who saw a credential."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matching import clave as claves
from service.access.context import person, store
from service.access.guard import admits, open_to_all
from service.access.pace import seconds_to_wait
from service.access.roles import Role
from service.errors import Refused
from service.publico.support import (
    ANYBODY,
    BY_CODE,
    Support,
    disavow,
    look_by_code,
    look_in_person,
    open_processes,
)
from service.publico.views import room as room
from service.store.publico import IN_PERSON, disavowals

ATTENDANTS = (Role.CAPTURISTA, Role.SUPERVISOR, Role.AUDIENCIA)
"""Staff who may attend to a person: those who meet people, none of whom decides alone."""

IN_PERSON_HOURLY = 60
"""Questions an hour that one member of staff may ask: a person a minute."""


@room.get("/publico/consulta")
@open_to_all("la forma para preguntar por el apoyo propio; cerrada mientras un acuerdo no la abra")
def ask() -> str:
    """The form to ask with a receipt code, or the news that it is closed."""
    with store().reading() as session:
        is_open = bool(open_processes(session))
    return render_template("publico/ask.html", is_open=is_open, asked=False, supports=[], code="", made=[])


@room.post("/publico/consulta")
@open_to_all("quien tiene el talón de un renglón sabe si se contó; con límite por conexión y huella en la bitácora")
def answer() -> ResponseReturnValue:
    """Whether a support was received and counted, and for which kind of election."""
    code = request.form.get("code", "")
    supports = _supports_of_code(code)
    return render_template("publico/ask.html", is_open=True, asked=True, supports=supports, code=code, made=[])


@room.post("/publico/desconocimiento")
@open_to_all("quien tiene el talón de un renglón declara que el apoyo no es suyo; lo resuelven personas en una mesa")
def deny() -> ResponseReturnValue:
    """File a disavowal with a receipt code; a code that shows nothing files nothing and is answered alike."""
    code = request.form.get("code", "")
    if request.form.get("sure") != "1":
        raise Refused("DESCONOCIMIENTO_DUDOSO", "Marque la casilla para declarar que el apoyo no es suyo.")
    supports = _supports_of_code(code)
    with store().writing() as session:
        statement = request.form.get("statement", "")
        made = [disavow(session, one, statement, channel=BY_CODE, by=ANYBODY).id for one in supports]
    return render_template("publico/ask.html", is_open=True, asked=True, supports=supports, code=code, made=made)


def _supports_of_code(code: str) -> list[Support]:
    with store().reading() as session:
        hourly = min((rules.consultas_por_hora for _version, rules in open_processes(session)), default=1)
    _hold_pace(f"{hourly}/hour", "talon", request.remote_addr or "")
    with store().writing() as session:  # the trace is kept before anything is shown
        return look_by_code(session, code)


def _hold_pace(limit: str, *names: str) -> None:
    if wait := seconds_to_wait(limit, *names):
        minutes = -(-wait // 60)
        raise Refused("CONSULTA_RITMO", f"Demasiadas consultas; vuelva a intentar en {minutes} minutos o acuda.")


@room.get("/ciudadania")
@admits(*ATTENDANTS, Role.AUDITOR)
def attend() -> str:
    """The page for attending to a person, and the disavowals filed."""
    return _attend([], "")


def _attend(supports: list[Support], clave: str) -> str:
    with store().reading() as session:
        is_open = bool(open_processes(session))
        filed = disavowals(session)
    return render_template("publico/attend.html", is_open=is_open, supports=supports, clave=clave, filed=filed)


@room.post("/ciudadania")
@admits(*ATTENDANTS)
def attend_person() -> ResponseReturnValue:
    """Look up the supports of a person who stands before staff with their credential."""
    clave = _identified()
    return _attend(_supports_in_person(clave), clave)


@room.post("/ciudadania/desconocimiento")
@admits(*ATTENDANTS)
def deny_in_person() -> ResponseReturnValue:
    """File the disavowal of one support of the person who stands before staff."""
    clave = _identified()
    wanted = request.form.get("record", "")
    support = next((one for one in _supports_in_person(clave) if one.record == wanted), None)
    if support is None:
        abort(404)
    with store().writing() as session:
        made = disavow(session, support, request.form.get("statement", ""), channel=IN_PERSON, by=person())
        number = made.id
    flash(_("Desconocimiento recibido con el número %(n)s; lo resuelve la mesa.", n=number), "bien")
    return redirect(url_for("publico.attend"), 303)


def _supports_in_person(clave: str) -> list[Support]:
    _hold_pace(f"{IN_PERSON_HOURLY}/hour", "persona", person())
    with store().writing() as session:
        return look_in_person(session, clave, by=person())


def _identified() -> str:
    """The clave on the credential that staff saw. Raises Refused."""
    if request.form.get("identified") != "1":
        raise Refused("SIN_IDENTIFICAR", "Confirme que tuvo a la vista la credencial de la persona.")
    clave = request.form.get("clave", "").strip().upper()
    if not claves.validate(clave):
        raise Refused("CLAVE_FORMA", "La clave de elector tiene 18 caracteres; cópiela de la credencial.")
    return clave
