"""What a query's table says of neighbouring cells: the best it could give, likely readings, costs of pairs.

Costs are counted in *deficit*: nats below the best that the read cells could give. All compiled.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.alphabet import BLANK
from matching.arrays import F32, I64, U8
from matching.compiled import compiled

NOTHING_SAID: Final = 0.5
"""Nats between a cell's best and worst character under which it counts as not read."""

BEAM: Final = 6
BEAM_DEFICIT: Final = 6.0
"""Readings of a block's key that are looked up: the best, and others within 6 nats of it."""


@compiled
def best(table: F32, code_from: int, code_to: int) -> float:
    """The most one cell could give, among the codes of its kind."""
    top = table[code_from]
    for code in range(code_from + 1, code_to):
        top = max(top, table[code])
    return float(top)


@compiled
def read_cells(table: F32, codes: U8, reach: F32) -> None:
    """The best character of each cell (blank where a cell tells none from another) to ``codes``, shape (queries,
    cells); the nats between best and worst, summed over the cells, to ``reach``."""
    for q in range(table.shape[0]):
        reach[q] = 0.0
        for cell in range(table.shape[1]):
            top, low, place = table[q, cell, 0], table[q, cell, 0], 0
            for code in range(1, 37):
                value = table[q, cell, code]
                low = min(low, value)
                if value > top:
                    top, place = value, code
            codes[q, cell] = BLANK if top - low < NOTHING_SAID else place
            reach[q] += top - low


def keys_of(codes: U8, cells: tuple[int, ...]) -> I64:
    """A number per query by its reading of these cells: queries in its order look the index up in its order."""
    key = np.zeros(len(codes), np.int64)
    for cell in cells:
        key = key * 64 + codes[:, cell]
    return key


@compiled
def clave_bests(clave: F32, tops: F32) -> float:
    """The best each of the 18 cells of a clave could give, to ``tops``; returns their sum."""
    total = 0.0
    for cell in range(18):
        letter = cell < 6 or cell == 14
        tops[cell] = best(clave[cell], 10 if letter else 0, 36 if letter else 10)
        total += tops[cell]
    return total


@compiled
def beam(table: F32, first: int, cells: int, low: int, high: int, keys: I64, deficits: F32) -> int:
    """The best readings of neighbouring cells: codes (base 64) to ``keys``, deficits; returns how many."""
    count = 1
    keys[0] = 0
    deficits[0] = 0.0
    new_keys = np.zeros(keys.size, np.int64)
    new_deficits = np.zeros(keys.size, np.float32)
    for cell in range(first, first + cells):
        top = best(table[cell], low, high)
        made = 0
        for i in range(count):
            for code in range(low, high):
                deficit = deficits[i] + top - table[cell, code]
                if deficit > BEAM_DEFICIT:
                    continue
                at = made
                if made == keys.size:
                    if deficit >= new_deficits[made - 1]:
                        continue
                    at = made - 1
                else:
                    made += 1
                while at > 0 and new_deficits[at - 1] > deficit:
                    new_deficits[at] = new_deficits[at - 1]
                    new_keys[at] = new_keys[at - 1]
                    at -= 1
                new_deficits[at] = deficit
                new_keys[at] = keys[i] * 64 + code
        for i in range(made):
            keys[i] = new_keys[i]
            deficits[i] = new_deficits[i]
        count = made
    return count


@compiled
def decimal(key: int, cells: int) -> int:
    """The number that a beam's key of digits spells."""
    value, scale, rest = 0, 1, key
    for _ in range(cells):
        value += (rest % 64) * scale
        scale *= 10
        rest //= 64
    return value


@compiled
def pair_deficits(table: F32, cell: int, out: F32) -> float:
    """Deficits of the 729 pairs of letters in two cells (Ñ is the 27th); returns the widest."""
    one, two = np.empty(27, np.float32), np.empty(27, np.float32)
    top_one, top_two = best(table[cell], 10, 36), best(table[cell + 1], 10, 36)
    for i in range(26):
        one[i] = top_one - table[cell, 10 + i]
        two[i] = top_two - table[cell + 1, 10 + i]
    one[26], two[26] = top_one - table[cell, 37], top_two - table[cell + 1, 37]
    for i in range(27):
        for j in range(27):
            out[i * 27 + j] = one[i] + two[j]
    return float(one.max() + two.max())


@compiled
def triple_deficits(table: F32, cell: int, out: F32) -> float:
    """Deficits of the 1000 triples of digits in three cells; returns the widest."""
    costs = np.empty((3, 10), np.float32)
    widest = 0.0
    for k in range(3):
        top = best(table[cell + k], 0, 10)
        for digit in range(10):
            costs[k, digit] = top - table[cell + k, digit]
        widest += costs[k].max()
    for i in range(10):
        for j in range(10):
            two = costs[0, i] + costs[1, j]
            for k in range(10):
                out[i * 100 + j * 10 + k] = two + costs[2, k]
    return float(widest)
