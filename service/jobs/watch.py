"""An eye on deliveries that seem to ask the list who is in it: too many keys that the list does not know."""

from __future__ import annotations

from service.audit.chain import record
from service.audit.deeds import NotFoundRateHigh
from service.proceso.portal import portal_parameters
from service.proceso.register import require_proceso
from service.store import Session, now
from service.store.papers import Batch
from service.store.portal import DeliveryAlert, alert_of, searched_rows

ACTOR = "lectura"
"""Who acts in the log when the machine raises an alert."""


def watch_delivery(session: Session, batch: Batch, proceso: str) -> DeliveryAlert | None:
    """Raise an alert, once a delivery, when its share of keys not found passes the process's limit.

    The party is not told: the alert is for supervisors, and an honest box of illegible sheets raises it too.
    """
    if alert_of(session, batch.id) is not None:
        return None
    rows, missing = searched_rows(session, batch.id)
    limits = portal_parameters(require_proceso(session, proceso).text)
    if rows < limits.alerta_renglones_minimos or 100 * missing < limits.alerta_no_encontrados * rows:
        return None
    alert = DeliveryAlert(
        batch=batch.id,
        aspirante=batch.aspirante,
        rows=rows,
        missing=missing,
        limit_percent=limits.alerta_no_encontrados,
        at=now(),
    )
    session.add(alert)
    session.flush()
    deed = NotFoundRateHigh(batch.id, batch.aspirante, rows, missing, limits.alerta_no_encontrados)
    record(session, ACTOR, deed)
    return alert
