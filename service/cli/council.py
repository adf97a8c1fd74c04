"""Verbs for the Council, auditors and keepers: dictamen, law, audit, doctor, backup, restore."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from service.cli.base import Door, day_meant, verb
from service.cli.control import control
from service.cli.dictamen import extend
from service.cli.exchange import exchange
from service.cli.review import ensure_ruled
from service.errors import Refused

DAY = click.DateTime(formats=["%Y-%m-%d"])
EXISTING = click.Path(path_type=Path)


def register(root: click.Group) -> None:
    """Put these verbs under the root command."""
    extend(dictamen)
    for command in (dictamen, control, exchange, law, audit, doctor, backup, restore):
        root.add_command(command)


@click.group()
def dictamen() -> None:
    """Dictamen del respaldo ciudadano."""


@dictamen.command("issue")
@click.option("--aspirante", "identifier", required=True)
@click.option("--out", required=True, type=EXISTING)
@click.option("--preliminary", is_flag=True, help="Informe preliminar, marcado así.")
@click.option("--on", "day", type=DAY, help="Fecha del dictamen (hoy, si no se indica).")
@click.option("--motive", default="", help="Por qué sustituye a un dictamen anterior.")
@verb
def dictamen_issue(
    door: Door, identifier: str, out: Path, preliminary: bool, day: dt.datetime | None, motive: str
) -> None:
    """Emite dictamen.json, dictamen.pdf y los anexos."""
    from service.dictamen.assemble import issue_for

    operator = door.operator
    ensure_ruled(door, identifier)
    issued = issue_for(
        door.store,
        door.settings,
        aspirante=identifier,
        out=out,
        preliminary=preliminary,
        on=day_meant(day),
        operator=operator,
        motive=motive,
    )
    document = {
        "dictamen": issued.number,
        "outcome": issued.outcome,
        "sha256": issued.sha256,
        "root": issued.root,
        "out": str(out),
    }
    door.answer(document, [str(issued.number), issued.outcome, issued.sha256, issued.root])


@dictamen.command("verify")
@click.argument("folder", type=EXISTING)
@click.option("--root", help="Raíz publicada, en hexadecimal.")
@verb
def dictamen_verify(door: Door, folder: Path, root: str | None) -> int:
    """Recalcula cada cifra a partir de los anexos, sin base de datos."""
    from service.dictamen.verify import verify

    report = verify(folder, root)
    findings = [str(finding) for finding in report.findings]
    document = {"agrees": not findings, "findings": findings, "notes": report.notes, "root": report.root}
    door.answer(document, findings or ["CONFORME"])
    for note in report.notes:
        door.say(f"Nota: {note}")
    if findings:
        raise Refused("NO_CONFORME", f"El dictamen no es conforme: {len(findings)} diferencia(s); vea la lista.")
    return 0


@click.group()
def law() -> None:
    """La ley, sin base de datos."""


@law.command("rule")
@click.argument("source", type=EXISTING, metavar="IN.csv")
@click.option("--proceso", "process_file", required=True, type=EXISTING)
@click.option("--marco", "frame_file", type=EXISTING, help="Marco geográfico en CSV.")
@verb
def law_rule(door: Door, source: Path, process_file: Path, frame_file: Path | None) -> None:
    """Resuelve un CSV de registros: clase, razones y párrafo de cada uno."""
    from service.law.frame import marco_from_csv
    from service.law.ruling import rule
    from service.law.table import frame_for, read_records, rulings_to_csv, rulings_to_json
    from service.proceso.register import law_proceso, law_refusals, read_text

    proceso = law_proceso(read_text(process_file))
    with law_refusals():
        table = read_records(read_text(source))
        marco = frame_for(table, marco_from_csv(read_text(frame_file)) if frame_file else None)
        rulings = rule(table.records, proceso, marco, table.aspirantes)
    if door.as_json:
        door.answer(rulings_to_json(rulings), [])
    else:
        click.echo(rulings_to_csv(rulings), nl=False)


@click.group()
def audit() -> None:
    """Bitácora."""


@audit.command("verify")
@verb
def audit_verify(door: Door) -> None:
    """Revisa toda la cadena de la bitácora."""
    from service.audit.chain import broken_links
    from service.store.work import last_event

    with door.store.reading() as session:
        broken = list(broken_links(session))
        last = last_event(session)
    events, head = (last.id, last.hash) if last else (0, "")
    if broken:
        raise Refused("BITACORA_ROTA", f"La bitácora está alterada desde el evento {broken[0]}; avise a Contraloría.")
    door.answer({"events": events, "head": head}, [str(events), head])


@click.command()
@verb
def doctor(door: Door) -> None:
    """Identidad contable y huellas de todo lo guardado."""
    from service.doctor import examine

    troubles = examine(door.store, door.settings)
    door.answer({"troubles": troubles}, troubles or ["SIN NOVEDAD"])
    if troubles:
        raise Refused("CON_NOVEDAD", f"Se hallaron {len(troubles)} problema(s); vea la lista.")


@click.command()
@click.argument("folder", type=EXISTING)
@verb
def backup(door: Door, folder: Path) -> None:
    """Copia consistente de base, digitalizaciones y listas."""
    from service.keeping import back_up

    operator = door.operator
    copied = back_up(door.store, door.settings, folder, operator)
    door.answer({"files": copied, "out": str(folder)}, [str(copied)])


@click.command()
@click.argument("folder", type=EXISTING)
@verb
def restore(door: Door, folder: Path) -> None:
    """Restituye una copia en una carpeta de datos vacía, tras comprobar sus huellas."""
    from service.keeping import bring_back

    operator = door.operator
    restored = bring_back(door.bare_store, door.settings, folder, operator)
    door.answer({"files": restored}, [str(restored)])
