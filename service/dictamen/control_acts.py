"""The acts of the blind second look, through the store: seal a frame, draw it by a public seed, take what people see.

A frame is sealed (its hash stands in the log) before the seed is known; nothing about it can then be chosen.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction

from service.access.roles import DESK
from service.audit.chain import record as record_deed
from service.audit.deeds import ControlDrawn, ControlSealed, ControlSeen
from service.config import Settings
from service.dictamen.audit_sample import held_of, misjudged, plan_audit, stake_of, stratum_of
from service.dictamen.control import CONTRADICTABLE, MACHINE, PEOPLE, contradicts, is_whole
from service.dictamen.expediente import Drawn, Look, Sampled
from service.dictamen.freeze import digest
from service.dictamen.sample import StageResult, draw, judge_stages
from service.errors import Refused
from service.jobs.lawyer import decided_by, established_by, is_in_scope
from service.jobs.lookups import find_elector, leave_trace
from service.law.records import Clase, Situacion
from service.proceso.register import require_aspirante
from service.store import Session, Store, now
from service.store.control import (
    ControlDraw,
    ControlFrame,
    ControlItem,
    ControlLook,
    Seen,
    add_items,
    add_look,
    count_items,
    drawn_before,
    draws_of,
    find_control,
    frames_of,
    newest_drawn,
    people_who_saw,
    seen_of,
)
from service.store.findings import Dictamen
from service.store.standing import Facts, facts_of


@dataclass(frozen=True, slots=True)
class Frame:
    """A sealed frame as its verbs and pages tell it."""

    number: int
    stratum: str
    records: int
    sha256: str


def seal_reading(store: Store, aspirante: str, by: str) -> list[Frame]:
    """Seal what the machine accepted by itself and what people rejected, up to this moment: two frames."""
    with store.writing() as session:
        row = require_aspirante(session, aspirante)
        strata: dict[str, list[str]] = {MACHINE: [], PEOPLE: []}
        for facts in facts_of(session, row.proceso, row.id):
            if (stratum := _stratum_of(facts)) is not None:
                strata[stratum].append(facts.record)
        return [_seal(session, aspirante, "lectura", name, sorted(found), by) for name, found in strata.items()]


def seal_decision(store: Store, settings: Settings, dictamen: int, by: str, limit_percent: int = 5) -> Frame:
    """Seal the stratum of an issued dictamen in which wrong records would overturn its outcome.

    Once a dictamen: a second frame would be a second try at the same risk limit. Raises Refused
    ``DICTAMEN_DESCONOCIDO``, ``MARCO_YA_SELLADO``, and what the plan refuses.
    """
    with store.writing() as session:
        row = session.get(Dictamen, dictamen)
        if row is None or row.preliminary:
            raise Refused("DICTAMEN_DESCONOCIDO", f"No hay un dictamen final {dictamen}; vea la lista de dictámenes.")
        if sealed := [one.id for one in frames_of(session, row.aspirante) if one.dictamen_id == dictamen]:
            raise Refused(
                "MARCO_YA_SELLADO",
                f"El dictamen {dictamen} ya tiene el marco {sealed[0]}; la auditoría se amplía, no se repite.",
            )
        folder = settings.data / "dictamenes" / row.sha256
        plan = plan_audit(folder, Fraction(limit_percent, 100))
        listed = stratum_of(folder, plan.stake.stratum)
        return _seal(
            session, row.aspirante, "decision", plan.stake.stratum, listed, by, dictamen=row.id, limit=limit_percent
        )


def draw_frame(store: Store, settings: Settings, number: int, seed: str, size: int, by: str) -> list[str]:
    """Draw the first ``size`` of a frame by the public seed; gives the records in the order of the seed.

    A further draw of the same frame keeps its seed and is larger. Raises Refused ``MARCO_DESCONOCIDO``,
    ``SEMILLA_CORTA``, ``OTRA_SEMILLA``, ``MUESTRA_MENOR``, ``MUESTRA_FUERA_DE_PLAN``.
    """
    with store.writing() as session:
        frame = _frame(session, number)
        before = draws_of(session, number)
        if before and before[0].seed != seed:
            raise Refused("OTRA_SEMILLA", f"El marco {number} ya se sorteó con otra semilla; amplíe con la misma.")
        if size > frame.records or (before and size <= before[-1].size):
            least = before[-1].size + 1 if before else 1
            raise Refused(
                "MUESTRA_MENOR", f"La muestra del marco {number} va de {least} a {frame.records} registros."
            )
        if frame.purpose == "decision" and size not in (stages := plan_of(session, settings, frame)):
            raise Refused(
                "MUESTRA_FUERA_DE_PLAN",
                f"El plan fijado antes de la semilla pide tamaños {', '.join(map(str, stages))}; elija el siguiente.",
            )
        drawn = draw(frame.listed.decode().split(), seed, size)
        held = _held(session, settings, frame, drawn)
        known = count_items(session, number)
        items = [
            ControlItem(frame_id=number, place=place, **held[mark])
            for place, mark in enumerate(drawn, start=1)
            if place > known
        ]
        add_items(session, items)
        session.add(ControlDraw(frame_id=number, seed=seed, size=size, at=now(), by=by))
        record_deed(session, by, ControlDrawn(number, seed, size))
        return [held[mark]["record"] for mark in drawn]


def open_for(
    session: Session, by: str, frame: int | None = None, own: Collection[str] | None = None
) -> list[tuple[ControlItem, ControlFrame]]:
    """Drawn records that still need this person's eyes: none they answered about at the desk or saw before.

    ``own``: the aspirantes the person may know of, None for all.
    """
    waiting = []
    for one in frames_of(session):
        if frame in (None, one.id) and (own is None or one.aspirante in own):
            waiting += [(seen.item, one) for seen in seen_of(session, one.id) if _needs(one, seen, by)]
    told = people_who_saw(session, {item.record for item, _ in waiting})
    return [(item, one) for item, one in waiting if (item.record, by) not in told]


def to_confirm(
    session: Session, by: str, own: Collection[str] | None = None
) -> list[tuple[ControlItem, ControlLook]]:
    """Records of which this person wrote another key than the elector's: «¿es esta persona?» waits for an answer."""
    return [
        (seen.item, look)
        for frame in frames_of(session)
        if own is None or frame.aspirante in own
        for seen in seen_of(session, frame.id)
        for look in seen.looks
        if look.by == by and not is_whole(_drawn(frame.stratum, seen), _look(look))
    ]


