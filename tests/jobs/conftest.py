"""A house whose eyes are told what they see."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from ocr.reading import Answer, PageReading
from service.config import Settings
from service.store import Store


def _load(name: str) -> ModuleType:
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"jobs_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def made() -> ModuleType:
    """The made-up pieces (made_up.py)."""
    return _load("made_up")


@dataclass
class Bench:
    """A house, its aspirante, and the pages its eyes will see in the order they are read."""

    store: Store
    settings: Settings
    aspirante: str
    made: Any
    seen: dict[tuple[str, int], PageReading] = field(default_factory=dict)

    def deliver(self, name: str, shade: int, *pages: PageReading, aspirante: str | None = None) -> Any:
        """Upload a file whose pages will be read as given."""
        data = self.made.picture(shade, len(pages))
        receipt = self.made.deliver(self.store, self.settings, aspirante or self.aspirante, (name, data))
        for number, page in enumerate(pages, start=1):
            self.seen[(receipt.files[0].sha256, number)] = page
        return receipt

    def work(self) -> None:
        """Do every job, in this process."""
        from service.jobs.handlers import HANDLERS
        from service.jobs.queue import Workshop, perform_next

        while perform_next(Workshop(self.store, self.settings), HANDLERS):
            pass

    def decide(self, decision: str, kind: str, by: str, reason: str = "", clave: str = "", **roles: Any) -> Any:
        """Answer the only open item of a kind."""
        from service.desk.decisions import Decision, decide
        from service.jobs.lookups import look_up
        from service.store.findings import open_items_of

        with self.store.reading() as session:
            (item, _, _) = next(iter(open_items_of(session, kind=kind)))
        named = None
        if decision == "elector":
            named = look_up(self.store, self.settings, item.record, "cotejo", clave, by=by)
        with self.store.writing() as session:
            answer = Decision(decision, reason, clave)
            held = frozenset(roles.get("roles", {"revisor"}))
            return decide(session, self.settings, item.id, answer, by=by, roles=held, named=named)

    def classes(self) -> dict[str, str]:
        """Row number (or record) -> class in force."""
        from service.store.findings import rulings_in_force

        with self.store.reading() as session:
            found = rulings_in_force(session, "2026-2027")
        return {record[13:]: ruling.clase for record, ruling in found.items()}

    def receive_all(self) -> None:
        """Check in the originals of every sheet."""
        from service.intake.originals import receive_originals
        from service.store.papers import sheets_of

        with self.store.writing() as session:
            for sheet in sheets_of(session, self.aspirante):
                receive_originals(session, sheet.aspirante, [sheet.folio or sheet.id], "prueba")


@pytest.fixture
def bench(
    store: Store, settings: Settings, tmp_path: Path, made: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> Bench:
    """A house in which pages are read as the test says."""
    from ocr import prints
    from service.jobs import read_page

    house = Bench(store, settings, made.found_house(store, settings, tmp_path), made)

    class Engine:
        version = "de-prueba"

    def decode(path: Path, number: int) -> Any:
        return np.array([path.name, str(number)], dtype=object)

    def scan(image: Any, _forms: object, _engine: object) -> Any:
        @dataclass
        class Scanned:
            reading: PageReading
            crops: dict[str, bytes]

        return Scanned(house.seen[(image[0], int(image[1]))], {"page": b"jpeg", "row-1": b"jpeg"})

    same: Callable[[bytes, bytes], Answer] = lambda a, b: Answer.YES if a == b else Answer.NO  # noqa: E731
    monkeypatch.setattr(read_page, "decode_page", decode)
    monkeypatch.setattr(read_page, "scan_page", scan)
    monkeypatch.setattr(read_page, "default_engine", Engine)
    monkeypatch.setattr(prints, "same_sheet", same)
    return house
