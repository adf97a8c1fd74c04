"""Which code made a dictamen: release, commit where there is one, and the law room's own hash."""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def code_versions() -> dict[str, str]:
    """``codigo``: release and commit; ``ley``: SHA-256 over the sources of the law room."""
    try:
        release = version("respaldo")
    except PackageNotFoundError:
        release = "sin instalar"
    return {"codigo": f"{release}, {_commit()}", "ley": _hash_of(ROOT / "service" / "law")}


def _commit() -> str:
    git = ROOT / ".git"
    try:
        head = (git / "HEAD").read_text(encoding="ascii").strip()
        if head.startswith("ref: "):
            head = (git / head[5:]).read_text(encoding="ascii").strip()
        return head[:12]
    except OSError:
        return "sin repositorio"


def _hash_of(folder: Path) -> str:
    state = hashlib.sha256()
    for file in sorted([*folder.glob("*.py"), *folder.glob("*.toml")]):
        state.update(file.name.encode() + b"\0" + file.read_bytes())
    return state.hexdigest()[:16]
