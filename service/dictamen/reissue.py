"""From the folder of a dictamen back to the expediente it was made from: what re-issues it byte for byte.

The confidential annex holds every fact with its salt, the frame and the sample have annexes of their own, and the
document keeps the rest. Classes and figures are not taken from it: the law rules every record anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from service.dictamen import annexes, control
from service.dictamen.expediente import (
    Entry,
    Expediente,
    Hearing,
    Lista,
    Measured,
    Notice,
    Originals,
    Pages,
    Recorded,
    Supersession,
)
from service.dictamen.issue import JSON
from service.dictamen.verify import samples_of
from service.dictamen.verify_records import dated, day_of
from service.law.records import Aspirante, Cargo


def expediente_of(folder: Path) -> tuple[Expediente, date, bool]:
    """The expediente of an issued dictamen, its day, and whether it was preliminary.

    Raises whatever reading a damaged folder raises: verify it first.
    """
    said = json.loads((folder / JSON).read_bytes())["documento"]
    expediente = Expediente(
        folio=said["folio"],
        proceso=dated(said["proceso_archivo"]),
        parametros_version=said["versiones"]["proceso"],
        aspirante=_aspirante(said["aspirante"]),
        nombre=said["aspirante"]["nombre"],
        marco=annexes.read_frame(folder / annexes.FRAME),
        marco_source=said["versiones"]["marco"],
        lista=_lista(said["lista_nominal"]),
        entries=lambda: _entries(folder, said["aspirante"]["id"]),
        originals=Originals(*(said["originales"][name] for name in ("declarados", "digitalizados", "cotejados"))),
        pages=_pages(said["paginas"]),
        hearing=_hearing(said["audiencia"]),
        samples=samples_of(said["errores"]),
        drawn=tuple(control.read_control(folder / control.ANNEX)),
        measured=tuple(_measured(one) for one in said["errores"] if one["medida"] not in control.STRATA),
        recorded=tuple(
            Recorded(one["materia"], one["fundamento"], one["fuente"], date.fromisoformat(one["fecha"]))
            for one in said["avisos"]
        ),
        versions={name: text for name, text in said["versiones"].items() if name not in ("parametros", "dibujo")},
        audit_head=said["bitacora"],
        supersedes=None if said["sustituye"] is None else _superseded(said["sustituye"]),
        outlines=said["mapa"],
    )
    return expediente, date.fromisoformat(said["emitido"]), said["tipo"] == "preliminar"


def _entries(folder: Path, aspirante: str) -> Iterator[Entry]:
    with (folder / annexes.CONFIDENTIAL).open(encoding="utf-8", newline="") as stream:
        for row in annexes.read_rows(stream, annexes.COLUMNS):
            yield annexes.entry_of(row, aspirante)


def _aspirante(who: Mapping[str, Any]) -> Aspirante:
    return Aspirante(
        who["id"], Cargo(who["cargo"]), who["ambito"], day_of(who["constancia"]), day_of(who["desistimiento"])
    )


def _lista(roll: Mapping[str, Any]) -> Lista:
    corte = date.fromisoformat(roll["corte"])
    return Lista(roll["version"], corte, roll["fuente"], roll["sha256"], roll["renglones"])


def _pages(pages: Mapping[str, int]) -> Pages:
    return Pages(
        received=pages["recibidas"],
        unread=pages["sin_leer"],
        unlaid=pages["sin_registrar"],
        unmatched=pages["registros_sin_compulsar"],
        open_jobs=pages["trabajos_abiertos"],
        faults=pages["trabajos_con_falla"],
        rivals_waiting=pages["de_otros_aspirantes_sin_procesar"],
    )


def _hearing(hearing: Mapping[str, Any]) -> Hearing:
    notices = tuple(
        Notice(datetime.fromisoformat(one["notificada"]), datetime.fromisoformat(one["vence"]))
        for one in hearing["notificaciones"]
    )
    return Hearing(notices, hearing["reclamados"], hearing["procedentes"], hearing["improcedentes"])


def _measured(one: Mapping[str, Any]) -> Measured:
    return Measured(one["medida"], one["concepto"], one.get("errores", 0), one.get("casos", 0), one["metodo"])


def _superseded(old: Mapping[str, str]) -> Supersession:
    return Supersession(old["folio"], old["sha256"], old["motivo"])
