"""Pages of applications: the applicant's form, the staff's review with its 48 hours, the constancia, the sheets."""

from __future__ import annotations

import datetime as dt
import tempfile
import threading
from pathlib import Path
from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from service.access.context import person, settings, store
from service.access.guard import admits, roles_of
from service.access.numbers import whole_number
from service.access.pace import seconds_to_wait
from service.access.pages import start_of_day
from service.access.roles import APPLYING, PARTIES, Role
from service.access.scope import aspirante_or_404, is_party
from service.access.words import CARGOS, CITY
from service.cedulas.order import print_for
from service.errors import Refused
from service.portal import application_acts as acts
from service.portal.application import FORMULAS, FRACTIONS, SEXES, defects_of, names_of_fields
from service.portal.constancia import applicant_name, draw_constancia, file_name
from service.proceso.register import law_proceso, require_proceso
from service.store import Session, now, pages
from service.store import portal as rows
from service.store.files import ContentStore
from service.store.portal import Application, ApplicationVersion
from service.store.proceso import last_serial

room = Blueprint("application", __name__, template_folder="templates")

MOST_SHEETS = 2_000
"""Sheets of one print from the page: some 25 s; larger runs are ordered at the office, by command."""

PRINTS_HOURLY, OFFICE_PRINTS_HOURLY = 6, 60
"""Prints an hour for one aspirante and by one member of staff. Chosen: 12,000 sheets an hour are more than anybody
fills, and a series has 999,999 folios."""

MOST_PRINTS = 2
"""Prints at once, of the eight threads that serve (``service.serving.THREADS``)."""

_press = threading.BoundedSemaphore(MOST_PRINTS)


def own_applications() -> list[str] | None:
    """Ids of the applications a party is bound to; None for staff, who see all."""
    return [scope.value for scope in current_user.scopes if scope.kind == acts.SCOPE] if is_party() else None


def application_or_404(session: Session, application: str) -> Application:
    own = own_applications()
    found = session.get(Application, application) if own is None or application in own else None
    if found is None:
        abort(404)
    return found


def _version_seen(session: Session, application: Application, stand: acts.Stand) -> ApplicationVersion | None:
    """What was filed last; to its writer, while it may be written, the newest draft: a draft is nobody else's."""
    if is_party() and stand.may_write:
        return rows.newest_version(session, application.id)
    return acts.filed_version(session, application)


@room.get("/solicitudes")
@admits(*APPLYING, *PARTIES)
def index() -> str:
    """Applications: a party's own, staff's all, each with where it stands."""
    with store().reading() as session:
        moment = now()
        lines = [
            (one, applicant_name(_version_seen(session, one, stand)), stand)
            for one in rows.applications(session, own_applications())
            for stand in [acts.stand_of(session, one, moment)]
        ]
        procesos = [version.proceso for version in pages.procesos(session)]
    return render_template("portal/applications.html", lines=lines, procesos=procesos, party=is_party())


@room.post("/solicitudes")
@admits(*APPLYING, fresh=True)
def begin() -> str:
    """Open a file for who wants to aspire and show the one-time password of its account, once."""
    with store().writing() as session:
        opened, given = acts.open_application(
            session, request.form.get("proceso", ""), request.form.get("username", ""), person()
        )
        number = opened.id
    username = request.form["username"].strip().lower()
    return render_template("portal/opened.html", application=number, username=username, given=given)


@room.get("/solicitudes/<application>")
@admits(*APPLYING, *PARTIES)
def show(application: str) -> str:
    """The form while it may be written; else what was filed, with what it lacks and the clock."""
    with store().reading() as session:
        found = application_or_404(session, application)
        stand = acts.stand_of(session, found, now())
        version = _version_seen(session, found, stand)
        document: dict[str, Any] = version.document if version else {}
        rivals = [] if is_party() else _emblems(session, found)
        serial = last_serial(session, found.aspirante) if found.aspirante else 0
        law = law_proceso(require_proceso(session, found.proceso).text)
    return render_template(
        "portal/application.html",
        application=found,
        version=version,
        document=document,
        stand=stand,
        lacking=defects_of(document, start_of_day().date()),
        fractions=FRACTIONS,
        formulas=range(1, FORMULAS + 1),
        sexes=SEXES,
        cargos=CARGOS,
        party=is_party(),
        may_write=is_party() and stand.may_write,
        may_grant=Role.DEAPF in roles_of(current_user),
        rivals=rivals,
        today=start_of_day().date(),
        precampanas=law.precampanas,
        serial=serial,
        most=MOST_SHEETS,
    )


def _emblems(session: Session, but: Application) -> list[tuple[Application, str, str, dt.datetime]]:
    """Emblems and colours of other files of the process, the first filed first: who files first keeps them (IX)."""
    found = []
    for other in rows.applications(session):
        version, done = acts.filed_version(session, other), rows.acts_of(session, other.id)
        if other.id == but.id or other.proceso != but.proceso or version is None:
            continue
        found.append((other, version.document.get("emblema", ""), version.document.get("colores", ""), done[0].at))
    return sorted(found, key=lambda line: line[3])


