"""The acts on an application: opened, saved, filed, prevented with its 48 hours, granted or dismissed.

Párr. 19: a defect of form is prevented and cured within 48 hours, counted from moment to moment from the hour of the
notice (art. 357). The text does not say what follows when nobody cures it; by the general rule of a prevention the
application is then taken as not filed, which a person decides with a motive: nothing lapses by itself.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from dataclasses import dataclass
from typing import Any, BinaryIO

from PIL import Image, UnidentifiedImageError

from service.access.accounts import add_account
from service.access.words import CITY
from service.audit.chain import record
from service.audit.deeds import ApplicationActed
from service.config import Settings
from service.errors import Refused
from service.law.plazos import parrafo_19_prevencion
from service.law.proceso import canonical_ambito
from service.law.records import Cargo
from service.portal.application import defects_of, full_name
from service.proceso.register import add_aspirante, require_proceso
from service.store import Session, now
from service.store.accounts import AccountScope, accounts_with_scope
from service.store.files import ContentStore
from service.store.portal import (
    Application,
    ApplicationAct,
    ApplicationVersion,
    acts_of,
    newest_version,
    version_numbered,
)
from service.store.proceso import Aspirante, count_rows

EMBLEM_BYTES = 5 << 20
EMBLEM_SIDE = 1200
EMBLEM_LEAST = 100
EMBLEM_DOTS = 40_000_000
SHORTEST_MOTIVE = 10

SCOPE = "solicitud"
"""Kind of an account's scope that binds it to an application."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where an application stands: ``state`` is draft, filed, prevented, overdue, granted or dismissed."""

    state: str
    term_ends: dt.datetime | None
    acts: list[ApplicationAct]

    @property
    def may_write(self) -> bool:
        return self.state in ("draft", "prevented")


def stand_of(session: Session, application: Application, moment: dt.datetime) -> Stand:
    """The state that follows from the acts and the hour."""
    acts = acts_of(session, application.id)
    if not acts:
        return Stand("draft", None, acts)
    last = acts[-1]
    if last.kind == "prevented":
        over = last.term_ends is not None and moment > last.term_ends
        return Stand("overdue" if over else "prevented", last.term_ends, acts)
    return Stand(last.kind, next((act.term_ends for act in reversed(acts) if act.term_ends), None), acts)


def filed_version(session: Session, application: Application) -> ApplicationVersion | None:
    """What was filed last: all that the institute acts on. A draft saved since counts for nothing until filed."""
    filed = [act.version for act in acts_of(session, application.id) if act.kind == "filed"]
    return version_numbered(session, application.id, filed[-1]) if filed else None


def open_application(session: Session, proceso: str, username: str, by: str) -> tuple[Application, str]:
    """Open a file for who wants to aspire, with an account of its own; the one-time password. Raises Refused."""
    require_proceso(session, proceso)
    application = Application(
        id=f"S{count_rows(session, Application) + 1:03d}", proceso=proceso, aspirante=None, at=now(), by=by
    )
    session.add(application)
    session.flush()
    given = add_account(session, username, ["aspirante"], by=by, applications=[application.id])
    record(session, by, ApplicationActed(application.id, "opened", 0, ""))
    return application, given


def save(session: Session, application: Application, document: dict[str, Any], by: str) -> ApplicationVersion:
    """Keep what the applicant wrote as a new version. Raises Refused once it was filed or the term is over."""
    _require(session, application, "draft", "prevented")
    before = newest_version(session, application.id)
    if before is not None and before.document == document:
        return before
    version = ApplicationVersion(
        application=application.id, number=(before.number if before else 0) + 1, document=document, at=now(), by=by
    )
    session.add(version)
    session.flush()
    return version


def file(session: Session, application: Application, by: str) -> ApplicationAct:
    """The applicant files (or files again within the 48 hours). Raises Refused."""
    _require(session, application, "draft", "prevented")
    return _act(session, application, "filed", by)


def prevent(
    session: Session, application: Application, text: str, by: str, at: dt.datetime | None = None
) -> ApplicationAct:
    """Notify what must be cured; the 48 hours run from ``at``, the hour of the notice. Raises Refused.

    Nobody is notified of the defects of what was not filed yet: a notice dated before would be overdue at once.
    """
    stand = _require(session, application, "filed")
    if any(act.kind == "prevented" for act in stand.acts):
        raise Refused("YA_PREVENIDA", "Ya se previno una vez; resuelva con lo que consta.")
    moment = at or now()
    if moment > now():
        raise Refused("HORA_FUTURA", "La hora de la notificación no puede ser posterior a este momento.")
    if moment < stand.acts[-1].at.replace(second=0, microsecond=0):  # an acuse tells hours and minutes
        raise Refused(
            "HORA_ANTERIOR", "La notificación no puede ser anterior a la hora en que se presentó la solicitud."
        )
    _motive(text)
    return _act(session, application, "prevented", by, text, moment, parrafo_19_prevencion(moment))


