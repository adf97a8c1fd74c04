"""Files to pages. Decoding runs in a child process with limits of memory and time: a file that brings its decoder
down is refused, and the worker lives on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ocr.archive import iter_members
from ocr.child import Child, Keeper
from ocr.errors import Refused
from ocr.filetypes import MAX_PIXELS, kind_of

__all__ = ["count_pages", "decode_page", "iter_members", "iter_pages", "kind_of"]

Image = npt.NDArray[np.uint8]

PAGE_SECONDS = 30.0
"""A 600 dpi colour page of JPEG 2000 takes 6 s on one slow core."""
COUNT_SECONDS = 60.0
PAGES_A_CHILD = 400
"""A child is replaced after this many pages, so that what libraries leak does not add up."""
ROOM = 3 * MAX_PIXELS
"""Bytes of memory shared with the child: the largest page that is not refused."""


def count_pages(path: Path) -> int:
    """Pages of a PDF, TIFF, JPEG or PNG, told by its bytes.

    Raises Refused: ``file_empty``, ``file_unknown``, ``file_polyglot``, ``file_truncated``, ``file_zip``,
    ``pdf_password``, ``pdf_broken``, ``tiff_broken``, ``image_too_large``, ``too_many_pages``, ``file_broken``,
    ``decode_slow``, ``decode_fell``.
    """
    words, _ = _ask({"do": "count", "path": str(path.resolve())}, COUNT_SECONDS)
    return int(words["count"])


def decode_page(path: Path, number: int) -> Image:
    """Page ``number`` (from 1): (h, w, 3) uint8, blue-green-red. PDF pages at the resolution of their scan,
    drawn ones at 300 dpi. Raises Refused as ``count_pages``, and ``page_missing``, ``page_broken``,
    ``image_broken``."""
    if number < 1:
        raise Refused("page_missing", "El archivo no tiene esa página.")
    words, image = _ask({"do": "page", "path": str(path.resolve()), "page": number}, PAGE_SECONDS)
    assert image is not None, words
    return image


def iter_pages(path: Path) -> Iterator[tuple[int, Image]]:
    """(number from 1, page) one after another; memory stays that of one page. Raises Refused, at the page that
    cannot be decoded: a caller that wants the others asks ``decode_page`` for each."""
    for number in range(1, count_pages(path) + 1):
        yield number, decode_page(path, number)


_decoder = Keeper("ocr.decode_child", ROOM, PAGES_A_CHILD)


def _ask(request: dict[str, Any], seconds: float) -> tuple[dict[str, Any], Image | None]:
    """What the child says, and the page. Raises Refused when it refuses, dawdles or falls."""

    def deed(child: Child) -> tuple[dict[str, Any], Image | None]:
        words = child.ask(request, seconds)
        if "shape" not in words:
            return words, None
        h, w, channels = words["shape"]
        size = h * w * channels
        image = np.frombuffer(child.shared, np.uint8, size).reshape(h, w, channels).copy()
        child.forget(size)
        return words, image

    try:
        words, image = _decoder.use(deed)
    except TimeoutError as error:
        raise Refused("decode_slow", "El archivo tarda demasiado en abrirse; expórtelo de nuevo.") from error
    except EOFError as error:
        raise Refused("decode_fell", "El archivo no se pudo abrir; expórtelo de nuevo.") from error
    if "code" in words:
        raise Refused(words["code"], words["sentence"])
    return words, image
