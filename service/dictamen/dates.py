"""Dates and hours as a Mexican reader expects them."""

from __future__ import annotations

from datetime import date, datetime

MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre",
)  # fmt: skip


def say_day(iso: str) -> str:
    """``2027-06-06`` -> ``6 de junio de 2027``."""
    day = date.fromisoformat(iso)
    return f"{day.day} de {MONTHS[day.month - 1]} de {day.year}"


def say_moment(iso: str) -> str:
    """``2027-01-25T10:00:00-06:00`` -> ``25 de enero de 2027, 10:00 h``."""
    moment = datetime.fromisoformat(iso)
    return f"{say_day(moment.date().isoformat())}, {moment:%H:%M} h"
