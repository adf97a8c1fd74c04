"""The columns in the order of the index: by section, then by clave; and every block's list of electors."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from matching import blocks, csv_lines
from matching.alphabet import CODES
from matching.arrays import F32, I64, U8, U16, U32
from matching.compiled import compiled
from matching.csv_reader import Columns, Progress

Keys = npt.NDArray[np.uint64]


@compiled
def _clave_keys(records: U8, keys: Keys, tails: U16) -> None:
    """The first 15 places of each clave as a number that keeps their order, and the last three."""
    for row in range(records.shape[0]):
        codes = records[row]
        a, b, c = blocks.pack_letters(records, row)
        number = np.uint64((a * 729 + b) * 729 + c)
        number = number * np.uint64(1000) + np.uint64(blocks.triple(codes, 6))
        number = number * np.uint64(1000) + np.uint64(blocks.triple(codes, 9))
        number = number * np.uint64(100) + np.uint64(codes[12] * 10 + codes[13])
        sex = 0 if codes[14] == 17 else (1 if codes[14] == 22 else 2)
        keys[row] = number * np.uint64(3) + np.uint64(sex)
        tails[row] = blocks.triple(codes, 15)


@compiled
def _order_ties(order: I64, keys: Keys, tails: U16) -> None:
    """Puts records of equal key in order of their tail, then of their place in the file."""
    begin = 0
    while begin < order.size:
        end = begin + 1
        while end < order.size and keys[order[end]] == keys[order[begin]]:
            end += 1
        for i in range(begin + 1, end):
            row = order[i]
            j = i
            while j > begin and (tails[order[j - 1]], order[j - 1]) > (tails[row], row):
                order[j] = order[j - 1]
                j -= 1
            order[j] = row
        begin = end


def clave_order(records: U8) -> I64:
    keys, tails = np.empty(len(records), np.uint64), np.empty(len(records), np.uint16)
    _clave_keys(records, keys, tails)
    order = np.argsort(keys).astype(np.int64, copy=False)
    _order_ties(order, keys, tails)
    return order


def drop_repeated(columns: Columns, order: I64) -> tuple[list[tuple[int, str]], I64]:
    """Every line whose clave an earlier line bears, and the order without them."""
    first = np.ones(order.size, bool)
    for begin in range(1, order.size, 1 << 20):  # in slices: the claves in order would be 144 MB at once
        rows = order[begin - 1 : begin + (1 << 20)]
        claves = columns.records[rows, :18]
        first[begin : begin + (1 << 20)] = (claves[1:] != claves[:-1]).any(axis=1)
    lines = np.sort(columns.lines[order[~first]]).tolist()
    return [(line, csv_lines.CAUSES[csv_lines.REPEATED]) for line in lines], order[first]


@compiled
def _counting_order(keys: U32, base: U32, offsets: U32, order: U32) -> None:
    """``base`` stably put in order of ``keys``; ``offsets[k]`` is where key k begins."""
    for row in base:
        offsets[keys[row] + 1] += 1
    for k in range(1, offsets.size):
        offsets[k] += offsets[k - 1]
    place = offsets.copy()
    for row in base:
        k = keys[row]
        order[place[k]] = row
        place[k] += 1


def _counted(keys: U32, base: U32, count: int) -> tuple[U32, U32]:
    offsets, order = np.zeros(count + 1, np.uint32), np.empty(base.size, np.uint32)
    _counting_order(keys, base, offsets, order)
    return offsets, order


def index_arrays(columns: Columns, order: I64, tell: Progress) -> dict[str, npt.NDArray[Any]]:
    """Every array of the index; frees the columns as they are used up."""
    by_clave = order.astype(np.uint32)
    section_offsets, in_file = _counted(columns.sections.astype(np.uint32), by_clave, 10_000)
    records, names = columns.records[in_file], columns.names[in_file]
    columns.records, columns.names = records[:0], names[:0]
    place = np.empty(int(in_file.max()) + 1, np.uint32)
    place[in_file] = np.arange(in_file.size, dtype=np.uint32)
    arrays: dict[str, npt.NDArray[Any]] = {
        "records": records,
        "section_offsets": section_offsets,
        "names": names,
        "words": columns.words,
        "word_ends": columns.word_ends,
        "frequencies": _frequencies(records),
    }
    natural = np.arange(len(records), dtype=np.uint32)
    numbered = natural[records[:, 18] < 10]
    keys, payloads = np.empty(len(records), np.uint32), np.empty(len(records), np.uint32)
    for block, (name, count) in enumerate(zip(blocks.BLOCKS, blocks.KEY_COUNTS, strict=True)):
        blocks.keys_and_payloads(records, block, keys, payloads)
        base = place[by_clave] if block == 0 else natural
        if block >= 4:
            base = numbered[np.argsort(payloads[numbered], kind="stable")] if block == 4 else numbered
        offsets, rows = _counted(keys, base, count)
        arrays |= {f"{name}_offsets": offsets, f"{name}_rows": rows, f"{name}_payloads": payloads[rows]}
        tell((block + 1) / len(blocks.BLOCKS))
    return arrays


def _frequencies(records: U8) -> F32:
    """How often each code stands in each of the 31 cells: shape (31, 38), rows sum to 1, absent numbers left out."""
    counts = np.stack([np.bincount(records[:, cell], minlength=CODES)[:CODES] for cell in range(31)])
    counts = counts.astype(np.float64)
    counts[18:30, 36] = 0
    counts[30, 36] -= min(counts[30, 36], (records[:, 18] >= 10).sum())
    shares: F32 = (counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)).astype(np.float32)
    return shares
