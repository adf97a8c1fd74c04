"""Pages of the reception of originals: acta in PDF, random cotejo with a public seed."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from service.access.context import person, settings, store
from service.access.guard import admits, roles_of
from service.access.numbers import whole_number
from service.access.roles import PARTIES, RECORDS, Role
from service.access.scope import aspirante_or_404
from service.audit import deeds
from service.audit.chain import record as record_deed
from service.errors import Refused
from service.intake.acta import draw_acta
from service.intake.cotejo import check_sheet, draw_sample, list_sha256, list_text
from service.store.reception import checks_of, find_sample, marks_of, samples_of

room = Blueprint("reception", __name__, template_folder="templates")

RECEIVERS = (Role.CAPTURISTA, Role.SUPERVISOR)
MOST_SAMPLED = 999_999


@room.get("/aspirantes/<aspirante>/originales/acta.pdf")
@admits(*RECORDS, *PARTIES)
def acta(aspirante: str) -> Response:
    """The acta of reception as it stands now; its hash stays in the log."""
    found = aspirante_or_404(aspirante)
    with store().writing() as session:
        data = draw_acta(session, found, by=person(), rehearsal=settings().rehearsal)
        digest = hashlib.sha256(data).hexdigest()
        record_deed(session, person(), deeds.ActaDrawn("recepcion", found.id, digest))
    response = Response(data, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f"attachment; filename=acta-recepcion-{found.id}.pdf"
    return response


@room.get("/aspirantes/<aspirante>/cotejo")
@admits(*RECORDS, *PARTIES)
def cotejo(aspirante: str) -> str:
    """Samples drawn for cotejo, how to repeat the draw, and what each sheet gave."""
    found = aspirante_or_404(aspirante)
    with store().reading() as session:
        samples = [(sample, checks_of(session, sample.id)) for sample in samples_of(session, found.id)]
        marks = marks_of(session, found.id)
    return render_template(
        "intake/cotejo.html",
        aspirante=found,
        samples=samples,
        received=len(marks),
        sha256=list_sha256(marks),
        waits=any(len(checks) < len(sample.drawn) for sample, checks in samples),
        may_receive=bool(roles_of(current_user) & {*RECEIVERS}),
    )


@room.get("/aspirantes/<aspirante>/cotejo/relacion.txt")
@admits(*RECORDS, *PARTIES)
def cotejo_list(aspirante: str) -> Response:
    """The list a draw is made from, one folio a line: of a sample (``muestra``), or of what was received so far."""
    found = aspirante_or_404(aspirante)
    number = request.args.get("muestra", "")
    with store().reading() as session:
        sample = find_sample(session, whole_number(number) or 0)
        if number and (sample is None or sample.aspirante != found.id):
            abort(404)
        marks = sample.population if sample is not None else marks_of(session, found.id)
    return Response(list_text(marks), mimetype="text/plain")


@room.post("/aspirantes/<aspirante>/cotejo")
@admits(*RECEIVERS)
def draw(aspirante: str) -> ResponseReturnValue:
    """Draw a sample with a public seed."""
    found = aspirante_or_404(aspirante)
    form = request.form
    size = whole_number(form.get("size", ""), MOST_SAMPLED)
    if size is None:
        raise Refused("NUMERO", "El tamaño de la muestra se escribe con un número entero.")
    with store().writing() as session:
        draw_sample(
            session, found.id, seed=form.get("seed", ""), source=form.get("source", ""), size=size, by=person()
        )
    flash(_("Muestra sorteada; tome cada hoja y diga qué encontró."), "bien")
    return redirect(url_for("reception.cotejo", aspirante=found.id), 303)


@room.post("/aspirantes/<aspirante>/cotejo/hoja")
@admits(*RECEIVERS)
def check(aspirante: str) -> ResponseReturnValue:
    """What one drawn sheet gave, paper in hand."""
    found = aspirante_or_404(aspirante)
    form = request.form
    with store().writing() as session:
        sample = find_sample(session, whole_number(form.get("sample", "")) or 0)
        if sample is None or sample.aspirante != found.id:
            abort(404)
        result, note = form.get("result", ""), form.get("note", "")
        check_sheet(session, sample, form.get("mark", ""), result=result, note=note, by=person())
    flash(_("Anotado."), "bien")
    return redirect(url_for("reception.cotejo", aspirante=found.id), 303)
