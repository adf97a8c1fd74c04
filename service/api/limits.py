"""How many requests a key may make, by kind of work."""

from __future__ import annotations

from flask import Response, current_app

from service.access.pace import seconds_to_wait
from service.access.problems import problem

PACE = {"read": "600/minute", "export": "12/minute", "upload": "60/minute"}
"""Chosen, not measured: a program that follows a delivery asks once a second, a night's upload sends a file a second.
An export costs a core a second for 5,900 lines (make bench-api). The app's API_PACE prevails."""


def kind_of(endpoint: str, method: str) -> str:
    """Which pace a request counts against."""
    if method == "POST":
        return "upload"
    return "export" if endpoint.endswith(("_csv", "_xlsx")) else "read"


def hold_pace(token: int, endpoint: str, method: str) -> Response | None:
    """Count a request; a problem 429 that says how long to wait once the key is past its pace."""
    kind = kind_of(endpoint, method)
    limit = {**PACE, **current_app.config.get("API_PACE", {})}[kind]
    wait = seconds_to_wait(limit, "llave", str(token), kind)
    if not wait:
        return None
    return problem(
        429, "RITMO", f"Demasiadas peticiones; vuelva a intentar en {wait} segundos.", {"Retry-After": str(wait)}
    )
