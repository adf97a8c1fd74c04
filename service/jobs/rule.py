"""Step 5 of a scan's walk: the law applied to all records of a process; only what changed is written."""

from __future__ import annotations

from service.audit.chain import record as record_deed
from service.audit.deeds import LawApplied
from service.errors import Refused
from service.jobs.lawyer import decided_by, law_aspirantes, law_marco, law_record
from service.jobs.queue import Lease, Workshop, finish
from service.law.impact import impacts
from service.law.plazos import parrafo_6_periodo
from service.law.records import Clase
from service.law.records import Ruling as LawRuling
from service.law.ruling import Rulings
from service.law.ruling import rule as apply_law
from service.law.sentences import cite, sentence
from service.law.tally import tally, tally_to_json
from service.proceso.register import law_proceso, require_proceso
from service.store import Session, now
from service.store.findings import ReviewItem, Ruling, RulingRun, TallyRow, has_item, newest_tally, rulings_in_force
from service.store.proceso import marco_in_force
from service.store.standing import facts_of

ACTOR = "ley"
"""Who acts in the log when the law is applied by the machine."""


def rule(shop: Workshop, lease: Lease) -> None:
    """Rule a process (``subject``) in one transaction. Without a frame there is nothing to rule by yet."""
    with shop.store.writing() as session:
        if marco_in_force(session, lease.subject) is not None:
            rule_proceso(session, lease.subject)
        finish(session, lease)


def rule_proceso(session: Session, proceso: str) -> RulingRun:
    """Apply the law now and keep what changed: rulings, tallies, and questions about ties. Raises Refused."""
    version = require_proceso(session, proceso)
    law = law_proceso(version.text)
    frame = marco_in_force(session, proceso)
    if frame is None:
        raise Refused("SIN_MARCO", f"El proceso {proceso} no tiene marco geográfico; cárguelo con «marco load».")
    aspirantes = law_aspirantes(session, proceso)
    periods = {aspirante.id: parrafo_6_periodo(aspirante, law) for aspirante in aspirantes}
    deciders: dict[str, str] = {}
    records = []
    for facts in facts_of(session, proceso):
        records.append(law_record(facts, periods[facts.aspirante]))
        deciders[facts.record] = decided_by(facts)
    rulings = apply_law(records, law, law_marco(session, frame), aspirantes)
    run = RulingRun(proceso=proceso, proceso_version_id=version.id, marco_id=frame.id, at=now())
    session.add(run)
    session.flush()
    changed = _keep_rulings(session, run, rulings, deciders)
    outcomes = {}
    for aspirante in aspirantes:
        document = tally_to_json(tally(rulings, aspirante.id))
        outcomes[aspirante.id] = document["outcome"]
        before = newest_tally(session, aspirante.id)
        if before is None or before.document != document:
            session.add(TallyRow(run_id=run.id, aspirante=aspirante.id, document=document))
    record_deed(session, ACTOR, LawApplied(run.id, changed, outcomes))
    return run


def _keep_rulings(session: Session, run: RulingRun, rulings: Rulings, deciders: dict[str, str]) -> int:
    before = rulings_in_force(session, run.proceso)
    pivotal = {impact.record for impact in impacts(rulings) if impact.can_change}
    changed = 0
    for ruling in rulings:
        row = _row(run, ruling, deciders[ruling.record.id], ruling.record.id in pivotal)
        old = before.get(row.record)
        if old is None or _said(old) != _said(row):
            session.add(row)
            changed += 1
        if ruling.clase is Clase.DT and Clase.DT not in ruling.record.established:
            _ask_about_tie(session, ruling)
    return changed


def _row(run: RulingRun, ruling: LawRuling, decider: str, pivotal: bool) -> Ruling:
    return Ruling(
        run_id=run.id,
        record=ruling.record.id,
        clase=ruling.clase.value,
        reasons=[*(clase.value for clase in ruling.reasons), *(f"{clase.value}?" for clase in ruling.suspected)],
        paragraph=cite(ruling),
        sentence=sentence(ruling),
        clave=ruling.record.elector or "",
        decided_by="" if ruling.clase.pending else decider,
        pivotal=pivotal,
    )


def _said(row: Ruling) -> tuple[object, ...]:
    return (row.clase, tuple(row.reasons), row.paragraph, row.clave, row.decided_by, row.pivotal)


def _ask_about_tie(session: Session, ruling: LawRuling) -> None:
    """Same date, or no date: the law is silent, so officials decide (domain.md A-8, t3)."""
    if not has_item(session, ruling.record.id, "tie", "rule"):
        reason = "DT? La misma persona apoya a otra persona aspirante sin que las fechas den un orden."
        session.add(ReviewItem(record=ruling.record.id, kind="tie", cause="rule", reasons=[reason], at=now()))
