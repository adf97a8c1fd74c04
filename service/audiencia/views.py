"""Pages of the hearing: notices and clock, review of every row with its image, claims, decisions, acta."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import BinaryIO, cast

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from service.access.context import person, settings, store
from service.access.guard import admits, roles_of
from service.access.numbers import whole_number
from service.access.roles import HEARERS, PARTIES, Role
from service.access.scope import aspirante_or_404, is_party, own_aspirantes, visible_lines
from service.audiencia.acta import draw_acta
from service.audiencia.acts import WAITING, check_decision, decide_claim, give_notice, make_claim
from service.audiencia.corrections import Correction, kind_for
from service.audiencia.evidence import KINDS
from service.audit import deeds
from service.audit.chain import record as record_deed
from service.errors import Refused
from service.jobs.lookups import look_up
from service.store import audiencia as rows
from service.store import now
from service.store.audiencia import Claim, HearingNotice, NoticeRow
from service.store.files import ContentStore
from service.store.findings import Ruling
from service.store.papers import count_records
from service.store.proceso import Aspirante

room = Blueprint("audiencia", __name__, template_folder="templates")

room.add_app_template_filter(kind_for, "kind_for")


def _notice_or_404(notice: int) -> tuple[HearingNotice, Aspirante]:
    with store().reading() as session:
        found = rows.find_notice(session, notice)
    if found is None:
        abort(404)
    return found, aspirante_or_404(found.aspirante)


def _claim_or_404(claim: int) -> tuple[Claim, HearingNotice, Aspirante]:
    with store().reading() as session:
        found = rows.find_claim(session, claim)
    if found is None:
        abort(404)
    return found, *_notice_or_404(found.notice_id)


@room.get("/audiencia")
@admits(*HEARERS, *PARTIES)
def index() -> str:
    """Hearings with their clocks, and what other aspirantes' hearings changed for a party."""
    own = own_aspirantes(current_user)
    with store().reading() as session:
        notices = rows.all_notices(session, own)
        lines = visible_lines(session)
        told = rows.told_to(session, own) if is_party() and own is not None else []
        waiting = rows.waiting_claims(session, own) if not is_party() else []
    names = {line.aspirante.id: line.aspirante.nombre for line in lines}
    return render_template(
        "audiencia/index.html", notices=notices, lines=lines, names=names, told=told, waiting=waiting, now=now()
    )


@room.get("/aspirantes/<aspirante>/audiencia")
@admits(*HEARERS, *PARTIES)
def aspirante(aspirante: str) -> str:
    found = aspirante_or_404(aspirante)
    with store().reading() as session:
        notices = rows.notices_of(session, found.id)
        failing = len(rows.failing_rows(session, found.id, ("Q1", "Q2", "Q3")))
    return render_template(
        "audiencia/aspirante.html",
        aspirante=found,
        notices=notices,
        failing=failing,
        now=now(),
        may_notify=bool(roles_of(current_user) & HEARERS),
    )


@room.post("/aspirantes/<aspirante>/audiencia")
@admits(*HEARERS, fresh=True)
def notify(aspirante: str) -> ResponseReturnValue:
    """Give notice: from this moment the term runs."""
    found = aspirante_or_404(aspirante)
    with store().writing() as session:
        notice = give_notice(session, found.id, person(), _moment(request.form.get("at", "")))
        number = notice.id
    flash(_("Notificación hecha; el plazo corre."), "bien")
    return redirect(url_for("audiencia.review", notice=number), 303)


def _moment(text: str) -> dt.datetime | None:
    """The hour on the acuse, in the city's time, when it is not this very moment. Raises Refused."""
    from service.access.words import CITY

    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text).replace(tzinfo=CITY)
    except ValueError:
        raise Refused("HORA", "Escriba la fecha y hora del acuse como AAAA-MM-DDTHH:MM.") from None
    if moment > now():
        raise Refused("HORA_FUTURA", "La hora de la notificación no puede ser posterior a este momento.")
    return moment


@room.get("/audiencias/<int:notice>")
@admits(*HEARERS, *PARTIES)
def review(notice: int) -> str:
    """Every row received with its image, all reasons at once, and what was claimed and decided."""
    found, aspirante = _notice_or_404(notice)
    only = request.args.get("ver", "failing")
    with store().reading() as session:
        lines = rows.hearing_rows(
            session, found, only="" if only == "all" else only, after=request.args.get("desde", "")
        )
        claims = rows.claim_counts(session, found.id)
        classes = rows.noticed_classes(session, found.id)
        total = count_records(session, aspirante.id)
    if is_party():  # that it was made available, and looked at, may have to be shown in court
        with store().writing() as session:
            record_deed(session, person(), deeds.HearingRead(found.id, len(lines), only))
    return render_template(
        "audiencia/review.html",
        notice=found,
        aspirante=aspirante,
        lines=lines,
        claims=claims,
        classes=classes,
        only=only,
        total=total,
        open=now() <= found.term_ends,
        party=is_party(),
        may_claim=is_party() and now() <= found.term_ends,
        accepts=",".join(KINDS),
    )


