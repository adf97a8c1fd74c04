"""Workers killed in the middle of their work: nothing is lost and nothing doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from service.config import Settings
from service.jobs import queue
from service.store import Store
from service.store.papers import Page, Reading
from service.store.proceso import count_rows
from service.store.work import Job, open_jobs, release_leases

WORKER = """
import sys, time
from pathlib import Path
import numpy as np
from ocr.reading import PageKind, PageReading
from service.config import Settings
from service.jobs import read_page, worker

class Engine:
    version = "de-prueba"

class Scanned:
    reading = PageReading(kind=PageKind.BLANK, engine="de-prueba")
    crops = {"page": b"jpeg"}

def slow(image, forms, engine):
    time.sleep(0.15)
    return Scanned()

read_page.decode_page = lambda path, number: np.zeros((2, 2))
read_page.scan_page = slow
read_page.default_engine = Engine
settings = Settings(data=Path(sys.argv[1]), database_url=sys.argv[2])
worker.work(settings, 2, until_idle=True)
"""


def _start(settings: Settings) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(settings.data), settings.database_url],
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )


def test_work_killed_three_times_in_the_middle_loses_and_doubles_nothing(
    store: Store, settings: Settings, tmp_path: Path, made: Any
) -> None:
    aspirante = made.found_house(store, settings, tmp_path)
    made.deliver(store, settings, aspirante, ("hojas.tif", made.picture(1, 24)))
    for _ in range(3):
        running = _start(settings)
        deadline = time.monotonic() + 60
        with store.reading() as session:
            before = count_rows(session, Reading)
        while time.monotonic() < deadline:
            with store.reading() as session:
                if count_rows(session, Reading) > before:
                    break
            time.sleep(0.05)
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        with store.writing() as session:
            assert open_jobs(session) > 0
            release_leases(session)
    last = _start(settings)
    assert last.wait(timeout=120) == 0
    with store.reading() as session:
        assert open_jobs(session) == 0
        assert count_rows(session, Page) == 24
        assert count_rows(session, Reading) == 24
        assert [job.code for job in session.query(Job).filter(Job.code.is_not(None))] == []


def test_a_message_lost_or_doubled_changes_nothing(bench: Any, made: Any) -> None:
    from service.jobs.worker import Queue

    bench.deliver("a.tif", 1, made.sheet("0010000012", made.row(1, *made.TOMAS)))
    messages = Queue(bench.settings)
    messages.top_up(2)
    messages.top_up(2)
    assert messages.huey.pending_count() == 2
    for _ in range(2):
        messages.huey.execute(messages.huey.dequeue())
    assert messages.huey.dequeue() is None
    messages.close()
    with bench.store.reading() as session:
        assert open_jobs(session) == 0
        assert count_rows(session, Reading) == 1


def test_a_job_that_vanishes_with_its_worker_every_time_is_put_aside(
    bench: Any, made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.deliver("a.tif", 1, made.sheet("0010000012", made.row(1, *made.TOMAS)))
    with bench.store.writing() as session:
        session.query(Job).filter(Job.kind == "read_page").one().attempts = queue.MAX_VANISHED
    assert queue.perform_next(queue.Workshop(bench.store, bench.settings), {"read_page": lambda *_: None})
    with bench.store.reading() as session:
        assert session.query(Job).filter(Job.kind == "read_page").one().code == "FALLA_REPETIDA"


def test_a_job_that_took_its_worker_with_it_waits_for_those_never_tried(bench: Any, made: Any) -> None:
    bench.deliver("a.tif", 2, *[made.sheet("0010000012", made.row(1, *made.TOMAS))] * 2)
    done: list[str] = []
    with bench.store.writing() as session:
        first, second = session.query(Job).filter(Job.kind == "read_page").order_by(Job.id)
        first.attempts = queue.MAX_ATTEMPTS
        expected = [second.subject, first.subject]

    def read(shop: queue.Workshop, lease: queue.Lease) -> None:
        done.append(lease.subject)
        with shop.store.writing() as session:
            queue.finish(session, lease)

    while queue.perform_next(queue.Workshop(bench.store, bench.settings), {"read_page": read}):
        pass
    assert done == expected
