"""An eye on deliveries that seem to ask the list who is in it: too many keys that the list does not know.

A delivery is judged by *all* its rows, also those not searched yet: no share of its first pages raises anything that
the whole would not. So are the small deliveries of an aspirante together, or two hundred keys would pass ten by ten.
"""

from __future__ import annotations

import datetime as dt

from service.audit.chain import record
from service.audit.deeds import NotFoundRateHigh
from service.jobs.queue import Lease, Workshop, finish
from service.proceso.portal import PortalParameters, portal_parameters
from service.proceso.register import require_proceso
from service.store import Session, now
from service.store.papers import Batch
from service.store.portal import DeliveryAlert, alert_of, missing_rows, unalerted_batches
from service.store.proceso import Aspirante

ACTOR = "lectura"
"""Who acts in the log when the machine raises an alert."""


def watch(shop: Workshop, lease: Lease) -> None:
    """Look at one delivery once its pages were searched, as far as they are."""
    with shop.store.writing() as session:
        batch = session.get_one(Batch, lease.subject)
        watch_delivery(session, batch, session.get_one(Aspirante, batch.aspirante).proceso)
        finish(session, lease)


def watch_delivery(session: Session, batch: Batch, proceso: str) -> DeliveryAlert | None:
    """Raise an alert when the share of keys not found passes the process's limit: once a delivery, and once for
    the deliveries of an aspirante's last days that raised none by themselves.

    The party is not told: the alert is for supervisors, and an honest box of illegible sheets raises it too.
    """
    if alert_of(session, batch.id) is not None:
        return None
    limits = portal_parameters(require_proceso(session, proceso).text)
    since = now() - dt.timedelta(days=limits.alerta_dias)
    for days, batches in ((0, [batch.id]), (limits.alerta_dias, unalerted_batches(session, batch.aspirante, since))):
        rows, missing = missing_rows(session, batches)
        if _is_unusual(rows, missing, limits):
            return _raise_alert(session, batch, rows, missing, limits, days=days)
    return None


def _is_unusual(rows: int, missing: int, limits: PortalParameters) -> bool:
    return rows >= limits.alerta_renglones_minimos and 100 * missing >= limits.alerta_no_encontrados * rows


def _raise_alert(
    session: Session, batch: Batch, rows: int, missing: int, limits: PortalParameters, *, days: int
) -> DeliveryAlert:
    alert = DeliveryAlert(
        batch=batch.id,
        aspirante=batch.aspirante,
        rows=rows,
        missing=missing,
        limit_percent=limits.alerta_no_encontrados,
        days=days,
        at=now(),
    )
    session.add(alert)
    session.flush()
    deed = NotFoundRateHigh(batch.id, batch.aspirante, rows, missing, limits.alerta_no_encontrados)
    record(session, ACTOR, deed)
    return alert
