"""Which code made a dictamen: release, commit where there is one, the law room's hash, the drawing's.

A dictamen is checked for ever, also by later code: figures are compared always, but prose of the law room (the
words of a formula, of a basis) and the drawing of the PDF only where the code that wrote them is the same. Code is
the same when its syntax tree is: comments, docstrings and the laying out of lines change nothing.
"""

from __future__ import annotations

import ast
import hashlib
import zlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOM = Path(__file__).parent
DRAWING = (
    "dates.py", "figures.py", "intervals.py", "names.py", "pdf.py", "pdf_count.py", "pdf_sections.py",
    "pdf_territory.py", "typography.py",
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
    """Sixteen hexadecimal digits of a SHA-256 over the code of the law room and of the document's words."""
    law = ROOT / "service" / "law"
    words = (ROOM / name for name in ("compose.py", "control.py", "names.py"))
    return _hash_of([*law.glob("*.py"), *law.glob("*.toml"), *words])


@cache
def drawing_version() -> str:
    """What the bytes of a PDF depend on besides the document: reportlab, zlib, this room's drawing, its fonts."""
    files = [*(ROOM / name for name in DRAWING), *(ROOM / "fonts").glob("*.ttf")]
    return f"reportlab {version('reportlab')}, deflate {_deflate()}, {_hash_of(files)}"


def meaning_of(source: str) -> str:
    """The syntax tree of a source as text: the same however it is laid out or explained, on any Python from 3.11."""
    return "".join(_told(ast.parse(source)))


def _told(node: object) -> Iterator[str]:
    if isinstance(node, ast.AST):
        yield f"{type(node).__name__}("
        for name, value in ast.iter_fields(node):
            if value is not None and value != [] and name not in ("ctx", "kind", "type_comment"):
                yield f"{name}="
                yield from _told(value)
        yield ")"
    elif isinstance(node, list):
        for one in node:
            if not _is_remark(one):
                yield from _told(one)
                yield ","
    else:
        yield repr(node)


def _is_remark(node: object) -> bool:
    """A bare text among statements: it explains, and does nothing."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _deflate() -> str:
    """Tells apart the libraries behind zlib, whose compressed bytes differ: the streams of a PDF are such bytes."""
    return hashlib.sha256(zlib.compress(bytes(range(256)) * 64 + b"respaldo" * 512)).hexdigest()[:6]


def _commit() -> str:
    git = ROOT / ".git"
    try:
        head = (git / "HEAD").read_text(encoding="ascii").strip()
        if not head.startswith("ref: "):
            return head[:12]
        loose = git / head[5:]
        if loose.is_file():
            return loose.read_text(encoding="ascii").strip()[:12]
        lines = (git / "packed-refs").read_text(encoding="utf-8").splitlines()
        return next(line[:12] for line in lines if line.endswith(f" {head[5:]}"))
    except (OSError, StopIteration):
        return "sin repositorio"


def _hash_of(files: list[Path]) -> str:
    state = hashlib.sha256()
    for file in sorted(files, key=lambda one: one.name):
        source = file.suffix == ".py"
        content = meaning_of(file.read_text(encoding="utf-8")).encode() if source else file.read_bytes()
        state.update(file.name.encode() + b"\0" + content)
    return state.hexdigest()[:16]
