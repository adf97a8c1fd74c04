"""From tables to the few electors a row may be: block after block, for a batch of rows at once.

One index is looked through at a time and its pages are handed back after it: so a search that touches 800 MB of
index never holds more than a part of it. The two blocks that find most people come first; whoever has no decisive
candidate then goes through the others.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

import numpy as np

from matching import blocks
from matching.alphabet import CLAVE_CELLS, OCR_CELLS
from matching.arrays import F32, F64, I64, Flags
from matching.compiled import compiled
from matching.readings import best, clave_bests, keys_of, read_cells
from matching.roll import Roll
from matching.scans import PAIR_ROOM, scan_births, scan_letters, scan_ocr, scan_ocr_start, scan_sections
from matching.sections import LIKELY, section_likelihood, weigh_sections
from matching.shortlist import Shortlist, segment_order, weigh_pairs
from matching.tables import Tables
from matching.weights import Weights

DECISIVE: Final = 6.0
"""A candidate within 6 nats of the best possible needs no wider search: whoever fits as well shares his keys."""

LIMIT_ALONE: Final = 26.0
"""Deficit a payload may have when no OCR number helps: three wrong cells cost up to 8.2 each."""

LIMIT: Final = 18.0
"""The same beside a read OCR number: with three wrong cells in the clave that number is whole, and its own block
finds the elector."""

LIMIT_HALF: Final = 10.0
"""Deficit of an OCR number looked up only to see whether it contradicts the clave: one wrong digit."""

CLAVE_ENOUGH: Final = 95.0
"""Nats between a clave's best and worst (18 read cells: about 145) from which its own blocks suffice."""

_OCR_ENOUGH: Final = 60.0
"""The same for an OCR number (13 read cells: about 105), from which it is trusted to find whom the clave misses."""

_PAIRS: Final = 1 << 20
"""Pairs gathered before they are weighed."""

_AT_ONCE: Final = 256
_MANY: Final = 64
"""Queries looked up between two looks at the memory held, and the least for which there must be room."""

_SEGMENT: Final = 1 << 20
_SECTION_SLICE: Final = 128

_KEY_CELLS: Final = {
    "surnames": (0, 1, 2, 3), "paternal": (0, 1, 4, 5), "maternal": (2, 3, 4, 5), "birth": (6, 7, 8, 9, 10, 11),
    "ocr_first": (4, 5, 6, 7, 8, 9), "ocr_middle": (7, 8, 9), "ocr_last": (10, 11, 12),
}  # fmt: skip
"""The cells that make each block's key (blocks.py)."""


