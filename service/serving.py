"""Web and workers together: the embedded default. The web runs on Waitress's threads, the workers beside it."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading

from service.config import Settings
from service.jobs.worker import work

THREADS = 8
"""Web requests answered at once; each is short, and two of every worker's minutes go to reading pages."""


def serve(settings: Settings, processes: int) -> None:
    """Serve until told to stop. Workers live in a process of their own, restarted if it dies."""
    # Spawned, not forked: the web's threads and connections must not reach the workers.
    context = multiprocessing.get_context("spawn")
    stop = threading.Event()

    def keep_working() -> None:
        while not stop.is_set():
            child = context.Process(target=_work, args=(settings, processes), name="respaldo-trabajo")
            child.start()
            while child.is_alive() and not stop.wait(1):
                pass
            if stop.is_set() and child.is_alive():
                child.terminate()
            child.join(30)

    keeper = threading.Thread(target=keep_working, name="respaldo-cuidador", daemon=True)
    if processes:
        keeper.start()

    def on_signal(number: int, _frame: object) -> None:
        stop.set()
        sys.exit(128 + number if number != signal.SIGINT else 0)

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    from waitress import serve as waitress_serve

    from service.app import create_app

    tidy(settings)
    try:
        waitress_serve(create_app(settings), host=settings.host, port=settings.port, threads=THREADS, ident=None)
    finally:
        stop.set()
        if processes:
            keeper.join(35)


def tidy(settings: Settings) -> None:
    """Erase what a process that died in the middle of an upload left behind."""
    from service.intake.deliveries import give_up_expired, sweep
    from service.store import Store

    store = Store(settings.database_url)
    with store.writing() as session:
        give_up_expired(session, settings)
        sweep(session, settings)
    store.dispose()


def _work(settings: Settings, processes: int) -> None:
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when the terminal sends Ctrl-C to all
    work(settings, processes, until_idle=False, stopped=stopped.is_set)
