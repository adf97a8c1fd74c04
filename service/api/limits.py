"""How many requests a key may make: a moving window per key and kind of work, kept in this process's memory."""

from __future__ import annotations

import math
import time

from flask import Response, current_app
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from service.access.problems import problem

PACE = {"read": "600/minute", "export": "12/minute", "upload": "60/minute"}
"""Not measured: a program that follows a delivery asks once a second, a night's upload sends a file a second; an
export of 200,000 records keeps a core busy for tens of seconds. The app's RESPALDO_API_PACE prevails."""


def make_window() -> MovingWindowRateLimiter:
    """The window of one app."""
    return MovingWindowRateLimiter(MemoryStorage())


def kind_of(endpoint: str, method: str) -> str:
    """Which pace a request counts against."""
    if method == "POST":
        return "upload"
    return "export" if endpoint.endswith(("_csv", "_xlsx")) else "read"


def hold_pace(token: int, endpoint: str, method: str) -> Response | None:
    """Count a request; a problem 429 that says how long to wait once the key is past its pace."""
    window: MovingWindowRateLimiter = current_app.extensions["respaldo_pace"]
    kind = kind_of(endpoint, method)
    item = parse({**PACE, **current_app.config.get("RESPALDO_API_PACE", {})}[kind])
    if window.hit(item, str(token), kind):
        return None
    reset, _left = window.get_window_stats(item, str(token), kind)
    wait = max(1, math.ceil(reset - time.time()))
    return problem(
        429, "RITMO", f"Demasiadas peticiones; vuelva a intentar en {wait} segundos.", {"Retry-After": str(wait)}
    )
