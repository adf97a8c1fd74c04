"""Pages that are no sheet: the copy of a credential (its MRZ with check digits), a blank page, anything else."""

from __future__ import annotations

import re
from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from ocr.engine import GuardedEngine
from ocr.reading import PageKind, PageReading
from ocr.upright import Image

Grey = npt.NDArray[np.uint8]

LINES = (
    re.compile(r"IDMEX\d{10}<<\d{13}"),
    re.compile(r"\d{7}[HMX]\d{7}MEX<\d{2}<<\d{5}<\d"),
    re.compile(r"[A-Z<]{30}"),
)
CLAVE = re.compile(r"[A-Z]{6}\d{8}[HM]\d{3}")
BLANK_INK = 0.0006
"""Share of a page that ink covers below which it is blank: backs of sheets 0.0001, a single line of text 0.002."""


def read_other(page: Image, engine: GuardedEngine) -> PageReading:
    """A page on which no form lies: credential (with what it says), blank or foreign."""
    small = cv2.cvtColor(_at_most(page, 1600), cv2.COLOR_BGR2GRAY)
    if _is_blank(small):
        return PageReading(PageKind.BLANK, engine.version)
    for turned in _turns(_at_most(page, 3400)):
        said = read_credential(turned, engine)
        if said:
            return PageReading(PageKind.CREDENTIAL, engine.version, credential=said)
    return PageReading(PageKind.FOREIGN, engine.version)


def read_credential(page: Image, engine: GuardedEngine) -> dict[str, str]:
    """What MRZ and face say: ``numero_ocr``, ``cic``, ``nacimiento`` (YYMMDD), ``sexo``, ``vigencia`` (YYMMDD),
    ``nombre``, ``clave_elector``; empty when there is no credential. ``mrz`` tells whether all check digits agree."""
    grey = cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)
    bands = list(find_bands(grey))
    if not bands:
        return {}
    answers = engine.read_lines([grey[y0:y1, x0:x1] for y0, y1, x0, x1 in bands])
    said: dict[str, str] = {}
    for answer, _ in zip(answers, bands, strict=True):
        for text, _p in answer[:2]:
            said |= _line_says(text)
    return said


def check_digit(text: str) -> int:
    """ICAO 9303 part 3, 4.9: weights 7, 3, 1; digits their value, A = 10 ... Z = 35, filler 0."""
    weights = (7, 3, 1)
    return sum((int(c, 36) if c != "<" else 0) * weights[n % 3] for n, c in enumerate(text)) % 10


def read_mrz(lines: tuple[str, str, str]) -> dict[str, str]:
    """What three lines of a TD1 MRZ say, with ``mrz`` ``valid`` or ``doubtful`` by the four check digits.

    Raises ValueError when a line has not the shape of domain.md D-4.
    """
    one, two, three = lines
    if not all(shape.fullmatch(line) for shape, line in zip(LINES, lines, strict=True)):
        raise ValueError("not the MRZ of a credential")
    composite = one[5:30] + two[0:7] + two[8:15] + two[18:29]
    agree = (
        check_digit(one[5:14]) == int(one[14])
        and check_digit(two[0:6]) == int(two[6])
        and check_digit(two[8:14]) == int(two[14])
        and check_digit(composite) == int(two[29])
    )
    surname, _, given = three.partition("<<")
    name = " ".join(part for part in [*surname.split("<"), *given.split("<")] if part)
    return {
        "mrz": "valid" if agree else "doubtful",
        "cic": one[5:14],
        "numero_ocr": one[17:30],
        "nacimiento": two[0:6],
        "sexo": two[7],
        "vigencia": two[8:14],
        "nombre": name,
    }


def find_bands(grey: Grey) -> Iterator[tuple[int, int, int, int]]:
    """Rows and columns (y0, y1, x0, x1) of long single lines of print, top to bottom: candidates for an MRZ."""
    ratio = min(1.0, 1600 / max(grey.shape))
    small = cv2.resize(grey, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
    dark = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((15, 15), np.uint8))
    mask = cv2.threshold(dark, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1]
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, 25), np.uint8))
    joined = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((3, 9), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    for x, y, w, h, _area in sorted(stats[1:count].tolist(), key=lambda s: (s[1], s[0])):
        if w > 8 * h and 6 <= h <= 40 and w > 150:
            pad = 5
            yield (
                max(0, int((y - pad) / ratio)),
                min(grey.shape[0], int((y + h + pad) / ratio)),
                max(0, int((x - pad) / ratio)),
                min(grey.shape[1], int((x + w + pad) / ratio)),
            )


def _line_says(text: str) -> dict[str, str]:
    return {}


def _is_blank(grey: Grey) -> bool:
    inner = grey[grey.shape[0] // 25 : -grey.shape[0] // 25, grey.shape[1] // 25 : -grey.shape[1] // 25]
    paper = float(np.percentile(inner, 60))
    dark = cv2.medianBlur(inner, 3) < paper - 45
    return float(dark.mean()) < BLANK_INK


def _turns(page: Image) -> Iterator[Image]:
    for turn in range(4):
        yield np.ascontiguousarray(np.rot90(page, turn))


def _at_most(page: Image, side: int) -> Image:
    ratio = side / max(page.shape[:2])
    return (
        page if ratio >= 1 else np.asarray(cv2.resize(page, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA))
    )
