"""The delivery that an address names, if the person may know of its aspirante; to others it does not exist."""

from __future__ import annotations

from flask import abort

from service.access.context import store
from service.access.scope import aspirante_or_404
from service.store import pages
from service.store.papers import Batch
from service.store.proceso import Aspirante


def batch_or_404(batch: str) -> tuple[Batch, Aspirante]:
    with store().reading() as session:
        found = pages.find_batch(session, batch)
    if found is None:
        abort(404)
    return found, aspirante_or_404(found.aspirante)
