"""What there is to do stands in ``Job`` rows, each finished in the same transaction as its effect."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from service.config import Settings
from service.errors import Refused
from service.store import Session, Store, now
from service.store.work import Job, add_job, batches_ready, close_job, lease_job, open_jobs

log = logging.getLogger("respaldo.jobs")

LEASE = dt.timedelta(minutes=10)
"""How long a worker may hold a job before another may take it over; a page takes half a second, a ruling seconds."""

MAX_ATTEMPTS = 3
"""A job that broke this often is put aside with its fault, so that one page cannot stop the rest."""

MAX_VANISHED = 12
"""A job whose holder died this often is put aside. Higher, since a machine that goes down is rarely the page's doing:
with 3, `make chaos` (12 kills over 20 pages) left 3 sound pages unread; those tried before wait for the others."""

ALONE = frozenset({"lay", "rule", "rematch", "watch"})
"""Kinds done one at a time, in the order of their subjects: what they find depends on what came before."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a handler works with."""

    store: Store
    settings: Settings


@dataclass(frozen=True, slots=True)
class Lease:
    """A job in hand. ``asked_at`` tells whether it was asked for again meanwhile."""

    job_id: int
    kind: str
    subject: str
    asked_at: dt.datetime


Handler = Callable[[Workshop, Lease], None]


def perform_next(shop: Workshop, handlers: dict[str, Handler]) -> bool:
    """Take the next open job and do it; False when there is none that can be taken now."""
    moment = now()
    with shop.store.writing() as session:
        job = lease_job(session, moment, moment + LEASE, tuple(handlers), ALONE)
        if job is None:
            return False
        lease, attempts = Lease(job.id, job.kind, job.subject, job.asked_at), job.attempts
    if attempts > MAX_VANISHED:
        _put_aside(shop.store, lease, "FALLA_REPETIDA", "El trabajo se interrumpió varias veces; avise a soporte.")
        return True
    try:
        handlers[lease.kind](shop, lease)
    except Refused as refusal:
        _put_aside(shop.store, lease, refusal.code, refusal.sentence)
    except Exception:
        # A fault of ours in one job: it is logged whole under a number and tried again; the worker lives on.
        reference = uuid.uuid4().hex[:8]
        log.exception("job %s %s broke, reference %s", lease.kind, lease.subject, reference)
        if attempts >= MAX_ATTEMPTS:
            sentence = f"Ocurrió una falla interna (referencia {reference}); avise a soporte con ese número."
            _put_aside(shop.store, lease, "FALLA", sentence)
        else:
            _give_back(shop.store, lease)
    return True


def finish(session: Session, lease: Lease, code: str | None = None, why: str | None = None) -> None:
    """Mark a job done inside the transaction that holds its effect, and ask for what became possible."""
    moment = now()
    close_job(session, lease.job_id, lease.asked_at, moment, code, why)
    if lease.kind == "read_page":
        for batch in batches_ready(session):
            add_job(session, "lay", batch, batch, moment)


def idle(store: Store) -> bool:
    """True when every job is finished."""
    with store.reading() as session:
        return open_jobs(session) == 0


def _put_aside(store: Store, lease: Lease, code: str, sentence: str) -> None:
    with store.writing() as session:
        finish(session, lease, code, sentence)


def _give_back(store: Store, lease: Lease) -> None:
    with store.writing() as session:
        session.get_one(Job, lease.job_id).leased_until = None
