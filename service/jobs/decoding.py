"""Where the service asks the eyes what a file is: pages counted, members listed, refusals translated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from service.errors import Refused


@contextmanager
def house_refusals() -> Iterator[None]:
    """What the eyes refuse, the service refuses with the same code and sentence."""
    from ocr.errors import Refused as EyesRefused

    try:
        yield
    except EyesRefused as refusal:
        raise Refused(refusal.code, refusal.sentence) from refusal


def count_pages(path: Path) -> int:
    """Pages of a PDF, TIFF, JPEG or PNG. Raises Refused."""
    from ocr.decode import count_pages as count

    with house_refusals():
        return count(path)


def is_zip(path: Path) -> bool:
    """True if the file begins as a ZIP does."""
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def iter_members(path: Path) -> Iterator[tuple[str, BinaryIO]]:
    """The files inside a ZIP, one open at a time. Raises Refused on bombs, passwords and broken archives."""
    from ocr.decode import iter_members as members

    with house_refusals():
        yield from members(path)
