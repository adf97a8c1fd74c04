"""Pages for observers, without sign-in: aggregates of the processes that open them, what a dictamen publishes."""

from __future__ import annotations

import json

from flask import Blueprint, Response, abort, render_template

from service.access.context import store
from service.access.guard import open_to_all
from service.dictamen.views import public_file
from service.publico.figures import figures_of, overview, published
from service.publico.kept import KEEP_SECONDS, keep_for_everyone

room = Blueprint("publico", __name__, template_folder="templates")


@room.get("/publico")
@open_to_all("cifras agregadas, sin datos de nadie, de los procesos que las abren")
def index() -> Response:
    """Every open process: a bar an aspirante, days left, what is preliminary said so."""

    def build() -> str:
        with store().reading() as session:
            return render_template("publico/index.html", all=overview(session))

    return keep_for_everyone(build)


@room.get("/publico/cifras.json")
@open_to_all("las mismas cifras agregadas, para otros programas")
def figures() -> Response:
    """The same figures as a document."""

    def build() -> str:
        with store().reading() as session:
            return json.dumps(overview(session), ensure_ascii=False, indent=1)

    return keep_for_everyone(build, "application/json")


@room.get("/publico/aspirantes/<aspirante>")
@open_to_all("cifras agregadas, sin datos de nadie, de los procesos que las abren")
def aspirante(aspirante: str) -> Response:
    """One aspirante: the count by class and unit; with the dictamen its hashes, its root and its public files."""

    def build() -> str:
        with store().reading() as session:
            found = figures_of(session, aspirante)
        if found is None:
            abort(404)
        return render_template("publico/aspirante.html", one=found)

    return keep_for_everyone(build)


@room.get("/publico/dictamenes/<int:dictamen>/<name>")
@open_to_all("archivos públicos de un dictamen en vigor: compromisos y marco, sin datos de nadie")
def dictamen_file(dictamen: int, name: str) -> Response:
    """A public file of the final dictamen in force."""
    with store().reading() as session:
        found = published(session, dictamen)
    if found is None or name not in found[1]:
        abort(404)
    response = public_file(found[0], name)
    response.headers["Cache-Control"] = f"public, max-age={KEEP_SECONDS}"
    return response
