"""The best candidates of each query taken apart: what each group of cells weighs, and the slips that explain.

Groups and marks, by place in the last axis: see the constants. All compiled, for a batch at once.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np

from matching.arrays import F32, F64, I32, I64, U8, U16, U32, Flags
from matching.compiled import compiled
from matching.roll import Roll
from matching.sections import section_likelihood, section_of

PATERNO, MATERNO, NOMBRE, BIRTH, ENTITY, SEX, TAIL = 0, 1, 2, 3, 4, 5, 6
OCR_SECTION, OCR_HIGH, OCR_LOW, SECTION, ZONE = 7, 8, 9, 10, 11
TAIL_SHARE, OCR_SHARE, NOMBRE_SHARE, BIRTH_SHARE = 12, 13, 14, 15
"""Logarithm of how common the elector's own tail, citizen number, given letters and birth date are."""
GROUPS: Final = 16

SLIP, SLIP_AT, SECTION_LISTED, OFF_CLAVE, OFF_OCR = 0, 1, 2, 3, 4
"""Marks: the slip that explains and its place, the elector's section, and the cells (as bits) of clave and OCR number
that speak against him (under ``AGAINST``) once the slip is allowed for."""
MARKS: Final = 5

NO_SLIP, SWAPPED, DAY_MONTH = 0, 1, 2
AGAINST: Final = -3.0
"""Nats under which a cell counts as speaking against an elector: his character is 20 times less likely."""

_PART: Final = 1 << 20

_GROUP_OF_CELL: Final = np.array([0, 0, 1, 1, 2, 2, 3, 3, 3, 3, 3, 3, 4, 4, 5, 6, 6, 6], np.int64)


@compiled
def _copy_records(order: I64, flat: I64, records: U8, out: U8) -> None:
    for n in order:
        out[n] = records[flat[n]]


@compiled
def _copy_names(order: I64, flat: I64, names: U32, out: U32) -> None:
    for n in order:
        out[n] = names[flat[n]]


def gather_records(roll: Roll, rows: I64) -> tuple[U8, U32]:
    """Codes (queries, kept, 32) and name numbers (queries, kept, 3) of candidates; zeros where ``rows`` is -1.

    In order of row, a part of the list at a time, so that few pages are held at once.
    """
    flat = rows.ravel()
    order = np.argsort(flat)
    order = order[np.searchsorted(flat[order], 0) :]
    codes, words = np.zeros((flat.size, 32), np.uint8), np.zeros((flat.size, 3), np.uint32)
    parts = np.searchsorted(flat[order], np.arange(0, len(roll) + _PART, _PART))
    for begin, end in pairwise(parts):
        _copy_records(order[begin:end], flat, roll.array("records"), codes)
        roll.settle("records")
        _copy_names(order[begin:end], flat, roll.array("names"), words)
        roll.settle("names")
    return codes.reshape(*rows.shape, 32), words.reshape(*rows.shape, 3)


@compiled
def take_apart(
    codes: U8, rows: I64, clave: F32, ocr: F32, section: F32, zone: F32, has: Flags, ground: F64, zone_ground: F64,
    offsets: U32, hints: U16, frame: U16, shares: F32, swap: float, day_month: float, groups: F32, marks: I32,
) -> None:  # fmt: skip
    """Fills ``groups`` (queries, kept, GROUPS) and ``marks`` (queries, kept, MARKS).

    ``frame``: demarcación of each section, 0 where it is not known.
    """
    record = np.empty(32, np.uint8)
    common = np.log(shares + 1e-4)
    for q in range(rows.shape[0]):
        for k in range(rows.shape[1]):
            if rows[q, k] < 0:
                continue
            record[:] = codes[q, k]
            group, mark = groups[q, k], marks[q, k]
            group[:] = 0
            mark[:] = 0
            for cell in (15, 16, 17):
                group[TAIL_SHARE] += common[cell, record[cell]]
            for cell in (4, 5):
                group[NOMBRE_SHARE] += common[cell, record[cell]]
            for cell in range(6, 12):
                group[BIRTH_SHARE] += common[cell, record[cell]]
            group[OCR_SHARE] = -20.0
            if has[q, 0]:
                _slip(record, clave[q], swap, day_month, group, mark)
                for cell in range(18):
                    value = clave[q, cell, record[cell]]
                    group[_GROUP_OF_CELL[cell]] += value
                    if value < AGAINST:
                        mark[OFF_CLAVE] |= 1 << cell
            if has[q, 1]:
                for cell in range(13):
                    value = ocr[q, cell, record[18 + cell]]
                    group[OCR_SECTION if cell < 4 else (OCR_HIGH if cell < 10 else OCR_LOW)] += value
                    if value < AGAINST:
                        mark[OFF_OCR] |= 1 << cell
            lives = section_of(rows[q, k], offsets, hints)
            mark[SECTION_LISTED] = lives
            if has[q, 2]:
                group[SECTION] = np.log(section_likelihood(section[q], lives) / ground[q] + 1e-9)
            if has[q, 3] and frame[lives] > 0:
                group[ZONE] = np.log(zone_likelihood(zone[q], int(frame[lives])) / zone_ground[q] + 1e-9)


@compiled
def zone_likelihood(table: F32, code: int) -> float:
    """Likelihood of the read demarcación if this code (2 to 17) was written, with its zeros or without."""
    a, b, c = code // 100, code // 10 % 10, code % 10
    value = table[0, a] * table[1, b] * table[2, c]
    if code < 10:
        value += table[0, c] * table[1, 10] * table[2, 10] + table[0, 10] * table[1, 10] * table[2, c]
        value += table[0, 0] * table[1, c] * table[2, 10]
        return float(value / 4)
    value += table[0, b] * table[1, c] * table[2, 10] + table[0, 10] * table[1, b] * table[2, c]
    return float(value / 3)


@compiled
def weigh_zones(zone: F32, has: Flags, codes: I64, shares: F64, ground: F64) -> None:
    """``ground[q]``: likelihood of the read demarcación under a random elector's."""
    for q in range(zone.shape[0]):
        ground[q] = 1.0
        if has[q, 3] and codes.size:
            ground[q] = 1e-12
            for i in range(codes.size):
                ground[q] += shares[i] * zone_likelihood(zone[q], codes[i])


@compiled
def _slip(record: U8, table: F32, swap: float, day_month: float, group: F32, mark: I32) -> None:
    """If exchanging two characters, or day and month, fits better by more than it costs, does so in ``record``."""
    best = 0.0
    kind, place = NO_SLIP, 0
    cost = np.log(swap)
    for cell in range(17):
        if cell in (5, 13, 14):  # never across a letter and a digit
            continue
        one, two = record[cell], record[cell + 1]
        gain = table[cell, two] + table[cell + 1, one] - table[cell, one] - table[cell + 1, two] + cost
        if one != two and gain > best:
            best, kind, place = gain, SWAPPED, cell
    gain = np.log(day_month)
    for cell in (8, 9):
        one, two = record[cell], record[cell + 2]
        gain += table[cell, two] + table[cell + 2, one] - table[cell, one] - table[cell + 2, two]
    if gain > best:
        best, kind = gain, DAY_MONTH
    mark[SLIP], mark[SLIP_AT] = kind, place
    if kind == SWAPPED:
        record[place], record[place + 1] = record[place + 1], record[place]
        group[_GROUP_OF_CELL[place]] += np.log(swap)
    elif kind == DAY_MONTH:
        record[8], record[10] = record[10], record[8]
        record[9], record[11] = record[11], record[9]
        group[BIRTH] += np.log(day_month)
