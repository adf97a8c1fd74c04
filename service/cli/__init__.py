"""The command ``respaldo``: verbs and exit codes that others script against (docs/contratos.md)."""

from __future__ import annotations

import os
import sys
import traceback
import uuid
from pathlib import Path

import click

from service.cli import council, intake, review, setup
from service.config import DEFAULT_DATA
from service.errors import Refused


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="respaldo", prog_name="respaldo")
def respaldo() -> None:
    """Verificación de las firmas de apoyo de candidaturas sin partido (CIPECDMX, artículo 323)."""


for module in (setup, intake, review, council):
    module.register(respaldo)


def main(arguments: list[str] | None = None) -> None:
    """Run one verb. Exit: 0 done, 2 refused with one Spanish line, 3 some files refused, 1 a fault of its own."""
    # Before numpy is loaded: a page of small sums on many threads spins them (0.96 s of processor against 0.66).
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        code = respaldo.main(arguments, prog_name="respaldo", standalone_mode=False)
    except Refused as refusal:
        click.echo(refusal.sentence, err=True)
        sys.exit(2)
    except click.UsageError as error:
        click.echo(_in_spanish(error), err=True)
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except Exception:  # noqa: BLE001 - the last door: everything that rises ends here
        # A fault of ours: the whole trace goes to a file of its own, the person gets a number to quote.
        sys.exit(_fault())
    sys.exit(code if isinstance(code, int) else 0)


def _fault() -> int:
    reference = uuid.uuid4().hex[:8]
    folder = Path(os.environ.get("RESPALDO_DATA") or DEFAULT_DATA) / "fallas"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{reference}.txt").write_text(traceback.format_exc(), encoding="utf-8")
        where = str(folder / f"{reference}.txt")
    except OSError:
        traceback.print_exc()
        where = "lo de arriba"
    click.echo(f"Ocurrió una falla interna, referencia {reference}; entregue a soporte {where}.", err=True)
    return 1


def _in_spanish(error: click.UsageError) -> str:
    """Click's complaints in one Spanish line."""
    command = error.ctx.command_path if error.ctx else "respaldo"
    if isinstance(error, click.MissingParameter):
        name = error.param.opts[-1] if error.param else ""
        return f"Falta «{name}»; vea «{command} --help»."
    if isinstance(error, click.NoSuchOption):
        return f"No existe la opción «{error.option_name}»; vea «{command} --help»."
    if isinstance(error, click.BadParameter):
        name = error.param.opts[-1] if error.param else ""
        return f"El valor de «{name}» no sirve: escríbalo como indica «{command} --help»."
    return f"No se entiende la orden; vea «{command} --help»."
