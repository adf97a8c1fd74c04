"""How far a delivery is, live: server-sent events with polling as fall-back, its pages one by one, another try.

A stream holds one of the server's few threads, so streams are few and short: past the limit the answer is 204 and the
page asks every few seconds instead; after ``STREAM_SECONDS`` the stream ends and the browser comes back.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from service.access.context import person, store
from service.access.guard import admits
from service.access.numbers import whole_number
from service.access.roles import PARTIES, RECORDS, Role
from service.access.scope import is_party
from service.audit.chain import record
from service.audit.deeds import PagesRetried
from service.intake.lookup import batch_or_404
from service.jobs.remarks import SENTENCES, inked_rows, remarks_of
from service.store import Session, Store, now, pages, remarks
from service.store.papers import Batch
from service.store.work import reopen_aside

room = Blueprint("live", __name__, template_folder="templates")

MOST_STREAMS = 3
"""Streams at once in this process, of the eight threads that serve (``service.serving.THREADS``)."""

STREAM_SECONDS = 25.0
BEAT_SECONDS = 1.0
PAGES_SHOWN = 25

_places = threading.BoundedSemaphore(MOST_STREAMS)


@dataclass(frozen=True, slots=True)
class Seen:
    """How far the reading of a delivery is: pages in all and read, rows seen on them, pages with remarks or failed.

    ``matched`` counts rows looked for in the list; a party is not told, since how long a search takes tells too.
    """

    pages: int
    read: int
    row: int
    remarked: int
    failed: int
    done: bool
    matched: int | None


def seen_of(session: Session, batch: Batch, *, party: bool) -> Seen:
    progress = pages.batch_progress(session, batch)
    rows, remarked = remarks.noted(session, batch.id)
    return Seen(
        pages=progress.pages,
        read=progress.read,
        row=max(rows, progress.rows),
        remarked=remarked,
        failed=len(remarks.faults_of(session, batch.id)),
        done=(remarks.reading_jobs_open(session, batch.id) == 0) if party else progress.done,
        matched=None if party else progress.matched,
    )


@room.get("/entregas/<batch>/eventos")
@admits(*RECORDS, *PARTIES)
def events(batch: str) -> ResponseReturnValue:
    """The progress as server-sent events, each time it changes."""
    found, _aspirante = batch_or_404(batch)
    if not _places.acquire(blocking=False):
        return Response(status=204)
    response = Response(_stream(store(), found, is_party()), mimetype="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(_places.release)
    return response


def _stream(kept: Store, batch: Batch, party: bool) -> Iterator[str]:
    ends, before = time.monotonic() + STREAM_SECONDS, ""
    yield "retry: 1000\n\n"
    while time.monotonic() < ends:
        with kept.reading() as session:
            seen = seen_of(session, batch, party=party)
        told = json.dumps(asdict(seen))
        yield f"event: avance\ndata: {told}\n\n" if told != before else ": sigue\n\n"
        if seen.done:
            return
        before = told
        time.sleep(BEAT_SECONDS)


@dataclass(frozen=True, slots=True)
class PageLine:
    """One page of a delivery as its sender sees it: what was read and what may be wrong, by row."""

    id: int
    file: str
    number: int
    kind: str
    folio: str | None
    rows: int | None
    fault: str | None
    remarks: list[tuple[int, str]]


def page_lines(session: Session, batch: str, after: int, *, only_remarked: bool) -> list[PageLine]:
    """Some pages of a delivery in order, each with its remarks; those of a reading without a note are worked out."""
    faults = remarks.faults_of(session, batch)
    found = []
    for page, scan, reading, note in remarks.pages_after(
        session, batch, after, PAGES_SHOWN, only_remarked=only_remarked
    ):
        said: list[dict[str, Any]] = note.remarks if note else remarks_of(reading.document) if reading else []
        rows = note.rows if note else inked_rows(reading.document) if reading else None
        told = [(int(one["row"]), SENTENCES[str(one["code"])]) for one in said]
        kind, folio = (reading.kind, reading.folio) if reading else ("", None)
        found.append(PageLine(page.id, scan.name, page.number, kind, folio, rows, faults.get(page.id), told))
    return found


@room.get("/entregas/<batch>/paginas")
@admits(*RECORDS, *PARTIES)
def page_list(batch: str) -> str:
    """Every page of a delivery with its problems, or only those that have some."""
    found, aspirante = batch_or_404(batch)
    after, only = whole_number(request.args.get("desde", "")) or 0, request.args.get("ver") == "avisos"
    with store().reading() as session:
        lines = page_lines(session, found.id, after, only_remarked=only)
    return render_template(
        "intake/pages.html", batch=found, aspirante=aspirante, lines=lines, only=only, full=len(lines) == PAGES_SHOWN
    )


@room.post("/entregas/<batch>/reintentar")
@admits(Role.CAPTURISTA, Role.SUPERVISOR, *PARTIES)
def retry(batch: str) -> ResponseReturnValue:
    """Read again the pages that failed, and only those."""
    found, _aspirante = batch_or_404(batch)
    with store().writing() as session:
        again = reopen_aside(session, now(), found.id)
        if again:
            record(session, person(), PagesRetried(found.id, again))
    flash(_("Se vuelven a intentar %(n)s páginas.", n=again) if again else _("No hay páginas con falla."), "bien")
    return redirect(url_for("intake.batch", batch=found.id), 303)
