"""The characters of a lattice and of the sealed index, and what each cell of an identifier may hold.

The first 37 codes stand in the order of the reader's alphabet (digits, capitals, blank), so a lattice column
is a code. The list may also bear Ñ, which no reader tells from N or X: it gets a code of its own, 37.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

CHARACTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BLANK_SIGN: Final = "·"
ALPHABET: Final = CHARACTERS + BLANK_SIGN
COLUMNS: Final = len(ALPHABET)
"""Columns of a lattice: 37."""

BLANK: Final = 36
ENYE: Final = 37
CODES: Final = 38
"""Codes of the sealed index: the 37 of a lattice and Ñ."""

Lattice = npt.NDArray[np.float32]
"""Shape (cells, 37): natural log-probabilities of each character in each cell of a field."""

CLAVE_CELLS: Final = 18
OCR_CELLS: Final = 13
SECTION_CELLS: Final = 4
ZONE_CELLS: Final = 3
LETTER_CELLS: Final = (0, 1, 2, 3, 4, 5)
SEX_CELL: Final = 14

LOOKALIKES: Final = {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "G": "6", "B": "8"}
"""Letters that ink in a digit's cell may look like, and the digit meant (domain.md D-1)."""


def encode(text: str) -> npt.NDArray[np.uint8]:
    """Codes of a text of digits, capitals, Ñ and ``·``. Raises KeyError on any other character."""
    return np.array([_CODE[c] for c in text], dtype=np.uint8)


def decode(codes: npt.NDArray[np.uint8]) -> str:
    """The text of codes; blanks at the end fall away."""
    return "".join(_SIGNS[c] for c in codes).rstrip(BLANK_SIGN)


def best_text(lattice: Lattice) -> str:
    """The likeliest character of each cell, ``·`` for an empty one."""
    return "".join(ALPHABET[c] for c in np.argmax(lattice, axis=1))


_SIGNS: Final = ALPHABET + "Ñ"
_CODE: Final = {sign: code for code, sign in enumerate(_SIGNS)}
