"""The tally of an aspirante: counts, dispersion under every reading, outcome, ties, warnings (contracts.md)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from service.law.contest import Side
from service.law.errors import LawRefused
from service.law.outcome import Prospect, least_total, most_total, outcome
from service.law.plazos import parrafo_5_warnings
from service.law.records import PENDING, Clase, Reading, Record, Resultado, Tally
from service.law.ruling import Rulings
from service.law.umbral import Umbral, parrafo_1_umbral, warn_between_roundings

READINGS = ("R1", "R2", "R3")


def tally(state: Rulings, aspirante_id: str) -> Tally:
    """The count of one aspirante and what may be said of it; refuses a scope that the frame does not hold."""
    side = state.side(aspirante_id)
    umbral = threshold(state, side)
    parametros = state.proceso.parametros
    readings = {name: _reading(state, side, umbral, name) for name in READINGS}
    chosen = readings[parametros.dispersion_lectura]
    prospect = prospect_of(state, side, umbral, parametros.dispersion_lectura)
    valid = side.by_class[Clase.V.orden]
    assert chosen is not None  # parameters refuse R3 without m
    return Tally(
        aspirante=aspirante_id,
        required=umbral.required,
        valid=valid,
        pending=sum(side.by_class[clase.orden] for clase in PENDING),
        ties=side.by_class[Clase.DT.orden],
        received=sum(side.by_class),
        by_class={clase.value: side.by_class[clase.orden] for clase in Clase if side.by_class[clase.orden]},
        dispersion={u: side.valid.get(u, 0) for group in side.contest.units.groups for u in group.units},
        n=side.contest.units.n,
        k=side.contest.units.k,
        readings=readings,
        outcome=chosen.outcome,
        sensitive_to_reading=len({r.outcome for r in readings.values() if r is not None}) > 1,
        least=least_total(prospect),
        most=most_total(prospect),
        ties_decide=do_ties_decide(side, prospect),
        version=state.proceso.version,
        warnings=_warnings(state, side, umbral, valid),
    )


def tally_to_json(count: Tally) -> dict[str, Any]:
    """The tally document of contracts.md; the keys after ``sensitive_to_reading`` are additions."""
    return {
        "aspirante": count.aspirante,
        "required": count.required,
        "valid": count.valid,
        "pending": count.pending,
        "ties": count.ties,
        "received": count.received,
        "by_class": dict(count.by_class),
        "dispersion": dict(count.dispersion),
        "N": count.n,
        "k": count.k,
        "readings": {name: _reading_to_json(reading) for name, reading in count.readings.items()},
        "outcome": count.outcome.value,
        "sensitive_to_reading": count.sensitive_to_reading,
        "margin": count.margin,
        "least": count.least,
        "most": count.most,
        "ties_decide": count.ties_decide,
        "parameters_version": count.version,
        "warnings": list(count.warnings),
    }


def classes_by(state: Rulings, aspirante_id: str, level: str) -> dict[str, dict[str, int]]:
    """Classes of an aspirante's records by ``batch``, ``sheet`` or ``folio``; each sums to what was received."""
    table: dict[str, dict[str, int]] = {}
    for ruling in state:
        if ruling.record.aspirante == aspirante_id:
            row = table.setdefault(level_of(ruling.record, level), {})
            row[ruling.clase.value] = row.get(ruling.clase.value, 0) + 1
    return table


def level_of(record: Record, level: str) -> str:
    """The batch, sheet or folio of a record; refuses another level."""
    levels = {"batch": record.batch, "sheet": record.sheet, "folio": record.folio}
    if level not in levels:
        raise LawRefused("nivel", "El nivel debe ser batch, sheet o folio.")
    return levels[level]


def threshold(state: Rulings, side: Side) -> Umbral:
    """The threshold of a side; refused when neither an acuerdo nor the frame gives its lista nominal."""
    umbral = parrafo_1_umbral(side.aspirante, state.proceso, state.marco)
    if umbral.lista_nominal == 0:
        raise LawRefused(
            "sin_base",
            "No hay lista nominal para el ámbito: cargue el marco geográfico o fije la base del acuerdo.",
        )
    return umbral


def prospect_of(state: Rulings, side: Side, umbral: Umbral, reading: str) -> Prospect:
    """What may become of a side under a reading, from the running counts of its contest."""
    units = side.contest.units
    m = state.proceso.parametros.dispersion_m
    return Prospect(
        required=umbral.required,
        groups=units.groups,
        least=units.least(reading, m),
        surely=units.surely(reading, m),
        always=side.always,
        maybe=side.maybe,
        wild=sum(side.wild.values()),
        threats=sorted(
            hi for rival in side.contest.sides if rival is not side for hi, n in rival.wild.items() for _ in range(n)
        ),
    )


def do_ties_decide(side: Side, prospect: Prospect) -> bool:
    """Whether the outcome differs as all the side's tied supports are decided for it or for others."""
    if not side.tied:
        return False
    open_ties = {unit: number - side.tied.get(unit, 0) for unit, number in prospect.maybe.items()}
    won = dict(prospect.always)
    for unit, number in side.tied.items():
        won[(unit, NEVER_TAKEN)] = number
    lost = replace(prospect, maybe=open_ties)
    return outcome(lost) is not outcome(replace(lost, always=won))


NEVER_TAKEN = 1 << 40  # a moment after every date


def _reading(state: Rulings, side: Side, umbral: Umbral, name: str) -> Reading | None:
    m = state.proceso.parametros.dispersion_m
    if name == "R3" and m < 1:
        return None
    needs = side.contest.units.surely(name, m)
    reached, meets = 0, True
    for group in side.contest.units.groups:
        there = sum(1 for unit in group.units if side.valid.get(unit, 0) >= needs[unit])
        reached += there
        meets = meets and there >= group.k
    return Reading(reached, meets, outcome(prospect_of(state, side, umbral, name)))


def _reading_to_json(reading: Reading | None) -> dict[str, Any] | None:
    if reading is None:
        return None
    return {"reached": reading.reached, "meets": reading.meets, "outcome": reading.outcome.value}


def _warnings(state: Rulings, side: Side, umbral: Umbral, valid: int) -> tuple[str, ...]:
    warnings = [*umbral.warnings, *side.contest.units.warnings, *warn_between_roundings(valid, umbral)]
    warnings += parrafo_5_warnings(state.proceso.ventana(side.aspirante.cargo))
    if side.aspirante.withdrawn_on is not None:
        how = "sus apoyos no compiten" if state.proceso.parametros.desistimientos == "fuera" else "compiten aún"
        warnings.append(f"El aspirante se desistió el {side.aspirante.withdrawn_on.isoformat()}: {how}.")
    return tuple(warnings)


def results(state: Rulings) -> dict[str, Resultado]:
    """The outcome of every aspirante of the process."""
    return {aspirante_id: tally(state, aspirante_id).outcome for aspirante_id in state.sides}
