"""Photocopy doubts settled on paper: whoever receives holds the sheet and says what it is, all its rows at once."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from service.access.context import person, settings, store
from service.access.guard import admits, roles_of
from service.access.roles import Role
from service.access.scope import aspirante_or_404, require_sight
from service.desk.decisions import Decision, Standing, decide, where_it_stands
from service.errors import Refused
from service.store import questions
from service.store.findings import standing_reviews

room = Blueprint("paper", __name__, template_folder="templates")

HOLDERS = (Role.CAPTURISTA, Role.SUPERVISOR)
"""Who has the paper in hand: those who receive it."""


@room.get("/aspirantes/<aspirante>/papel")
@admits(*HOLDERS)
def sheets(aspirante: str) -> str:
    """Sheets whose scan cannot tell an original from a copy."""
    found = aspirante_or_404(aspirante)
    with store().reading() as session:
        lines = []
        for sheet, came, items in questions.sheets_in_doubt(session, aspirante, "copy"):
            answers = [standing_reviews(session, item.id) for item in items]
            lines.append(
                {
                    "sheet": sheet,
                    "came": came,
                    "rows": len(items),
                    "record": items[0].record,
                    "reasons": list(dict.fromkeys(r for item in items for r in item.reasons)),
                    "mine": all(any(review.by == person() for review in given) for given in answers),
                    "differ": any(where_it_stands(given) is Standing.SUPERVISOR for given in answers if given),
                }
            )
    supervises = Role.SUPERVISOR in roles_of(current_user)
    return render_template("desk/paper.html", aspirante=found, lines=lines, supervises=supervises)


@room.post("/aspirantes/<aspirante>/papel")
@admits(*HOLDERS)
def answer(aspirante: str) -> ResponseReturnValue:
    """Answer the open photocopy questions of one sheet, paper in hand; its original must have been received."""
    require_sight(aspirante)
    said = request.form.get("decision", "")
    roles = frozenset(role.value for role in roles_of(current_user))
    with store().writing() as session:
        found = {s.id: (came, items) for s, came, items in questions.sheets_in_doubt(session, aspirante, "copy")}
        came, items = found.get(request.form.get("sheet", ""), (False, []))
        if not items:
            raise Refused("HOJA_SIN_DUDA", "Esa hoja no tiene dudas de fotocopia abiertas; actualice la lista.")
        if not came:
            raise Refused(
                "SIN_ORIGINAL", "Reciba antes el original de esa hoja: se resuelve con el papel a la vista."
            )
        stood = []
        for item in items:
            if any(review.by == person() for review in standing_reviews(session, item.id)):
                continue
            stood.append(decide(session, settings(), item.id, Decision(said), by=person(), roles=roles, paper=True))
    settled = sum(standing is Standing.SETTLED for standing in stood)
    flash(
        _("%(n)s renglones resueltos; %(m)s esperan a otra persona.", n=settled, m=len(stood) - settled),
        "bien" if stood else "aviso",
    )
    return redirect(url_for("paper.sheets", aspirante=aspirante), 303)
