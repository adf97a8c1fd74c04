"""The work in hand and the audit log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Index, UniqueConstraint, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from service.store.base import Base


class Job(Base):
    """A piece of background work. This table is the truth; a message in the queue is only a nudge."""

    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("kind", "subject"),
        Index("ix_job_open", "finished_at", "kind", "attempts", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    batch: Mapped[str | None] = mapped_column(index=True)
    asked_at: Mapped[dt.datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]
    code: Mapped[str | None]
    """The refusal or fault that ended it, when it did not succeed."""
    sentence: Mapped[str | None]


class AuditEvent(Base):
    """One deed in the hash chain: ``hash`` covers the deed and the hash of the one before it."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_actor", "actor", "kind", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str]
    """ISO 8601 in UTC, as text: the hash covers exactly these characters."""
    kind: Mapped[str]
    actor: Mapped[str]
    facts: Mapped[dict[str, Any]]
    previous: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)


def last_event(session: Session) -> AuditEvent | None:
    return session.scalar(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1))


def each_event(session: Session) -> Iterator[AuditEvent]:
    """All events in order, a thousand in memory at a time."""
    yield from session.scalars(select(AuditEvent).order_by(AuditEvent.id).execution_options(yield_per=1000))


def add_job(session: Session, kind: str, subject: str, batch: str | None, at: dt.datetime) -> None:
    """Ask for a piece of work once; asking again opens it again, also while it is being done."""
    job = session.scalar(select(Job).where(Job.kind == kind, Job.subject == subject))
    if job is None:
        session.add(Job(kind=kind, subject=subject, batch=batch, asked_at=at, attempts=0))
    else:
        job.asked_at, job.attempts = at, 0
        job.finished_at = job.code = job.sentence = None


def lease_job(
    session: Session, at: dt.datetime, until: dt.datetime, order: tuple[str, ...], alone: frozenset[str]
) -> Job | None:
    """Take the next open job that nobody holds, in the order of kinds given; None when there is none.

    Of the kinds in ``alone`` only one job is held at a time. A job whose holder was killed comes back when its
    lease ends, after those never tried: one that kills its holder keeps nobody waiting.
    """
    free = or_(Job.leased_until.is_(None), Job.leased_until < at)
    held = set(session.scalars(select(Job.kind).where(Job.finished_at.is_(None), Job.leased_until >= at).distinct()))
    for kind in order:
        if kind in alone and kind in held:
            continue
        query = (
            select(Job)
            .where(Job.finished_at.is_(None), Job.kind == kind, free)
            .order_by(*((Job.subject,) if kind in alone else (Job.attempts, Job.id)))
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        job = session.scalar(query)
        if job is not None:
            job.leased_until = until
            job.attempts += 1
            return job
    return None


def close_job(
    session: Session, job_id: int, asked_at: dt.datetime, at: dt.datetime, code: str | None, why: str | None
) -> None:
    """Mark a job done, unless it was asked for again since it was taken: then it stays open."""
    query = update(Job).where(Job.id == job_id)
    session.execute(query.values(leased_until=None))
    session.execute(query.where(Job.asked_at == asked_at).values(finished_at=at, code=code, sentence=why))


def batches_ready(session: Session) -> list[str]:
    """Batches whose pages, and those of every batch before them, have all been read and were not laid since.

    A batch is ready again when pages joined it, or were asked for anew, after it was laid.
    """
    first_open = session.scalar(select(func.min(Job.batch)).where(Job.kind == "read_page", Job.finished_at.is_(None)))
    laid = aliased(Job)
    query = (
        select(Job.batch)
        .outerjoin(laid, (laid.kind == "lay") & (laid.subject == Job.batch))
        .where(Job.kind == "read_page")
        .group_by(Job.batch, laid.asked_at)
        .having(or_(laid.asked_at.is_(None), laid.asked_at < func.max(Job.asked_at)))
        .order_by(Job.batch)
    )
    if first_open is not None:
        query = query.where(Job.batch < first_open)
    return [batch for batch in session.scalars(query) if batch is not None]


def jobs_of_batch(session: Session, batch: str) -> list[Job]:
    return list(session.scalars(select(Job).where(Job.batch == batch).order_by(Job.id)))


def open_jobs(session: Session, kind: str | None = None) -> int:
    """How many jobs are not finished."""
    query = select(func.count()).select_from(Job).where(Job.finished_at.is_(None))
    return session.scalar(query if kind is None else query.where(Job.kind == kind)) or 0


def count_jobs(session: Session) -> tuple[int, int]:
    """All jobs and the finished ones."""
    total, finished = session.execute(select(func.count(), func.count(Job.finished_at)).select_from(Job)).one()
    return total, finished


def release_leases(session: Session) -> None:
    """Give every held job back: only where no worker can be alive (the embedded default, at its start)."""
    session.execute(update(Job).where(Job.finished_at.is_(None)).values(leased_until=None))


def is_open(session: Session, kind: str, subject: str) -> bool:
    """True while a job is not finished."""
    query = select(Job.id).where(Job.kind == kind, Job.subject == subject, Job.finished_at.is_(None))
    return session.scalar(query) is not None


def close_open_job(session: Session, kind: str, subject: str, at: dt.datetime) -> None:
    """Mark a job done whose effect the caller just made by itself."""
    query = update(Job).where(Job.kind == kind, Job.subject == subject, Job.finished_at.is_(None))
    session.execute(query.values(finished_at=at, leased_until=None, code=None, sentence=None))


def aside_jobs(session: Session) -> list[Job]:
    """Jobs put aside with a refusal or a fault."""
    return list(session.scalars(select(Job).where(Job.code.is_not(None)).order_by(Job.id)))


def reopen_aside(session: Session, at: dt.datetime, batch: str | None = None) -> int:
    """Ask again for every job that was put aside, of one batch where given; returns how many."""
    aside = [job for job in aside_jobs(session) if batch in (None, job.batch)]
    for job in aside:
        job.asked_at, job.attempts = at, 0
        job.finished_at = job.leased_until = job.code = job.sentence = None
    return len(aside)


def count_events(session: Session, kind: str, actor: str, since: str) -> int:
    """How many deeds of a kind a person did since a moment (ISO 8601 in UTC, as stored)."""
    query = select(func.count()).select_from(AuditEvent)
    return (
        session.scalar(query.where(AuditEvent.kind == kind, AuditEvent.actor == actor, AuditEvent.at >= since)) or 0
    )
