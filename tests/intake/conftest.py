"""The small process of tests/jobs, for the tests of this room."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def load_made_up() -> ModuleType:
    path = Path(__file__).resolve().parents[1] / "jobs" / "made_up.py"
    name = "intake_made_up"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="session")
def made() -> ModuleType:
    return load_made_up()
