"""The desk's own rules, the same for the pages and the command.

A positive answer (this is the elector, it is signed, it is an original) settles a question by one person. An answer
that takes a support away needs a second person who does not see the first; if they differ, a supervisor decides.
An answer can be undone: both acts are kept.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from service.audit.chain import record as record_deed
from service.audit.deeds import ReviewGiven, ReviewUndone
from service.config import Settings
from service.errors import Refused
from service.jobs.lawyer import collection_period, is_in_scope
from service.jobs.lookups import Named
from service.store import Session, now
from service.store.findings import (
    Review,
    ReviewItem,
    Settlement,
    UndoneReview,
    VoidedSettlement,
    standing_reviews,
    standing_settlement,
)
from service.store.papers import Record
from service.store.proceso import Aspirante
from service.store.publico import is_ratified
from service.store.work import add_job

REVIEWERS = frozenset({"revisor", "supervisor"})
READERS = REVIEWERS | {"capturista"}
"""Who may say what is written: reading a glyph or a date takes nothing from anybody."""
SUPERVISOR = "supervisor"

READING_ANSWERS = frozenset({("date", "date")})
"""(kind, decision) that only say what is written: all that a capturista may answer."""

PAPER_ANSWERS = frozenset({("copy", "original"), ("copy", "copy")})
"""(kind, decision) that whoever receives may give with the paper in hand; a photocopy still needs a second person."""

POSITIVE = frozenset({"elector", "original", "signed", "clean", "date", "accept"})

ANSWERS: dict[str, tuple[str, ...]] = {
    "match": ("elector", "not_in_list", "illegible", "reject"),
    "signature": ("signed", "unsigned", "reject"),
    "copy": ("original", "copy", "reject"),
    "electronic": ("accept", "reject"),
    "strike": ("clean", "struck", "reject"),
    "sheet": ("accept", "reject"),
    "authenticity": ("accept", "reject"),
    "date": ("date", "accept", "reject"),
    "tie": ("accept", "reject"),
    "disavowal": ("accept", "reject"),
}
"""What may be answered to each kind of question."""

REJECTABLE = {
    "match": frozenset({"I5", "I6", "I7"}),
    "signature": frozenset({"I3", "I10"}),
    "copy": frozenset({"I1", "I2"}),
    "electronic": frozenset({"I2"}),
    "strike": frozenset({"I8"}),
    "sheet": frozenset({"I9", "I7"}),
    "authenticity": frozenset({"I10"}),
    "date": frozenset({"I11"}),
    "tie": frozenset({"DT"}),
    "disavowal": frozenset({"I12"}),
}
"""Classes that ``reject`` may name, by kind of question."""


class Standing(StrEnum):
    """Where a question stands after an answer."""

    SETTLED = "settled"
    SECOND = "second"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer: ``reason`` is the class of a rejection, the ISO date of ``date``, or a motive."""

    decision: str
    reason: str = ""
    clave: str = ""

    @property
    def outcome(self) -> tuple[str, str]:
        """What two people must agree on."""
        if self.decision == "reject":
            return ("reject", self.reason)
        if self.decision == "elector":
            return ("elector", self.clave)
        return (self.decision, self.reason if self.decision == "date" else "")


def decide(
    session: Session,
    settings: Settings,
    item_id: int,
    decision: Decision,
    *,
    by: str,
    roles: frozenset[str],
    named: Named | None = None,
    paper: bool = False,
) -> Standing:
    """Take one person's answer to one item. Raises Refused when the desk's rules do not allow it.

    ``elector`` needs ``named``: what ``look_up`` found, in a transaction of its own that leaves its trace. ``paper``
    says that the sheet itself is in hand, at reception.
    """
    item = session.get(ReviewItem, item_id)
    if item is None:
        raise Refused("ASUNTO_DESCONOCIDO", f"No hay un asunto {item_id}; actualice la lista de asuntos abiertos.")
    admitted = READING_ANSWERS | (PAPER_ANSWERS if paper else frozenset())
    reads = bool(roles & READERS) and (item.kind, decision.decision) in admitted
    if not roles & REVIEWERS and not reads:
        raise Refused("SIN_FACULTAD", f"«{by}» no tiene función de revisión; pida a administración que la asigne.")
    if standing_settlement(session, item_id) is not None:
        raise Refused("ASUNTO_RESUELTO", f"El asunto {item_id} ya está resuelto; deshaga antes la respuesta.")
    _check(item, decision)
    if (item.kind, decision.reason) == ("disavowal", "I12") and not is_ratified(session, item.record):
        raise Refused(
            "DESCONOCIMIENTO_SIN_RATIFICAR",
            "Nadie lo ha ratificado en persona, con su credencial: no se puede tener por desconocido todavía.",
        )
    given = standing_reviews(session, item_id)
    if any(review.by == by for review in given):
        raise Refused("MISMA_PERSONA", f"El asunto {item_id} necesita la revisión de otra persona.")
    differ = where_it_stands(given) is Standing.SUPERVISOR
    if differ and SUPERVISOR not in roles:
        raise Refused("SOLO_SUPERVISION", f"Las revisiones del asunto {item_id} difieren; decide supervisión.")
    review = Review(
        item_id=item_id,
        decision=decision.decision,
        reason=decision.reason,
        clave=None,
        seccion=None,
        situacion=None,
        by=by,
        at=now(),
        rank=SUPERVISOR if differ else "",
        adverse=False,
    )
    if decision.decision == "elector":
        if named is None or named.clave != decision.clave:
            raise Refused("CLAVE_SIN_CONSULTA", "Consulte antes la clave en la lista nominal desde este asunto.")
        review.clave, review.seccion, review.situacion = named.clave, named.seccion, named.situacion
    review.adverse = _takes_away(session, item, review)
    session.add(review)
    session.flush()
    record_deed(session, by, ReviewGiven(item.id, item.record, decision.decision))
    standing = where_it_stands([*given, review])
    if standing is Standing.SETTLED:
        session.add(Settlement(item_id=item_id, review_id=review.id, at=now()))
        _ask_for_ruling(session, item)
    return standing


