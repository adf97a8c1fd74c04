"""The ONE place that cuts identifiers into blocks: the loader packs with it, the search looks up with it.

A block is a set of cells that must agree for two records to be compared at all (a blocking rule). Each block's
index lists the electors by the block's cells (its key) and carries, beside each elector, the cells needed to
weigh him before his record is touched (its payload). Letters are counted 0 to 26 (Ñ is 26), two letters to a
pair (0 to 728), three digits to a triple (0 to 999).

    surnames     key A B     payload C, date       A = letters 1-2 (paternal), B = 3-4 (maternal)
    paternal     key A C     payload B, date       C = letters 5-6 (given name)
    maternal     key B C     payload A, date
    birth        key date    payload A, B, C, sex
    ocr_first    key P       payload P, Q, R       P, Q, R = digits 5-7, 8-10, 11-13 of the OCR number
    ocr_middle   key Q       payload P, Q, R
    ocr_last     key R       payload P, Q, R

The records themselves stand in order of section, so a section is a block without an index. Three wrong cells
of the clave always leave a block: either at most one pair of letters is hit, and ``surnames``, ``paternal`` or
``maternal`` is whole; or two are hit and at most one cell of the date, and ``birth`` is whole or one cell off,
which the search tries too. Three wrong digits of the OCR number leave P, Q or R whole unless one falls in each of
them, and then the section written beside it is whole.
"""

from __future__ import annotations

from typing import Final

from matching.alphabet import BLANK, ENYE
from matching.arrays import U8, U32
from matching.compiled import compiled

PAIRS: Final = 729
PAIR_KEYS: Final = PAIRS * PAIRS
DATE_KEYS: Final = 1_000_000
TRIPLES: Final = 1_000


@compiled
def pair(first: int, second: int) -> int:
    """Two letters' codes as one number, 0 to 728."""
    a = 26 if first == ENYE else first - 10
    b = 26 if second == ENYE else second - 10
    return a * 27 + b


@compiled
def triple(codes: U8, at: int) -> int:
    """Three digits' codes as one number, 0 to 999; a blank counts as 0."""
    value = 0
    for cell in range(at, at + 3):
        value = value * 10 + (0 if codes[cell] == BLANK else int(codes[cell]))
    return value


@compiled
def pack_letters(records: U8, row: int) -> tuple[int, int, int]:
    """Pairs A, B, C of a record."""
    r = records[row]
    return pair(r[0], r[1]), pair(r[2], r[3]), pair(r[4], r[5])


@compiled
def pack_dated(other: int, early: int, late: int) -> int:
    """Payload of the blocks of letters: the third pair and the date's two triples, in clave order."""
    return (other << 20) | (early << 10) | late


@compiled
def pack_birth(a: int, b: int, c: int, sex: int) -> int:
    """Payload of ``birth``; ``sex`` is a code of H, M or X."""
    number = 0 if sex == 17 else (1 if sex == 22 else 2)
    return (a << 22) | (b << 12) | (c << 2) | number


@compiled
def pack_ocr(p: int, q: int, r: int) -> int:
    """Payload of the OCR number's blocks: digits 5 to 13."""
    return (p << 20) | (q << 10) | r


@compiled
def keys_and_payloads(records: U8, block: int, keys: U32, payloads: U32) -> None:
    """Key and payload of every record for block 0 surnames, 1 paternal, 2 maternal, 3 birth, 4-6 OCR P, Q, R."""
    for row in range(records.shape[0]):
        codes = records[row]
        if block < 4:
            a, b, c = pack_letters(records, row)
            early, late = triple(codes, 6), triple(codes, 9)
            if block == 0:
                keys[row], payloads[row] = a * PAIRS + b, pack_dated(c, early, late)
            elif block == 1:
                keys[row], payloads[row] = a * PAIRS + c, pack_dated(b, early, late)
            elif block == 2:
                keys[row], payloads[row] = b * PAIRS + c, pack_dated(a, early, late)
            else:
                keys[row], payloads[row] = early * 1000 + late, pack_birth(a, b, c, codes[14])
        else:
            p, q, r = triple(codes, 22), triple(codes, 25), triple(codes, 28)
            keys[row] = p if block == 4 else (q if block == 5 else r)
            payloads[row] = pack_ocr(p, q, r)


BLOCKS: Final = ("surnames", "paternal", "maternal", "birth", "ocr_first", "ocr_middle", "ocr_last")
KEY_COUNTS: Final = (PAIR_KEYS, PAIR_KEYS, PAIR_KEYS, DATE_KEYS, TRIPLES, TRIPLES, TRIPLES)
