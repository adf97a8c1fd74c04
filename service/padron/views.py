"""Pages of a process: dates, parameters with their source, ambiguities of the law, frames and lists."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from service.access.context import store
from service.access.guard import admits
from service.access.roles import RECORDS, Role
from service.law.parameters import bundled
from service.proceso.register import law_proceso
from service.store import pages
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
    """A process: dates, windows, each parameter with the acuerdo that set it, and its versions."""
    with store().reading() as session:
        version = proceso_in_force(session, proceso)
        versions = pages.versions_of(session, proceso)
    if version is None:
        abort(404)
    law = law_proceso(version.text)
    return render_template(
        "padron/show.html", version=version, versions=versions, law=law, parametros=law.parametros.fuentes,
        admitted=bundled(),
    )  # fmt: skip
