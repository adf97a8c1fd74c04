"""Verbs of the blind second look: seal, draw, list, look, report."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service.access.numbers import LARGEST, whole_number
from service.cli.base import Door, verb
from service.errors import Refused

if TYPE_CHECKING:
    from service.dictamen.expediente import Look

NUMBER = click.IntRange(1, LARGEST)
EXISTING = click.Path(path_type=Path)
LIST_COLUMNS = ("item", "record", "elector")
CONFIRM_COLUMNS = ("item", "misma", "by")
LOOK_COLUMNS = ("item", "clave", "fecha", "firma", "regla", "by")
YES = {"si": True, "sí": True, "1": True, "no": False, "0": False}


@click.group()
def control() -> None:
    """Revisión a ciegas de una muestra: mide el error y audita la decisión."""


@control.command("seal")
@click.option("--aspirante", "identifier", help="Sella lo que aceptó la máquina y lo que rechazaron personas.")
@click.option("--dictamen", "dictamen", type=NUMBER, help="Sella los registros de los que depende un dictamen final.")
@click.option(
    "--limit", default=5, type=click.IntRange(1, 50), help="Límite de riesgo de la auditoría, en por ciento."
)
@verb
def control_seal(door: Door, identifier: str | None, dictamen: int | None, limit: int) -> None:
    """Sella de qué registros podrá sortearse; imprime número, estrato, registros y SHA-256 de cada marco."""
    from service.cli.review import ensure_ruled
    from service.dictamen.control_acts import seal_decision, seal_reading

    operator = door.operator
    if (identifier is None) == (dictamen is None):
        raise Refused("MARCO_SIN_OBJETO", "Indique --aspirante o --dictamen, uno de los dos.")
    if identifier is not None:
        ensure_ruled(door, identifier)
        frames = seal_reading(door.store, identifier, operator)
    else:
        frames = [seal_decision(door.store, door.settings, dictamen or 0, operator, limit)]
    document = [
        {"frame": one.number, "stratum": one.stratum, "records": one.records, "sha256": one.sha256} for one in frames
    ]
    door.answer(document, [f"{one.number} {one.stratum} {one.records} {one.sha256}" for one in frames])


@control.command("draw")
@click.option("--frame", required=True, type=NUMBER)
@click.option("--seed", required=True, help="Semilla pública, sorteada después de sellar el marco.")
@click.option("--size", required=True, type=click.IntRange(1))
@verb
def control_draw(door: Door, frame: int, seed: str, size: int) -> None:
    """Sortea los primeros registros de un marco en el orden de la semilla."""
    from service.dictamen.control_acts import draw_frame

    drawn = draw_frame(door.store, door.settings, frame, seed, size, door.operator)
    door.answer({"frame": frame, "seed": seed, "records": drawn}, drawn)


@control.command("list")
@click.option("--by", required=True, help="Quién va a mirar: no se le da lo que ya contestó o vio.")
@click.option("--frame", type=NUMBER)
@click.option("--out", required=True, type=EXISTING)
@verb
def control_list(door: Door, by: str, frame: int | None, out: Path) -> None:
    """Lo que una persona puede ver a ciegas, en CSV; con «elector», lo que ya escribió y debe confirmar."""
    from service.dictamen.control_acts import open_for, to_confirm

    with door.store.reading() as session:
        rows = [(item.id, item.record, "") for item, _ in open_for(session, by, frame)]
        rows += [(item.id, item.record, item.elector) for item, _ in to_confirm(session, by)]
    with out.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([LIST_COLUMNS, *rows])
    door.answer({"items": len(rows)}, [str(len(rows))])


@control.command("look")
@click.option("--in", "source", required=True, type=EXISTING)
@verb
def control_look(door: Door, source: Path) -> None:
    """Toma de un CSV lo que vieron las personas, línea por línea; se detiene en la primera que no procede."""
    from service.access.accounts import roles_named
    from service.dictamen.control_acts import take_look
    from service.padron.marco import read_table

    looks = [
        (*_look_of(line, row), row["by"].strip()) for line, row in enumerate(read_table(source, LOOK_COLUMNS), 2)
    ]
    asked = 0
    for line, (item, look, by) in enumerate(looks, start=2):
        with door.store.reading() as session:
            roles = roles_named(session, by)
        try:
            asked += take_look(door.store, door.settings, item, look, by=by, roles=roles)
        except Refused as refusal:
            raise Refused(refusal.code, f"Línea {line}: {refusal.sentence}") from refusal
    door.answer({"looks": len(looks), "to_confirm": asked}, [str(len(looks)), str(asked)])


@control.command("confirm")
@click.option("--in", "source", required=True, type=EXISTING)
@verb
def control_confirm(door: Door, source: Path) -> None:
    """Toma de un CSV si el renglón es del elector que consta, a juicio de quien escribió otra clave."""
    from service.access.accounts import roles_named
    from service.dictamen.control_acts import confirm
    from service.padron.marco import read_table

    rows = read_table(source, CONFIRM_COLUMNS)
    for line, row in enumerate(rows, start=2):
        same, by = YES.get(row["misma"].strip().lower()), row["by"].strip()
        if same is None or (item := whole_number(row["item"])) is None:
            raise Refused("RENGLON_DE_CONTROL", f"Línea {line}: «item» es un número; «misma» es «si» o «no».")
        with door.store.reading() as session:
            roles = roles_named(session, by)
        confirm(door.store, item, same, by=by, roles=roles)
    door.answer({"confirmed": len(rows)}, [str(len(rows))])


def _look_of(line: int, row: dict[str, str]) -> tuple[int, Look]:
    from service.dictamen.expediente import Look

    answers = [YES.get(row[name].strip().lower()) for name in ("firma", "regla")]
    item = whole_number(row["item"])
    if item is None or None in answers:
        raise Refused("RENGLON_DE_CONTROL", f"Línea {line}: «item» es un número; «firma» y «regla» son «si» o «no».")
    signed, in_order = (bool(answer) for answer in answers)
    return item, Look(row["clave"].strip().upper(), row["fecha"].strip(), signed, in_order)


@control.command("report")
@click.option("--aspirante", "identifier", help="La declaración de error que hoy daría su dictamen.")
@click.option("--frame", type=NUMBER, help="La auditoría de una decisión, etapa por etapa.")
@verb
def control_report(door: Door, identifier: str | None, frame: int | None) -> None:
    """Lo que la revisión a ciegas ha medido hasta ahora."""
    from service.dictamen.control import statement
    from service.dictamen.control_acts import judge_frame, sample_of
    from service.proceso.register import require_aspirante

    if (identifier is None) == (frame is None):
        raise Refused("MARCO_SIN_OBJETO", "Indique --aspirante o --frame, uno de los dos.")
    with door.store.reading() as session:
        if identifier is not None:
            require_aspirante(session, identifier)
            lines = statement(*sample_of(session, identifier))
            door.answer(lines, [_line(one) for one in lines])
            return
        stages = judge_frame(session, door.settings, frame or 0)
    document = [
        {
            "stage": one.stage, "size": one.size, "errors": one.seen, "p": f"{one.p.numerator}/{one.p.denominator}",
            "p_decimal": f"{float(one.p):.6f}", "spend": str(one.spend), "confirmed": one.confirmed,
        }
        for one in stages
    ]  # fmt: skip
    told = [
        f"{one.stage} {one.size} {one.seen} {float(one.p):.6f} {'CONFIRMA' if one.confirmed else 'SIGA'}"
        for one in stages
    ]
    door.answer(document, told or ["SIN ETAPA COMPLETA"])


def _line(one: dict[str, Any]) -> str:
    if "casos" not in one:
        return f"{one['medida']}: {one['tasa']} ({one['metodo']})"
    low, high = one["intervalo_95"]
    return f"{one['medida']}: {one['errores']} de {one['casos']}, {one['tasa']} ({low} a {high})"
