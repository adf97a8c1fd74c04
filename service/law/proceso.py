"""The electoral process and its aspirantes, parsed from the TOML documents of contracts.md (already loaded)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from service.law.errors import LawRefused
from service.law.frame import demarcacion_code, distrito_code
from service.law.parameters import Parametros, parametros_from_toml, version_of
from service.law.records import Aspirante, Cargo


@dataclass(frozen=True, slots=True)
class Ventana:
    """The collection window of one cargo, both days included (art. 312; art. 323 párr. 6 IV)."""

    cargo: Cargo
    desde: date
    hasta: date


@dataclass(frozen=True, slots=True)
class Base:
    """The lista nominal that an acuerdo sets for a scope: it prevails over the sum of sections."""

    cargo: Cargo
    ambito: str
    lista_nominal: int
    acuerdo: str = ""


@dataclass(frozen=True, slots=True)
class Proceso:
    """A process with its windows, bases and parameters; ``version`` changes with any of them.

    ``precampanas``: the day on which the precampañas of parties begin, where the file says it (art. 323 párr. 20).
    """

    clave: str
    nombre: str
    jornada: date
    corte_umbral: date
    apertura_registro: date
    ventanas: Mapping[Cargo, Ventana]
    bases: Mapping[tuple[Cargo, str], Base]
    parametros: Parametros
    version: str
    precampanas: date | None = None

    def ventana(self, cargo: Cargo) -> Ventana:
        """The window of the cargo; refused when the process has none."""
        if cargo not in self.ventanas:
            raise LawRefused("sin_ventana", f"El proceso no tiene ventana para el cargo «{cargo.value}».")
        return self.ventanas[cargo]


def process_from_toml(document: Mapping[str, Any]) -> Proceso:
    """A process from the parsed TOML; refuses missing or ill-typed keys by name. More tables may be given."""
    proceso = _table(document, "proceso")
    ventanas = _ventanas(document)
    bases = _bases(document)
    parametros = parametros_from_toml(_table(document, "parametros", required=False))
    plain = {
        "proceso": {key: str(proceso[key]) for key in sorted(proceso)},
        "ventanas": {v.cargo.value: [str(v.desde), str(v.hasta)] for v in ventanas.values()},
        "bases": [[b.cargo.value, b.ambito, b.lista_nominal, b.acuerdo] for b in sorted_bases(bases)],
        "parametros": parametros.as_json(),
    }
    return Proceso(
        clave=_text(proceso, "clave", "proceso"),
        nombre=_text(proceso, "nombre", "proceso"),
        jornada=_date(proceso, "jornada", "proceso"),
        corte_umbral=_date(proceso, "corte_umbral", "proceso"),
        apertura_registro=_date(proceso, "apertura_registro", "proceso"),
        ventanas=ventanas,
        bases=bases,
        parametros=parametros,
        version=version_of(plain),
        precampanas=_date(proceso, "precampanas", "proceso") if "precampanas" in proceso else None,
    )


def sorted_bases(bases: Mapping[tuple[Cargo, str], Base]) -> list[Base]:
    """Bases in a fixed order, so that the version does not depend on the order of the file."""
    return [bases[key] for key in sorted(bases)]


def aspirante_from_toml(document: Mapping[str, Any], ident: str) -> Aspirante:
    """An aspirante from the parsed ``[aspirante]`` table; ``ident`` is the id given by the caller."""
    table = _table(document, "aspirante")
    cargo = _cargo(table, "aspirante")
    withdrawn = _date(table, "desistimiento", "aspirante") if "desistimiento" in table else None
    return Aspirante(
        id=ident,
        cargo=cargo,
        ambito=canonical_ambito(cargo, str(table.get("ambito", ""))),
        constancia=_date(table, "constancia", "aspirante"),
        withdrawn_on=withdrawn,
    )


_DEMARCACIONES = frozenset(f"{number:03d}" for number in range(2, 18))
_DISTRITOS = frozenset(str(number) for number in range(1, 34))


def canonical_ambito(cargo: Cargo, text: str) -> str:
    """``""`` for jefatura, ``"017"`` for an alcaldía, ``"17"`` for a district; refuses what is none of these."""
    text = text.strip()
    if cargo is Cargo.JEFATURA:
        if text:
            raise LawRefused("ambito", "La Jefatura de Gobierno es de toda la Ciudad: su ámbito queda vacío.")
        return ""
    if cargo is Cargo.ALCALDIA:
        code = demarcacion_code(text)
        if code in _DEMARCACIONES:
            return code
        raise LawRefused("ambito", "El ámbito de una alcaldía es la clave de su demarcación, de «002» a «017».")
    code = distrito_code(text)
    if code in _DISTRITOS:
        return code
    raise LawRefused("ambito", "El ámbito de una diputación es el número de su distrito local, de 1 a 33.")


def _ventanas(document: Mapping[str, Any]) -> dict[Cargo, Ventana]:
    ventanas: dict[Cargo, Ventana] = {}
    for table in _tables(document, "ventana"):
        cargo = _cargo(table, "ventana")
        desde, hasta = _date(table, "desde", "ventana"), _date(table, "hasta", "ventana")
        if hasta < desde:
            raise LawRefused("ventana_invertida", f"La ventana de «{cargo.value}» termina antes de empezar.")
        if cargo in ventanas:
            raise LawRefused("ventana_repetida", f"Hay dos ventanas para el cargo «{cargo.value}».")
        ventanas[cargo] = Ventana(cargo, desde, hasta)
    if not ventanas:
        raise LawRefused("falta_ventana", "El archivo del proceso no tiene ninguna tabla [[ventana]].")
    return ventanas


def _bases(document: Mapping[str, Any]) -> dict[tuple[Cargo, str], Base]:
    bases: dict[tuple[Cargo, str], Base] = {}
    for table in _tables(document, "base"):
        cargo = _cargo(table, "base")
        ambito = canonical_ambito(cargo, str(table.get("ambito", "")))
        figure = table.get("lista_nominal")
        if not isinstance(figure, int) or isinstance(figure, bool) or figure < 1:
            raise LawRefused("base_cifra", "La lista_nominal de una tabla [[base]] debe ser un entero mayor que 0.")
        if (cargo, ambito) in bases:
            raise LawRefused("base_repetida", f"Hay dos tablas [[base]] para «{cargo.value}» «{ambito}».")
        bases[(cargo, ambito)] = Base(cargo, ambito, figure, str(table.get("acuerdo", "")))
    return bases


def _table(document: Mapping[str, Any], name: str, required: bool = True) -> Mapping[str, Any]:
    table = document.get(name)
    if table is None and not required:
        return {}
    if not isinstance(table, Mapping):
        raise LawRefused("falta_tabla", f"Falta la tabla [{name}] en el archivo.")
    return table


def _tables(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    tables = document.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        raise LawRefused("tabla_mal", f"«{name}» debe escribirse como tablas [[{name}]].")
    return tables


def _text(table: Mapping[str, Any], key: str, where: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise LawRefused("falta_llave", f"Falta «{key}» en [{where}], o no es un texto.")
    return value


def _date(table: Mapping[str, Any], key: str, where: str) -> date:
    value = table.get(key)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise LawRefused("falta_fecha", f"Falta «{key}» en [{where}], o no es una fecha (AAAA-MM-DD).")
    return value


def _cargo(table: Mapping[str, Any], where: str) -> Cargo:
    value = table.get("cargo")
    if value not in set(Cargo):
        raise LawRefused("cargo", f"El cargo de [{where}] debe ser jefatura, alcaldia o diputacion.")
    return Cargo(value)