def dismiss(session: Session, application: Application, text: str, by: str) -> ApplicationAct:
    """Take an application as not filed: its term ended without cure, or what was cured is not enough."""
    stand = _require(session, application, "overdue", "filed")
    if stand.state == "filed" and not any(act.kind == "prevented" for act in stand.acts):
        raise Refused(
            "SIN_PREVENCION", "Antes de desechar hay que prevenir y dar 48 horas (artículo 323, párrafo 19)."
        )
    _motive(text)
    return _act(session, application, "dismissed", by, text)


def grant(session: Session, application: Application, on: dt.date, by: str, *, rehearsal: bool) -> Aspirante:
    """Give the constancia: the person becomes an aspirante on a day. Raises Refused while anything is lacking.

    It is resolved on what was filed last, also once the 48 hours ended in silence: who was prevented of what was no
    defect does not lose the application by it. A rehearsal plays days that have not come.
    """
    stand = _require(session, application, "filed", "overdue")
    first, today = (moment.astimezone(CITY).date() for moment in (stand.acts[0].at, now()))
    if not rehearsal and not first <= on <= today:
        raise Refused(
            "FECHA_CONSTANCIA", "La constancia lleva un día entre el de la solicitud y hoy; corrija la fecha."
        )
    version = filed_version(session, application)
    document = version.document if version else {}
    lacking = defects_of(document, on)
    if lacking:
        raise Refused("SOLICITUD_CON_DEFECTOS", f"No se puede otorgar: {lacking[0].sentence} Prevenga antes.")
    cargo = Cargo(document["cargo"])
    ambito = canonical_ambito(cargo, document.get("ambito", ""))
    name = json.dumps(full_name(document).upper(), ensure_ascii=False)  # a JSON string is a TOML string
    text = (
        f'[aspirante]\nnombre = {name}\ncargo = "{cargo.value}"\nambito = "{ambito}"\nconstancia = {on.isoformat()}\n'
        f'[solicitud]\nid = "{application.id}"\nversion = {version.number if version else 0}\n'
    )
    aspirante = add_aspirante(session, application.proceso, text, by)
    application.aspirante = aspirante.id
    for account in accounts_with_scope(session, SCOPE, application.id):
        account.scopes.append(AccountScope(kind="aspirante", value=aspirante.id))
    _act(session, application, "granted", by)
    return aspirante


def _act(
    session: Session,
    application: Application,
    kind: str,
    by: str,
    text: str = "",
    notified_at: dt.datetime | None = None,
    term_ends: dt.datetime | None = None,
) -> ApplicationAct:
    newest = newest_version(session, application.id)
    version = newest if kind == "filed" else filed_version(session, application)
    if version is None:
        raise Refused("SOLICITUD_VACIA", "La solicitud está vacía; guárdela antes.")
    act = ApplicationAct(
        application=application.id, kind=kind, version=version.number, text=text.strip(), notified_at=notified_at,
        term_ends=term_ends, at=now(), by=by,
    )  # fmt: skip
    session.add(act)
    session.flush()
    record(
        session,
        by,
        ApplicationActed(application.id, kind, version.number, term_ends.isoformat() if term_ends else ""),
    )
    return act


def _require(session: Session, application: Application, *states: str) -> Stand:
    stand = stand_of(session, application, now())
    if stand.state not in states:
        raise Refused("SOLICITUD_ESTADO", SENTENCES[stand.state])
    return stand


SENTENCES = {
    "draft": "La solicitud aún no se presenta.",
    "filed": "La solicitud ya se presentó y está en revisión; espere la respuesta.",
    "prevented": "Corre el plazo de la prevención; espere la respuesta o su término.",
    "overdue": "El plazo de 48 horas terminó; la solicitud se resuelve con lo que consta.",
    "granted": "La constancia ya se otorgó; la solicitud no cambia.",
    "dismissed": "La solicitud se tuvo por no presentada; abra otra si el plazo sigue.",
}


def _motive(text: str) -> None:
    if len(text.strip()) < SHORTEST_MOTIVE:
        raise Refused("SIN_MOTIVO", "Escriba qué falta o por qué; una palabra no basta.")


def keep_emblem(settings: Settings, stream: BinaryIO) -> str:
    """Keep an emblem as a clean PNG; its SHA-256. Raises Refused EMBLEMA on what is no sound picture."""
    data = stream.read(EMBLEM_BYTES + 1)
    if len(data) > EMBLEM_BYTES:
        raise Refused("EMBLEMA", f"El emblema admite hasta {EMBLEM_BYTES >> 20} MB; redúzcalo.")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            if image.width * image.height > EMBLEM_DOTS or min(image.size) < EMBLEM_LEAST:
                raise Refused(
                    "EMBLEMA", f"El emblema debe medir al menos {EMBLEM_LEAST} puntos por lado y no ser enorme."
                )
            drawn = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise Refused("EMBLEMA", "El emblema debe ser una imagen PNG o JPEG; elija otro archivo.") from None
    drawn.thumbnail((EMBLEM_SIDE, EMBLEM_SIDE))  # drawn anew: nothing rides along in the file
    clean = io.BytesIO()
    drawn.save(clean, "PNG")
    content = ContentStore(settings.scans)
    staged = content.stage(io.BytesIO(clean.getvalue()))
    content.keep(staged)
    return staged.sha256
