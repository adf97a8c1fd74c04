"""The files inside a ZIP, one after another, with limits on everything a ZIP can lie about."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from ocr.errors import Refused

MAX_MEMBERS = 5_000
MAX_MEMBER_BYTES = 2 << 30
MAX_TOTAL_BYTES = 8 << 30
MAX_RATIO = 60
"""Unpacked over packed: scans are packed already and give 1 to 3; an empty page of
uncompressed TIFF gives 40 and more, which is why small members are let be."""
RATIO_FROM_BYTES = 50 << 20
_LEFT_BY_DESKTOPS = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


def iter_members(zip_path: Path) -> Iterator[tuple[str, BinaryIO]]:
    """(name without folders, stream) of every file of a ZIP. All is checked before the first is given; a stream
    that turns out longer than the ZIP says raises Refused while it is read.

    Raises Refused: ``zip_broken``, ``zip_empty``, ``zip_password``, ``zip_path``, ``zip_too_many``,
    ``zip_too_large``, ``zip_bomb``.
    """
    try:
        archive = zipfile.ZipFile(zip_path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError) as error:
        raise _broken() from error
    with archive:
        members = [m for m in archive.infolist() if not m.is_dir() and not _is_litter(m.filename)]
        _check(members, zip_path.stat().st_size)
        for member in members:
            try:
                with archive.open(member) as stream:
                    name = PurePosixPath(member.filename.replace("\\", "/")).name
                    yield name, cast(BinaryIO, _Limited(stream, member.file_size))
            except (zipfile.BadZipFile, OSError, NotImplementedError, EOFError, RuntimeError) as error:
                raise _broken() from error


def _check(members: list[zipfile.ZipInfo], size: int) -> None:
    if not members:
        raise Refused("zip_empty", "El ZIP no contiene archivos.")
    if len(members) > MAX_MEMBERS:
        raise Refused("zip_too_many", f"El ZIP tiene más de {MAX_MEMBERS} archivos; divídalo.")
    for member in members:
        name = member.filename.replace("\\", "/")
        drive = len(name) > 1 and name[1] == ":"
        link = stat.S_ISLNK(member.external_attr >> 16)
        if name.startswith("/") or drive or link or ".." in PurePosixPath(name).parts or "\0" in name:
            raise Refused(
                "zip_path", "El ZIP contiene rutas no permitidas; vuelva a crearlo con los archivos sueltos."
            )
        if member.flag_bits & 1:
            raise Refused("zip_password", "El ZIP tiene contraseña; vuelva a crearlo sin ella.")
        if member.file_size > MAX_MEMBER_BYTES:
            raise Refused("zip_too_large", "Un archivo del ZIP es demasiado grande; divídalo.")
        if member.file_size > RATIO_FROM_BYTES and member.file_size > MAX_RATIO * max(1, member.compress_size):
            raise _bomb()
    if sum(m.file_size for m in members) > MAX_TOTAL_BYTES:
        raise Refused("zip_too_large", "El contenido del ZIP es demasiado grande; divídalo.")
    if sum(m.compress_size for m in members) > size:  # members that share their bytes
        raise _bomb()


class _Limited(io.RawIOBase):
    """A stream that refuses to give more than was declared."""

    def __init__(self, stream: Any, declared: int) -> None:
        self._stream = stream
        self._left = declared

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        view = memoryview(buffer).cast("B")
        data = self._stream.read(len(view))
        self._left -= len(data)
        if self._left < 0:
            raise _bomb()
        view[: len(data)] = data
        return len(data)


def _is_litter(name: str) -> bool:
    return any(part in name for part in _LEFT_BY_DESKTOPS)


def _broken() -> Refused:
    return Refused("zip_broken", "El ZIP está dañado o incompleto; vuelva a crearlo.")


def _bomb() -> Refused:
    return Refused("zip_bomb", "El ZIP se expande de forma anormal; vuelva a crearlo con los archivos originales.")
