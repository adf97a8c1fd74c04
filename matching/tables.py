"""From the reader's lattices to log-likelihood ratios per cell, for many queries at once.

A cell's ratio for a character: how much likelier is this ink if the elector's true character stands there (the
signer's slip allowed for) than if it is the character of somebody drawn from the list. A cell without ink, or
with ink that is no character of its place, gives 0 for all: it says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from matching.alignment import align_clave, align_number
from matching.alphabet import (
    BLANK,
    CLAVE_CELLS,
    CODES,
    COLUMNS,
    ENYE,
    LETTER_CELLS,
    LOOKALIKES,
    OCR_CELLS,
    SECTION_CELLS,
    SEX_CELL,
    ZONE_CELLS,
    Lattice,
    encode,
)
from matching.weights import Weights

Floats = npt.NDArray[np.float32]

_AT_ONCE: Final = 256
"""Rows whose tables are made at once: they stay in the processor's cache."""

_DIGITS: Final = np.arange(10)
_LETTERS: Final = np.arange(10, 36)
_SEXES: Final = encode("HMX").astype(np.int64)
_LIKE_DIGIT: Final = [(encode(a)[0], encode(b)[0]) for a, b in LOOKALIKES.items()]
_LIKE_LETTER: Final = [(encode(a)[0], encode(b)[0]) for a, b in zip("012568", "OIZSGB", strict=True)]


@dataclass(frozen=True, slots=True)
class Tables:
    """Ratios of a batch of queries.

    ``clave`` (queries, 18, 38) and ``ocr`` (queries, 13, 38): nats, by code. ``section`` (queries, 4, 11) and
    ``zone`` (queries, 3, 11; the demarcación): likelihood (not its logarithm) of each digit and of blank. ``has``:
    which of the four fields bear anything, shape (queries, 4). ``shifted`` (queries, 2): 1 where clave or OCR number
    was written one cell to the right of its place, -1 to the left, and was put back.
    """

    clave: Floats
    ocr: Floats
    section: Floats
    zone: Floats
    has: npt.NDArray[np.bool_]
    shifted: npt.NDArray[np.int8]


def build_tables(
    claves: Sequence[Lattice | None],
    numbers: Sequence[Lattice | None],
    sections: Sequence[Lattice | None],
    zones: Sequence[Lattice | None],
    frequencies: Floats,
    weights: Weights,
) -> Tables:
    """Tables of what was read: a field that was not, or whose cells are rather empty than not, bears nothing.

    ``zones``: demarcaciones, 3 cells. Raises ValueError on a lattice of another shape.
    """
    count = len(claves)
    made = Tables(
        np.zeros((count, CLAVE_CELLS, CODES), np.float32),
        np.zeros((count, OCR_CELLS, CODES), np.float32),
        np.zeros((count, SECTION_CELLS, 11), np.float32),
        np.zeros((count, ZONE_CELLS, 11), np.float32),
        np.zeros((count, 4), np.bool_),
        np.zeros((count, 2), np.int8),
    )
    for begin in range(0, count, _AT_ONCE):
        part = slice(begin, begin + _AT_ONCE)
        for place, (fields, cells) in enumerate(
            ((claves, CLAVE_CELLS), (numbers, OCR_CELLS), (sections, SECTION_CELLS), (zones, ZONE_CELLS))
        ):
            which, chances = _stacked(fields[part], cells)
            which += begin
            made.has[which, place] = True
            if place == 0:
                chances, made.shifted[which, 0] = align_clave(chances)
                made.clave[which] = _clave_ratio(chances, frequencies[:18], weights)
            elif place == 1:
                chances, made.shifted[which, 1] = align_number(chances, _beside(sections, which))
                made.ocr[which] = _ocr_ratio(chances, frequencies[18:], weights)
            else:
                out = made.section if place == 2 else made.zone
                out[which] = _figures_likelihood(chances, weights)
    return made


def _beside(sections: Sequence[Lattice | None], rows: npt.NDArray[np.int64]) -> Floats:
    """Chances of the sections of these rows; nothing said where none was read. Shape (rows, 4, 37)."""
    nothing = np.full((SECTION_CELLS, COLUMNS), -np.log(COLUMNS), np.float32)
    held = [nothing if (section := sections[row]) is None else section for row in rows.tolist()]
    return np.exp(np.array(held, np.float32)) if held else np.empty((0, SECTION_CELLS, COLUMNS), np.float32)


def _stacked(fields: Sequence[Lattice | None], cells: int) -> tuple[npt.NDArray[np.int64], Floats]:
    """Places of the fields that bear anything, and their chances (not logarithms): shape (fields, cells, 37)."""
    places = [i for i, field in enumerate(fields) if field is not None]
    held = [field for field in fields if field is not None]
    if any(field.shape != (cells, COLUMNS) for field in held):
        raise ValueError(f"a lattice of {cells} cells has shape ({cells}, {COLUMNS})")
    if not held:
        return np.empty(0, np.int64), np.empty((0, cells, COLUMNS), np.float32)
    chances = np.exp(np.stack(held).astype(np.float32, copy=False))
    written = chances[:, :, BLANK].min(axis=1) < 0.5  # else every cell is rather empty than not
    return np.array(places, np.int64)[written], chances[written]


def _clave_ratio(chances: Floats, frequencies: Floats, weights: Weights) -> Floats:
    ratio = np.zeros((*chances.shape[:2], CODES), np.float32)
    letters = list(LETTER_CELLS)
    digits = [c for c in range(CLAVE_CELLS) if c not in LETTER_CELLS and c != SEX_CELL]
    for cells, allowed, alike, slip in (
        (letters, _LETTERS, _LIKE_LETTER, weights.slip_letter),
        ([SEX_CELL], _SEXES, [], weights.slip_digit),
        (digits, _DIGITS, _LIKE_DIGIT, weights.slip_digit),
    ):
        _fill(ratio, chances, cells, allowed, alike, frequencies, slip, weights.unread)
    ratio[:, letters, ENYE] = np.maximum(ratio[:, letters, 23], ratio[:, letters, 33])
    return ratio


def _ocr_ratio(chances: Floats, frequencies: Floats, weights: Weights) -> Floats:
    ratio = np.zeros((*chances.shape[:2], CODES), np.float32)
    last = chances[:, 12, BLANK].copy()
    _fill(ratio, chances, list(range(13)), _DIGITS, _LIKE_DIGIT, frequencies, weights.slip_digit, weights.unread)
    ratio[:, 12, BLANK] = np.log(np.maximum(last, weights.slip_digit) * 2)
    return ratio


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
    values = np.log(likelihood / ground)
    block = np.zeros((*read.shape[:2], CODES), np.float32)
    block[:, :, :COLUMNS] = values.min(axis=2, keepdims=True)  # of another kind: no elector bears it here
    block[:, :, allowed] = values
    out[:, cells] = block


def _figures_likelihood(chances: Floats, weights: Weights) -> Floats:
    for seen, meant in _LIKE_DIGIT:
        chances[:, :, meant] += chances[:, :, seen]
    blank = chances[:, :, BLANK : BLANK + 1]
    digits = chances[:, :, :10] + 0.02 * blank  # a digit whose ink was missed: rarer than a cell left empty
    kept = np.concatenate([digits, blank], axis=2) + weights.unread / 11
    kept /= kept.sum(axis=2, keepdims=True)
    return ((1 - weights.slip_digit) * kept + weights.slip_digit / 11).astype(np.float32)
