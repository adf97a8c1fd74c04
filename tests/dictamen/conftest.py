"""A made-up dictamen, issued once, and the independent verifier loaded as a module."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType

import pytest

import service.dictamen
from service.dictamen.expediente import Expediente
from service.dictamen.issue import Issued, issue
from service.dictamen.sign import Signer, make_rehearsal_signer
from service.store import Store

HERE = Path(__file__).parent
ON = date(2027, 2, 20)


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def made_up() -> ModuleType:
    return _load("made_up", HERE / "made_up.py")


@pytest.fixture
def house(store: Store, signer: Signer, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Two aspirantes of one district: A with twelve supports of as many people, B with two of the same people.

    Its key is made once for all tests (a second of work each time otherwise).
    """
    monkeypatch.setattr("service.dictamen.signing_key.make_rehearsal_signer", lambda moment: signer)
    built: Store = _load("made_up_store", HERE / "made_up_store.py").build_house(store)
    return built


@pytest.fixture(scope="session")
def alone() -> ModuleType:
    return _load("verify_alone", Path(service.dictamen.__file__).with_name("verify_alone.py"))


@pytest.fixture(scope="session")
def signer() -> Signer:
    return make_rehearsal_signer(datetime(2027, 2, 20, tzinfo=UTC))


@pytest.fixture
def issued_from(tmp_path: Path, signer: Signer) -> Callable[..., Issued]:
    """Issue an expediente into a folder of the test."""

    def make(expediente: Expediente, name: str = "d", *, preliminary: bool = False, on: date = ON) -> Issued:
        return issue(expediente, tmp_path / name, preliminary=preliminary, on=on, signer=signer)

    return make
