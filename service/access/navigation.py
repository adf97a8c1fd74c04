"""The menu: each entry names the roles it is for, so that nobody sees a door they may not open."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _

from service.access.roles import DESK, PARTIES, RECORDS, Role


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
        (_("Revisión"), "desk.queues", DESK),
        (_("Audiencia"), "audiencia.index", frozenset({Role.AUDIENCIA, Role.SUPERVISOR, Role.DEAPF}) | PARTIES),
        (_("Dictámenes"), "dictamen.index", RECORDS | PARTIES | {Role.OBSERVADOR, Role.AUDITOR}),
        (_("Proceso"), "padron.index", RECORDS | {Role.ADMIN, Role.AUDITOR, Role.OBSERVADOR}),
        (_("Usuarios"), "access.users", frozenset({Role.ADMIN})),
        (_("Bitácora"), "access.log", frozenset({Role.AUDITOR, Role.SUPERVISOR})),
    ]  # fmt: skip
    room = (request.endpoint or "").split(".")[0]
    return [
        Entry(
            label,
            url_for(endpoint),
            endpoint == request.endpoint or (room != "access" and endpoint.startswith(f"{room}.")),
        )
        for label, endpoint, admitted in doors
        if roles & admitted
    ]
