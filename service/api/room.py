"""The programs' door: one blueprint, its OpenAPI document, and the decorator by which every operation enters both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask, g, request
from flask_smorest import Api, Blueprint
from marshmallow import RAISE
from webargs.flaskparser import FlaskParser

from service.access.context import caller
from service.access.guard import View, admits_key
from service.access.problems import MIMETYPE
from service.access.tokens import Scope
from service.api.limits import hold_pace
from service.api.schemas import Problem

PREFIX = "/api/v1"
VERSION = "1.0.0"
KEY = "llave"
ABOUT = """Las mismas funciones que las páginas y el comando `respaldo`, para otros programas.

* **Llave.** Cada petición lleva `Authorization: Bearer rsp_…`; una sesión de persona no abre nada aquí.
* **Quién la hace.** La administración, para los programas del instituto; cada aspirante, para sus propios datos.
* **Errores.** Todos son `application/problem+json` (RFC 9457) con `code` estable y una frase en `detail`.
* **Páginas.** Las listas dan `items` y `next`; pida la siguiente con `cursor=next`. El cursor es opaco.
* **Entregas.** Lleve `Idempotency-Key`: repetir la petición da la misma respuesta y no entrega dos veces.
* **Ritmo.** Al pasar el límite se contesta 429 con `Retry-After`.
* **Lista nominal.** Lo que viene de ella no se muestra a una llave de aspirante antes de recibir el original.
"""
ERRORS = {
    401: "Falta una llave en vigor.",
    403: "La llave no tiene el alcance que pide esta operación.",
    404: "No existe, o no es de quien tiene la llave.",
    422: "Un parámetro no se admite.",
    429: "Se pasó el límite de peticiones.",
}


class Reader(FlaskParser):
    """Reads parameters; one the document does not name is refused by its name, never silently dropped."""

    def __init__(self) -> None:
        super().__init__()
        self.DEFAULT_UNKNOWN_BY_LOCATION = {**self.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE, "files": RAISE}


class Room(Blueprint):
    """flask-smorest's blueprint with our reader."""

    ARGUMENTS_PARSER = Reader()


room = Room("api", "service.api", url_prefix=PREFIX, template_folder="templates")


class Door(Api):
    """flask-smorest's document of the API, without its own error pages and without its own documentation routes."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Errors are answered in one place for the whole house: ``service.access.refusals``."""

    def _register_responses(self) -> None:
        schema = self.ma_plugin.resolver.resolve_schema_dict(Problem)
        answer = {"description": "Otro error.", "content": {MIMETYPE: {"schema": schema}}}
        self.spec.components.response(self.DEFAULT_ERROR_RESPONSE_NAME, answer, lazy=True)


def operation(
    rule: str,
    scope: Scope,
    tag: str,
    summary: str,
    *,
    method: str = "GET",
    description: str = "",
    errors: Sequence[int] = (),
) -> Callable[[View], View]:
    """Enter a view in the door: who may, its summary in the document, its address, and the errors it answers with."""

    def enter(view: View) -> View:
        said = {"summary": summary, "security": [{KEY: [scope.value]}]}
        view = room.doc(**said, **({"description": description} if description else {}))(view)
        for status in sorted({401, 403, 404, 422, 429, *errors}):
            view = room.alt_response(
                status, schema=Problem, content_type=MIMETYPE, description=ERRORS.get(status, MORE_ERRORS.get(status))
            )(view)
        admits_key(scope)(view)
        entered: View = room.route(rule, methods=[method], tags=[tag])(view)
        return entered

    return enter


MORE_ERRORS = {
    400: "Falta el encabezado Idempotency-Key o no se entiende.",
    409: "Otra petición con la misma llave de idempotencia está en curso.",
    413: "El envío pesa más de lo que se admite.",
}


@room.before_request
def pace() -> Any:
    """Hold every program to its pace; addresses without a key (the document, its page) have none to count by."""
    return hold_pace(caller().token, request.endpoint or "", request.method) if "caller" in g else None


def open_door(app: Flask) -> Door:
    """Put the door on an app: its routes, and its document in ``app.extensions["respaldo_api"]``."""
    from service.api import batches, figures, records  # noqa: F401 - each enters its operations

    door = Door(
        app,
        spec_kwargs={
            "title": "respaldo",
            "version": VERSION,
            "openapi_version": "3.1.0",
            "info": {"description": ABOUT},
            "servers": [{"url": "/"}],
        },
    )
    door.spec.components.security_scheme(
        KEY, {"type": "http", "scheme": "bearer", "description": "La llave que se mostró una sola vez al hacerla."}
    )
    door.register_blueprint(room)
    app.extensions["respaldo_api"] = door
    return door
