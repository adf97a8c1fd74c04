"""The lista nominal as a sealed, memory-mapped index: built once, opened in a moment, shared by all workers.

The numbers of the electors (0 to rows - 1) hold within one version only; what is kept beyond it is the clave.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from matching import blocks, builder, csv_lines
from matching.alphabet import decode
from matching.arrays import U8, U32
from matching.builder import BuildReport, RefusedLines, build_roll, destroy, fingerprints
from matching.clave import words
from matching.compiled import compiled
from matching.errors import Refused
from matching.sealed_files import hash_file, map_file, wipe_file
from matching.sections import note_hints, writing_grid
from matching.vocabulary import Vocabulary

RESIDENT_CEILING: Final = 16 * 1024 * 1024
"""Bytes of the index a search may map before it hands pages back to the page cache, where they stay: touching them
again costs page faults. A process that searches 8 million electors with a batch of rows in hand holds 293 MB at most
(bench/match; 315 MB at twice this ceiling, and no faster)."""

_WORDS_KEPT: Final = 50_000
"""Names kept as text once met: about 5 MB."""

_PAGE: Final = mmap.PAGESIZE

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, repr=False)
class Elector:
    """One line of the list. Personal data: its repr says nothing."""

    clave: str
    numero_ocr: str
    apellido_paterno: str
    apellido_materno: str
    nombre: str
    seccion: int
    situacion: str

    def __repr__(self) -> str:
        return "Elector(…)"

    @property
    def nombre_completo(self) -> str:
        return " ".join(part for part in (self.apellido_paterno, self.apellido_materno, self.nombre) if part)


class Roll:
    """One sealed version of the list. Open with ``Roll.open``; close it, or use it in a ``with``."""

    def __init__(self, folder: Path, about: dict[str, Any], maps: dict[str, mmap.mmap]) -> None:
        self.folder = folder
        self.corte = date.fromisoformat(about["corte"])
        self.sha256: str = about["sha256"]
        self.rows: int = about["rows"]
        self.builder: str = about["builder"]
        self._files: dict[str, Any] = about["files"]
        self._maps = maps
        self._mapped_else = resident_file_bytes()
        self._words: dict[int, str] = {}
        self._arrays = {
            name: np.frombuffer(held, dtype=self._files[name]["dtype"], count=_count(self._files[name])).reshape(
                self._files[name]["shape"]
            )
            for name, held in maps.items()
        }
        held = np.diff(self._arrays["section_offsets"].astype(np.int64))
        self.sections = np.flatnonzero(held).astype(np.int64)
        self.section_shares = held[self.sections] / self.rows
        self.writings = writing_grid(self.sections, self.section_shares)
        self.hints = note_hints(self._arrays["section_offsets"], self.rows)
        self.frequencies = np.array(self._arrays["frequencies"])

    @classmethod
    def open(cls, folder: Path, key: bytes | None = None) -> Roll:
        """Opens a sealed index. Raises Refused when it is missing, incomplete, of another builder, or locked."""
        try:
            about = json.loads((folder / builder.MANIFEST).read_text())
        except (OSError, ValueError) as wrong:
            raise Refused("lista_no_encontrada", "No hay una lista nominal sellada con ese nombre.") from wrong
        if about.get("builder") != builder.BUILDER:
            raise Refused("lista_de_otra_version", "La lista nominal fue sellada por otra versión del programa.")
        if about["encrypted"] and key is None:
            raise Refused("falta_llave", "La lista nominal está cifrada y no se dio su llave.")
        held_key = key if about["encrypted"] else None
        maps = {
            name: map_file(folder / f"{name}.bin", _count(of) * np.dtype(of["dtype"]).itemsize, held_key)
            for name, of in about["files"].items()
        }
        return cls(folder, about, maps)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return self.rows

    def __repr__(self) -> str:
        return f"Roll(corte={self.corte}, rows={self.rows}, sha256={self.sha256[:12]})"

    def close(self) -> None:
        """Lets the index go. Reading from it afterwards raises KeyError."""
        self._arrays = {}
        self._words = {}
        self._maps = {}  # the maps close when the last array over them is gone

    def array(self, name: str) -> npt.NDArray[Any]:
        """One array of the index, read-only."""
        return self._arrays[name]

    def release(self, *names: str) -> None:
        """Hands the pages of these arrays (all, if none is named) back: they stay in the page cache, not here."""
        for name in names or self._maps:
            self._maps[name].madvise(mmap.MADV_DONTNEED)
        if not names:
            self._mapped_else = resident_file_bytes()

    def settle(self, *names: str) -> None:
        """``release``, but only once more than the ceiling is mapped."""
        if resident_file_bytes() - self._mapped_else > RESIDENT_CEILING:
            self.release(*names)

    def verify(self) -> tuple[str, ...]:
        """Names of the sealed files whose SHA-256 is no longer that of the build: none if all is well."""
        return tuple(
            name for name, of in self._files.items() if hash_file(self.folder / f"{name}.bin") != of["sha256"]
        )

    def elector(self, index: int) -> Elector:
        """The elector of a number. Raises IndexError outside 0 to rows - 1."""
        if not 0 <= index < self.rows:
            raise IndexError(index)
        record, words = self._arrays["records"][index], self._arrays["names"][index].tolist()
        return Elector(
            clave=decode(record[:18]),
            numero_ocr=decode(record[18:31]),
            apellido_paterno=self.word(words[0]),
            apellido_materno=self.word(words[1]),
            nombre=self.word(words[2]),
            seccion=self.section(index),
            situacion=csv_lines.SITUACIONES[record[31]],
        )

    def section(self, index: int) -> int:
        """The section of an elector."""
        return int(np.searchsorted(self._arrays["section_offsets"], index, side="right")) - 1

    def by_clave(self, clave: str) -> int | None:
        """The number of the elector with exactly this clave, or None."""
        found = int(self.by_claves([clave])[0])
        return None if found < 0 else found

    def by_claves(self, claves: Sequence[str]) -> Indices:
        """Numbers of the electors with exactly these claves; -1 where there is none."""
        text = _codes(claves, 18)
        out = np.full(len(claves), -1, np.int64)
        _find_claves(
            text, self._arrays["records"], self._arrays["surnames_offsets"], self._arrays["surnames_rows"],
            self._arrays["surnames_payloads"], out,
        )  # fmt: skip
        return out

    def by_ocr_number(self, number: str) -> int | None:
        """The number of the elector with exactly this OCR number; None when there is none or more than one."""
        found = int(self.by_ocr_numbers([number])[0])
        return None if found < 0 else found

    def by_ocr_numbers(self, numbers: Sequence[str]) -> Indices:
        """Numbers of the electors with exactly these OCR numbers; -1 where there is none, -2 where several."""
        text = _codes(numbers, 13)
        out = np.full(len(numbers), -1, np.int64)
        _find_ocr_numbers(
            text, self._arrays["records"], self._arrays["ocr_first_offsets"], self._arrays["ocr_first_rows"],
            self._arrays["ocr_first_payloads"], out,
        )  # fmt: skip
        return out

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Every word of the names in this list, without accents, Ñ as N: some ten thousand."""
        ends, text = self._arrays["word_ends"].tolist(), bytes(self._arrays["words"])
        names = (text[begin:end].decode("utf-8") for begin, end in pairwise(ends))
        return Vocabulary(word.replace("Ñ", "N") for name in names for word in words(name))

    def word(self, number: int) -> str:
        """A name by its number in the vocabulary."""
        found = self._words.get(number)
        if found is None:
            if len(self._words) >= _WORDS_KEPT:
                self._words.clear()
            ends = self._arrays["word_ends"]
            found = bytes(self._arrays["words"][ends[number] : ends[number + 1]]).decode("utf-8")
            self._words[number] = found
        return found


