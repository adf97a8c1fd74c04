"""Aspirantes, tallies, dictámenes and parameters through the programs' door."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, json

from service.access.context import caller, store
from service.access.tokens import Scope
from service.api.batches import aspirante_or_404
from service.api.cursors import page_of, read_cursor
from service.api.room import operation, room
from service.api.schemas import (
    AspirantesPage,
    DictamenesPage,
    DictamenesQuery,
    DictamenOut,
    PageQuery,
    ParametrosOut,
    ProcesosPage,
    TallyOut,
)
from service.dictamen.views import PUBLIC_FILES, folder_of, public_file
from service.errors import Refused
from service.proceso.register import law_proceso
from service.store import pages
from service.store.findings import Dictamen, newest_tally
from service.store.proceso import proceso_in_force
from service.store.shown import TALLY_KEYS, is_held_back, party_tally

COUNT, DICTAMEN, PROCESO = "Conteo", "Dictámenes", "Proceso"


@operation("/aspirantes", Scope.TALLY, COUNT, "Aspirantes que esta llave alcanza")
@room.arguments(PageQuery, location="query")
@room.response(200, AspirantesPage, description="En el orden de su identificador.")
def aspirantes(query: dict[str, Any]) -> dict[str, Any]:
    """The aspirantes that the key reaches: a party's own, a program's all."""
    after = read_cursor("aspirantes", query["cursor"], "")
    with store().reading() as session:
        lines = [line.aspirante for line in pages.aspirante_lines(session, caller().aspirantes)]
    later = sorted((one for one in lines if one.id > after), key=lambda one: one.id)
    items, following = page_of("aspirantes", later, query["limit"], lambda one: one.id)
    return {"items": items, "next": following}


@operation(
    "/aspirantes/<aspirante>/tally", Scope.TALLY, COUNT, "Requisito, válidos, pendientes, dispersión y resultado",
    description="Preliminar hasta el dictamen. El mismo documento que da `respaldo tally --json`.",
)  # fmt: skip
@room.response(200, TallyOut, description="El conteo más reciente.")
def tally(aspirante: str) -> Response:
    """The newest tally, with the party's mask where a party asks."""
    found = aspirante_or_404(aspirante)
    with store().reading() as session:
        if caller().party:
            document = party_tally(session, found.id)
        else:
            row = newest_tally(session, found.id)
            document = {key: row.document[key] for key in TALLY_KEYS if key in row.document} if row else None
    if document is None:
        raise Refused("SIN_CONTEO", "Aún no hay conteo: falta el marco geográfico o no se han recibido apoyos.")
    return Response(json.dumps(document, ensure_ascii=False), mimetype="application/json")


@operation("/dictamenes", Scope.DICTAMEN, DICTAMEN, "Dictámenes emitidos")
@room.arguments(DictamenesQuery, location="query")
@room.response(200, DictamenesPage, description="En el orden en que se emitieron.")
def dictamenes(query: dict[str, Any]) -> dict[str, Any]:
    """Dictámenes of the aspirantes that the key reaches, the oldest first."""
    if query["aspirante"]:
        aspirante_or_404(query["aspirante"])
    own = frozenset({query["aspirante"]}) if query["aspirante"] else caller().aspirantes
    name = f"dictamenes:{query['aspirante']}"
    after = read_cursor(name, query["cursor"], 0)
    with store().reading() as session:
        later = [
            one
            for one, _aspirante in reversed(pages.dictamenes(session, own))
            if one.id > after and not (caller().party and is_held_back(session, one))
        ]
    items, following = page_of(name, later, query["limit"], lambda one: one.id)
    return {"items": [_with_files(one) for one in items], "next": following}


@operation("/dictamenes/<int:dictamen>", Scope.DICTAMEN, DICTAMEN, "Un dictamen, con sus huellas y archivos")
@room.response(200, DictamenOut, description="El dictamen.")
def dictamen(dictamen: int) -> dict[str, Any]:
    """A dictamen with its hashes and the files that may be asked for."""
    return _with_files(_dictamen_or_404(dictamen))


@operation(
    "/dictamenes/<int:dictamen>/files/<name>", Scope.DICTAMEN, DICTAMEN, "Un archivo de un dictamen",
    description="Nunca el anexo confidencial: ése es del instituto y de los tribunales.",
)  # fmt: skip
@room.response(
    200, {"type": "string", "contentMediaType": "application/octet-stream"},
    content_type="application/octet-stream", description="El archivo, con su propio tipo de contenido.",
)  # fmt: skip
@room.doc(parameters=[{"in": "path", "name": "name", "required": True,
                       "schema": {"type": "string", "enum": list(PUBLIC_FILES)}}])  # fmt: skip
def dictamen_file(dictamen: int, name: str) -> Response:
    """A public file of a dictamen, byte for byte as issued."""
    return public_file(_dictamen_or_404(dictamen), name)


def _dictamen_or_404(dictamen: int) -> Dictamen:
    with store().reading() as session:
        found = pages.find_dictamen(session, dictamen)
        if found is None or not caller().sees(found.aspirante):
            abort(404)
        if caller().party and is_held_back(session, found):
            abort(404)
    return found


def _with_files(one: Dictamen) -> dict[str, Any]:
    folder = folder_of(one)
    return {
        "id": one.id,
        "aspirante": one.aspirante,
        "preliminary": one.preliminary,
        "issued_on": one.issued_on,
        "outcome": one.outcome,
        "sha256": one.sha256,
        "root": one.root,
        "supersedes": one.supersedes,
        "files": [
            {"name": name, "size": (folder / name).stat().st_size}
            for name in PUBLIC_FILES
            if (folder / name).is_file()
        ],
    }


@operation("/procesos", Scope.PARAMETERS, PROCESO, "Procesos electorales")
@room.arguments(PageQuery, location="query")
@room.response(200, ProcesosPage, description="La versión en vigor de cada proceso.")
def procesos(query: dict[str, Any]) -> dict[str, Any]:
    """The version in force of each process."""
    after = read_cursor("procesos", query["cursor"], "")
    with store().reading() as session:
        versions = {version.proceso: version for version in pages.procesos(session)}
    laws = [
        {"clave": law.clave, "nombre": law.nombre, "jornada": law.jornada, "version": versions[clave].number}
        for clave in sorted(versions)
        if clave > after
        for law in [law_proceso(versions[clave].text)]
    ]
    items, following = page_of("procesos", laws, query["limit"], lambda law: law["clave"])
    return {"items": items, "next": following}


@operation("/procesos/<proceso>/parameters", Scope.PARAMETERS, PROCESO, "Parámetros de un proceso y de dónde vienen")
@room.response(200, ParametrosOut, description="Cada parámetro con su valor, párrafo, acuerdo y vigencia.")
def parameters(proceso: str) -> dict[str, Any]:
    """The parameters in force, each with its source."""
    with store().reading() as session:
        version = proceso_in_force(session, proceso)
    if version is None:
        abort(404)
    sources = law_proceso(version.text).parametros.fuentes
    return {
        "proceso": version.proceso,
        "version": version.number,
        "parametros": [sources[clave] for clave in sorted(sources)],
    }