@room.post("/solicitudes/<application>")
@admits(*PARTIES)
def save(application: str) -> ResponseReturnValue:
    """Keep what was written; with the button «presentar», file it too."""
    upload = request.files.get("emblema")
    with store().writing() as session:
        found = application_or_404(session, application)
        before = rows.newest_version(session, found.id)
        document = {name: request.form.get(name, "").strip()[:500] for name in names_of_fields()}
        document["clave_elector"] = document["clave_elector"].upper()
        document = {name: value for name, value in document.items() if value}
        if upload is not None and upload.filename:
            document["emblema"] = acts.keep_emblem(settings(), cast(BinaryIO, upload.stream))
        elif before is not None and before.document.get("emblema"):
            document["emblema"] = before.document["emblema"]
        acts.save(session, found, document, person())
        if request.form.get("act") == "file":
            acts.file(session, found, person())
    said = _("Solicitud presentada.") if request.form.get("act") == "file" else _("Guardado; aún no se presenta.")
    flash(said, "bien")
    return redirect(url_for("application.show", application=application), 303)


@room.post("/solicitudes/<application>/prevenir")
@admits(*APPLYING)
def prevent(application: str) -> ResponseReturnValue:
    """Notify what must be cured within 48 hours from the hour of the notice."""
    with store().writing() as session:
        found = application_or_404(session, application)
        acts.prevent(session, found, request.form.get("text", ""), person(), _moment(request.form.get("at", "")))
    flash(_("Prevención notificada; corren 48 horas."), "bien")
    return redirect(url_for("application.show", application=application), 303)


def _moment(text: str) -> dt.datetime | None:
    """The hour on the acuse, in the city's time; None for this moment. Raises Refused."""
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=CITY) if text else None
    except ValueError:
        raise Refused("HORA", "Escriba la fecha y hora del acuse como AAAA-MM-DDTHH:MM.") from None


@room.post("/solicitudes/<application>/desechar")
@admits(Role.DEAPF, fresh=True)
def dismiss(application: str) -> ResponseReturnValue:
    with store().writing() as session:
        acts.dismiss(session, application_or_404(session, application), request.form.get("text", ""), person())
    flash(_("Se tuvo por no presentada."), "bien")
    return redirect(url_for("application.show", application=application), 303)


@room.post("/solicitudes/<application>/otorgar")
@admits(Role.DEAPF, fresh=True)
def grant(application: str) -> ResponseReturnValue:
    """Give the constancia."""
    try:
        on = dt.date.fromisoformat(request.form.get("on", ""))
    except ValueError:
        raise Refused("FECHA", "Escriba la fecha como AAAA-MM-DD.") from None
    with store().writing() as session:
        found = application_or_404(session, application)
        number = acts.grant(session, found, on, person(), rehearsal=settings().rehearsal).id
    flash(_("Constancia otorgada: aspirante %(id)s.", id=number), "bien")
    return redirect(url_for("application.show", application=application), 303)


@room.get("/solicitudes/<application>/constancia.pdf")
@admits(*APPLYING, *PARTIES)
def constancia(application: str) -> Response:
    with store().reading() as session:
        found = application_or_404(session, application)
        aspirante = pages.find_aspirante(session, found.aspirante) if found.aspirante else None
        if aspirante is None:
            abort(404)
        data = draw_constancia(session, found, aspirante, rehearsal=settings().rehearsal)
    response = Response(data, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f"attachment; filename={file_name(found)}"
    return response


@room.get("/solicitudes/<application>/emblema.png")
@admits(*APPLYING, *PARTIES)
def emblem(application: str) -> Response:
    with store().reading() as session:
        found = application_or_404(session, application)
        version = _version_seen(session, found, acts.stand_of(session, found, now()))
    digest = str(version.document.get("emblema", "")) if version else ""
    if not digest:
        abort(404)
    return send_file(ContentStore(settings().scans).path(digest), mimetype="image/png", conditional=False)


@room.post("/aspirantes/<aspirante>/hojas")
@admits(Role.CAPTURISTA, Role.SUPERVISOR, *PARTIES)
def sheets(aspirante: str) -> Response:
    """Print official sheets with the next folios of the aspirante's series, as one PDF."""
    found = aspirante_or_404(aspirante)
    wanted = whole_number(request.form.get("sheets", ""), MOST_SHEETS)
    if not wanted:
        raise Refused(
            "HOJAS", f"Desde la página se imprimen de 1 a {MOST_SHEETS} hojas por vez; escriba otra cantidad."
        )
    who, hourly = ("aspirante", found.id), PRINTS_HOURLY
    if not is_party():
        who, hourly = ("persona", person()), OFFICE_PRINTS_HOURLY
    if wait := seconds_to_wait(f"{hourly}/hour", "hojas", *who):
        raise Refused(
            "HOJAS_RITMO", f"Ya se imprimieron {hourly} juegos en una hora; espere {-(-wait // 60)} minutos."
        )
    if not _press.acquire(blocking=False):
        raise Refused("IMPRESION_OCUPADA", "Se están imprimiendo otras cédulas; repita en un minuto.")
    try:
        with tempfile.TemporaryDirectory(prefix="respaldo-hojas-") as folder:
            out = Path(folder) / "cedulas.pdf"
            printed = print_for(store(), settings(), aspirante=found.id, sheets=wanted, out=out, operator=person())
            response = Response(out.read_bytes(), mimetype="application/pdf")
    finally:
        _press.release()
    name = f"cedulas-{found.id}-{printed.folios[0]}-a-{printed.folios[-1]}.pdf"
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response
