"""What a view needs from the app it runs in: the store, the settings, the person."""

from __future__ import annotations

from typing import cast

from flask import current_app, g
from flask_security import current_user

from service.access.tokens import Caller
from service.config import Settings
from service.store import Store


def store() -> Store:
    return cast(Store, current_app.extensions["respaldo_store"])


def settings() -> Settings:
    return cast(Settings, current_app.extensions["respaldo_settings"])


def person() -> str:
    """The signed-in person's username: the name decisions and audit events carry."""
    return cast(str, current_user.username)


def caller() -> Caller:
    """The program at the door; only where the route demands a key."""
    return cast(Caller, g.caller)
