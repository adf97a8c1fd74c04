"""The house's documents are kept true by the code."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import click

from service.cli import respaldo

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [path for room in ("service", "ocr", "matching") for path in (ROOT / room).rglob("*.py")]


def read(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_every_refusal_is_documented_with_its_sentence() -> None:
    spec = importlib.util.spec_from_file_location("errores", ROOT / "docs" / "errores.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert read("errores.md") == module.document(), "run: python docs/errores.py"


def test_every_setting_is_documented() -> None:
    used = {
        name for path in SOURCES for name in re.findall(r"\bRESPALDO_[A-Z_]+\b", path.read_text(encoding="utf-8"))
    }
    used -= {"RESPALDO_SECOND_FACTOR_ROLES", "RESPALDO_FRESH_SECONDS"}  # Flask's configuration, set by the code
    assert sorted(name for name in used if name not in read("operacion.md")) == []


def verbs(command: click.Command, path: tuple[str, ...] = ()) -> list[str]:
    if isinstance(command, click.Group):
        return [verb for name, child in command.commands.items() for verb in verbs(child, (*path, name))]
    return [" ".join(path)]


def test_every_verb_is_documented() -> None:
    contract = read("contratos.md")
    assert [verb for verb in verbs(respaldo) if f"respaldo {verb}" not in contract] == []


def test_every_verb_explains_itself_in_a_sentence() -> None:
    def walk(command: click.Command) -> list[click.Command]:
        children = command.commands.values() if isinstance(command, click.Group) else []
        return [command, *(grand for child in children for grand in walk(child))]

    assert [command.name for command in walk(respaldo) if not command.help] == []


def test_every_role_is_documented() -> None:
    from service.access.roles import Role

    assert [role.value for role in Role if f"`{role.value}`" not in read("operacion.md")] == []


LIMIT = 440
"""About 200 lines is the habit, 300 is long; what is past this cannot be read in one go."""

LONG = {
    "service/dictamen/verify_alone.py": "one file by design: a court's expert reads it alone",
}


def test_no_module_grows_beyond_reading() -> None:
    lines = {str(path.relative_to(ROOT)): path.read_text("utf-8").count("\n") for path in SOURCES}
    assert sorted(name for name, count in lines.items() if count > LIMIT and name not in LONG) == []


def test_no_row_of_the_store_shows_its_data() -> None:
    from service.store.tables import Base

    for mapper in Base.registry.mappers:
        assert mapper.class_.__repr__ is Base.__repr__, f"{mapper.class_.__name__} has a repr of its own"


def test_links_between_documents_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"
