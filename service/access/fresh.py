"""A sensitive act asks for the password again unless it was given a few minutes ago."""

from __future__ import annotations

import time

from flask import current_app, session

FRESH_SECONDS = 15 * 60
"""OWASP ASVS 5 (3.5 re-authentication) leaves the figure to the service: one quarter of an hour."""


def signed_in_recently() -> bool:
    """True if the password was given within ``FRESH_SECONDS`` (``fs_paa`` is Flask-Security's stamp)."""
    limit = current_app.config.get("RESPALDO_FRESH_SECONDS", FRESH_SECONDS)
    stamp = session.get("fs_paa")
    return isinstance(stamp, (int, float)) and time.time() - stamp <= limit
