"""Tesseract kept warm: ``python -m ocr.tesseract_child``, its library's C API called for each line.

Starting the program and loading its words costs 0.1 s, reading a line 0.011 s: a worker pays the start once, not with
each page. Where the library is not there it says so (``absent``).
"""

from __future__ import annotations

import ctypes
import ctypes.util
import mmap
import resource
from typing import Any

from ocr.child import serve

MEMORY = 1 << 30
"""Bytes of address space: two languages take 0.2 GB."""
LSTM = 1
NO_DPI = 70
"""What the program itself takes for pictures that do not say their resolution."""


def _library() -> Any:
    library = ctypes.CDLL(ctypes.util.find_library("tesseract") or "libtesseract.so.5")
    pointer, number, text = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
    library.TessBaseAPICreate.restype = pointer
    library.TessBaseAPIInit2.argtypes = [pointer, text, text, number]
    library.TessBaseAPISetVariable.argtypes = [pointer, text, text]
    library.TessBaseAPISetPageSegMode.argtypes = [pointer, number]
    library.TessBaseAPISetImage.argtypes = [pointer, pointer, number, number, number, number]
    library.TessBaseAPISetSourceResolution.argtypes = [pointer, number]
    library.TessBaseAPIGetUTF8Text.argtypes = [pointer]
    library.TessBaseAPIGetUTF8Text.restype = pointer
    library.TessBaseAPIAllWordConfidences.argtypes = [pointer]
    library.TessBaseAPIAllWordConfidences.restype = ctypes.POINTER(number)
    library.TessBaseAPIClear.argtypes = [pointer]
    library.TessDeleteText.argtypes = [pointer]
    library.TessDeleteIntArray.argtypes = [ctypes.POINTER(number)]
    return library


class Reader:
    """One language of Tesseract."""

    def __init__(self, library: Any, language: str) -> None:
        self._library = library
        self._api = library.TessBaseAPICreate()
        if library.TessBaseAPIInit2(self._api, None, language.encode(), LSTM):
            raise OSError(f"tesseract has no words of {language}")
        # by default a doubtful line is read again as white on black: twice the time, and no form is printed so
        library.TessBaseAPISetVariable(self._api, b"tessedit_do_invert", b"0")

    def set(self, page_mode: int, allowed: str) -> None:
        self._library.TessBaseAPISetPageSegMode(self._api, page_mode)
        self._library.TessBaseAPISetVariable(self._api, b"tessedit_char_whitelist", allowed.encode())

    def read(self, address: int, height: int, width: int) -> tuple[str, float]:
        """Text, lines parted by a line feed, and the least confidence (0 to 1) of its words."""
        lib, api = self._library, self._api
        lib.TessBaseAPISetImage(api, address, width, height, 1, width)
        lib.TessBaseAPISetSourceResolution(api, NO_DPI)
        text = lib.TessBaseAPIGetUTF8Text(api)
        if not text:
            return "", 0.0
        said = ctypes.string_at(text).decode("utf-8", "replace")
        lib.TessDeleteText(text)
        found = lib.TessBaseAPIAllWordConfidences(api)
        sure: list[int] = []
        while found[len(sure)] >= 0:
            sure.append(found[len(sure)])
        lib.TessDeleteIntArray(found)
        lib.TessBaseAPIClear(api)
        lines = (" ".join(line.split()) for line in said.splitlines())
        return "\n".join(line for line in lines if line), min(sure, default=0) / 100


def main() -> None:
    """Answers requests until standard input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    readers = dict[str, Reader]()
    try:
        library = _library()
    except (OSError, AttributeError):
        library = None

    def answer(shared: mmap.mmap, request: dict[str, Any]) -> dict[str, Any]:
        if library is None:
            return {"absent": True}
        language = request["language"]
        if language not in readers:
            readers[language] = Reader(library, language)
        readers[language].set(request["page_mode"], request["allowed"])
        start = ctypes.addressof(ctypes.c_char.from_buffer(shared))
        lines = []
        for height, width in request["sizes"]:
            lines.append(readers[language].read(start, height, width))
            start += height * width
        return {"lines": lines}

    serve(answer)


if __name__ == "__main__":
    main()
