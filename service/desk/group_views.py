"""Pages of group verification of whole rows: one question about many, confirmed at once but for the odd ones."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from service.access.context import person, settings, store
from service.access.guard import admits
from service.access.numbers import whole_numbers
from service.access.roles import DESK
from service.access.scope import own_aspirantes
from service.audit import deeds
from service.audit.chain import record as record_deed
from service.desk.decisions import Decision, decide
from service.desk.questions import GROUPABLE, QUESTIONS
from service.desk.queue import LOAN_MINUTES, Filter, may_answer, questions_for
from service.desk.sight import item_or_404, role_names, supervises
from service.jobs.row_view import row_place
from service.store import pages, questions
from service.store.desk import escalated, give_back, lend
from service.store.findings import standing_reviews
from service.store.proceso import form_documents

room = Blueprint("group", __name__, template_folder="templates")


@room.get("/revision/grupo/<kind>")
@admits(*DESK)
def grid(kind: str) -> str:
    """Many rows with the same question in a grid: confirm all but the odd ones, which stay in the queue."""
    if kind not in GROUPABLE:
        abort(404)
    wanted = Filter(kind=kind, aspirante=request.args.get("aspirante", ""))
    with store().writing() as session:
        found = questions_for(
            session, wanted, by=person(), supervises=supervises(), own=own_aspirantes(current_user), limit=200
        )
        held = [(i, r) for i, r in found if lend(session, i.id, person(), LOAN_MINUTES) is None][:GROUP_SIZE]
        registered = form_documents(session)
        cells = []
        for question, record in held:
            view = pages.record_view(session, record.id)
            if view is not None:
                place = row_place(view.reading.form, record.row, registered, GROUPABLE[kind])
                cells.append((question, record, place))
        if cells:
            record_deed(session, person(), deeds.ImageSeen(",".join(r.id for _q, r, _p in cells), "grupo"))
    return render_template(
        "desk/group.html", question=QUESTIONS[kind], cells=cells, wanted=wanted, close_up=bool(GROUPABLE[kind])
    )


GROUP_SIZE = 24
"""Pictures on one grid: what fits a screen without scrolling at the sizes looked at."""


@room.post("/revision/grupo/<kind>")
@admits(*DESK)
def answer(kind: str) -> ResponseReturnValue:
    """Give the positive answer to every row of the grid that was not marked as odd."""
    if kind not in GROUPABLE:
        abort(404)
    shown = whole_numbers(request.form.getlist("shown"))
    odd = set(whole_numbers(request.form.getlist("odd")))
    decision = Decision(next(b.decision for b in QUESTIONS[kind].buttons if b.main))
    given = 0
    with store().writing() as session:
        for item_id in shown:
            question = item_or_404(session, item_id)
            free = lend(session, item_id, person(), LOAN_MINUTES) is None
            mine = may_answer(
                question, standing_reviews(session, item_id), escalated(session, [item_id]), person(), supervises()
            )
            if question.kind == kind and free and mine and questions.is_open(session, item_id) and item_id not in odd:
                decide(session, settings(), item_id, decision, by=person(), roles=role_names())
                given += 1
            give_back(session, item_id)
    flash(_("%(n)s confirmados; %(m)s quedan en la fila para verse uno por uno.", n=given, m=len(odd)), "bien")
    return redirect(
        url_for("group.grid", kind=kind, **Filter(aspirante=request.form.get("aspirante", "")).as_query()), 303
    )
