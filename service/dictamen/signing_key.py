"""Which certificate signs here: the institution's where it was put, otherwise a self-made one that says so.

``DATA/firma/institucional.p12`` with its password in ``DATA/firma/institucional.clave`` is the institution's;
``DATA/firma/ensayo.p12`` is made on first use.
"""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

from service.dictamen.sign import Signer, load_signer, make_rehearsal_signer, save_signer
from service.errors import Refused

INSTITUTION, REHEARSAL = "institucional", "ensayo"


def signer_of(data: Path, *, rehearsal: bool) -> Signer:
    """The signer of an installation. Raises Refused ``FIRMA_ILEGIBLE``."""
    folder = data / "firma"
    if not rehearsal and (folder / f"{INSTITUTION}.p12").is_file():
        return _load(folder, INSTITUTION)
    if not (folder / f"{REHEARSAL}.p12").is_file():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        password = secrets.token_urlsafe(24)
        secret = folder / f"{REHEARSAL}.clave"
        secret.touch(mode=0o600)
        secret.write_text(password, encoding="utf-8")
        fresh = folder / f".{REHEARSAL}.{os.getpid()}"
        save_signer(make_rehearsal_signer(datetime.now(UTC)), fresh, password.encode())
        fresh.replace(folder / f"{REHEARSAL}.p12")
    return _load(folder, REHEARSAL)


def _load(folder: Path, name: str) -> Signer:
    try:
        password = (folder / f"{name}.clave").read_text(encoding="utf-8").strip()
    except OSError as cause:
        raise Refused("FIRMA_ILEGIBLE", f"Falta la contraseña del certificado ({name}.clave).") from cause
    return load_signer(folder / f"{name}.p12", password.encode())
