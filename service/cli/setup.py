"""Verbs that prepare a process: database, accounts, process, frame, list, aspirantes, sheets and forms."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import click

from service.cli.base import Door, verb
from service.errors import Refused

DAY = click.DateTime(formats=["%Y-%m-%d"])
EXISTING = click.Path(path_type=Path)


def register(root: click.Group) -> None:
    """Put these verbs under the root command."""
    root.add_command(init)
    for group in (user, proceso, marco, lista, aspirante, cedulas):
        root.add_command(group)


@click.command()
@verb
def init(door: Door) -> None:
    """Crea o actualiza la base de datos."""
    from service.store.migrate import migrate

    door.settings.data.mkdir(parents=True, exist_ok=True)
    step = migrate(door.bare_store)
    door.settings.secret_key()
    door.answer({"data": str(door.settings.data), "step": step}, [step])
    door.say("Base lista. Primera cuenta: respaldo user add NOMBRE --role admin --operator NOMBRE")


@click.group()
def user() -> None:
    """Cuentas."""


@user.command("add")
@click.argument("name")
@click.option("--role", "roles", required=True, multiple=True, help="Función; se puede repetir.")
@click.option("--aspirante", "aspirantes", multiple=True, help="Expediente propio, para aspirante o representante.")
@verb
def user_add(door: Door, name: str, roles: tuple[str, ...], aspirantes: tuple[str, ...]) -> None:
    """Crea una cuenta e imprime su contraseña de una vez."""
    from service.access.accounts import add_account

    operator = door.operator
    with door.store.writing() as session:
        password = add_account(session, name, roles, by=operator, aspirantes=aspirantes)
    door.answer({"user": name, "roles": list(roles), "password": password}, [name, password])


@user.command("demo")
@click.option("--list", "only_list", is_flag=True, help="Solo las muestra.")
@verb
def user_demo(door: Door, only_list: bool) -> None:
    """Cuentas de demostración; existen solo en modo de ensayo."""
    from service.access.accounts import DEMO_PASSWORD, DEMO_STAFF, add_demo_accounts
    from service.store.proceso import aspirantes_of, procesos

    if not door.settings.rehearsal:
        raise Refused("SIN_ENSAYO", "Las cuentas de demostración existen solo con RESPALDO_REHEARSAL=1.")
    with door.store.writing() as session:
        ids = [row.id for clave in procesos(session) for row in aspirantes_of(session, clave)]
        accounts = [*DEMO_STAFF] if only_list else add_demo_accounts(session, ids)
    lines = [f"{account.username:16} {account.role.value:14} {DEMO_PASSWORD}" for account in accounts]
    door.answer([{"user": a.username, "role": a.role.value, "password": DEMO_PASSWORD} for a in accounts], lines)


@click.group()
def proceso() -> None:
    """Procesos electorales."""


@proceso.command("load")
@click.argument("file", type=EXISTING)
@click.option("--folio-key", type=EXISTING, help="Llave de folios en hexadecimal, para un proceso nuevo.")
@verb
def proceso_load(door: Door, file: Path, folio_key: Path | None) -> None:
    """Carga un proceso, o una versión nueva de sus parámetros."""
    from service.proceso.register import load_proceso, read_key, read_text

    key = read_key(folio_key) if folio_key else None
    with door.store.writing() as session:
        version = load_proceso(session, read_text(file), door.operator, key)
    door.answer({"proceso": version.proceso, "version": version.number}, [version.proceso, str(version.number)])


@click.group()
def marco() -> None:
    """Marco geográfico."""


@marco.command("load")
@click.argument("file", type=EXISTING)
@click.option("--proceso", "clave", required=True)
@click.option("--geometria", type=EXISTING, help="GeoJSON de las secciones o unidades, para el mapa.")
@verb
def marco_load(door: Door, file: Path, clave: str, geometria: Path | None) -> None:
    """Carga las secciones con su distrito, demarcación y circunscripción, y su mapa si se da."""
    from service.padron.marco import load_marco
    from service.portal.maps import load_map

    with door.store.writing() as session:
        version = load_marco(session, file, clave, door.operator)
        session.flush()
        if geometria is not None:
            load_map(session, geometria, clave, door.operator)
    door.answer({"version": version.number, "sha256": version.sha256}, [str(version.number), version.sha256])


@marco.command("map")
@click.argument("file", type=EXISTING)
@click.option("--proceso", "clave", required=True)
@verb
def marco_map(door: Door, file: Path, clave: str) -> None:
    """Carga el mapa (GeoJSON) del marco en vigor."""
    from service.portal.maps import load_map

    with door.store.writing() as session:
        loaded = load_map(session, file, clave, door.operator)
    door.answer({"features": loaded.features, "sha256": loaded.sha256}, [str(loaded.features), loaded.sha256])


@click.group("lista-nominal")
def lista() -> None:
    """Lista nominal de electores."""


@lista.command("load")
@click.argument("file", type=EXISTING)
@click.option("--proceso", "clave", required=True)
@click.option("--corte", required=True, type=DAY)
@click.option("--allow-refused", default=0, type=click.IntRange(min=0), help="Líneas que pueden quedar fuera.")
@verb
def lista_load(door: Door, file: Path, clave: str, corte: dt.datetime, allow_refused: int) -> None:
    """Construye y sella el índice; una línea rechazada no carga nada, salvo --allow-refused."""
    from service.padron.lista import load_lista

    with click.progressbar(length=1000, label="Lista nominal", file=sys.stderr) as bar:
        done = 0

        def progress(share: float) -> None:
            nonlocal done
            bar.update(max(0, int(share * 1000) - done))
            done = max(done, int(share * 1000))

        loaded = load_lista(
            door.store,
            door.settings,
            file,
            proceso=clave,
            corte=corte.date(),
            operator=door.operator,
            allow_refused=allow_refused,
            progress=progress,
        )
    report = loaded.report
    document = {
        "version": loaded.version,
        "rows": report.rows,
        "seconds": round(report.seconds, 2),
        "sha256": report.sha256,
        "refused": [list(line) for line in report.refused],
    }
    door.answer(document, [loaded.version, str(report.rows), f"{report.seconds:.1f}", report.sha256])
    for line, cause in report.refused:
        door.say(f"Línea {line}: {cause}")


@lista.command("return")
@click.option("--version", required=True)
@verb
def lista_return(door: Door, version: str) -> None:
    """Destruye lista, índice y llave; conserva estado y clase de los registros; imprime el acta."""
    from service.padron.lista import return_lista

    operator = door.operator
    hashes = return_lista(door.store, door.settings, version, operator)
    acta = [
        version,
        "ACTA DE DEVOLUCIÓN Y DESTRUCCIÓN DE LA LISTA NOMINAL",
        f"Versión {version}; la destruyó {operator}.",
        "Se destruyeron el índice, las personas candidatas de cada cotejo y todo dato derivado de la lista.",
        "Se conservan, por registro, su estado, su clase y la clave de la persona a quien ya se había resuelto.",
        *(f"{name}: {digest}" for name, digest in hashes.items()),
    ]
    door.answer({"version": version, "hashes": hashes}, acta)


@click.group()
def aspirante() -> None:
    """Aspirantes."""


@aspirante.command("add")
@click.argument("file", type=EXISTING)
@click.option("--proceso", "clave", required=True)
@verb
def aspirante_add(door: Door, file: Path, clave: str) -> None:
    """Registra a una persona aspirante e imprime su identificador."""
    from service.proceso.register import add_aspirante, read_text

    with door.store.writing() as session:
        added = add_aspirante(session, clave, read_text(file), door.operator)
    door.answer({"aspirante": added.id, "series": f"{added.series:03d}"}, [added.id])


@aspirante.command("withdraw")
@click.argument("identifier")
@click.option("--on", "day", required=True, type=DAY, help="Fecha del desistimiento.")
@verb
def aspirante_withdraw(door: Door, identifier: str, day: dt.datetime) -> None:
    """Anota un desistimiento."""
    from service.proceso.register import withdraw

    with door.store.writing() as session:
        withdraw(session, identifier, day.date(), door.operator)
    door.answer({"aspirante": identifier}, [identifier])


@click.group()
def cedulas() -> None:
    """Cédulas de respaldo: imprimir y registrar formatos."""


@cedulas.command("print")
@click.option("--aspirante", "identifier", required=True)
@click.option("--sheets", required=True, type=int)
@click.option("--out", required=True, type=EXISTING)
@verb
def cedulas_print(door: Door, identifier: str, sheets: int, out: Path) -> None:
    """Imprime hojas oficiales con folio único; da los folios, uno por línea."""
    from service.cedulas.order import print_for

    printed = print_for(
        door.store, door.settings, aspirante=identifier, sheets=sheets, out=out, operator=door.operator
    )
    door.answer({"aspirante": identifier, "form": printed.form, "folios": list(printed.folios)}, printed.folios)


@cedulas.command("stubs")
@click.option("--aspirante", "identifier", required=True)
@click.option("--folios", required=True, help="Números consecutivos A-B de hojas ya impresas.")
@click.option("--out", required=True, type=EXISTING)
@verb
def cedulas_stubs(door: Door, identifier: str, folios: str, out: Path) -> None:
    """Imprime los talones de las hojas: un código por renglón, para quien firma."""
    from service.cedulas.stubs import print_stubs

    first, _dash, last = folios.partition("-")
    if not (first.strip().isdigit() and (last or first).strip().isdigit()):
        raise Refused("RANGO", "Escriba el rango de números consecutivos como A-B, por ejemplo 1-40.")
    stubs = print_stubs(
        door.store, aspirante=identifier, first=int(first), last=int(last or first), out=out, operator=door.operator
    )
    door.answer({"aspirante": identifier, "stubs": stubs}, [str(stubs)])


@cedulas.command("form")
@click.argument("words", nargs=-1)
@verb
def cedulas_form(door: Door, words: tuple[str, ...]) -> None:
    """Geometría de un formato: «form [VERSIÓN]»; «form add ARCHIVO» registra otro."""
    from service.cedulas.forms import add_form

    match words:
        case ("add", name):
            document = _json(Path(name))
            operator = door.operator
            with door.store.writing() as session:
                version = add_form(session, document, operator)
            door.answer({"version": version}, [version])
        case () | (_,):
            click.echo(json.dumps(_form(door, words[0] if words else None), ensure_ascii=False, indent=1))
        case _:
            raise Refused("ORDEN", "Escriba «cedulas form», «cedulas form VERSIÓN» o «cedulas form add ARCHIVO».")


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise Refused("FORMATO_ILEGIBLE", f"{file.name} no es un documento JSON que se pueda leer.") from None


def _form(door: Door, version: str | None) -> dict[str, Any]:
    """A bundled form needs no database; a registered one does."""
    from service.cedulas.forms import bundled_form, registered_form

    found = bundled_form(version)
    if found is not None or version is None:
        return found or {}
    with door.store.reading() as session:
        return registered_form(session, version)