def undo(session: Session, item_id: int, *, by: str, roles: frozenset[str]) -> None:
    """Take back one's own standing answer (a supervisor: the last one).

    Raises Refused when there is none, and when a supervisor or the hearing decided over it.
    """
    item = session.get_one(ReviewItem, item_id)
    given = standing_reviews(session, item_id)
    mine = [review for review in given if review.by == by or SUPERVISOR in roles]
    if not mine:
        raise Refused("NADA_QUE_DESHACER", "No hay una respuesta suya que deshacer en este asunto.")
    review = mine[-1]
    if ruled_above(given, by):
        raise Refused("RESUELTO_ARRIBA", "Supervisión o audiencia ya resolvió este asunto; su respuesta queda.")
    session.add(UndoneReview(review_id=review.id, by=by, at=now()))
    settlement = standing_settlement(session, item_id)
    if settlement is not None:
        session.add(VoidedSettlement(settlement_id=settlement.id, by=by, at=now(), motive="respuesta deshecha"))
    left = [other for other in given if other.id != review.id]
    if left and where_it_stands(left) is Standing.SETTLED:
        session.add(Settlement(item_id=item_id, review_id=left[-1].id, at=now()))
    _ask_for_ruling(session, item)
    record_deed(session, by, ReviewUndone(item_id, review.id))


def ruled_above(given: list[Review], by: str) -> bool:
    """Whether somebody else of rank (a supervisor, the hearing) answered: what they ruled nobody takes back."""
    return any(review.rank and (review.rank != SUPERVISOR or review.by != by) for review in given)


def where_it_stands(given: list[Review]) -> Standing:
    """What an item with these standing answers waits for; an item without answers waits for a first (SECOND).

    One answer that gives the support settles it; else two that agree; where two differ, only one of rank does.
    """
    if any(review.rank for review in given):
        return Standing.SETTLED
    outcomes = [_outcome_of(review) for review in given]
    if not outcomes:
        return Standing.SECOND
    if len(outcomes) == 1:
        gives = outcomes[0][0] in POSITIVE and not given[0].adverse
        return Standing.SETTLED if gives else Standing.SECOND
    return Standing.SETTLED if len(set(outcomes)) == 1 else Standing.SUPERVISOR


def _takes_away(session: Session, item: ReviewItem, review: Review) -> bool:
    """Whether an answer that gives by its word takes by its effect: then a second person must agree."""
    if review.decision not in ("date", "elector"):
        return False
    aspirante = session.get_one(Aspirante, session.get_one(Record, item.record).aspirante)
    if review.decision == "date":
        period = collection_period(session, aspirante)
        return not period.first <= dt.date.fromisoformat(review.reason) <= period.last
    return review.situacion != "VIGENTE" or not is_in_scope(session, aspirante, review.seccion)


def _outcome_of(review: Review) -> tuple[str, str]:
    return Decision(review.decision, review.reason, review.clave or "").outcome


def _check(item: ReviewItem, decision: Decision) -> None:
    allowed = ANSWERS[item.kind]
    if decision.decision not in allowed:
        raise Refused(
            "DECISION_AJENA", f"En un asunto «{item.kind}» se responde: {', '.join(allowed)}; corrija la decisión."
        )
    if decision.decision == "reject" and decision.reason not in REJECTABLE[item.kind]:
        classes = ", ".join(sorted(REJECTABLE[item.kind]))
        raise Refused("CLASE_AJENA", f"En un asunto «{item.kind}» se puede rechazar por: {classes}; indique una.")
    if decision.decision == "date":
        try:
            dt.date.fromisoformat(decision.reason)
        except ValueError:
            raise Refused("FECHA", "Escriba la fecha como AAAA-MM-DD en el motivo.") from None


def _ask_for_ruling(session: Session, item: ReviewItem) -> None:
    row = session.get_one(Record, item.record)
    add_job(session, "rule", session.get_one(Aspirante, row.aspirante).proceso, None, now())
