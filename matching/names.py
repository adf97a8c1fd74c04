"""Names as read from ink against names as listed: token order, particles, abbreviations, missing parts.

What a name weighs is learnt from itself: how well the surnames fit tells how well this ink was read at all, and
so how much a given name that fits badly means (beta-binomial: errors among letters at an unknown rate). A name
read as rubbish therefore weighs nothing, while a clear "LAURA" against a listed "LUCÍA" weighs much.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import exp, lgamma, log
from typing import Final

from rapidfuzz.distance import Levenshtein

from matching.clave import words
from matching.vocabulary import Vocabulary

SAME: Final = (0.8, 4.0)
"""Beta prior of the share of a name's letters read wrongly (mean 0.17: peers.md 2c, hand nombre, CER .15-.24)."""

OTHER: Final = (6.6, 0.9)
"""The same for another person's name laid over this one (mean 0.88). Fitted to 4,000 pairs of the invented list of 8
million, whose names follow the real frequencies of surnames and given names (``python -m bench.match.learn``)."""

ALIKE: Final = 0.03
"""Share of pairs of siblings whose given names are nearly the same. Assumed."""

CAP: Final = 5.0
"""Nats a surname or given name may weigh either way."""

_MISSING: Final = 1.5
_ABBREVIATIONS: Final = {
    "MARIA": "MA", "JOSE": "J", "JESUS": "J", "FRANCISCO": "FCO", "GUADALUPE": "GPE", "ANTONIO": "ANT",
    "FERNANDEZ": "FDZ", "HERNANDEZ": "HDZ", "GONZALEZ": "GZZ", "RODRIGUEZ": "RDZ", "MARTINEZ": "MTZ",
    "SANCHEZ": "SCHZ",
}  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class Comparison:
    """How a read name fits an elector: nats for the given name and the surnames, the reading used, letters off."""

    given: float
    surnames: float
    read: str
    off: int
    of: int


NOTHING: Final = Comparison(0.0, 0.0, "", 0, 0)


def compare(alternatives: tuple[tuple[str, float], ...], paterno: str, materno: str, nombre: str) -> Comparison:
    """The fit of the likeliest reading, or of whichever other fits best, less what its lesser probability costs."""
    best, best_value = NOTHING, -1e9
    top = max((p for _, p in alternatives), default=1.0)
    for text, probability in alternatives[:3]:
        read = plain(text)
        if len(read) < 3:
            continue
        found = _compare_one(read, paterno, materno, nombre)
        value = found.given + found.surnames + log(max(probability, 1e-3) / max(top, 1e-3))
        if value > best_value:
            best, best_value = found, value
    return best


@lru_cache(maxsize=4_000)
def plain(text: str) -> str:
    """Letters only, without accents, particles or blanks; Ñ as N."""
    return "".join(words(text)).replace("Ñ", "N")


@lru_cache(maxsize=60_000)
def _parts(name: str) -> tuple[str, ...]:
    return tuple(w.replace("Ñ", "N") for w in words(name))


def _compare_one(read: str, paterno: str, materno: str, nombre: str) -> Comparison:
    least, distance, listed, given_length, given_first, cost = 1e9, 0, "", 0, True, 0.0
    enough = 1 + len(read) // 8
    for surnames, given, more in _variants(_parts(paterno), _parts(materno), _parts(nombre)):
        for text, first in ((given + surnames, True), (surnames + given, False)):
            if abs(len(text) - len(read)) + 2 * more >= least:
                continue  # so many letters are missing or too many that it cannot be nearer
            off = Levenshtein.distance(read, text)
            if off + 2 * more < least:
                least, distance, listed = off + 2 * more, off, text
                given_length, given_first, cost = len(given), first, more
        if least <= enough:
            break
    in_given, in_surnames = _errors(read, listed, given_length, given_first, distance)
    surnames_length = len(listed) - given_length
    return Comparison(
        given=_clip(_given_nats(in_given, given_length, in_surnames, surnames_length) - cost / 2),
        surnames=_clip(_surname_nats(in_surnames, surnames_length) - cost / 2),
        read=read,
        off=distance,
        of=len(listed),
    )


def _variants(
    paterno: tuple[str, ...], materno: tuple[str, ...], nombre: tuple[str, ...]
) -> Iterator[tuple[str, str, float]]:
    """Surnames, given name and cost of each way a person may write the name, the usual first."""
    father, mother, given = "".join(paterno), "".join(materno), "".join(nombre)
    yield father + mother, given, 0.0
    short = "".join(_ABBREVIATIONS.get(w, w) for w in nombre)
    if short != given:
        yield father + mother, short, 0.3
    if len(nombre) > 1:
        yield father + mother, nombre[0], _MISSING
        yield father + mother, nombre[-1], _MISSING
        yield father + mother, "".join([nombre[0], *(w[0] for w in nombre[1:])]), 0.7
    if mother:
        yield father, given, _MISSING
        yield father + mother[0], given, 0.7
    brief = "".join(_ABBREVIATIONS.get(w, w) for w in (*paterno, *materno))
    if brief != father + mother:
        yield brief, given, 0.3


def _errors(read: str, listed: str, given_length: int, given_first: bool, distance: int) -> tuple[int, int]:
    """Letters off within the given name and within the surnames."""
    if distance == 0:
        return 0, 0
    border = given_length if given_first else len(listed) - given_length
    before = sum(op.src_pos < border for op in Levenshtein.editops(listed, read))
    after = distance - before
    before, after = min(before, border), min(after, len(listed) - border)
    return (before, after) if given_first else (after, before)


@lru_cache(maxsize=50_000)
def _given_nats(off: int, of: int, other_off: int, other_of: int) -> float:
    if of == 0:
        return 0.0
    same = _beta_binomial(off, of, SAME[0] + other_off, SAME[1] + max(other_of - other_off, 0))
    other = (1 - ALIKE) * exp(_beta_binomial(off, of, *OTHER)) + ALIKE * exp(_beta_binomial(off, of, *SAME))
    return same - log(other)


@lru_cache(maxsize=50_000)
def _surname_nats(off: int, of: int) -> float:
    if of == 0:
        return 0.0
    other = 0.98 * exp(_beta_binomial(off, of, *OTHER)) + 0.02 * exp(_beta_binomial(off, of, *SAME))
    return _beta_binomial(off, of, *SAME) - log(other)


def _beta_binomial(k: int, n: int, a: float, b: float) -> float:
    """Logarithm of the chance of k among n at a rate drawn from Beta(a, b)."""
    choose = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return choose + lgamma(k + a) + lgamma(n - k + b) - lgamma(n + a + b) + lgamma(a + b) - lgamma(a) - lgamma(b)


def _clip(value: float) -> float:
    return max(-CAP, min(CAP, value))


def foreign_words(text: str, paterno: str, materno: str, nombre: str, known: Vocabulary) -> int:
    """How many words of a read name are names of the list (``known``), or nearly, and resemble none of the elector's.

    A misread name turns into no other name; somebody else's does. Words under four letters do not count.
    """
    listed = [*_parts(paterno), *_parts(materno), *_parts(nombre)]
    return sum(
        len(word) >= 4
        and known.holds(word)
        and not any(Levenshtein.normalized_similarity(word, own) > 0.5 or own.startswith(word) for own in listed)
        for word in _parts(text)
    )
