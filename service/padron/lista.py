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
from matching.roll import BuildReport, Roll, build_roll, destroy
from matching.search import warm_up
from service.audit.chain import record
from service.audit.deeds import ListaLoaded, ListaReturned
from service.config import Settings
from service.errors import Refused
from service.proceso.register import require_proceso
from service.store import Store, now
from service.store.findings import strip_list_data
from service.store.proceso import ListaNominal, ListaReturn, count_rows
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
    key = settings.list_key_file.read_bytes() if settings.list_key_file else None
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


def return_lista(store: Store, settings: Settings, version: str, operator: str) -> dict[str, str]:
    """Destroy a list, its index and key; records keep status and class. Returns the hashes for the acta.

    Raises Refused when there is no such list or it was returned before.
    """
    with store.writing() as session:
        lista = session.get(ListaNominal, version)
        if lista is None:
            raise Refused("LISTA_DESCONOCIDA", f"No hay una lista nominal «{version}».")
        if session.get(ListaReturn, version) is not None:
            raise Refused("LISTA_DEVUELTA", f"La lista {version} ya fue devuelta y destruida.")
        hashes = {"origen": lista.sha256, **destroy(settings.data / lista.path)}
        if settings.list_key_file:
            hashes["llave"] = "destruya el archivo de llave por separado"
        session.add(ListaReturn(lista_id=version, at=now(), by=operator, hashes=hashes))
        strip_list_data(session, version)
        record(session, operator, ListaReturned(version, hashes))
    return hashes
