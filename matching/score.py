"""How sure: each candidate against the others, against his absent relatives, and against anyone absent.

For a candidate e the row is his (``present``), or it is that of somebody who is not in the list and resembles
him: a homonym (all but the last three digits and the card), a twin (all but given name, last digits, card), a
sibling, a namesake of another day, or a stranger under whose clave or card number somebody wrote by mistake.
Each says which cells it shares with e; those it does not share are weighed as anybody's, and, since no two
electors bear one clave, as *another's than e's*. All in nats relative to an absent stranger.
"""

from __future__ import annotations

from math import exp, log, log1p
from typing import NamedTuple

import numpy as np

from matching.arrays import F32, F64, I64
from matching.compiled import compiled
from matching.weights import Weights


class Shares(NamedTuple):
    """The weights that the compiled hypotheses take."""

    absent: float
    homonym: float
    twin: float
    sibling: float
    namesake: float
    neighbour: float
    other_number: float
    other_clave: float
    old_section: float
    other_zone: float


def shares_of(weights: Weights) -> Shares:
    """Those of a table of weights."""
    return Shares(*(getattr(weights, name) for name in Shares._fields))


@compiled
def mixed(value: float, share: float) -> float:
    """Logarithm of ``share`` weight on a ratio of ``value`` nats, the rest on 1."""
    return log1p(share * (exp(min(value, 80.0)) - 1)) if share < 1 else value


@compiled
def other_than(value: float, share: float) -> float:
    """Nats of "somebody else's, surely not these characters", given theirs weigh ``value`` and are that common."""
    usual = exp(share)
    return log(max(1 - usual * exp(min(value, -share)), 1e-3) / max(1 - usual, 1e-3))


@compiled
def _either(one: float, two: float) -> float:
    top = max(one, two)
    return top + log(exp(one - top) + exp(two - top))


@compiled
def _hypotheses(g: F32, surnames: float, given: float, rows: int, w: Shares) -> tuple[float, float]:
    """Nats of "the row is this elector's" and of "it is an absent person's who resembles him", priors included."""
    a, b, c, birth, entity, sex, tail = g[0], g[1], g[2], g[3], g[4], g[5], g[6]
    issued, high, low, section = g[7], g[8], g[9], g[10]
    tail_share, ocr_share, c_share, birth_share = g[12], g[13], g[14], g[15]
    citizen = high + low
    has_card = issued != 0 or citizen != 0
    clave = a + b + c + birth + entity + sex + tail
    own_card = mixed(issued + citizen, 1 - w.other_number)
    own_section = mixed(section, 1 - w.old_section)
    shared_section, same_house = mixed(section, 0.5), mixed(section, 0.9)
    if section < 1:  # a section that agrees says the demarcación already
        zone = mixed(g[11], 1 - w.other_zone)
        own_section, shared_section, same_house = own_section + zone, shared_section + zone, same_house + zone
    other_card = other_than(citizen, ocr_share) if has_card else 0.0
    kin_card = mixed(issued, 0.8) + (mixed(high, 0.2) + other_than(low, -7.0) if has_card else 0.0)
    other_tail = other_than(tail, tail_share)
    present = mixed(clave, 1 - w.other_clave) + own_card + own_section + surnames + given + log((1 - w.absent) / rows)
    same_names = a + b + entity + surnames
    homonym = (
        log(w.homonym) + same_names + c + birth + sex + other_tail
        + other_card + mixed(issued, 0.5) + shared_section + given
    )  # fmt: skip
    twin = (
        log(w.twin) + same_names + birth + kin_card + same_house
        + _either(log(0.15) + c + sex + other_tail, log(0.85) + other_than(c, c_share))
    )  # fmt: skip
    sibling = (
        log(w.sibling) + same_names + kin_card + same_house
        + other_than(birth, birth_share) + _either(log(0.1) + c + sex, log(0.9))
    )  # fmt: skip
    namesake = (
        log(w.namesake) + same_names + c + sex + other_card + shared_section + given + other_than(birth, birth_share)
    )
    by_mistake = _either(log(w.neighbour) + issued + citizen, log(w.neighbour / 10) + clave)
    kin = _either(_either(homonym, twin), _either(sibling, namesake))
    return present, _either(kin, by_mistake) + log(w.absent / rows)


@compiled
def posterior(groups: F32, names: F32, rows: I64, listed: int, shares: Shares, chances: F64, missing: F64) -> None:
    """Probability of each candidate (``chances``: queries, kept), and that the signer is not listed (``missing``).

    ``groups`` as taken apart, ``names`` (queries, kept, 2): nats of surnames and of given name.
    """
    present, resembling = np.empty(rows.shape[1]), np.empty(rows.shape[1])
    stranger = log(shares.absent)
    for q in range(rows.shape[0]):
        top, found = stranger, 0
        for k in range(rows.shape[1]):
            if rows[q, k] < 0:
                continue
            found += 1
            present[k], resembling[k] = _hypotheses(
                groups[q, k], float(names[q, k, 0]), float(names[q, k, 1]), listed, shares
            )
            top = max(top, present[k], resembling[k])
        absent = exp(stranger - top)
        total = absent
        for k in range(rows.shape[1]):
            chances[q, k] = 0.0
            if rows[q, k] < 0:
                continue
            chances[q, k] = exp(present[k] - top)
            absent += exp(resembling[k] - top)
            total += chances[q, k] + exp(resembling[k] - top)
        for k in range(rows.shape[1]):
            chances[q, k] /= total
        missing[q] = absent / total
