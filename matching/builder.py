"""Builds the sealed index of one version of the lista nominal, once, out of its CSV.

The CSV is read in pieces (``csv_lines``), checked, put in order of section and then of clave, and indexed by
block (``blocks``). Everything is written to a folder beside the final one and renamed at the very end: a build
that is killed leaves the previous version in force and nothing half done.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import FileIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from matching import blocks, csv_lines
from matching.alphabet import CODES
from matching.compiled import compiled
from matching.errors import Refused
from matching.sealed_files import check_key, hash_file, wipe_file, write_file

BUILDER: Final = "respaldo-roll-1"
MANIFEST: Final = "manifest.json"
_CHUNK: Final = 16 * 1024 * 1024
_SHORTEST_LINE: Final = 34
_LISTED: Final = 20
"""Refused lines named in a refusal's sentence; the report names all."""

Progress = Callable[[float], None]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
I64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build took and left: ``refused`` holds (line, cause in Spanish), by line, never the data."""

    rows: int
    refused: tuple[tuple[int, str], ...]
    seconds: float
    sha256: str
    bytes_on_disk: int
    folder: Path


class RefusedLines(Refused):
    """More lines were refused than allowed; ``lines`` holds every (line, cause)."""

    def __init__(self, lines: tuple[tuple[int, str], ...]) -> None:
        named = "; ".join(f"línea {line}: {cause}" for line, cause in lines[:_LISTED])
        more = f"; y {len(lines) - _LISTED} más" if len(lines) > _LISTED else ""
        super().__init__(
            "lineas_rechazadas", f"La lista nominal tiene {len(lines)} líneas que no se toman ({named}{more})."
        )
        self.lines = lines


@dataclass(slots=True)
class _Columns:
    """The list in the order of the file."""

    records: U8
    sections: npt.NDArray[np.uint16]
    names: U32
    lines: U32
    words: U8
    word_ends: I64


def build_roll(
    csv_path: Path,
    folder: Path,
    *,
    corte: date,
    progress: Progress | None = None,
    allow_refused: int = 0,
    key: bytes | None = None,
) -> BuildReport:
    """Builds and seals the index of a lista nominal in ``folder``, which must not exist yet.

    ``progress`` hears fractions from 0 to 1. With ``key`` (32 bytes) the files are encrypted. Raises Refused
    when the file is no such list or the folder exists, RefusedLines when more than ``allow_refused`` lines are
    not taken; then nothing is left behind.
    """
    began = time.monotonic()
    tell = progress or (lambda _: None)
    if key is not None:
        check_key(key)
    if folder.exists():
        raise Refused("lista_ya_existe", "Ya hay una lista nominal sellada con ese nombre.")
    columns, refused, digest = _read_csv(csv_path, lambda part: tell(0.55 * part))
    order = _clave_order(columns.records)
    repeated, order = _drop_repeated(columns, order)
    refused = tuple(sorted((*refused, *repeated)))
    if len(refused) > allow_refused:
        raise RefusedLines(refused)
    if order.size == 0:
        raise Refused("lista_vacia", "La lista nominal no tiene ninguna línea que se tome.")
    tell(0.65)
    about = {
        "builder": BUILDER,
        "corte": corte.isoformat(),
        "sha256": digest,
        "rows": int(order.size),
        "refused": len(refused),
        "encrypted": key is not None,
    }
    size = _write(folder, _arrays(columns, order, lambda part: tell(0.65 + 0.25 * part)), about, key)
    tell(1.0)
    return BuildReport(int(order.size), refused, time.monotonic() - began, digest, size, folder)


def destroy(folder: Path) -> dict[str, str]:
    """Overwrites and removes a sealed index; returns the SHA-256 each file had, by name, for the acta.

    The key lies with the service, which destroys it. Raises Refused when the folder holds no sealed index.
    """
    if not (folder / MANIFEST).is_file():
        raise Refused("lista_no_encontrada", "No hay una lista nominal sellada con ese nombre.")
    gone = folder.with_name(f".{folder.name}.devuelta")
    os.rename(folder, gone)  # first out of reach: a kill half-way leaves no index that still opens
    hashes = {path.name: wipe_file(path) for path in sorted(gone.iterdir())}
    gone.rmdir()
    _sync(folder.parent)
    return hashes


def _read_csv(path: Path, tell: Progress) -> tuple[_Columns, tuple[tuple[int, str], ...], str]:
    try:
        size = path.stat().st_size
        with path.open("rb", buffering=0) as file:
            return _read_lines(file, size, tell)
    except OSError as wrong:
        raise Refused("lista_ilegible", "No se puede leer el archivo de la lista nominal.") from wrong


def _read_lines(file: FileIO, size: int, tell: Progress) -> tuple[_Columns, tuple[tuple[int, str], ...], str]:
    head = _first_line(file)
    order = _column_order(head)
    digest = hashlib.sha256(head)
    room = size // _SHORTEST_LINE + 2  # reserved, not touched: memory is taken only by lines that come
    columns = _Columns(
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


def _make_room(columns: _Columns, table: U32, hashes: U32, counts: I64, stop: int) -> tuple[U32, U32]:
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


def _drop_unreadable(columns: _Columns) -> list[tuple[int, str]]:
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


@compiled
def _clave_keys(records: U8, keys: npt.NDArray[np.uint64], tails: npt.NDArray[np.uint16]) -> None:
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
def _order_ties(order: I64, keys: npt.NDArray[np.uint64], tails: npt.NDArray[np.uint16]) -> None:
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


def _clave_order(records: U8) -> I64:
    keys, tails = np.empty(len(records), np.uint64), np.empty(len(records), np.uint16)
    _clave_keys(records, keys, tails)
    order = np.argsort(keys).astype(np.int64, copy=False)
    _order_ties(order, keys, tails)
    return order


def _drop_repeated(columns: _Columns, order: I64) -> tuple[list[tuple[int, str]], I64]:
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


def _arrays(columns: _Columns, order: I64, tell: Progress) -> dict[str, npt.NDArray[Any]]:
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


def _frequencies(records: U8) -> npt.NDArray[np.float32]:
    """How often each code stands in each of the 31 cells: shape (31, 38), rows sum to 1, absent numbers left out."""
    counts = np.stack([np.bincount(records[:, cell], minlength=CODES)[:CODES] for cell in range(31)])
    counts = counts.astype(np.float64)
    counts[18:30, 36] = 0
    counts[30, 36] -= min(counts[30, 36], (records[:, 18] >= 10).sum())
    shares: npt.NDArray[np.float32] = (counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)).astype(np.float32)
    return shares


def _write(folder: Path, arrays: dict[str, npt.NDArray[Any]], about: dict[str, Any], key: bytes | None) -> int:
    """Writes everything beside ``folder`` and renames at the end; returns the bytes on the disk."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _clear_stale(folder)
    part = folder.with_name(f".{folder.name}.parcial-{os.getpid()}")
    part.mkdir()
    try:
        files = {}
        for name in list(arrays):
            array = np.ascontiguousarray(arrays.pop(name))
            digest = write_file(part / f"{name}.bin", memoryview(array.reshape(-1).view(np.uint8).data), key)
            files[name] = {"dtype": array.dtype.str, "shape": list(array.shape), "sha256": digest}
        manifest = json.dumps({**about, "files": files}, indent=1, sort_keys=True).encode()
        write_file(part / MANIFEST, memoryview(manifest), None)
        size = sum(path.stat().st_size for path in part.iterdir())
        _sync(part)
        os.rename(part, folder)
        _sync(folder.parent)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return size


def _clear_stale(folder: Path) -> None:
    """Removes what killed builds of this folder left behind."""
    for left in folder.parent.glob(f".{folder.name}.parcial-*"):
        number = left.name.rpartition("-")[2]
        if not (number.isdigit() and Path(f"/proc/{number}").exists()):
            with contextlib.suppress(OSError):
                shutil.rmtree(left)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


__all__ = ["BUILDER", "MANIFEST", "BuildReport", "RefusedLines", "build_roll", "destroy", "hash_file"]
