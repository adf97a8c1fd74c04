"""Pages of the blind second look: frames and draws for the DEAPF, one picture at a time for the eyes."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import current_user

from service.access.context import person, settings, store
from service.access.guard import admits, roles_of
from service.access.numbers import whole_number
from service.access.roles import DESK, Role
from service.access.scope import own_aspirantes, require_sight, sees
from service.audit.chain import record as record_deed
from service.audit.deeds import ImageSeen
from service.dictamen.control import statement
from service.dictamen.control_acts import (
    confirm,
    draw_frame,
    each_frame,
    judge_frame,
    open_for,
    sample_of,
    seal_decision,
    seal_reading,
    take_look,
    to_confirm,
)
from service.dictamen.expediente import Look
from service.dictamen.intervals import percent
from service.dictamen.room import room
from service.errors import Refused
from service.jobs.lookups import find_elector, leave_trace
from service.store import Session, pages
from service.store.control import ControlItem, ControlLook, find_control

STRATUM_WORDS = {
    "maquina": lazy_gettext("aceptados por la máquina"), "personas": lazy_gettext("rechazados por personas"),
    "aceptados": lazy_gettext("los que cuentan"), "rechazados": lazy_gettext("los que no cuentan"),
}  # fmt: skip


@room.get("/control")
@admits(*DESK, Role.DEAPF, Role.AUDITOR)
def control() -> str:
    """Frames with their draws and how far they were seen; what is left for this person."""
    with store().reading() as session:
        frames = [one for one in each_frame(session) if sees(one[0].aspirante)]
        own = own_aspirantes(current_user)
        looks = bool(roles_of(current_user) & DESK)
        mine = len(open_for(session, person(), own=own)) + len(to_confirm(session, person(), own)) if looks else 0
        lines = pages.aspirante_lines(session, own)
        issued = [(d, a) for d, a in pages.dictamenes(session, own) if not d.preliminary]
        measured = {line.aspirante.id: statement(*sample_of(session, line.aspirante.id)) for line in lines}
        audits = {
            frame.id: judge_frame(session, settings(), frame.id)
            for frame, drawn, _seen in frames
            if frame.purpose == "decision" and drawn
        }
    return render_template(
        "dictamen/control.html",
        frames=frames, mine=mine, lines=lines, issued=issued, measured=measured, audits=audits,
        may_seal=Role.DEAPF in roles_of(current_user), percent=percent, strata=STRATUM_WORDS,
    )  # fmt: skip


@room.post("/control/sellar")
@admits(Role.DEAPF, fresh=True)
def control_seal() -> ResponseReturnValue:
    """Seal the frames of an aspirante, or that of a dictamen."""
    subject = request.form.get("subject", "")
    if subject.startswith("dictamen:") and (dictamen := whole_number(subject[9:])) is not None:
        seal_decision(store(), settings(), dictamen, person())
    else:
        seal_reading(store(), subject, person())
    flash(_("Sellado: publique el SHA-256 antes de sortear la semilla."), "bien")
    return redirect(url_for("dictamen.control"), 303)


@room.post("/control/sortear")
@admits(Role.DEAPF, fresh=True)
def control_draw() -> ResponseReturnValue:
    """Draw a frame by the public seed."""
    frame, size = whole_number(request.form.get("frame", "")), whole_number(request.form.get("size", ""))
    if frame is None or not size:
        raise Refused("MUESTRA_MENOR", "Escriba el tamaño de la muestra en cifras.")
    drawn = draw_frame(store(), settings(), frame, request.form.get("seed", "").strip(), size, person())
    flash(_("Sorteados: %(n)s registros.", n=len(drawn)), "bien")
    return redirect(url_for("dictamen.control"), 303)


@room.get("/control/siguiente")
@admits(*DESK)
def control_next() -> ResponseReturnValue:
    """The next drawn record that this person may look at, or must confirm."""
    own = own_aspirantes(current_user)
    with store().reading() as session:
        waiting = [item for item, _ in to_confirm(session, person(), own)]
        waiting = waiting or [item for item, _ in open_for(session, person(), own=own)]
    if not waiting:
        flash(_("No queda nada de la muestra que usted pueda ver a ciegas."), "bien")
        return redirect(url_for("dictamen.control"), 303)
    return redirect(url_for("dictamen.control_item", item=waiting[0].id), 303)


@room.get("/control/<int:item>")
@admits(*DESK)
def control_item(item: int) -> str:
    """The picture of one drawn record, and what to write of it: nothing that anybody held about it.

    Who has written another key than the elector's is now shown the elector, and asked.
    """
    with store().writing() as session:
        drawn, looks, view = _drawn_or_404(session, item)
        record_deed(session, person(), ImageSeen(drawn.record, "control"))
        mine = next((look for look in looks if look.by == person()), None)
        elector = None
        if mine is not None and mine.same is None and drawn.elector and mine.clave != drawn.elector:
            elector = _named(session, drawn)
    return render_template("dictamen/control_item.html", item=drawn, view=view, mine=mine, elector=elector)


@room.post("/control/<int:item>")
@admits(*DESK)
def control_look(item: int) -> ResponseReturnValue:
    """Keep what this person saw, or the answer to the question that followed; then the next."""
    with store().reading() as session:
        _drawn_or_404(session, item)
    form, roles = request.form, frozenset(str(role) for role in roles_of(current_user))
    if form.get("misma") in ("si", "no"):
        confirm(store(), item, form["misma"] == "si", by=person(), roles=roles)
        return redirect(url_for("dictamen.control_next"), 303)
    if form.get("firma") not in ("si", "no") or form.get("regla") not in ("si", "no"):
        raise Refused("RENGLON_DE_CONTROL", "Diga si está firmado y si está en regla.")
    look = Look(
        form.get("clave", "").strip().upper(), form.get("fecha", "").strip(),
        form["firma"] == "si", form["regla"] == "si",
    )  # fmt: skip
    asked = take_look(store(), settings(), item, look, by=person(), roles=roles)
    return redirect(url_for("dictamen.control_item", item=item) if asked else url_for("dictamen.control_next"), 303)


def _drawn_or_404(session: Session, item: int) -> tuple[ControlItem, list[ControlLook], Any]:
    found = find_control(session, item)
    view = None if found is None else pages.record_view(session, found[0].record)
    if found is None or view is None:
        abort(404)
    require_sight(found[1].aspirante)
    return found[0], found[2], view


def _named(session: Session, drawn: ControlItem) -> str:
    """Key and name of the elector held, from the list in force; the key alone where it is not in it any more."""
    lista = leave_trace(session, drawn.record, "control", drawn.elector, by=person())
    found = find_elector(settings(), lista, drawn.elector)
    return drawn.elector if found is None else f"{found.clave} · {found.nombre}"
