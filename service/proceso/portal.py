"""What a process sets for the portal: the table ``[portal]`` of its file. The law room knows nothing of it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import lru_cache

from service.errors import Refused


@dataclass(frozen=True, slots=True)
class PortalParameters:
    """Limits of the portal, with their defaults.

    ``alerta_no_encontrados``: percent of a delivery's searched rows that the list does not know, from which a
    supervisor is told. Real deliveries on paper lost 0.2 to 20 % at the match (domain.md F-1: 3,268 of 1,382,031 in
    2022 by application, 19.4 % of 672,827 on paper for all causes); 40 is twice the worst of them.
    ``alerta_renglones_minimos``: rows below which a share says nothing: of 30 rows with a true rate of 20 %, 40 % or
    more are not found in less than 1 of 100 deliveries (binomial: 0.95 %).
    ``alerta_dias``: deliveries of so many days are also taken together, so that a few rows at a time are seen too.
    """

    alerta_no_encontrados: int = 40
    alerta_renglones_minimos: int = 30
    alerta_dias: int = 7


@lru_cache(maxsize=64)
def portal_parameters(text: str) -> PortalParameters:
    """The limits of a process file, where other rooms may keep keys of their own.

    Raises Refused on a value that is no whole number.
    """
    table = tomllib.loads(text).get("portal", {})
    known = {field.name for field in fields(PortalParameters)}
    given = {key: value for key, value in table.items() if key in known}
    for key, value in given.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise Refused("PORTAL_PARAMETRO", f"En [portal], «{key}» debe ser un número entero; corríjalo.")
    return PortalParameters(**given)
