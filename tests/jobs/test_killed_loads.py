"""A load of the lista nominal killed half-way leaves the version in force, and the next load sweeps up."""

from __future__ import annotations

import datetime as dt
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from service.config import Settings
from service.padron.lista import load_lista
from service.store import Store
from service.store.proceso import listas_of

ROOT = Path(__file__).resolve().parents[2]
SLOW = """
import datetime, sys, time
from pathlib import Path
from matching import builder
real = builder.write_file
def slow(path, content, key):
    print("writing", flush=True)
    time.sleep(0.3)
    return real(path, content, key)
builder.write_file = slow
from service.config import Settings
from service.padron.lista import load_lista
from service.store import Store
settings = Settings(data=Path(sys.argv[1]), database_url=sys.argv[2])
load_lista(Store(settings.database_url), settings, Path(sys.argv[3]), proceso="2026-2027",
           corte=datetime.date(2026, 12, 31), operator="prueba")
"""


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_killed_load_leaves_the_former_version_in_force(
    store: Store, settings: Settings, made: ModuleType, tmp_path: Path
) -> None:
    made.found_house(store, settings, tmp_path)
    newer = tmp_path / "nueva.csv"
    newer.write_text(made.LISTA + "ZZZZZZ70010109H900,9999999999999,NADIE,NADIE,NADIE,1,VIGENTE\n", encoding="utf-8")
    words = (str(settings.data), settings.database_url, str(newer))
    child = subprocess.Popen([sys.executable, "-c", SLOW, *words], stdout=subprocess.PIPE, cwd=ROOT)
    assert child.stdout is not None
    for _ in range(3):
        assert child.stdout.readline() == b"writing\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    with store.reading() as session:
        assert [lista.id for lista in listas_of(session, "2026-2027")] == ["LN001"]
    assert sorted(path.name for path in settings.listas.iterdir())[-1] == "LN001"
    corte = dt.date(2026, 12, 31)
    load_lista(store, settings, newer, proceso="2026-2027", corte=corte, operator="prueba")
    with store.reading() as session:
        assert [lista.id for lista in listas_of(session, "2026-2027")] == ["LN002", "LN001"]
    assert sorted(path.name for path in settings.listas.iterdir()) == ["LN001", "LN002"]
