"""Verbs of the exchange with the systems of the agreement: notices, compulsa out and in, layouts."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from pathlib import Path

import click

from service.access.numbers import LARGEST
from service.cli.base import Door, day_meant, verb

NUMBER = click.IntRange(1, LARGEST)
FILE = click.Path(path_type=Path, dir_okay=False)
EXISTING = click.Path(path_type=Path, exists=True, dir_okay=False)
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def exchange() -> None:
    """Intercambio con los sistemas del convenio con el INE."""


@exchange.command("layouts")
@verb
def exchange_layouts(door: Door) -> None:
    """Los diseños de archivo en vigor: columnas, qué son y su fundamento."""
    from service.dictamen.exchange_acts import layouts_of

    found = layouts_of(door.settings)
    lines = [
        f"{name} ({one.system}, {one.file_format}; {one.basis}): {', '.join(c.header for c in one.columns)}"
        for name, one in found.items()
    ]
    door.answer({name: asdict(one) for name, one in found.items()}, lines)


@exchange.command("notice")
@click.argument("layout")
@click.option("--proceso", required=True)
@click.option("--out", required=True, type=FILE)
@click.option("--on", "day", type=DAY, help="Fecha del acta (hoy, si no se indica).")
@verb
def exchange_notice(door: Door, layout: str, proceso: str, out: Path, day: dt.datetime | None) -> None:
    """Archivo para un sistema (snr, candidaturas_locales, utf_avisos, utf_registro) y su acta; imprime el SHA-256."""
    from service.dictamen.exchange_acts import send_notice

    acta = send_notice(door.store, door.settings, layout, proceso, out, on=day_meant(day), by=door.operator)
    door.answer(acta, [acta["sha256"], str(acta["registros"])])


@exchange.command("compulsa-out")
@click.option("--proceso", required=True)
@click.option("--out", required=True, type=FILE)
@click.option("--on", "day", type=DAY, help="Fecha del acta (hoy, si no se indica).")
@verb
def exchange_out(door: Door, proceso: str, out: Path, day: dt.datetime | None) -> None:
    """Consultas para la DERFE (clave y OCR) con su acta; imprime el número de envío, los renglones y el SHA-256."""
    from service.dictamen.exchange_acts import send_compulsa

    sent, acta = send_compulsa(door.store, door.settings, proceso, out, on=day_meant(day), by=door.operator)
    door.answer({"sent": sent, **acta}, [str(sent), str(acta["registros"]), acta["sha256"]])


@exchange.command("compulsa-in")
@click.option("--sent", required=True, type=NUMBER, help="Número del envío al que responde.")
@click.option("--oficio", required=True, help="Oficio o acta con que volvió.")
@click.option("--in", "source", required=True, type=EXISTING)
@verb
def exchange_in(door: Door, sent: int, oficio: str, source: Path) -> None:
    """Toma la compulsa devuelta: queda junto a lo que constaba; lo que difiere se pregunta a personas."""
    from service.dictamen.exchange_acts import take_compulsa

    taken = take_compulsa(door.store, door.settings, sent, source.read_bytes(), oficio=oficio, by=door.operator)
    door.answer(asdict(taken), [str(taken.number), str(taken.rows), str(taken.differing), taken.sha256])


@exchange.command("compulsa-adopt")
@click.option("--item", required=True, type=NUMBER, help="El asunto que abrió la compulsa.")
@click.option("--by", required=True, help="La persona que hace suya la respuesta.")
@verb
def exchange_adopt(door: Door, item: int, by: str) -> None:
    """Una persona hace suya la respuesta de la DERFE; si quita el apoyo, hace falta otra."""
    from service.access.accounts import roles_named
    from service.dictamen.exchange_acts import adopt

    with door.store.reading() as session:
        roles = roles_named(session, by)
    settled = adopt(door.store, item, by=by, roles=roles)
    door.answer({"item": item, "settled": settled}, ["RESUELTO" if settled else "FALTA OTRA PERSONA"])
