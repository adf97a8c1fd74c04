"""What the pictures of an aspirante's progress are drawn from, masked for a party as everything else is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from service.jobs.lawyer import collection_period, law_marco
from service.law.dispersion import Units, parrafo_2_units
from service.law.plazos import days_left
from service.law.records import Cargo
from service.portal.maps import draw_map, shapes_of, tone_names
from service.portal.pictures import Count, Day, draw_bar, draw_line
from service.proceso.publico import public_rules
from service.proceso.register import law_proceso, require_proceso
from service.store import Session, pages
from service.store.portal import days_of, map_of
from service.store.proceso import Aspirante, marco_in_force
from service.store.shown import Sight, tally_seen


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit of the dispersion: its electors (None: not known) and its valid supports.

    ``valid`` is None for who observes, while the unit has fewer than a step of them.
    """

    name: str
    electors: int | None
    valid: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """The pictures and the same figures as tables. ``final``: the folio day of the dictamen in force, if any.

    ``step``: units are told as "at least", in steps of so many supports; 0 where they are told exactly. ``reached``:
    units with a valid support, None while that is not told.
    """

    tally: dict[str, Any]
    count: Count
    days: list[Day]
    units: list[UnitLine]
    deadline: dt.date
    days_left: int
    bar: Markup
    line: Markup
    map: Markup | None
    tones: list[tuple[int, str]]
    final: dt.date | None
    step: int
    reached: int | None


def progress_of(session: Session, aspirante: Aspirante, sight: Sight, today: dt.date) -> Progress | None:
    """The progress of an aspirante as this sight has it; None before the law was first applied."""
    least = public_rules(require_proceso(session, aspirante.proceso).text).minimo_por_celda
    step, untold = (least, None) if sight is Sight.OBSERVER else (0, 0)
    tally = tally_seen(session, aspirante.id, sight, least)
    frame = marco_in_force(session, aspirante.proceso)
    if tally is None or frame is None:
        return None
    units = _units(session, aspirante)
    counts: dict[str, int] = tally["dispersion"]
    days = _days(session, aspirante.id, sight)
    window = collection_period(session, aspirante)
    count = Count(
        tally["required"], tally["valid"], tally["pending"], tally["received"] - tally["valid"] - tally["pending"]
    )
    kept = map_of(session, frame)
    shapes = shapes_of(kept.document, units, aspirante.cargo, aspirante.ambito) if kept else []
    return Progress(
        tally=tally,
        count=count,
        days=days,
        units=[
            UnitLine(unit, units.electors[unit], counts.get(unit, untold))
            for unit in sorted(units.electors, key=_numeric)
        ],
        deadline=window.last,
        days_left=days_left(window, today),
        bar=draw_bar(count),
        line=draw_line(days, count.required, window.first, window.last, today),
        map=draw_map(shapes, counts, step) if shapes else None,
        tones=tone_names(max(counts.values(), default=0), step),
        final=_final_day(session, aspirante.id),
        step=step,
        reached=reading["reached"] if (reading := tally["readings"]["R1"]) else None,
    )


def _units(session: Session, aspirante: Aspirante) -> Units:
    frame = marco_in_force(session, aspirante.proceso)
    assert frame is not None
    law = law_proceso(require_proceso(session, aspirante.proceso).text)
    base = law.parametros.base_dispersion_diputacion
    return parrafo_2_units(law_marco(session, frame), Cargo(aspirante.cargo), aspirante.ambito, base)


def _numeric(unit: str) -> tuple[int, str]:
    return (int(unit), "") if unit.isdigit() else (1 << 30, unit)


def _days(session: Session, aspirante: str, sight: Sight) -> list[Day]:
    """Sums up to each day of reception; valid are to a party and to observers those whose original came."""
    received = valid = 0
    days = []
    for on, came, counting, shown in days_of(session, aspirante):
        received, valid = received + came, valid + (counting if sight is Sight.WHOLE else shown)
        days.append(Day(on, received, valid))
    return days


def _final_day(session: Session, aspirante: str) -> dt.date | None:
    issued = pages.dictamenes(session, [aspirante])
    return next((one.issued_on for one, _aspirante in issued if not one.preliminary), None)
