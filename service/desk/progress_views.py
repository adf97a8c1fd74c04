"""Pages of figures: how far two people who looked apart agree, answers a day and backlog against the deadline."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, render_template

from service.access.context import store
from service.access.guard import admits
from service.access.pages import start_of_day
from service.access.roles import DESK, Role
from service.access.words import CITY
from service.desk.agreement import agreements
from service.law.plazos import parrafo_18_dictamen_deadline
from service.proceso.register import law_proceso
from service.store import pages, questions

room = Blueprint("progress", __name__, template_folder="templates")


@room.get("/revision/concordancia")
@admits(*DESK, Role.AUDITOR, Role.DEAPF)
def agreement() -> str:
    """Agreement of first and second answers per kind of question; nobody is named."""
    with store().reading() as session:
        found = agreements(questions.answer_pairs(session))
    return render_template("desk/agreement.html", found=found)


@room.get("/revision/avance")
@admits(*DESK, Role.AUDITOR, Role.DEAPF, Role.OBSERVADOR)
def progress() -> str:
    """Answers a day and backlog, against the day by which the review must end."""
    today = start_of_day()
    since = today - dt.timedelta(days=DAYS_SHOWN - 1)
    with store().reading() as session:
        answers = questions.reviews_by_day(session, since)
        backlog: dict[str, int] = {}
        for _aspirante, kind, count in questions.open_counts(session):
            backlog[kind] = backlog.get(kind, 0) + count
        versions = pages.procesos(session)
    days = [(since + dt.timedelta(days=k)).date() for k in range(DAYS_SHOWN)]
    per_day = dict.fromkeys(days, 0)
    for at, _decision in answers:
        per_day[at.astimezone(CITY).date()] = per_day.get(at.astimezone(CITY).date(), 0) + 1
    deadlines = []
    for version in versions:
        law = law_proceso(version.text)
        ends = parrafo_18_dictamen_deadline(law)
        deadlines.append((law.nombre, ends, (ends - today.date()).days))
    pace = sum(list(per_day.values())[-7:]) / 7
    total = sum(backlog.values())
    left = [days_left for _name, _ends, days_left in deadlines if days_left > 0]
    needed = -(-total // min(left)) if left else 0
    return render_template(
        "desk/progress.html",
        per_day=list(per_day.items()),
        most=max([*per_day.values(), needed, 1]),
        backlog=sorted(backlog.items(), key=lambda pair: -pair[1]),
        total=total,
        deadlines=deadlines,
        needed=needed,
        days_needed=None if not pace else -(-total // max(int(pace), 1)),
        pace=round(pace, 1),
    )


DAYS_SHOWN = 14
