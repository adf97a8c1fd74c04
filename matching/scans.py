"""One look through each block: electors whose packed cells are near enough to what was read become pairs to weigh.

``limit[q]``: deficit (nats) up to which an elector is passed on. A query fills at most ``PAIR_ROOM`` pairs a block:
one whose key says nothing would bring up half the city. All compiled; nothing here touches the records, but for
the section, which is a block without an index.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from matching import blocks
from matching.arrays import F32, F64, I32, I64, U8, U32, Flags
from matching.compiled import compiled
from matching.readings import BEAM, BEAM_DEFICIT, beam, best, clave_bests, decimal, pair_deficits, triple_deficits
from matching.sections import LIKELY, section_likelihood
from matching.shortlist import insert, ocr_score

PAIR_ROOM: Final = 3000


@compiled
def scan_letters(
    block: int, wanted: I64, clave: F32, limit: F32, offsets: U32, payloads: U32, electors: U32,
    pairs_q: I32, pairs_row: U32, used: I64,
) -> None:  # fmt: skip
    """Blocks surnames (0), paternal (1), maternal (2)."""
    keys, deficits = np.empty(BEAM, np.int64), np.empty(BEAM, np.float32)
    keys2, deficits2 = np.empty(BEAM, np.int64), np.empty(BEAM, np.float32)
    other, early, late = np.empty(1024, np.float32), np.empty(1024, np.float32), np.empty(1024, np.float32)
    one, two, rest = (0, 2, 4) if block == 0 else ((0, 4, 2) if block == 1 else (2, 4, 0))
    for n in range(wanted.size):
        q = wanted[n]
        table = clave[q]
        width = pair_deficits(table, rest, other) + triple_deficits(table, 6, early) + triple_deficits(table, 9, late)
        count = beam(table, one, 2, 10, 36, keys, deficits)
        count2 = beam(table, two, 2, 10, 36, keys2, deficits2)
        if count == BEAM or count2 == BEAM:  # the key itself is hardly read: another block's work
            count, count2 = min(count, 3), min(count2, 3)
        room = min(used[0] + PAIR_ROOM, pairs_q.size)
        for i in range(count):
            for j in range(count2):
                if deficits[i] + deficits2[j] > BEAM_DEFICIT:
                    break
                a, b = blocks.pair(keys[i] // 64, keys[i] % 64), blocks.pair(keys2[j] // 64, keys2[j] % 64)
                most = np.float32(min(limit[q] - deficits[i] - deficits2[j], 0.6 * width))
                key = a * blocks.PAIRS + b
                for at in range(np.int64(offsets[key]), np.int64(offsets[key + 1])):
                    payload = payloads[at]
                    dated = early[(payload >> np.uint32(10)) & np.uint32(1023)] + late[payload & np.uint32(1023)]
                    if dated > most or dated + other[payload >> np.uint32(20)] > most:
                        continue
                    if used[0] < room:
                        pairs_q[used[0]] = q
                        pairs_row[used[0]] = electors[at]
                        used[0] += 1


@compiled
def _scan_day(
    q: int, day: int, most: float, a: F32, b: F32, c: F32, sex: F32, offsets: U32, payloads: U32, electors: U32,
    pairs_q: I32, pairs_row: U32, used: I64, room: int,
) -> None:  # fmt: skip
    for at in range(np.int64(offsets[day]), np.int64(offsets[day + 1])):
        payload = payloads[at]
        deficit = a[payload >> np.uint32(22)] + b[(payload >> np.uint32(12)) & np.uint32(1023)]
        if deficit > most:
            continue
        deficit += c[(payload >> np.uint32(2)) & np.uint32(1023)] + sex[payload & np.uint32(3)]
        if deficit <= most and used[0] < room:
            pairs_q[used[0]] = q
            pairs_row[used[0]] = electors[at]
            used[0] += 1


@compiled
def scan_births(
    near: bool, wanted: I64, clave: F32, limit: F32, offsets: U32, payloads: U32, electors: U32,
    pairs_q: I32, pairs_row: U32, used: I64,
) -> None:  # fmt: skip
    """Block birth: the likely dates, and day and month exchanged; with ``near`` instead every date one digit off."""
    keys, deficits = np.empty(BEAM, np.int64), np.empty(BEAM, np.float32)
    a, b, c = np.empty(1024, np.float32), np.empty(1024, np.float32), np.empty(1024, np.float32)
    sex = np.zeros(4, np.float32)
    scale = np.array([100000, 10000, 1000, 100, 10, 1])
    for n in range(wanted.size):
        q = wanted[n]
        table = clave[q]
        top = best(table[14], 10, 36)
        sex[0], sex[1], sex[2] = top - table[14, 17], top - table[14, 22], top - table[14, 33]
        width = pair_deficits(table, 0, a) + pair_deficits(table, 2, b) + pair_deficits(table, 4, c)
        most = min(limit[q], 0.6 * width)
        room = min(used[0] + PAIR_ROOM, pairs_q.size)
        count = beam(table, 6, 6, 0, 10, keys, deficits)
        day = decimal(keys[0], 6)
        if not near:
            for i in range(count):
                _scan_day(q, decimal(keys[i], 6), most - deficits[i], a, b, c, sex, offsets, payloads, electors,
                          pairs_q, pairs_row, used, room)  # fmt: skip
            swapped = day // 10000 * 10000 + day % 100 * 100 + day // 100 % 100
            if swapped != day:
                _scan_day(q, swapped, most, a, b, c, sex, offsets, payloads, electors, pairs_q,
                          pairs_row, used, room)  # fmt: skip
            continue
        for place in range(6):
            read = day // scale[place] % 10
            for digit in range(10):
                cost = table[6 + place, read] - table[6 + place, digit]
                if digit != read and cost < most:
                    _scan_day(q, day + (digit - read) * scale[place], most - cost, a, b, c, sex, offsets, payloads,
                              electors, pairs_q, pairs_row, used, room)  # fmt: skip


@compiled
def scan_ocr(
    block: int, most_keys: int, most_off: float, wanted: I64, ocr: F32, limit: F32, offsets: U32, payloads: U32,
    electors: U32, pairs_q: I32, pairs_row: U32, used: I64,
) -> None:  # fmt: skip
    """Blocks of the OCR number: 0 its digits 5-7, 1 digits 8-10, 2 digits 11-13."""
    keys, deficits = np.empty(BEAM, np.int64), np.empty(BEAM, np.float32)
    p, r, s = np.empty(1024, np.float32), np.empty(1024, np.float32), np.empty(1024, np.float32)
    for n in range(wanted.size):
        q = wanted[n]
        table = ocr[q]
        width = triple_deficits(table, 4, p) + triple_deficits(table, 7, r) + triple_deficits(table, 10, s)
        most = np.float32(min(limit[q], 0.5 * width, most_off))
        count = min(beam(table, 4 + 3 * block, 3, 0, 10, keys, deficits), most_keys)
        room = min(used[0] + PAIR_ROOM, pairs_q.size)
        for i in range(count):
            key = decimal(keys[i], 3)
            for at in range(np.int64(offsets[key]), np.int64(offsets[key + 1])):
                payload = payloads[at]
                off = p[payload >> np.uint32(20)] + r[(payload >> np.uint32(10)) & np.uint32(1023)]
                if off > most or off + s[payload & np.uint32(1023)] > most:
                    continue
                if used[0] < room:
                    pairs_q[used[0]] = q
                    pairs_row[used[0]] = electors[at]
                    used[0] += 1


@compiled
def scan_ocr_start(
    most_off: float, wanted: I64, ocr: F32, offsets: U32, payloads: U32, electors: U32,
    pairs_q: I32, pairs_row: U32, used: I64,
) -> None:  # fmt: skip
    """Block ocr_first by digits 5 to 10: its entries stand in order of the whole number."""
    keys, deficits = np.empty(BEAM, np.int64), np.empty(BEAM, np.float32)
    s = np.empty(1024, np.float32)
    for n in range(wanted.size):
        q = wanted[n]
        triple_deficits(ocr[q], 10, s)
        count = beam(ocr[q], 4, 6, 0, 10, keys, deficits)
        room = min(used[0] + PAIR_ROOM, pairs_q.size)
        for i in range(count):
            start = decimal(keys[i], 6)
            p = start // 1000
            wanted_from = blocks.pack_ocr(p, start % 1000, 0)
            low, high = np.int64(offsets[p]), np.int64(offsets[p + 1])
            end = high
            while low < high:
                middle = (low + high) // 2
                if payloads[middle] < wanted_from:
                    low = middle + 1
                else:
                    high = middle
            while low < end and payloads[low] < wanted_from + 1024:
                if s[payloads[low] & np.uint32(1023)] + deficits[i] <= most_off and used[0] < room:
                    pairs_q[used[0]] = q
                    pairs_row[used[0]] = electors[low]
                    used[0] += 1
                low += 1


@compiled
def scan_sections(
    order: I64, clave: F32, ocr: F32, has: Flags, top: I64, section: F32, ground: F64,
    records: U8, offsets: U32, limit: F32, other: float, old: float, rows: I64, scores: F32,
) -> None:  # fmt: skip
    """Weighs every elector of the likely sections; one whose clave is too far off is left early."""
    tops = np.empty(18, np.float32)
    costs = np.empty((18, 38), np.float32)
    for n in range(order.size):
        q = order[n]
        total = clave_bests(clave[q], tops)
        for cell in range(18):
            for code in range(38):
                costs[cell, code] = tops[cell] - clave[q, cell, code]
        for place in range(LIKELY):
            s = top[q, place]
            if s < 0:
                break
            seen = np.log((1 - old) * section_likelihood(section[q], s) / ground[q] + old)
            for row in range(int(offsets[s]), int(offsets[s + 1])):
                off = costs[6, records[row, 6]] + costs[7, records[row, 7]] + costs[8, records[row, 8]]
                off += costs[0, records[row, 0]] + costs[2, records[row, 2]]
                if off > limit[q]:
                    continue
                off += costs[1, records[row, 1]] + costs[3, records[row, 3]]
                for cell in range(4, 6):
                    off += costs[cell, records[row, cell]]
                for cell in range(9, 18):
                    off += costs[cell, records[row, cell]]
                if off > limit[q]:
                    continue
                score = total - off + seen
                if has[q, 1]:
                    score += ocr_score(ocr[q], records[row], other)
                insert(rows[q], scores[q], row, score)
