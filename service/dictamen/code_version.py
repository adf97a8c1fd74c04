"""Which code made a dictamen: release, commit where there is one, the law room's hash, the drawing's.

A dictamen is checked for ever, also by later code: figures are compared always, but prose of the law room (the
words of a formula, of a basis) and the drawing of the PDF only where the code that wrote them is the same.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOM = Path(__file__).parent
DRAWING = (
    "dates.py", "figures.py", "names.py", "pdf.py", "pdf_count.py", "pdf_sections.py", "pdf_territory.py",
    "typography.py",
)  # fmt: skip


def code_version() -> str:
    """Release and commit."""
    try:
        release = version("respaldo")
    except PackageNotFoundError:
        release = "sin instalar"
    return f"{release}, {_commit()}"


@cache
def law_version() -> str:
    """Sixteen hexadecimal digits of a SHA-256 over the sources of the law room and of the document's words."""
    law = ROOT / "service" / "law"
    return _hash_of([*law.glob("*.py"), *law.glob("*.toml"), ROOM / "compose.py", ROOM / "names.py"])


@cache
def drawing_version() -> str:
    """What the bytes of a PDF depend on besides the document: reportlab, this room's drawing, its fonts."""
    files = [*(ROOM / name for name in DRAWING), *(ROOM / "fonts").glob("*.ttf")]
    return f"reportlab {version('reportlab')}, {_hash_of(files)}"


def _commit() -> str:
    git = ROOT / ".git"
    try:
        head = (git / "HEAD").read_text(encoding="ascii").strip()
        if head.startswith("ref: "):
            head = (git / head[5:]).read_text(encoding="ascii").strip()
        return head[:12]
    except OSError:
        return "sin repositorio"


def _hash_of(files: list[Path]) -> str:
    state = hashlib.sha256()
    for file in sorted(files, key=lambda one: one.name):
        state.update(file.name.encode() + b"\0" + file.read_bytes())
    return state.hexdigest()[:16]
