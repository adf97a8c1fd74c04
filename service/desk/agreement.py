"""How far two people who looked at the same record apart agree, per kind of question (Cohen's kappa)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

Answer = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Agreement:
    """``kappa`` is None where both always gave one and the same answer: chance alone explains that."""

    kind: str
    pairs: int
    agreed: int
    kappa: float | None


def cohen_kappa(pairs: list[tuple[Answer, Answer]]) -> float | None:
    """Cohen's kappa (J. Cohen, 1960): (observed - chance) / (1 - chance), -1 to 1; None if chance is 1."""
    total = len(pairs)
    if not total:
        return None
    observed = sum(a == b for a, b in pairs) / total
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(first[answer] * second[answer] for answer in first) / total**2
    return None if chance == 1 else (observed - chance) / (1 - chance)


def agreements(pairs: Iterable[tuple[str, Answer, Answer]]) -> list[Agreement]:
    """One line a kind of question, in order of name."""
    by_kind: dict[str, list[tuple[Answer, Answer]]] = {}
    for kind, first, second in pairs:
        by_kind.setdefault(kind, []).append((first, second))
    return [
        Agreement(kind, len(found), sum(a == b for a, b in found), cohen_kappa(found))
        for kind, found in sorted(by_kind.items())
    ]
