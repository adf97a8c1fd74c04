"""From the cells' probabilities to a field's reading."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ocr.form import Field
from ocr.reading import ALPHABET, FLOOR, FieldReading, Lattice

DIGITS = slice(0, 10)
BLANK_COLUMN = len(ALPHABET) - 1


def read_comb(f: Field, cells: Lattice) -> FieldReading:
    """A comb's reading from the lattice (cells, 37) of its cells: characters its alphabet lacks are left out."""
    lattice = _within(cells, f.alphabet)
    best = lattice.argmax(1)
    text = "".join(ALPHABET[int(n)] for n in best)
    probability = float(np.exp(lattice[np.arange(len(best)), best].sum()))
    return FieldReading(f.name, text, probability, lattice)


def read_line(name: str, alternatives: Sequence[tuple[str, float]]) -> FieldReading:
    """A line's reading from (text, probability), best first, at least one."""
    kept = tuple(alternatives)
    return FieldReading(name, kept[0][0], kept[0][1], None, kept)


def doubtful_line(name: str) -> FieldReading:
    """A line that bears ink that nothing could read."""
    return FieldReading(name, "", 0.0)


def _within(cells: Lattice, alphabet: str | None) -> Lattice:
    allowed = np.ones(len(ALPHABET), bool)
    if alphabet == "digits":
        allowed[10:BLANK_COLUMN] = False
    elif alphabet == "capitals":
        allowed[DIGITS] = False
    else:
        return cells
    masked = np.where(allowed, cells.astype(np.float64), -np.inf)
    total = np.log(np.exp(masked - masked.max(1, keepdims=True)).sum(1, keepdims=True)) + masked.max(1, keepdims=True)
    return np.asarray(np.maximum(masked - total, FLOOR), np.float32)
