"""What every verb shares: its options, its one way to print a result, and the exit codes of the contract."""

from __future__ import annotations

import datetime as dt
import functools
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import click

from service.config import Settings, settings_from
from service.errors import Refused
from service.store import Store
from service.store.migrate import is_current

F = TypeVar("F", bound=Callable[..., Any])


def day_meant(said: dt.datetime | None) -> dt.date:
    """The day that was said, else today in the city: machines that keep UTC are ahead after six."""
    from service.access.pages import start_of_day

    return (said or start_of_day()).date()


@dataclass
class Door:
    """What a verb works with: settings, store, who acts, and how to answer."""

    data: str | None
    as_json: bool
    named: str | None

    @cached_property
    def settings(self) -> Settings:
        return settings_from(os.environ, self.data)

    @cached_property
    def store(self) -> Store:
        """The store, at the newest step of its migrations. Raises Refused when it is not there."""
        store = self.bare_store
        missing = store.url.get_backend_name() == "sqlite" and not os.path.exists(store.url.database or "")
        if missing or not is_current(store):
            raise Refused("SIN_BASE", "La base de datos no está lista; ejecute primero «respaldo init».")
        return store

    @cached_property
    def bare_store(self) -> Store:
        """The store as it is, for the verb that makes it."""
        return Store(self.settings.database_url)

    @property
    def operator(self) -> str:
        """Who acts, for the log. Raises Refused when nobody said."""
        name = self.named or os.environ.get("RESPALDO_OPERATOR", "")
        if not name.strip():
            raise Refused("SIN_OPERADOR", "Indique quién actúa con --operator NOMBRE (o RESPALDO_OPERATOR).")
        return name.strip()

    def answer(self, document: Any, lines: Iterable[str]) -> None:
        """Print the result: the document with --json, else one line each."""
        if self.as_json:
            click.echo(json.dumps(document, ensure_ascii=False))
        else:
            for line in lines:
                click.echo(line)

    def say(self, prose: str) -> None:
        """Prose goes to standard error: standard output carries only the result."""
        click.echo(prose, err=True)


@contextmanager
def _output(out: object) -> Iterator[None]:
    """A place given with --out where nothing can be written is the caller's to mend (``SALIDA_IMPOSIBLE``)."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError) as cause:
        if not (isinstance(out, os.PathLike) and isinstance(cause.filename, (str, os.PathLike))):
            raise
        named, wanted = os.path.abspath(cause.filename), os.path.abspath(out)
        place = os.path.dirname(wanted)
        beside = os.path.dirname(named) == place and not os.access(place, os.W_OK)
        if not (beside or named.startswith(wanted) or wanted.startswith(named + os.sep)):
            raise
        raise Refused(
            "SALIDA_IMPOSIBLE", f"No se puede escribir en {out}; revise que la carpeta exista y admita escritura."
        ) from cause


def verb(function: F) -> F:
    """Give a verb --data, --json and --operator, and hand it a ``Door`` first."""

    @click.option("--data", metavar="DIR", help="Carpeta de datos (o RESPALDO_DATA).")
    @click.option("--json", "as_json", is_flag=True, help="Da el resultado en JSON.")
    @click.option("--operator", metavar="NOMBRE", help="Quién actúa (o RESPALDO_OPERATOR).")
    @functools.wraps(function)
    def wrapped(*args: Any, data: str | None, as_json: bool, operator: str | None, **options: Any) -> Any:
        door = Door(data, as_json, operator)
        try:
            with _output(options.get("out")):
                return function(door, *args, **options)
        finally:
            if "bare_store" in door.__dict__:
                door.bare_store.dispose()

    return wrapped  # type: ignore[return-value]  # wraps keeps the callable's shape for click
