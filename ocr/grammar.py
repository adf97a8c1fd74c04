"""What may stand in a field, as soft weights: the grammar of clave, OCR number, codes and dates.

A grammar is a row of segments. Each holds the prior of a few neighbouring cells that belong together (month
and day, entity, initial and consonant). Nothing is forbidden: a signer's mistake is evidence, and what the
weights do not foresee keeps a share (``FREE``) in which any character may stand in any cell, or none.

Sources: the clave's make-up is that published by the INE (letters: initial and first inner consonant of the
surnames and the name; date of birth; entity 01-32, 87, 88; sex; check and homonym digits); the weights of
surnames are the order of Mexico's commonest surnames, flattened; no list of people was used.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]

FREE = 0.001
"""Prior that a segment breaks its grammar: one key in a hundred. How often signers do so is to be counted in use;
on simulated rows, whose writers never do, 0.0003 reads one or two keys in a hundred more than 0.004."""
EMPTY = 0.003
"""Prior that all cells of a segment are left empty though the field bears ink (blank fields are not read at all). At
0.03 a serif 1 in the place of the check digit was read as an empty cell; a truly empty cell weighs far more."""
LETTERS, DIGITS = slice(10, 36), slice(0, 10)


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """``width`` neighbouring cells read together. ``columns`` is the slice of the alphabet they draw on;
    ``prior``, of shape (size of columns,) * width, sums to 1."""

    columns: slice
    prior: F64

    @property
    def width(self) -> int:
        return self.prior.ndim


@dataclass(frozen=True, slots=True, eq=False)
class Grammar:
    """A field's segments, first cell first."""

    segments: tuple[Segment, ...]

    @property
    def cells(self) -> int:
        return sum(s.width for s in self.segments)


def _even(columns: slice) -> Segment:
    size = columns.stop - columns.start
    return Segment(columns, np.full(size, 1 / size))


def _codes(width: int, weights: dict[int, float], floor: float) -> Segment:
    """Digits read as one number: ``weights`` of the numbers that occur; ``floor`` is shared by all others."""
    prior = np.full(10**width, floor / 10**width)
    total = sum(weights.values())
    for number, weight in weights.items():
        prior[number] += (1 - floor) * weight / total
    return Segment(DIGITS, (prior / prior.sum()).reshape((10,) * width))


_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _month_day(*, day_first: bool) -> Segment:
    weights = {}
    for month, days in enumerate(_DAYS, 1):
        for day in range(1, days + 1):
            number = day * 100 + month if day_first else month * 100 + day
            weights[number] = 0.25 if (month, day) == (2, 29) else 1.0
    return _codes(4, weights, 0.002)


def _birth_year() -> Segment:
    """Years of birth of electors: the few over a hundred years old share the two digits 10 to 26."""
    return _codes(2, {year: 0.06 if 10 <= year <= 26 else 1.0 for year in range(100)}, 0.0)


def _entity() -> Segment:
    """09 for most, then the states that people of the city come from; all others, 87 and 88 (born abroad)."""
    weights = dict.fromkeys((*range(1, 33), 87, 88), 1.0)
    weights[9] = 70.0
    weights[15] = 7.0
    weights.update({21: 3.0, 30: 3.0, 20: 3.0, 13: 2.5, 16: 2.5, 11: 2.0, 12: 2.0, 29: 1.5})
    return _codes(2, weights, 0.003)


def _sex() -> Segment:
    prior = np.full(26, 1e-5)
    prior[[ord("H") - 65, ord("M") - 65, ord("X") - 65]] = 0.49, 0.51, 0.002
    return Segment(LETTERS, prior / prior.sum())


