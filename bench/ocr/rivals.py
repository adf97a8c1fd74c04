"""Other engines on the same strips, a field at a time: pytesseract, tesserocr, RapidOCR (PP-OCRv6).

They are no dependencies of the project: install what you want to compare into the environment that runs this.
Each gets what suits it best, tried on 40 typed and 40 handwriting-font rows: RapidOCR the field without lines,
cut tight to its ink; Tesseract the characters closed up at equal gaps, as one raw line, and the list of those the
field may hold (95 % of typed keys; cut tight only 75 %; by single character it reads 68 % of typed characters).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np

from bench.ocr.rows import Strip

Answer = str
LETTERS, DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"


def _allowed(strip: Strip) -> str:
    return LETTERS + DIGITS if strip.field == "clave_elector" else DIGITS


def _tight(strip: Strip) -> np.ndarray[Any, Any]:
    picture = strip.picture
    ink = picture < picture.max() * 0.6
    ys, xs = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    if len(ys) and len(xs):
        picture = picture[max(0, ys[0] - 4) : ys[-1] + 5, max(0, xs[0] - 4) : xs[-1] + 5]
    return picture


def _closed(strip: Strip, gap: int = 10) -> np.ndarray[Any, Any]:
    """The ink of each box side by side, ``gap`` pixels apart."""
    picture = strip.picture
    paper, dark = int(np.percentile(picture, 80)), picture.max() * 0.6
    rows = np.flatnonzero((picture < dark).any(1))
    top, bottom = (max(0, rows[0] - 4), rows[-1] + 5) if len(rows) else (0, len(picture))
    parts = []
    for x, _, w, _ in strip.boxes:
        cell = picture[top:bottom, x : x + w]
        inked = np.flatnonzero((cell < dark).any(0))
        if len(inked):
            cell = cell[:, max(0, inked[0] - 1) : inked[-1] + 2]
        parts += [cell, np.full((len(cell), gap), paper, np.uint8)]
    return cv2.copyMakeBorder(np.hstack(parts), 14, 14, 14, 14, cv2.BORDER_CONSTANT, value=paper)


def _joined(text: str) -> str:
    return "".join(c for c in text.upper() if c.isalnum())


class Pytesseract:
    """One process a field, as its users call it."""

    def __call__(self, strips: Sequence[Strip]) -> list[Answer]:
        import pytesseract

        out = []
        for strip in strips:
            config = f"--psm 13 -c tessedit_char_whitelist={_allowed(strip)}"
            out.append(_joined(pytesseract.image_to_string(_closed(strip), lang="eng", config=config)))
        return out


class Tesserocr:
    """Tesseract in process."""

    def __init__(self) -> None:
        import tesserocr

        self._api = tesserocr.PyTessBaseAPI(
            path="/usr/share/tesseract-ocr/5/tessdata/", lang="eng", psm=tesserocr.PSM.RAW_LINE
        )

    def __call__(self, strips: Sequence[Strip]) -> list[Answer]:
        from PIL import Image

        out = []
        for strip in strips:
            self._api.SetVariable("tessedit_char_whitelist", _allowed(strip))
            self._api.SetImage(Image.fromarray(_closed(strip)))
            out.append(_joined(self._api.GetUTF8Text()))
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
            found = self._engine(
                cv2.cvtColor(_tight(strip), cv2.COLOR_GRAY2BGR), use_det=False, use_cls=False, use_rec=True
            )
            text = found.txts[0] if found.txts else ""
            out.append(_joined(text))
        return out


RIVALS: dict[str, Callable[[], Callable[[Sequence[Strip]], list[Answer]]]] = {
    "pytesseract": Pytesseract,
    "tesserocr": Tesserocr,
    "rapidocr": Rapid,
}
