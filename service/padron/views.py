"""Pages of a process: dates, parameters with their source, ambiguities of the law, frames and lists."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from service.access.context import person, store
from service.access.guard import admits, roles_of
from service.access.roles import RECORDS, Role
from service.errors import Refused
from service.jobs.lawyer import law_aspirantes
from service.law.ambiguity import REGISTER
from service.law.parameters import bundled
from service.law.plazos import parrafo_18_dictamen_deadline, parrafo_20_warnings, process_warnings
from service.padron import parameters
from service.proceso.register import law_proceso
from service.store import pages
from service.store.parametros import answer_of, find_proposal, proposals_of
from service.store.proceso import proceso_in_force

room = Blueprint("padron", __name__, template_folder="templates")

STAFF_READERS = (*RECORDS, Role.ADMIN, Role.AUDITOR, Role.OBSERVADOR)


@room.get("/procesos")
@admits(*STAFF_READERS)
def index() -> str:
    with store().reading() as session:
        versions = pages.procesos(session)
        frames = pages.marcos(session)
        lists = pages.listas(session)
    processes = [(version, law_proceso(version.text)) for version in versions]
    return render_template("padron/index.html", processes=processes, frames=frames, lists=lists)


@room.get("/procesos/<proceso>")
@admits(*STAFF_READERS)
def show(proceso: str) -> str:
    """A process: dates, windows, each parameter with the acuerdo that set it, its versions, changes proposed."""
    with store().reading() as session:
        version = proceso_in_force(session, proceso)
        versions = pages.versions_of(session, proceso)
        proposals = proposals_of(session, proceso)
        aspirantes = law_aspirantes(session, proceso)
    if version is None:
        abort(404)
    law = law_proceso(version.text)
    return render_template(
        "padron/show.html",
        version=version,
        versions=versions,
        law=law,
        parametros=law.parametros.fuentes,
        proposals=proposals,
        dictamen_by=parrafo_18_dictamen_deadline(law),
        warnings=process_warnings(law),
        late=[(one.id, told) for one in aspirantes for told in parrafo_20_warnings(one, law.precampanas)],
        may_change=Role.ADMIN in roles_of(current_user),
    )


@room.get("/procesos/<proceso>/parametros/<parametro>")
@admits(Role.ADMIN)
def parameter(proceso: str, parametro: str) -> str:
    """The form to propose another value of one parameter."""
    with store().reading() as session:
        version = proceso_in_force(session, proceso)
    if version is None or parametro not in bundled():
        abort(404)
    source = law_proceso(version.text).parametros.fuentes[parametro]
    return render_template(
        "padron/parameter.html", version=version, source=source, admitted=bundled()[parametro]["admite"]
    )


@room.post("/procesos/<proceso>/parametros/<parametro>")
@admits(Role.ADMIN, fresh=True)
def propose(proceso: str, parametro: str) -> ResponseReturnValue:
    """Put a change before a second person; its effect is worked out now and nothing is changed yet."""
    form = request.form
    try:
        since = dt.date.fromisoformat(form.get("since", ""))
    except ValueError:
        raise Refused("FECHA", "Escriba desde cuándo rige como AAAA-MM-DD.") from None
    value = parameters.read_value(parametro, form.get("value", ""))
    number = parameters.propose(
        store(),
        proceso,
        parametro=parametro,
        valor=value,
        acuerdo=form.get("acuerdo", ""),
        since=since,
        by=person(),
    )
    flash(_("Propuesta hecha; la debe aprobar otra persona."), "bien")
    return redirect(url_for("padron.proposal", proposal=number), 303)


@room.get("/propuestas/<int:proposal>")
@admits(Role.ADMIN, Role.AUDITOR)
def proposal(proposal: int) -> str:
    """A proposed change with its effect on every count."""
    with store().reading() as session:
        found = find_proposal(session, proposal)
        answered = answer_of(session, proposal)
    if found is None:
        abort(404)
    may_answer = Role.ADMIN in roles_of(current_user) and answered is None and found.by != person()
    return render_template("padron/proposal.html", proposal=found, answered=answered, may_answer=may_answer)


@room.post("/propuestas/<int:proposal>")
@admits(Role.ADMIN, fresh=True)
def answer_proposal(proposal: int) -> ResponseReturnValue:
    approved = request.form.get("answer") == "approve"
    with store().writing() as session:
        found = find_proposal(session, proposal)
        if found is None:
            abort(404)
        parameters.answer(session, found, approved=approved, by=person())
    flash(_("Aprobada: hay una versión nueva del proceso.") if approved else _("Rechazada."), "bien")
    return redirect(url_for("padron.proposal", proposal=proposal), 303)


@room.get("/ambiguedades")
@admits(*STAFF_READERS, Role.ASPIRANTE, Role.REPRESENTANTE)
def ambiguities() -> str:
    """What the text of the law leaves open, what is taken by default, and what it changes."""
    return render_template("padron/ambiguities.html", register=REGISTER)
