"""Copy and bring back everything: the database by its own means, every other file with its SHA-256.

PostgreSQL has its own tools for the database (pg_dump; docs/operations.md): there this copies the files only and
says so by refusing to call it a whole copy.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from pathlib import Path

from service.audit.chain import record
from service.audit.deeds import CopyMade
from service.config import Settings
from service.errors import Refused
from service.store import Store

MANIFEST = "copia.json"
DATABASE = "respaldo.db"


def back_up(store: Store, settings: Settings, folder: Path, operator: str) -> int:
    """A copy into a new folder; returns its number of files. The service may go on working meanwhile."""
    source = _sqlite_file(settings)
    if folder.exists() and any(folder.iterdir()):
        raise Refused("CARPETA_OCUPADA", "La carpeta de la copia debe estar vacía; elija otra.")
    folder.mkdir(parents=True, exist_ok=True)
    with store.writing() as session:
        record(session, operator, CopyMade("copia", 0))
    with sqlite3.connect(source) as live, sqlite3.connect(folder / DATABASE) as copy:
        live.backup(copy)
    copy.close()
    live.close()
    digests = {DATABASE: _digest(folder / DATABASE)}
    for path in _files(settings.data, source):
        name = path.relative_to(settings.data).as_posix()
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
        digests[name] = _digest(target)
    (folder / MANIFEST).write_text(json.dumps(digests, indent=1, sort_keys=True), encoding="utf-8")
    return len(digests)


def bring_back(store: Store, settings: Settings, folder: Path, operator: str) -> int:
    """Put a copy into an empty data folder after checking every file. Raises Refused, with nothing put back."""
    _sqlite_file(settings)
    try:
        digests: dict[str, str] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise Refused("SIN_COPIA", "Esa carpeta no tiene una copia completa (falta copia.json).") from None
    if settings.data.exists() and any(settings.data.iterdir()):
        raise Refused("DATOS_OCUPADOS", "La carpeta de datos debe estar vacía para restituir una copia; elija otra.")
    wrong = [name for name, digest in digests.items() if not _same(folder, name, digest)]
    if wrong:
        raise Refused("COPIA_ALTERADA", f"{len(wrong)} archivo(s) de la copia faltan o cambiaron; use otra copia.")
    for name in digests:
        target = settings.data / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(folder / name, target)
    with store.writing() as session:
        record(session, operator, CopyMade("restitución", len(digests)))
    return len(digests)


def _sqlite_file(settings: Settings) -> Path:
    if not settings.database_url.startswith("sqlite:///"):
        raise Refused("COPIA_POSTGRESQL", "Con PostgreSQL copie la base con pg_dump (docs/operations.md).")
    return Path(settings.database_url.removeprefix("sqlite:///"))


def _files(data: Path, database: Path) -> list[Path]:
    """Everything but the database, the queue of nudges and what is being staged."""
    skipped = {database.name, f"{database.name}-wal", f"{database.name}-shm"}
    return [
        path
        for path in sorted(data.rglob("*"))
        if path.is_file()
        and path.name not in skipped
        and not path.name.startswith(("queue.db", "."))
        and path.suffix != ".tmp"
        and not any(part.startswith(".") or "parcial" in part for part in path.relative_to(data).parts)
        and "staging" not in path.relative_to(data).parts
    ]


def _same(folder: Path, name: str, digest: str) -> bool:
    path = (folder / name).resolve()
    return path.is_relative_to(folder.resolve()) and path.is_file() and _digest(path) == digest


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
