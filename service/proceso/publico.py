"""What a process opens to the public: the table ``[publico]`` of its file. The law room knows nothing of it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from service.errors import Refused

OPEN, CLOSED = "abierta", "cerrada"


@dataclass(frozen=True, slots=True)
class PublicRules:
    """``cifras``: aggregates without sign-in. ``consulta_ciudadana``: one asks about one's own support, and may
    disavow it; off until an acuerdo opens it. ``minimo_por_celda``: fewest people that a figure by unit may speak
    of. ``consultas_por_hora``: questions a connection may ask with codes.
    """

    cifras: bool = True
    consulta_ciudadana: bool = False
    consulta_acuerdo: str = ""
    minimo_por_celda: int = 10
    consultas_por_hora: int = 10


@lru_cache(maxsize=64)
def public_rules(text: str) -> PublicRules:
    """The rules of a process file. Raises Refused PUBLICO_LLAVE, PUBLICO_VALOR or CONSULTA_SIN_ACUERDO."""
    table = tomllib.loads(text).get("publico", {})
    unknown = set(table) - set(PublicRules.__dataclass_fields__)
    if unknown:
        raise Refused("PUBLICO_LLAVE", f"La tabla [publico] no admite «{min(unknown)}»; revise su nombre.")
    rules = PublicRules(
        cifras=_is_open(table, "cifras", OPEN),
        consulta_ciudadana=_is_open(table, "consulta_ciudadana", CLOSED),
        consulta_acuerdo=str(table.get("consulta_acuerdo", "")).strip(),
        minimo_por_celda=_whole(table, "minimo_por_celda", 10, 3),
        consultas_por_hora=_whole(table, "consultas_por_hora", 10, 1),
    )
    if rules.consulta_ciudadana and not rules.consulta_acuerdo:
        raise Refused("CONSULTA_SIN_ACUERDO", "Abrir la consulta ciudadana exige «consulta_acuerdo» en [publico].")
    return rules


def _is_open(table: dict[str, Any], key: str, default: str) -> bool:
    value = table.get(key, default)
    if value not in (OPEN, CLOSED):
        raise Refused("PUBLICO_VALOR", f"En [publico], «{key}» admite solo: {OPEN}, {CLOSED}.")
    return bool(value == OPEN)


def _whole(table: dict[str, Any], key: str, default: int, least: int) -> int:
    value = table.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise Refused("PUBLICO_VALOR", f"En [publico], «{key}» debe ser un número entero de {least} o más.")
    return value
