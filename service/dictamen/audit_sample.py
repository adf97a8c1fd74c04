"""The audit by sample of a dictamen: its plan, the draw that anyone repeats, the blind list, the judgement."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from service.dictamen import annexes
from service.dictamen.control import CONTRADICTABLE, not_this_person, of_another, should_count
from service.dictamen.expediente import Drawn, Look
from service.dictamen.issue import JSON
from service.dictamen.sample import (
    GroupCount,
    StageResult,
    Stake,
    UnitCount,
    draw,
    errors_to_overturn,
    judge_stages,
    size_for,
)

STRATA = {"aceptados": ("valido",), "rechazados": ("duplicado", "empate", "forma", "lista", "pendiente")}
PENDING = frozenset({"Q1", "Q2", "Q3"})
BEYOND_PAPER = frozenset({"I5", "I6", "I10", "I11", "I12"})
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
    stake = stake_of(json.loads((folder / JSON).read_bytes())["documento"])
    stratum = len(stratum_of(folder, stake.stratum))
    sizes = [size_for(stratum, stake.errors, limit / 2**stage, seen) for stage, seen in enumerate(tolerated, start=1)]
    return Plan(stake, stratum, limit, tuple(sorted({*sizes, stratum})))


def stake_of(said: Mapping[str, Any]) -> Stake:
    """How many wrong records would overturn the outcome of a dictamen (its part ``documento``)."""
    dispersion = said["dispersion"]
    groups = [
        GroupCount(
            group["k"],
            tuple(
                UnitCount(unit["validos"], _minimum(dispersion, unit))
                for unit in dispersion["unidades"]
                if unit["grupo"] == group["grupo"]
            ),
        )
        for group in dispersion["grupos"]
    ]
    return errors_to_overturn(
        said["resultado"]["sentido"], said["conteo"]["validos"], said["requisito"]["requeridos"], groups
    )


def stratum_of(folder: Path, stratum: str) -> list[str]:
    """The commitments of the accepted or of the rejected records, from the public annex alone."""
    groups = STRATA[stratum]
    with (folder / annexes.PUBLIC).open(encoding="utf-8", newline="") as stream:
        return [one for one, group in annexes.read_rows(stream, annexes.PUBLIC_COLUMNS) if group in groups]


def draw_sample(folder: Path, stratum: str, seed: str, size: int) -> list[str]:
    """The commitments drawn: anyone with the public annex and the seed gets the same."""
    return draw(stratum_of(folder, stratum), seed, size)


def held_of(folder: Path, commitments: Collection[str]) -> dict[str, dict[str, str]]:
    """What the confidential annex holds of each record drawn: its id, class, elector and what was read."""
    wanted = set(commitments)
    found: dict[str, dict[str, str]] = {}
    with (folder / annexes.CONFIDENTIAL).open(encoding="utf-8", newline="") as stream:
        for row in annexes.read_rows(stream, annexes.COLUMNS):
            named = dict(zip(annexes.COLUMNS, row, strict=True))
            if named["party"] or (commitment := annexes.commit(row).hex()) not in wanted:
                continue
            found[commitment] = {
                "record": named["record"],
                "clase": named["class"],
                "elector": named["elector"],
                "clave_read": named["clave_read"],
                "fecha_read": named["fecha"],
            }
    return found


def blind_list(folder: Path, commitments: Collection[str]) -> list[str]:
    """Ids of the records drawn, in the order of their ids: without class, so that the second look is blind."""
    return sorted(held["record"] for held in held_of(folder, commitments).values())


def misjudged(drawn: Drawn, look: Look) -> bool:
    """Whether what a person saw contradicts the ruling: of an accepted record, or of one that does not count.

    What the list or the law took away (status, scope, duplicate) is wrong only if the record is of another person;
    what people took away, only if the paper does not show the cause; what nobody decided yet, if the paper bears it.
    What the paper cannot contradict (I5, I6, I10 to I12) is outside what this audit can find, and is said with it.
    """
    if drawn.clase == "V":
        return not_this_person(drawn, look)
    if drawn.clase in CONTRADICTABLE:
        return should_count(drawn, look)
    if drawn.clase in PENDING:
        return look.signed and look.in_order and (look.listed or look.same is True)
    return bool(drawn.elector) and drawn.clase not in BEYOND_PAPER and of_another(drawn, look)


def judge(plan: Plan, errors: Sequence[int]) -> list[StageResult]:
    """The stages carried out so far, with the errors seen up to each."""
    return judge_stages(plan.stratum, plan.stake.errors, plan.limit, list(zip(plan.stages, errors, strict=False)))


def _minimum(dispersion: Mapping[str, Any], unit: Mapping[str, Any]) -> int:
    if dispersion["lectura"] == "R2":
        return int(unit["uno_por_ciento"])
    return 1 if dispersion["lectura"] == "R1" else int(str(dispersion["minimo_m"]))
