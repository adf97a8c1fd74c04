"""Public pages are made at most once a minute and given to everyone alike, with an ETag."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Response, current_app, request

KEEP_SECONDS = 60
MOST_KEPT = 1_000
"""Pages kept in memory: an aspirante has two, a process two; a house has some hundreds at most."""


@dataclass(slots=True)
class Shelf:
    """What was made, by address: (moment, body, mimetype, etag)."""

    made: dict[str, tuple[float, bytes, str, str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


def keep_for_everyone(build: Callable[[], str], mimetype: str = "text/html") -> Response:
    """The answer at this address, built now if none was in the last minute; 304 where the visitor holds it already.

    One builds while the others wait: a crowd costs one computation. What ``build`` raises is kept by nobody.
    """
    shelf: Shelf = current_app.extensions.setdefault("respaldo_public", Shelf())
    with shelf.lock:
        found = shelf.made.get(request.path)
        if found is None or time.monotonic() - found[0] >= KEEP_SECONDS:
            body = build().encode()
            found = (time.monotonic(), body, mimetype, hashlib.sha256(body).hexdigest()[:32])
            if len(shelf.made) >= MOST_KEPT:
                shelf.made.clear()
            shelf.made[request.path] = found
    _made, body, kind, etag = found
    response = Response(body, mimetype=kind)
    response.set_etag(etag)
    response.headers["Cache-Control"] = f"public, max-age={KEEP_SECONDS}"
    response.make_conditional(request)
    return response
