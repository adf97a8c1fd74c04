"""Verbs around people's decisions and what follows from them: review, records, tally."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.cli.base import Door, verb
from service.errors import Refused

if TYPE_CHECKING:
    from service.desk.decisions import Decision

EXISTING = click.Path(path_type=Path)


def register(root: click.Group) -> None:
    """Put these verbs under the root command."""
    for command in (review, records, tally):
        root.add_command(command)


@click.group()
def review() -> None:
    """Mesa de revisión."""


@review.command("list")
@click.option("--aspirante", "identifier", required=True)
@click.option("--out", required=True, type=EXISTING)
@verb
def review_list(door: Door, identifier: str, out: Path) -> None:
    """Asuntos abiertos, en CSV; primero los que pueden cambiar un resultado."""
    from service.audit.chain import record
    from service.audit.deeds import RecordsExported
    from service.desk.tables import ITEM_COLUMNS, item_rows, write_csv
    from service.proceso.register import require_aspirante

    operator = door.operator
    ensure_ruled(door, identifier)
    with door.store.writing() as session:
        require_aspirante(session, identifier)
        count = write_csv(out, ITEM_COLUMNS, item_rows(session, identifier))
        record(session, operator, RecordsExported(identifier, count, "asuntos"))
    door.answer({"items": count}, [str(count)])


@review.command("decide")
@click.option("--in", "source", required=True, type=EXISTING)
@verb
def review_decide(door: Door, source: Path) -> None:
    """Toma decisiones de un CSV, con las reglas de la mesa; si una línea no procede, ninguna se toma."""
    from service.access.accounts import roles_named
    from service.audit.chain import record
    from service.audit.deeds import DecisionsTaken
    from service.desk.decisions import decide
    from service.desk.tables import DECISION_COLUMNS, answer_of
    from service.jobs.lookups import look_up
    from service.padron.marco import read_table

    operator = door.operator
    answered: dict[str, int] = {}
    rows = read_table(source, DECISION_COLUMNS, optional=("item",))
    asked = [(line, row, *_question(door, line, row)) for line, row in enumerate(rows, start=2)]
    named = {}
    for line, row, _item, decision in asked:
        if decision.decision == "elector":
            with _naming_line(line):
                record_id, by = row["record"].strip(), row["by"].strip()
                named[line] = look_up(door.store, door.settings, record_id, "cotejo", decision.clave, by=by)
    with door.store.writing() as session:
        roles: dict[str, frozenset[str]] = {}
        for line, row, item, decision in asked:
            by = row["by"].strip()
            if by not in roles:
                roles[by] = roles_named(session, by)
            with _naming_line(line):
                standing = decide(
                    session, door.settings, item, decision, by=by, roles=roles[by], named=named.get(line)
                )
            said = answer_of(standing)
            answered[said] = answered.get(said, 0) + 1
        record(session, operator, DecisionsTaken(len(rows), hashlib.sha256(source.read_bytes()).hexdigest()))
    door.answer({"decided": len(rows), "operator": operator, "standing": answered}, [str(len(rows))])
    for said, count in answered.items():
        door.say(f"{count}: {said}")


@contextmanager
def _naming_line(line: int) -> Iterator[None]:
    """A refusal says which line of the file it is about."""
    try:
        yield
    except Refused as refusal:
        raise Refused(refusal.code, f"Línea {line}: {refusal.sentence}") from refusal


def _question(door: Door, line: int, row: dict[str, str]) -> tuple[int, Decision]:
    """The open item that a line answers, and its answer. Raises Refused when none does or several do."""
    from service.desk.decisions import ANSWERS, REJECTABLE, Decision
    from service.desk.tables import check_decision
    from service.store.findings import open_items_of_record

    with _naming_line(line), door.store.reading() as session:
        check_decision(line, row)
        decision = Decision(row["decision"].strip(), row["reason"].strip(), row["clave"].strip().upper())
        number = row.get("item", "").strip()
        open_items = open_items_of_record(session, row["record"].strip())
        fitting = [
            item.id
            for item in open_items
            if (not number or str(item.id) == number)
            and decision.decision in ANSWERS[item.kind]
            and (decision.decision != "reject" or decision.reason in REJECTABLE[item.kind])
        ]
        if not fitting:
            raise Refused("SIN_ASUNTO", "Ese registro no tiene un asunto abierto que admita esa decisión.")
        if len(fitting) > 1:
            raise Refused("ASUNTO_DUDOSO", "Ese registro tiene varios asuntos así; indique cuál en «item».")
        return fitting[0], decision


@click.command()
@click.option("--aspirante", "identifier", required=True)
@click.option("--out", required=True, type=EXISTING)
@verb
def records(door: Door, identifier: str, out: Path) -> None:
    """Un renglón por registro, con su clase y sus razones."""
    from service.audit.chain import record
    from service.audit.deeds import RecordsExported
    from service.desk.tables import RECORD_COLUMNS, demarcaciones_of, record_rows, write_csv
    from service.proceso.register import require_aspirante

    operator = door.operator
    ensure_ruled(door, identifier)
    with door.store.writing() as session:
        aspirante = require_aspirante(session, identifier)
        places = demarcaciones_of(session, aspirante.proceso)
        count = write_csv(out, RECORD_COLUMNS, record_rows(session, aspirante, places))
        record(session, operator, RecordsExported(identifier, count, "registros"))
    door.answer({"records": count}, [str(count)])


@click.command()
@click.option("--aspirante", "identifier", required=True)
@verb
def tally(door: Door, identifier: str) -> None:
    """Requisito, válidos, pendientes, dispersión y resultado."""
    from service.store.findings import newest_tally

    ensure_ruled(door, identifier)
    with door.store.reading() as session:
        row = newest_tally(session, identifier)
    if row is None:
        raise Refused("SIN_CONTEO", "Aún no hay conteo: cargue el marco geográfico y reciba apoyos.")
    count = row.document
    lines = [
        f"{identifier}: {count['outcome']}",
        f"requisito {count['required']}, válidos {count['valid']}, pendientes {count['pending']}, "
        f"recibidos {count['received']}",
        f"dispersión {count['readings']['R1']['reached']} de {count['N']} unidades; se exigen {count['k']}",
        ", ".join(f"{clase} {number}" for clase, number in count["by_class"].items()),
    ]
    door.answer(count, lines)


def ensure_ruled(door: Door, aspirante: str) -> None:
    """Apply the law now if something changed since it was last applied, so that figures are never stale."""
    from service.jobs.rule import rule_proceso
    from service.proceso.register import require_aspirante
    from service.store import now
    from service.store.findings import newest_run
    from service.store.proceso import marco_in_force
    from service.store.work import close_open_job, is_open

    with door.store.writing() as session:
        proceso = require_aspirante(session, aspirante).proceso
        if marco_in_force(session, proceso) is None:
            return
        if is_open(session, "rule", proceso) or newest_run(session, proceso) is None:
            rule_proceso(session, proceso)
            close_open_job(session, "rule", proceso, now())
