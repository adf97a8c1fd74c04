"""Errors as programs read them: problem details (RFC 9457) with our code, one Spanish sentence, nothing else."""

from __future__ import annotations

import http
from typing import Any

from flask import Response, json, request

DOOR = "/api/"
MIMETYPE = "application/problem+json"


TITLES = {
    400: "Petición incorrecta",
    401: "Sin llave",
    403: "Sin permiso",
    404: "No existe",
    405: "Método no admitido",
    409: "En conflicto",
    413: "Envío demasiado grande",
    415: "Tipo de contenido no admitido",
    422: "No se admite",
    429: "Demasiadas peticiones",
    500: "Falla del servicio",
}


def is_program() -> bool:
    """True if the request came through the programs' door, whatever route it found there, if any."""
    return request.path.startswith(DOOR)


def problem(status: int, code: str, sentence: str, headers: dict[str, str] | None = None, **more: Any) -> Response:
    """A problem document. ``code`` is stable (docs/errores.md); ``more`` are members of this kind of problem."""
    title = TITLES.get(status) or http.HTTPStatus(status).phrase
    body = {
        "type": f"urn:respaldo:problema:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": sentence,
    }
    return Response(
        json.dumps({**body, **more}, ensure_ascii=False), status=status, mimetype=MIMETYPE, headers=headers
    )
