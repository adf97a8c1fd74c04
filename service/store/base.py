"""What every table shares, and the door to the database.

SQLite in WAL mode is the embedded default; PostgreSQL takes its place by URL with the same tables. A writing
transaction on SQLite begins IMMEDIATE: two workers then queue for the lock instead of failing half-way when a
read turns into a write.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import NullPool

__all__ = ["Base", "Instant", "Session", "Store", "now"]

BUSY_TIMEOUT_MS = 60_000
"""How long a SQLite connection waits for another's write to end; a dictamen of 200,000 rows takes seconds."""


WRITERS_LOCK = 323
"""Any fixed number: PostgreSQL's advisory lock that lets one writing transaction in at a time."""


class Instant(sa.types.TypeDecorator[dt.datetime]):
    """A moment in UTC. SQLite keeps no zone, so the zone is taken off on the way in and put back on the way out."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        return None if value is None else value.replace(tzinfo=dt.UTC)


class Base(DeclarativeBase):
    """Names of constraints follow one pattern, so that migrations can find them on both databases."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dt.datetime: Instant,
        dict[str, Any]: sa.JSON,
        list[Any]: sa.JSON,
        bytes: sa.LargeBinary,
    }

    def __repr__(self) -> str:
        # Only the key: rows hold names and elector keys, and a repr ends up in logs.
        return f"<{type(self).__name__} {sa.inspect(self).identity}>"


def now() -> dt.datetime:
    """The present moment in UTC: for stamps on rows, never for a ruling."""
    return dt.datetime.now(dt.UTC)


class Store:
    """The database: ``with store.reading() as session`` and ``with store.writing() as session``.

    ``writing`` is one transaction: it commits when the block ends and rolls back when the block raises. On both
    databases one writes at a time, and ``reading`` sees the database as it was at one moment.
    """

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        if self.url.get_backend_name() == "sqlite":
            self.engine = sa.create_engine(
                self.url,
                poolclass=NullPool,
                connect_args={"timeout": BUSY_TIMEOUT_MS / 1000},
                hide_parameters=True,  # parameters are names and keys, and error messages reach logs
            )
            _make_sqlite_transactional(self.engine)
        else:
            self.engine = sa.create_engine(self.url, pool_pre_ping=True, hide_parameters=True)
        one_view = {"isolation_level": "REPEATABLE READ"} if self.url.get_backend_name() != "sqlite" else {}
        self._reading = sessionmaker(self.engine.execution_options(**one_view), expire_on_commit=False)
        self._writing = sessionmaker(self.engine.execution_options(writes=True), expire_on_commit=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self._reading() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self._writing.begin() as session:
            if session.get_bind().dialect.name == "postgresql":
                # One writer at a time, as on SQLite: what a transaction read is still so when it commits.
                session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITERS_LOCK})
            yield session

    def dispose(self) -> None:
        self.engine.dispose()


def _make_sqlite_transactional(engine: sa.Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy begins and ends transactions, not the driver
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
