"""A person asks about their own support, and may disavow it. Nothing is removed by it: people decide at a desk.

Two ways in, both off until an acuerdo opens them (domain J 10): the receipt code of the row, or identification in
person before staff. A clave and an OCR number alone are no proof: every promoter holds both.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum

from service import folio as folios
from service.audit.chain import record as record_deed
from service.audit.deeds import CitizenAsked, DisavowalFiled
from service.errors import Refused
from service.proceso.publico import PublicRules, public_rules
from service.store import Session, now, pages
from service.store.findings import ReviewItem, open_items_of_record
from service.store.papers import Record
from service.store.proceso import Aspirante, Proceso, ProcesoVersion
from service.store.publico import IN_PERSON, Disavowal, Found, disavowed_before, supports_of, supports_on
from service.store.shown import PENDING, shown_class
from service.store.work import add_job

ANYBODY = "ciudadanía"
"""Who acts in the log when a person asks with a code: nobody asked their name."""

BY_CODE = "codigo"
STATEMENT = 1_000
"""Characters a statement may have."""


class State(StrEnum):
    """All that is told of a support: no class, no cause, no candidacy."""

    RECEIVED = "recibido"
    COUNTED = "cuenta"
    NOT_COUNTED = "no_cuenta"


@dataclass(frozen=True, slots=True)
class Support:
    """A support as its person is told of it: for which kind of election, and whether it counts."""

    record: str
    cargo: str
    state: State


def open_processes(session: Session) -> list[tuple[ProcesoVersion, PublicRules]]:
    """The processes in which a person may ask."""
    rules = [(version, public_rules(version.text)) for version in pages.procesos(session)]
    return [(version, rule) for version, rule in rules if rule.consulta_ciudadana]


def look_by_code(session: Session, text: str) -> list[Support]:
    """The supports under a receipt code; the trace of the question is kept.

    Empty alike for a wrong code and for a row that was not received, and the same is computed for both: whoever
    guesses learns nothing. Raises Refused where it is closed.
    """
    found: list[Support] = []
    code = folios.read_receipt(text)
    for version, _rules in _open_or_refuse(session):
        proceso = session.get_one(Proceso, version.proceso)
        genuine = folios.is_receipt(code, proceso.key)
        here = supports_on(session, proceso.clave, code.folio, code.row, genuine=genuine)
        _trace(session, proceso, BY_CODE, text, ANYBODY, len(here))
        found += [_told(one) for one in here]
    return found


def look_in_person(session: Session, clave: str, *, by: str) -> list[Support]:
    """The supports resolved to a person whom staff identified with their credential. Raises Refused where closed."""
    found: list[Support] = []
    for version, _rules in _open_or_refuse(session):
        proceso = session.get_one(Proceso, version.proceso)
        here = supports_of(session, proceso.clave, clave)
        _trace(session, proceso, IN_PERSON, clave, by, len(here))
        found += [_told(one) for one in here]
    return found


def disavow(session: Session, support: Support, statement: str, *, channel: str, by: str) -> Disavowal:
    """Keep a person's statement and put the question to a desk; the acuse is its number.

    Saying it again while the question is open adds no second one. Raises Refused DESCONOCIMIENTO_LARGO.
    """
    said = statement.strip()
    if len(said) > STATEMENT:
        raise Refused("DESCONOCIMIENTO_LARGO", f"Escriba su declaración en {STATEMENT} letras o menos.")
    before = disavowed_before(session, support.record, channel)
    open_items = [item for item in open_items_of_record(session, support.record) if item.kind == "disavowal"]
    if before is not None and open_items:
        return before
    made = Disavowal(record=support.record, channel=channel, statement=said, by=by, at=now())
    session.add(made)
    session.flush()
    if not open_items:  # who states in person what was said with the stub ratifies it: one question, two statements
        cause = f"disavowal:{made.id}"
        open_items = [
            ReviewItem(record=support.record, kind="disavowal", cause=cause, reasons=[_REASONS[channel]], at=now())
        ]
        session.add_all(open_items)
        session.flush()
    made.item_id = open_items[0].id
    record_deed(session, by, DisavowalFiled(made.id, support.record, channel))
    aspirante = session.get_one(Aspirante, session.get_one(Record, support.record).aspirante)
    add_job(session, "rule", aspirante.proceso, None, now())
    return made


_REASONS = {
    BY_CODE: "I12? Con el talón de este renglón se declaró que el apoyo no es suyo.",
    IN_PERSON: "I12? Una persona identificada ante el instituto declaró que este apoyo no es suyo.",
}
"""A suspicion like any other: the support waits (Q2) until people rule, and stands if they find nothing."""


def _told(found: Found) -> Support:
    code = shown_class(found.clase, original=found.original)
    pending = code in PENDING or code == "DT"
    return Support(
        found.record,
        found.cargo,
        State.RECEIVED if pending else State.COUNTED if code == "V" else State.NOT_COUNTED,
    )


def _open_or_refuse(session: Session) -> list[tuple[ProcesoVersion, PublicRules]]:
    found = open_processes(session)
    if not found:
        raise Refused("CONSULTA_CERRADA", "La consulta de apoyos no está abierta; acuda al instituto.")
    return found


def _trace(session: Session, proceso: Proceso, channel: str, text: str, by: str, found: int) -> None:
    digest = hmac.new(proceso.key, text.strip().upper().encode(), hashlib.sha256).hexdigest()[:32]
    record_deed(session, by, CitizenAsked(proceso.clave, channel, digest, found))
