"""Settings, read once at the door and handed down as one value. Every one is described in docs/operations.md."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from service.errors import Refused

DEFAULT_DATA = "respaldo-data"
DEFAULT_PORT = 8323


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the service keeps things and how it is reached.

    ``data``: folder of scans, sealed lists and, by default, the database. ``rehearsal``: fictional data, marked on
    every page and document; demo accounts exist only there.
    """

    data: Path
    database_url: str
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    rehearsal: bool = False
    max_upload_mb: int = 2_000
    list_key_file: Path | None = None

    @property
    def scans(self) -> Path:
        return self.data / "scans"

    @property
    def crops(self) -> Path:
        return self.data / "crops"

    @property
    def listas(self) -> Path:
        return self.data / "listas"

    @property
    def queue(self) -> Path:
        return self.data / "queue.db"

    def secret_key(self) -> str:
        """The key that signs web sessions: made on first use, readable by its owner only."""
        path = self.data / "secret.key"
        if not path.exists():
            self.data.mkdir(parents=True, exist_ok=True)
            fresh = self.data / f".secret.{os.getpid()}"
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
            try:
                os.link(fresh, path)  # fails when another process was first: then its key stands
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_text().strip()


def settings_from(environment: Mapping[str, str], data: str | None = None) -> Settings:
    """Settings from environment variables; ``data`` (the option --data) prevails. Raises Refused."""
    folder = Path(data or environment.get("RESPALDO_DATA") or DEFAULT_DATA).absolute()
    key_file = environment.get("RESPALDO_LIST_KEY_FILE")
    return Settings(
        data=folder,
        database_url=environment.get("RESPALDO_DATABASE_URL") or f"sqlite:///{folder / 'respaldo.db'}",
        host=environment.get("RESPALDO_HOST", "127.0.0.1"),
        port=_whole(environment, "RESPALDO_PORT", DEFAULT_PORT),
        rehearsal=environment.get("RESPALDO_REHEARSAL", "").lower() in {"1", "si", "sí", "true"},
        max_upload_mb=_whole(environment, "RESPALDO_MAX_UPLOAD_MB", 2_000),
        list_key_file=Path(key_file) if key_file else None,
    )


def _whole(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, str(default))
    if not text.isdigit():
        raise Refused("AJUSTE", f"El ajuste {name} debe ser un número entero; corríjalo y vuelva a intentar.")
    return int(text)
