"""The contests of a process: who competes for whose support, and how a record stands within its contest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from service.law.cargos import contest_of, places
from service.law.dispersion import Units, parrafo_2_units
from service.law.errors import LawRefused
from service.law.frame import Marco
from service.law.plazos import parrafo_6_periodo
from service.law.proceso import Proceso
from service.law.records import Aspirante, Cargo, Clase, Record, Ruling
from service.law.screening import Court, expressed_on

# A hearing on one of these may end with another elector: the record is then open as to whom it is of.
OF_THE_LIST = frozenset({Clase.N, Clase.P, Clase.G} | {c for c in Clase if c.value.startswith("B")})


@dataclass(slots=True)
class Side:
    """One aspirante within a contest: what its records are screened by, and its running counts."""

    aspirante: Aspirante
    index: int
    contest: Contest
    court: Court
    by_class: list[int] = field(default_factory=lambda: [0] * len(Clase))
    valid: dict[str, int] = field(default_factory=dict)
    always: dict[tuple[str, int], int] = field(default_factory=dict)
    maybe: dict[str, int] = field(default_factory=dict)
    tied: dict[str, int] = field(default_factory=dict)
    wild: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Contest:
    """The aspirantes for one cargo and scope, their units, and which records compete for each elector."""

    cargo: Cargo
    ambito: str
    units: Units
    sides: list[Side] = field(default_factory=list)
    groups: dict[str, int | list[int]] = field(default_factory=dict)


def open_sides(proceso: Proceso, marco: Marco, aspirantes: Iterable[Aspirante]) -> dict[str, Side]:
    """The side of each aspirante by id, in its contest; refuses two aspirantes with one id."""
    contests: dict[tuple[Cargo, str, str], Contest] = {}
    units: dict[tuple[Cargo, str], Units] = {}
    sides: dict[str, Side] = {}
    known = {cargo: frozenset(s.seccion for s in marco if places(s, cargo)) for cargo in Cargo}
    for aspirante in sorted(aspirantes, key=lambda a: a.id):
        if aspirante.id in sides:
            raise LawRefused("aspirante_repetido", "Dos aspirantes llevan el mismo identificador.")
        scope = contest_of(aspirante)
        if scope not in units:
            units[scope] = parrafo_2_units(marco, *scope, proceso.parametros.base_dispersion_diputacion)
        gone = aspirante.withdrawn_on is not None and proceso.parametros.desistimientos == "fuera"
        key = (*scope, aspirante.id if gone else "")  # whoever withdrew competes with nobody
        contest = contests.setdefault(key, Contest(*scope, units[scope]))
        period = parrafo_6_periodo(aspirante, proceso)
        court = Court(period.first, period.last, units[scope].unit_of, known[scope[0]], proceso.parametros)
        sides[aspirante.id] = Side(aspirante, len(contest.sides), contest, court)
        contest.sides.append(sides[aspirante.id])
    return sides


def interval(record: Record, court: Court) -> tuple[int, int]:
    """The moments between which the support was expressed (art. 323 párr. 13; domain.md J.1)."""
    day = None if record.unprocessed else expressed_on(record, court.parametros.fecha_supletoria)
    if day is None:
        last = 2 * record.received.toordinal()
        first = min(2 * court.first.toordinal(), last)
    else:
        first = last = 2 * day.toordinal()
    return (last + 1, last + 1) if record.prevails else (first, last)


def unit_of(side: Side, record: Record) -> str:
    """The unit of the dispersion where a record counts, by the section of the list ("" when it has none)."""
    return "" if record.seccion is None else side.court.unit_of.get(record.seccion, "")


def is_wild(ruling: Ruling) -> bool:
    """Open as to whose support it is: any elector of the scope may come out (or none)."""
    record = ruling.record
    if record.unprocessed or record.open_match or record.elector is None:
        return True
    if record.situacion is None or record.seccion is None:
        return True
    if ruling.reasons:
        return not OF_THE_LIST.isdisjoint(ruling.reasons)
    return False
