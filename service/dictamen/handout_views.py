"""What is handed out on demand: the receipt of a row, the workbook for the Council, the hearing packet."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path

from flask import Response, make_response, request, send_file

from service.access.context import person, settings, store
from service.access.guard import admits
from service.access.pages import start_of_day
from service.access.roles import PARTIES, RECORDS, Role
from service.access.scope import aspirante_or_404
from service.audit.chain import record as record_deed
from service.audit.deeds import RecordsExported
from service.dictamen.annexes import CONFIDENTIAL
from service.dictamen.reach import dictamen_or_404, folder_of
from service.dictamen.room import room
from service.errors import Refused
from service.store.dictamenes import count_failing

HEARING = frozenset({Role.AUDIENCIA, Role.SUPERVISOR, Role.DEAPF}) | PARTIES
MOST_ROWS = 2_000
"""Rows of a packet made while somebody waits (a volume; some 20 s): larger ones are made by command."""


@room.get("/dictamenes/<int:dictamen>/constancia")
@admits(*RECORDS, *PARTIES)
def receipt(dictamen: int) -> Response:
    """The receipt of one row: proof that it is under the root, and how it was classed; nobody else's row is told."""
    from service.dictamen.receipts import receipt_of
    from service.dictamen.report import usable

    found = dictamen_or_404(dictamen)
    record = request.args.get("record", "").strip()
    with usable():
        told = receipt_of(folder_of(found), record)
    with store().writing() as session:
        record_deed(session, person(), RecordsExported(found.aspirante, 1, "constancia"))
    response = make_response(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    response.mimetype = "application/json"
    response.headers["Content-Disposition"] = f"attachment; filename=constancia-{told['renglon']['record']}.json"
    return response


@room.get("/dictamenes/<int:dictamen>/consejo.xlsx")
@admits(*RECORDS)
def workbook(dictamen: int) -> Response:
    """The workbook for the Council: figures, and records without names or claves."""
    from service.dictamen.report import usable
    from service.dictamen.xlsx import write_workbook

    found = dictamen_or_404(dictamen)
    with tempfile.TemporaryDirectory() as held, usable():
        out = Path(held) / "consejo.xlsx"
        rows = write_workbook(json.loads(found.document), folder_of(found) / CONFIDENTIAL, out)
        data = io.BytesIO(out.read_bytes())
    with store().writing() as session:
        record_deed(session, person(), RecordsExported(found.aspirante, rows, "libro para el Consejo"))
    return send_file(data, as_attachment=True, download_name=f"consejo-{dictamen}.xlsx")


@room.get("/aspirantes/<aspirante>/expediente-de-audiencia.pdf")
@admits(*HEARING)
def hearing_packet(aspirante: str) -> Response:
    """The hearing packet as it is today: each row that does not count with its picture and reasons."""
    from service.dictamen.hearing_packet import packet_for

    found = aspirante_or_404(aspirante)
    with store().reading() as session:
        rows = count_failing(session, found.id)
    if rows > MOST_ROWS:
        raise Refused(
            "EXPEDIENTE_GRANDE",
            f"Son {rows} renglones: pida a la DEAPF los tomos, que se hacen con «respaldo dictamen packet».",
        )
    with tempfile.TemporaryDirectory() as held:
        today = start_of_day().date()
        volumes, _ = packet_for(store(), settings(), found.id, out=Path(held) / "t", on=today, operator=person())
        data = io.BytesIO(volumes[0].read_bytes())
    return send_file(data, as_attachment=True, download_name=f"audiencia-{found.id}.pdf")
