"""Step 2 of a scan's walk: what the ink on one page looks like."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from ocr.decode import decode_page
from ocr.engine import default_engine
from ocr.form import CURRENT, Form, form_from_json, load_form
from ocr.page import scan_page
from ocr.reading import page_to_json
from service.jobs.crops import keep_crops
from service.jobs.decoding import house_refusals
from service.jobs.queue import Lease, Workshop, finish
from service.jobs.remarks import inked_rows, remarks_of
from service.store import now
from service.store.files import ContentStore
from service.store.papers import Reading, page_with_scan, reading_by
from service.store.proceso import form_documents
from service.store.remarks import ReadingNote


@cache
def _registered(version: str, document: str) -> Form:
    return form_from_json(json.loads(document))


def known_forms(documents: dict[str, dict[str, Any]]) -> tuple[Form, ...]:
    """The form printed now, then every other registered layout."""
    registered = [_registered(version, json.dumps(document)) for version, document in sorted(documents.items())]
    return (load_form(CURRENT), *registered)


def read_page(shop: Workshop, lease: Lease) -> None:
    """Read one page and keep reading and crops. Reading again with the same engine changes nothing."""
    page_id = int(lease.subject)
    engine = default_engine()
    with shop.store.reading() as session:
        page, scan, _ = page_with_scan(session, page_id)
        known = reading_by(session, page_id, engine.version) is not None
        forms = known_forms(form_documents(session))
    if not known:
        with house_refusals():
            image = decode_page(ContentStore(shop.settings.scans).path(scan.sha256), page.number)
            scanned = scan_page(image, forms, engine)
        keep_crops(shop.settings, scan.sha256, page.number, scanned.crops)
    with shop.store.writing() as session:
        if not known:
            reading = scanned.reading
            kept = Reading(
                page_id=page_id,
                engine=engine.version,
                kind=reading.kind.value,
                form=reading.form,
                folio=reading.folio,
                document=page_to_json(reading),
                at=now(),
            )
            session.add(kept)
            session.flush()
            rows, remarks = inked_rows(kept.document), remarks_of(kept.document)
            session.add(ReadingNote(reading_id=kept.id, rows=rows, remarks=remarks, count=len(remarks)))
        finish(session, lease)
