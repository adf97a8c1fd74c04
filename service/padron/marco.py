"""Load the geographic frame: section to district, demarcación and circunscripción, with the electors of each."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from pathlib import Path

from service.audit.chain import record
from service.audit.deeds import MarcoLoaded
from service.errors import Refused
from service.proceso.register import read_text, require_proceso
from service.store import Session, now
from service.store.proceso import Marco, MarcoSeccion, next_number
from service.store.work import add_job

COLUMNS = ("seccion", "distrito_local", "demarcacion", "circunscripcion", "lista_nominal")
NAME = re.compile(r"[a-z_]{1,30}")
DEMARCACION = re.compile(r"0(?:0[2-9]|1[0-7])")
"""INE's codes of the sixteen demarcaciones, 002 to 017 (domain.md D-5)."""


def read_table(path: Path, columns: tuple[str, ...], optional: tuple[str, ...] = ()) -> list[dict[str, str]]:
    """The lines of a CSV whose header is ``columns`` in any order, ``optional`` ones aside.

    Raises Refused naming the column or line that differs.
    """
    reader = csv.DictReader(io.StringIO(read_text(path)))
    header = reader.fieldnames or []
    # Only what looks like a column is repeated: a file without header begins with somebody's data.
    named = [name if NAME.fullmatch(name or "") else "…" for name in header]
    if unknown := [name for name in named if name not in columns + optional]:
        raise Refused("COLUMNA_DESCONOCIDA", f"Columna desconocida en {path.name}: {', '.join(unknown)}; quítela.")
    if missing := [name for name in columns if name not in header]:
        raise Refused("COLUMNA_FALTANTE", f"Falta en {path.name} la columna: {', '.join(missing)}.")
    rows = []
    for row in reader:
        if None in row or None in row.values():
            raise Refused("LINEA_INCOMPLETA", f"La línea {reader.line_num} no tiene {len(header)} campos; corríjala.")
        rows.append(row)
    return rows


def load_marco(session: Session, path: Path, proceso: str, operator: str) -> Marco:
    """A new version of the frame. Raises Refused with the line number of what does not fit."""
    require_proceso(session, proceso)
    secciones: dict[int, MarcoSeccion] = {}
    for line, row in enumerate(read_table(path, COLUMNS), start=2):
        seccion = _whole(row["seccion"], 1, 9999, line, "seccion")
        if seccion in secciones:
            raise Refused("SECCION_REPETIDA", f"La sección de la línea {line} ya apareció antes; deje una sola.")
        if not DEMARCACION.fullmatch(row["demarcacion"]):
            raise Refused("DEMARCACION", f"La demarcación de la línea {line} debe ser una clave de 002 a 017.")
        figure = row["lista_nominal"].strip()
        secciones[seccion] = MarcoSeccion(
            seccion=seccion,
            distrito_local=_whole(row["distrito_local"], 1, 99, line, "distrito_local"),
            demarcacion=row["demarcacion"],
            circunscripcion=row["circunscripcion"].strip(),
            lista_nominal=_whole(figure, 0, 1_000_000, line, "lista_nominal") if figure else None,
        )
    if not secciones:
        raise Refused("MARCO_VACIO", "El marco no tiene ninguna sección; revise el archivo.")
    marco = Marco(
        proceso=proceso,
        number=next_number(session, Marco.number, proceso=proceso),
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        loaded_at=now(),
        loaded_by=operator,
    )
    session.add(marco)
    session.flush()
    for seccion_row in secciones.values():
        seccion_row.marco_id = marco.id
    session.add_all(secciones.values())
    add_job(session, "rule", proceso, None, now())
    record(session, operator, MarcoLoaded(proceso, marco.number, len(secciones), marco.sha256))
    return marco


def _whole(text: str, low: int, high: int, line: int, column: str) -> int:
    if not (text.isdigit() and text.isascii() and low <= int(text) <= high):
        raise Refused("VALOR", f"En la línea {line}, «{column}» debe ser un entero de {low} a {high}.")
    return int(text)
