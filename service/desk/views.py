"""Pages of the review desks: queues, one question with its images and candidates, answers, undo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from service.access.context import person, settings, store
from service.access.guard import admits, roles_of
from service.access.numbers import whole_numbers
from service.access.roles import DESK, READERS, Role
from service.access.scope import own_aspirantes, sees
from service.audit import deeds
from service.audit.chain import record as record_deed
from service.desk.capture import capture, read_typed
from service.desk.decisions import Decision, Standing, decide, undo
from service.desk.hints import hints
from service.desk.questions import DESKS, GROUPABLE, QUESTIONS, decision_word, desk_of
from service.desk.queue import LOAN_MINUTES, Filter, may_answer, next_question, questions_for
from service.desk.sight import allowed_kinds, item_or_404, role_names, supervises
from service.errors import Refused
from service.jobs.lookups import look_up
from service.jobs.row_view import row_place, shown_fields
from service.store import Session, pages, questions
from service.store.cells import CellWords, count_cells, words_on
from service.store.credentials import copies_of_record
from service.store.desk import escalate as escalate_item
from service.store.desk import escalated, give_back, lend
from service.store.findings import rulings_of_records, standing_reviews
from service.store.papers import Record, RowRead
from service.store.proceso import form_documents
from service.store.publico import disavowals_of, is_ratified

room = Blueprint("desk", __name__, template_folder="templates")


@room.app_context_processor
def desks_everywhere() -> dict[str, Any]:
    return {"desks": DESKS, "questions": QUESTIONS, "groupable": GROUPABLE}


@room.app_template_filter("told_once")
def told_once(reasons: list[str]) -> list[tuple[str, str, int]]:
    """Reasons of a question as (class it is about, sentence, how often): eight doubtful cells say one thing."""
    times: dict[tuple[str, str], int] = {}
    for reason in reasons:
        code, mark, sentence = reason.partition("? ")
        told = (code, sentence) if mark and code.isalnum() else ("", reason)
        times[told] = times.get(told, 0) + 1
    return [(code, sentence, count) for (code, sentence), count in times.items()]


@room.app_template_filter("decision_word")
def decision_filter(code: str) -> str:
    return decision_word(code)


def current_filter(values: Mapping[str, str]) -> Filter:
    return Filter(
        kind=values.get("kind", ""),
        desk=values.get("desk", ""),
        aspirante=values.get("aspirante", ""),
        allowed=allowed_kinds(),
    )


@room.get("/revision")
@admits(*READERS)
def queues() -> str:
    """Open questions by desk, kind and aspirante, with the way to the next of each."""
    own = own_aspirantes(current_user)
    with store().reading() as session:
        counts = [
            c for c in questions.open_counts(session) if (own is None or c[0] in own) and c[1] in allowed_kinds()
        ]
        glyphs = hints().get(("cells", own), lambda: count_cells(session, own))
        names = {line.aspirante.id: line.aspirante.nombre for line in pages.aspirante_lines(session, own)}
    only = {"aspirante": chosen} if (chosen := request.args.get("aspirante", "")) in names else {}
    by_kind: dict[str, dict[str, int]] = {}
    for aspirante, kind, count in counts:
        if not only or aspirante == chosen:
            by_kind.setdefault(kind, {})[aspirante] = count
    return render_template(
        "desk/queues.html",
        by_kind=by_kind,
        names=names,
        only=only,
        by_aspirante=len(names) <= COLUMNS_SHOWN and not only,
        glyphs=glyphs,
        kinds=allowed_kinds(),
        reads_only=not roles_of(current_user) & DESK,
    )


COLUMNS_SHOWN = 6
"""Aspirantes that have a column of their own in the table of queues; of more, one is chosen."""


@room.get("/revision/lista")
@admits(*READERS)
def listing() -> str:
    """The open questions of a filter that this person may answer: to jump to any of them."""
    wanted = current_filter(request.args)
    with store().reading() as session:
        found = questions_for(
            session, wanted, by=person(), supervises=supervises(), own=own_aspirantes(current_user), limit=200
        )
    return render_template("desk/listing.html", found=found, wanted=wanted)


@room.get("/revision/siguiente")
@admits(*READERS)
def next_item() -> ResponseReturnValue:
    """Take the next question of the filter; to the queues when there is none."""
    return _go_to_next(current_filter(request.args))


def _go_to_next(wanted: Filter, skip: tuple[int, ...] = ()) -> ResponseReturnValue:
    with store().reading() as session:
        item = next_question(
            session,
            wanted,
            by=person(),
            supervises=supervises(),
            own=own_aspirantes(current_user),
            skip=skip,
            remembered=hints(),
        )
    if item is None:
        flash(_("No queda ningún asunto que usted pueda responder en esta fila."), "bien")
        return redirect(url_for("desk.queues"), 303)
    return redirect(url_for("desk.item", item=item.id, **wanted.as_query()), 303)


@room.get("/revision/asuntos/<int:item>")
@admits(*READERS)
def item(item: int) -> ResponseReturnValue:
    """One question: crop on top, what was read beside the candidates, the answers with their keys."""
    wanted = current_filter(request.args)
    with store().writing() as session:
        question = item_or_404(session, item)
        answers = standing_reviews(session, item)
        still_open = questions.is_open(session, item)
        allowed = still_open and may_answer(question, answers, escalated(session, [item]), person(), supervises())
        # Whoever only looks must not keep the item from whoever may answer it.
        holder = lend(session, item, person(), LOAN_MINUTES) if allowed else None
        how = "revision, por adelantado" if _ahead_of() else "revision"
        record_deed(session, person(), deeds.ImageSeen(question.record, how))
        rivals = _rivals(session, question.record) if question.kind == "tie" else []
    with store().reading() as session:
        view = pages.record_view(session, question.record)
        if view is None:
            abort(404)
        aspirante = pages.find_aspirante(session, view.record.aspirante)
        candidates = view.match.candidates if view.match else []
        said = words_on(session, [view.read.id]).get(view.read.id, CellWords())
        following = next_question(
            session,
            wanted,
            by=person(),
            supervises=supervises(),
            own=own_aspirantes(current_user),
            skip=(item, *_ahead_of()),
            remembered=hints(),
        )
        page = {
            "view": view,
            "aspirante": aspirante,
            "fields": shown_fields(view.row_document(), said.words),
            "seen_cells": bool(said.words),
            "captured": said.capture,
            "place": row_place(view.reading.form, view.record.row, form_documents(session)),
            "candidates": candidates,
            "appearances": _appearances(session, candidates, question.record),
            "copies": [copy for copy, _, _ in copies_of_record(session, question.record)],
            "siblings": questions.siblings_of(session, question.record, item),
            "rivals": rivals,
            "disavowals": disavowals_of(session, question.record) if question.kind == "disavowal" else [],
            "ratified": question.kind != "disavowal" or is_ratified(session, question.record),
        }
    # A second look is blind: earlier answers are shown only to a supervisor who has to settle a disagreement.
    shown = answers if supervises() and len(answers) >= 2 else []
    return render_template(
        "desk/item.html",
        item=question,
        question=QUESTIONS[question.kind],
        desk=desk_of(question.kind),
        wanted=wanted,
        holder=holder,
        allowed=allowed and holder is None,
        still_open=still_open,
        reads_only=not roles_of(current_user) & DESK,
        earlier=shown,
        following=following,
        **page,
    )


def _ahead_of() -> tuple[int, ...]:
    """When a page is fetched ahead: the item still on the screen, which will have been answered by then."""
    return tuple(whole_numbers(request.args.getlist("tras")[:1]))


def _rivals(session: Session, own: str) -> list[tuple[Record, RowRead]]:
    """The other supports of the same elector that this person may see: a tie is decided by looking at both."""
    ruling = rulings_of_records(session, [own]).get(own)
    found = questions.other_appearances(session, ruling.clave, own) if ruling and ruling.clave else []
    rivals = [(record, read) for record, read in found if sees(record.aspirante)]
    for record, _read in rivals:
        record_deed(session, person(), deeds.ImageSeen(record.id, "empate"))
    return rivals


def _appearances(session: Session, candidates: list[Any], record: str) -> dict[str, list[Any]]:
    """Other records of the same elector, by clave of the candidate."""
    return {c["clave"]: questions.other_appearances(session, c["clave"], record) for c in candidates[:5]}


@room.post("/revision/asuntos/<int:item>")
@admits(*READERS)
def answer(item: int) -> ResponseReturnValue:
    """Take the answer and hand over the next question."""
    form = request.form
    decision = Decision(
        form.get("decision", ""), form.get("reason", "").strip(), form.get("clave", "").strip().upper()
    )
    with store().reading() as session:
        record = item_or_404(session, item).record
    named = None
    if decision.decision == "elector":
        named = look_up(store(), settings(), record, "cotejo", decision.clave, by=person())
    with store().writing() as session:
        question = item_or_404(session, item)
        holder = lend(session, item, person(), LOAN_MINUTES)
        if holder is not None:
            raise Refused("ASUNTO_PRESTADO", "Otra persona tiene este asunto en este momento; tome el siguiente.")
        if not may_answer(
            question, standing_reviews(session, item), escalated(session, [item]), person(), supervises()
        ):
            raise Refused("OTRA_PERSONA", "Este asunto debe responderlo otra persona; tome el siguiente.")
        standing = decide(session, settings(), item, decision, by=person(), roles=role_names(), named=named)
        give_back(session, item)
    if request.headers.get("X-Desk"):  # the next item is on the screen already
        return {"said": STANDING_WORDS[standing]()}
    flash(STANDING_WORDS[standing](), "bien")
    return _go_to_next(current_filter(form))


STANDING_WORDS = {
    Standing.SETTLED: lambda: _("Resuelto. Con U lo deshace."),
    Standing.SECOND: lambda: _("Anotado; lo verá una segunda persona. Con U lo deshace."),
    Standing.SUPERVISOR: lambda: _("Anotado; las dos revisiones difieren y decide supervisión. Con U lo deshace."),
}


@room.post("/revision/asuntos/<int:item>/captura")
@admits(*DESK)
def capture_row(item: int) -> ResponseReturnValue:
    """What a person reads in the row, typed: the list is asked again and the same question comes back."""
    form = request.form
    typed = read_typed(*(form.get(name, "") for name in ("clave", "numero_ocr", "seccion", "nombre")))
    with store().writing() as session:
        question = item_or_404(session, item)
        if lend(session, item, person(), LOAN_MINUTES) is not None:
            raise Refused("ASUNTO_PRESTADO", "Otra persona tiene este asunto en este momento; tome el siguiente.")
        capture(session, settings(), question, typed, by=person(), roles=role_names())
    flash(_("Capturado: se buscó de nuevo en la lista."), "bien")
    return redirect(url_for("desk.item", item=item, **current_filter(form).as_query()), 303)


@room.post("/revision/deshacer")
@admits(*READERS)
def undo_last() -> ResponseReturnValue:
    """U: take back one's own last answer; both acts are kept."""
    with store().writing() as session:
        last = questions.last_review_by(session, person())
        if last is None:
            raise Refused("NADA_QUE_DESHACER", "No hay una respuesta suya que deshacer.")
        undo(session, last.item_id, by=person(), roles=role_names() - {Role.SUPERVISOR.value})
        item_id = last.item_id
    flash(_("Respuesta deshecha; los dos actos quedan en la bitácora."), "aviso")
    return redirect(url_for("desk.item", item=item_id, **current_filter(request.form).as_query()), 303)


@room.post("/revision/asuntos/<int:item>/escalar")
@admits(*READERS)
def escalate(item: int) -> ResponseReturnValue:
    """E: somebody else should see it; a supervisor does."""
    with store().writing() as session:
        question = item_or_404(session, item)
        escalate_item(session, item, person())
        give_back(session, item)
        record_deed(session, person(), deeds.ReviewEscalated(item, question.record))
    if request.headers.get("X-Desk"):
        return {"said": _("Pasó a supervisión.")}
    flash(_("Pasó a supervisión."), "aviso")
    return _go_to_next(current_filter(request.form), skip=(item,))
