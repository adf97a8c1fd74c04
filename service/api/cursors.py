"""Opaque cursors: where a list goes on. Signed, so that a cursor of one list is no cursor of another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, TypeVar

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from service.errors import Refused

Item = TypeVar("Item")


def write_cursor(of: str, place: Any) -> str:
    """The cursor of a place (JSON values) in the list named ``of``."""
    return str(_serializer(of).dumps(place))


def read_cursor(of: str, cursor: str, start: Any) -> Any:
    """The place a cursor says; ``start`` for an empty one. Raises Refused CURSOR for anything else."""
    if not cursor:
        return start
    try:
        return _serializer(of).loads(cursor)
    except BadData:
        raise Refused("CURSOR", "El cursor no es de esta lista; empiece sin él.") from None


def page_of(
    of: str, items: Iterable[Item], limit: int, place: Callable[[Item], Any]
) -> tuple[list[Item], str | None]:
    """At most ``limit`` items, and the cursor after the last when there are more. ``items`` go from the place on."""
    found = list(islice(items, limit + 1))
    more = len(found) > limit
    return found[:limit], write_cursor(of, place(found[limit - 1])) if more else None


def _serializer(of: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"respaldo:cursor:{of}")
