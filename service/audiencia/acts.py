"""The acts of the hearing. Each is one transaction with its deed; a decision adds answers and never edits one."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import BinaryIO

from service.audiencia.corrections import Correction, apply
from service.audiencia.evidence import check_evidence
from service.audit.chain import record as record_deed
from service.audit.deeds import ClaimMade, HearingDecided, HearingNoticed, RivalWarned
from service.config import Settings
from service.errors import Refused
from service.jobs.rule import rule_proceso
from service.law.plazos import hearing_deadline
from service.proceso.register import law_proceso, require_aspirante, require_proceso
from service.store import Session, now
from service.store.audiencia import (
    Claim,
    ClaimRow,
    Evidence,
    HearingDecision,
    HearingNotice,
    NoticeRow,
    RivalTold,
    failing_rows,
    notices_of,
    rows_of_claim,
    undecided_rows,
)
from service.store.files import ContentStore
from service.store.findings import Ruling, RulingRun, rulings_in_force
from service.store.papers import Record, are_of, received_among
from service.store.proceso import marco_in_force
from service.store.work import is_open

WAITING = ("Q1", "Q2", "Q3")
"""Rows that wait for the institute are not failing yet: a notice names those that do not count."""

LONGEST_TEXT = 20_000
"""Characters of an allegation or a motive: some ten pages; more goes in a file."""

SHORTEST_MOTIVE = 10
"""A decision is founded and motivated (art. 16 of the Constitution): one word is no motive."""


def give_notice(session: Session, aspirante_id: str, by: str, at: dt.datetime | None = None) -> HearingNotice:
    """Notify an aspirante of every row that does not count, with all its reasons; the term runs from ``at``.

    Raises Refused SIN_RENGLONES when there is no such row, AUDIENCIA_ABIERTA while another term runs, HORA_ANTERIOR
    when a row it names was ruled after ``at``.
    """
    aspirante = require_aspirante(session, aspirante_id)
    moment = at or now()
    if any(notice.term_ends > moment for notice in notices_of(session, aspirante_id)):
        raise Refused("AUDIENCIA_ABIERTA", "Ya hay un plazo de audiencia corriendo; espere a que termine.")
    rows = failing_rows(session, aspirante_id, WAITING)
    if not rows:
        raise Refused("SIN_RENGLONES", "No hay renglones que notificar: todos cuentan o siguen pendientes.")
    _refuse_backdating(session, rows, moment)
    hours = law_proceso(require_proceso(session, aspirante.proceso).text).parametros.plazo_audiencia_horas
    told = [[record.id, ruling.clase, list(ruling.reasons)] for record, ruling in rows]
    digest = hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).hexdigest()
    notice = HearingNotice(
        aspirante=aspirante_id,
        notified_at=moment,
        term_ends=hearing_deadline(moment, hours),
        hours=hours,
        rows=len(rows),
        sha256=digest,
        by=by,
    )
    session.add(notice)
    session.flush()
    session.add_all(
        NoticeRow(
            notice_id=notice.id,
            record=record.id,
            clase=ruling.clase,
            reasons=list(ruling.reasons),
            paragraph=ruling.paragraph,
            sentence=ruling.sentence,
        )
        for record, ruling in rows
    )
    ends = notice.term_ends.isoformat()
    record_deed(session, by, HearingNoticed(notice.id, aspirante_id, len(rows), digest, ends))
    return notice


def _refuse_backdating(session: Session, rows: Sequence[tuple[Record, Ruling]], moment: dt.datetime) -> None:
    """A notice names rows as they were ruled: none of them can have been ruled after it was given."""
    newest = session.get_one(RulingRun, max(ruling.run_id for _record, ruling in rows)).at
    if moment < newest.replace(second=0, microsecond=0):  # an acuse is written to the minute
        raise Refused(
            "HORA_ANTERIOR",
            "Algún renglón se resolvió después de esa hora: lo notificado entonces ya no es lo que consta; "
            "notifique de nuevo y anote la hora de ese acuse.",
        )


def make_claim(
    session: Session,
    settings: Settings,
    notice: HearingNotice,
    *,
    records: Collection[str],
    text: str,
    files: Iterable[tuple[str, BinaryIO]],
    by: str,
) -> Claim:
    """Take an allegation about one row or many, with its evidence. The rows pass to Q3.

    Raises Refused PLAZO_VENCIDO after the term, SIN_RENGLONES, ALEGATO_VACIO, ALEGATO_LARGO, RENGLON_AJENO,
    PRUEBA_TIPO.
    """
    if now() > notice.term_ends:
        raise Refused("PLAZO_VENCIDO", "El plazo de esta audiencia terminó; ya no se reciben alegatos en ella.")
    wanted = sorted(set(records))
    if not wanted:
        raise Refused("SIN_RENGLONES", "Marque al menos un renglón para alegar.")
    said = text.strip()
    if not said:
        raise Refused("ALEGATO_VACIO", "Escriba lo que alega; puede ser breve.")
    if len(said) > LONGEST_TEXT:
        raise Refused("ALEGATO_LARGO", f"El alegato pasa de {LONGEST_TEXT} caracteres; adjunte el resto en archivo.")
    if not are_of(session, wanted, notice.aspirante):
        raise Refused("RENGLON_AJENO", "Uno de los renglones no es de este expediente; vuelva a marcarlos.")
    handed_in = list(files)
    for name, stream in handed_in:
        check_evidence(name, stream)
    claim = Claim(notice_id=notice.id, text=said, by=by, at=now())
    session.add(claim)
    session.flush()
    session.add_all(ClaimRow(claim_id=claim.id, record=record_id) for record_id in wanted)
    content = ContentStore(settings.scans)
    digests = []
    for name, stream in handed_in:
        staged = content.stage(stream)
        content.keep(staged)
        session.add(Evidence(claim_id=claim.id, name=name[-120:], sha256=staged.sha256, size=staged.size))
        digests.append(staged.sha256)
    session.flush()
    record_deed(session, by, ClaimMade(claim.id, notice.aspirante, len(wanted), digests))
    _rule_again(session, notice.aspirante)
    return claim


def decide_claim(
    session: Session,
    claim: Claim,
    records: Sequence[str],
    *,
    granted: bool,
    motive: str,
    corrections: Sequence[Correction],
    by: str,
) -> list[HearingDecision]:
    """Decide claimed rows with their motive; a grant is of one row, adds the answers that lift its classes.

    The law is applied once for all, and whoever else is affected is told of their own rows. Raises Refused.
    """
    check_decision(session, claim, records, granted=granted, motive=motive, corrections=corrections)
    own = session.get_one(Record, records[0]).aspirante
    proceso = require_aspirante(session, own).proceso
    if is_open(session, "rule", proceso):  # what the desks settled since is their doing, not this hearing's
        _rule_again(session, own)
    before = {record: ruling.clase for record, ruling in rulings_in_force(session, proceso).items()}
    decisions = [
        HearingDecision(
            claim_id=claim.id,
            record=record_id,
            granted=granted,
            motive=motive.strip()[:LONGEST_TEXT],
            cured=[correction.clase for correction in corrections] if granted else [],
            by=by,
            at=now(),
        )
        for record_id in records
    ]
    session.add_all(decisions)
    session.flush()
    for decision in decisions:
        for correction in corrections if granted else ():
            apply(session, decision.record, correction, by, f"hearing:{decision.id}")
        record_deed(session, by, HearingDecided(decision.id, claim.id, decision.record, granted))
    _rule_again(session, own)
    _tell(session, decisions[0], own, before, rulings_in_force(session, proceso))
    return decisions


def check_decision(
    session: Session,
    claim: Claim,
    records: Sequence[str],
    *,
    granted: bool,
    motive: str,
    corrections: Sequence[Correction],
) -> None:
    """Raises Refused when these rows of a claim cannot be decided so; asked before the list is looked up, too."""
    if not records:
        raise Refused("SIN_RENGLONES", "Marque al menos un renglón para resolver.")
    if granted and len(records) != 1:
        raise Refused("UN_RENGLON", "Lo que se concede se resuelve renglón por renglón; marque uno.")
    if set(records) - set(rows_of_claim(session, claim.id)):
        raise Refused("RENGLON_AJENO", "Ese renglón no es parte de este alegato.")
    if len(set(records)) < len(records) or set(records) - set(undecided_rows(session, claim.id)):
        raise Refused("YA_RESUELTO", "Ese renglón de este alegato ya se resolvió; no se cambia, se añade otro acto.")
    if len(motive.strip()) < SHORTEST_MOTIVE:
        raise Refused("SIN_MOTIVO", "Escriba el motivo de la resolución: toda resolución se funda y se motiva.")
    if granted and not corrections:
        raise Refused("SIN_CORRECCION", "Indique qué causas se levantan con la resolución favorable.")


def _rule_again(session: Session, aspirante_id: str) -> None:
    proceso = require_aspirante(session, aspirante_id).proceso
    session.flush()
    if marco_in_force(session, proceso) is not None:
        rule_proceso(session, proceso)
        session.flush()


def _tell(
    session: Session, decision: HearingDecision, own: str, before: Mapping[str, str], after: Mapping[str, Ruling]
) -> None:
    """Tell other aspirantes which of their own rows changed, without saying whose act it was.

    Of a row whose original has not come nothing is told: a party would learn what the list says of it.
    """
    changed = {record for record, ruling in after.items() if before.get(record) != ruling.clase}
    changed = received_among(session, changed)
    told: dict[str, int] = {}
    for record_id in sorted(changed):
        rival = session.get_one(Record, record_id).aspirante
        if rival == own:
            continue
        told[rival] = told.get(rival, 0) + 1
        session.add(
            RivalTold(
                aspirante=rival,
                record=record_id,
                decision_id=decision.id,
                before=before.get(record_id, ""),
                after=after[record_id].clase,
                at=now(),
            )
        )
    for rival, rows in told.items():
        record_deed(session, decision.by, RivalWarned(decision.id, rival, rows))