class Gatherer:
    """Runs the stages over a roll for a batch of tables and keeps the shortlist.

    ``ground``: likelihood of each read section under a random elector's. ``clave_read``, ``ocr_read``: codes of the
    best readings, blank where a cell says nothing.
    """

    def __init__(self, roll: Roll, tables: Tables, weights: Weights) -> None:
        self.roll, self.tables, self.weights = roll, tables, weights
        count = tables.clave.shape[0]
        self.short = Shortlist(count)
        self.ground: F64 = np.ones(count)
        self._top_sections: I64 = np.full((count, LIKELY), -1, np.int64)
        self._best: F32 = np.empty(count, np.float32)
        self.clave_read, self._clave_reach = np.empty((count, CLAVE_CELLS), np.uint8), np.empty(count, np.float32)
        self.ocr_read, ocr_reach = np.empty((count, OCR_CELLS), np.uint8), np.empty(count, np.float32)
        read_cells(tables.clave, self.clave_read, self._clave_reach)
        read_cells(tables.ocr, self.ocr_read, ocr_reach)
        self._with_number = tables.has[:, 1] & (ocr_reach > _OCR_ENOUGH)
        self._limit: F32 = np.where(self._with_number, LIMIT, LIMIT_ALONE).astype(np.float32)
        room = min(count * PAIR_ROOM, _PAIRS)
        self._pairs_q, self._pairs_row = np.empty(room, np.int32), np.empty(room, np.uint32)
        self._used = np.zeros(1, np.int64)

    def run(self) -> Shortlist:
        """The shortlist of every query."""
        tables, roll = self.tables, self.roll
        weigh_sections(tables.section, tables.has, *roll.writings, self.ground, self._top_sections)
        best_totals(tables.clave, tables.ocr, tables.has, tables.section, self.ground, self._top_sections,
                    self.weights.old_section, self._best)  # fmt: skip
        with_clave, with_ocr = tables.has[:, 0], tables.has[:, 1]
        self._look_up("birth", np.flatnonzero(with_clave), lambda a: scan_births(False, *a))
        self._look_up("ocr_first", np.flatnonzero(with_ocr), self._by_number_start)
        self._weigh()
        both = self._with_number & (self._clave_reach >= CLAVE_ENOUGH)
        self._scan_sections(self._undecided((with_clave | with_ocr) & ~both))
        wanted = self._undecided(with_clave)
        for block, name in enumerate(blocks.BLOCKS[:3]):
            self._look_up(name, wanted, lambda a, block=block: scan_letters(block, *a))
        self._look_up("birth", wanted[~self._with_number[wanted]], lambda a: scan_births(True, *a))
        wanted = self._undecided(with_ocr)
        hardly = self._clave_reach[wanted] < CLAVE_ENOUGH
        for block, name in enumerate(blocks.BLOCKS[4:]):
            self._look_up(
                name, wanted[hardly],
                lambda a, block=block: scan_ocr(block, 4, LIMIT_ALONE, a[0], self.tables.ocr, *a[2:]),
            )  # fmt: skip
        self._look_up(
            "ocr_last", wanted[~hardly], lambda a: scan_ocr(2, 2, LIMIT_HALF, a[0], self.tables.ocr, *a[2:])
        )
        self._weigh()
        return self.short

    def _by_number_start(self, a: tuple[Any, ...]) -> None:
        scan_ocr_start(LIMIT_HALF, a[0], self.tables.ocr, *a[3:])

    def _undecided(self, among: Flags) -> I64:
        return np.flatnonzero(among & (self.short.scores.max(axis=1) < self._best - DECISIVE))

    def _scan_sections(self, wanted: I64) -> None:
        tables, roll, weights = self.tables, self.roll, self.weights
        wanted = wanted[np.argsort(self._top_sections[wanted, 0], kind="stable")]
        for begin in range(0, wanted.size, _SECTION_SLICE):
            scan_sections(
                wanted[begin : begin + _SECTION_SLICE], tables.clave, tables.ocr, tables.has, self._top_sections,
                tables.section, self.ground, roll.array("records"), roll.array("section_offsets"),
                self._limit, weights.other_number, weights.old_section, self.short.rows, self.short.scores,
            )  # fmt: skip
            roll.settle("records")

    def _look_up(self, name: str, wanted: I64, scan: Any) -> None:
        """Looks the queries up in one index; weighs in between when the room for pairs could run out."""
        read = self.ocr_read if name.startswith("ocr") else self.clave_read
        order = wanted[np.argsort(keys_of(read[wanted], _KEY_CELLS[name]))]
        array, done = self.roll.array, 0
        while done < wanted.size:
            free = min((self._pairs_q.size - int(self._used[0])) // PAIR_ROOM, _AT_ONCE)
            if free < min(wanted.size - done, _MANY):
                self._weigh()
                free = min(self._pairs_q.size // PAIR_ROOM, _AT_ONCE)
            scan((
                order[done : done + free], self.tables.clave, self._limit, array(f"{name}_offsets"),
                array(f"{name}_payloads"), array(f"{name}_rows"), self._pairs_q, self._pairs_row, self._used,
            ))  # fmt: skip
            done += free
            self.roll.settle(f"{name}_payloads", f"{name}_rows", f"{name}_offsets")

    def _weigh(self) -> None:
        """Weighs the pairs gathered so far, a part of the records at a time, and forgets them."""
        count, tables, weights, roll = int(self._used[0]), self.tables, self.weights, self.roll
        self._used[0] = 0
        order = np.empty(count, np.int64)
        starts = np.zeros(len(roll) // _SEGMENT + 2, np.int64)
        segment_order(self._pairs_row, count, _SEGMENT, starts, order)
        for begin, end in pairwise(starts):
            weigh_pairs(
                self._pairs_q, self._pairs_row, order[begin:end], tables.clave, tables.ocr, tables.has,
                tables.section, self.ground, roll.array("records"), roll.array("section_offsets"), roll.hints,
                weights.other_number, weights.other_clave, weights.old_section, self.short.rows, self.short.scores,
            )  # fmt: skip
            roll.settle("records")


@compiled
def best_totals(clave: F32, ocr: F32, has: Flags, section: F32, ground: F64, top: I64, old: float, out: F32) -> None:
    """The best total each query could give: every read cell agreeing."""
    tops = np.empty(18, np.float32)
    for q in range(clave.shape[0]):
        out[q] = clave_bests(clave[q], tops)
        if has[q, 1]:
            for cell in range(13):
                out[q] += best(ocr[q, cell], 0, 10)
        if has[q, 2] and top[q, 0] >= 0:
            out[q] += np.log((1 - old) * section_likelihood(section[q], top[q, 0]) / ground[q] + old)
