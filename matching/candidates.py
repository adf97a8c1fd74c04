"""From tables to the few electors a row may be: every block is looked up, what passes is weighed whole.

All compiled. The stages run over a batch of queries, one index at a time, and hand its pages back after each:
so a search that touches 800 MB of index never holds more than a part of it (``release``, measured in
bench/match). Costs are counted in *deficit*: nats below the best that the read cells could give.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from matching import blocks
from matching.alphabet import CODES
from matching.compiled import compiled
from matching.roll import Roll
from matching.tables import Tables
from matching.weights import Weights

KEPT: Final = 16
"""Candidates kept per query."""

BEAM: Final = 6
BEAM_DEFICIT: Final = 6.0
"""Readings of a block's key that are looked up: the best, and others within 6 nats of it."""

DECISIVE: Final = 6.0
"""A candidate within 6 nats of the best possible needs no wider search: whoever fits as well shares his keys."""

LIMIT_ALONE: Final = 26.0
"""Deficit a payload may have when the clave is all there is: three wrong cells cost up to 8.2 each."""

LIMIT: Final = 18.0
"""The same when section or OCR number also bear something: a third wrong cell there leaves their block whole."""

LIMIT_HALF: Final = 10.0
"""Deficit of an OCR number looked up only to see whether it contradicts the clave: one wrong digit."""

CLAVE_ENOUGH: Final = 95.0
"""Nats between a clave's best and worst (18 read cells: about 145) from which its own blocks suffice."""

_MANY: Final = 200
"""Queries from which an index is mapped whole before it is looked up: they would touch most of it anyway."""

_PAIR_ROOM: Final = 3000
_SEGMENT: Final = 1 << 20
_SECTION_SLICE: Final = 128

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
I64 = npt.NDArray[np.int64]
I32 = npt.NDArray[np.int32]


class Shortlist:
    """The best ``KEPT`` electors of each query: ``rows`` (-1 where empty) and ``scores`` (nats), unsorted."""

    def __init__(self, count: int) -> None:
        self.rows: I64 = np.full((count, KEPT), -1, np.int64)
        self.scores: F32 = np.full((count, KEPT), -np.inf, np.float32)


@compiled
def _best(table: F32, code_from: int, code_to: int) -> float:
    top = table[code_from]
    for code in range(code_from + 1, code_to):
        top = max(top, table[code])
    return float(top)


