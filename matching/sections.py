"""The section as evidence and as a block: how likely the read one is, which ones it may be, who lives there.

A section under 1000 may be written with zeros before it, or with blanks after or before: each way is as likely.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from matching.arrays import F32, F64, I64, U16, U32, Flags
from matching.compiled import compiled

LIKELY: Final = 4
"""Sections looked through per query."""

LEAST_SHARE: Final = 0.02
"""Share a section must have of all that the reading allows, to be looked through."""

HINT: Final = 256
"""Electors between two notes of the section one has reached."""

_SIGNS: Final = 121
"""Two cells of digits or blank: 11 x 11."""


@compiled
def section_likelihood(table: F32, section: int) -> float:
    """Likelihood of the read section if this one was written. ``table``: (4, 11), blank last."""
    a, b, c, d = section // 1000, section // 100 % 10, section // 10 % 10, section % 10
    value = table[0, a] * table[1, b] * table[2, c] * table[3, d]
    if section < 10:
        value = (
            value + table[0, d] * table[1, 10] * table[2, 10] * table[3, 10]
            + table[0, 10] * table[1, 10] * table[2, 10] * table[3, d]
        ) / 3  # fmt: skip
    elif section < 100:
        value = (
            value + table[0, c] * table[1, d] * table[2, 10] * table[3, 10]
            + table[0, 10] * table[1, 10] * table[2, c] * table[3, d]
        ) / 3  # fmt: skip
    elif section < 1000:
        value = (
            value + table[0, b] * table[1, c] * table[2, d] * table[3, 10]
            + table[0, 10] * table[1, b] * table[2, c] * table[3, d]
        ) / 3  # fmt: skip
    return float(value)


@compiled
def section_of(row: int, offsets: U32, hints: U16) -> int:
    """The section of an elector: from the note before him onwards."""
    section = int(hints[row // HINT])
    while offsets[section + 1] <= row:
        section += 1
    return section


def note_hints(offsets: U32, rows: int) -> U16:
    """The section that every ``HINT``-th elector lives in."""
    places = np.arange(0, max(rows, 1), HINT)
    return (np.searchsorted(offsets, places, side="right") - 1).astype(np.uint16)


def writing_grid(sections: I64, shares: F64) -> tuple[F32, npt.NDArray[np.int16]]:
    """Every way to write a section, by its first two and last two signs: shares of electors, and which section.

    Shapes (121, 121); -1 where no section is written so.
    """
    grid, owner = np.zeros((_SIGNS, _SIGNS), np.float32), np.full((_SIGNS, _SIGNS), -1, np.int16)
    for section, share in zip(sections.tolist(), shares.tolist(), strict=True):
        plain = str(section)
        ways = [plain.zfill(4)] + ([plain.ljust(4, ":"), plain.rjust(4, ":")] if section < 1000 else [])
        for way in ways:  # ":" follows "9": the eleventh sign, blank
            a, b, c, d = (ord(sign) - 48 for sign in way)
            grid[a * 11 + b, c * 11 + d] += share / len(ways)
            owner[a * 11 + b, c * 11 + d] = section
    return grid, owner


@compiled
def weigh_sections(tables: F32, has: Flags, grid: F32, owner: npt.NDArray[np.int16], ground: F64, top: I64) -> None:
    """``ground[q]``: likelihood of the read section under a random elector's; ``top[q]``: up to 4 likely sections."""
    high, low = np.empty(_SIGNS, np.float32), np.empty(_SIGNS, np.float32)
    sums, values = np.empty(_SIGNS, np.float32), np.empty(LIKELY, np.float32)
    most = np.empty(_SIGNS, np.float32)
    for i in range(_SIGNS):
        most[i] = grid[i].max()
    for q in range(tables.shape[0]):
        ground[q] = 1.0
        top[q, :] = -1
        if not has[q, 2]:
            continue
        table = tables[q]
        for i in range(11):
            for j in range(11):
                high[i * 11 + j] = table[0, i] * table[1, j]
                low[i * 11 + j] = table[2, i] * table[3, j]
        sums[:] = 0
        for i in range(_SIGNS):
            if most[i] > 0:
                share = high[i]
                for j in range(_SIGNS):
                    sums[j] += share * grid[i, j]
        mass = 0.0
        for j in range(_SIGNS):
            mass += sums[j] * low[j]
        ground[q] = max(mass, 1e-30)
        values[:] = LEAST_SHARE * mass
        widest = low.max()
        for i in range(_SIGNS):
            if high[i] * most[i] * widest <= values[LIKELY - 1]:
                continue
            for j in range(_SIGNS):
                value = high[i] * low[j] * grid[i, j]
                if value > values[LIKELY - 1]:
                    _note(owner[i, j], value, values, top[q])


@compiled
def _note(section: int, value: float, values: F32, top: I64) -> None:
    """Keeps a section among the likeliest, each once, by the likeliest way it may be written."""
    for place in range(LIKELY):
        if top[place] == section:
            values[place] = max(values[place], value)
            return
    place = LIKELY - 1
    while place > 0 and values[place - 1] < value:
        top[place], values[place] = top[place - 1], values[place - 1]
        place -= 1
    top[place], values[place] = section, value
