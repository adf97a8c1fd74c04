"""Pages of the portal: progress in pictures, an aspirante's rows, alerts for supervisors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from service.access.context import person, store
from service.access.guard import admits, roles_of
from service.access.numbers import whole_number
from service.access.pages import start_of_day
from service.access.roles import PARTIES, RECORDS, Role
from service.access.scope import aspirante_or_404, require_sight, sight
from service.audit.chain import record
from service.audit.deeds import AlertAnswered
from service.errors import Refused
from service.jobs.remarks import SENTENCES, remarks_of
from service.portal.figures import progress_of
from service.store import now
from service.store import portal as rows
from service.store.shown import shown_class

room = Blueprint("portal", __name__, template_folder="templates")

ROWS_SHOWN = 40
WATCHERS = (Role.SUPERVISOR, Role.DEAPF)


@room.get("/aspirantes/<aspirante>/avance")
@admits(*RECORDS, *PARTIES, Role.OBSERVADOR)
def progress(aspirante: str) -> str:
    """How far the aspirante is towards 1 % and 35 %, drawn and as tables."""
    found = aspirante_or_404(aspirante)
    with store().reading() as session:
        seen = progress_of(session, found, sight(), start_of_day().date())
    return render_template("portal/progress.html", aspirante=found, seen=seen)


@dataclass(frozen=True, slots=True)
class RowSeen:
    """A row as its party sees it: what was read, what may be wrong, and after the original its class."""

    record: str
    file: str
    page: int
    folio: str | None
    row: int
    clave: str
    remarks: list[str]
    clase: str
    original: bool


@room.get("/aspirantes/<aspirante>/renglones")
@admits(*RECORDS, *PARTIES)
def row_list(aspirante: str) -> str:
    """The aspirante's rows: reading results at once, what the list says only after the original came."""
    found = aspirante_or_404(aspirante)
    page, _hyphen, row = request.args.get("desde", "").partition("-")
    place = whole_number(page) or 0, whole_number(row) or 0
    with store().reading() as session:
        lines = rows.rows_after(session, found.id, place, ROWS_SHOWN)
    seen = [_row_seen(line) for line in lines]
    following = f"{lines[-1][2].id}-{lines[-1][0].row}" if len(lines) == ROWS_SHOWN else ""
    return render_template("portal/rows.html", aspirante=found, lines=seen, following=following)


def _row_seen(line: rows.RowLine) -> RowSeen:
    one, sheet, page, scan, read, reading, ruling, original = line
    told = [SENTENCES[note["code"]] for note in _remarks(reading.document, one.row)]
    clase = shown_class(ruling.clase if ruling else "Q1", original=bool(original))
    return RowSeen(one.id, scan.name, page.number, sheet.folio, one.row, read.clave, told, clase, bool(original))


def _remarks(document: dict[str, Any], row: int) -> list[dict[str, Any]]:
    only = {**document, "rows": [each for each in document["rows"] if each["row"] == row]}
    return [note for note in remarks_of(only) if note["row"] == row]


@room.get("/alertas")
@admits(*WATCHERS, Role.AUDITOR)
def alert_list() -> str:
    """Deliveries with an unusual share of keys not found."""
    with store().reading() as session:
        found = rows.alerts(session)
    may_answer = bool(roles_of(current_user) & {*WATCHERS})
    return render_template("portal/alerts.html", alerts=found, may_answer=may_answer)


@room.post("/alertas/<int:alert>")
@admits(*WATCHERS)
def answer_alert(alert: int) -> ResponseReturnValue:
    """Note what was found out about a delivery. Raises Refused."""
    said = request.form.get("answer", "").strip()
    with store().writing() as session:
        found = session.get(rows.DeliveryAlert, alert)
        if found is None or found.answered_at is not None:
            raise Refused("ALERTA", "Esa alerta no existe o ya se atendió; actualice la lista.")
        require_sight(found.aspirante)
        if len(said) < 10:
            raise Refused("ALERTA_SIN_NOTA", "Escriba qué se averiguó, en una frase.")
        found.answer, found.answered_at, found.answered_by = said[:2000], now(), person()
        record(session, person(), AlertAnswered(found.id, found.batch))
    flash(_("Atendida."), "bien")
    return redirect(url_for("portal.alert_list"), 303)
