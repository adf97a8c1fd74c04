"""Files to pages. Decoding runs in a child process with limits of memory and time: a file that brings its decoder
down is refused, and the worker lives on."""

from __future__ import annotations

import atexit
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ocr.archive import iter_members
from ocr.errors import Refused
from ocr.filetypes import kind_of

__all__ = ["count_pages", "decode_page", "iter_members", "iter_pages", "kind_of"]

Image = npt.NDArray[np.uint8]

PAGE_SECONDS = 30.0
"""A 600 dpi colour page of JPEG 2000 takes 6 s on one slow core."""
COUNT_SECONDS = 60.0
PAGES_A_CHILD = 400
"""A child is replaced after this many pages, so that what libraries leak does not add up."""


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


class _Child:
    def __init__(self) -> None:
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ocr.decode_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=Path(__file__).resolve().parent.parent,
            bufsize=0,
        )
        self.pages = 0

    def ask(self, request: dict[str, Any], seconds: float) -> tuple[dict[str, Any], Image | None]:
        """Raises TimeoutError when it takes too long, EOFError when the child falls."""
        until = time.monotonic() + seconds
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
        except BrokenPipeError as error:
            raise EOFError from error
        words = json.loads(self._line(until))
        if "shape" not in words:
            return words, None
        image = np.empty(words["shape"], np.uint8)
        self._fill(image.data.cast("B"), until)
        self.pages += 1
        return words, image

    def _line(self, until: float) -> bytes:
        line = b""
        one = memoryview(bytearray(1))
        while not line.endswith(b"\n"):
            self._fill(one, until)
            line += bytes(one)
        return line

    def _fill(self, view: memoryview, until: float) -> None:
        assert self.process.stdout is not None
        pipe = self.process.stdout.fileno()
        got = 0
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while got < len(view):
                left = until - time.monotonic()
                if left <= 0 or not selector.select(left):
                    raise TimeoutError
                read = os.readv(pipe, [view[got:]])
                if read == 0:
                    raise EOFError
                got += read

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


class _Decoder:
    """The one child of this process, replaced when it falls, dawdles or has grown old."""

    def __init__(self) -> None:
        self._child: _Child | None = None
        self._owner = 0
        self._lock = threading.Lock()
        atexit.register(self.close)

    def close(self) -> None:
        """End the child of this process, if it has one."""
        with self._lock:
            if self._owner == os.getpid():
                self._drop()

    def ask(self, request: dict[str, Any], seconds: float) -> tuple[dict[str, Any], Image | None]:
        with self._lock:
            if self._owner != os.getpid():  # after a fork the child is the parent's
                self._child, self._owner = None, os.getpid()
            if self._child is None:
                self._child = _Child()
            try:
                words, image = self._child.ask(request, seconds)
            except TimeoutError as error:
                self._drop()
                raise Refused("decode_slow", "El archivo tarda demasiado en abrirse; expórtelo de nuevo.") from error
            except EOFError as error:
                self._drop()
                raise Refused("decode_fell", "El archivo no se pudo abrir; expórtelo de nuevo.") from error
            if self._child.pages >= PAGES_A_CHILD:
                self._drop()
        if "code" in words:
            raise Refused(words["code"], words["sentence"])
        return words, image

    def _drop(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None


_decoder = _Decoder()


def _ask(request: dict[str, Any], seconds: float) -> tuple[dict[str, Any], Image | None]:
    return _decoder.ask(request, seconds)
