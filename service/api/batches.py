"""Deliveries through the programs' door: upload once, follow the task, see every page."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any, BinaryIO, cast

from flask import Response, abort, json, request, url_for

from service.access.context import caller, settings, store
from service.access.pages import start_of_day
from service.access.problems import problem
from service.access.tokens import Scope
from service.api.cursors import page_of, read_cursor
from service.api.idempotency import Answer, InProgress, Keep, answer_once, fingerprint_of
from service.api.room import operation, room
from service.api.schemas import (
    BatchDocument,
    BatchesPage,
    PageQuery,
    ReceiptOut,
    TaskOut,
    UploadFiles,
    UploadHeaders,
    UploadQuery,
)
from service.errors import Refused
from service.intake.live import seen_of
from service.intake.progress import batch_document
from service.intake.uploads import Receipt, take_files
from service.store import Session, pages
from service.store.papers import Batch
from service.store.proceso import Aspirante

TAG = "Entregas"
TASK = "entrega-"


def aspirante_or_404(aspirante: str) -> Aspirante:
    """The aspirante, if it exists and the key reaches it."""
    if not caller().sees(aspirante):
        abort(404)
    with store().reading() as session:
        found = pages.find_aspirante(session, aspirante)
    if found is None:
        abort(404)
    return found


def batch_or_404(batch: str) -> Batch:
    with store().reading() as session:
        found = pages.find_batch(session, batch)
    if found is None or not caller().sees(found.aspirante):
        abort(404)
    return found


@operation(
    "/aspirantes/<aspirante>/batches", Scope.UPLOAD, TAG, "Entregar archivos de un aspirante", method="POST",
    description="Cada archivo se recibe entero o se rechaza con su razón. Con todos rechazados se contesta 422.",
    errors=(400, 409, 413),
)  # fmt: skip
@room.arguments(UploadHeaders, location="headers", error_status_code=400)
@room.arguments(UploadQuery, location="query")
@room.arguments(UploadFiles, location="files")
@room.response(201, ReceiptOut, description="El acuse.", headers={"Location": {"schema": {"type": "string"}}})
def upload(headers: dict[str, Any], query: dict[str, Any], body: dict[str, Any], aspirante: str) -> Response:
    """Take a delivery once per idempotency key: the same door as the page's and the command's."""
    found = aspirante_or_404(aspirante)
    files = [(file.filename or "archivo", cast(BinaryIO, file.stream)) for file in body["files"]]
    received = _reception_day(query["received"])

    def perform(keep: Keep) -> Answer:
        def note(session: Session, receipt: Receipt) -> None:
            if receipt.batch:
                keep(session, 201, _receipt_body(receipt))

        receipt = take_files(
            store(), settings(), aspirante=found.id, files=files, received=received,
            operator=caller().actor, declared_sheets=query["declared_sheets"], note=note,
        )  # fmt: skip
        if not receipt.batch:
            raise _NothingTaken(receipt)
        return 201, _receipt_body(receipt)

    words = [request.method, request.path, str(query["declared_sheets"]), str(query["received"])]
    fingerprint = fingerprint_of(words, files)
    try:
        (status, answer), stored = answer_once(store(), caller().token, headers["key"], fingerprint, perform)
    except InProgress:
        return problem(409, "IDEMPOTENCIA_EN_CURSO", "Esa misma entrega se está recibiendo; pregunte en un momento.")
    except _NothingTaken as nothing:
        first = next(file for file in nothing.receipt.files if file.code)
        files_said = [asdict(file) for file in nothing.receipt.files]
        return problem(422, first.code or "", first.sentence or "", files=files_said)
    response = Response(json.dumps(answer, ensure_ascii=False), status, mimetype="application/json")
    response.headers["Location"] = url_for("api.batch", batch=answer["batch"])
    if stored:
        response.headers["Idempotency-Replayed"] = "true"
    return response


class _NothingTaken(Exception):  # noqa: N818 - an answer, not a fault
    """Every file of a delivery was refused: there is no batch, and its key stays free."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__()
        self.receipt = receipt


def _receipt_body(receipt: Receipt) -> dict[str, Any]:
    return {
        "batch": receipt.batch,
        "aspirante": receipt.aspirante,
        "received": receipt.received.isoformat(),
        "task": TASK + receipt.batch,
        "files": [asdict(file) for file in receipt.files],
    }


def _reception_day(stated: dt.date | None) -> dt.date:
    """The day the reception bears: a program of the institute may state it, a party always delivers today."""
    today = start_of_day().date()
    if stated is None:
        return today
    if caller().party:
        raise Refused("FECHA_AJENA", "La fecha de recepción la pone el instituto; no la indique.")
    if stated > today and not settings().rehearsal:  # a rehearsal plays days that have not come
        raise Refused("FECHA_FUTURA", "La fecha de recepción no puede ser posterior a hoy; corríjala.")
    return stated


@operation("/aspirantes/<aspirante>/batches", Scope.BATCHES, TAG, "Entregas de un aspirante")
@room.arguments(PageQuery, location="query")
@room.response(200, BatchesPage, description="Las entregas, en el orden en que llegaron.")
def batches(query: dict[str, Any], aspirante: str) -> dict[str, Any]:
    """The deliveries of an aspirante, by their number."""
    found = aspirante_or_404(aspirante)
    name = f"batches:{found.id}"
    after = read_cursor(name, query["cursor"], "")
    with store().reading() as session:
        later = pages.batches_after(session, found.id, after, query["limit"] + 1)
    items, following = page_of(name, later, query["limit"], lambda batch: batch.id)
    lines = [
        {"id": b.id, "aspirante": b.aspirante, "received": b.received, "declared_sheets": b.declared_sheets,
         "task": TASK + b.id}
        for b in items
    ]  # fmt: skip
    return {"items": lines, "next": following}


@operation("/batches/<batch>", Scope.BATCHES, TAG, "Archivos y páginas de una entrega, con su estado")
@room.response(200, BatchDocument, description="El mismo documento que da `respaldo batch --json`.")
def batch(batch: str) -> Response:
    """The contract's document of a delivery."""
    found = batch_or_404(batch)
    with store().reading() as session:
        document = batch_document(session, found.id, party=caller().party)
    return Response(json.dumps(document, ensure_ascii=False), mimetype="application/json")


@operation("/tasks/<task>", Scope.BATCHES, TAG, "Avance de una entrega")
@room.response(200, TaskOut, description="Cuánto va de la lectura y de la búsqueda.")
def task(task: str) -> dict[str, Any]:
    """How far the work on a delivery is, in a handful of counts: what the page's own progress tells."""
    if not task.startswith(TASK):
        abort(404)
    found = batch_or_404(task.removeprefix(TASK))
    with store().reading() as session:
        seen = seen_of(session, found, party=caller().party)
    return {
        "task": task,
        "batch": found.id,
        "state": "done" if seen.done else "running",
        "pages": seen.pages,
        "read": seen.read,
        "rows": seen.row,
        "matched": seen.matched,
        "failed": seen.failed,
    }
