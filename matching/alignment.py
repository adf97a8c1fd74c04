"""A number written one cell beside its place is put back before anything is compared.

The comb has as many cells as the number has characters, so the character at the far end was squeezed out or left
away: its cell comes back as unread. Whether a clave was shifted shows in its own grammar (letters and digits have
their places); an OCR number is all digits, and only an empty cell at its head tells.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from matching.alphabet import BLANK, CLAVE_CELLS, COLUMNS, LETTER_CELLS, SEX_CELL

CLEARLY: Final = 6.0
"""Nats by which a shifted clave must fit its grammar better than one in place. Tried in bench/match: of 20,000
claves in place none was moved, of 2,000 shifted ones see RESULTS.md."""

_OUT_OF_PLACE: Final = 0.02
"""Chance of a character's kind where its cell should hold the other kind, at least: a misread kind."""

_EMPTY: Final = 0.5

Chances = npt.NDArray[np.float32]

_IS_LETTER: Final = np.array([c in LETTER_CELLS or c == SEX_CELL for c in range(CLAVE_CELLS)])


def align_clave(chances: Chances) -> tuple[Chances, npt.NDArray[np.int8]]:
    """Claves put in place, and how each had been shifted: 1 to the right, -1 to the left, 0 not at all.

    ``chances``: shape (claves, 18, 37). Only a clave that has an empty cell at the end it was moved away from is
    a candidate.
    """
    letter, digit, blank = chances[:, :, 10:36].sum(axis=2), chances[:, :, :10].sum(axis=2), chances[:, :, BLANK]
    as_letter, as_digit = (np.log(np.maximum(kind + blank, _OUT_OF_PLACE)) for kind in (letter, digit))
    fits = [_fit(as_letter, as_digit, 0), _fit(as_letter, as_digit, 1), _fit(as_letter, as_digit, -1)]
    right = (blank[:, 0] > _EMPTY) & (fits[1] - fits[0] > CLEARLY)
    left = (blank[:, -1] > _EMPTY) & (fits[2] - fits[0] > CLEARLY) & ~right
    return _moved(chances, right, left)


def align_number(chances: Chances, sections: Chances) -> tuple[Chances, npt.NDArray[np.int8]]:
    """The same for OCR numbers, shape (numbers, 13, 37), beside the sections of their rows (numbers, 4, 37).

    An empty first cell may only be unread. The number begins with the section that issued the card, most often
    still the elector's: it was shifted if the section read beside it stands one cell further on.
    """
    blank = chances[:, :, BLANK]
    right = (blank[:, 0] > _EMPTY) & (blank[:, 1:].max(axis=1) < _EMPTY)
    places = np.flatnonzero(right)
    if places.size:
        digits, section = chances[places, :, :10], sections[places, :, :10]
        agree = [
            np.log(np.maximum((digits[:, by : by + 4] * section).sum(axis=2)[:, 1 - by :], _OUT_OF_PLACE)).sum(axis=1)
            for by in (0, 1)
        ]
        right[places] = agree[1] - agree[0] > CLEARLY
    return _moved(chances, right, np.zeros_like(right))


def _fit(as_letter: Chances, as_digit: Chances, by: int) -> Chances:
    """Nats of the cells' kinds, were the number written ``by`` cells to the right."""
    places = np.arange(max(0, -by), CLAVE_CELLS - max(0, by))
    fit: Chances = np.where(_IS_LETTER[places], as_letter[:, places + by], as_digit[:, places + by]).sum(axis=1)
    return fit


def _moved(
    chances: Chances, right: npt.NDArray[np.bool_], left: npt.NDArray[np.bool_]
) -> tuple[Chances, npt.NDArray[np.int8]]:
    if not (right.any() or left.any()):
        return chances, np.zeros(len(chances), np.int8)
    out = chances.copy()
    unread = np.zeros(COLUMNS, np.float32)
    unread[BLANK] = 1
    out[right, :-1], out[right, -1] = chances[right, 1:], unread
    out[left, 1:], out[left, 0] = chances[left, :-1], unread
    return out, right.astype(np.int8) - left.astype(np.int8)
