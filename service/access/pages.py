"""Home, own account, users and the log: pages that belong to no other room."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from service.access import accounts
from service.access.context import person, store
from service.access.deed_words import DEEDS
from service.access.guard import admits, admits_signed_in, open_to_all, roles_of
from service.access.numbers import whole_number, whole_numbers
from service.access.roles import DESK, HEARERS, LABELS, PARTIES, READERS, RECORDS, STAFF, Role
from service.access.scope import own_aspirantes, visible_lines
from service.access.words import CITY
from service.audit import deeds
from service.audit.chain import broken_links, record
from service.store import Session, now, pages, questions
from service.store import audiencia as hearings
from service.store.accounts import find_recovery, list_accounts
from service.store.portal import count_open_alerts
from service.store.work import open_jobs

room = Blueprint("access", __name__, template_folder="templates")


@room.get("/")
@admits_signed_in("cada papel ve aquí sólo sus propias cuentas")
def home() -> str:
    """The day's work of whoever signed in, in counts."""
    roles = roles_of(current_user)
    own = own_aspirantes(current_user)
    with store().reading() as session:
        lines = visible_lines(session) if roles & (RECORDS | {Role.OBSERVADOR}) or own else []
        counts = _desk_counts(session, own) if roles & READERS else {}
        facts = {
            "mine_today": questions.reviews_since(session, start_of_day(), person()) if roles & READERS else None,
            "open_jobs": open_jobs(session) if roles & RECORDS else None,
            "alerts": count_open_alerts(session) if roles & {Role.SUPERVISOR, Role.DEAPF} else None,
            "users": len(list_accounts(session)) if Role.ADMIN in roles else None,
            "hearings": hearings.running_notices(session, own) if roles & (HEARERS | PARTIES) else [],
            "claims": sum(w.left for w in hearings.waiting_claims(session, own)) if roles & HEARERS else 0,
            "events": _last_number(session) if roles & {Role.AUDITOR, Role.SUPERVISOR} else None,
        }
    reads_only = not roles & DESK
    return render_template("access/home.html", lines=lines, counts=counts, facts=facts, reads_only=reads_only)


def start_of_day() -> dt.datetime:
    """Midnight in the city."""
    return now().astimezone(CITY).replace(hour=0, minute=0, second=0, microsecond=0)


def _desk_counts(session: Session, own: frozenset[str] | None) -> dict[str, int]:
    """Open questions by kind, of the aspirantes that the person may see."""
    counts: dict[str, int] = {}
    for aspirante, kind, count in questions.open_counts(session):
        if own is None or aspirante in own:
            counts[kind] = counts.get(kind, 0) + count
    return counts


def _last_number(session: Session) -> int:
    newest = pages.events_page(session, None, 1)
    return newest[0].id if newest else 0


@room.get("/cuenta")
@admits_signed_in("cada quien ve su propia cuenta")
def account() -> str:
    needs = bool(roles_of(current_user) & STAFF)
    return render_template("access/account.html", needs_second_factor=needs)


@room.get("/salud")
@open_to_all("para quien vigila el servicio: sólo dice que responde y si hay base de datos")
def health() -> ResponseReturnValue:
    with store().reading() as session:
        open_jobs(session)
    return {"state": "ok"}


@room.get("/usuarios")
@admits(Role.ADMIN)
def users() -> str:
    with store().reading() as session:
        found = list_accounts(session)
        aspirantes = [line.aspirante for line in pages.aspirante_lines(session)]
        asked = accounts.standing_recoveries(session)
    return render_template(
        "access/users.html", users=found, aspirantes=aspirantes, roles=LABELS, asked=asked, me=person()
    )


@room.post("/usuarios")
@admits(Role.ADMIN, fresh=True)
def add_user() -> ResponseReturnValue:
    """Make an account and show its one-time password once."""
    form = request.form
    with store().writing() as session:
        given = accounts.add_account(
            session,
            form.get("username", ""),
            form.getlist("role"),
            by=person(),
            aspirantes=[form["aspirante"]] if form.get("aspirante") else [],
            districts=whole_numbers(form.get("districts", "").replace(",", " ").split()),
        )
    return _show_once(form["username"].strip().lower(), given)


@room.post("/usuarios/<username>/restablecer")
@admits(Role.ADMIN, fresh=True)
def reset_user(username: str) -> ResponseReturnValue:
    """Recovery asked: nobody can take an account over alone."""
    with store().writing() as session:
        accounts.ask_recovery(session, username, motive=request.form.get("motive", ""), by=person())
    flash(_("Pedido; lo debe aprobar otra persona de administración."), "bien")
    return redirect(url_for("access.users"), 303)


@room.post("/usuarios/recuperaciones/<int:recovery>")
@admits(Role.ADMIN, fresh=True)
def answer_recovery(recovery: int) -> ResponseReturnValue:
    """The second person's answer: a one-time password, shown once; the second factor is set up anew."""
    with store().writing() as session:
        approved = request.form.get("answer") == "approve"
        given = accounts.answer_recovery(session, recovery, approved=approved, by=person())
        found = find_recovery(session, recovery)
        username = found.username if found is not None else ""
    if given:
        return _show_once(username, given)
    flash(_("Rechazado."), "aviso")
    return redirect(url_for("access.users"), 303)


@room.post("/usuarios/<username>/estado")
@admits(Role.ADMIN, fresh=True)
def switch_user(username: str) -> ResponseReturnValue:
    active = request.form.get("active") == "1"
    if username == person() and not active:
        flash(_("No puede desactivar su propia cuenta; pídalo a otra persona de administración."), "error")
        return redirect(url_for("access.users"))
    with store().writing() as session:
        accounts.set_active(session, username, active)
        record(session, person(), deeds.UserChanged(username, "activar" if active else "desactivar"))
    flash(_("Hecho."), "bien")
    return redirect(url_for("access.users"))


def _show_once(username: str, given: str) -> str:
    return render_template("access/one_time.html", username=username, given=given)


@room.get("/bitacora")
@admits(Role.AUDITOR, Role.SUPERVISOR)
def log() -> str:
    """The log of deeds, newest first. Its facts are ids, counts and hashes, never personal data."""
    before = whole_number(request.args.get("antes", ""))
    kind, actor = request.args.get("acto", ""), request.args.get("quien", "").strip()
    with store().reading() as session:
        events = pages.events_page(session, before, kind=kind, actor=actor)
    return render_template("access/log.html", events=events, chain=None, kinds=DEEDS, kind=kind, actor=actor)


@room.post("/bitacora/comprobar")
@admits(Role.AUDITOR, Role.SUPERVISOR)
def check_log() -> str:
    """Walk the whole hash chain."""
    with store().reading() as session:
        broken = list(broken_links(session))
        events = pages.events_page(session, None)
    chain: dict[str, Any] = {"broken": broken, "length": events[0].id if events else 0}
    return render_template("access/log.html", events=events, chain=chain, kinds=DEEDS, kind="", actor="")
