"""One answer to one idempotency key (IETF draft httpapi-idempotency-key-header): a lost answer is safely asked again.

The same key with the same request gets the stored answer; with another request it is refused (422); while the first
is still being served, 409. A request that failed leaves no answer: its key may be used again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

from service.errors import Refused
from service.store import Session, Store, now
from service.store.api import ApiAnswer, answer_under, forget_answers

KEEP_DAYS = 30
"""How long an answer is kept; afterwards the reception itself still refuses the same bytes (ARCHIVO_REPETIDO)."""

STALE_MINUTES = 30
"""A request that began this long ago and never ended died with its process: its key is free again."""

BLOCK = 1 << 20

Answer = tuple[int, dict[str, Any]]
Keep = Callable[[Session, int, dict[str, Any]], None]
"""Keeps the answer in the transaction that does the work, so that both stand or fall together."""


class InProgress(Exception):  # noqa: N818 - an answer to the program, not a fault
    """The first request under this key is still being served."""


def answer_once(
    store: Store, token: int, key: str, fingerprint: str, perform: Callable[[Keep], Answer]
) -> tuple[Answer, bool]:
    """Perform a request once under a key; the answer, and whether it is a stored one.

    ``perform`` calls what it is given inside the transaction that does the work.

    Raises Refused IDEMPOTENCIA_OTRA when the key was used for another request, InProgress, and what ``perform``
    raises.
    """
    stored = _claim(store, token, key, fingerprint)
    if stored is not None:
        return stored, True

    def keep(session: Session, status: int, body: dict[str, Any]) -> None:
        claimed = answer_under(session, token, key)
        if claimed is not None:
            claimed.status, claimed.body = status, body

    try:
        return perform(keep), False
    except BaseException:
        with store.writing() as session:
            claimed = answer_under(session, token, key)
            forget_answers(session, dt.datetime.min.replace(tzinfo=dt.UTC), ids=[claimed.id] if claimed else [])
        raise


def _claim(store: Store, token: int, key: str, fingerprint: str) -> Answer | None:
    moment = now()
    with store.writing() as session:
        forget_answers(session, moment - dt.timedelta(days=KEEP_DAYS))
        found = answer_under(session, token, key)
        if found is None:
            session.add(ApiAnswer(token_id=token, key=key, fingerprint=fingerprint, at=moment))
            return None
        if found.fingerprint != fingerprint:
            raise Refused("IDEMPOTENCIA_OTRA", "Esa llave de idempotencia ya se usó en otra petición; use una nueva.")
        if found.status is not None and found.body is not None:
            return found.status, found.body
        if found.at > moment - dt.timedelta(minutes=STALE_MINUTES):
            raise InProgress
        found.at = moment
        return None


def fingerprint_of(words: Iterable[str], files: Iterable[tuple[str, BinaryIO]]) -> str:
    """SHA-256 of what is asked: words, then name and bytes of each file, which is left at its beginning."""
    whole = hashlib.sha256()
    for word in words:
        whole.update(hashlib.sha256(word.encode()).digest())
    for name, stream in files:
        whole.update(hashlib.sha256(name.encode()).digest())
        inner = hashlib.sha256()
        while block := stream.read(BLOCK):
            inner.update(block)
        whole.update(inner.digest())
        stream.seek(0)
    return whole.hexdigest()
