"""The files of a sealed index: written once, read-only, plain or encrypted, and destroyed when returned.

Encrypted, a file is a run of AES-256-GCM pieces of 4 MiB (NIST SP 800-38D), each bound to the file's name and to
its place in it, so pieces can be neither swapped nor dropped. The clear text never touches the disk: on opening
it goes to memory that has no name (Linux ``memfd``), one copy a process (about 0.8 GB for 8 million electors).
"""

from __future__ import annotations

import hashlib
import mmap
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from matching.errors import Refused

KEY_BYTES: Final = 32
PIECE: Final = 4 * 1024 * 1024
_NONCE: Final = 12
_TAG: Final = 16


def write_file(path: Path, content: memoryview, key: bytes | None) -> str:
    """Writes, syncs and seals one file; returns the SHA-256 of what lies on the disk."""
    digest = hashlib.sha256()
    with path.open("xb", buffering=0) as out:
        for piece in _pieces(path.name, content, key):
            digest.update(piece)
            view = memoryview(piece)
            while view:
                view = view[out.write(view) :]
        os.fsync(out.fileno())
    path.chmod(stat.S_IRUSR | stat.S_IRGRP)
    return digest.hexdigest()


def map_file(path: Path, size: int, key: bytes | None) -> mmap.mmap:
    """The clear content of a sealed file, mapped read-only. ``size`` is its clear length in bytes.

    Raises Refused when the file is missing, of another length, or does not open with the key.
    """
    try:
        found = path.stat().st_size
    except OSError as gone:
        raise Refused("lista_incompleta", "A la lista nominal sellada le falta un archivo.") from gone
    pieces = max(1, -(-size // PIECE))
    if found != (size if key is None else size + pieces * (_NONCE + _TAG)):
        raise Refused("lista_alterada", "Un archivo de la lista nominal sellada no tiene su tamaño.")
    if key is None:
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
    return _decrypted(path, size, pieces, check_key(key))


def check_key(key: bytes) -> bytes:
    """The key itself. Raises Refused when it is not 32 bytes."""
    if len(key) != KEY_BYTES:
        raise Refused("llave_invalida", "La llave de la lista nominal debe tener 32 bytes.")
    return key


def hash_file(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def wipe_file(path: Path) -> str:
    """Overwrites a file with zeros, syncs and removes it; returns the SHA-256 it had.

    On copy-on-write file systems and flash memory old blocks may survive an overwriting: there only the
    encrypted mode, whose key is destroyed, makes the list unreadable.
    """
    found = hash_file(path)
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    size = path.stat().st_size
    zeros = bytes(min(size, PIECE))
    with path.open("r+b", buffering=0) as file:
        left = size
        while left > 0:
            left -= file.write(zeros[: min(left, len(zeros))])
        os.fsync(file.fileno())
    path.unlink()
    return found


def _pieces(name: str, content: memoryview, key: bytes | None) -> Iterator[bytes | memoryview]:
    cipher = None if key is None else AESGCM(check_key(key))
    total = max(1, -(-content.nbytes // PIECE))
    for place in range(total):
        piece = content[place * PIECE : (place + 1) * PIECE]
        if cipher is None:
            yield piece
        else:
            nonce = os.urandom(_NONCE)
            yield nonce + cipher.encrypt(nonce, piece, _bound(name, place, total))


def _decrypted(path: Path, size: int, pieces: int, key: bytes) -> mmap.mmap:
    cipher = AESGCM(key)
    descriptor = os.memfd_create("respaldo-lista", os.MFD_CLOEXEC)
    try:
        os.ftruncate(descriptor, max(size, 1))
        with mmap.mmap(descriptor, max(size, 1)) as clear, path.open("rb") as file:
            for place in range(pieces):
                length = min(PIECE, size - place * PIECE)
                nonce, sealed = file.read(_NONCE), file.read(length + _TAG)
                try:
                    opened = cipher.decrypt(nonce, sealed, _bound(path.name, place, pieces))
                except InvalidTag as wrong:
                    raise Refused(
                        "llave_no_abre", "La llave no abre la lista nominal, o un archivo fue alterado."
                    ) from wrong
                clear[place * PIECE : place * PIECE + length] = opened
        return mmap.mmap(descriptor, max(size, 1), prot=mmap.PROT_READ)
    finally:
        os.close(descriptor)


def _bound(name: str, place: int, total: int) -> bytes:
    return f"{name}:{place}:{total}".encode()
