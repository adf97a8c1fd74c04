"""The pages' small house (tests/web), for the tests of this room."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _load(name: str, path: Path) -> ModuleType:
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


web = _load("portal_web", Path(__file__).resolve().parents[1] / "web" / "conftest.py")
built_house, house, app, person, served, make_person = (
    web.built_house,
    web.house,
    web.app,
    web.person,
    web.served,
    web.make_person,
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # As in tests/web: Flask-Security 5.9 builds a form the way WTForms 3.3 no longer likes.
    theirs = pytest.mark.filterwarnings("ignore:Passing SelectField choices:DeprecationWarning")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(theirs)


@pytest.fixture(scope="session")
def world() -> ModuleType:
    """The tools the pages' house is made with."""
    return web
