"""Verbs that receive papers and do the work: upload, batch, originals, work, worker, serve."""

from __future__ import annotations

import datetime as dt
import os
import sys
from contextlib import ExitStack
from pathlib import Path

import click

from service.cli.base import Door, day_meant, verb
from service.errors import Refused

DAY = click.DateTime(formats=["%Y-%m-%d"])
EXISTING = click.Path(path_type=Path)


def register(root: click.Group) -> None:
    """Put these verbs under the root command."""
    for command in (upload, batch, originals, work, worker, serve):
        root.add_command(command)


@click.command()
@click.option("--aspirante", "identifier", required=True)
@click.option("--received", type=DAY, help="Fecha de recepción (hoy, si no se indica).")
@click.option("--declared-sheets", type=click.IntRange(min=0), help="Hojas que declara quien entrega.")
@click.argument("files", nargs=-1, required=True, type=EXISTING)
@verb
def upload(
    door: Door, identifier: str, received: dt.datetime | None, declared_sheets: int | None, files: tuple[Path, ...]
) -> int:
    """Recibe PDF, TIFF, JPEG, PNG o ZIP; imprime la entrega y su acuse."""
    from service.intake.uploads import take_files

    missing = [file.name for file in files if not file.is_file()]
    if missing:
        raise Refused("SIN_ARCHIVO", f"No existe el archivo {missing[0]}; no se recibió ninguno.")
    with ExitStack() as stack:
        receipt = take_files(
            door.store,
            door.settings,
            aspirante=identifier,
            files=((file.name, stack.enter_context(file.open("rb"))) for file in files),
            received=day_meant(received),
            operator=door.operator,
            declared_sheets=declared_sheets,
        )
    if not receipt.taken:
        raise Refused(receipt.files[0].code or "", receipt.files[0].sentence or "")
    document = {
        "batch": receipt.batch,
        "aspirante": receipt.aspirante,
        "received": receipt.received.isoformat(),
        "files": [
            {
                "name": file.name,
                "sha256": file.sha256,
                "size": file.size,
                "pages": file.pages,
                "accepted": file.accepted,
                "code": file.code,
                "sentence": file.sentence,
            }
            for file in receipt.files
        ],
    }
    lines = [receipt.batch]
    for file in receipt.files:
        said = f"{file.pages} página(s)" if file.accepted else f"NO SE RECIBIÓ ({file.code})"
        lines.append(f"{file.sha256}  {file.name}  {said}")
        if not file.accepted:
            door.say(f"{file.name}: {file.sentence}")
    door.answer(document, lines)
    return 3 if receipt.refused else 0


@click.command()
@click.argument("identifier", metavar="ENTREGA")
@verb
def batch(door: Door, identifier: str) -> None:
    """Archivos y páginas de una entrega, con su estado."""
    from service.intake.progress import batch_document

    with door.store.reading() as session:
        document = batch_document(session, identifier)
    lines = [identifier]
    for file in document["files"]:
        done = sum(page["state"] in ("done", "failed") for page in file["pages"])
        rows = sum(page["rows"] for page in file["pages"])
        lines.append(f"{file['name']}: {done} de {len(file['pages'])} páginas, {rows} renglones {file['code'] or ''}")
    door.answer(document, lines)


@click.group()
def originals() -> None:
    """Originales en papel."""


@originals.command("receive")
@click.option("--aspirante", "identifier", required=True)
@click.option("--folios", help="Números consecutivos A-B.")
@click.option("--folios-file", type=EXISTING, help="Archivo con un folio impreso, o el texto de su QR, por línea.")
@verb
def originals_receive(door: Door, identifier: str, folios: str | None, folios_file: Path | None) -> None:
    """Recibe y coteja originales."""
    from service.intake.originals import folio_lines, folio_range, process_key, receive_originals
    from service.proceso.register import require_aspirante

    if (folios is None) == (folios_file is None):
        raise Refused("FOLIOS", "Indique --folios A-B o --folios-file ARCHIVO, uno de los dos.")
    with door.store.writing() as session:
        aspirante = require_aspirante(session, identifier)
        if folios is not None:
            marks = folio_range(aspirante, folios)
        else:
            try:
                text = Path(str(folios_file)).read_text(encoding="utf-8")
                marks = folio_lines(text, process_key(session, aspirante))
            except (OSError, UnicodeDecodeError):
                raise Refused("SIN_ARCHIVO", "No se puede leer el archivo de folios; revise la ruta.") from None
        received = receive_originals(session, identifier, marks, door.operator)
    document = {"aspirante": identifier, "received": len(received.marks), "known": received.known}
    door.answer(document, [str(len(received.marks))])
    if received.known:
        door.say(f"{received.known} ya constaban como recibidos.")


@click.command()
@click.option("--until-idle", is_flag=True, help="Termina cuando no queda nada por hacer.")
@click.option("--processes", type=click.IntRange(1, 64), default=os.cpu_count() or 1, show_default="núcleos")
@click.option("--retry-aside", is_flag=True, help="Vuelve a intentar los trabajos apartados por una falla.")
@verb
def work(door: Door, until_idle: bool, processes: int, retry_aside: bool) -> None:
    """Procesa lo que está en cola."""
    from service.store import now
    from service.store.work import reopen_aside

    if retry_aside:
        with door.store.writing() as session:
            door.say(f"{reopen_aside(session, now())} trabajo(s) por intentar de nuevo.")
    _run_workers(door, processes, until_idle)


@click.command()
@click.option("--processes", type=click.IntRange(1, 64), default=os.cpu_count() or 1, show_default="núcleos")
@verb
def worker(door: Door, processes: int) -> None:
    """Suma procesos de trabajo desde esta o cualquier máquina, hasta que se detenga con Ctrl-C."""
    _run_workers(door, processes, False)


def _run_workers(door: Door, processes: int, until_idle: bool) -> None:
    from service.jobs.worker import work as run

    store = door.store  # refuses here, in one line, when there is no database

    with store.reading() as session:
        from service.store.work import count_jobs

        total, done = count_jobs(session)
    with click.progressbar(length=max(total - done, 1), label="Trabajos", file=sys.stderr) as bar:
        shown = 0

        def progress(at: object) -> None:
            nonlocal shown
            with store.reading() as session:
                now_total, now_done = count_jobs(session)
            bar.length = max(now_total - done, 1)
            bar.update(max(0, now_done - done - shown))
            shown = max(shown, now_done - done)

        run(door.settings, processes, until_idle=until_idle, progress=progress)
    door.answer({"idle": until_idle}, [])


@click.command()
@click.option("--processes", type=click.IntRange(0, 64), default=max(1, (os.cpu_count() or 2) - 1))
@verb
def serve(door: Door, processes: int) -> None:
    """Páginas web y procesos de trabajo juntos."""
    from service.serving import serve as run

    store = door.store
    store.dispose()
    door.say(f"respaldo en http://{door.settings.host}:{door.settings.port}/ (Ctrl-C para detener)")
    run(door.settings, processes)
