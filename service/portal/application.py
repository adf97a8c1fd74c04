"""What an application says (art. 323 párr. 9 I-IX) and what it lacks. Values in, defects out: no store, no clock.

Fracción X (the sheets with the supports) can only come after the constancia, so it is no part of the form: it is
delivered by the end of the period (domain.md A-2).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from matching import clave as claves
from service.access.numbers import whole_number
from service.law.errors import LawRefused
from service.law.proceso import canonical_ambito
from service.law.records import Cargo

FORMULAS = 9
"""The most concejalías by majority that a demarcación has (arts. 16 and 17)."""

LEAST_AGE = 18
MOST_YEARS = 119
SEXES = ("H", "M", "X")


@dataclass(frozen=True, slots=True)
class Field:
    """A question of the form. ``kind`` is text, date, whole, choice or long."""

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class Fraction:
    """A fracción of párr. 9 with its questions."""

    number: str
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Defect:
    """What an application lacks: the fracción, the field, and a sentence that says what to do."""

    fraction: str
    field: str
    sentence: str


FRACTIONS = (
    Fraction("I", "Nombre y apellidos completos", (
        Field("nombre", "Nombre o nombres"),
        Field("primer_apellido", "Primer apellido"),
        Field("segundo_apellido", "Segundo apellido (si lo tiene)", required=False),
    )),
    Fraction("II", "Lugar y fecha de nacimiento", (
        Field("lugar_nacimiento", "Lugar de nacimiento"),
        Field("fecha_nacimiento", "Fecha de nacimiento", "date"),
    )),
    Fraction("III", "Domicilio y tiempo de residencia", (
        Field("domicilio", "Domicilio completo", "long"),
        Field("residencia_anios", "Años de residencia en él", "whole"),
        Field("residencia_meses", "y meses", "whole", required=False),
    )),
    Fraction("IV", "Ocupación", (Field("ocupacion", "Ocupación"),)),
    Fraction("V", "Clave de la credencial para votar", (
        Field("clave_elector", "Clave de elector", hint="18 caracteres, como en la credencial."),
    )),
    Fraction("VI", "Cargo y ámbito territorial", (
        Field("cargo", "Cargo", "choice"),
        Field("ambito", "Ámbito", hint="Número de distrito (1 a 33), clave de demarcación (002 a 017), o vacío "
              "para la Jefatura de Gobierno.", required=False),
    )),
    Fraction("VIII", "Representante y responsable de los recursos", (
        Field("representante", "Representante ante el Instituto (nombre completo)"),
        Field("representante_contacto", "Teléfono o correo de quien representa"),
        Field("responsable", "Responsable del registro, administración y gasto de los recursos"),
        Field("responsable_contacto", "Teléfono o correo de quien administra"),
    )),
    Fraction("IX", "Emblema y colores", (
        Field("colores", "Colores del emblema", hint="Por su nombre o número Pantone. No se admiten los de partidos, "
              "boletas ni autoridades electorales (párrafos 9 IX y 10)."),
    )),
)  # fmt: skip
"""The form, fracción VII (fórmulas) aside: it depends on the cargo."""

FIELDS = {field.name: (fraction, field) for fraction in FRACTIONS for field in fraction.fields}


def full_name(document: Mapping[str, Any]) -> str:
    parts = (document.get(name, "") for name in ("nombre", "primer_apellido", "segundo_apellido"))
    return " ".join(part for part in parts if part)


def defects_of(document: Mapping[str, Any], on: dt.date) -> list[Defect]:
    """Everything the application lacks on a day, in the order of the fracciones."""
    order = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]
    found = [*_missing(document), *_birth(document, on), *_key(document), *_office(document), *_pairs(document)]
    if not document.get("emblema"):
        found.append(Defect("IX", "emblema", "Falta el archivo del emblema (PNG o JPEG)."))
    return sorted(found, key=lambda defect: order.index(defect.fraction))


def _missing(document: Mapping[str, Any]) -> Iterator[Defect]:
    for name, (fraction, field) in FIELDS.items():
        value = str(document.get(name, "")).strip()
        if field.required and not value:
            yield Defect(fraction.number, name, f"Falta: {field.label.lower()}.")
        elif field.kind == "whole" and value and whole_number(value, MOST_YEARS) is None:
            yield Defect(fraction.number, name, f"{field.label}: escriba un número entero.")


def _birth(document: Mapping[str, Any], on: dt.date) -> Iterator[Defect]:
    text = document.get("fecha_nacimiento", "")
    if not text:
        return
    born = day_of(text)
    if born is None:
        yield Defect("II", "fecha_nacimiento", "La fecha de nacimiento no existe en el calendario; corríjala.")
    elif (on.year - born.year) - ((on.month, on.day) < (born.month, born.day)) < LEAST_AGE:
        yield Defect(
            "II", "fecha_nacimiento", f"Con esa fecha de nacimiento no se cumplen {LEAST_AGE} años; revísela."
        )


def day_of(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _key(document: Mapping[str, Any]) -> Iterator[Defect]:
    clave = document.get("clave_elector", "")
    if not clave:
        return
    born = day_of(document.get("fecha_nacimiento", ""))
    if not claves.validate(clave):
        yield Defect("V", "clave_elector", "La clave de elector lleva seis letras, ocho números, H, M o X, y "
                     "tres números; revísela.")  # fmt: skip
    elif born is not None and clave[6:12] != born.strftime("%y%m%d"):
        yield Defect("V", "clave_elector", "No corresponde con la fecha de nacimiento; revise ambas.")


def _office(document: Mapping[str, Any]) -> Iterator[Defect]:
    cargo = document.get("cargo", "")
    if not cargo:
        return
    if cargo not in set(Cargo):
        yield Defect("VI", "cargo", "Elija el cargo de la lista.")
        return
    try:
        canonical_ambito(Cargo(cargo), document.get("ambito", ""))
    except LawRefused as refusal:
        yield Defect("VI", "ambito", refusal.sentence)


def pairs_of(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """The fórmulas given: owner and substitute with their sex; empty lines left out."""
    found = []
    for number in range(1, FORMULAS + 1):
        pair = {
            key: str(document.get(f"f{number}_{key}", ""))
            for key in ("propietario", "sexo", "suplente", "sexo_suplente")
        }
        if any(pair.values()):
            found.append({"numero": str(number), **pair})
    return found


def _pairs(document: Mapping[str, Any]) -> Iterator[Defect]:
    """Párr. 8 and 9 VII: diputaciones and concejalías go in fórmulas of owner and substitute of the same gender."""
    given = pairs_of(document)
    if document.get("cargo") == "diputacion" and not given:
        yield Defect("VII", "f1_propietario", "Una diputación se solicita en fórmula: falta propietario y suplente.")
    for pair in given:
        where = f"f{pair['numero']}_propietario"
        if not all(pair.values()) or pair["sexo"] not in SEXES or pair["sexo_suplente"] not in SEXES:
            yield Defect("VII", where, f"Fórmula {pair['numero']}: faltan nombre o sexo de alguien.")
        elif pair["sexo"] != pair["sexo_suplente"]:
            yield Defect("VII", where, f"Fórmula {pair['numero']}: propietario y suplente deben ser del mismo género "
                         "(párrafo 8).")  # fmt: skip


def names_of_fields() -> list[str]:
    """Every name that a form may bring."""
    pairs = [
        f"f{number}_{key}"
        for number in range(1, FORMULAS + 1)
        for key in ("propietario", "sexo", "suplente", "sexo_suplente")
    ]
    return [*FIELDS, *pairs]
