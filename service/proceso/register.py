"""Load a process file and register aspirantes; every change is a new version, with its deed in the log."""

from __future__ import annotations

import datetime as dt
import json
import secrets
import tomllib
from pathlib import Path
from typing import Any

from service.audit.chain import record
from service.audit.deeds import AspiranteAdded, AspiranteWithdrew, ProcesoLoaded
from service.errors import Refused
from service.law.errors import LawError
from service.law.process import process_from_toml
from service.law.records import Aspirante as LawAspirante
from service.store import Session, now
from service.store.proceso import (
    Aspirante,
    Proceso,
    ProcesoVersion,
    Withdrawal,
    count_rows,
    next_number,
    proceso_in_force,
)

MAX_SERIES = 999
"""A folio's series has three figures."""


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as JSON-ready values (dates become ISO text). Raises Refused."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Refused("SIN_ARCHIVO", f"No existe el archivo {path.name}; revise la ruta.") from None
    except UnicodeDecodeError:
        raise Refused("CODIFICACION", f"{path.name} no está en UTF-8; guárdelo así y vuelva a intentar.") from None
    except tomllib.TOMLDecodeError as error:
        raise Refused("TOML", f"{path.name} no es TOML válido ({error}); corríjalo.") from None
    plain: dict[str, Any] = json.loads(json.dumps(document, default=_iso))
    return plain


def _iso(value: object) -> str:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    raise Refused("TOML", "El archivo tiene un tipo de valor que no se admite; use textos, números y fechas.")


def load_proceso(session: Session, document: dict[str, Any], operator: str) -> ProcesoVersion:
    """Register a process, or a new version of it. Raises Refused when the law room refuses the document."""
    try:
        proceso = process_from_toml(document)
    except LawError as error:
        raise Refused(error.code, error.sentence) from error
    if session.get(Proceso, proceso.clave) is None:
        session.add(Proceso(clave=proceso.clave, created_at=now(), key=secrets.token_bytes(32)))
        session.flush()
    version = ProcesoVersion(
        proceso=proceso.clave,
        number=next_number(session, ProcesoVersion.number, proceso=proceso.clave),
        document=document,
        loaded_at=now(),
        loaded_by=operator,
    )
    session.add(version)
    session.flush()
    record(session, operator, ProcesoLoaded(proceso.clave, version.number))
    return version


def require_proceso(session: Session, clave: str) -> ProcesoVersion:
    """The version in force. Raises Refused when there is no such process."""
    version = proceso_in_force(session, clave)
    if version is None:
        raise Refused("PROCESO_DESCONOCIDO", f"No hay un proceso «{clave}»; cárguelo con «respaldo proceso load».")
    return version


def require_aspirante(session: Session, aspirante: str) -> Aspirante:
    """An aspirante by id. Raises Refused when there is none."""
    found = session.get(Aspirante, aspirante)
    if found is None:
        raise Refused(
            "ASPIRANTE_DESCONOCIDO",
            f"No hay un aspirante «{aspirante}»; revise el identificador que dio su registro.",
        )
    return found


def add_aspirante(session: Session, proceso: str, document: dict[str, Any], operator: str) -> Aspirante:
    """Register an aspirante from the contract's TOML; the id and the folio series are given here. Raises Refused."""
    version = require_proceso(session, proceso)
    data = document.get("aspirante")
    if not isinstance(data, dict):
        raise Refused("ASPIRANTE_SIN_TABLA", "El archivo debe tener la tabla [aspirante].")
    missing = [key for key in ("nombre", "cargo", "ambito", "constancia") if key not in data]
    if missing:
        raise Refused("ASPIRANTE_INCOMPLETO", f"Falta en [aspirante]: {', '.join(missing)}.")
    series = next_number(session, Aspirante.series, proceso=proceso)
    if series > MAX_SERIES:
        raise Refused("SERIES_AGOTADAS", f"Un proceso admite {MAX_SERIES} aspirantes: no quedan series de folio.")
    identifier = f"A{count_rows(session, Aspirante) + 1:03d}"
    try:
        law = LawAspirante.parse(identifier, data, process_from_toml(version.document))
    except LawError as error:
        raise Refused(error.code, error.sentence) from error
    aspirante = Aspirante(
        id=identifier,
        proceso=proceso,
        series=series,
        nombre=str(data["nombre"]).strip(),
        cargo=law.cargo.value,
        ambito=law.ambito,
        constancia=law.constancia,
        document=document,
        created_at=now(),
    )
    session.add(aspirante)
    session.flush()
    record(session, operator, AspiranteAdded(aspirante.id, aspirante.cargo, aspirante.ambito))
    return aspirante


def withdraw(session: Session, aspirante: str, on: dt.date, operator: str) -> None:
    """Note a desistimiento. Raises Refused when it was noted before."""
    require_aspirante(session, aspirante)
    if session.get(Withdrawal, aspirante) is not None:
        raise Refused("YA_DESISTIO", f"El desistimiento de {aspirante} ya consta.")
    session.add(Withdrawal(aspirante=aspirante, on=on, at=now(), by=operator))
    record(session, operator, AspiranteWithdrew(aspirante, on.isoformat()))
