"""Which aspirantes a person may see: parties their own, the rest all."""

from __future__ import annotations

from typing import Any

from flask import abort
from flask_security import current_user

from service.access.context import store
from service.access.guard import roles_of
from service.access.roles import PARTIES, RECORDS, Role
from service.store import Session, pages, shown
from service.store.pages import AspiranteLine
from service.store.proceso import Aspirante
from service.store.shown import Sight


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


def aspirante_or_404(aspirante: str) -> Aspirante:
    """The aspirante that an address names, if the person may know of it; to others it does not exist."""
    require_sight(aspirante)
    with store().reading() as session:
        found = pages.find_aspirante(session, aspirante)
    if found is None:
        abort(404)
    return found


def is_party() -> bool:
    """True for who stands for an aspirante: such a person is shown less, and later (``service.store.shown``)."""
    return bool(roles_of(current_user) & PARTIES)


def is_observer() -> bool:
    """True for who only observes: aggregates, and of them no more than everybody may read."""
    roles = roles_of(current_user)
    return Role.OBSERVADOR in roles and not roles & (RECORDS | {Role.AUDITOR})


def sight() -> Sight:
    """How much of a count the signed-in person is shown."""
    if is_party():
        return Sight.PARTY
    return Sight.WHOLE if roles_of(current_user) & RECORDS else Sight.OBSERVER


def visible_lines(session: Session) -> list[AspiranteLine]:
    """The aspirantes the signed-in person may know of, each with the tally that they may see."""
    own = own_aspirantes(current_user)
    if sight() is Sight.WHOLE:
        return pages.aspirante_lines(session, own)
    return shown.party_lines(session, own)
