"""Other engines on the same strips: pytesseract and tesserocr a cell, RapidOCR (PP-OCRv6) a field.

They are no dependencies of the project: install what you want to compare into the environment that runs this.
Each gets what suits it best: the characters a cell may hold (Tesseract), a field cut tight (RapidOCR).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bench.ocr.rows import Strip

Answer = str
LETTERS, DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"


def _allowed(strip: Strip) -> list[str]:
    if strip.field != "clave_elector":
        return [DIGITS] * len(strip.truth)
    return [LETTERS] * 6 + [DIGITS] * 8 + ["HMX"] + [DIGITS] * 3


def _big(cell: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return cv2.copyMakeBorder(cv2.resize(cell, None, fx=1.2, fy=1.2), 12, 12, 12, 12, cv2.BORDER_REPLICATE)


class Pytesseract:
    """All cells of a row that may hold the same characters in one process (one by one is seven times slower)."""

    def __call__(self, strips: Sequence[Strip]) -> list[Answer]:
        import pytesseract

        places: dict[str, list[tuple[int, int]]] = {}
        for s, strip in enumerate(strips):
            for c, allowed in enumerate(_allowed(strip)):
                places.setdefault(allowed, []).append((s, c))
        out = [[" "] * len(strip.truth) for strip in strips]
        for allowed, cells in places.items():
            with tempfile.TemporaryDirectory() as folder:
                names = []
                for n, (s, c) in enumerate(cells):
                    path = Path(folder) / f"{n:04d}.png"
                    cv2.imwrite(str(path), _big(strips[s].cells()[c]))
                    names.append(str(path))
                listing = Path(folder) / "list.txt"
                listing.write_text("\n".join(names))
                table = pytesseract.image_to_data(
                    str(listing), lang="eng", config=f"--psm 10 -c tessedit_char_whitelist={allowed}"
                )
            for row in table.splitlines()[1:]:
                parts = row.split("\t")
                if parts[0] == "5" and parts[11].strip():
                    s, c = cells[int(parts[1]) - 1]
                    out[s][c] = parts[11].strip()[0]
        return ["".join(chars) for chars in out]


class Tesserocr:
    """Tesseract in process, a cell at a time."""

    def __init__(self) -> None:
        import tesserocr

        self._api = tesserocr.PyTessBaseAPI(
            path="/usr/share/tesseract-ocr/5/tessdata/", lang="eng", psm=tesserocr.PSM.SINGLE_CHAR
        )

    def __call__(self, strips: Sequence[Strip]) -> list[Answer]:
        from PIL import Image

        out = []
        for strip in strips:
            text = ""
            for cell, allowed in zip(strip.cells(), _allowed(strip), strict=True):
                self._api.SetVariable("tessedit_char_whitelist", allowed)
                self._api.SetImage(Image.fromarray(_big(cell)))
                text += (self._api.GetUTF8Text().strip() or " ")[0]
            out.append(text)
        return out


class Rapid:
    """PP-OCRv6 recognition of whole fields, cut tight to their ink."""

    def __init__(self) -> None:
        from rapidocr import RapidOCR

        self._engine = RapidOCR(
            params={"EngineConfig.onnxruntime.intra_op_num_threads": 1, "Global.log_level": "critical"}
        )

    def __call__(self, strips: Sequence[Strip]) -> list[Answer]:
        out = []
        for strip in strips:
            picture = strip.picture
            ink = picture < picture.max() * 0.6
            ys, xs = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
            if len(ys) and len(xs):
                picture = picture[max(0, ys[0] - 4) : ys[-1] + 5, max(0, xs[0] - 4) : xs[-1] + 5]
            found = self._engine(
                cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), use_det=False, use_cls=False, use_rec=True
            )
            text = found.txts[0] if found.txts else ""
            out.append("".join(c for c in text.upper() if c.isalnum()))
        return out


RIVALS: dict[str, Callable[[], Callable[[Sequence[Strip]], list[Answer]]]] = {
    "pytesseract": Pytesseract,
    "tesserocr": Tesserocr,
    "rapidocr": Rapid,
}