def take_look(store: Store, settings: Settings, item: int, look: Look, *, by: str, roles: frozenset[str]) -> bool:
    """Keep what one person saw; True when the question on the person follows.

    Raises Refused SIN_FACULTAD, CONTROL_DESCONOCIDO, NO_ES_CIEGA, FECHA.
    """
    _check_role(by, roles)
    if look.fecha:
        try:
            dt.date.fromisoformat(look.fecha)
        except ValueError:
            raise Refused("FECHA", "Escriba la fecha como AAAA-MM-DD, o déjela vacía si no se lee.") from None
    with store.writing() as session:
        drawn, frame, looks = _found(session, item)
        blind = (drawn.record, by) not in people_who_saw(session, {drawn.record})
        if not blind or not _needs(frame, Seen(drawn, tuple(looks)), by):
            raise Refused(
                "NO_ES_CIEGA", f"El registro sorteado {item} ya lo vio usted, o ya no necesita otra revisión."
            )
        listed = _is_listed(session, settings, frame, drawn.record, look.clave, by)
        add_look(
            session, item, clave=look.clave, fecha=look.fecha, signed=look.signed, in_order=look.in_order,
            listed=listed, by=by,
        )  # fmt: skip
        record_deed(session, by, ControlSeen(item, drawn.record))
        return bool(drawn.elector) and look.clave != drawn.elector


