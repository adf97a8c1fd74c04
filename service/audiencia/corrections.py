"""What a granted claim changes: answers that lift a class are added, those they replace are voided, none is lost."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from service.errors import Refused
from service.jobs.lawyer import established_by
from service.jobs.lookups import Named
from service.store import Session, now
from service.store.audiencia import items_of_kind, standing_answers
from service.store.findings import Review, ReviewItem, Settlement, VoidedSettlement
from service.store.standing import Settled

LIFTED_BY = {
    "I1": "copy",
    "I2": "electronic",
    "I3": "signature",
    "I8": "strike",
    "I9": "sheet",
    "I10": "authenticity",
    "I11": "date",
    "DT": "date",
    "D2": "date",
    "N": "match",
    "I4": "match",
    "I5": "match",
    "I6": "match",
    "I7": "match",
    "P": "match",
    "G": "match",
}
"""Class -> kind of question whose new answer may lift it. Every baja (B1 to B9) is lifted by ``match`` too."""

POSITIVE = {
    "match": "elector",
    "signature": "signed",
    "copy": "original",
    "strike": "clean",
    "electronic": "accept",
    "sheet": "accept",
    "authenticity": "accept",
    "date": "date",
}
"""The answer that lifts, by kind of question (the vocabulary of ``review decide``)."""


@dataclass(frozen=True, slots=True)
class Correction:
    """How one class of one row is lifted: by the elector ``named``, or the date ``fecha`` (ISO), where needed."""

    clase: str
    named: Named | None = None
    fecha: str = ""


def kind_for(clase: str) -> str | None:
    """The kind of question that lifts a class; None for what no answer can lift (a duplicate of one's own)."""
    return "match" if clase.startswith("B") else LIFTED_BY.get(clase)


def apply(session: Session, record_id: str, correction: Correction, by: str, cause: str) -> None:
    """Add the answer that lifts a class. Raises Refused when the class cannot be lifted or a value is missing."""
    kind = kind_for(correction.clase)
    if kind is None:
        raise Refused(
            "CLASE_SIN_CURA", f"La clase {correction.clase} no se cambia en audiencia; deniegue con su motivo."
        )
    replaced = [
        (item, settlement)
        for item, settlement, review in standing_answers(session, record_id)
        if _establishes(item, review) == correction.clase or item.kind == kind
    ]
    for _item, settlement in replaced:
        session.add(VoidedSettlement(settlement_id=settlement.id, by=by, at=now(), motive="resolución de audiencia"))
    session.flush()
    items = [item for item, _settlement in replaced] or items_of_kind(session, record_id, kind)[-1:]
    if not items:
        items = [ReviewItem(record=record_id, kind=kind, cause=cause, reasons=["Audiencia"], at=now())]
        session.add_all(items)
        session.flush()
    for item in dict.fromkeys(items):
        _answer(session, item, correction, by)


def _establishes(item: ReviewItem, review: Review) -> str | None:
    clase = established_by(Settled(item.kind, review.decision, review.reason, None, None, None))
    return clase.value if clase is not None else None


def _answer(session: Session, item: ReviewItem, correction: Correction, by: str) -> None:
    review = Review(
        item_id=item.id,
        decision=POSITIVE.get(item.kind, "accept"),
        reason="",
        clave=None,
        seccion=None,
        situacion=None,
        by=by,
        at=now(),
        rank="audiencia",
    )
    if item.kind == "date":
        review.reason = _date(correction.fecha)
    if item.kind == "match":
        if correction.named is None:
            raise Refused("SIN_CLAVE", "Escriba la clave de elector que se probó en audiencia.")
        named = correction.named
        review.clave, review.seccion, review.situacion = named.clave, named.seccion, named.situacion
    session.add(review)
    session.flush()
    session.add(Settlement(item_id=item.id, review_id=review.id, at=now()))
    session.flush()


def _date(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise Refused("FECHA", "Escriba la fecha que se probó como AAAA-MM-DD.") from None
