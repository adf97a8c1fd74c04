"""The desk's own rules, the same for the pages and the command.

A positive answer (this is the elector, it is signed, it is an original) settles a question by one person. An answer
that takes a support away needs a second person who does not see the first; if they differ, a supervisor decides.
An answer can be undone: both acts are kept.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum

from service.audit.chain import record as record_deed
from service.audit.deeds import ListLookedUp, ReviewGiven, ReviewUndone
from service.config import Settings
from service.errors import Refused
from service.jobs.match_page import open_roll
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
from service.store.proceso import Aspirante, Proceso, listas_of
from service.store.work import add_job

REVIEWERS = frozenset({"revisor", "supervisor"})
SUPERVISOR = "supervisor"

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
    session: Session, settings: Settings, item_id: int, decision: Decision, *, by: str, roles: frozenset[str]
) -> Standing:
    """Take one person's answer to one item. Raises Refused when the desk's rules do not allow it."""
    item = session.get(ReviewItem, item_id)
    if item is None:
        raise Refused("ASUNTO_DESCONOCIDO", f"No hay un asunto {item_id}; actualice la lista de asuntos abiertos.")
    if not roles & REVIEWERS:
        raise Refused("SIN_FACULTAD", f"«{by}» no tiene función de revisión; pida a administración que la asigne.")
    if standing_settlement(session, item_id) is not None:
        raise Refused("ASUNTO_RESUELTO", f"El asunto {item_id} ya está resuelto; deshaga antes la respuesta.")
    _check(item, decision)
    given = standing_reviews(session, item_id)
    if any(review.by == by for review in given):
        raise Refused("MISMA_PERSONA", f"El asunto {item_id} necesita la revisión de otra persona.")
    if where_it_stands(given) is Standing.SUPERVISOR and SUPERVISOR not in roles:
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
    )
    if decision.decision == "elector":
        _look_up(session, settings, item, review, decision.clave, by)
    session.add(review)
    session.flush()
    record_deed(session, by, ReviewGiven(item.id, item.record, decision.decision))
    standing = where_it_stands([*given, review])
    if standing is Standing.SETTLED:
        session.add(Settlement(item_id=item_id, review_id=review.id, at=now()))
        _ask_for_ruling(session, item)
    return standing


def undo(session: Session, item_id: int, *, by: str, roles: frozenset[str]) -> None:
    """Take back one's own standing answer (a supervisor: the last one). Raises Refused when there is none."""
    item = session.get_one(ReviewItem, item_id)
    given = standing_reviews(session, item_id)
    mine = [review for review in given if review.by == by or SUPERVISOR in roles]
    if not mine:
        raise Refused("NADA_QUE_DESHACER", "No hay una respuesta suya que deshacer en este asunto.")
    review = mine[-1]
    session.add(UndoneReview(review_id=review.id, by=by, at=now()))
    settlement = standing_settlement(session, item_id)
    if settlement is not None:
        session.add(VoidedSettlement(settlement_id=settlement.id, by=by, at=now(), motive="respuesta deshecha"))
        _ask_for_ruling(session, item)
    record_deed(session, by, ReviewUndone(item_id, review.id))


def where_it_stands(given: list[Review]) -> Standing:
    """What an item with these standing answers waits for; an item without answers waits for a first (SECOND)."""
    outcomes = [_outcome_of(review) for review in given]
    if not outcomes:
        return Standing.SECOND
    if len(outcomes) == 1:
        return Standing.SETTLED if outcomes[0][0] in POSITIVE else Standing.SECOND
    if len(outcomes) == 2 and outcomes[0] != outcomes[1]:
        return Standing.SUPERVISOR
    return Standing.SETTLED


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


def _look_up(session: Session, settings: Settings, item: ReviewItem, review: Review, clave: str, by: str) -> None:
    """Find the elector a person named. Each look-up is logged with its record and purpose (LGIPE 126.3)."""
    row = session.get_one(Record, item.record)
    aspirante = session.get_one(Aspirante, row.aspirante)
    key = session.get_one(Proceso, aspirante.proceso).key
    listas = listas_of(session, aspirante.proceso)
    if not listas:
        raise Refused("SIN_LISTA", "No hay una lista nominal cargada; no se puede resolver a una persona.")
    digest = hmac.new(key, clave.encode(), hashlib.sha256).hexdigest()[:16]
    record_deed(session, by, ListLookedUp(listas[0].id, item.record, "cotejo", digest))
    roll = open_roll(settings, listas[0])
    index = roll.by_clave(clave)
    if index is None:
        raise Refused(
            "CLAVE_FUERA_DE_LISTA", "Esa clave no está en la lista nominal; revísela o responda not_in_list."
        )
    elector = roll.elector(index)
    review.clave, review.seccion, review.situacion = elector.clave, elector.seccion, str(elector.situacion)


def _ask_for_ruling(session: Session, item: ReviewItem) -> None:
    row = session.get_one(Record, item.record)
    add_job(session, "rule", session.get_one(Aspirante, row.aspirante).proceso, None, now())
