"""The CSV of the lista nominal, line by line, into columns of codes (contracts.md, "Lista nominal, CSV").

One pass of compiled code over the bytes: it splits, checks and encodes a line without making an object of it
(measured on 8,000,000 lines: see bench/match). A line that is not taken keeps its number and a cause.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from matching.alphabet import BLANK, ENYE
from matching.compiled import compiled

COLUMNS: Final = (
    "clave_elector",
    "numero_ocr",
    "apellido_paterno",
    "apellido_materno",
    "nombre",
    "seccion",
    "situacion",
)
SITUACIONES: Final = (
    "VIGENTE",
    "PADRON",
    "BAJA_DEFUNCION",
    "BAJA_SUSPENSION",
    "BAJA_VIGENCIA",
    "BAJA_DUPLICADO",
    "BAJA_DATOS_IRREGULARES",
    "BAJA_DOMICILIO_IRREGULAR",
    "BAJA_USURPACION",
    "BAJA_JUDICIAL",
    "BAJA_OTRA",
)
"""A situation's code is its place here."""

CAUSES: Final = (
    "",
    "no tiene exactamente siete columnas",
    "la clave de elector no tiene 18 caracteres",
    "la clave de elector no tiene la forma de una clave",
    "el número OCR no tiene 12 o 13 dígitos",
    "falta el apellido paterno",
    "falta el nombre",
    "la sección no es un número del 1 al 9999",
    "la situación no es ninguna de las previstas",
    "un nombre no es texto UTF-8 legible",
    "la clave de elector está repetida",
)
COLUMN_COUNT, CLAVE_LENGTH, CLAVE_SHAPE, OCR_SHAPE, NO_SURNAME, NO_NAME = 1, 2, 3, 4, 5, 6
SECTION_RANGE, SITUATION_UNKNOWN, UNREADABLE, REPEATED = 7, 8, 9, 10

LINES, ROWS, REFUSED, WORDS, WORD_BYTES = 0, 1, 2, 3, 4
"""Places of ``parse_lines``'s running counts."""

RECORD_BYTES: Final = 32
"""A record: 18 codes of the clave, 13 of the OCR number (blank where absent), 1 of the situation."""

SITUATION_BYTES: Final = np.frombuffer("".join(SITUACIONES).encode(), dtype=np.uint8)
SITUATION_ENDS: Final = np.cumsum([len(s) for s in SITUACIONES]).astype(np.int64)

_FIELDS: Final = len(COLUMNS)
_LONGEST_NAME: Final = 120
_EMPTY: Final = np.uint32(0xFFFFFFFF)
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
I64 = npt.NDArray[np.int64]
Word = np.int64


@compiled
def _split(text: U8, at: int, stop: int, starts: I64, ends: I64) -> int:
    """Cuts one line (without its end) at its commas; quotes around a field and blanks at its ends fall away.

    Returns the number of fields, counting those beyond the last place.
    """
    field = 0
    while True:
        begin = at
        if at < stop and text[at] == 34:
            at += 1
            while at < stop and text[at] != 34:
                at += 1
            at += 1
        while at < stop and text[at] != 44:
            at += 1
        close = at if at < stop else stop
        while begin < close and text[begin] == 32:
            begin += 1
        while close > begin and text[close - 1] == 32:
            close -= 1
        if close - begin >= 2 and text[begin] == 34 and text[close - 1] == 34:
            begin += 1
            close -= 1
        if field < starts.shape[0]:
            starts[field] = begin
            ends[field] = close
        field += 1
        if at >= stop:
            return field
        at += 1


@compiled
def _encode_clave(text: U8, at: int, stop: int, out: U8) -> int:
    """Writes the 18 codes of a clave; returns 0 or the cause why it is none."""
    cell = 0
    cause = 0
    while at < stop:
        sign = text[at]
        code = 255
        if 48 <= sign <= 57:
            code = sign - 48
        elif 65 <= sign <= 90:
            code = sign - 55
        elif sign == 0xC3 and at + 1 < stop and text[at + 1] == 0x91:
            code = ENYE
            at += 1
        at += 1
        if cell < 18:
            if cell < 6:
                fits = code >= 10 and code != 255
            elif cell == 14:
                fits = code == 17 or code == 22 or code == 33  # H, M, X
            else:
                fits = code < 10
            if fits:
                out[cell] = code
            else:
                cause = CLAVE_SHAPE
        cell += 1
    return CLAVE_LENGTH if cell != 18 else cause


@compiled
def _encode_ocr(text: U8, at: int, stop: int, out: U8) -> int:
    for cell in range(13):
        out[18 + cell] = BLANK
    if at == stop:
        return 0
    if stop - at != 12 and stop - at != 13:
        return OCR_SHAPE
    for cell in range(stop - at):
        digit = int(text[at + cell]) - 48
        if digit < 0 or digit > 9:
            return OCR_SHAPE
        out[18 + cell] = digit
    return 0


