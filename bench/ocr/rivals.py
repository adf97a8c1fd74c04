"""Other engines on the same strips, a field at a time: pytesseract, tesserocr, RapidOCR (PP-OCRv6).

They are no dependencies of the project: install what you want to compare into the environment that runs this.
Each gets what suits it best: the field without lines, cut tight to its ink; Tesseract also the characters that
the field may hold. (Tesseract in single-character mode reads 68 % of typed characters: worse than by field.)
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


def _framed(strip: Strip) -> np.ndarray[Any, Any]:
    return cv2.copyMakeBorder(_tight(strip), 14, 14, 14, 14, cv2.BORDER_REPLICATE)


def _joined(text: str) -> str:
    return "".join(c for c in text.upper() if c.isalnum())


class Pytesseract:
    """One process a field, as its users call it."""

    def __call__(self, strips: Sequence[Strip]) -> list[Answer]:
        import pytesseract

        out = []
        for strip in strips:
            config = f"--psm 7 -c tessedit_char_whitelist={_allowed(strip)}"
            out.append(_joined(pytesseract.image_to_string(_framed(strip), lang="eng", config=config)))
        return out


class Tesserocr:
    """Tesseract in process."""

    def __init__(self) -> None:
        import tesserocr

        self._api = tesserocr.PyTessBaseAPI(
            path="/usr/share/tesseract-ocr/5/tessdata/", lang="eng", psm=tesserocr.PSM.SINGLE_LINE
        )

    def __call__(self, strips: Sequence[Strip]) -> list[Answer]:
        from PIL import Image

        out = []
        for strip in strips:
            self._api.SetVariable("tessedit_char_whitelist", _allowed(strip))
            self._api.SetImage(Image.fromarray(_framed(strip)))
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
