"""Pictures of a row or a sheet, to whoever may see the record; kept by the browser for minutes, by nobody else."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, send_file

from service.access.context import settings, store
from service.access.guard import admits
from service.access.roles import PARTIES, RECORDS
from service.access.scope import require_sight
from service.jobs.crops import crop_path
from service.store import pages
from service.store.credentials import copies_of_record

room = Blueprint("images", __name__)

KEEP_SECONDS = 600
"""As long as a loan of the desk: the next item's crop is fetched ahead and must still be there."""


@room.get("/registros/<record>/renglon.jpg")
@admits(*RECORDS, *PARTIES)
def row(record: str) -> Response:
    return _picture(record, whole=False)


@room.get("/registros/<record>/hoja.jpg")
@admits(*RECORDS, *PARTIES)
def sheet(record: str) -> Response:
    return _picture(record, whole=True)


@room.get("/registros/<record>/credencial-<int:copy>.jpg")
@admits(*RECORDS)
def credential(record: str, copy: int) -> Response:
    """The page that shows the credential copy attached to a row."""
    with store().reading() as session:
        view = pages.record_view(session, record)
        found = [(sha, page) for one, sha, page in copies_of_record(session, record) if one.id == copy]
    if view is None or not found:
        abort(404)
    require_sight(view.record.aspirante)
    return _file(crop_path(settings(), *found[0], None))


def _picture(record: str, *, whole: bool) -> Response:
    with store().reading() as session:
        view = pages.record_view(session, record)
    if view is None:
        abort(404)
    require_sight(view.record.aspirante)
    return _file(crop_path(settings(), view.scan.sha256, view.page.number, None if whole else view.record.row))


def _file(path: Path) -> Response:
    if not path.is_file():
        abort(404)
    response = send_file(path, mimetype="image/jpeg", conditional=False)
    response.headers["Cache-Control"] = f"private, max-age={KEEP_SECONDS}"
    return response
