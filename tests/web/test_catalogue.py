"""Every text a person reads on a page stands in the catalogue."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

SERVICE = Path(__file__).resolve().parents[2] / "service"
CATALOGUE = SERVICE / "translations" / "es_MX" / "LC_MESSAGES" / "messages.po"


def test_the_catalogue_has_every_marked_text() -> None:
    with CATALOGUE.open("rb") as file:
        known = {message.id for message in read_po(file, locale="es_MX") if message.id}
    found = {
        message
        for _file, _line, message, _comments, _context in extract_from_dir(
            SERVICE,
            method_map=[("**.py", "python"), ("**/templates/**.html", "jinja2")],
            keywords={"_": None, "gettext": None, "lazy_gettext": None},
        )
    }
    assert len(found) > 300
    assert sorted(str(m) for m in found - known) == []
