"""Which aspirantes a person may see: parties their own, the rest all."""

from __future__ import annotations

from typing import Any

from flask import abort
from flask_security import current_user

from service.access.context import store
from service.access.guard import roles_of
from service.access.roles import PARTIES
from service.store import Session, pages, shown
from service.store.pages import AspiranteLine


def own_aspirantes(user: Any) -> frozenset[str] | None:
    """The aspirante ids a person is bound to; None for people without that limit.

    Parties are bound to their own; staff of a district to the diputaciones of that district.
    """
    if roles_of(user) & PARTIES:
        return frozenset(scope.value for scope in user.scopes if scope.kind == "aspirante")
    districts = [scope.value for scope in getattr(user, "scopes", ()) if scope.kind == "distrito"]
    if not districts:
        return None
    with store().reading() as session:
        return frozenset(pages.aspirantes_in_districts(session, districts))


def sees(aspirante: str) -> bool:
    """True if the signed-in person may know of this aspirante's records."""
    own = own_aspirantes(current_user)
    return own is None or aspirante in own


def require_sight(aspirante: str) -> None:
    """Answer 404, as for what does not exist, when the aspirante is out of the person's reach."""
    if not sees(aspirante):
        abort(404)


def is_party() -> bool:
    """True for who stands for an aspirante: such a person is shown less, and later (``service.store.shown``)."""
    return bool(roles_of(current_user) & PARTIES)


def visible_lines(session: Session) -> list[AspiranteLine]:
    """The aspirantes the signed-in person may know of, each with the tally that they may see."""
    own = own_aspirantes(current_user)
    if is_party():
        return shown.party_lines(session, own or frozenset())
    return pages.aspirante_lines(session, own)
