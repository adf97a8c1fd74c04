"""Dispersion: the 1 % spread over 35 % of the units of the scope (art. 323 párr. 2). Whole numbers only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.law.cargos import secciones_of
from service.law.frame import Marco, Seccion
from service.law.records import Cargo

UNREACHABLE = 1 << 60  # more supports than anyone can gather: a unit whose 1 % is not known is not met


def k_of(n: int) -> int:
    """The smallest whole number of units that is at least 35 % of ``n``."""
    return (35 * n + 99) // 100


@dataclass(frozen=True, slots=True)
class Group:
    """Units that must reach ``k`` among themselves; one group, or one per demarcación of a split district."""

    name: str
    units: tuple[str, ...]
    k: int


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a contest: their groups, the unit of each section, and the electors of each unit.

    ``electors`` is None where a figure of the unit is missing.
    """

    groups: tuple[Group, ...]
    unit_of: Mapping[int, str]
    electors: Mapping[str, int | None]
    warnings: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Units that count in N."""
        return sum(len(group.units) for group in self.groups)

    @property
    def k(self) -> int:
        """Units to be reached, over all groups."""
        return sum(group.k for group in self.groups)

    def least(self, reading: str, m: int) -> dict[str, int]:
        """Supports that a unit certainly needs to be reached: 1 (R1), its own 1 % (R2), ``m`` (R3)."""
        if reading == "R2":
            return {unit: 1 if e is None else max(1, (e + 99) // 100) for unit, e in self.electors.items()}
        return dict.fromkeys(self.electors, 1 if reading == "R1" else m)

    def surely(self, reading: str, m: int) -> dict[str, int]:
        """Supports with which a unit is reached whatever its missing figure may be (differs only under R2)."""
        least = self.least(reading, m)
        if reading == "R2":
            return {u: UNREACHABLE if self.electors[u] is None else least[u] for u in least}
        return least


def parrafo_2_units(marco: Marco, cargo: Cargo, ambito: str, base_diputacion: str) -> Units:
    """Art. 323 párr. 2: the units of the scope, N and k.

    Jefatura: demarcaciones. Alcaldía: circunscripciones of the demarcación. Diputación: sections of the
    district (``secciones_distrito``), or each demarcación's sections apart (``secciones_por_demarcacion``).
    A unit leaves N only when all its sections are confirmed empty; a missing figure counts in N and warns.
    """
    secciones = secciones_of(marco, cargo, ambito)
    members: dict[str, list[Seccion]] = {}
    unit_of: dict[int, str] = {}
    unplaced = 0
    for seccion in secciones:
        unit = _unit(seccion, cargo)
        unit_of[seccion.seccion] = unit
        if unit:
            members.setdefault(unit, []).append(seccion)
        else:
            unplaced += 1
    counted = {unit: group for unit, group in members.items() if not all(s.confirmed_empty for s in group)}
    missing = sum(1 for s in secciones if not s.electors and not s.confirmed_empty)
    warnings = []
    if missing:
        warnings.append(
            f"{missing} secciones del ámbito no tienen cifra confirmada de lista nominal; cuentan en N hasta que se "
            "confirme su cero con su fuente."
        )
    across = {s.demarcacion for s in secciones if s.demarcacion}
    if cargo is Cargo.DIPUTACION and len(across) > 1 and base_diputacion == "secciones_distrito":
        warnings.append(
            "El distrito abarca más de una demarcación: la regla para acreditar firmas la fija la normatividad del "
            "Instituto (base_dispersion_diputacion)."
        )
    if unplaced:
        warnings.append(f"{unplaced} secciones del ámbito no tienen circunscripción en el marco geográfico.")
    return Units(
        groups=_groups(counted, cargo, base_diputacion),
        unit_of=unit_of,
        electors={unit: _sum(group) for unit, group in counted.items()},
        warnings=tuple(warnings),
    )


def _unit(seccion: Seccion, cargo: Cargo) -> str:
    if cargo is Cargo.JEFATURA:
        return seccion.demarcacion
    return seccion.circunscripcion if cargo is Cargo.ALCALDIA else str(seccion.seccion)


def _groups(counted: Mapping[str, list[Seccion]], cargo: Cargo, base_diputacion: str) -> tuple[Group, ...]:
    names: dict[str, list[str]] = {}
    apart = cargo is Cargo.DIPUTACION and base_diputacion == "secciones_por_demarcacion"
    for unit, group in counted.items():
        names.setdefault(group[0].demarcacion if apart else "", []).append(unit)
    return tuple(Group(name, tuple(units), k_of(len(units))) for name, units in sorted(names.items()))


def _sum(secciones: list[Seccion]) -> int | None:
    if any(not s.electors and not s.confirmed_empty for s in secciones):
        return None
    return sum(s.electors or 0 for s in secciones)
