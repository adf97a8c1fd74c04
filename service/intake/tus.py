"""The tus 1.0.0 protocol (https://tus.io/protocols/resumable-upload): files in pieces, resumable after a broken line.

Extensions: creation, creation-with-upload, expiration, termination. A file belongs to whoever began it: to anybody
else it does not exist. The page's program speaks it; without program the plain form sends whole files.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, abort, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import http_date

from service.access.context import person, settings, store
from service.access.guard import admits
from service.access.numbers import whole_number
from service.access.pages import start_of_day
from service.access.roles import PARTIES, Role
from service.access.scope import require_sight, sees
from service.errors import Refused
from service.intake import deliveries
from service.intake.deliveries import Busy
from service.intake.forms import announced_delivery
from service.store.uploads import PartialUpload, find_delivery, find_upload

room = Blueprint("tus", __name__, template_folder="templates")

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,termination"
PIECES = "application/offset+octet-stream"
MOST_BYTES = 2**53 - 1
"""What a browser counts exactly; what is admitted is far less."""

SENDERS = (Role.CAPTURISTA, Role.SUPERVISOR, *PARTIES)


@room.after_request
def speak_tus(response: Response) -> Response:
    response.headers["Tus-Resumable"] = VERSION
    return response


def _hold_to_version() -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        abort(_plain(412, {"Tus-Version": VERSION}))


@room.errorhandler(Busy)
def busy(_error: Busy) -> ResponseReturnValue:
    return _plain(423)


@room.errorhandler(Refused)
def refused(refusal: Refused) -> ResponseReturnValue:
    response = jsonify(code=refusal.code, sentence=refusal.sentence)
    response.status_code = {"ARCHIVO_GRANDE": 413, "CARGAS_ABIERTAS": 429}.get(refusal.code, 422)
    return response


def _plain(status: int, headers: dict[str, str] | None = None) -> Response:
    response = make_response("", status)
    response.headers.update(headers or {})
    return response


@room.route("/aspirantes/<aspirante>/cargas", methods=["OPTIONS"], provide_automatic_options=False)
@admits(*SENDERS)
def abilities(aspirante: str) -> ResponseReturnValue:
    require_sight(aspirante)
    largest = str(settings().max_upload_mb << 20)
    return _plain(204, {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Max-Size": largest})


@room.post("/aspirantes/<aspirante>/entregas/anunciar")
@admits(*SENDERS)
def announce(aspirante: str) -> ResponseReturnValue:
    """Open a delivery with its declared counts; the files follow one by one."""
    require_sight(aspirante)
    with store().writing() as session:
        delivery = announced_delivery(session, aspirante)
        number = delivery.id
    return jsonify(delivery=number, place=url_for("tus.create", aspirante=aspirante))


@room.route("/aspirantes/<aspirante>/cargas", methods=["POST"], provide_automatic_options=False)
@admits(*SENDERS)
def create(aspirante: str) -> ResponseReturnValue:
    """Begin a file of an announced delivery; the request may already bring its first bytes."""
    require_sight(aspirante)
    _hold_to_version()
    size = _told("Upload-Length")
    told = _metadata(request.headers.get("Upload-Metadata", ""))
    with store().writing() as session:
        delivery = deliveries.own_delivery(session, told.get("delivery", ""), aspirante, person())
        upload = deliveries.begin_upload(session, settings(), delivery, told.get("filename", ""), size)
    offset = 0
    if request.mimetype == PIECES:
        offset = _add(upload, 0)
    place = url_for("tus.piece", upload=upload.id)
    return _answer(_finished(upload), 201, {"Location": place, "Upload-Offset": str(offset)})


def _told(header: str) -> int:
    """The number of bytes that a header says."""
    number = whole_number(request.headers.get(header, ""), MOST_BYTES)
    if number is None:
        abort(400)
    return number


def _metadata(text: str) -> dict[str, str]:
    """The pairs of ``Upload-Metadata``: a key and its value in base64, between commas."""
    found = {}
    for pair in text.split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            abort(400)
    return found


def _own_upload(upload: str) -> PartialUpload:
    """The file on its way, if it is this person's. Anything else is 404."""
    with store().reading() as session:
        found = find_upload(session, upload) if deliveries.TOKEN.fullmatch(upload) else None
    if found is None or found.by != person() or not sees(found.aspirante):
        abort(404)
    return found


def _add(upload: PartialUpload, offset: int) -> int:
    try:
        return deliveries.add_bytes(settings(), upload, offset, cast(BinaryIO, request.stream))
    except ClientDisconnected:
        return deliveries.offset_of(settings(), upload)  # nobody hears the answer; what came stands on disk


def _finished(upload: PartialUpload) -> PartialUpload:
    return deliveries.finish_upload(store(), settings(), upload.id, start_of_day().date())


def _answer(upload: PartialUpload, status: int, headers: dict[str, str]) -> Response:
    response = _plain(status, headers)
    if upload.ended_at is None:
        response.headers["Upload-Expires"] = http_date(deliveries.expires_at(settings(), upload))
    return response


@room.route("/cargas/<upload>", methods=["HEAD", "PATCH"], provide_automatic_options=False)
@admits(*SENDERS)
def piece(upload: str) -> ResponseReturnValue:
    """How much of a file stands (HEAD), or the next bytes of it (PATCH). The last byte brings its receipt about."""
    found = _own_upload(upload)
    _hold_to_version()
    if found.ending in ("expired", "withdrawn"):
        return _plain(410)
    if request.method == "HEAD":
        found = _finished(found)
        offset = deliveries.offset_of(settings(), found)
        return _answer(found, 200, {"Upload-Offset": str(offset), "Upload-Length": str(found.size)})
    if request.mimetype != PIECES:
        return _plain(415)
    offset_told = _told("Upload-Offset")
    if found.ending == "taken":
        return _plain(204 if offset_told == found.size else 409, {"Upload-Offset": str(found.size)})
    try:
        offset = _add(found, offset_told)
    except ValueError:
        return _plain(409)
    except FileNotFoundError:
        return _plain(410)
    return _answer(_finished(found), 204, {"Upload-Offset": str(offset)})


@room.route("/cargas/<upload>", methods=["DELETE"], provide_automatic_options=False)
@admits(*SENDERS)
def terminate(upload: str) -> ResponseReturnValue:
    found = _own_upload(upload)
    _hold_to_version()
    with store().writing() as session:
        deliveries.withdraw_upload(session, settings(), found)
    return _plain(204)


@room.get("/cargas/<upload>/acuse")
@admits(*SENDERS)
def receipt(upload: str) -> ResponseReturnValue:
    """The receipt of a file that was taken (or refused, with its reason) as rows of the page's table."""
    found = _own_upload(upload)
    with store().reading() as session:
        delivery = find_delivery(session, found.delivery)
    body: Any = render_template("intake/receipt_rows.html", files=found.receipts or [], upload=found)
    response = make_response(body)
    if delivery is not None and delivery.batch:
        response.headers["X-Location"] = url_for("intake.batch", batch=delivery.batch)
    return response


@room.post("/cargas/<upload>/retirar")
@admits(*SENDERS)
def give_up(upload: str) -> ResponseReturnValue:
    """The same as DELETE, for a page without program."""
    found = _own_upload(upload)
    with store().writing() as session:
        deliveries.withdraw_upload(session, settings(), found)
    return redirect(url_for("intake.batches", aspirante=found.aspirante), 303)
