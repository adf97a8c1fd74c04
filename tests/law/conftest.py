"""Builders for the tests of the law room: a small process, a small frame, aspirantes and records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from service.law import Aspirante, Cargo, Proceso, Record, Situacion, process_from_toml

FIRST, LAST = date(2026, 11, 20), date(2027, 1, 18)


def process_document(**parametros: Any) -> dict[str, Any]:
    """The document of contracts.md with the given parameters."""
    windows = [
        {"cargo": "jefatura", "desde": date(2026, 9, 21), "hasta": LAST},
        {"cargo": "alcaldia", "desde": FIRST, "hasta": LAST},
        {"cargo": "diputacion", "desde": FIRST, "hasta": LAST},
    ]
    return {
        "proceso": {
            "clave": "2026-2027",
            "nombre": "Proceso electoral local 2026-2027",
            "jornada": date(2027, 6, 6),
            "corte_umbral": date(2026, 8, 31),
            "apertura_registro": date(2027, 3, 22),
        },
        "ventana": windows,
        "parametros": parametros,
    }


def make_record(ident: str, aspirante: str, elector: str | None = "E1", **given: Any) -> Record:
    """A record that counts, unless what is given says otherwise."""
    settled = {"situacion": Situacion.VIGENTE, "seccion": 1} if elector else {}
    fields = {"received": date(2027, 1, 10), "fecha": date(2026, 12, 1), "original_received": True}
    return Record(ident, aspirante, elector=elector, **{**settled, **fields, **given})


@pytest.fixture(scope="session")
def document() -> Callable[..., dict[str, Any]]:
    """``document(**parametros)``: a process as parsed TOML."""
    return process_document


@pytest.fixture(scope="session")
def process() -> Callable[..., Proceso]:
    """``process(bases=[...], **parametros)``: a process."""

    def make(bases: list[dict[str, Any]] | None = None, **parametros: Any) -> Proceso:
        return process_from_toml({**process_document(**parametros), "base": bases or []})

    return make


@pytest.fixture(scope="session")
def record() -> Callable[..., Record]:
    """``record(id, aspirante, elector, **fields)``: a record that counts unless told otherwise."""
    return make_record


@pytest.fixture(scope="session")
def deputy() -> Callable[..., Aspirante]:
    """``deputy(id)``: an aspirante for the diputación of district 17."""

    def make(ident: str, ambito: str = "17", withdrawn_on: date | None = None) -> Aspirante:
        return Aspirante(ident, Cargo.DIPUTACION, ambito, date(2026, 11, 19), withdrawn_on)

    return make
