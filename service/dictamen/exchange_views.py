"""Pages of the exchange: files for each system, the compulsa that came back and what it puts in question."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from service.access.context import person, settings, store
from service.access.guard import admits, roles_of
from service.access.numbers import whole_number
from service.access.pages import start_of_day
from service.access.roles import DESK, Role
from service.dictamen.exchange_acts import NOTICES, OUT, adopt, layouts_of, send_compulsa, send_notice, take_compulsa
from service.dictamen.room import room
from service.errors import Refused
from service.store.exchange import answers_in_question, returns_of, sent_files
from service.store.findings import standing_reviews, standing_settlement
from service.store.proceso import procesos


@room.get("/intercambio")
@admits(Role.DEAPF, *DESK)
def exchange() -> str:
    """Files sent and returned, and the answers that differ from what stood."""
    with store().reading() as session:
        differing = [
            (answer, item, standing_settlement(session, item.id), len(standing_reviews(session, item.id)))
            for answer, item in answers_in_question(session)
        ]
        return render_template(
            "dictamen/exchange.html",
            layouts=layouts_of(settings()), notices=(*NOTICES, OUT), procesos=procesos(session),
            sent=sent_files(session), returned=returns_of(session), differing=differing, compulsa=OUT,
            may_send=Role.DEAPF in roles_of(current_user), may_adopt=bool(roles_of(current_user) & DESK),
        )  # fmt: skip


@room.post("/intercambio/archivo")
@admits(Role.DEAPF, fresh=True)
def exchange_file() -> Response:
    """Make one file with its acta and hand both over in a ZIP; the hash stays in the log."""
    layout, proceso = request.form.get("layout", ""), request.form.get("proceso", "")
    on = start_of_day().date()
    with tempfile.TemporaryDirectory() as folder:
        kind = layouts_of(settings())[layout].file_format if layout in (*NOTICES, OUT) else "csv"
        out = Path(folder) / f"{layout or 'archivo'}-{on.isoformat()}.{kind}"
        if layout == OUT:
            send_compulsa(store(), settings(), proceso, out, on=on, by=person())
        else:
            send_notice(store(), settings(), layout, proceso, out, on=on, by=person())
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(Path(folder).iterdir()):
                archive.write(path, path.name)
    held.seek(0)
    return send_file(held, "application/zip", as_attachment=True, download_name=f"{layout}-{on.isoformat()}.zip")


@room.post("/intercambio/compulsa")
@admits(Role.DEAPF, fresh=True)
def exchange_return() -> ResponseReturnValue:
    """Take a returned compulsa."""
    sent, file = whole_number(request.form.get("sent", "")), request.files.get("file")
    if sent is None or file is None or not file.filename:
        raise Refused("COMPULSA_COLUMNAS", "Elija el envío y el archivo que volvió.")
    taken = take_compulsa(
        store(), settings(), sent, file.stream.read(), oficio=request.form.get("oficio", ""), by=person()
    )
    flash(_("Recibida: %(n)s respuestas, %(d)s difieren y se preguntan.", n=taken.rows, d=taken.differing), "bien")
    return redirect(url_for("dictamen.exchange"), 303)


@room.post("/intercambio/adoptar/<int:item>")
@admits(*DESK)
def exchange_adopt(item: int) -> ResponseReturnValue:
    """This person makes the DERFE's answer their own."""
    settled = adopt(store(), item, by=person(), roles=frozenset(str(role) for role in roles_of(current_user)))
    flash(_("Resuelto.") if settled else _("Anotado: falta que lo vea otra persona."), "bien")
    return redirect(url_for("dictamen.exchange"), 303)
