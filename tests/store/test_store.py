"""The store is one on both databases, and steps and tables agree."""

import datetime as dt

import pytest

from service.store import Store, now
from service.store.migrate import differences, heads, is_current
from service.store.papers import Batch, Page, Scan
from service.store.proceso import Aspirante, Proceso, next_number
from service.store.work import Job, add_job, batches_ready, close_job, lease_job, open_jobs

ORDER = ("lay", "read_page", "rule")
ALONE = frozenset({"lay", "rule"})
MINUTE = dt.timedelta(minutes=1)


def test_there_is_one_head_and_the_tables_equal_the_migrations(store: Store) -> None:
    assert len(heads()) == 1
    assert is_current(store)
    assert differences(store) == []


def test_a_transaction_that_raises_leaves_nothing(store: Store) -> None:
    def fails() -> None:
        with store.writing() as session:
            session.add(Proceso(clave="p", created_at=now(), key=b"k" * 32))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    with store.reading() as session:
        assert session.get(Proceso, "p") is None


def test_an_instant_comes_back_in_utc_and_one_without_zone_is_refused(store: Store) -> None:
    moment = dt.datetime(2026, 11, 21, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=-6)))
    with store.writing() as session:
        session.add(Proceso(clave="p", created_at=moment, key=b"k" * 32))
    with store.reading() as session:
        found = session.get_one(Proceso, "p").created_at
    assert (found, found.utcoffset()) == (moment, dt.timedelta(0))
    with pytest.raises(Exception, match="time zone"), store.writing() as session:
        session.add(Proceso(clave="q", created_at=moment.replace(tzinfo=None), key=b"k" * 32))


def _lease(store: Store, at: dt.datetime) -> tuple[str, str] | None:
    with store.writing() as session:
        job = lease_job(session, at, at + MINUTE, ORDER, ALONE)
        return None if job is None else (job.kind, job.subject)


def test_a_job_is_held_by_one_and_comes_back_when_its_holder_vanishes(store: Store) -> None:
    start = now()
    with store.writing() as session:
        add_job(session, "read_page", "1", None, start)
    assert _lease(store, start) == ("read_page", "1")
    assert _lease(store, start) is None
    assert _lease(store, start + 2 * MINUTE) == ("read_page", "1")


def test_of_a_kind_done_alone_only_one_is_held(store: Store) -> None:
    start = now()
    with store.writing() as session:
        add_job(session, "lay", "L00002", None, start)
        add_job(session, "lay", "L00001", None, start)
    assert _lease(store, start) == ("lay", "L00001")
    assert _lease(store, start) is None


def test_a_job_asked_for_again_while_it_is_done_stays_open(store: Store) -> None:
    start = now()
    with store.writing() as session:
        add_job(session, "rule", "p", None, start)
    with store.writing() as session:
        job = lease_job(session, start, start + MINUTE, ORDER, ALONE)
        assert job is not None
        job_id, asked = job.id, job.asked_at
    with store.writing() as session:
        add_job(session, "rule", "p", None, start + MINUTE)
    with store.writing() as session:
        close_job(session, job_id, asked, start + MINUTE, None, None)
        assert open_jobs(session) == 1


def test_a_batch_is_ready_when_it_and_all_before_it_are_read(store: Store) -> None:
    start = now()
    with store.writing() as session:
        for subject, batch in (("1", "L00001"), ("2", "L00002")):
            add_job(session, "read_page", subject, batch, start)
    with store.writing() as session:
        jobs = {job.subject: job for job in session.query(Job)}
        close_job(session, jobs["2"].id, jobs["2"].asked_at, start, None, None)
        assert batches_ready(session) == []
        close_job(session, jobs["1"].id, jobs["1"].asked_at, start, None, None)
        assert batches_ready(session) == ["L00001", "L00002"]


def test_the_same_bytes_are_taken_once_whatever_happens(store: Store) -> None:
    with store.writing() as session:
        session.add(Proceso(clave="p", created_at=now(), key=b"k" * 32))
        session.flush()
        day = dt.date(2027, 1, 1)
        session.add(
            Aspirante(
                id="A001", proceso="p", series=next_number(session, Aspirante.series, proceso="p"), nombre="X",
                cargo="jefatura", ambito="", constancia=day, text="", created_at=now(),
            )
        )  # fmt: skip
        session.flush()
        session.add(Batch(id="L00001", aspirante="A001", received=day, at=now(), by="t"))
        session.flush()
        for accepted in (True, False):
            session.add(Scan(batch="L00001", name="a", sha256="s", size=1, accepted=accepted))
        session.flush()
        session.add(Page(scan_id=1, number=1))
    with pytest.raises(Exception, match=r"(?i)unique"), store.writing() as session:
        session.add(Scan(batch="L00001", name="b", sha256="s", size=1, accepted=True))