@compiled
def beam(table: F32, first: int, cells: int, low: int, high: int, keys: I64, deficits: F32) -> int:
    """The best readings of neighbouring cells: codes (base 64) to ``keys``, deficits; returns how many."""
    count = 1
    keys[0] = 0
    deficits[0] = 0.0
    new_keys = np.zeros(keys.size, np.int64)
    new_deficits = np.zeros(keys.size, np.float32)
    for cell in range(first, first + cells):
        top = _best(table[cell], low, high)
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
def section_likelihood(table: F32, section: int) -> float:
    """Likelihood of the read section if this one was written: with zeros before, or blanks after or before."""
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
def weigh_sections(
    tables: F32, has: npt.NDArray[np.bool_], sections: I64, shares: F64, ground: F64, top: I64
) -> None:
    """``ground[q]``: likelihood of the read section under a random elector's; ``top[q]``: up to 4 likely sections.

    ``sections`` rise; ``shares`` says how many of the electors each holds.
    """
    values = np.empty(sections.size, np.float64)
    high, low = np.empty(100, np.float64), np.empty(100, np.float64)
    short = np.searchsorted(sections, 1000)
    for q in range(tables.shape[0]):
        ground[q] = 1.0
        top[q, :] = -1
        if not has[q, 2]:
            continue
        table = tables[q]
        for i in range(10):
            for j in range(10):
                high[i * 10 + j] = table[0, i] * table[1, j]
                low[i * 10 + j] = table[2, i] * table[3, j]
        mass = 0.0
        for i in range(short):
            values[i] = section_likelihood(table, sections[i]) * shares[i]
            mass += values[i]
        for i in range(short, sections.size):
            values[i] = high[sections[i] // 100] * low[sections[i] % 100] * shares[i]
            mass += values[i]
        ground[q] = mass
        least = 0.02 * mass
        for i in range(sections.size):
            if values[i] <= least or (top[q, 3] >= 0 and values[i] <= values[top[q, 3]]):
                continue
            place = 3
            while place > 0 and (top[q, place - 1] < 0 or values[top[q, place - 1]] < values[i]):
                top[q, place] = top[q, place - 1]
                place -= 1
            top[q, place] = i
        for place in range(4):
            if top[q, place] >= 0:
                top[q, place] = sections[top[q, place]]


@compiled
def ocr_score(table: F32, record: U8, other: float) -> float:
    """Nats for an elector's OCR number: cell by cell, or the number is another one altogether."""
    total = 0.0
    for cell in range(13):
        total += table[cell, record[18 + cell]]
    return float(np.log((1 - other) * np.exp(min(total, 80.0)) + other))


@compiled
def _insert(rows: I64, scores: F32, row: int, score: float) -> None:
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
def _clave_bounds(clave: F32, tops: F32) -> float:
    """The best each cell of a clave could give, to ``tops``; returns their sum."""
    total = 0.0
    for cell in range(18):
        letter = cell < 6 or cell == 14
        tops[cell] = _best(clave[cell], 10 if letter else 0, 36 if letter else 10)
        total += tops[cell]
    return total


@compiled
def scan_sections(
    order: I64, clave: F32, ocr: F32, has: npt.NDArray[np.bool_], top: I64, section: F32, ground: F64,
    records: U8, offsets: U32, limit: F32, other: float, old: float, rows: I64, scores: F32,
) -> None:  # fmt: skip
    """Weighs every elector of the likely sections; one whose clave is too far off is left early."""
    tops = np.empty(18, np.float32)
    for n in range(order.size):
        q = order[n]
        best = _clave_bounds(clave[q], tops)
        table = clave[q]
        for place in range(4):
            s = top[q, place]
            if s < 0:
                break
            seen = np.log((1 - old) * section_likelihood(section[q], s) / ground[q] + old)
            for row in range(int(offsets[s]), int(offsets[s + 1])):
                left = limit[q]
                for cell in range(18):
                    left -= tops[cell] - table[cell, records[row, cell]]
                    if left < 0:
                        break
                if left < 0:
                    continue
                score = best - (limit[q] - left) + seen
                if has[q, 1]:
                    score += ocr_score(ocr[q], records[row], other)
                _insert(rows[q], scores[q], row, score)


@compiled
def weigh_pairs(
    pairs_q: I32, pairs_row: U32, order: I64, clave: F32, ocr: F32, has: npt.NDArray[np.bool_], section: F32,
    ground: F64, records: U8, offsets: U32, other: float, other_clave: float, old: float, rows: I64, scores: F32,
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
            low, high = 0, offsets.size - 1
            while high - low > 1:
                middle = (low + high) // 2
                if offsets[middle] <= row:
                    low = middle
                else:
                    high = middle
            score += np.log((1 - old) * section_likelihood(section[q], low) / ground[q] + old)
        _insert(rows[q], scores[q], int(row), score)


@compiled
def _segment_order(pairs_row: U32, count: int, segment: int, starts: I64, order: I64) -> None:
    """Pairs in order of the part of the records they touch."""
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


@compiled
def _letter_table(table: F32, cell: int, out: F32) -> float:
    """Deficits of the 729 pairs of letters in two cells; returns their range."""
    codes = np.empty(27, np.int64)
    for i in range(26):
        codes[i] = 10 + i
    codes[26] = 37
    top = _best(table[cell], 10, 36) + _best(table[cell + 1], 10, 36)
    widest = 0.0
    for i in range(27):
        for j in range(27):
            value = top - table[cell, codes[i]] - table[cell + 1, codes[j]]
            out[i * 27 + j] = value
            widest = max(widest, value)
    return widest


@compiled
def _triple_table(table: F32, cell: int, out: F32) -> float:
    """Deficits of the 1000 triples of digits in three cells; returns their range."""
    top = _best(table[cell], 0, 10) + _best(table[cell + 1], 0, 10) + _best(table[cell + 2], 0, 10)
    widest = 0.0
    for i in range(10):
        for j in range(10):
            two = top - table[cell, i] - table[cell + 1, j]
            for k in range(10):
                value = two - table[cell + 2, k]
                out[i * 100 + j * 10 + k] = value
                widest = max(widest, value)
    return widest


@compiled
def scan_letters(
    block: int, wanted: I64, clave: F32, limit: F32, offsets: U32, payloads: U32, electors: U32,
    pairs_q: I32, pairs_row: U32, used: I64,
) -> None:  # fmt: skip
    """Blocks surnames (0), paternal (1), maternal (2): passes those whose payload is within the limit."""
    keys, deficits = np.empty(BEAM, np.int64), np.empty(BEAM, np.float32)
    keys2, deficits2 = np.empty(BEAM, np.int64), np.empty(BEAM, np.float32)
    other, early, late = np.empty(729, np.float32), np.empty(1000, np.float32), np.empty(1000, np.float32)
    one, two, rest = (0, 2, 4) if block == 0 else ((0, 4, 2) if block == 1 else (2, 4, 0))
    for n in range(wanted.size):
        q = wanted[n]
        table = clave[q]
        width = _letter_table(table, rest, other) + _triple_table(table, 6, early) + _triple_table(table, 9, late)
        count = beam(table, one, 2, 10, 36, keys, deficits)
        count2 = beam(table, two, 2, 10, 36, keys2, deficits2)
        if count == BEAM or count2 == BEAM:  # the key itself is hardly read: another block's work
            count, count2 = min(count, 3), min(count2, 3)
        room = used[0] + _PAIR_ROOM
        for i in range(count):
            for j in range(count2):
                if deficits[i] + deficits2[j] > BEAM_DEFICIT:
                    break
                a, b = blocks.pair(keys[i] // 64, keys[i] % 64), blocks.pair(keys2[j] // 64, keys2[j] % 64)
                most = min(limit[q] - deficits[i] - deficits2[j], 0.6 * width)
                key = a * blocks.PAIRS + b
                for at in range(offsets[key], offsets[key + 1]):
                    payload = payloads[at]
                    if early[(payload >> 10) & 1023] + late[payload & 1023] + other[payload >> 20] > most:
                        continue
                    if used[0] < room and used[0] < pairs_q.size:
                        pairs_q[used[0]] = q
                        pairs_row[used[0]] = electors[at]
                        used[0] += 1


@compiled
def _scan_day(
    q: int, day: int, most: float, a: F32, b: F32, c: F32, sex: F32, offsets: U32, payloads: U32, electors: U32,
    pairs_q: I32, pairs_row: U32, used: I64, room: int,
) -> None:  # fmt: skip
    for at in range(offsets[day], offsets[day + 1]):
        payload = payloads[at]
        deficit = a[payload >> 22] + b[(payload >> 12) & 1023]
        if deficit > most:
            continue
        deficit += c[(payload >> 2) & 1023] + sex[payload & 3]
        if deficit <= most and used[0] < room and used[0] < pairs_q.size:
            pairs_q[used[0]] = q
            pairs_row[used[0]] = electors[at]
            used[0] += 1


@compiled
def scan_births(
    near: bool, wanted: I64, clave: F32, limit: F32, offsets: U32, payloads: U32, electors: U32,
    pairs_q: I32, pairs_row: U32, used: I64,
) -> None:  # fmt: skip
    """Block birth: the likely dates; with ``near`` every date one digit off the likeliest, and day and month
    exchanged."""
    keys, deficits = np.empty(BEAM, np.int64), np.empty(BEAM, np.float32)
    a, b, c = np.empty(729, np.float32), np.empty(729, np.float32), np.empty(729, np.float32)
    sex = np.empty(4, np.float32)
    digits = np.empty(6, np.int64)
    scale = np.array([100000, 10000, 1000, 100, 10, 1])
    for n in range(wanted.size):
        q = wanted[n]
        table = clave[q]
        top = _best(table[14], 10, 36)
        sex[0], sex[1], sex[2] = top - table[14, 17], top - table[14, 22], top - table[14, 33]
        width = _letter_table(table, 0, a) + _letter_table(table, 2, b) + _letter_table(table, 4, c)
        most = min(limit[q], 0.6 * width)
        room = used[0] + _PAIR_ROOM
        count = beam(table, 6, 6, 0, 10, keys, deficits)
        if not near:
            for i in range(count):
                day, rest = 0, keys[i]
                for place in range(5, -1, -1):
                    day += (rest % 64) * scale[place]
                    rest //= 64
                _scan_day(q, day, most - deficits[i], a, b, c, sex, offsets, payloads, electors, pairs_q,
                          pairs_row, used, room)  # fmt: skip
            continue
        day, rest = 0, keys[0]
        for place in range(5, -1, -1):
            digits[place] = rest % 64
            day += digits[place] * scale[place]
            rest //= 64
        swapped = day // 10000 * 10000 + day % 100 * 100 + day // 100 % 100
        if swapped != day:
            _scan_day(q, swapped, most, a, b, c, sex, offsets, payloads, electors, pairs_q, pairs_row, used, room)
        for place in range(6):
            for digit in range(10):
                if digit == digits[place]:
                    continue
                cost = table[6 + place, digits[place]] - table[6 + place, digit]
                other = day + (digit - digits[place]) * scale[place]
                _scan_day(q, other, most - cost, a, b, c, sex, offsets, payloads, electors, pairs_q, pairs_row,
                          used, room)  # fmt: skip


@compiled
def scan_ocr(
    block: int, most_keys: int, most_off: float, wanted: I64, ocr: F32, limit: F32, offsets: U32, payloads: U32,
    electors: U32, pairs_q: I32, pairs_row: U32, used: I64,
) -> None:  # fmt: skip
    """Blocks of the OCR number: 0 its digits 5-7, 1 digits 8-10, 2 digits 11-13."""
    keys, deficits = np.empty(BEAM, np.int64), np.empty(BEAM, np.float32)
    p, r, s = np.empty(1000, np.float32), np.empty(1000, np.float32), np.empty(1000, np.float32)
    for n in range(wanted.size):
        q = wanted[n]
        table = ocr[q]
        width = _triple_table(table, 4, p) + _triple_table(table, 7, r) + _triple_table(table, 10, s)
        most = min(limit[q], 0.5 * width, most_off)
        count = min(beam(table, 4 + 3 * block, 3, 0, 10, keys, deficits), most_keys)
        room = used[0] + _PAIR_ROOM
        for i in range(count):
            key = keys[i] // 4096 * 100 + keys[i] // 64 % 64 * 10 + keys[i] % 64
            for at in range(offsets[key], offsets[key + 1]):
                payload = payloads[at]
                if p[payload >> 20] + r[(payload >> 10) & 1023] + s[payload & 1023] > most:
                    continue
                if used[0] < room and used[0] < pairs_q.size:
                    pairs_q[used[0]] = q
                    pairs_row[used[0]] = electors[at]
                    used[0] += 1


@compiled
def scan_ocr_start(
    wanted: I64, ocr: F32, offsets: U32, payloads: U32, electors: U32, pairs_q: I32, pairs_row: U32, used: I64
) -> None:
    """Block ocr_first by digits 5 to 10: its entries stand in order of the whole number."""
    keys, deficits = np.empty(BEAM, np.int64), np.empty(BEAM, np.float32)
    s = np.empty(1000, np.float32)
    for n in range(wanted.size):
        q = wanted[n]
        _triple_table(ocr[q], 10, s)
        count = beam(ocr[q], 4, 6, 0, 10, keys, deficits)
        room = used[0] + _PAIR_ROOM
        for i in range(count):
            p, r, rest = 0, 0, keys[i]
            for scale in (1, 10, 100):
                r += (rest % 64) * scale
                rest //= 64
            for scale in (1, 10, 100):
                p += (rest % 64) * scale
                rest //= 64
            wanted_from = blocks.pack_ocr(p, r, 0)
            low, high = np.int64(offsets[p]), np.int64(offsets[p + 1])
            end = high
            while low < high:
                middle = (low + high) // 2
                if payloads[middle] < wanted_from:
                    low = middle + 1
                else:
                    high = middle
            while low < end and payloads[low] < wanted_from + 1024:
                within = s[payloads[low] & 1023] + deficits[i] <= LIMIT_ALONE
                if within and used[0] < room and used[0] < pairs_q.size:
                    pairs_q[used[0]] = q
                    pairs_row[used[0]] = electors[low]
                    used[0] += 1
                low += 1


@compiled
def bounds(
    clave: F32, ocr: F32, has: npt.NDArray[np.bool_], section: F32, ground: F64, top: I64, old: float, out: F32
) -> None:
    """The best total each query could give: every read cell agreeing."""
    tops = np.empty(18, np.float32)
    for q in range(clave.shape[0]):
        out[q] = _clave_bounds(clave[q], tops)
        if has[q, 1]:
            for cell in range(13):
                out[q] += _best(ocr[q, cell], 0, 10)
        if has[q, 2] and top[q, 0] >= 0:
            out[q] += np.log((1 - old) * section_likelihood(section[q], top[q, 0]) / ground[q] + old)


class Gatherer:
    """Runs the stages over a roll for a batch of tables and keeps the shortlist."""

    def __init__(self, roll: Roll, tables: Tables, weights: Weights) -> None:
        self.roll, self.tables, self.weights = roll, tables, weights
        count = tables.clave.shape[0]
        self.short = Shortlist(count)
        self.ground: F64 = np.ones(count)
        self.top_sections: I64 = np.full((count, 4), -1, np.int64)
        self.best: F32 = np.empty(count, np.float32)
        self.limit: F32 = np.where(tables.has[:, 1:].any(axis=1), LIMIT, LIMIT_ALONE).astype(np.float32)
        room = min(count * _PAIR_ROOM, 1 << 21)
        self._clave_reach = (tables.clave.max(axis=2) - tables.clave.min(axis=2)).sum(axis=1)
        self._pairs_q, self._pairs_row = np.empty(room, np.int32), np.empty(room, np.uint32)
        self._used = np.zeros(1, np.int64)

    def run(self, deep: bool = True) -> Shortlist:
        """Section and birth first; whoever has no decisive candidate then goes through every other block."""
        tables, roll = self.tables, self.roll
        weigh_sections(tables.section, tables.has, roll.sections, roll.section_shares, self.ground, self.top_sections)
        bounds(tables.clave, tables.ocr, tables.has, tables.section, self.ground, self.top_sections,
               self.weights.old_section, self.best)  # fmt: skip
        with_clave = np.flatnonzero(tables.has[:, 0])
        self._scan_sections(np.flatnonzero(tables.has[:, :2].any(axis=1)))
        self._look_up("birth", with_clave, lambda a: scan_births(False, *a))
        self._weigh()
        if deep:
            open_ones = self._undecided()
            self._look_up_deep(open_ones[tables.has[open_ones, 0]])
            self._weigh()
            open_ones = self._undecided()
            open_ones = open_ones[tables.has[open_ones, 1]]
            hardly = self._clave_reach[open_ones] < CLAVE_ENOUGH
            self._look_up_ocr(open_ones[hardly], open_ones[~hardly])
            self._weigh()
        return self.short

    def _undecided(self) -> I64:
        return np.flatnonzero(self.short.scores.max(axis=1) < self.best - DECISIVE)

    def _scan_sections(self, wanted: I64) -> None:
        tables, roll, weights = self.tables, self.roll, self.weights
        wanted = wanted[np.argsort(self.top_sections[wanted, 0], kind="stable")]
        for begin in range(0, wanted.size, _SECTION_SLICE):
            scan_sections(
                wanted[begin : begin + _SECTION_SLICE], tables.clave, tables.ocr, tables.has, self.top_sections,
                tables.section, self.ground, roll.array("records"), roll.array("section_offsets"),
                self.limit, weights.other_number, weights.old_section, self.short.rows, self.short.scores,
            )  # fmt: skip
            roll.settle("records")

    def _look_up_ocr(self, hardly: I64, rest: I64) -> None:
        """By the OCR number: every block where the clave says little; else those that one wrong half leaves."""
        for block, name in enumerate(blocks.BLOCKS[4:]):
            self._look_up(
                name, hardly, lambda a, block=block: scan_ocr(block, 4, LIMIT_ALONE, a[0], self.tables.ocr, *a[2:])
            )
        self._look_up("ocr_first", rest, lambda a: scan_ocr_start(a[0], self.tables.ocr, *a[3:]))
        self._look_up("ocr_last", rest, lambda a: scan_ocr(2, 2, LIMIT_HALF, a[0], self.tables.ocr, *a[2:]))

    def _look_up_deep(self, wanted: I64) -> None:
        self._look_up("birth", wanted, lambda a: scan_births(True, *a))
        for block, name in enumerate(blocks.BLOCKS[:3]):
            self._look_up(name, wanted, lambda a, block=block: scan_letters(block, *a))

    def _look_up(self, name: str, wanted: I64, scan: Any) -> None:
        if not wanted.size:
            return
        array = self.roll.array
        free = (self._pairs_q.size - int(self._used[0])) // _PAIR_ROOM
        if free < min(wanted.size, _MANY):
            self._weigh()
            free = max(1, self._pairs_q.size // _PAIR_ROOM)
        if wanted.size > free:
            self._look_up(name, wanted[:free], scan)
            self._look_up(name, wanted[free:], scan)
            return
        if wanted.size >= _MANY:
            self.roll.warm(f"{name}_payloads")
        scan((
            wanted, self.tables.clave, self.limit, array(f"{name}_offsets"), array(f"{name}_payloads"),
            array(f"{name}_rows"), self._pairs_q, self._pairs_row, self._used,
        ))  # fmt: skip
        self.roll.settle(f"{name}_payloads", f"{name}_rows", f"{name}_offsets")

    def _weigh(self) -> None:
        """Weighs the pairs gathered so far, a part of the records at a time, and forgets them."""
        count, tables, weights, roll = int(self._used[0]), self.tables, self.weights, self.roll
        self._used[0] = 0
        order = np.empty(count, np.int64)
        starts = np.zeros(len(roll) // _SEGMENT + 2, np.int64)
        _segment_order(self._pairs_row, count, _SEGMENT, starts, order)
        for begin, end in pairwise(starts):
            weigh_pairs(
                self._pairs_q, self._pairs_row, order[begin:end], tables.clave, tables.ocr, tables.has,
                tables.section, self.ground, roll.array("records"), roll.array("section_offsets"),
                weights.other_number, weights.other_clave, weights.old_section, self.short.rows, self.short.scores,
            )  # fmt: skip
            roll.settle("records")


__all__ = ["CODES", "Gatherer", "Shortlist"]
