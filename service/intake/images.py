"""Pictures of a row or a sheet, to whoever may see the record; kept by the browser for minutes, by nobody else."""

from __future__ import annotations

from flask import Blueprint, Response, abort, send_file

from service.access.context import settings, store
from service.access.guard import admits
from service.access.roles import PARTIES, RECORDS
from service.access.scope import require_sight
from service.jobs.crops import crop_path
from service.store import pages

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


def _picture(record: str, *, whole: bool) -> Response:
    with store().reading() as session:
        view = pages.record_view(session, record)
    if view is None:
        abort(404)
    require_sight(view.record.aspirante)
    path = crop_path(settings(), view.scan.sha256, view.page.number, None if whole else view.record.row)
    if not path.is_file():
        abort(404)
    response = send_file(path, mimetype="image/jpeg", conditional=False)
    response.headers["Cache-Control"] = f"private, max-age={KEEP_SECONDS}"
    return response
