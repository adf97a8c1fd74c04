"""The menu: each entry names the roles it is for, so that nobody sees a door they may not open."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _

from service.access.roles import APPLYING, HEARERS, PARTIES, READERS, RECORDS, Role


@dataclass(frozen=True)
class Entry:
    label: str
    url: str
    current: bool


def navigation(roles: frozenset[Role]) -> list[Entry]:
    """The menu of a person with these roles; empty for who has not signed in."""
    if not roles:
        return []
    doors: list[tuple[str, str, frozenset[Role]]] = [
        (_("Inicio"), "access.home", frozenset(Role)),
        (_("Mi apoyo") if roles & PARTIES else _("Aspirantes"), "intake.aspirantes",
         RECORDS | PARTIES | {Role.OBSERVADOR}),
        (_("Revisión"), "desk.queues", READERS),
        (_("Audiencia"), "audiencia.index", HEARERS | PARTIES),
        (_("Dictámenes"), "dictamen.index", RECORDS | PARTIES | {Role.OBSERVADOR, Role.AUDITOR}),
        (_("Proceso"), "padron.index", RECORDS | {Role.ADMIN, Role.AUDITOR, Role.OBSERVADOR}),
        (_("Ciudadanía"), "publico.attend",
         frozenset({Role.CAPTURISTA, Role.SUPERVISOR, Role.AUDIENCIA, Role.AUDITOR})),
        (_("Usuarios"), "access.users", frozenset({Role.ADMIN})),
        (_("Solicitudes"), "application.index", APPLYING | PARTIES),
        (_("Alertas"), "portal.alert_list", frozenset({Role.SUPERVISOR, Role.DEAPF, Role.AUDITOR})),
        (_("Bitácora"), "access.log", frozenset({Role.AUDITOR, Role.SUPERVISOR})),
    ]  # fmt: skip
    return [
        Entry(label, url_for(endpoint), endpoint == _section())
        for label, endpoint, admitted in doors
        if roles & admitted
    ]


SECTIONS = {
    "/aspirantes": "intake.aspirantes",
    "/entregas": "intake.aspirantes",
    "/revision": "desk.queues",
    "/audiencia": "audiencia.index",
    "/alegatos": "audiencia.index",
    "/dictamenes": "dictamen.index",
    "/control": "dictamen.index",
    "/intercambio": "dictamen.index",
    "/procesos": "padron.index",
    "/propuestas": "padron.index",
    "/ambiguedades": "padron.index",
    "/ciudadania": "publico.attend",
    "/usuarios": "access.users",
    "/solicitudes": "application.index",
    "/alertas": "portal.alert_list",
    "/bitacora": "access.log",
}
"""Beginning of an address -> the entry of the menu that is lit while one is there."""


def _section() -> str:
    if request.path == "/":
        return "access.home"
    if request.path.endswith("/audiencia"):
        return "audiencia.index"
    return next((entry for start, entry in SECTIONS.items() if request.path.startswith(start)), "")
