"""Answers to what cannot be done: one sentence that says what to do, a code, nothing else."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from service.access.problems import is_program, problem
from service.errors import Refused

log = logging.getLogger("respaldo.web")


def answer_refusals(app: Flask) -> None:
    """Put the app's error pages in place."""

    @app.errorhandler(Refused)
    def refused(refusal: Refused) -> ResponseReturnValue:
        return _page(422, refusal.code, refusal.sentence)

    @app.errorhandler(CSRFError)
    def stale_form(_error: CSRFError) -> ResponseReturnValue:
        return _page(
            400, "FORMA_VENCIDA", _("La página estuvo abierta demasiado tiempo; vuelva atrás, recárguela y repita.")
        )

    @app.errorhandler(403)
    def forbidden(_error: HTTPException) -> ResponseReturnValue:
        return _page(
            403,
            "SIN_PERMISO",
            _("Su cuenta no tiene permiso para esta página; si lo necesita, pídalo a la administración."),
        )

    @app.errorhandler(404)
    def missing(_error: HTTPException) -> ResponseReturnValue:
        return _page(404, "NO_EXISTE", _("Esta página no existe; revise la dirección o vuelva al inicio."))

    @app.errorhandler(405)
    def wrong_verb(error: HTTPException) -> ResponseReturnValue:
        if is_program():
            allowed = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
            return problem(405, "METODO", _("Esta dirección no admite ese método."), {"Allow": allowed})
        return _page(405, "NO_EXISTE", _("Esta dirección no se abre así; vuelva al inicio y siga las ligas."))

    @app.errorhandler(413)
    def too_large(_error: HTTPException) -> ResponseReturnValue:
        return _page(
            413,
            "ENVIO_GRANDE",
            _("El envío pesa más de lo que se admite de una vez; divídalo en varios y vuelva a cargar."),
        )

    @app.errorhandler(Exception)
    def broken(fault: Exception) -> ResponseReturnValue:
        if isinstance(fault, HTTPException) and is_program():
            return _program_fault(fault)
        if isinstance(fault, HTTPException):
            return _page(fault.code or 500, "PETICION", _("La petición no se pudo entender; vuelva al inicio."))
        reference = secrets.token_hex(4)
        log.error("falla %s en %s", reference, request.endpoint, exc_info=fault)
        return _page(
            500,
            "FALLA",
            _("Algo falló de nuestro lado; nada se perdió. Dé este número a soporte: %(number)s.", number=reference),
        )


def _page(status: int, code: str, sentence: str) -> ResponseReturnValue:
    if is_program():
        return problem(status, code, sentence)
    template = "refusal_part.html" if request.headers.get("HX-Request") else "refusal.html"
    return render_template(template, code=code, sentence=sentence), status


def _program_fault(fault: HTTPException) -> ResponseReturnValue:
    """What a program asked wrongly: which parameters, where the library that reads them says so."""
    data = getattr(fault, "data", {})
    status = fault.code or 500
    if "messages" in data:
        return problem(status, "PARAMETROS", _("Corrija los parámetros de la petición."), errors=data["messages"])
    return problem(status, "PETICION", _("La petición no se pudo entender; revise la descripción de la API."))
