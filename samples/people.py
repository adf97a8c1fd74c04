"""The invented electors of the city, with families, twins and namesakes, and the list that holds them.

Claves follow the public rule (domain D-1): first letter and first internal consonant of each surname and of the
given name, birth date, entity of birth, sex, a digit and two for homonyms. The digit's algorithm is not public;
here it is drawn.
"""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from samples.city import Section
from samples.names import NameBook, accented

BAJAS = {
    "BAJA_DEFUNCION": 10,
    "BAJA_SUSPENSION": 5,
    "BAJA_VIGENCIA": 55,
    "BAJA_DUPLICADO": 6,
    "BAJA_DATOS_IRREGULARES": 4,
    "BAJA_DOMICILIO_IRREGULAR": 6,
    "BAJA_USURPACION": 2,
    "BAJA_JUDICIAL": 4,
    "BAJA_OTRA": 8,
}
"""Each cause of baja and its share; loss of validity leads, as in 2022 (domain B-1)."""

HEADER = ["clave_elector", "numero_ocr", "apellido_paterno", "apellido_materno", "nombre", "seccion", "situacion"]
_SKIPPED_WORDS = {"DE", "DEL", "LA", "LAS", "LOS", "Y", "MA", "VON", "VAN"}
_SKIPPED_FIRST = {"JOSE", "MARIA", "MA", "J"}
_CONSONANTS = set("BCDFGHJKLMNPQRSTVWXYZ")
_PLAIN = str.maketrans("ÁÉÍÓÚÜÑ", "AEIOUUX")
_OLDEST, _YOUNGEST = date(1938, 1, 1), date(2008, 8, 1)


@dataclass(frozen=True, slots=True)
class Elector:
    """One invented person as the list has them."""

    clave: str
    numero_ocr: str
    paterno: str
    materno: str
    nombre: str
    seccion: int
    situacion: str

    @property
    def full_name(self) -> str:
        """As the sheet asks for it: surnames first."""
        return " ".join(part for part in (self.paterno, self.materno, self.nombre) if part)


def draw_people(book: NameBook, sections: Iterable[Section], seed: int) -> list[Elector]:
    """Everybody who lives in the sections: families of one to five, some with twins, some alone."""
    rng = random.Random(f"people {seed}")
    taken: set[str] = set()
    people: list[Elector] = []
    for section in sections:
        home: list[Elector] = []
        while len(home) < section.electors:
            family = _draw_family(book, rng, section, taken, people)
            home.extend(family[: section.electors - len(home)])
        people.extend(home)
    return people


def write_list(people: Iterable[Elector], out: Path) -> None:
    """The lista nominal of contracts.md, in the order of section and clave."""
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for p in sorted(people, key=lambda p: (p.seccion, p.clave)):
            writer.writerow([p.clave, p.numero_ocr, p.paterno, p.materno, p.nombre, p.seccion, p.situacion])


def count_listed(people: Iterable[Elector]) -> Counter[int]:
    """Electors in force per section."""
    return Counter(p.seccion for p in people if p.situacion == "VIGENTE")


def name_letters(paterno: str, materno: str, nombre: str) -> str:
    """The six letters that a clave begins with."""
    return _pair(paterno) + _pair(materno) + _pair(nombre, given=True)


def twin_of(person: Elector, nombre: str, taken: set[str]) -> Elector:
    """Somebody with the same surnames, birth and sex and another given name."""
    letters = name_letters(person.paterno, person.materno, nombre)
    clave = _free(letters + person.clave[6:15], person.clave[15], taken)
    number = f"{person.numero_ocr[:4]}{int(person.numero_ocr[4:] or 0) + 1:09d}" if person.numero_ocr else ""
    return replace(person, nombre=nombre, clave=clave, numero_ocr=number)


def _draw_family(
    book: NameBook, rng: random.Random, section: Section, taken: set[str], others: list[Elector]
) -> list[Elector]:
    paterno, materno = book.surname(rng), book.surname(rng)
    if rng.random() < 0.004:
        materno = ""
    siblings = rng.choices((1, 2, 3), weights=(70, 22, 8))[0]
    family = [_draw_person(book, rng, section, taken, paterno, materno) for _ in range(siblings)]
    if rng.random() < 0.012:
        sex = family[0].clave[14]
        family.append(twin_of(family[0], _spelled(rng, book.given_name(rng, sex)), taken))
    if others and rng.random() < 0.01:  # somebody with the very same name, elsewhere in the city
        model = rng.choice(others)
        born = _birthday(rng)
        family.append(_person(rng, section, taken, model.paterno, model.materno, model.nombre, model.clave[14], born))
    return family


def _draw_person(
    book: NameBook, rng: random.Random, section: Section, taken: set[str], paterno: str, materno: str
) -> Elector:
    sex = "X" if rng.random() < 0.0002 else rng.choice("HMM" if rng.random() < 0.2 else "HM")
    given = book.given_name(rng, sex if sex in "HM" else "M")
    words = [_spelled(rng, paterno), _spelled(rng, materno), _spelled(rng, given)]
    return _person(rng, section, taken, *words, sex, _birthday(rng))


def _person(
    rng: random.Random,
    section: Section,
    taken: set[str],
    paterno: str,
    materno: str,
    nombre: str,
    sex: str,
    born: date,
) -> Elector:
    entity = rng.choices(
        ("09", "15", "20", "21", "30", "13", "87", f"{rng.randint(1, 32):02d}"), (62, 9, 5, 5, 4, 3, 1, 11)
    )[0]
    letters = name_letters(paterno, materno, nombre)
    clave = _free(f"{letters}{born:%y%m%d}{entity}{sex}", str(rng.randint(0, 9)), taken)
    situacion = "VIGENTE"
    if (chance := rng.random()) < 0.012:
        situacion = "PADRON"
    elif chance < 0.045:
        situacion = rng.choices(list(BAJAS), list(BAJAS.values()))[0]
    return Elector(clave, _ocr_number(rng, section), paterno, materno, nombre, section.number, situacion)


def _ocr_number(rng: random.Random, section: Section) -> str:
    if (chance := rng.random()) < 0.006:
        return ""
    before = section.number if chance > 0.08 else rng.randint(1, 5600)  # the section where the card was issued
    return f"{before:04d}{rng.randint(10_000_000, 199_999_999):09d}"[: 12 if chance > 0.995 else 13]


def _birthday(rng: random.Random) -> date:
    days = (_YOUNGEST - _OLDEST).days
    return _OLDEST + timedelta(days=int(days * rng.triangular(0, 1, 0.62)))


def _spelled(rng: random.Random, name: str) -> str:
    """Half of the lists write accents, half do not."""
    return accented(name) if rng.random() < 0.5 else name


def _pair(name: str, *, given: bool = False) -> str:
    """First letter and first internal consonant of a surname or given name; X where there is none."""
    words = [w for w in name.translate(_PLAIN).split() if w not in _SKIPPED_WORDS] or name.translate(_PLAIN).split()
    if given and len(words) > 1 and words[0] in _SKIPPED_FIRST:
        words = words[1:]
    if not words:
        return "XX"
    word = words[0]
    return word[0] + next((letter for letter in word[1:] if letter in _CONSONANTS), "X")


def _free(first_fifteen: str, digit: str, taken: set[str]) -> str:
    """A clave nobody has yet: the homonym digits count up."""
    for homonym in range(100):
        clave = f"{first_fifteen}{digit}{homonym:02d}"
        if clave not in taken:
            taken.add(clave)
            return clave
    raise ValueError("a hundred homonyms share these fifteen characters")
