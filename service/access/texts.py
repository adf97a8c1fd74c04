"""What a request says is text: a NUL is in no text, and no column of PostgreSQL holds one."""

from __future__ import annotations

from itertools import chain

from flask import Flask, abort, request

NUL = "\x00"


def refuse_nul(app: Flask) -> None:
    """Answer 400 to a request with a NUL in its address, its parameters or its form. Put after the guard: whoever
    may not enter has no form read."""

    @app.before_request
    def hold_text() -> None:
        files = (file.filename or "" for file in request.files.values()) if request.files else ()
        values = chain.from_iterable(chain(one, told) for one, told in request.values.lists())
        if NUL in request.path or any(NUL in word for word in chain(values, files)):
            abort(400)
