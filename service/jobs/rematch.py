"""A newer list came: ask again for every page that still has a row without an accepted match.

In one published count 12 % of those not found stood in a fresher roll (Washington, R-71, 2009), so this is
worth doing by itself. New matches are added beside the old ones.
"""

from __future__ import annotations

from service.jobs.queue import Lease, Workshop, finish
from service.store import now
from service.store.findings import pages_unmatched
from service.store.work import add_job


def rematch(shop: Workshop, lease: Lease) -> None:
    """``subject`` is ``proceso:lista``."""
    proceso, _, lista = lease.subject.rpartition(":")
    with shop.store.writing() as session:
        for page_id, batch in pages_unmatched(session, proceso, lista):
            add_job(session, "match_page", str(page_id), batch, now())
        add_job(session, "rule", proceso, None, now())
        finish(session, lease)