def confirm(store: Store, item: int, same: bool, *, by: str, roles: frozenset[str]) -> None:
    """Keep whether the row is of the elector held, in the eyes of who wrote another key. Raises Refused."""
    _check_role(by, roles)
    with store.writing() as session:
        drawn, _, looks = _found(session, item)
        mine = next((look for look in looks if look.by == by), None)
        if mine is None or mine.same is not None or mine.clave == drawn.elector or not drawn.elector:
            raise Refused("NADA_QUE_CONFIRMAR", f"No hay nada que usted deba confirmar del registro sorteado {item}.")
        mine.same = same
        record_deed(session, by, ControlSeen(item, drawn.record))


def _check_role(by: str, roles: frozenset[str]) -> None:
    if not roles & DESK:
        raise Refused("SIN_FACULTAD", f"«{by}» no tiene función de revisión; pida a administración que la asigne.")


def _found(session: Session, item: int) -> tuple[ControlItem, ControlFrame, list[ControlLook]]:
    found = find_control(session, item)
    if found is None:
        raise Refused("CONTROL_DESCONOCIDO", f"No hay un registro sorteado {item}; actualice la lista.")
    return found


def _is_listed(session: Session, settings: Settings, frame: ControlFrame, record: str, clave: str, by: str) -> bool:
    """Whether the key as written is of somebody in the lista nominal of the scope: a support would count.

    Somebody struck off the padrón, or of another scope, was not wrongly refused. The look-up leaves its trace.
    """
    if not clave:
        return False
    found = find_elector(settings, leave_trace(session, record, "control", clave, by=by), clave)
    if found is None or found.situacion != Situacion.VIGENTE:
        return False
    return is_in_scope(session, require_aspirante(session, frame.aspirante), found.seccion)


def sample_of(session: Session, aspirante: str) -> tuple[tuple[Sampled, ...], tuple[Drawn, ...]]:
    """What the statement of error is counted from: the newest sample drawn of each stratum."""
    samples, drawn = [], []
    for stratum in (MACHINE, PEOPLE):
        frame = newest_drawn(session, aspirante, stratum)
        if frame is None:
            continue
        mine = [_drawn(frame.stratum, seen) for seen in seen_of(session, frame.id)]
        seed = draws_of(session, frame.id)[0].seed
        enlarged = len(draws_of(session, frame.id)) - 1
        before = drawn_before(session, frame)
        samples.append(Sampled(stratum, frame.records, frame.sha256, seed, len(mine), before, enlarged))
        drawn += mine
    return tuple(samples), tuple(drawn)


def judge_frame(session: Session, settings: Settings, number: int) -> list[StageResult]:
    """The audit of a decision so far: the stages whose every record was seen."""
    frame = _frame(session, number)
    plan = plan_of(session, settings, frame)
    seen = [_drawn(frame.stratum, one) for one in seen_of(session, number)]
    stages = []
    for draw_row in draws_of(session, number):
        part = seen[: draw_row.size]
        if draw_row.size in plan and all(_is_seen(frame, one) for one in part):
            stages.append((draw_row.size, sum(_is_error(frame, one) for one in part)))
    document = json.loads(session.get_one(Dictamen, frame.dictamen_id).document)["documento"]
    return judge_stages(frame.records, stake_of(document).errors, Fraction(frame.limit_percent, 100), stages)


def plan_of(session: Session, settings: Settings, frame: ControlFrame) -> tuple[int, ...]:
    """The sizes of the stages of an audit of a decision, as they were fixed with its frame."""
    row = session.get_one(Dictamen, frame.dictamen_id)
    return plan_audit(settings.data / "dictamenes" / row.sha256, Fraction(frame.limit_percent, 100)).stages