_CODE_OF_BYTE: Final = np.full(256, 255, np.uint8)
_CODE_OF_BYTE[ord("0") : ord("9") + 1] = np.arange(10)
_CODE_OF_BYTE[ord("A") : ord("Z") + 1] = np.arange(10, 36)
_CODE_OF_BYTE[0] = 36
_CODE_OF_BYTE[0xD1] = 37  # Ñ in Latin-1


def _codes(texts: Sequence[str], cells: int) -> npt.NDArray[np.uint8]:
    """Codes of many texts, blank after their end; a text too long or with other signs finds nothing (255)."""
    joined = "".join(text.ljust(cells, "\0")[: cells + 1].ljust(cells + 1, "\0") for text in texts)
    grid = np.frombuffer(joined.encode("latin-1", "replace"), np.uint8).reshape(len(texts), cells + 1)
    codes = _CODE_OF_BYTE[grid]
    codes[grid[:, cells] != 0] = 255
    return np.ascontiguousarray(codes[:, :cells])


@compiled
def _find_claves(codes: U8, records: U8, offsets: U32, rows: U32, payloads: U32, out: Indices) -> None:
    for q in range(codes.shape[0]):
        text = codes[q]
        shaped = True
        for cell in range(18):
            letter = cell < 6 or cell == 14
            if (text[cell] > 9) != letter or text[cell] == 36 or text[cell] > 37:
                shaped = False
        if not shaped:
            continue
        a, b, c = blocks.pack_letters(codes, q)
        early, late = blocks.triple(text, 6), blocks.triple(text, 9)
        wanted = blocks.pack_dated(c, early, late)
        low, high = np.int64(offsets[a * 729 + b]), np.int64(offsets[a * 729 + b + 1])
        end = high
        while low < high:
            middle = (low + high) // 2
            if payloads[middle] < wanted:
                low = middle + 1
            else:
                high = middle
        while low < end and payloads[low] == wanted:
            record = records[rows[low]]
            same = True
            for cell in range(12, 18):
                if record[cell] != text[cell]:
                    same = False
                    break
            if same:
                out[q] = rows[low]
                break
            low += 1


@compiled
def _find_ocr_numbers(codes: U8, records: U8, offsets: U32, rows: U32, payloads: U32, out: Indices) -> None:
    for q in range(codes.shape[0]):
        text = codes[q]
        shaped = True
        for cell in range(13):
            if text[cell] > 9 and not (cell == 12 and text[cell] == 36):
                shaped = False
        if not shaped:
            continue
        p = blocks.triple(text, 4)
        wanted = blocks.pack_ocr(p, blocks.triple(text, 7), blocks.triple(text, 10))
        low, high = np.int64(offsets[p]), np.int64(offsets[p + 1])
        end = high
        while low < high:
            middle = (low + high) // 2
            if payloads[middle] < wanted:
                low = middle + 1
            else:
                high = middle
        while low < end and payloads[low] == wanted:
            record = records[rows[low]]
            same = True
            for cell in range(13):
                if record[18 + cell] != text[cell]:
                    same = False
                    break
            if same:
                out[q] = rows[low] if out[q] == -1 else -2
            low += 1


def resident_file_bytes() -> int:
    """Bytes of mapped files (libraries too) and shared memory this process holds now; 0 where /proc is not."""
    try:
        with open("/proc/self/statm", "rb", buffering=0) as statm:
            return int(statm.read().split()[2]) * _PAGE
    except OSError:
        return 0


def _count(of: dict[str, Any]) -> int:
    return int(np.prod(of["shape"], dtype=np.int64))


__all__ = ["BuildReport", "Elector", "RefusedLines", "Roll", "build_roll", "destroy", "fingerprints", "wipe_file"]
