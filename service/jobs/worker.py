"""Worker processes: Huey's consumer with one process a core, watched by a loop that tops up lost messages.

Huey hands a message to one worker and forgets it, so a worker killed in the middle loses the message (its manual
says so; docs/adr/0002). Nothing here rests on messages: what is to be done stands in ``Job`` rows; a message only
says "look". A lost message is made good by ``top_up``; a doubled one finds nothing to do.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from huey import PostgresHuey, SqliteHuey
from huey.api import Huey, Task

from service.config import Settings
from service.jobs.handlers import HANDLERS
from service.jobs.queue import Workshop, idle, perform_next
from service.store import Store

POLL_SECONDS = 0.5


def make_huey(settings: Settings) -> Huey:
    """The message queue: a SQLite file by default, the same PostgreSQL server when one is used."""
    if settings.database_url.startswith("sqlite"):
        settings.data.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("respaldo", filename=str(settings.queue), fsync=False, results=False)
    dsn = settings.database_url.replace("postgresql+psycopg://", "postgresql://")
    return PostgresHuey("respaldo", dsn=dsn, results=False)


class Queue:
    """Messages that say "look": a worker that gets one does every job it can take."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.huey = make_huey(settings)
        self._shops: dict[int, Workshop] = {}

        @self.huey.task(name="look")
        def look(task: Task | None = None) -> None:
            while perform_next(self._shop(), HANDLERS):
                pass

        self._look = look

    def _shop(self) -> Workshop:
        """Each worker process opens its own database connections: they must not cross a fork."""
        pid = os.getpid()
        if pid not in self._shops:
            self._shops[pid] = Workshop(Store(self.settings.database_url), self.settings)
        return self._shops[pid]

    def top_up(self, workers: int) -> None:
        """Make sure that every worker has a message to wake it."""
        for _ in range(workers - self.huey.pending_count()):
            self._look()

    def close(self) -> None:
        """Let go of every connection that this process opened."""
        self.huey.storage.close()
        for shop in self._shops.values():
            shop.store.dispose()


def work(
    settings: Settings,
    processes: int,
    *,
    until_idle: bool,
    progress: Callable[[Store], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> None:
    """Run worker processes until told to stop, or until nothing is left to do."""
    os.environ["OMP_THREAD_LIMIT"] = "1"  # Tesseract with more threads than cores thrashes (measured in peers.md 4)
    queue = Queue(settings)
    store = Store(settings.database_url)
    consumer = queue.huey.create_consumer(
        workers=processes, worker_type="process", periodic=False, initial_delay=0.05, max_delay=0.5
    )
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    consumer.start()
    for number, handler in handlers.items():  # Huey takes the signals for its own loop, which is not run here
        signal.signal(number, handler)
    try:
        while not stopped() and not (until_idle and idle(store)):
            queue.top_up(processes)
            consumer.check_worker_health()
            if progress:
                progress(store)
            time.sleep(POLL_SECONDS)
    finally:
        consumer.stop(graceful=True)
        queue.close()
        store.dispose()
    if progress:
        progress(store)
