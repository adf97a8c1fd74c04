"""Cargos and scopes: arts. 310, 311, 314-316 and art. 323 párr. 1 and 8.

The scope of an elector follows from the section of the lista nominal, never from what was handwritten.
"""

from __future__ import annotations

from enum import StrEnum

from service.law.frame import Marco, Seccion
from service.law.records import Aspirante, Cargo

UMBRAL_ARTICLE = {Cargo.JEFATURA: 314, Cargo.DIPUTACION: 315, Cargo.ALCALDIA: 316}
CARGO_NAMES = {
    Cargo.JEFATURA: "Jefatura de Gobierno",
    Cargo.ALCALDIA: "Alcaldía y concejalías",
    Cargo.DIPUTACION: "Diputación de mayoría relativa",
}


class Puesto(StrEnum):
    """The posts of an application: a planilla of alcaldía holds one head and several concejalías."""

    JEFATURA = "jefatura"
    ALCALDIA = "alcaldia"
    CONCEJALIA = "concejalia"
    DIPUTACION = "diputacion"


def in_scope(seccion: Seccion, cargo: Cargo, ambito: str) -> bool:
    """Whether a section of the list lies in the scope (arts. 314-316; art. 323 párr. 1)."""
    if cargo is Cargo.JEFATURA:
        return True
    return (seccion.demarcacion if cargo is Cargo.ALCALDIA else seccion.distrito) == ambito


def places(seccion: Seccion, cargo: Cargo) -> bool:
    """Whether the frame says in which scope of this cargo the section lies (nobody is put out by a gap)."""
    return cargo is Cargo.JEFATURA or bool(seccion.demarcacion if cargo is Cargo.ALCALDIA else seccion.distrito)


def secciones_of(marco: Marco, cargo: Cargo, ambito: str) -> list[Seccion]:
    """The sections of a scope, in order of number."""
    found = (seccion for seccion in marco if in_scope(seccion, cargo, ambito))
    return sorted(found, key=lambda seccion: seccion.seccion)


def where_filed(cargo: Cargo) -> str:
    """Before whom the intention is filed (art. 311, a to c); the Council may receive b and c in their place."""
    return {
        Cargo.JEFATURA: "Secretaría Ejecutiva",
        Cargo.ALCALDIA: "Titular del Órgano Desconcentrado cabecera de demarcación",
        Cargo.DIPUTACION: "Titular del Órgano Desconcentrado del distrito",
    }[cargo]


def parrafo_8_formula(puesto: Puesto, owner_gender: str, substitute_gender: str | None) -> tuple[str, ...]:
    """Findings on who applies (art. 323 párr. 8), empty when all is well.

    Diputaciones and concejalías apply as owner and substitute of the same gender; the head of an alcaldía
    and of the government apply alone. Genders are compared as given (``M``, ``H``, ``X``).
    """
    if puesto in {Puesto.JEFATURA, Puesto.ALCALDIA}:
        if substitute_gender is None:
            return ()
        return ("Este cargo se solicita de manera individual, sin suplente (art. 323 párr. 8).",)
    if substitute_gender is None:
        return ("La solicitud debe ser de una fórmula: propietaria o propietario y suplente (art. 323 párr. 8).",)
    if owner_gender != substitute_gender:
        return ("La persona propietaria y la suplente deben ser del mismo género (art. 323 párr. 8).",)
    return ()


def contest_of(aspirante: Aspirante) -> tuple[Cargo, str]:
    """The contest: nobody supports two candidacies of it with one signature each (art. 323 párr. 14 c)."""
    return aspirante.cargo, aspirante.ambito
