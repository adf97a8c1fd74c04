"""What stands about a record becomes a law record here, and nowhere else."""

from __future__ import annotations

import datetime as dt
import re

from service.law.frame import Marco, Seccion, marco_of
from service.law.plazos import Period, parrafo_6_periodo
from service.law.records import Aspirante, Cargo, Clase, Record, Situacion
from service.proceso.register import law_proceso, require_proceso
from service.store import Session
from service.store import proceso as rows
from service.store.findings import Match
from service.store.standing import Facts, Settled

ESTABLISHES = {
    "not_in_list": Clase.N,
    "illegible": Clase.I4,
    "copy": Clase.I1,
    "unsigned": Clase.I3,
    "struck": Clase.I8,
}
"""Decision that takes a support away and the class of domain.md B-2 it establishes; ``reject`` names its own."""

CLEARS = {
    "signature": Clase.I3,
    "copy": Clase.I1,
    "electronic": Clase.I2,
    "strike": Clase.I8,
    "sheet": Clase.I9,
    "authenticity": Clase.I10,
    "disavowal": Clase.I12,
}
"""The suspicion that a positive answer dismisses, by kind of question."""

SUSPICION = re.compile(r"(I\d+)\?")
"""How a question's reason names the class it is about: ``I8? Hay un renglón tachado.``"""


def law_record(facts: Facts, period: Period) -> Record:
    """One record with all that people found and machines signal, for the law to rule."""
    elector, situacion, seccion, open_match = _whose(facts)
    settled = _last_of_each(facts.settled)
    established = {clase for answer in settled if (clase := established_by(answer)) is not None}
    fecha, dated_by_person = _when(facts)
    cleared = {CLEARS[answer.kind] for answer in settled if answer.kind in CLEARS and established_by(answer) is None}
    if any(answer.kind == "date" and answer.decision == "accept" for answer in settled):
        cleared.add(Clase.I11)
    elif dated_by_person and fecha is not None and not period.first <= fecha <= period.last:
        established.add(Clase.I11)  # a person read the date; that it lies outside is arithmetic
    suspected = {Clase(code) for question in facts.pending for r in question.reasons for code in SUSPICION.findall(r)}
    return Record(
        id=facts.record,
        aspirante=facts.aspirante,
        received=facts.received,
        elector=elector,
        situacion=situacion,
        seccion=seccion,
        fecha=fecha,
        original_received=facts.original,
        unprocessed=facts.match is None and not any(answer.kind == "match" for answer in facts.settled),
        open_match=open_match,
        in_hearing=facts.in_hearing,
        established=frozenset(established),
        suspected=frozenset(suspected),
        cleared=frozenset(cleared - suspected),  # what was dismissed once may be asked again
        prevails=any(answer.kind == "tie" and answer.decision == "accept" for answer in facts.settled),
        credential_copy=facts.credential_copy,
        batch=facts.batch,
        sheet=facts.sheet,
        folio=facts.folio or "",
        page=facts.page,
        row=facts.row,
    )


def _last_of_each(settled: tuple[Settled, ...]) -> list[Settled]:
    """Of several answers on whom a record is of, or on its date, the last stands; other findings add up."""
    last = {kind: max(i for i, a in enumerate(settled) if a.kind == kind) for kind in {a.kind for a in settled}}
    return [a for i, a in enumerate(settled) if a.kind not in ("match", "date") or i == last[a.kind]]


def established_by(answer: Settled) -> Clase | None:
    """The class that a settled answer establishes; None for a positive one."""
    return Clase(answer.reason) if answer.decision == "reject" else ESTABLISHES.get(answer.decision)


def decided_by(facts: Facts) -> str:
    """``auto``, ``desk`` (people answered, or confirmed its key), or empty while it waits or nobody was matched."""
    if facts.pending:
        return ""
    if facts.settled:
        return "desk"
    if facts.match is None or not facts.match.accepted:
        return ""
    return "desk" if facts.confirmed else "auto"


def _whose(facts: Facts) -> tuple[str | None, Situacion | None, int | None, bool]:
    """Elector, status and section, and whether the question of whose it is stands open."""
    answers = [answer for answer in facts.settled if answer.kind == "match"]
    if answers:
        last = answers[-1]
        if last.decision != "elector" or last.clave is None or last.situacion is None:
            return None, None, None, False
        return last.clave, Situacion(last.situacion), last.seccion, False
    match: Match | None = facts.match
    if match is not None and match.accepted and match.clave is not None and match.situacion is not None:
        return match.clave, Situacion(match.situacion), match.seccion, False
    return None, None, None, match is not None


def _when(facts: Facts) -> tuple[dt.date | None, bool]:
    """The row's date, and whether a person read it."""
    for answer in reversed(facts.settled):
        if answer.kind == "date" and answer.decision == "date":
            return dt.date.fromisoformat(answer.reason), True
    return (facts.read.fecha if facts.read else None), False


def law_marco(session: Session, marco: rows.Marco) -> Marco:
    """The frame as the law room takes it."""
    return marco_of(
        Seccion(
            seccion=row.seccion,
            distrito=str(row.distrito_local),
            demarcacion=row.demarcacion,
            circunscripcion=row.circunscripcion,
            electors=row.lista_nominal,
        )
        for row in rows.secciones_of(session, marco)
    )


def law_aspirante(row: rows.Aspirante, withdrawn_on: dt.date | None) -> Aspirante:
    """An aspirante as the law room takes it."""
    return Aspirante(row.id, Cargo(row.cargo), row.ambito, row.constancia, withdrawn_on)


def law_aspirantes(session: Session, proceso: str) -> list[Aspirante]:
    """Every aspirante of a process."""
    withdrawn = rows.withdrawals_of(session, proceso)
    return [law_aspirante(row, withdrawn.get(row.id)) for row in rows.aspirantes_of(session, proceso)]


def collection_period(session: Session, row: rows.Aspirante) -> Period:
    """The days on which a support may be dated, both included (311, 312; 323 párr. 6 IV)."""
    proceso = law_proceso(require_proceso(session, row.proceso).text)
    return parrafo_6_periodo(law_aspirante(row, None), proceso)


def is_in_scope(session: Session, row: rows.Aspirante, seccion: int | None) -> bool:
    """Whether a section of the list lies in an aspirante's scope; a section the frame does not know does not."""
    marco = rows.marco_in_force(session, row.proceso)
    place = rows.seccion_of(session, marco, seccion) if marco is not None and seccion is not None else None
    if row.cargo == Cargo.JEFATURA:
        return True
    if place is None:
        return False
    return row.ambito == (place.demarcacion if row.cargo == Cargo.ALCALDIA else str(place.distrito_local))
