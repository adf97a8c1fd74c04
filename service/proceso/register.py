"""Load a process file and register aspirantes; every change is a new version, with its deed in the log."""

from __future__ import annotations

import datetime as dt
import secrets
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from service.audit.chain import record
from service.audit.deeds import AspiranteAdded, AspiranteWithdrew, ProcesoLoaded
from service.errors import Refused
from service.law.errors import LawRefused
from service.law.proceso import Proceso as LawProceso
from service.law.proceso import aspirante_from_toml, process_from_toml
from service.proceso.publico import public_rules
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
from service.store.work import add_job

KEY_BYTES = 32
MAX_SERIES = 999
"""A folio's series has three figures."""


def read_text(path: Path) -> str:
    """A text file in UTF-8. Raises Refused."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError:
        raise Refused("SIN_ARCHIVO", f"No se puede leer el archivo {path.name}; revise la ruta.") from None
    except UnicodeDecodeError:
        raise Refused("CODIFICACION", f"{path.name} no está en UTF-8; guárdelo así y vuelva a intentar.") from None


@contextmanager
def law_refusals() -> Iterator[None]:
    """What the law room refuses, the service refuses with the same code and sentence; broken TOML too."""
    try:
        yield
    except LawRefused as refusal:
        raise Refused(refusal.code, refusal.sentence) from refusal
    except tomllib.TOMLDecodeError as error:
        raise Refused("TOML", f"El archivo no es TOML válido ({error}); corríjalo.") from None


@lru_cache(maxsize=64)
def law_proceso(text: str) -> LawProceso:
    """The process that a TOML text describes. Raises Refused."""
    with law_refusals():
        return process_from_toml(tomllib.loads(text))


def read_key(path: Path) -> bytes:
    """The 32 bytes that sign folios, from hexadecimal text. Raises Refused."""
    try:
        key = bytes.fromhex(read_text(path).strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise Refused("LLAVE", f"{path.name} debe tener {KEY_BYTES} bytes escritos en hexadecimal.")
    return key


def load_proceso(session: Session, text: str, operator: str, key: bytes | None = None) -> ProcesoVersion:
    """Register a process, or a new version of it. ``key`` signs its folios (a random one if None is given).

    Raises Refused when the law room refuses the document, and when a key is given for a process that has one.
    """
    proceso = law_proceso(text)
    public_rules(text)
    if session.get(Proceso, proceso.clave) is None:
        session.add(Proceso(clave=proceso.clave, created_at=now(), key=key or secrets.token_bytes(KEY_BYTES)))
        session.flush()
    elif key is not None:
        raise Refused("LLAVE_FIJA", f"El proceso {proceso.clave} ya tiene llave de folios; no se cambia.")
    version = ProcesoVersion(
        proceso=proceso.clave,
        number=next_number(session, ProcesoVersion.number, proceso=proceso.clave),
        text=text,
        loaded_at=now(),
        loaded_by=operator,
    )
    session.add(version)
    session.flush()
    add_job(session, "rule", proceso.clave, None, now())
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


def add_aspirante(session: Session, proceso: str, text: str, operator: str) -> Aspirante:
    """Register an aspirante from the contract's TOML; the id and the folio series are given here. Raises Refused."""
    version = require_proceso(session, proceso)
    identifier = f"A{count_rows(session, Aspirante) + 1:03d}"
    with law_refusals():
        document = tomllib.loads(text)
        law = aspirante_from_toml(document, identifier)
        law_proceso(version.text).ventana(law.cargo)
    nombre = document["aspirante"].get("nombre")
    if not isinstance(nombre, str) or not nombre.strip():
        raise Refused("ASPIRANTE_SIN_NOMBRE", "Falta «nombre» en [aspirante].")
    if law.constancia is None:
        raise Refused("SIN_CONSTANCIA", "Falta «constancia» en [aspirante].")
    series = next_number(session, Aspirante.series, proceso=proceso)
    if series > MAX_SERIES:
        raise Refused("SERIES_AGOTADAS", f"Un proceso admite {MAX_SERIES} aspirantes: no quedan series de folio.")
    aspirante = Aspirante(
        id=identifier,
        proceso=proceso,
        series=series,
        nombre=nombre.strip(),
        cargo=law.cargo.value,
        ambito=law.ambito,
        constancia=law.constancia,
        text=text,
        created_at=now(),
    )
    session.add(aspirante)
    session.flush()
    if law.withdrawn_on is not None:
        session.add(Withdrawal(aspirante=aspirante.id, on=law.withdrawn_on, at=now(), by=operator))
    add_job(session, "rule", proceso, None, now())
    record(session, operator, AspiranteAdded(aspirante.id, aspirante.cargo, aspirante.ambito))
    return aspirante


def withdraw(session: Session, aspirante: str, on: dt.date, operator: str) -> None:
    """Note a desistimiento. Raises Refused when it was noted before."""
    if session.get(Withdrawal, aspirante) is not None:
        raise Refused("YA_DESISTIO", f"El desistimiento de {aspirante} ya consta.")
    proceso = require_aspirante(session, aspirante).proceso
    session.add(Withdrawal(aspirante=aspirante, on=on, at=now(), by=operator))
    add_job(session, "rule", proceso, None, now())
    record(session, operator, AspiranteWithdrew(aspirante, on.isoformat()))
