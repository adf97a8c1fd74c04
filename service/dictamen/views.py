"""Pages of the count and the dictamen: tally of an aspirante, records by class, dictámenes with their state."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from flask import (
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import current_user

from service.access.context import person, settings, store
from service.access.guard import admits, roles_of
from service.access.pages import start_of_day
from service.access.roles import DESK, PARTIES, RECORDS, Role
from service.access.scope import (
    aspirante_or_404,
    is_observer,
    own_aspirantes,
    sight,
)
from service.access.words import CLASSES
from service.dictamen import control_views, exchange_views, handout_views
from service.dictamen.aggregates import public_aggregates
from service.dictamen.reach import dictamen_or_404, folder_of, is_withheld
from service.dictamen.room import room
from service.errors import Refused
from service.proceso.publico import public_rules
from service.proceso.register import require_proceso
from service.store import pages
from service.store.findings import Dictamen
from service.store.shown import Sight, tally_seen

__all__ = [
    "control_views", "exchange_views", "folder_of", "handout_views", "room",
]  # fmt: skip
"""The other pages of this room hang their routes on it by being imported here."""

READERS = (*RECORDS, *PARTIES, Role.OBSERVADOR)
HEARING = handout_views.HEARING
PENDING = ("Q1", "Q2", "Q3")
PUBLIC_FILES = {
    "dictamen.json": "application/json",
    "dictamen.pdf": "application/pdf",
    "annex_public.csv": "text/csv",
    "annex_marco.csv": "text/csv",
    "dictamen.schema.json": "application/schema+json",
    "verify_alone.py": "text/x-python",
}
CONFIDENTIAL_FILES = {"annex_confidential.csv": "text/csv", "annex_control.csv": "text/csv"}


@room.app_context_processor
def tabs() -> dict[str, Any]:
    """The tabs of an aspirante, those the person may open."""
    roles = roles_of(current_user)
    entries = [
        (lazy_gettext("Avance"), "portal.progress", "progress"),
        (lazy_gettext("Cuenta"), "dictamen.tally", "tally"),
    ]
    if roles & (RECORDS | PARTIES):
        entries += [
            (lazy_gettext("Entregas"), "intake.batches", "batches"),
            (lazy_gettext("Renglones"), "portal.row_list", "rows"),
            (lazy_gettext("Originales"), "intake.originals", "originals"),
        ]
    if roles & RECORDS:
        entries.append((lazy_gettext("Registros"), "dictamen.records", "records"))
    if roles & ({Role.AUDIENCIA, Role.SUPERVISOR, Role.DEAPF} | PARTIES):
        entries.append((lazy_gettext("Audiencia"), "audiencia.aspirante", "audiencia"))
    return {"aspirante_tabs": entries}


@room.get("/aspirantes/<aspirante>")
@admits(*READERS)
def tally(aspirante: str) -> str:
    """The count: bar against the requirement, classes, dispersion, outcome."""
    found = aspirante_or_404(aspirante)
    with store().reading() as session:
        step = public_rules(require_proceso(session, found.proceso).text).minimo_por_celda
        document = tally_seen(session, found.id, sight(), step)
    return render_template(
        "dictamen/tally.html",
        may_hear=bool(roles_of(current_user) & HEARING),
        aspirante=found,
        tally=document,
        lines=_class_lines(document) if document else [],
        step=step if sight() is Sight.OBSERVER else 0,
    )


def _class_lines(document: dict[str, Any]) -> list[tuple[str, int, str]]:
    """Classes with records, in the order of precedence of the taxonomy: (code, how many, valid|pending|out)."""
    by_class: dict[str, int] = document["by_class"]
    if not roles_of(current_user) & RECORDS:  # causes of baja are for the hearing only (domain: J 9)
        by_class = _without_causes(by_class)
    order = list(CLASSES)
    known = sorted(by_class, key=lambda code: order.index(code) if code in order else 3)
    return [
        (code, by_class[code], "valid" if code == "V" else "pending" if code in PENDING or code == "DT" else "out")
        for code in known
        if by_class[code]
    ]


def _without_causes(by_class: dict[str, int]) -> dict[str, int]:
    """The classes with every baja under one head."""
    kept = {code: count for code, count in by_class.items() if not code.startswith("B")}
    removed = sum(by_class.values()) - sum(kept.values())
    return {**kept, "B": removed} if removed else kept


@room.get("/aspirantes/<aspirante>/registros")
@admits(*RECORDS)
def records(aspirante: str) -> str:
    """The rows of an aspirante with class, reasons and paragraph, fifty at a time."""
    found = aspirante_or_404(aspirante)
    wanted = request.args.get("clase", "")
    with store().reading() as session:
        lines = pages.record_lines(
            session, found.id, classes=[wanted] if wanted else None, after=request.args.get("desde", "")
        )
    return render_template("dictamen/records.html", aspirante=found, lines=lines, wanted=wanted, classes=CLASSES)


@room.get("/dictamenes")
@admits(*READERS, Role.AUDITOR)
def index() -> str:
    own = own_aspirantes(current_user)
    with store().reading() as session:
        issued = [(d, a) for d, a in pages.dictamenes(session, own) if not is_withheld(session, d)]
        lines = pages.aspirante_lines(session, own) if Role.DEAPF in roles_of(current_user) else []
    return render_template(
        "dictamen/index.html",
        issued=issued, lines=lines, today=start_of_day().date(),
        may_look=bool(roles_of(current_user) & {*DESK, Role.DEAPF, Role.AUDITOR}),
        may_exchange=bool(roles_of(current_user) & {*DESK, Role.DEAPF}),
    )  # fmt: skip


@room.post("/dictamenes")
@admits(Role.DEAPF, fresh=True)
def issue() -> ResponseReturnValue:
    """Issue a dictamen (or a preliminary report) of an aspirante."""
    from service.dictamen.assemble import issue_for

    found = aspirante_or_404(request.form.get("aspirante", ""))
    on = _day(request.form.get("on", ""))
    preliminary = request.form.get("preliminary") == "1"
    issued = issue_for(
        store(),
        settings(),
        found.id,
        preliminary=preliminary,
        on=on,
        operator=person(),
        motive=request.form.get("motive", "").strip(),
    )
    flash(_("Emitido."), "bien")
    return redirect(url_for("dictamen.show", dictamen=issued.number), 303)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text) if text else start_of_day().date()
    except ValueError:
        raise Refused("FECHA", "Escriba la fecha como AAAA-MM-DD.") from None


@room.get("/dictamenes/<int:dictamen>")
@admits(*READERS, Role.AUDITOR)
def show(dictamen: int) -> str:
    return _show(dictamen_or_404(dictamen), None)


def _show(found: Dictamen, verified: list[str] | None, notes: Sequence[str] = ()) -> str:
    with store().reading() as session:
        aspirante = pages.find_aspirante(session, found.aspirante)
    folder = folder_of(found)
    names = [*PUBLIC_FILES, *(CONFIDENTIAL_FILES if _may_see_confidential() else ())]
    if not (whole := _may_see_whole(found)):
        names = [name for name in names if name not in WHOLE_FILES]
    return render_template(
        "dictamen/show.html",
        dictamen=found,
        aspirante=aspirante,
        files=[(name, (folder / name).stat().st_size) for name in names if (folder / name).is_file()],
        intact=hashlib.sha256(found.document).hexdigest() == found.sha256,
        verified=verified,
        notes=notes,
        whole=whole,
        may_prove=bool(roles_of(current_user) & {*RECORDS, *PARTIES}),
        may_count=bool(roles_of(current_user) & RECORDS),
        has_folder=folder.is_dir(),
    )


def _may_see_confidential() -> bool:
    return bool(roles_of(current_user) & {Role.DEAPF, Role.SUPERVISOR})  # never a party: claves and facts of rivals


@room.post("/dictamenes/<int:dictamen>/verificar")
@admits(*READERS, Role.AUDITOR)
def verify(dictamen: int) -> str:
    """Recompute every figure from the annexes alone, as ``respaldo dictamen verify`` does."""
    from service.dictamen.verify import verify as recompute

    found = dictamen_or_404(dictamen)
    report = recompute(folder_of(found), found.root)
    return _show(found, [str(finding) for finding in report.findings], report.notes)


@room.get("/dictamenes/<int:dictamen>/archivos/<name>")
@admits(*READERS, Role.AUDITOR)
def file(dictamen: int, name: str) -> Response:
    found = dictamen_or_404(dictamen)
    if name in CONFIDENTIAL_FILES and _may_see_confidential():
        return _sent(found, name, CONFIDENTIAL_FILES[name])
    if name in WHOLE_FILES and not _may_see_whole(found):
        abort(404)
    return public_file(found, name)


WHOLE_FILES = ("dictamen.json", "dictamen.pdf")
"""They print every unit."""


def _may_see_whole(found: Dictamen) -> bool:
    """Who only observes may not where a unit is so small that it points at somebody."""
    if not is_observer():
        return True
    return bool(public_aggregates(json.loads(found.document)["documento"])["documento_publicable"])


def public_file(dictamen: Dictamen, name: str) -> Response:
    """One of ``PUBLIC_FILES`` of a dictamen, as issued; 404 for any other name."""
    if name == "dictamen.json":
        response = make_response(dictamen.document)
        response.mimetype = "application/json"
        response.headers["Content-Disposition"] = "attachment; filename=dictamen.json"
        return response
    if name not in PUBLIC_FILES:
        abort(404)
    return _sent(dictamen, name, PUBLIC_FILES[name])


def _sent(dictamen: Dictamen, name: str, mimetype: str) -> Response:
    path = folder_of(dictamen) / name
    if not path.is_file():
        abort(404)
    return send_file(path, mimetype=mimetype, as_attachment=True, download_name=name)
