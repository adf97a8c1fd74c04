"""Pages of reception: aspirantes, upload of scans, a batch and its progress, originals."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from service.access.context import person, settings, store
from service.access.guard import admits, roles_of
from service.access.pages import start_of_day
from service.access.roles import PARTIES, RECORDS, Role
from service.access.scope import aspirante_or_404, is_party, visible_lines
from service.intake.deliveries import expires_at, offset_of
from service.intake.forms import RECEIVERS, declared, may_receive, stated_day
from service.intake.live import seen_of
from service.intake.lookup import batch_or_404
from service.intake.originals import folio_lines, folio_range, process_key, receive_originals
from service.intake.uploads import Receipt, take_files
from service.store import pages
from service.store.papers import Batch
from service.store.proceso import Aspirante
from service.store.questions import sheets_in_doubt
from service.store.reception import deliveries_of
from service.store.uploads import PartialUpload, deliveries_of_batch, open_uploads, uploads_of_delivery

room = Blueprint("intake", __name__, template_folder="templates")


@room.get("/aspirantes")
@admits(*RECORDS, *PARTIES, Role.OBSERVADOR)
def aspirantes() -> str:
    with store().reading() as session:
        lines = visible_lines(session)
    return render_template("intake/aspirantes.html", lines=lines)


@room.get("/aspirantes/<aspirante>/entregas")
@admits(*RECORDS, *PARTIES)
def batches(aspirante: str) -> str:
    """Deliveries of an aspirante and the form to upload another."""
    found = aspirante_or_404(aspirante)
    return _upload_page(found, None)


def _upload_page(aspirante: Aspirante, receipt: Receipt | None) -> str:
    with store().reading() as session:
        deliveries = [
            (batch, pages.batch_progress(session, batch), seen_of(session, batch, party=is_party()))
            for batch in _recent(session, aspirante.id)
        ]
    return render_template(
        "intake/upload.html",
        aspirante=aspirante,
        deliveries=deliveries,
        receipt=receipt,
        today=start_of_day().date(),
        waiting=[one for one in on_their_way(aspirante.id) if one.upload.by == person()],
        may_upload=bool(roles_of(current_user) & ({*RECEIVERS} | PARTIES)),
        may_date=may_receive(),
        limit_mb=settings().max_upload_mb,
    )


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """A file of which some bytes came."""

    upload: PartialUpload
    offset: int
    expires: dt.datetime


def on_their_way(aspirante: str) -> list[OnItsWay]:
    with store().reading() as session:
        found = open_uploads(session, aspirante)
    return [OnItsWay(one, offset_of(settings(), one), expires_at(settings(), one)) for one in found]


def _recent(session: Any, aspirante: str) -> list[Batch]:
    return pages.batches_of(session, aspirante)[:50]


@room.post("/aspirantes/<aspirante>/entregas")
@admits(*RECEIVERS, *PARTIES)
def upload(aspirante: str) -> ResponseReturnValue:
    """Take the files of a delivery: the same door as the command's."""
    found = aspirante_or_404(aspirante)
    files = [(file.filename, cast(BinaryIO, file.stream)) for file in request.files.getlist("files") if file.filename]
    receipt = take_files(
        store(),
        settings(),
        aspirante=found.id,
        files=files,
        received=stated_day() or start_of_day().date(),
        operator=person(),
        declared_sheets=declared("declared_sheets"),
    )
    if not receipt.batch:
        return _upload_page(found, receipt), 422
    place = url_for("intake.batch", batch=receipt.batch)
    if request.headers.get("X-Upload"):
        response = make_response("", 201)
        response.headers["X-Location"] = place
        return response
    return redirect(place, 303)


@room.get("/entregas/<batch>")
@admits(*RECORDS, *PARTIES)
def batch(batch: str) -> str:
    """A delivery: receipt of each file and how far the reading is; one partial serves page and poll."""
    found, aspirante = batch_or_404(batch)
    with store().reading() as session:
        progress = pages.batch_progress(session, found)
        seen = seen_of(session, found, party=is_party())
        announced = deliveries_of_batch(session, found.id)
        uploads = [one for delivery in announced for one in uploads_of_delivery(session, delivery.id)]
    counts = [delivery.declared_files for delivery in announced if delivery.declared_files is not None]
    return render_template(
        "intake/batch.html",
        batch=found,
        aspirante=aspirante,
        progress=progress,
        seen=seen,
        may_mend=bool(roles_of(current_user) & {*RECEIVERS}),
        declared_files=sum(counts) if counts else None,
        aside=[_Aside(one.name, one.size, one.ending, offset_of(settings(), one)) for one in uploads
               if one.ending != "taken"],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Aside:
    """A file of a delivery that was not taken: on its way, withdrawn or given up."""

    name: str
    size: int
    ending: str | None
    offset: int


@room.get("/entregas/<batch>/avance")
@admits(*RECORDS, *PARTIES)
def batch_part(batch: str) -> str:
    found, _aspirante = batch_or_404(batch)
    with store().reading() as session:
        progress = pages.batch_progress(session, found)
        seen = seen_of(session, found, party=is_party())
    return render_template("intake/progress.html", batch=found, progress=progress, seen=seen)


@room.get("/aspirantes/<aspirante>/originales")
@admits(*RECORDS, *PARTIES)
def originals(aspirante: str) -> str:
    """Sheets scanned against originals received."""
    found = aspirante_or_404(aspirante)
    with store().reading() as session:
        sheets = pages.sheets_of(session, found.id)
        received = pages.originals_of(session, found.id)
        deliveries = deliveries_of(session, found.id)
        copies = len(sheets_in_doubt(session, found.id, "copy"))
    known = {mark for sheet, _rows, _came in sheets for mark in (sheet.folio, sheet.id)}
    declared = sum(delivery.batch.declared_sheets or 0 for delivery in deliveries)
    return render_template(
        "intake/originals.html",
        aspirante=found,
        sheets=sheets,
        came=sum(came for _s, _r, came in sheets),
        unscanned=[original for original in received if original.mark not in known],
        declared=declared,
        deliveries=deliveries,
        copies=copies,
        may_receive=bool(roles_of(current_user) & {*RECEIVERS}),
    )


@room.post("/aspirantes/<aspirante>/originales")
@admits(*RECEIVERS)
def receive(aspirante: str) -> ResponseReturnValue:
    """Check in originals: a range of serial numbers, folios from a scanner gun one a line, or ticked sheets."""
    found = aspirante_or_404(aspirante)
    form = request.form
    with store().writing() as session:
        marks = [*_marks_typed(found, process_key(session, found)), *form.getlist("sheet")]
        received = receive_originals(session, found.id, marks, person())
    flash(
        _("%(n)s originales recibidos; %(k)s ya constaban.", n=len(received.marks), k=received.known),
        "bien" if received.marks else "aviso",
    )
    return redirect(url_for("intake.originals", aspirante=found.id), 303)


def _marks_typed(aspirante: Aspirante, key: bytes) -> list[str]:
    form = request.form
    first, last = form.get("first", "").strip(), form.get("last", "").strip()
    serials = folio_range(aspirante, f"{first}-{last or first}") if first or last else []
    return [*serials, *folio_lines(form.get("folios", ""), key)]
