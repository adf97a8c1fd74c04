"""More verbs of the dictamen: receipt of a row, workbook, audit by sample, hearing packet."""

from __future__ import annotations

import datetime as dt
import json
from fractions import Fraction
from pathlib import Path

import click

from service.cli.base import Door, day_meant, verb
from service.cli.review import ensure_ruled
from service.errors import Refused

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
NEW = click.Path(path_type=Path)
DAY = click.DateTime(formats=["%Y-%m-%d"])


def extend(group: click.Group) -> None:
    """Put these verbs under ``respaldo dictamen``."""
    for command in (receipt, workbook, plan, draw, packet):
        group.add_command(command)


def _check_new(out: Path) -> None:
    """Nothing is written over. Raises Refused ``SALIDA_OCUPADA``."""
    if out.exists():
        raise Refused("SALIDA_OCUPADA", f"Ya existe {out.name}; indique un archivo nuevo.")


@click.command("receipt")
@click.argument("folder", type=FOLDER)
@click.option("--record", "record_id", required=True, help="Identificador del registro.")
@click.option("--out", required=True, type=NEW, help="Archivo de la constancia (JSON).")
@verb
def receipt(door: Door, folder: Path, record_id: str, out: Path) -> None:
    """Constancia de un renglón: prueba que está bajo la raíz y cómo se clasificó."""
    from service.dictamen.receipts import receipt_of
    from service.dictamen.report import usable

    with usable():
        found = receipt_of(folder, record_id)
    _check_new(out)
    out.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    answer = {"record": record_id, "class": found["renglon"]["class"], "root": found["raiz"], "out": str(out)}
    door.answer(answer, [record_id, found["renglon"]["class"], found["raiz"]])


@click.command("workbook")
@click.argument("folder", type=FOLDER)
@click.option("--out", required=True, type=NEW, help="Libro de cálculo (.xlsx).")
@verb
def workbook(door: Door, folder: Path, out: Path) -> None:
    """Libro para el Consejo: cifras y registros sin nombres ni claves."""
    from service.dictamen.annexes import CONFIDENTIAL
    from service.dictamen.issue import JSON
    from service.dictamen.report import usable
    from service.dictamen.xlsx import write_workbook

    _check_new(out)
    out.touch()  # where it cannot be written is told before the folder is read
    try:
        with usable():
            written = write_workbook(json.loads((folder / JSON).read_bytes()), folder / CONFIDENTIAL, out)
    except Refused:
        out.unlink(missing_ok=True)
        raise
    door.answer({"rows": written, "out": str(out)}, [str(written)])


@click.command("sample-plan")
@click.argument("folder", type=FOLDER)
@click.option("--limit", default=5, type=click.IntRange(1, 50), help="Límite de riesgo, en por ciento.")
@verb
def plan(door: Door, folder: Path, limit: int) -> None:
    """Plan de la auditoría por muestra: se fija y publica antes de sortear la semilla."""
    from service.dictamen.audit_sample import plan_audit
    from service.dictamen.report import usable

    with usable():
        found = plan_audit(folder, Fraction(limit, 100))
    document = {
        "stratum": found.stake.stratum,
        "records": found.stratum,
        "errors_to_overturn": found.stake.errors,
        "limit_percent": limit,
        "stages": list(found.stages),
    }
    door.answer(document, [f"{name} {value}" for name, value in document.items()])


@click.command("sample-draw")
@click.argument("folder", type=FOLDER)
@click.option("--stratum", required=True, type=click.Choice(["aceptados", "rechazados"]))
@click.option("--seed", required=True, help="Semilla pública, sorteada después de publicar la raíz.")
@click.option("--size", required=True, type=click.IntRange(1))
@click.option("--records", "blind", is_flag=True, help="Da los registros (sin clase) en vez de los compromisos.")
@verb
def draw(door: Door, folder: Path, stratum: str, seed: str, size: int, blind: bool) -> None:
    """Muestra que cualquiera repite con el anexo público y la semilla."""
    from service.dictamen.audit_sample import blind_list, draw_sample
    from service.dictamen.report import usable

    with usable():
        drawn = draw_sample(folder, stratum, seed, size)
        lines = blind_list(folder, drawn) if blind else drawn
    door.answer({"stratum": stratum, "seed": seed, "sample": lines}, lines)


@click.command("packet")
@click.option("--aspirante", "identifier", required=True)
@click.option("--out", required=True, type=NEW, help="Carpeta de los tomos.")
@click.option("--on", "day", type=DAY, help="Fecha del expediente (hoy, si no se indica).")
@verb
def packet(door: Door, identifier: str, out: Path, day: dt.datetime | None) -> None:
    """Expediente de audiencia: cada renglón que no se cuenta, con su imagen y sus causas."""
    from service.dictamen.hearing_packet import packet_for

    operator = door.operator
    if out.is_file():
        raise Refused("CARPETA_OCUPADA", "La salida debe ser una carpeta nueva o vacía.")
    ensure_ruled(door, identifier)
    on = day_meant(day)
    volumes, rows = packet_for(door.store, door.settings, identifier, out=out, on=on, operator=operator)
    names = [path.name for path in volumes]
    door.answer({"volumes": names, "rows": rows}, names)
