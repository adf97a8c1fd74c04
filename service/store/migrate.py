"""Bring a database to the newest step, and say whether tables and steps agree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

import migrations
from service.store.base import Store

if TYPE_CHECKING:
    from alembic.config import Config


def _config(connection: Connection | None = None) -> Config:
    from alembic.config import Config  # late: every verb asks ``is_current``, few migrate

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def migrate(store: Store) -> str:
    """Upgrade to the newest step; returns its number."""
    from alembic import command

    with store.engine.execution_options(writes=True).begin() as connection:
        command.upgrade(_config(connection), "head")
    return heads()[0]


def heads() -> list[str]:
    """The ends of the chain of steps: one, or somebody forked it."""
    from alembic.script import ScriptDirectory

    return list(ScriptDirectory.from_config(_config()).get_heads())


def is_current(store: Store) -> bool:
    """True when the database stands at the newest step, by the numbers that name the steps' files."""
    newest = max(path.name[:4] for path in (Path(migrations.__file__).parent / "versions").glob("[0-9]*.py"))
    with store.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return bool(connection.scalar(text("SELECT version_num FROM alembic_version")) == newest)


def differences(store: Store) -> list[object]:
    """What an automatic comparison finds between the database and the tables in code; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    from service.store.tables import Base

    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def write_step(store: Store, message: str, number: str) -> None:
    """Draft the next step from the difference between database and tables (for developers)."""
    from alembic import command

    with store.engine.execution_options(writes=True).begin() as connection:
        command.revision(_config(connection), message=message, autogenerate=True, rev_id=number)
