"""How sure: each candidate against the others, against his absent relatives, and against anyone absent.

For a candidate e the row is his (``present``), or it is that of somebody who is not in the list and resembles
him: a homonym (all but the last three digits and the card), a twin (all but given name, last digits, card), a
sibling, a namesake of another day, or a stranger under whose clave or card number somebody wrote by mistake.
Each says which cells it shares with e; those it does not share are weighed as anybody's, and, since no two
electors bear one clave, as *another's than e's*. All in nats relative to an absent stranger.
"""

from __future__ import annotations

from math import exp, log, log1p
from typing import TYPE_CHECKING

from matching import details
from matching.names import Comparison
from matching.weights import Weights

if TYPE_CHECKING:
    from collections.abc import Sequence


def mixed(value: float, share: float) -> float:
    """Logarithm of ``share`` weight on a ratio of ``value`` nats, the rest on 1."""
    return log1p(share * (exp(min(value, 80.0)) - 1)) if share < 1 else value


def other_than(value: float, share: float) -> float:
    """Nats of "somebody else's, surely not these characters", given theirs weigh ``value`` and are that common."""
    usual = exp(share)
    return log(max(1 - usual * exp(min(value, -share)), 1e-3) / max(1 - usual, 1e-3))


def hypotheses(group: Sequence[float], name: Comparison, rows: int, weights: Weights) -> tuple[float, float]:
    """Nats of "the row is this elector's" and of "it is an absent person's who resembles him", priors included."""
    w = weights
    a, b, c, birth, entity, sex, tail, issued, high, low, section = group[:11]
    tail_share, ocr_share, c_share, birth_share = group[11:15]
    surnames, given = name.surnames, name.given
    citizen = high + low
    clave = a + b + c + birth + entity + sex + tail
    own_card = mixed(issued + citizen, 1 - w.other_number)
    own_section = mixed(section, 1 - w.old_section)
    shared_section, same_house = mixed(section, 0.5), mixed(section, 0.9)
    other_card = other_than(citizen, ocr_share) if issued or citizen else 0.0
    kin_card = mixed(issued, 0.8) + (mixed(high, 0.2) + other_than(low, -7.0) if issued or citizen else 0.0)
    other_tail = other_than(tail, tail_share)
    present = mixed(clave, 1 - w.other_clave) + own_card + own_section + surnames + given + log((1 - w.absent) / rows)
    absent = (
        log(w.homonym) + a + b + c + birth + entity + sex + other_tail
        + other_card + mixed(issued, 0.5) + shared_section + surnames + given,
        log(w.twin) + a + b + birth + entity + kin_card + same_house + surnames
        + _sum(log(0.15) + c + sex + other_tail, log(0.85) + other_than(c, c_share)),
        log(w.sibling) + a + b + entity + kin_card + same_house + surnames
        + other_than(birth, birth_share) + _sum(log(0.1) + c + sex, log(0.9)),
        log(w.namesake) + a + b + c + entity + sex + other_card + shared_section + surnames + given
        + other_than(birth, birth_share),
        log(w.neighbour) + issued + citizen,
        log(w.neighbour / 10) + clave,
    )  # fmt: skip
    return present, _sum(*absent) + log(w.absent / rows)


def posterior(present: Sequence[float], resembling: Sequence[float], absent: float) -> tuple[list[float], float]:
    """Probability of each candidate, and that the signer is not in the list."""
    top = max(max(present, default=-1e9), max(resembling, default=-1e9), absent)
    shares = [exp(value - top) for value in present]
    missing = exp(absent - top) + sum(exp(value - top) for value in resembling)
    total = sum(shares) + missing
    return [share / total for share in shares], missing / total


def _sum(*values: float) -> float:
    top = max(values)
    return top + log(sum(exp(value - top) for value in values))


__all__ = ["details", "hypotheses", "posterior"]
