"""The few electors kept of each query, and the weighing of a whole record that decides who they are."""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.arrays import F32, F64, I32, I64, U8, U16, U32, Flags
from matching.compiled import compiled
from matching.sections import section_likelihood, section_of

KEPT: Final = 16
"""Candidates kept per query."""


class Shortlist:
    """The best ``KEPT`` electors of each query: ``rows`` (-1 where empty) and ``scores`` (nats), unsorted."""

    def __init__(self, count: int) -> None:
        self.rows: I64 = np.full((count, KEPT), -1, np.int64)
        self.scores: F32 = np.full((count, KEPT), -np.inf, np.float32)


@compiled
def insert(rows: I64, scores: F32, row: int, score: float) -> None:
    """Puts an elector in the place of the worst kept, if he is better and not kept yet."""
    worst = 0
    for k in range(rows.size):
        if rows[k] == row:
            return
        if scores[k] < scores[worst]:
            worst = k
    if score > scores[worst]:
        rows[worst] = row
        scores[worst] = score


@compiled
def ocr_score(table: F32, record: U8, other: float) -> float:
    """Nats for an elector's OCR number: cell by cell, or the number is another one altogether."""
    total = 0.0
    for cell in range(13):
        total += table[cell, record[18 + cell]]
    return float(np.log((1 - other) * np.exp(min(total, 80.0)) + other))


@compiled
def weigh_pairs(
    pairs_q: I32, pairs_row: U32, order: I64, clave: F32, ocr: F32, has: Flags, section: F32, ground: F64,
    records: U8, offsets: U32, hints: U16, other: float, other_clave: float, old: float, rows: I64, scores: F32,
) -> None:  # fmt: skip
    """Weighs whole each (query, elector) pair in ``order``."""
    for n in range(order.size):
        q = np.int64(pairs_q[order[n]])
        row = np.int64(pairs_row[order[n]])
        known = False
        for k in range(rows.shape[1]):
            if rows[q, k] == row:
                known = True
                break
        if known:
            continue
        record = records[row]
        score = 0.0
        for cell in range(18):
            score += clave[q, cell, record[cell]]
        score = np.log((1 - other_clave) * np.exp(min(score, 80.0)) + other_clave)
        if has[q, 1]:
            score += ocr_score(ocr[q], record, other)
        if has[q, 2]:
            lives = section_of(int(row), offsets, hints)
            score += np.log((1 - old) * section_likelihood(section[q], lives) / ground[q] + old)
        insert(rows[q], scores[q], int(row), score)


@compiled
def segment_order(pairs_row: U32, count: int, segment: int, starts: I64, order: I64) -> None:
    """Pairs in order of the part of the records they touch; ``starts``: where each part begins in ``order``."""
    starts[:] = 0
    for n in range(count):
        starts[pairs_row[n] // segment + 1] += 1
    for s in range(1, starts.size):
        starts[s] += starts[s - 1]
    place = starts.copy()
    for n in range(count):
        s = pairs_row[n] // segment
        order[place[s]] = n
        place[s] += 1
