"""Load, seal, return and destroy the lista nominal (LGIPE 126.3; agreement items 3.6, 3.7 and A3.8).

The index is built in a folder of its own and joins the database in one short transaction at the end: a load killed
half-way leaves the version in force untouched, and its folder is swept by the next load.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from matching.errors import Refused as MemoryRefused
from matching.roll import BuildReport, Roll, build_roll, destroy, fingerprints, wipe_file
from matching.search import warm_up
from service.audit.chain import record
from service.audit.deeds import ListaLoaded, ListaReturned, ListKeyDestroyed
from service.config import Settings
from service.errors import Refused
from service.proceso.register import require_proceso
from service.store import Store, now
from service.store.findings import strip_list_data
from service.store.proceso import ListaNominal, ListaReturn, count_rows, kept_listas
from service.store.work import add_job


@dataclass(frozen=True, slots=True)
class Loaded:
    """A list taken in: ``report`` has rows, refused lines, seconds and SHA-256."""

    version: str
    report: BuildReport


def load_lista(
    store: Store,
    settings: Settings,
    path: Path,
    *,
    proceso: str,
    corte: dt.date,
    operator: str,
    allow_refused: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Loaded:
    """Build and seal one version. Raises Refused, with nothing loaded."""
    with store.reading() as session:
        require_proceso(session, proceso)
        version = f"LN{count_rows(session, ListaNominal) + 1:03d}"
    if not path.is_file():
        raise Refused("SIN_ARCHIVO", f"No existe el archivo {path.name}; revise la ruta.")
    folder = settings.listas / version
    shutil.rmtree(folder, ignore_errors=True)  # what a killed load left
    settings.listas.mkdir(parents=True, exist_ok=True)
    key = _key_of(settings)
    try:
        report = build_roll(path, folder, corte=corte, progress=progress, allow_refused=allow_refused, key=key)
    except MemoryRefused as refusal:
        raise Refused(refusal.code, refusal.sentence) from refusal
    with Roll.open(folder, key) as roll:
        warm_up(roll)  # what is compiled on first use is compiled now and cached: no worker pays for it
    with store.writing() as session:
        session.add(
            ListaNominal(
                id=version,
                proceso=proceso,
                corte=corte,
                path=folder.relative_to(settings.data).as_posix(),
                sha256=report.sha256,
                rows=report.rows,
                loaded_at=now(),
                loaded_by=operator,
            )
        )
        session.flush()
        add_job(session, "rematch", f"{proceso}:{version}", None, now())
        loaded = ListaLoaded(version, corte.isoformat(), report.rows, len(report.refused), report.sha256)
        record(session, operator, loaded)
    return Loaded(version, report)


def _key_of(settings: Settings) -> bytes | None:
    try:
        return settings.list_key_file.read_bytes() if settings.list_key_file else None
    except OSError as gone:
        raise Refused(
            "SIN_LLAVE",
            "No se puede leer la llave de la lista (RESPALDO_LIST_KEY_FILE); ponga una nueva de 32 bytes.",
        ) from gone


def return_lista(store: Store, settings: Settings, version: str, operator: str) -> dict[str, str]:
    """Destroy a list and its index, and the key once no other list is sealed with it; records keep status and class.

    Returns the hashes for the acta. First it is written that the list was returned, then it is destroyed: killed in
    between, the next call finishes. Raises Refused when there is no such list or nothing of it is left.
    """
    with store.writing() as session:
        lista = session.get(ListaNominal, version)
        if lista is None:
            raise Refused("LISTA_DESCONOCIDA", f"No hay una lista nominal «{version}».")
        folder = settings.data / lista.path
        returned = session.get(ListaReturn, version)
        if returned is None:
            hashes = {"origen": lista.sha256, **_fingerprints(folder)}
            session.add(ListaReturn(lista_id=version, at=now(), by=operator, hashes=hashes))
            strip_list_data(session, version)
            record(session, operator, ListaReturned(version, hashes))
        else:
            hashes = returned.hashes
        others = kept_listas(session)
    left = destroy(folder)
    key = _destroy_key(store, settings, others, operator)
    if returned is not None and not left and (others or not key):
        raise Refused("LISTA_DEVUELTA", f"La lista {version} ya fue devuelta y destruida.")
    return hashes | key


def _fingerprints(folder: Path) -> dict[str, str]:
    try:
        return fingerprints(folder)
    except MemoryRefused as refusal:
        raise Refused(refusal.code, refusal.sentence) from refusal


def _destroy_key(store: Store, settings: Settings, others: list[str], operator: str) -> dict[str, str]:
    """The key's SHA-256 once it is destroyed; a sentence where it must stay or cannot be destroyed from here."""
    key = settings.list_key_file
    if key is None or not key.is_file():
        return {}
    if others:
        return {"llave": f"se conserva: la usan {', '.join(others)}"}
    try:
        digest = wipe_file(key)
    except OSError:
        return {"llave": "este programa no puede borrarla: destrúyala donde se guarda"}
    with store.writing() as session:
        record(session, operator, ListKeyDestroyed(digest))
    return {"llave": digest}