def _homonym() -> Segment:
    """The last two digits: 00 for nearly all, else counting up."""
    return _codes(
        2, {0: 0.93, **dict.fromkeys(range(1, 10), 0.05 / 9), **dict.fromkeys(range(10, 100), 0.02 / 90)}, 0.0
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_COMMON = _words(
    "HERNANDEZ GARCIA MARTINEZ LOPEZ GONZALEZ PEREZ RODRIGUEZ SANCHEZ RAMIREZ CRUZ FLORES GOMEZ MORALES "
    "VAZQUEZ JIMENEZ REYES DIAZ TORRES GUTIERREZ RUIZ MENDOZA AGUILAR ORTIZ MORENO CASTILLO ROMERO ALVAREZ "
    "MENDEZ CHAVEZ RIVERA JUAREZ RAMOS DOMINGUEZ HERRERA MEDINA CASTRO VARGAS GUZMAN VELAZQUEZ ROJAS SALAZAR "
    "MUÑOZ CONTRERAS LUNA ORTEGA GUERRERO ESTRADA BAUTISTA SOTO CORTES SANTIAGO ALVARADO LARA ESPINOZA RIOS "
    "AVILA VEGA SANDOVAL SILVA MEJIA SOLIS CERVANTES DELGADO CARRILLO LEON MARQUEZ IBARRA NAVA CAMPOS VALDEZ "
    "PACHECO SERRANO ACOSTA VALENCIA ROSAS CABRERA MALDONADO TREJO MIRANDA ROBLES NUÑEZ FUENTES MOLINA AYALA "
    "NAVARRO CARDENAS PADILLA ESCOBAR OROZCO SALAS FRANCO CORONA ZAMORA MONTES OLVERA BARRERA PINEDA OCHOA "
    "HUERTA QUINTERO TAPIA ZUÑIGA BECERRIL XOLALPA YAÑEZ ZAVALA UGALDE WONG KURI"
)
_GIVEN = _words(
    "JUAN MARIA JOSE GUADALUPE JESUS MIGUEL LUIS FRANCISCO CARLOS JORGE ANTONIO ALEJANDRO ROSA MARGARITA ANA "
    "PEDRO MANUEL ROBERTO FERNANDO DANIEL VERONICA ELIZABETH LETICIA PATRICIA EDUARDO RICARDO ARTURO RAUL "
    "JAVIER SERGIO VICTOR MARTIN GABRIELA ADRIANA ALICIA CLAUDIA SANDRA LAURA SILVIA TERESA YOLANDA MARTHA "
    "MARIO ENRIQUE OSCAR GERARDO RUBEN ALBERTO HECTOR ANDREA DIANA BRENDA KARLA MONICA NORMA IRMA GLORIA "
    "CRISTINA BEATRIZ DAVID ANGEL IVAN OMAR HUGO CESAR ERIKA ROCIO PAOLA FERNANDA DANIELA MARIANA ALMA BLANCA "
    "ESTHER CARMEN JUANA LUCIA JOSEFINA ESPERANZA IGNACIO SALVADOR GUSTAVO ALFREDO RAMON FELIPE ARMANDO JULIO "
    "JAIME RODRIGO EMILIO DIEGO SANTIAGO SOFIA VALERIA XIMENA NATALIA TANIA WENDY YESENIA ZAIRA KAREN "
    "LILIA NANCY ISABEL INES OFELIA OLGA PABLO EDGAR BERENICE URSULA QUETZALLI VIRGINIA VANESSA"
)
_VOWELS = "AEIOU"


def pair_of(name: str) -> tuple[str, str]:
    """Initial and first inner consonant of one name, as the clave takes them; X for Ñ or for none."""
    plain = name.replace("Ñ", "X")
    inner = next((c for c in plain[1:] if c not in _VOWELS), "X")
    return plain[0], inner


def _pair(names: tuple[str, ...], *, exponent: float) -> Segment:
    """Initial and consonant together: common names weigh more, no pair is left without its share.

    Rank weights fall as rank ** -exponent; 45 % of the mass is spread evenly (consonants twice over) for the
    thousands of names that are not listed.
    """
    listed = np.zeros((26, 26))
    for rank, name in enumerate(names, 1):
        first, second = pair_of(name)
        listed[ord(first) - 65, ord(second) - 65] += rank**-exponent
    initial = 0.5 * listed.sum(1) / listed.sum() + 0.5 / 26
    consonant = np.array([0.0004 if c in _VOWELS else 1.0 for c in map(chr, range(65, 91))])
    inner = 0.5 * listed.sum(0) / listed.sum() + 0.5 * consonant / consonant.sum()
    spread = np.outer(initial, inner)
    prior = 0.55 * listed / listed.sum() + 0.45 * spread / spread.sum()
    return Segment(LETTERS, prior / prior.sum())


@cache
def clave_grammar() -> Grammar:
    """Eighteen cells: six letters, date of birth, entity of birth, sex, check digit, homonym."""
    surname, given = _pair(_COMMON, exponent=0.75), _pair(_GIVEN, exponent=0.6)
    digit = _even(DIGITS)
    return Grammar(
        (surname, surname, given, _birth_year(), _month_day(day_first=False), _entity(), _sex(), digit, _homonym())
    )


LAST_SECCION = 5700
"""Sections of the city run to about 5,600; old and new ones leave some room."""


def _seccion() -> Segment:
    return _codes(4, dict.fromkeys(range(1, LAST_SECCION), 1.0), 0.03)


@cache
def seccion_grammar() -> Grammar:
    """Four digits."""
    return Grammar((_seccion(),))


@cache
def ocr_number_grammar() -> Grammar:
    """Thirteen digits: the section of issue (of any state, for people who moved), then nine free ones."""
    section = _codes(4, {n: 1.0 if n < LAST_SECCION else 0.25 for n in range(1, 7000)}, 0.03)
    return Grammar((section, *(_even(DIGITS) for _ in range(9))))


@cache
def demarcacion_grammar() -> Grammar:
    """Three digits: the INE's codes 002 to 017."""
    return Grammar((_codes(3, dict.fromkeys(range(2, 18), 1.0), 0.03),))


@cache
def date_grammar(cells: int = 6) -> Grammar:
    """Day, month and year of signing: six cells (DDMMAA) or eight (DDMMAAAA); years 2024 to 2039 likely."""
    years = dict.fromkeys(range(24, 40), 1.0)
    day_month = _month_day(day_first=True)
    if cells == 6:
        return Grammar((day_month, _codes(2, years, 0.05)))
    return Grammar((day_month, _codes(4, {2000 + n: 1.0 for n in years}, 0.05)))


@cache
def free_grammar(alphabet: str, cells: int) -> Grammar:
    """Cells about which only the alphabet is known: digits, capitals or clave (both)."""
    columns = {"digits": DIGITS, "capitals": LETTERS}.get(alphabet, slice(0, 36))
    return Grammar(tuple(_even(columns) for _ in range(cells)))


def grammar_for(name: str, alphabet: str | None, cells: int) -> Grammar:
    """The grammar of a form's comb field by its name, when it has as many cells as that grammar wants."""
    known = {
        "clave_elector": clave_grammar,
        "numero_ocr": ocr_number_grammar,
        "demarcacion": demarcacion_grammar,
        "seccion": seccion_grammar,
    }
    if name == "fecha" and cells in (6, 8):
        return date_grammar(cells)
    if name in known and known[name]().cells == cells:
        return known[name]()
    return free_grammar(alphabet or "clave", cells)
