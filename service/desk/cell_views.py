"""Pages of group verification: many cells read as the same character, confirmed at once but for the odd ones."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from service.access.context import person, settings, store
from service.access.guard import admits, roles_of
from service.access.numbers import whole_numbers
from service.access.roles import READERS
from service.access.scope import own_aspirantes
from service.audit import deeds
from service.audit.chain import record as record_deed
from service.desk.cells import GROUP_SIZE, judge, take_back, take_group
from service.desk.hints import hints
from service.jobs.cells import COLUMNS, TILE, draw_cells
from service.store.cells import count_cells, last_act_by, pictures_of
from service.store.proceso import form_documents

room = Blueprint("cells", __name__, template_folder="templates")

KEEP_SECONDS = 600
"""As long as a loan of the desk."""


@room.get("/revision/celdas/<character>")
@admits(*READERS)
def group(character: str) -> str:
    """A grid of cells read as ``character``; Enter confirms them all but those that were marked."""
    own = own_aspirantes(current_user)
    with store().writing() as session:
        cells = take_group(session, character, by=person(), own=own)
        waiting = hints().get(("cells", own), lambda: count_cells(session, own))
        undoable = last_act_by(session, person())
        if cells:
            record_deed(session, person(), deeds.ImageSeen(",".join(sorted({c.record for c in cells})), "celdas"))
        numbers = [cell.id for cell in cells]
        shown = [(cell.id, cell.record, cell.field, cell.cell + 1) for cell in cells]
    return render_template(
        "desk/cells.html",
        character=character,
        word=_("vacía") if character == "·" else character,
        cells=shown,
        numbers=".".join(str(number) for number in numbers),
        waiting=waiting,
        undoable=undoable,
        tile=TILE,
        columns=COLUMNS,
    )


@room.get("/revision/celdas.jpg")
@admits(*READERS)
def pictures() -> Response:
    """The pictures of the cells of a grid on one sheet, in the order asked."""
    texts = request.args.get("celdas", "").split(".")
    asked = whole_numbers(texts)
    if len(texts) > GROUP_SIZE or len(asked) != len(texts):
        abort(404)
    own = own_aspirantes(current_user)
    with store().reading() as session:
        found = pictures_of(session, asked)
        registered = form_documents(session)
    if len(found) != len(asked) or (own is not None and any(picture.aspirante not in own for picture in found)):
        abort(404)
    response = Response(draw_cells(settings(), found, registered), mimetype="image/jpeg")
    response.headers["Cache-Control"] = f"private, max-age={KEEP_SECONDS}"
    return response


@room.post("/revision/celdas/<character>")
@admits(*READERS)
def answer(character: str) -> ResponseReturnValue:
    """Confirm the cells shown but the odd ones, and hand over the next grid."""
    form = request.form
    shown = whole_numbers(form.getlist("shown"))
    odd = set(whole_numbers(form.getlist("odd")))
    own = own_aspirantes(current_user)
    with store().writing() as session:
        if own is not None and any(picture.aspirante not in own for picture in pictures_of(session, shown)):
            abort(404)
        names = frozenset(role.value for role in roles_of(current_user))
        done = judge(session, settings(), character, shown=shown, odd=odd, by=person(), roles=names)
    said = _("%(n)s confirmadas, %(m)s marcadas como distintas. Con U lo deshace.", n=done.confirmed, m=done.odd)
    if done.dates:
        said += " " + _("%(n)s fechas quedaron leídas.", n=done.dates)
    if done.gone:
        said += " " + _("%(n)s ya las había visto otra persona.", n=done.gone)
    flash(said, "bien")
    return redirect(url_for("cells.group", character=character), 303)


@room.post("/revision/celdas")
@admits(*READERS)
def undo() -> ResponseReturnValue:
    """U: take back one's own last grid; both acts are kept."""
    with store().writing() as session:
        back = take_back(session, by=person())
    said = _("Grupo deshecho; los dos actos quedan en la bitácora.")
    if back.stayed:
        said += " " + _("%(n)s fechas quedan como las resolvió supervisión o la audiencia.", n=back.stayed)
    flash(said, "aviso")
    return redirect(url_for("cells.group", character=back.character), 303)
