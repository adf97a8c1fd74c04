"""From the store to a dictamen: issue the files, keep what was issued, note it in the log."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from service.audit.chain import record as record_deed
from service.audit.deeds import DictamenIssued
from service.config import Settings
from service.dictamen.annexes import SALT_BYTES
from service.dictamen.gather import gather
from service.dictamen.issue import Issued as Files
from service.dictamen.issue import issue
from service.dictamen.signing_key import signer_of
from service.errors import Refused
from service.proceso.register import require_aspirante
from service.store import Store, now
from service.store.dictamenes import (
    ensure_salts,
    last_final,
)
from service.store.findings import Dictamen


@dataclass(frozen=True)
class Issued:
    """A dictamen as the store keeps it."""

    number: int
    outcome: str
    sha256: str
    root: str


def issue_for(
    store: Store,
    settings: Settings,
    aspirante: str,
    *,
    preliminary: bool,
    on: date,
    operator: str,
    out: Path | None = None,
    motive: str = "",
) -> Issued:
    """Issue the dictamen of an aspirante into ``out`` and keep a copy under ``DATA/dictamenes/<sha256>``.

    A second final dictamen supersedes the first and needs its ``motive``. Raises Refused: whatever ``issue``
    refuses, ``FALTA_MOTIVO``, ``SIN_MARCO``. Files come first, then the row and its deed in one transaction; if
    that fails the files go again.
    """
    if out is not None and out.exists() and (out.is_file() or any(out.iterdir())):
        raise Refused("CARPETA_OCUPADA", "La carpeta de salida no está vacía; indique otra.")
    with store.writing() as session:
        require_aspirante(session, aspirante)
        ensure_salts(session, aspirante, SALT_BYTES)
    signer = signer_of(settings.data, rehearsal=settings.rehearsal)
    with (
        store.reading() as session,
        gather(session, settings.data, aspirante, preliminary, motive) as expediente,
    ):
        kept = settings.data / "dictamenes"
        kept.mkdir(parents=True, exist_ok=True)
        fresh = kept / f".{secrets.token_hex(8)}"
        files = issue(expediente, fresh, preliminary=preliminary, on=on, signer=signer)
    folder, copied = kept / files.sha256, False
    try:
        shutil.rmtree(folder, ignore_errors=True)
        fresh.replace(folder)
        if out is not None:
            out.parent.mkdir(parents=True, exist_ok=True)
            copied = True
            shutil.copytree(folder, out, dirs_exist_ok=True)
        return _keep(store, aspirante, files, preliminary=preliminary, on=on, operator=operator, motive=motive)
    except BaseException:  # nothing half done: what no row and no deed tell of must not lie about
        for path in (fresh, folder, out if copied else None):
            if path is not None:
                shutil.rmtree(path, ignore_errors=True)
        raise


def _keep(
    store: Store, aspirante: str, files: Files, *, preliminary: bool, on: date, operator: str, motive: str
) -> Issued:
    with store.writing() as session:
        before = None if preliminary else last_final(session, aspirante)
        row = Dictamen(
            aspirante=aspirante,
            preliminary=preliminary,
            issued_on=on,
            outcome=files.outcome,
            sha256=files.sha256,
            root=files.root,
            document=files.document,
            supersedes=None if before is None else before.id,
            motive=motive,
            at=now(),
            by=operator,
        )
        session.add(row)
        session.flush()
        record_deed(session, operator, DictamenIssued(row.id, aspirante, preliminary, files.sha256, files.root))
        return Issued(row.id, files.outcome, files.sha256, files.root)
