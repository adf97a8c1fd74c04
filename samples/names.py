"""Names as people of the city bear them: real frequencies, joined at random; nobody here exists.

The counts come from ``RESPALDO_DATOS/nombres`` (open data of teachers' names) and are needed only to draw; they
are never committed.
"""

from __future__ import annotations

import csv
import os
import random
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_LEAST_COUNT = 12
"""Rarer names in the source are mostly slips of the pen."""

_ACCENTED = """
AARÓN ADRIÁN ÁGUILA AGUSTÍN AÍDA ALARCÓN ALMAZÁN ÁLVARO ÁLVAREZ ANDRÉS ÁNGEL ÁNGELES ANGÉLICA ARAGÓN
ARÉVALO ARÍSTIDES ÁVALOS ÁVILA ÁVILES BÁEZ BÁRBARA BARRÓN BEATRÍZ BELÉN BELTRÁN BENJAMÍN BENÍTEZ BERNABÉ
CALDERÓN CÁRDENAS CÁZARES CÉSAR CHÁVEZ CÓRDOBA CÓRDOVA CORTÉS CORTÉZ CRISTÓBAL DÁVILA DÍAZ DOMÍNGUEZ DURÁN
EFRAÍN ENRÍQUEZ ESPÍNDOLA ESTÉVEZ FABIÁN FARÍAS FÉLIX FERMÍN FERNÁNDEZ GALVÁN GÁLVEZ GÁMEZ GARCÍA GASPAR
GERMÁN GÓMEZ GONZÁLEZ GUTIÉRREZ GUZMÁN HÉCTOR HERNÁNDEZ INÉS ISAÍAS IVÁN JÁUREGUI JESÚS JIMÉNEZ JOAQUÍN
JOSÉ JUÁREZ JULIÁN LANDÍN LEÓN LÓPEZ LUCÍA MARÍA MARÍN MARTÍN MARTÍNEZ MÁRQUEZ MÉNDEZ MÓNICA MOISÉS NÁJERA
NARVÁEZ NOÉ OCTAVIO ORDÓÑEZ ÓSCAR PATIÑO PÁEZ PÉREZ PÉRES RAMÍREZ RAMÓN RAÚL REBECA RENDÓN RINCÓN RÍOS
ROCÍO RODRÍGUEZ ROMÁN ROSALÍA RUBÉN SALDÍVAR SÁNCHEZ SEBASTIÁN SIMÓN SOFÍA SOLÍS SUÁREZ TOMÁS TÉLLEZ
TRISTÁN VALDÉS VALDÉZ VÁSQUEZ VÁZQUEZ VELÁZQUEZ VERÓNICA VÍCTOR YÁÑEZ ZÁRATE ZÚÑIGA NÚÑEZ MAGAÑA
"""
_PLAIN = str.maketrans("ÁÉÍÓÚÜ", "AEIOUU")
_WITH_ACCENT = {name.translate(_PLAIN): name for name in _ACCENTED.split()}


def data_folder() -> Path:
    """``RESPALDO_DATOS``, or the folder ``shared/datos`` beside the project."""
    return Path(os.environ.get("RESPALDO_DATOS", _HERE.parent.parent / "shared" / "datos"))


def accented(name: str) -> str:
    """The name with the accents that Spanish spelling gives its words."""
    return " ".join(_WITH_ACCENT.get(word, word) for word in name.split())


@dataclass
class NameBook:
    """Names to draw from, each with the sum of counts up to it."""

    surnames: list[str] = field(default_factory=list)
    surname_counts: list[int] = field(default_factory=list)
    given: dict[str, list[str]] = field(default_factory=dict)
    given_counts: dict[str, list[int]] = field(default_factory=dict)

    def surname(self, rng: random.Random) -> str:
        return rng.choices(self.surnames, cum_weights=self.surname_counts)[0]

    def given_name(self, rng: random.Random, sex: str) -> str:
        return rng.choices(self.given[sex], cum_weights=self.given_counts[sex])[0]


def read_names(folder: Path | None = None) -> NameBook:
    """The counts of surnames and of given names per sex (H, M). Raises FileNotFoundError without the data."""
    place = (folder or data_folder()) / "nombres"
    book = NameBook()
    book.surnames, book.surname_counts = _column(place / "apellidos.csv", "apellido", "frec_pri")
    for sex, file in (("H", "hombres.csv"), ("M", "mujeres.csv")):
        book.given[sex], book.given_counts[sex] = _column(place / file, "nombre", "frec")
    return book


def _column(path: Path, name: str, count: str) -> tuple[list[str], list[int]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(row[name], int(row[count])) for row in csv.DictReader(file)]
    kept = [(n, c) for n, c in rows if c >= _LEAST_COUNT and _is_a_name(n)]
    return [n for n, _ in kept], list(accumulate(c for _, c in kept))


def _is_a_name(text: str) -> bool:
    words = text.split()
    return all(set(w) <= set("ABCDEFGHIJKLMNÑOPQRSTUVWXYZ") for w in words) and len(words[0]) > 1
