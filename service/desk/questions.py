"""The three desks and, for each kind of question, the answers on its buttons with their keys."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask_babel import LazyString
from flask_babel import lazy_gettext as _


@dataclass(frozen=True)
class Button:
    """An answer on a button: the key that presses it, what is sent. ``main`` is what Enter does."""

    key: str
    label: LazyString
    decision: str
    reason: str = ""
    main: bool = False
    rejects: bool = False


@dataclass(frozen=True)
class Question:
    """A kind of review item: its name, what is asked, the answers."""

    kind: str
    label: LazyString
    asks: LazyString
    buttons: tuple[Button, ...]


@dataclass(frozen=True)
class Desk:
    """A desk and the kinds of question it takes."""

    name: str
    label: LazyString
    about: LazyString
    kinds: tuple[str, ...] = field(default_factory=tuple)

    def total(self, counts: dict[str, int]) -> int:
        return sum(counts.get(kind, 0) for kind in self.kinds)


DESKS = (
    Desk("lectura", _("Lectura"), _("Lo que se leyó mal o con duda: fechas y celdas."), ("date",)),
    Desk("cotejo", _("Cotejo"), _("A quién de la lista nominal corresponde cada apoyo."), ("match",)),
    Desk(
        "depuracion",
        _("Depuración"),
        _("Copias, tachaduras, firmas que faltan o se repiten, folios."),
        ("sheet", "electronic", "copy", "signature", "strike", "authenticity", "tie", "disavowal"),
    ),
)

QUESTIONS = {
    question.kind: question
    for question in (
        Question(
            "match",
            _("Persona en la lista"),
            _("¿Quién de la lista nominal firmó este renglón?"),
            (
                Button("N", _("No está en la lista"), "not_in_list", rejects=True),
                Button("L", _("No se puede leer"), "illegible", rejects=True),
                Button("C", _("Clave y nombre no corresponden"), "reject", "I5", rejects=True),
                Button("V", _("Credencial no válida"), "reject", "I6", rejects=True),
                Button("K", _("Sin copia de credencial"), "reject", "I7", rejects=True),
            ),
        ),
        Question(
            "signature",
            _("Firma o huella"),
            _("¿El renglón lleva firma o huella?"),
            (
                Button("F", _("Sí, está firmado"), "signed", main=True),
                Button("N", _("Sin firma ni huella"), "unsigned", rejects=True),
                Button("X", _("Firma presuntamente apócrifa"), "reject", "I10", rejects=True),
            ),
        ),
        Question(
            "copy",
            _("Fotocopia"),
            _("¿La hoja es el original o una fotocopia? Si la imagen no basta, vea el papel."),
            (
                Button("O", _("Es el original"), "original", main=True),
                Button("C", _("Es fotocopia"), "copy", rejects=True),
                Button("X", _("Es impresión electrónica"), "reject", "I2", rejects=True),
            ),
        ),
        Question(
            "electronic",
            _("Presentación electrónica"),
            _("¿El apoyo se hizo en papel, de puño y letra?"),
            (
                Button("A", _("Sí, en papel"), "accept", main=True),
                Button("X", _("No: electrónico no admitido"), "reject", "I2", rejects=True),
            ),
        ),
        Question(
            "strike",
            _("Tachadura o enmendadura"),
            _("¿El renglón está tachado o enmendado?"),
            (
                Button("A", _("No, está limpio"), "clean", main=True),
                Button("T", _("Sí, tachado o enmendado"), "struck", rejects=True),
            ),
        ),
        Question(
            "sheet",
            _("Hoja o folio"),
            _("¿La hoja es un formato aprobado de este aspirante?"),
            (
                Button("A", _("Sí, se admite"), "accept", main=True),
                Button("F", _("Formato no aprobado o folio ajeno"), "reject", "I9", rejects=True),
                Button("K", _("Sin copia de credencial"), "reject", "I7", rejects=True),
            ),
        ),
        Question(
            "authenticity",
            _("Autenticidad"),
            _("¿Los datos y la firma son de la persona que dicen?"),
            (
                Button("A", _("Nada que objetar"), "accept", main=True),
                Button("S", _("Datos simulados o firma apócrifa"), "reject", "I10", rejects=True),
            ),
        ),
        Question(
            "tie",
            _("Empate de fecha"),
            _("La misma persona apoyó a otra candidatura y las fechas no dan un orden. ¿Este apoyo prevalece?"),
            (
                Button("P", _("Sí, éste es el de fecha posterior"), "accept"),
                Button("T", _("No se puede determinar"), "reject", "DT", rejects=True),
            ),
        ),
        Question(
            "disavowal",
            _("Desconocimiento"),
            _("Una persona dice que este apoyo no es suyo. ¿Consta que lo desconoce quien aparece en él?"),
            (
                Button("A", _("No consta: el apoyo se mantiene"), "accept"),
                Button("X", _("Consta: la persona lo desconoce"), "reject", "I12", rejects=True),
            ),
        ),
        Question(
            "date",
            _("Fecha"),
            _("¿Qué fecha escribió la persona?"),
            (
                Button("P", _("La fecha leída es correcta"), "accept"),
                Button("X", _("Está fuera del periodo"), "reject", "I11", rejects=True),
            ),
        ),
    )
}


def desk_of(kind: str) -> Desk:
    """The desk that takes a kind of question."""
    return next(desk for desk in DESKS if kind in desk.kinds)


GROUPABLE = {"signature": "firma", "copy": "", "strike": "", "electronic": ""}
"""Kinds whose positive answer may be given to many rows at once, and the field whose picture decides it
(empty: the whole row)."""

DECISIONS = {
    "elector": _("Es una persona de la lista"),
    "not_in_list": _("No está en la lista"),
    "illegible": _("No se puede leer"),
    "original": _("Original"),
    "copy": _("Fotocopia"),
    "signed": _("Firmado"),
    "unsigned": _("Sin firma"),
    "clean": _("Limpio"),
    "struck": _("Tachado"),
    "date": _("Fecha"),
    "accept": _("Se admite"),
    "reject": _("Se rechaza"),
}


def decision_word(code: str) -> str:
    """How an answer reads on a page."""
    return str(DECISIONS.get(code, code))
