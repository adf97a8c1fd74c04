"""A version changes with what code does, not with how it is laid out: a tidying asks for no new samples."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.dictamen.code_version import ROOM, drawing_version, meaning_of

SOURCE = '''"""What it does."""
WIDTH = 12.5
def bar(reached: int, name="x"):
    """A bar."""
    return {"a": reached * WIDTH, "b": f"{name} de {reached:,}"}
'''
LAID_OUT = '''"""Other words."""

WIDTH = 12.5  # millimetres


def bar(
    reached: int,
    name='x',
):
    return {
        "a": (reached * WIDTH),
        "b": f"{name} "
        f"de {reached:,}",
    }
'''


def test_laying_out_and_explaining_change_nothing() -> None:
    assert meaning_of(SOURCE) == meaning_of(LAID_OUT)


@pytest.mark.parametrize(
    ("old", "new"), [("12.5", "12.6"), ("de {", "of {"), (":,", ""), ("*", "+"), ('"x"', '"y"'), ("bar(", "rod(")]
)
def test_what_code_does_changes_it(old: str, new: str) -> None:
    assert meaning_of(SOURCE) != meaning_of(SOURCE.replace(old, new))


def test_the_drawing_is_told_by_every_file_that_draws() -> None:
    drawn = {path.name for path in ROOM.glob("pdf*.py")} | {"figures.py", "typography.py", "dates.py", "names.py"}
    source = (ROOM / "code_version.py").read_text(encoding="utf-8")
    assert [name for name in drawn if f'"{name}"' not in source] == []
    assert drawing_version().startswith("reportlab ")
    assert isinstance(ROOM, Path)
