"""Dates and terms: arts. 275, 311, 312, 314, 321, 323 párr. 5, 6 IV, 15, 18, 19, 20; 357, 380, 384.

All days and hours count (art. 357). A term in days runs in full days from the day after the notice; a term in
hours runs from moment to moment, from the hour of the notice. Time zone: America/Mexico_City.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from service.law.errors import LawRefused
from service.law.proceso import Proceso, Ventana
from service.law.records import Aspirante, Cargo

ZONA = ZoneInfo("America/Mexico_City")
DAYS_312 = {Cargo.JEFATURA: 120, Cargo.ALCALDIA: 60, Cargo.DIPUTACION: 60}
DAYS_275 = {Cargo.JEFATURA: 60, Cargo.ALCALDIA: 40, Cargo.DIPUTACION: 40}
PREVENCION_HOURS = 48  # art. 323 párr. 19
REGISTRO_HOURS = 72  # art. 384, second and fifth paragraphs
HEARING_LEAST_HOURS = 48  # precedent of 2016 (domain.md, fact 6): never under it
REPORT_DAYS = 30  # art. 321
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Period:
    """The days on which an aspirante may gather supports, both included."""

    first: date
    last: date


def length_in_days(ventana: Ventana) -> int:
    """Days of the window, both ends counted (art. 357: full days)."""
    return (ventana.hasta - ventana.desde).days + 1


def parrafo_6_periodo(aspirante: Aspirante, proceso: Proceso) -> Period:
    """Art. 323 párr. 6 IV: the window of the Convocatoria, never before the day after the constancia (311)."""
    ventana = proceso.ventana(aspirante.cargo)
    first = ventana.desde
    if aspirante.constancia is not None:
        first = max(first, aspirante.constancia + timedelta(days=1))
    return Period(first, ventana.hasta)


def days_left(period: Period, today: date) -> int:
    """Days that remain to gather supports, today and the last one counted; all of them before the first."""
    return max(0, (period.last - max(today, period.first)).days + 1)


def parrafo_5_warnings(ventana: Ventana) -> tuple[str, ...]:
    """Art. 323 párr. 5 (and 15) against 312 and 275: warns where the window is not what the Code expects.

    The Convocatoria's dates prevail; the Code conflicts with itself (the period "of the precampañas" of 60 or
    40 days, 275, against 120 or 60 days, 312), so a window of neither length is named, and so is the conflict.
    """
    days = length_in_days(ventana)
    expected, precampana = DAYS_312[ventana.cargo], DAYS_275[ventana.cargo]
    if days == expected:
        return ()
    if days == precampana:
        return (
            f"La ventana dura {days} días, como la precampaña (art. 275 y art. 323 párr. 5), y no los {expected} "
            "del art. 312: el Código se contradice y prevalece la Convocatoria.",
        )
    return (
        f"La ventana dura {days} días; el art. 312 prevé {expected}. Debe constar el ajuste del Consejo General.",
    )


def parrafo_18_dictamen_deadline(proceso: Proceso) -> date:
    """Art. 323 párr. 18 V and 19: the review ends at least one week before registration opens."""
    return proceso.apertura_registro - WEEK


def parrafo_19_prevencion(notified: datetime) -> datetime:
    """Art. 323 párr. 19: 48 hours to cure a defect of form of the application, from the hour of notice."""
    return add_hours(notified, PREVENCION_HOURS)


def parrafo_20_warnings(aspirante: Aspirante, precampanas: date | None) -> tuple[str, ...]:
    """Art. 323 párr. 20: constancias are issued before the precampañas begin (their date, when known)."""
    if precampanas is None or aspirante.constancia is None or aspirante.constancia < precampanas:
        return ()
    return ("La constancia se emitió cuando ya habían iniciado las precampañas (art. 323 párr. 20).",)


def hearing_deadline(notified: datetime, hours: int) -> datetime:
    """The end of the hearing term; the Code sets none for supports: a parameter, never under 48 hours."""
    return add_hours(notified, max(hours, HEARING_LEAST_HOURS))


def registration_prevencion(notified: datetime) -> datetime:
    """Art. 384: 72 hours to cure at registration, and to choose among several registrations."""
    return add_hours(notified, REGISTRO_HOURS)


def report_deadline(ventana: Ventana) -> date:
    """Art. 321: the report of income and spending is due within 30 days of the end of the window."""
    return add_days(ventana.hasta, REPORT_DAYS)


def registration_window(year: int, *, concurrent: bool) -> Period:
    """Art. 380: 15-22 February when Jefatura is elected too, 22-29 March otherwise (a default: 312 adjusts)."""
    if concurrent:
        return Period(date(year, 2, 15), date(year, 2, 22))
    return Period(date(year, 3, 22), date(year, 3, 29))


def add_days(notified: date, days: int) -> date:
    """The last day of a term of full days that begins the day after the notice (art. 357)."""
    return notified + timedelta(days=days)


def add_hours(notified: datetime, hours: int) -> datetime:
    """The moment a term in hours ends, in local time; refuses a moment without time zone."""
    if notified.tzinfo is None:
        raise LawRefused("hora_sin_zona", "La hora de notificación debe traer su zona horaria.")
    return (notified.astimezone(UTC) + timedelta(hours=hours)).astimezone(ZONA)


def process_warnings(proceso: Proceso) -> tuple[str, ...]:
    """Every warning on the dates of a process, in the order of the articles."""
    warnings = [w for ventana in proceso.ventanas.values() for w in parrafo_5_warnings(ventana)]
    deadline = parrafo_18_dictamen_deadline(proceso)
    warnings += [
        f"La ventana de «{v.cargo.value}» cierra después del último día para el dictamen "
        f"({deadline.isoformat()}, art. 323 párr. 19)."
        for v in proceso.ventanas.values()
        if v.hasta >= deadline
    ]
    return tuple(warnings)
