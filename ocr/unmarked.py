"""A form without marks, or a sheet whose marks were cut off: roughly placed by its printed lines."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from ocr.form import Form
from ocr.upright import Image, Matrix

LINES_PX = 1.5
"""Pixels a millimetre of the picture in which a form without marks is sought by its printed lines."""
FINE_PX = 3.0
"""Pixels a millimetre in which dots of a printer's screen are grey."""
SIZES = tuple(float(size) for size in np.arange(0.96, 1.2, 0.012))
"""Sizes of the sheet, as a share of the picture's, at which it is sought: over 1 where its edges are cut off."""
SKEWS = tuple(float(angle) for angle in np.arange(-4.0, 4.1, 0.25))
"""Degrees by which such a sheet may lean."""
AROUND_MM = 14.0
"""How far beyond the picture the printed lines may reach, or lie off its middle."""
LEAST_ALIKE = 0.3
"""Correlation of printed and seen lines below which the form is not there: cropped and skewed sheets have 0.38 and
more, the same turned over 0.27 and less, noise 0.24."""
OTHER_SHAPE = 1.15
"""Root of the ratio of scales across and down from which a picture does not show the sheet this way up."""


def place_by_lines(page: Image, form: Form, matrix: Matrix, points: npt.NDArray[np.float64]) -> list[Matrix]:
    """The placement ``matrix`` (3 x 3, millimetres to pixels: the sheet fills the picture) after lean, size and place
    of its printed lines, of which the picture may show less than all; none when they are not there.

    ``points`` (n, k, 2) run along the lines, in millimetres. Rows look alike, so that the places one row higher and
    lower come second."""
    # a picture that is cut has another shape than the sheet, but the same scale across and down
    stretch = float(np.linalg.norm(matrix[:2, 0]) / np.linalg.norm(matrix[:2, 1])) ** 0.5
    if not 1 / OTHER_SHAPE < stretch < OTHER_SHAPE:
        return []
    w, h = round(form.width_mm * LINES_PX), round(form.height_mm * LINES_PX)
    drawn = draw_lines(points[:, [0, -1]], LINES_PX, (h, w))
    x, y, across, down = cv2.boundingRect(cv2.findNonZero((drawn > 0).astype(np.uint8)))
    pattern = cv2.GaussianBlur(drawn[y : y + down, x : x + across], (0, 0), 1.0)
    dark, shrunk = _shrink(page, matrix)
    to_small = np.diag([LINES_PX, LINES_PX, 1.0]) @ np.linalg.inv(shrunk @ matrix)
    lean = _lean(_lines_seen(dark, to_small, (w, h)))
    centre = w / 2, h / 2
    even = np.diag([stretch, 1 / stretch, 1.0])
    even[:2, 2] = centre - even.diagonal()[:2] * centre
    edge = round(AROUND_MM * LINES_PX)
    best, most = matrix, 0.0
    for size in SIZES:
        turn = np.vstack([cv2.getRotationMatrix2D(centre, lean, 1 / size), [0, 0, 1]])
        there = turn @ even @ to_small
        seen = cv2.copyMakeBorder(_lines_seen(dark, there, (w, h)), edge, edge, edge, edge, cv2.BORDER_CONSTANT)
        _, alike, _, at = cv2.minMaxLoc(cv2.matchTemplate(seen, pattern, cv2.TM_CCOEFF_NORMED))
        if alike > most:
            moved = np.array([[1, 0, at[0] - edge - x], [0, 1, at[1] - edge - y], [0, 0, 1]], np.float64)
            most, best = alike, np.linalg.inv(there @ shrunk) @ moved @ np.diag([LINES_PX, LINES_PX, 1.0])
    if most < LEAST_ALIKE:
        return []
    tops = [row.frame.y for row in form.rows]
    pitch = float(np.median(np.diff(tops))) if len(tops) > 1 else 0.0
    places = (0.0, -pitch, pitch) if pitch else (0.0,)
    return [np.asarray(best @ np.array([[1, 0, 0], [0, 1, by], [0, 0, 1]]), np.float64) for by in places]


def draw_lines(ends: npt.NDArray[np.float64], px_per_mm: float, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """Lines with these ``ends`` (n, 2, 2) in millimetres, 1 on 0, thin, in a picture of that shape."""
    drawn = np.zeros(shape, np.float32)
    for start, end in np.rint(ends * px_per_mm * 16).astype(np.int32).tolist():
        cv2.line(drawn, start, end, 1.0, 1, cv2.LINE_AA, 4)
    return drawn


def thin_at_most(lines: npt.NDArray[np.float32], share: float) -> npt.NDArray[np.float32]:
    """Darkness of thin lines, no darker than ``share`` (per cent) of it is: ink is not more line than a line."""
    return np.asarray(np.minimum(lines, np.float32(max(8.0, float(np.percentile(lines, share))))), np.float32)


def _lean(lines: npt.NDArray[np.float32]) -> float:
    """Degrees by which a picture must be turned for its lines to lie level: rows of pixels differ most then."""
    h, w = lines.shape
    best, most = 0.0, -1.0
    for angle in SKEWS:
        level = cv2.warpAffine(lines, cv2.getRotationMatrix2D((w / 2, h / 2), angle, 1), (w, h))
        swing = float(np.var(level.sum(axis=1)))
        if swing > most:
            best, most = angle, swing
    return best


def _shrink(page: Image, matrix: Matrix) -> tuple[Image, Matrix]:
    """The darkest channel of a page without the dots of its print, and the matrix from the page to it."""
    ratio = min(1.0, FINE_PX / float(np.linalg.norm(matrix[:2, 0])))
    small = cv2.resize(page.min(axis=2), None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), np.array(
        [[ratio, 0, ratio / 2 - 0.5], [0, ratio, ratio / 2 - 0.5], [0, 0, 1]]
    )


def _lines_seen(page: Image, to_small: Matrix, size: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Straight thin lines of a page, dark as float, in a picture of that size."""
    small = cv2.warpPerspective(page, to_small, size, flags=cv2.INTER_LINEAR, borderValue=255)
    dark = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((9, 9), np.uint8))
    # strokes of a hand are shorter than the sides of the boxes
    across, down = (cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones(shape, np.uint8)) for shape in ((1, 13), (9, 1)))
    lines = cv2.max(across, down).astype(np.float32)
    return thin_at_most(lines, 95)
