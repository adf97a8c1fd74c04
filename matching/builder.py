"""Builds the sealed index of one version of the lista nominal, once, out of its CSV.

The CSV is read in pieces (``csv_reader``), checked, put in order of section and then of clave, and indexed by
block (``ordering``). Everything is written to a folder beside the final one and renamed at the very end: a build
that is killed leaves the previous version in force and nothing half done.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from matching.csv_reader import Progress, read_csv
from matching.errors import Refused
from matching.ordering import clave_order, drop_repeated, index_arrays
from matching.sealed_files import check_key, hash_file, wipe_file, write_file

BUILDER: Final = "respaldo-roll-1"
MANIFEST: Final = "manifest.json"
_LISTED: Final = 20
"""Refused lines named in a refusal's sentence; the report names all."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build took and left: ``refused`` holds (line, cause in Spanish), by line, never the data."""

    rows: int
    refused: tuple[tuple[int, str], ...]
    seconds: float
    sha256: str
    bytes_on_disk: int
    folder: Path


class RefusedLines(Refused):
    """More lines were refused than allowed; ``lines`` holds every (line, cause)."""

    def __init__(self, lines: tuple[tuple[int, str], ...]) -> None:
        named = "; ".join(f"línea {line}: {cause}" for line, cause in lines[:_LISTED])
        more = f"; y {len(lines) - _LISTED} más" if len(lines) > _LISTED else ""
        super().__init__(
            "lineas_rechazadas", f"La lista nominal tiene {len(lines)} líneas que no se toman ({named}{more})."
        )
        self.lines = lines


def build_roll(
    csv_path: Path,
    folder: Path,
    *,
    corte: date,
    progress: Progress | None = None,
    allow_refused: int = 0,
    key: bytes | None = None,
) -> BuildReport:
    """Builds and seals the index of a lista nominal in ``folder``, which must not exist yet.

    ``progress`` hears fractions from 0 to 1. With ``key`` (32 bytes) the files are encrypted. Raises Refused
    when the file is no such list or the folder exists, RefusedLines when more than ``allow_refused`` lines are
    not taken; then nothing is left behind.
    """
    began = time.monotonic()
    tell = progress or (lambda _: None)
    if key is not None:
        check_key(key)
    if folder.exists():
        raise Refused("lista_ya_existe", "Ya hay una lista nominal sellada con ese nombre.")
    columns, refused, digest = read_csv(csv_path, lambda part: tell(0.55 * part))
    order = clave_order(columns.records)
    repeated, order = drop_repeated(columns, order)
    refused = tuple(sorted((*refused, *repeated)))
    if len(refused) > allow_refused:
        raise RefusedLines(refused)
    if order.size == 0:
        raise Refused("lista_vacia", "La lista nominal no tiene ninguna línea que se tome.")
    tell(0.65)
    about = {
        "builder": BUILDER,
        "corte": corte.isoformat(),
        "sha256": digest,
        "rows": int(order.size),
        "refused": len(refused),
        "encrypted": key is not None,
    }
    size = _write(folder, index_arrays(columns, order, lambda part: tell(0.65 + 0.25 * part)), about, key)
    tell(1.0)
    return BuildReport(int(order.size), refused, time.monotonic() - began, digest, size, folder)


def fingerprints(folder: Path) -> dict[str, str]:
    """SHA-256 of each file of a sealed index, by name. Raises Refused when the folder holds none."""
    if not (folder / MANIFEST).is_file():
        raise Refused("lista_no_encontrada", "No hay una lista nominal sellada con ese nombre.")
    return {path.name: hash_file(path) for path in sorted(folder.iterdir())}


def destroy(folder: Path) -> bool:
    """Overwrites and removes a sealed index, or what a killed destruction left of it; False if nothing was left.

    The key lies with the service, which destroys it (``wipe_file``).
    """
    gone = folder.with_name(f".{folder.name}.devuelta")
    if folder.exists():
        os.rename(folder, gone)  # first out of reach: a kill half-way leaves no index that still opens
    elif not gone.exists():
        return False
    for path in sorted(gone.iterdir()):
        wipe_file(path)
    gone.rmdir()
    _sync(folder.parent)
    return True


def _write(folder: Path, arrays: dict[str, npt.NDArray[Any]], about: dict[str, Any], key: bytes | None) -> int:
    """Writes everything beside ``folder`` and renames at the end; returns the bytes on the disk."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _clear_stale(folder)
    part = folder.with_name(f".{folder.name}.parcial-{os.getpid()}")
    part.mkdir()
    try:
        files = {}
        for name in list(arrays):
            array = np.ascontiguousarray(arrays.pop(name))
            digest = write_file(part / f"{name}.bin", memoryview(array.reshape(-1).view(np.uint8).data), key)
            files[name] = {"dtype": array.dtype.str, "shape": list(array.shape), "sha256": digest}
        manifest = json.dumps({**about, "files": files}, indent=1, sort_keys=True).encode()
        write_file(part / MANIFEST, memoryview(manifest), None)
        size = sum(path.stat().st_size for path in part.iterdir())
        _sync(part)
        os.rename(part, folder)
        _sync(folder.parent)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return size


def _clear_stale(folder: Path) -> None:
    """Removes what killed builds of this folder left behind."""
    for left in folder.parent.glob(f".{folder.name}.parcial-*"):
        number = left.name.rpartition("-")[2]
        if not (number.isdigit() and Path(f"/proc/{number}").exists()):
            with contextlib.suppress(OSError):
                shutil.rmtree(left)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


__all__ = ["BUILDER", "MANIFEST", "BuildReport", "RefusedLines", "build_roll", "destroy", "fingerprints"]
