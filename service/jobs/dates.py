"""The date of a row as it is written on the printed sheet."""

from __future__ import annotations

import datetime as dt


def written_date(text: str) -> dt.date | None:
    """The day that ``DDMMAA`` or ``DDMMAAAA`` names; None for anything else and for days no calendar has."""
    if not (text.isdigit() and len(text) in (6, 8)):
        return None
    year = int(text[4:]) + (2000 if len(text) == 6 else 0)
    try:
        return dt.date(year, int(text[2:4]), int(text[:2]))
    except ValueError:
        return None
