"""How values read on a page: classes, outcomes, kinds of question, dates, figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import format_decimal
from flask_babel import lazy_gettext as _

from service.access.deed_words import deed_word, fact_words

CITY = ZoneInfo("America/Mexico_City")

CLASSES = {
    "V": _("Válido"),
    "D1": _("Duplicado, mismo aspirante"),
    "D2": _("Duplicado, otro aspirante"),
    "DT": _("Empate de fecha"),
    "G": _("Fuera del ámbito geográfico"),
    "P": _("En padrón, no en lista nominal"),
    "B": _("Baja del padrón"),
    "N": _("Datos no encontrados"),
    "I1": _("Fotocopia"),
    "I2": _("Presentación electrónica"),
    "I3": _("Sin firma o huella"),
    "I4": _("Ilegible"),
    "I5": _("Clave y nombre no corresponden"),
    "I6": _("Credencial no válida"),
    "I7": _("Sin copia de credencial"),
    "I8": _("Tachadura o enmendadura"),
    "I9": _("Formato no aprobado o folio ajeno"),
    "I10": _("Datos presuntamente simulados"),
    "I11": _("Fecha fuera de periodo"),
    "I12": _("Desconocimiento de la persona"),
    "Q1": _("En procesamiento"),
    "Q2": _("En mesa de control"),
    "Q3": _("En audiencia"),
}

OUTCOMES = {
    "CUMPLE": _("Cumple"),
    "NO_CUMPLE": _("No cumple"),
    "INDETERMINADO": _("Indeterminado"),
}

CARGOS = {
    "jefatura": _("Jefatura de Gobierno"),
    "alcaldia": _("Alcaldía"),
    "diputacion": _("Diputación"),
}

KEY_WORDS = {
    "clave_elector": _("Clave de elector"),
    "numero_ocr": _("Número OCR"),
    "seccion": _("Sección"),
    "demarcacion": _("Demarcación"),
    "fecha": _("Fecha"),
    "nombre": _("Nombre"),
    "firma": _("Firma"),
}


def class_word(code: str) -> str:
    """The words of a class of the taxonomy (domain B-2); a suspicion keeps its question mark."""
    bare = code.rstrip("?")
    base = "B" if bare.startswith("B") else bare
    word = str(CLASSES.get(base, bare))
    return f"{word} (?)" if code.endswith("?") else word


def outcome_word(code: str) -> str:
    return str(OUTCOMES.get(code, code))


def cargo_word(code: str) -> str:
    return str(CARGOS.get(code, code))


def field_word(code: str) -> str:
    return str(KEY_WORDS.get(code, code))


def moment(value: dt.datetime | str | None) -> str:
    """A moment in the city's time, to the minute."""
    if value is None:
        return "—"
    at = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.astimezone(CITY).strftime("%d/%m/%Y %H:%M")


def day(value: dt.date | str | None) -> str:
    """A day as it is written in Mexico."""
    if value is None or value == "":
        return "—"
    on = dt.date.fromisoformat(value) if isinstance(value, str) else value
    return on.strftime("%d/%m/%Y")


def whole(value: int | None) -> str:
    return "—" if value is None else str(format_decimal(value))


def bytes_word(size: int) -> str:
    for unit in ("B", "KB", "MB"):
        if size < 1024:
            return f"{size:.0f} {unit}"
        size //= 1024
    return f"{size} GB"


def folio_word(mark: str | None) -> str:
    """A folio's ten figures as printed, ``SSS-NNNNNN-C``; anything else as it is."""
    if mark and len(mark) == 10 and mark.isdigit():
        return f"{mark[:3]}-{mark[3:9]}-{mark[9]}"
    return mark or "—"


def scope_word(cargo: str, ambito: str) -> str:
    """The office and where: «Diputación, distrito 17»."""
    where = {"alcaldia": _("demarcación %(n)s", n=ambito), "diputacion": _("distrito %(n)s", n=ambito)}.get(cargo)
    return f"{cargo_word(cargo)}, {where}" if where and ambito else cargo_word(cargo)


FILTERS: dict[str, Callable[..., Any]] = {
    "class_word": class_word,
    "outcome_word": outcome_word,
    "cargo_word": cargo_word,
    "field_word": field_word,
    "moment": moment,
    "day": day,
    "whole": whole,
    "bytes_word": bytes_word,
    "folio_word": folio_word,
    "deed_word": deed_word,
    "fact_words": fact_words,
    "scope_word": scope_word,
}
