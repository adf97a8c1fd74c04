"""From the reader's lattices to log-likelihood ratios per cell, for many queries at once.

A cell's ratio for a character: how much likelier is this ink if the elector's true character stands there (the
signer's slip allowed for) than if it is the character of somebody drawn from the list. A cell without ink, or
with ink that is no character of its place, gives 0 for all: it says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from matching.alphabet import BLANK, CODES, COLUMNS, ENYE, LETTER_CELLS, LOOKALIKES, SEX_CELL, encode
from matching.weights import Weights

Floats = npt.NDArray[np.float32]

_DIGITS: Final = np.arange(10)
_LETTERS: Final = np.arange(10, 36)
_SEXES: Final = encode("HMX").astype(np.int64)
_LIKE_DIGIT: Final = [(encode(a)[0], encode(b)[0]) for a, b in LOOKALIKES.items()]
_LIKE_LETTER: Final = [(encode(a)[0], encode(b)[0]) for a, b in zip("012568", "OIZSGB", strict=True)]


@dataclass(frozen=True, slots=True)
class Tables:
    """Ratios of a batch of queries.

    ``clave`` (queries, 18, 38) and ``ocr`` (queries, 13, 38): nats, by code. ``section`` (queries, 4, 11):
    likelihood (not its logarithm) of each digit and of blank. ``has``: which of the three fields bear anything,
    shape (queries, 3).
    """

    clave: Floats
    ocr: Floats
    section: Floats
    has: npt.NDArray[np.bool_]


def build_tables(clave: Floats, ocr: Floats, section: Floats, frequencies: Floats, weights: Weights) -> Tables:
    """Tables of lattices of shape (queries, cells, 37); a field that was not read comes as all NaN."""
    clave, ocr, section = (np.exp(f) for f in (clave, ocr, section))
    has = np.stack([~np.isnan(f[:, 0, 0]) for f in (clave, ocr, section)], axis=1)
    clave_ratio = np.zeros((*clave.shape[:2], CODES), np.float32)
    letters = list(LETTER_CELLS)
    digits = [c for c in range(clave.shape[1]) if c not in LETTER_CELLS and c != SEX_CELL]
    for cells, allowed, alike, slip in (
        (letters, _LETTERS, _LIKE_LETTER, weights.slip_letter),
        ([SEX_CELL], _SEXES, [], weights.slip_digit),
        (digits, _DIGITS, _LIKE_DIGIT, weights.slip_digit),
    ):
        _fill(clave_ratio, clave, cells, allowed, alike, frequencies[:18], slip, weights.unread)
    clave_ratio[:, letters, ENYE] = np.maximum(clave_ratio[:, letters, 23], clave_ratio[:, letters, 33])
    ocr_ratio = np.zeros((*ocr.shape[:2], CODES), np.float32)
    _fill(ocr_ratio, ocr, list(range(13)), _DIGITS, _LIKE_DIGIT, frequencies[18:], weights.slip_digit, weights.unread)
    last = np.log(np.maximum(np.nan_to_num(ocr[:, 12, BLANK]), weights.slip_digit) * 2)
    ocr_ratio[:, 12, BLANK] = np.where(has[:, 1], last, 0)
    for ratio, held in ((clave_ratio, has[:, 0]), (ocr_ratio, has[:, 1])):
        ratio[~held] = 0
    return Tables(clave_ratio, ocr_ratio, _section_likelihood(section, weights), has)


def _fill(
    out: Floats,
    chances: Floats,
    cells: list[int],
    allowed: npt.NDArray[np.int64],
    alike: list[tuple[np.uint8, np.uint8]],
    frequencies: Floats,
    slip: float,
    unread: float,
) -> None:
    read = chances[:, cells]
    for seen, meant in alike:
        read[:, :, meant] += read[:, :, seen]
    kept = read[:, :, allowed]
    void = (read[:, :, BLANK : BLANK + 1] + unread) / allowed.size
    posterior = (kept + void) / (kept.sum(axis=2, keepdims=True) + void * allowed.size)
    likelihood = (1 - slip) * posterior + slip / allowed.size
    usual = frequencies[cells][:, allowed] + 1e-4
    usual /= usual.sum(axis=1, keepdims=True)
    ground = (likelihood * usual).sum(axis=2, keepdims=True)
    least = np.log(slip / allowed.size) - np.log(ground)
    block = np.full((*read.shape[:2], CODES), 0, np.float32)
    block[:, :, :COLUMNS] = least
    block[:, :, allowed] = np.log(likelihood / ground)
    out[:, cells] = block


def _section_likelihood(chances: Floats, weights: Weights) -> Floats:
    for seen, meant in _LIKE_DIGIT:
        chances[:, :, meant] += chances[:, :, seen]
    blank = chances[:, :, BLANK : BLANK + 1]
    digits = chances[:, :, :10] + 0.02 * blank  # a digit whose ink was missed: rarer than a cell left empty
    kept = np.concatenate([digits, blank], axis=2) + weights.unread / 11
    kept /= kept.sum(axis=2, keepdims=True)
    return ((1 - weights.slip_digit) * kept + weights.slip_digit / 11).astype(np.float32)
