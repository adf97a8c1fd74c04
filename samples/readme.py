"""The lines of README.md that are figures, from the files that hold them: a test keeps README.md true."""

from __future__ import annotations

from typing import Any

from samples import fonts

CARGOS = {"alcaldia": "alcaldía 006", "diputacion": "diputación 17"}


def tally_lines(expected: dict[str, Any]) -> list[str]:
    """A line of the table an aspirante, in the order of their series."""
    return [
        f"| {e['nombre'].title()} | {CARGOS[e['cargo']]} | {e['lista_nominal']:,} | {e['required']} | {e['received']}"
        f" | {e['valid']} | {e['pending']} | **{e['outcome'].replace('_', ' ')}** |"
        for e in expected["aspirantes"].values()
    ]


def class_lines(expected: dict[str, Any]) -> list[str]:
    """The classes of each aspirante, one list item each."""
    return [
        f"- {e['nombre'].title()}: " + ", ".join(f"{c} {n}" for c, n in e["by_class"].items()) + "."
        for e in expected["aspirantes"].values()
    ]


def font_lines() -> list[str]:
    """A line of the table a handwriting font."""
    return [f"| {name} | npm `@fontsource/{name}` | {licence} |" for name, licence in sorted(fonts.HELD_OUT.items())]