@compiled
def _number(text: U8, at: int, stop: int) -> int:
    """A whole number of one to four digits, or 0."""
    if stop == at or stop - at > 4:
        return 0
    value = 0
    for place in range(at, stop):
        digit = int(text[place]) - 48
        if digit < 0 or digit > 9:
            return 0
        value = value * 10 + digit
    return value


@compiled
def _situation(text: U8, at: int, stop: int, names: U8, name_ends: I64) -> int:
    begin = 0
    for code in range(name_ends.shape[0]):
        end = name_ends[code]
        if end - begin == stop - at:
            same = True
            for place in range(stop - at):
                if names[begin + place] != text[at + place]:
                    same = False
                    break
            if same:
                return code
        begin = end
    return -1


@compiled
def _intern(text: U8, at: int, stop: int, counts: I64, table: U32, hashes: U32, ends: I64, words: U8) -> Word:
    """The number of a word in the vocabulary, entered if new. ``table`` holds numbers by hash, open places empty."""
    mixed = np.uint64(14695981039346656037)
    for place in range(at, stop):
        mixed = (mixed ^ np.uint64(text[place])) * np.uint64(1099511628211)
    short = np.uint32((mixed ^ (mixed >> np.uint64(32))) & np.uint64(0xFFFFFFFF))
    mask = table.shape[0] - 1
    slot = np.int64(short) & mask
    while table[slot] != _EMPTY:
        word = np.int64(table[slot])
        if hashes[word] == short:
            begin = ends[word]
            if ends[word + 1] - begin == stop - at:
                same = True
                for place in range(stop - at):
                    if words[begin + place] != text[at + place]:
                        same = False
                        break
                if same:
                    return word
        slot = (slot + 1) & mask
    word = np.int64(counts[WORDS])
    begin = counts[WORD_BYTES]
    for place in range(stop - at):
        words[begin + place] = text[at + place]
    counts[WORDS] = word + 1
    counts[WORD_BYTES] = begin + stop - at
    ends[word + 1] = begin + stop - at
    hashes[word] = short
    table[slot] = word
    return word


@compiled
def fill_table(table: U32, hashes: U32, count: int) -> None:
    """Enters the first ``count`` words anew into an empty table."""
    mask = table.shape[0] - 1
    for word in range(count):
        slot = np.int64(hashes[word]) & mask
        while table[slot] != _EMPTY:
            slot = (slot + 1) & mask
        table[slot] = word


@compiled
def parse_lines(
    text: U8,
    stop: int,
    order: I64,
    counts: I64,
    records: U8,
    sections: npt.NDArray[np.uint16],
    names: U32,
    lines: U32,
    refused: U32,
    table: U32,
    hashes: U32,
    word_ends: I64,
    words: U8,
    situations: U8,
    situation_ends: I64,
) -> None:
    """Takes every whole line of ``text[:stop]``, which ends at a line end.

    ``order[k]`` is the column of field k. Taken lines go to ``records``, ``sections``, ``names`` (numbers of
    words) and ``lines``; refused ones as (line, cause) to ``refused``. ``counts`` runs on.
    """
    starts = np.zeros(_FIELDS, np.int64)
    ends = np.zeros(_FIELDS, np.int64)
    at = 0
    while at < stop:
        end = at
        while end < stop and text[end] != 10:
            end += 1
        last = end
        if last > at and text[last - 1] == 13:
            last -= 1
        counts[LINES] += 1
        begin = at
        at = end + 1
        if last == begin:
            continue
        row = counts[ROWS]
        record = records[row]
        cause = 0
        section = 0
        situation = 0
        if _split(text, begin, last, starts, ends) != _FIELDS:
            cause = COLUMN_COUNT
        if cause == 0:
            cause = _encode_clave(text, starts[order[0]], ends[order[0]], record)
        if cause == 0:
            cause = _encode_ocr(text, starts[order[1]], ends[order[1]], record)
        if cause == 0 and starts[order[2]] == ends[order[2]]:
            cause = NO_SURNAME
        if cause == 0 and starts[order[4]] == ends[order[4]]:
            cause = NO_NAME
        if cause == 0:
            for field in range(2, 5):
                if ends[order[field]] - starts[order[field]] > _LONGEST_NAME:
                    cause = UNREADABLE
        if cause == 0:
            section = _number(text, starts[order[5]], ends[order[5]])
            if section == 0:
                cause = SECTION_RANGE
        if cause == 0:
            situation = _situation(text, starts[order[6]], ends[order[6]], situations, situation_ends)
            if situation < 0:
                cause = SITUATION_UNKNOWN
        if cause != 0:
            refused[counts[REFUSED], 0] = counts[LINES]
            refused[counts[REFUSED], 1] = cause
            counts[REFUSED] += 1
            continue
        record[31] = situation
        sections[row] = section
        lines[row] = counts[LINES]
        for field in range(3):
            column = order[2 + field]
            names[row, field] = _intern(text, starts[column], ends[column], counts, table, hashes, word_ends, words)
        counts[ROWS] = row + 1
