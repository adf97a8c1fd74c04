"""Pages of the acts that mend a delivery: closing a page by hand, moving it to another aspirante."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from service.access.context import person, store
from service.access.guard import admits
from service.access.numbers import whole_number
from service.access.roles import Role
from service.access.scope import require_sight, sees
from service.errors import Refused
from service.intake.remedies import answer_remedy, propose_closing, propose_move
from service.store import pages
from service.store.papers import Batch
from service.store.remedies import find_remedy, pages_aside, remedies_of

room = Blueprint("remedies", __name__, template_folder="templates")

MENDERS = (Role.CAPTURISTA, Role.SUPERVISOR)


def _batch_or_404(batch: str) -> Batch:
    with store().reading() as session:
        found = pages.find_batch(session, batch)
    if found is None:
        abort(404)
    require_sight(found.aspirante)
    return found


@room.get("/entregas/<batch>/actos")
@admits(*MENDERS)
def acts(batch: str) -> str:
    """Pages put aside, acts proposed on this delivery, and whose it may be."""
    found = _batch_or_404(batch)
    with store().reading() as session:
        return render_template(
            "intake/remedies.html",
            batch=found,
            aside=pages_aside(session, found.id),
            remedies=remedies_of(session, found.id),
            others=[
                line.aspirante
                for line in pages.aspirante_lines(session)
                if line.aspirante.id != found.aspirante and sees(line.aspirante.id)
            ],
            me=person(),
        )


@room.post("/entregas/<batch>/actos")
@admits(*MENDERS)
def propose(batch: str) -> ResponseReturnValue:
    """Propose to close a page by hand, or to move the delivery; another person answers."""
    found = _batch_or_404(batch)
    form = request.form
    motive, rows, page = (
        form.get("motive", ""),
        whole_number(form.get("rows", "0")),
        whole_number(form.get("page", "")),
    )
    with store().writing() as session:
        if form.get("kind") == "move":
            to = form.get("to", "")
            require_sight(to)
            propose_move(session, session.get_one(Batch, found.id), to, motive=motive, by=person())
        else:
            if page is None or page not in {p.id for p, _s, _j in pages_aside(session, found.id)}:
                raise Refused("PAGINA_LEIDA", "Esa página no está apartada; no hace falta cerrarla a mano.")
            if rows is None:
                raise Refused("NUMERO", "Los renglones se escriben con un número entero.")
            propose_closing(session, page, rows=rows, motive=motive, by=person())
    flash(_("Propuesto; lo debe aprobar otra persona."), "bien")
    return redirect(url_for("remedies.acts", batch=found.id), 303)


@room.post("/actos/<int:remedy>")
@admits(*MENDERS)
def answer(remedy: int) -> ResponseReturnValue:
    """The second person's answer."""
    with store().writing() as session:
        found = find_remedy(session, remedy)
        if found is None:
            abort(404)
        batch = _batch_or_404(found.batch)
        approved = request.form.get("answer") == "approve"
        answer_remedy(session, found, approved=approved, by=person())
    flash(_("Aprobado y hecho.") if approved else _("Rechazado."), "bien")
    return redirect(url_for("remedies.acts", batch=batch.id), 303)
