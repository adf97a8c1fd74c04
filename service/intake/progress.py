"""How far a batch is: the state of each file and page, derived from jobs and readings."""

from __future__ import annotations

from typing import Any

from service.errors import Refused
from service.store import Session
from service.store.papers import Batch, pages_of_scan, scans_of
from service.store.work import jobs_of_batch


def batch_document(session: Session, batch_id: str, *, party: bool = False) -> dict[str, Any]:
    """The batch as the contract's JSON. A page is ``queued``, ``read``, ``done`` or ``failed``. Raises Refused.

    For a ``party`` a page is done once it is read and laid: how a search in the list goes, and how long it takes,
    tells about the list.
    """
    batch = session.get(Batch, batch_id)
    if batch is None:
        raise Refused("ENTREGA_DESCONOCIDA", f"No hay una entrega «{batch_id}»; revise su acuse.")
    jobs = {(job.kind, job.subject): job for job in jobs_of_batch(session, batch_id)}
    files = []
    for scan in scans_of(session, batch_id):
        pages = []
        for page, reading, rows in pages_of_scan(session, scan.id):
            read = jobs.get(("read_page", str(page.id)))
            match = None if party else jobs.get(("match_page", str(page.id)))
            laid = jobs.get(("lay", batch_id))
            code = next((job.code for job in (read, laid, match) if job is not None and job.code), None)
            if code is not None:
                state = "failed"
            elif reading is None:
                state = "queued"
            else:
                waiting = match.finished_at is None if match else laid is None or laid.finished_at is None
                state = "read" if waiting else "done"
            pages.append(
                {
                    "page": page.number,
                    "state": state,
                    "code": code,
                    "kind": reading.kind if reading else None,
                    "form": reading.form if reading else None,
                    "folio": reading.folio if reading else None,
                    "rows": rows,
                }
            )
        files.append(
            {
                "name": scan.name,
                "sha256": scan.sha256,
                "accepted": scan.accepted,
                "code": scan.code,
                "sentence": scan.sentence,
                "pages": pages,
            }
        )
    return {"batch": batch_id, "aspirante": batch.aspirante, "received": batch.received.isoformat(), "files": files}
