"""Writes docs/errores.md from the code: every refusal with its code and sentence. A test keeps it true.

python docs/errores.py
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("service", "ocr", "matching")
REFUSALS = {"Refused", "LawRefused"}
HEAD = """# Códigos de rechazo

Lo que no se admite se contesta con un código estable y una frase que dice qué hacer. `{…}` es un dato del caso;
ninguno es personal. Este archivo se escribe con `python docs/errores.py`.

| código | cuarto | frase |
|---|---|---|
"""


def refusals() -> dict[tuple[str, str], str]:
    """(code, room) -> sentence, for every refusal whose code stands in the code as text."""
    found: dict[tuple[str, str], str] = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and _name(node.func) in REFUSALS and len(node.args) >= 2:
                    code = node.args[0]
                    if isinstance(code, ast.Constant) and isinstance(code.value, str) and code.value:
                        parts = path.relative_to(ROOT).parts
                        found.setdefault(
                            (code.value, "/".join(parts[:2] if room == "service" else parts[:1])), _text(node.args[1])
                        )
    return found


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _text(node: ast.expr) -> str:
    """The sentence as it reads, with the case's facts as {…}."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{…}" for part in node.values)
    return "{…}"


def document() -> str:
    """The whole page."""
    rows = [f"| `{code}` | {room} | {text.replace('|', '/')} |" for (code, room), text in sorted(refusals().items())]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    (ROOT / "docs" / "errores.md").write_text(document(), encoding="utf-8")
