"""Alembic's entry: the connection comes from ``service.store.migrate``, never from a file."""

import sqlalchemy as sa
from alembic import context

from service.store.base import Instant
from service.store.tables import Base


def plain_type(kind: str, item: object, _context: object) -> str | bool:
    """Steps name plain types only, so that an old step never depends on code that moved on."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime()"
    if kind == "type" and isinstance(item, sa.types.TypeDecorator):
        return f"sa.{type(item.impl_instance).__name__}()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    render_item=plain_type,
)
with context.begin_transaction():
    context.run_migrations()
