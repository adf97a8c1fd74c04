"""The audit by sample of a dictamen: its plan, the draw that anyone repeats, the blind list, the judgement."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from service.dictamen import annexes
from service.dictamen.issue import JSON
from service.dictamen.sample import StageResult, Stake, UnitCount, draw, errors_to_overturn, judge_stages, size_for

STRATA = {"aceptados": ("valido",), "rechazados": ("duplicado", "empate", "forma", "lista", "pendiente")}
DEFAULT_LIMIT = Fraction(5, 100)


@dataclass(frozen=True)
class Plan:
    """What an audit must show for an outcome, fixed before the seed is drawn."""

    stake: Stake
    stratum: int  # records in the stratum
    limit: Fraction
    stages: tuple[int, ...]  # sample sizes, each holding the one before; the last is the whole stratum


def plan_audit(folder: Path, limit: Fraction = DEFAULT_LIMIT, tolerated: Sequence[int] = (0, 2, 5)) -> Plan:
    """Stages that confirm with at most ``tolerated`` errors each, within the risk limit over all of them.

    Raises Refused for a dictamen without outcome.
    """
    said = json.loads((folder / JSON).read_bytes())["documento"]
    dispersion = said["dispersion"]
    units = [UnitCount(unit["validos"], _minimum(dispersion, unit)) for unit in dispersion["unidades"]]
    stake = errors_to_overturn(
        said["resultado"]["sentido"],
        said["conteo"]["validos"],
        said["requisito"]["requeridos"],
        dispersion["k"],
        units,
    )
    stratum = len(stratum_of(folder, stake.stratum))
    sizes = [size_for(stratum, stake.errors, limit / 2**stage, seen) for stage, seen in enumerate(tolerated, start=1)]
    return Plan(stake, stratum, limit, tuple(sorted({*sizes, stratum})))


def stratum_of(folder: Path, stratum: str) -> list[str]:
    """The commitments of the accepted or of the rejected records, from the public annex alone."""
    groups = STRATA[stratum]
    with (folder / annexes.PUBLIC).open(encoding="utf-8", newline="") as stream:
        return [one for one, group in annexes.read_rows(stream, annexes.PUBLIC_COLUMNS) if group in groups]


def draw_sample(folder: Path, stratum: str, seed: str, size: int) -> list[str]:
    """The commitments drawn: anyone with the public annex and the seed gets the same."""
    return draw(stratum_of(folder, stratum), seed, size)


def blind_list(folder: Path, commitments: Collection[str]) -> list[str]:
    """Ids of the records drawn, in the order of their ids: without class, so that the second look is blind."""
    wanted = set(commitments)
    place, party = annexes.COLUMNS.index("record"), annexes.COLUMNS.index("party")
    found = []
    with (folder / annexes.CONFIDENTIAL).open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        next(rows)
        for row in rows:
            if not row[party] and annexes.commit(row).hex() in wanted:
                found.append(row[place])
    return sorted(found)


def judge(plan: Plan, errors: Sequence[int]) -> list[StageResult]:
    """The stages carried out so far, with the errors seen up to each."""
    return judge_stages(plan.stratum, plan.stake.errors, plan.limit, list(zip(plan.stages, errors, strict=False)))


def _minimum(dispersion: dict[str, object], unit: dict[str, int]) -> int:
    if dispersion["lectura"] == "R2":
        return unit["uno_por_ciento"]
    return 1 if dispersion["lectura"] == "R1" else int(str(dispersion["minimo_m"]))