@room.post("/audiencias/<int:notice>/alegatos")
@admits(*PARTIES)
def claim(notice: int) -> ResponseReturnValue:
    """An allegation about the ticked rows, or all notified or of one class (``scope``), with its files."""
    found, _aspirante = _notice_or_404(notice)
    files = [
        (file.filename, cast(BinaryIO, file.stream)) for file in request.files.getlist("evidence") if file.filename
    ]
    scope = request.form.get("scope", "")
    with store().writing() as session:
        marked = request.form.getlist("record")
        made = make_claim(
            session,
            settings(),
            found,
            records=rows.noticed_rows(session, found.id, scope.removeprefix("all")) if scope else marked,
            text=request.form.get("text", ""),
            files=files,
            by=person(),
        )
        number = made.id
    flash(_("Alegato recibido con el número %(n)s.", n=number), "bien")
    return redirect(url_for("audiencia.show_claim", claim=number), 303)


@room.get("/alegatos/<int:claim>")
@admits(*HEARERS, *PARTIES)
def show_claim(claim: int) -> str:
    """An allegation with its rows, evidence and decisions; the officer decides here."""
    found, notice, aspirante = _claim_or_404(claim)
    start = whole_number(request.args.get("desde", "")) or 0
    with store().writing() as session:
        record_deed(session, person(), deeds.ImageSeen(str(found.id), "audiencia"))
    with store().reading() as session:
        total, left = len(rows.rows_of_claim(session, found.id)), len(rows.undecided_rows(session, found.id))
        lines = rows.claim_lines(session, found, offset=start, limit=ROWS_SHOWN)
        evidence = rows.evidence_of(session, found.id)
        told = rows.told_by_claim(session, found.id) if not is_party() else []
    return render_template(
        "audiencia/claim.html",
        claim=found,
        notice=notice,
        aspirante=aspirante,
        lines=lines,
        total=total,
        left=left,
        start=start,
        following=start + len(lines) if start + len(lines) < total else None,
        causes={line.record.id: _causes(line.ruling, line.notified) for line in lines},
        evidence=evidence,
        told=told,
        party=is_party(),
        may_decide=Role.AUDIENCIA in roles_of(current_user),
    )


ROWS_SHOWN = 30
"""Rows of a claim on a page: their pictures are a few megabytes."""


def _causes(ruling: Ruling | None, notified: NoticeRow | None) -> list[str]:
    """Established reasons of a row, as notified and as they stand: in hearing (Q3) a ruling no longer says them."""
    said = [*(notified.reasons if notified else []), *(ruling.reasons if ruling else [])]
    return [code for code in dict.fromkeys(said) if not code.endswith("?") and code not in WAITING]


@room.post("/alegatos/<int:claim>/resolver")
@admits(Role.AUDIENCIA, fresh=True)
def decide(claim: int) -> ResponseReturnValue:
    """Decide one row of an allegation, or all its undecided rows with one motive when they are denied."""
    found, _notice, _aspirante = _claim_or_404(claim)
    form = request.form
    granted = form.get("answer") == "grant"
    motive, clave = form.get("motive", ""), form.get("clave", "").strip().upper()
    corrections = [Correction(clase, fecha=form.get("fecha", "").strip()) for clase in form.getlist("cure")]
    with store().reading() as session:
        marked = form.getlist("record") if not form.get("all") else rows.undecided_rows(session, found.id)
        check_decision(session, found, marked, granted=granted, motive=motive, corrections=corrections)
    if granted and clave:
        named = look_up(store(), settings(), marked[0], "audiencia", clave, by=person())
        corrections = [replace(correction, named=named) for correction in corrections]
    with store().writing() as session:
        decide_claim(session, found, marked, granted=granted, motive=motive, corrections=corrections, by=person())
    flash(_("Resuelto; la cuenta se rehízo y se avisó a quien cambió."), "bien")
    return redirect(url_for("audiencia.show_claim", claim=found.id), 303)


@room.get("/pruebas/<int:evidence>")
@admits(*HEARERS, *PARTIES)
def evidence(evidence: int) -> Response:
    """A file of evidence, always as a download: it never opens inside the service's own pages."""
    with store().reading() as session:
        found = rows.find_evidence(session, evidence)
    if found is None:
        abort(404)
    _claim_or_404(found.claim_id)
    path = ContentStore(settings().scans).path(found.sha256)
    return send_file(path, mimetype="application/octet-stream", as_attachment=True, download_name=found.name)


@room.get("/audiencias/<int:notice>/acta.pdf")
@admits(*HEARERS, *PARTIES)
def acta(notice: int) -> Response:
    """The acta of a hearing: notice, term, claims, decisions with their motive."""
    found, aspirante = _notice_or_404(notice)
    with store().reading() as session:
        data = draw_acta(session, found, aspirante, rehearsal=settings().rehearsal)
    response = Response(data, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f"attachment; filename=acta-audiencia-{found.id}.pdf"
    return response
