"""What the signed-in person may do at the desks: their kinds of question, and the items that exist for them."""

from __future__ import annotations

from flask import abort
from flask_security import current_user

from service.access.guard import roles_of
from service.access.roles import DESK, Role
from service.access.scope import require_sight
from service.desk.decisions import READING_ANSWERS
from service.desk.questions import QUESTIONS
from service.store import Session, pages, questions
from service.store.findings import ReviewItem


def supervises() -> bool:
    return Role.SUPERVISOR in roles_of(current_user)


def role_names() -> frozenset[str]:
    return frozenset(role.value for role in roles_of(current_user))


def allowed_kinds() -> tuple[str, ...]:
    """The kinds of question the signed-in person's role answers: who only reads, those of reading."""
    return tuple(QUESTIONS) if roles_of(current_user) & DESK else tuple(kind for kind, _d in READING_ANSWERS)


def item_or_404(session: Session, item: int) -> ReviewItem:
    found = questions.find_item(session, item)
    if found is None:
        abort(404)
    record = pages.record_view(session, found.record)
    if record is None:
        abort(404)
    require_sight(record.record.aspirante)
    if found.kind not in allowed_kinds():
        abort(404)
    return found
