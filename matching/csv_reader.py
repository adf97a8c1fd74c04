"""The lines of the CSV as columns: read in pieces, every line checked, the words of names kept once each."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from matching import csv_lines
from matching.arrays import I64, U8, U16, U32
from matching.errors import Refused

_CHUNK: Final = 16 * 1024 * 1024
_SHORTEST_LINE: Final = 34

Progress = Callable[[float], None]


@dataclass(slots=True)
class Columns:
    """The list in the order of the file."""

    records: U8
    sections: U16
    names: U32
    lines: U32
    words: U8
    word_ends: I64


def read_csv(path: Path, tell: Progress) -> tuple[Columns, tuple[tuple[int, str], ...], str]:
    try:
        size = path.stat().st_size
        with path.open("rb", buffering=0) as file:
            return _read_lines(file, size, tell)
    except OSError as wrong:
        raise Refused("lista_ilegible", "No se puede leer el archivo de la lista nominal.") from wrong


def _read_lines(file: FileIO, size: int, tell: Progress) -> tuple[Columns, tuple[tuple[int, str], ...], str]:
    head = _first_line(file)
    order = _column_order(head)
    digest = hashlib.sha256(head)
    room = size // _SHORTEST_LINE + 2  # reserved, not touched: memory is taken only by lines that come
    columns = Columns(
        np.empty((room, csv_lines.RECORD_BYTES), np.uint8),
        np.empty(room, np.uint16),
        np.empty((room, 3), np.uint32),
        np.empty(room, np.uint32),
        np.empty(0, np.uint8),
        np.zeros(1, np.int64),
    )
    refused = np.empty((room, 2), np.uint32)
    table, hashes = np.full(1 << 16, 0xFFFFFFFF, np.uint32), np.empty(0, np.uint32)
    counts = np.zeros(5, np.int64)
    counts[csv_lines.LINES] = 1
    held = memoryview(bytearray(2 * _CHUNK))
    buffer = np.frombuffer(held, np.uint8)
    kept = 0
    while True:
        got = file.readinto(held[kept : kept + _CHUNK])
        digest.update(held[kept : kept + got])
        filled = kept + got
        if got == 0 and filled:
            buffer[filled] = 10  # a last line without an end
            filled += 1
        stop = _last_line_end(buffer[:filled])
        if stop == 0 and filled > _CHUNK:
            raise Refused("lista_ilegible", "El archivo no es una lista nominal en CSV: tiene una línea sin fin.")
        table, hashes = _make_room(columns, table, hashes, counts, stop)
        csv_lines.parse_lines(
            buffer, stop, order, counts, columns.records, columns.sections, columns.names, columns.lines,
            refused, table, hashes, columns.word_ends, columns.words,
            csv_lines.SITUATION_BYTES, csv_lines.SITUATION_ENDS,
        )  # fmt: skip
        kept = filled - stop
        buffer[:kept] = buffer[stop:filled].copy()
        tell(min(1.0, file.tell() / max(size, 1)))
        if got == 0:
            break
    rows, words = int(counts[csv_lines.ROWS]), int(counts[csv_lines.WORDS])
    columns.records, columns.sections = columns.records[:rows], columns.sections[:rows]
    columns.names, columns.lines = columns.names[:rows], columns.lines[:rows]
    columns.words, columns.word_ends = columns.words[: counts[csv_lines.WORD_BYTES]], columns.word_ends[: words + 1]
    causes = [(int(line), csv_lines.CAUSES[cause]) for line, cause in refused[: counts[csv_lines.REFUSED]]]
    return columns, (*causes, *_drop_unreadable(columns)), digest.hexdigest()


def _first_line(file: FileIO) -> bytes:
    """The header with its end; the file then stands after it."""
    start = file.read(4096)
    head = start[: start.find(b"\n") + 1] or start
    file.seek(len(head))
    return head


def _column_order(head: bytes) -> I64:
    """Which column each field stands in. Raises Refused naming unknown and missing columns."""
    try:
        found = [name.strip().strip('"') for name in head.decode("utf-8-sig").strip().split(",")]
    except UnicodeDecodeError as wrong:
        raise Refused("lista_ilegible", "El archivo no es texto UTF-8.") from wrong
    unknown = [name for name in found if name not in csv_lines.COLUMNS]
    missing = [name for name in csv_lines.COLUMNS if name not in found]
    if unknown or missing or len(set(found)) != len(found):
        shown = ", ".join(re.sub(r"[^\w ]", "?", name)[:30] for name in unknown[:7])
        parts = [f"sobran: {shown}"] if unknown else []
        parts += [f"faltan: {', '.join(missing)}"] if missing else []
        raise Refused("columnas", f"Las columnas no son las previstas ({'; '.join(parts) or 'hay repetidas'}).")
    return np.array([found.index(name) for name in csv_lines.COLUMNS], np.int64)


def _last_line_end(text: U8) -> int:
    """One past the last line end, or 0."""
    for stop in range(text.size, 0, -65536):
        ends = np.flatnonzero(text[max(0, stop - 65536) : stop] == 10)
        if ends.size:
            return int(max(0, stop - 65536) + ends[-1] + 1)
    return 0


def _make_room(columns: Columns, table: U32, hashes: U32, counts: I64, stop: int) -> tuple[U32, U32]:
    """Enough room in the vocabulary for whatever ``stop`` bytes may bring."""
    words, new = int(counts[csv_lines.WORDS]), 3 * (stop // _SHORTEST_LINE + 1)
    if columns.words.size < counts[csv_lines.WORD_BYTES] + stop:
        columns.words = _grown(columns.words, int(counts[csv_lines.WORD_BYTES]), stop)
    if columns.word_ends.size < words + new + 1:
        columns.word_ends = _grown(columns.word_ends, words + 1, new)
        hashes = _grown(hashes, words, new + 1)
    if table.size < 2 * (words + new):
        table = np.full(1 << int(2 * (words + new)).bit_length(), 0xFFFFFFFF, np.uint32)
        csv_lines.fill_table(table, hashes, words)
    return table, hashes


def _grown(array: npt.NDArray[Any], used: int, more: int) -> npt.NDArray[Any]:
    larger = np.empty(used * 5 // 4 + more, array.dtype)
    larger[:used] = array[:used]
    return larger


def _drop_unreadable(columns: Columns) -> list[tuple[int, str]]:
    """Takes out the lines with a name that is not readable text; names them."""
    text, ends = columns.words.tobytes(), columns.word_ends.tolist()
    bad = [i for i in range(len(ends) - 1) if not _is_name(text[ends[i] : ends[i + 1]])]
    if not bad:
        return []
    out = np.isin(columns.names, np.array(bad, np.uint32)).any(axis=1)
    lines = columns.lines[out].tolist()
    kept = ~out
    columns.records, columns.sections = columns.records[kept], columns.sections[kept]
    columns.names, columns.lines = columns.names[kept], columns.lines[kept]
    return [(line, csv_lines.CAUSES[csv_lines.UNREADABLE]) for line in lines]


def _is_name(word: bytes) -> bool:
    if word.isalpha() or not word:  # plain capitals: by far the most
        return True
    try:
        text = word.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return text.isprintable() and any(c.isalpha() for c in text)
