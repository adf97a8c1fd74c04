"""The workers beside the web end when they are told to: a house that must be killed leaves work half done."""

from __future__ import annotations

import multiprocessing
import signal
import time
from pathlib import Path

from service import serving
from service.config import Settings
from service.store import Store
from service.store.migrate import migrate


def test_workers_end_when_told_to(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, database_url=f"sqlite:///{tmp_path / 'respaldo.db'}", rehearsal=True)
    store = Store(settings.database_url)
    migrate(store)
    store.dispose()
    child = multiprocessing.get_context("spawn").Process(target=serving._work, args=(settings, 1))
    child.start()
    while not settings.queue.exists():
        assert child.is_alive()
        time.sleep(0.05)
    time.sleep(1.5)  # past the start of the consumer, which takes the signals
    child.terminate()
    child.join(20)
    ended, code = not child.is_alive(), child.exitcode
    child.kill()
    assert ended
    assert code in (0, -signal.SIGTERM)
