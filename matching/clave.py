"""The clave de elector: 18 characters.

Six letters (first letter and first inner consonant of paternal surname, maternal surname, given name), birth
date YYMMDD, entity of birth, sex, three digits. Sources: domain.md D-1. How the last three digits are made is
not public, so they are never computed. An irregular clave is evidence that ranks candidates, never a reason to
reject: only the lista nominal decides.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

LENGTH: Final = 18

_SHAPE: Final = re.compile(r"[A-ZÑ]{6}\d{8}[HMX]\d{3}", re.ASCII)
_DIGIT_FOR: Final = str.maketrans({"O": "0", "Q": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "G": "6", "B": "8"})
_LETTER_FOR: Final = str.maketrans({"0": "O", "1": "I", "2": "Z", "5": "S", "6": "G", "8": "B"})
_PARTICLES: Final = frozenset(
    "DA DAS DE DEL DER DI DIE DD EL LA LOS LAS LE LES MAC MC VAN VON Y".split()  # noqa: SIM905 - read as a list
)
_SKIPPED_GIVEN: Final = frozenset({"JOSE", "J", "MARIA", "MA", "M"})
_ENTITIES: Final = frozenset(f"{n:02d}" for n in range(1, 33)) | {"87", "88"}
_VOWELS: Final = frozenset("AEIOU")


@dataclass(frozen=True, slots=True)
class Parts:
    """A clave taken apart. All text, as it stands in the clave."""

    paterno: str
    materno: str
    nombre: str
    birth: str
    entity: str
    sex: str
    tail: str

    @property
    def letters(self) -> str:
        return self.paterno + self.materno + self.nombre


def compact(text: str) -> str:
    """The clave as it is compared: no spaces or marks, capitals, and each place read as what may stand there.

    Only a text of 18 characters has its look-alikes put right (0 for O in the date, S for 5 in the letters):
    in any other length the places are not known.
    """
    plain = re.sub(r"[\s.\-_/·]", "", text).upper()
    if len(plain) != LENGTH:
        return plain
    letters = plain[:6].translate(_LETTER_FOR)
    digits = plain[6:14].translate(_DIGIT_FOR)
    return letters + digits + plain[14] + plain[15:].translate(_DIGIT_FOR)


def validate(text: str) -> bool:
    """Whether the text has the shape of a clave: letters, digits, sex, digits in their places."""
    return _SHAPE.fullmatch(text) is not None


def parts(text: str) -> Parts:
    """The clave taken apart. Raises ValueError when it has not the shape of one."""
    if not validate(text):
        raise ValueError("not the shape of a clave de elector")
    return Parts(text[0:2], text[2:4], text[4:6], text[6:12], text[12:14], text[14], text[15:18])


def irregularities(text: str) -> tuple[str, ...]:
    """What is unusual in a clave: codes among ``forma``, ``consonante``, ``fecha``, ``entidad``.

    ``consonante``: one of the inner letters is a vowel; ``fecha``: no such calendar day in either century;
    ``entidad``: not 01 to 32, 87 or 88. Evidence only.
    """
    if not validate(text):
        return ("forma",)
    found = []
    if any(text[i] in _VOWELS for i in (1, 3, 5)):
        found.append("consonante")
    if not _is_day(text[6:12]):
        found.append("fecha")
    if text[12:14] not in _ENTITIES:
        found.append("entidad")
    return tuple(found)


def birth_date(text: str, on: date) -> date | None:
    """The birth date a clave says, in the latest century that makes the person 18 on the day ``on``.

    None when the clave has no shape or the date is in no calendar.
    """
    if not validate(text):
        return None
    for century in range(on.year // 100 * 100, on.year // 100 * 100 - 300, -100):
        day = _day(century + int(text[6:8]), int(text[8:10]), int(text[10:12]))
        if day is not None and _age(day, on) >= 18:
            return day
    return None


def derive_letters(apellido_paterno: str, apellido_materno: str, nombre: str) -> str:
    """The six letters that names give.

    Particles are passed over; JOSÉ and MARÍA (J., MA.) are passed over when another given name follows; Ñ
    gives X; a missing consonant gives X; a missing surname gives XX.
    """
    return _pair(apellido_paterno) + _pair(apellido_materno) + _pair(_main_given(nombre))


def words(name: str) -> list[str]:
    """The words of a name in plain capitals (Ñ kept), particles left out unless nothing else is there."""
    kept = re.sub(r"[^A-ZÑ ]", " ", _unaccented(name)).split()
    return [w for w in kept if w not in _PARTICLES] or kept


def _unaccented(name: str) -> str:
    """Capitals without accents; Ñ stays."""
    if name.isascii():
        return name.upper()
    held = unicodedata.normalize("NFC", name.upper()).replace("Ñ", "\0")
    stripped = "".join(c for c in unicodedata.normalize("NFD", held) if not unicodedata.combining(c))
    return stripped.replace("\0", "Ñ")


def _main_given(nombre: str) -> str:
    kept = words(nombre)
    while len(kept) > 1 and kept[0] in _SKIPPED_GIVEN:
        kept = kept[1:]
    return kept[0] if kept else ""


def _pair(name: str) -> str:
    kept = words(name)
    if not kept:
        return "XX"
    word = kept[0]
    inner = next((c for c in word[1:] if c not in _VOWELS), "X")
    return (word[0] + inner).replace("Ñ", "X")


def _is_day(yymmdd: str) -> bool:
    year, month, day = int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:])
    return any(_day(century + year, month, day) is not None for century in (1900, 2000))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
