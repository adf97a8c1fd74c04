"""What every room's tests share: an empty house on each database, and a throw-away PostgreSQL."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from service.config import Settings
from service.store import Store
from service.store.migrate import migrate

POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL cluster of our own, on a free port of the loopback, gone when the tests end."""
    # Not under pytest's folder: pytest clears the folders of earlier runs, and another run may be alive.
    with tempfile.TemporaryDirectory(prefix="respaldo-pg-", ignore_cleanup_errors=True) as folder:
        yield from _cluster(Path(folder))


def _cluster(folder: Path) -> Iterator[str]:
    if not POSTGRES:
        pytest.fail("PostgreSQL's programs are missing: apt-get install postgresql")
    cluster = folder / "cluster"
    as_user = []
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    bin_folder = POSTGRES[-1]
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}
    subprocess.run([*as_user, bin_folder / "initdb", "-D", cluster, "-U", "respaldo", "-A", "trust", "-N"], **quiet)
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    subprocess.run(
        [*as_user, bin_folder / "pg_ctl", "-D", cluster, "-w", "-o", options, "-l", folder / "log", "start"], **quiet
    )
    yield f"postgresql+psycopg://respaldo@127.0.0.1:{port}"
    subprocess.run([*as_user, bin_folder / "pg_ctl", "-D", cluster, "-m", "immediate", "stop"], **quiet)


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.store, pytest.mark.xdist_group("postgresql")])]
)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an empty house, once on each database."""
    if request.param == "sqlite":
        yield Settings(data=tmp_path / "data", database_url=f"sqlite:///{tmp_path / 'data' / 'respaldo.db'}")
        return
    server = request.getfixturevalue("postgres_url")
    name = f"t{uuid.uuid4().hex[:12]}"
    engine = sa.create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield Settings(data=tmp_path / "data", database_url=f"{server}/{name}")
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """An empty, migrated database."""
    settings.data.mkdir(parents=True, exist_ok=True)
    found = Store(settings.database_url)
    migrate(found)
    yield found
    found.dispose()
