"""The ten roles, with the name people read and what each is for (documented in docs/operations)."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A role as stored; an account may hold several."""

    ASPIRANTE = "aspirante"
    REPRESENTANTE = "representante"
    CAPTURISTA = "capturista"
    REVISOR = "revisor"
    SUPERVISOR = "supervisor"
    AUDIENCIA = "audiencia"
    DEAPF = "deapf"
    AUDITOR = "auditor"
    OBSERVADOR = "observador"
    ADMIN = "admin"


LABELS: dict[Role, str] = {
    Role.ASPIRANTE: "Aspirante",
    Role.REPRESENTANTE: "Representante",
    Role.CAPTURISTA: "Captura y recepción",
    Role.REVISOR: "Revisión",
    Role.SUPERVISOR: "Supervisión",
    Role.AUDIENCIA: "Garantía de audiencia",
    Role.DEAPF: "DEAPF (dictamen)",
    Role.AUDITOR: "Auditoría",
    Role.OBSERVADOR: "Observación",
    Role.ADMIN: "Administración",
}

PARTIES = frozenset({Role.ASPIRANTE, Role.REPRESENTANTE})
"""Roles bound to their own records: everything else they ask for does not exist."""

STAFF = frozenset(Role) - PARTIES - {Role.OBSERVADOR}
"""Roles that must hold a second factor (issue 6), except in rehearsal mode when it is switched off."""

DESK = frozenset({Role.REVISOR, Role.SUPERVISOR})
"""Roles that answer questions about records; ``service.desk.decisions`` holds the same two."""

READERS = DESK | {Role.CAPTURISTA}
"""Roles that may say what is written (Lectura); ``service.desk.decisions`` holds the same three."""

RECORDS = DESK | {Role.CAPTURISTA, Role.AUDIENCIA, Role.DEAPF}
"""Staff who may see personal data of records; auditor, observer and administrator never do."""

HEARERS = frozenset({Role.AUDIENCIA, Role.SUPERVISOR, Role.DEAPF})
"""Staff who see hearings; only ``AUDIENCIA`` decides in them."""

APPLYING = frozenset({Role.CAPTURISTA, Role.SUPERVISOR, Role.DEAPF})
"""Staff who receive and review the applications of who wants to aspire (art. 323 párr. 9 and 19)."""
