"""Look up in the list the clave a person wrote, only from a record of a paper, and never without a trace.

Where the person learns the answer the look-up is committed first, so that asking leaves its mark also when the clave
is not there or the act fails afterwards (LGIPE 126.3; agreement 3.6 and A3.8). One limit holds for all purposes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass

from service.audit.chain import record as record_deed
from service.audit.deeds import ListLookedUp
from service.config import Settings
from service.errors import Refused
from service.jobs.match_page import open_roll
from service.store import Session, Store, now
from service.store.papers import Record
from service.store.proceso import Aspirante, ListaNominal, Proceso, listas_of
from service.store.work import count_events

LOOK_UPS_AN_HOUR = 400
"""More than a person decides in an hour (25 signatures an hour with comparison in Washington, R-71, 2009)."""


@dataclass(frozen=True, slots=True, repr=False)
class Named:
    """The elector a person named. No repr: it is list data."""

    clave: str
    seccion: int
    situacion: str
    nombre: str


def look_up(store: Store, settings: Settings, record: str, purpose: str, clave: str, *, by: str) -> Named:
    """The elector with this clave, the trace committed first. Raises Refused CLAVE_FUERA_DE_LISTA, and what the trace
    refuses.
    """
    with store.writing() as session:
        lista = leave_trace(session, record, purpose, clave, by=by)
    found = find_elector(settings, lista, clave)
    if found is None:
        raise Refused(
            "CLAVE_FUERA_DE_LISTA", "Esa clave no está en la lista nominal; revísela o responda que no está."
        )
    return found


def find_elector(settings: Settings, lista: ListaNominal, clave: str) -> Named | None:
    """Who has this clave in a list for which a trace was left."""
    roll = open_roll(settings, lista)
    index = roll.by_clave(clave)
    if index is None:
        return None
    elector = roll.elector(index)
    return Named(elector.clave, elector.seccion, str(elector.situacion), elector.nombre_completo)


def leave_trace(session: Session, record: str, purpose: str, key: str, *, by: str) -> ListaNominal:
    """Log a look-up in the list in force with its purpose and a keyed digest of what was asked.

    Raises Refused SIN_LISTA, and MUCHAS_CONSULTAS past what a person can decide in an hour.
    """
    aspirante = session.get_one(Aspirante, session.get_one(Record, record).aspirante)
    listas = listas_of(session, aspirante.proceso)
    if not listas:
        raise Refused("SIN_LISTA", "No hay una lista nominal cargada; no se puede resolver a una persona.")
    since = (now() - dt.timedelta(hours=1)).isoformat(timespec="microseconds")
    if count_events(session, "ListLookedUp", by, since) >= LOOK_UPS_AN_HOUR:
        raise Refused("MUCHAS_CONSULTAS", "Llegó al límite de consultas por hora; avise a supervisión.")
    secret = session.get_one(Proceso, aspirante.proceso).key
    digest = hmac.new(secret, key.encode(), hashlib.sha256).hexdigest()[:16]
    record_deed(session, by, ListLookedUp(listas[0].id, record, purpose, digest))
    return listas[0]
