"""What the upload forms say: the day of reception and the declared counts."""

from __future__ import annotations

import datetime as dt

from flask import request
from flask_security import current_user

from service.access.context import person, settings
from service.access.guard import roles_of
from service.access.numbers import whole_number
from service.access.pages import start_of_day
from service.access.roles import Role
from service.errors import Refused
from service.intake.deliveries import open_delivery
from service.store import Session
from service.store.uploads import Delivery

RECEIVERS = (Role.CAPTURISTA, Role.SUPERVISOR)
MOST_DECLARED = 9_999_999


def may_receive() -> bool:
    """True for who may state the day of a reception and check originals in."""
    return bool(roles_of(current_user) & {*RECEIVERS})


def stated_day() -> dt.date | None:
    """The day that whoever receives stated; None for a party, who always delivers today. Raises Refused."""
    text = request.form.get("received", "")
    if not text or not may_receive():
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise Refused("FECHA", "Escriba la fecha de recepción como AAAA-MM-DD.") from None
    if day > start_of_day().date() and not settings().rehearsal:  # a rehearsal plays days that have not come
        raise Refused("FECHA_FUTURA", "La fecha de recepción no puede ser posterior a hoy; corríjala.")
    return day


def declared(name: str) -> int | None:
    """A declared count of the form; None where nothing was declared. Raises Refused."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    number = whole_number(text, MOST_DECLARED)
    if number is None:
        raise Refused("NUMERO", "Las cantidades declaradas se escriben con un número entero.")
    return number


def announced_delivery(session: Session, aspirante: str) -> Delivery:
    """Open the delivery that the form announces. Raises Refused."""
    return open_delivery(
        session,
        aspirante,
        person(),
        declared_files=declared("declared_files"),
        declared_sheets=declared("declared_sheets"),
        received=stated_day(),
    )
