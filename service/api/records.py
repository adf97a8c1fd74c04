"""Records through the programs' door: a page at a time, or all of them as a stream of CSV or a workbook."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any

from flask import Response

from service.access.context import caller, store
from service.access.tokens import Scope
from service.api.batches import aspirante_or_404
from service.api.cursors import page_of, read_cursor
from service.api.room import operation, room
from service.api.schemas import RecordsPage, RecordsQuery
from service.audit.chain import record as record_deed
from service.audit.deeds import RecordsExported
from service.desk.tables import RECORD_COLUMNS, RecordRow, csv_lines, demarcaciones_of, record_lines
from service.dictamen.xlsx import write_table
from service.store import Session, Store
from service.store.papers import count_records
from service.store.proceso import Aspirante
from service.store.shown import party_row, without_cause
from service.store.standing import Place

TAG = "Registros"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BLOCK = 1 << 16
FILE_DOC = {"type": "string", "contentMediaType": "application/octet-stream"}


def lines_shown(session: Session, aspirante: Aspirante, *, party: bool, after: Place = (0, 0)) -> Iterator[RecordRow]:
    """The lines of the records table after a place, as a party or as the institute may see them."""
    for row in record_lines(session, aspirante, demarcaciones_of(session, aspirante.proceso), after):
        yield RecordRow(row.place, row.original, party_row(row.cells, original=row.original)) if party else row


@operation(
    "/aspirantes/<aspirante>/records", Scope.RECORDS, TAG, "Registros de un aspirante, por páginas",
    description="Las columnas del CSV del contrato. Cada página consultada queda en la bitácora.",
)  # fmt: skip
@room.arguments(RecordsQuery, location="query")
@room.response(200, RecordsPage, description="En el orden de archivos, páginas y renglones.")
def records(query: dict[str, Any], aspirante: str) -> dict[str, Any]:
    """One page of records; the trace of who looked is kept before anything is shown."""
    found = aspirante_or_404(aspirante)
    name, wanted = f"records:{found.id}:{query['clase']}", query["clase"]
    page, row = read_cursor(name, query["cursor"], [0, 0])
    with store().reading() as session:
        lines = lines_shown(session, found, party=caller().party, after=(page, row))
        fitting = (line for line in lines if not wanted or wanted in (line.cells["class"], _group(line)))
        items, following = page_of(name, fitting, query["limit"], lambda line: line.place)
    _trace(found, len(items))
    cells = [{**{k: str(v) for k, v in line.cells.items()}, "clase": line.cells["class"]} for line in items]
    return {"items": cells, "next": following}


def _group(line: RecordRow) -> str:
    return without_cause(line.cells["class"])


def _trace(aspirante: Aspirante, rows: int) -> None:
    with store().writing() as session:
        record_deed(session, caller().actor, RecordsExported(aspirante.id, rows, "registros, API"))


def _trace_all(aspirante: Aspirante) -> None:
    with store().reading() as session:
        rows = count_records(session, aspirante.id)
    _trace(aspirante, rows)


@operation("/aspirantes/<aspirante>/records.csv", Scope.RECORDS, TAG, "Todos los registros, en CSV")
@room.response(200, {**FILE_DOC, "contentMediaType": "text/csv"}, content_type="text/csv", description="El CSV.")
def records_csv(aspirante: str) -> Response:
    """The contract's CSV as a stream: memory holds some hundreds of lines, however many there are."""
    found = aspirante_or_404(aspirante)
    _trace_all(found)
    response = Response(_csv(store(), found, caller().party), mimetype="text/csv")
    response.headers["Content-Disposition"] = f"attachment; filename=registros-{found.id}.csv"
    return response


def _csv(house: Store, aspirante: Aspirante, party: bool) -> Iterator[str]:
    with house.reading() as session:
        yield from csv_lines(RECORD_COLUMNS, (r.cells for r in lines_shown(session, aspirante, party=party)))


@operation("/aspirantes/<aspirante>/records.xlsx", Scope.RECORDS, TAG, "Todos los registros, en un libro de cálculo")
@room.response(200, {**FILE_DOC, "contentMediaType": XLSX}, content_type=XLSX, description="El libro.")
def records_xlsx(aspirante: str) -> Response:
    """The same lines as a workbook, written to disk row by row and sent from there."""
    found = aspirante_or_404(aspirante)
    _trace_all(found)
    response = Response(_workbook(store(), found, caller().party), mimetype=XLSX)
    response.headers["Content-Disposition"] = f"attachment; filename=registros-{found.id}.xlsx"
    return response


def _workbook(house: Store, aspirante: Aspirante, party: bool) -> Iterator[bytes]:
    with tempfile.TemporaryFile() as file:
        with house.reading() as session:
            rows = (list(line.cells.values()) for line in lines_shown(session, aspirante, party=party))
            write_table(file, "Registros", RECORD_COLUMNS, rows)
        file.seek(0)
        while block := file.read(BLOCK):
            yield block
