"""What a file is, from its bytes alone, and what can be known of it without decoding any picture."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from ocr.errors import Refused

MAX_SIDE = 20_000
"""Pixels: A3 at 1,200 dpi is 19,842."""
MAX_PIXELS = 160_000_000
"""A letter page at 1,200 dpi has 135 million."""
MAX_PAGES = 20_000
_TAIL = 66_000


def kind_of(path: Path) -> str:
    """``pdf``, ``tiff``, ``jpeg``, ``png`` or ``zip``.

    Raises Refused: ``file_empty``, ``file_unknown``, ``file_polyglot`` (a file that is two things at once may
    show a person something other than what is read), ``file_truncated``.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(1024)
        file.seek(max(0, size - _TAIL))
        tail = file.read(_TAIL)
    if not head:
        raise Refused("file_empty", "El archivo está vacío; vuelva a exportarlo y súbalo otra vez.")
    kind = _kind_by_magic(head)
    if kind is None:
        raise Refused("file_unknown", "El archivo no es PDF, TIFF, JPEG, PNG ni ZIP; súbalo en uno de esos formatos.")
    hidden_pdf = kind != "pdf" and b"%PDF-" in head
    hidden_zip = kind not in ("zip",) and _ends_as_zip(tail)
    if hidden_pdf or hidden_zip:
        raise Refused("file_polyglot", "El archivo es de dos tipos a la vez; expórtelo de nuevo desde el escáner.")
    if (kind == "jpeg" and b"\xff\xd9" not in tail) or (kind == "png" and b"IEND" not in tail):
        raise Refused("file_truncated", "El archivo está incompleto; vuelva a exportarlo y súbalo otra vez.")
    return kind


def _kind_by_magic(head: bytes) -> str | None:
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "tiff"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    # scanners put a few bytes (a byte order mark, an HTTP header) before the PDF
    return "pdf" if b"%PDF-" in head else None


def _ends_as_zip(tail: bytes) -> bool:
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        return False
    comment = int.from_bytes(tail[at + 20 : at + 22], "little")
    return at + 22 + comment == len(tail)


def picture_size(path: Path, kind: str) -> tuple[int, int]:
    """Width and height in pixels of a JPEG or PNG, from its header. Raises Refused(``file_truncated``)."""
    with path.open("rb") as file:
        size = _png_size(file) if kind == "png" else _jpeg_size(file)
    if size is None:
        raise Refused("file_truncated", "El archivo está incompleto; vuelva a exportarlo y súbalo otra vez.")
    return size


def check_size(width: int, height: int) -> None:
    """Raises Refused(``image_too_large``) for a picture that no scanner of letter sheets makes."""
    if width <= 0 or height <= 0 or max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise Refused(
            "image_too_large",
            "La imagen es demasiado grande; digitalice a 300 puntos por pulgada, una hoja por imagen.",
        )


def _png_size(file: BinaryIO) -> tuple[int, int] | None:
    head = file.read(24)
    if len(head) < 24 or head[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def _jpeg_size(file: BinaryIO) -> tuple[int, int] | None:
    file.seek(2)
    for _ in range(1000):  # segments before the frame: a few dozen in real files
        byte = file.read(1)
        while byte and byte != b"\xff":
            byte = file.read(1)
        while byte == b"\xff":
            byte = file.read(1)
        if not byte:
            return None
        marker = byte[0]
        if marker in (0x01, *range(0xD0, 0xD8)):
            continue
        length = int.from_bytes(file.read(2), "big")
        if length < 2:
            return None
        if marker in range(0xC0, 0xD0) and marker not in (0xC4, 0xC8, 0xCC):
            frame = file.read(5)
            if len(frame) < 5:
                return None
            return int.from_bytes(frame[3:5], "big"), int.from_bytes(frame[1:3], "big")
        file.seek(length - 2, 1)
    return None


def tiff_pages(path: Path) -> int:
    """Directories of a TIFF, walked without reading any picture.

    Raises Refused: ``tiff_broken`` for a chain that leaves the file or bites its tail, ``too_many_pages``.
    """
    size = path.stat().st_size
    broken = Refused("tiff_broken", "El TIFF está dañado; expórtelo de nuevo desde el escáner.")
    with path.open("rb") as file:
        head = file.read(16)
        order = "<" if head[:2] == b"II" else ">"
        big = head[2:4] in (b"+\0", b"\0+")
        if len(head) < 16:
            raise broken
        at = struct.unpack(order + ("Q" if big else "I"), head[8:16] if big else head[4:8])[0]
        seen: set[int] = set()
        while at:
            if at in seen or at >= size or at < 8:
                raise broken
            seen.add(at)
            if len(seen) > MAX_PAGES:
                raise Refused("too_many_pages", "El archivo tiene demasiadas páginas; divídalo.")
            at = _next_directory(file, at, order, big, size)
            if at < 0:
                raise broken
    if not seen:
        raise broken
    return len(seen)


def _next_directory(file: BinaryIO, at: int, order: str, big: bool, size: int) -> int:
    file.seek(at)
    raw = file.read(8 if big else 2)
    if len(raw) < (8 if big else 2):
        return -1
    entries = struct.unpack(order + ("Q" if big else "H"), raw)[0]
    skip = entries * (20 if big else 12)
    if entries == 0 or skip > size:
        return -1
    file.seek(skip, 1)
    raw = file.read(8 if big else 4)
    if len(raw) < (8 if big else 4):
        return -1
    return int(struct.unpack(order + ("Q" if big else "I"), raw)[0])