def _seal(
    session: Session, aspirante: str, purpose: str, stratum: str, listed: list[str], by: str,
    *, dictamen: int | None = None, limit: int = 0,
) -> Frame:  # fmt: skip
    text = "".join(f"{one}\n" for one in listed).encode()
    frame = ControlFrame(
        aspirante=aspirante, purpose=purpose, stratum=stratum, dictamen_id=dictamen, records=len(listed),
        limit_percent=limit, sha256=digest(text), listed=text, at=now(), by=by,
    )  # fmt: skip
    session.add(frame)
    session.flush()
    record_deed(session, by, ControlSealed(frame.id, aspirante, purpose, stratum, len(listed), frame.sha256))
    return Frame(frame.id, stratum, len(listed), frame.sha256)


def _frame(session: Session, number: int) -> ControlFrame:
    frame = session.get(ControlFrame, number)
    if frame is None:
        raise Refused("MARCO_DESCONOCIDO", f"No hay un marco de control {number}; séllelo con «control seal».")
    return frame


def _stratum_of(facts: Facts) -> str | None:
    if decided_by(facts) == "auto":
        return MACHINE
    return PEOPLE if not facts.pending and _rejected_as(facts) in CONTRADICTABLE else None


def _rejected_as(facts: Facts) -> str:
    """The class of highest precedence that people established; empty if none."""
    found = {clase for answer in facts.settled if (clase := established_by(answer)) is not None}
    return next((str(clase) for clase in Clase if clase in found), "")


def _held(session: Session, settings: Settings, frame: ControlFrame, drawn: list[str]) -> dict[str, dict[str, str]]:
    """What is held of each record drawn, by its mark in the frame."""
    if frame.dictamen_id is not None:
        folder = settings.data / "dictamenes" / session.get_one(Dictamen, frame.dictamen_id).sha256
        return held_of(folder, drawn)
    wanted, held = set(drawn), {}
    accepted = frame.stratum == MACHINE  # only there is it held whose the record is
    proceso = require_aspirante(session, frame.aspirante).proceso
    for facts in facts_of(session, proceso, frame.aspirante):
        if facts.record in wanted:
            read, match = facts.read, facts.match
            held[facts.record] = {
                "record": facts.record,
                "clase": _rejected_as(facts),
                "elector": (match.clave or "") if accepted and match is not None and match.accepted else "",
                "clave_read": read.clave if read else "",
                "fecha_read": read.fecha.isoformat() if read and read.fecha else "",
            }
    return held


def _drawn(stratum: str, seen: Seen) -> Drawn:
    item = seen.item
    looks = tuple(_look(look) for look in seen.looks)
    return Drawn(stratum, item.place, item.record, item.clase, item.elector, item.clave_read, item.fecha_read, looks)


def _look(row: ControlLook) -> Look:
    return Look(row.clave, row.fecha, row.signed, row.in_order, row.listed, row.same)


def _contradicts(frame: ControlFrame, drawn: Drawn, look: Look) -> bool:
    return contradicts(drawn, look) if frame.purpose == "lectura" else misjudged(drawn, look)


def _is_seen(frame: ControlFrame, drawn: Drawn) -> bool:
    if not drawn.looks or not all(is_whole(drawn, look) for look in drawn.looks):
        return False
    return len(drawn.looks) > 1 or not _contradicts(frame, drawn, drawn.looks[0])


def _is_error(frame: ControlFrame, drawn: Drawn) -> bool:
    return len(drawn.looks) > 1 and all(_contradicts(frame, drawn, look) for look in drawn.looks[:2])


def _needs(frame: ControlFrame, seen: Seen, by: str) -> bool:
    if any(look.by == by for look in seen.looks) or len(seen.looks) > 1:
        return False
    drawn = _drawn(frame.stratum, seen)
    return all(is_whole(drawn, look) for look in drawn.looks) and not _is_seen(frame, drawn)


def each_frame(session: Session, aspirante: str | None = None) -> Iterator[tuple[ControlFrame, int, int]]:
    """Frames with how many records were drawn and how many of those were seen."""
    for frame in frames_of(session, aspirante):
        seen = [_drawn(frame.stratum, one) for one in seen_of(session, frame.id)]
        yield frame, len(seen), sum(_is_seen(frame, one) for one in seen)
