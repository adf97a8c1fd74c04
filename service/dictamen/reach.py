"""Which dictámenes a signed-in person may read, and where their files lie."""

from __future__ import annotations

from pathlib import Path

from flask import abort

from service.access.context import settings, store
from service.access.scope import is_observer, is_party, require_sight
from service.store import Session, pages
from service.store.dictamenes import last_final
from service.store.findings import Dictamen
from service.store.shown import is_held_back


def dictamen_or_404(dictamen: int) -> Dictamen:
    """The dictamen that an address names, if the person may read it; to others it does not exist."""
    with store().reading() as session:
        found = pages.find_dictamen(session, dictamen)
        if found is None:
            abort(404)
        require_sight(found.aspirante)
        if is_withheld(session, found):
            abort(404)
    return found


def is_withheld(session: Session, dictamen: Dictamen) -> bool:
    """What a party may not read yet (``store.shown``).

    Observers read the final one in force: two versions side by side would tell by their difference.
    """
    if is_observer():
        newest = last_final(session, dictamen.aspirante)
        return newest is None or newest.id != dictamen.id
    return is_party() and is_held_back(session, dictamen)


def folder_of(dictamen: Dictamen) -> Path:
    """Where the files of a dictamen issued from the web lie."""
    return settings().data / "dictamenes" / dictamen.sha256
