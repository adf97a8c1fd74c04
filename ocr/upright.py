"""Which way up, and roughly where: from the registration marks to a first placement of a form on a page.

Every mark is sought once per page, in the picture as it came: nothing is rotated, the placement carries the turn.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ocr.form import Anchor, Form
from ocr.reading import Box

Image = npt.NDArray[np.uint8]
"""A page: (height, width, 3) blue-green-red, or (height, width) grey."""

Matrix = npt.NDArray[np.float64]

MARK_PX = 1650
"""Longer side, in pixels, of the picture in which marks are sought: an 8 mm mark keeps 45 px on letter paper,
and every mark of the bench's scans and photographs (bench/ocr/pages.py) was found with it."""

QUICK_PX = 1000
"""The same for a first look, which costs half as much: 8 mm marks of flat sheets that fill the picture (29 px) are
all found in it, and where one is not the second look follows."""
WINDOWS, QUICK_WINDOW = (15, 35), (23, 23)
"""Narrowest and widest window (pixels) of the local threshold, 20 apart: the second look tries two, the first one."""


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What was found on a page: ArUco marks by number (4 x 2 corners, clockwise from the mark's own top left),
    and by kind the centres of filled squares and of upright crosses (n, 3): x, y, side. Pixels of the whole page."""

    aruco: Mapping[int, npt.NDArray[np.float64]]
    plain: Mapping[str, npt.NDArray[np.float64]]


def find_marks(page: Image, forms: Sequence[Form]) -> Marks:
    """All marks of the kinds that ``forms`` use."""
    kinds = {anchor.kind for form in forms for anchor in form.anchors}
    small, ratio = page, 1.0
    if max(page.shape[:2]) >= 1.9 * MARK_PX:  # halving costs a quarter of any other ratio
        small, ratio = cv2.resize(page, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), 0.5
    small = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY) if page.ndim == 3 else small
    left = MARK_PX / max(small.shape)
    if left < 0.95:
        small, ratio = cv2.resize(small, None, fx=left, fy=left, interpolation=cv2.INTER_AREA), ratio * left
    aruco = _find_numbered(small, ratio, forms) if "aruco" in kinds else {}
    return Marks(aruco, _find_plain(small, ratio) if kinds & set(PLAIN) else {})


def place_roughly(marks: Marks, form: Form, shape: tuple[int, int]) -> Iterator[tuple[Matrix, int]]:
    """First placements of ``form``: (3 x 3 millimetres to pixels, marks used), the likeliest first.

    A form with ArUco marks has at most one; one with squares or crosses up to four (they do not tell which way up).
    A form whose marks are all lost, or that has none, gets the four ways in which its sheet may fill the picture.
    """
    arucos = [a for a in form.anchors if a.kind == "aruco" and a.id in marks.aruco]
    if arucos:
        yield from _place_aruco(marks, arucos)
        return
    for kind in PLAIN:
        anchors = [a for a in form.anchors if a.kind == kind]
        if len(anchors) < 3:
            continue
        found = list(_place_plain(marks.plain.get(kind, np.zeros((0, 3))), anchors, form, shape))
        if found:
            yield from found
            return
    for turn in range(4):
        yield _fill(form, shape, turn), 0


def _find_numbered(grey: Image, ratio: float, forms: Sequence[Form]) -> dict[int, npt.NDArray[np.float64]]:
    """The marks at the size at which most pages show all of them, and larger where one of the form's is missing."""
    less = QUICK_PX / max(grey.shape)
    if less < 1:
        quick = cv2.resize(grey, None, fx=less, fy=less, interpolation=cv2.INTER_LINEAR)
        found = _find_aruco(quick, ratio * less, QUICK_WINDOW)
        sets = [{a.id for a in form.anchors if a.kind == "aruco"} for form in forms]
        if any(wanted and wanted <= set(found) for wanted in sets):
            return found
    return _find_aruco(grey, ratio, WINDOWS)


def _find_aruco(grey: Image, ratio: float, windows: tuple[int, int]) -> dict[int, npt.NDArray[np.float64]]:
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    parameters.adaptiveThreshWinSizeMin, parameters.adaptiveThreshWinSizeMax = windows
    parameters.adaptiveThreshWinSizeStep = 20
    parameters.minMarkerPerimeterRate = 0.04  # of the longer side: marks of 3 mm and more on letter paper
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    corners, ids, _ = cv2.aruco.ArucoDetector(dictionary, parameters).detectMarkers(grey)
    if ids is None:
        return {}
    found: dict[int, npt.NDArray[np.float64]] = {}
    for number, quad in zip(ids.ravel().tolist(), corners, strict=True):
        points = np.asarray(quad, np.float64).reshape(4, 2)
        # two sheets on one scan, or a mark drawn by hand: the larger is the likelier
        if number not in found or cv2.contourArea(quad) > cv2.contourArea(found[number].astype(np.float32)):
            found[number] = (points + 0.5) / ratio - 0.5
    return found


PLAIN = ("square", "cross")
"""Marks that bear no number."""
ARM = (0.06, 0.34)
"""Width of a cross's arms over its side: a hairline of 0.4 mm in 7 mm, thick bars of a third. Set by the form of the
tests, printed and scanned at 200 and 300 dpi."""


def _find_plain(grey: Image, ratio: float) -> dict[str, npt.NDArray[np.float64]]:
    """Filled squares and upright crosses of 0.8 % of the picture's longer side and more, by kind."""
    _, dark = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    contours, _ = cv2.findContours(dark, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    least = 0.008 * max(grey.shape)
    found: dict[str, list[tuple[float, float, float]]] = {kind: [] for kind in PLAIN}
    for contour in contours:
        _, _, across, down = cv2.boundingRect(contour)
        if not least < min(across, down) <= max(across, down) < 11 * least:
            continue
        (_, _), (w, h), _ = cv2.minAreaRect(contour)
        area = cv2.contourArea(contour)
        if area <= 0 or not 0.75 < w / max(h, 1e-6) < 1.33:
            continue
        if area > 0.85 * w * h:
            kind, side = "square", area**0.5
        elif _is_cross(contour):
            kind, side = "cross", (across * down) ** 0.5
        else:
            continue
        moments = cv2.moments(contour)
        x, y = moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]
        found[kind].append(((x + 0.5) / ratio - 0.5, (y + 0.5) / ratio - 0.5, side / ratio))
    return {kind: np.array(centres, np.float64).reshape(-1, 3) for kind, centres in found.items()}


def _is_cross(contour: npt.NDArray[np.int32]) -> bool:
    """Two bars that cross in their middles, upright (or on their side) to within some ten degrees."""
    x, y, w, h = cv2.boundingRect(contour)
    side = (w * h) ** 0.5
    if not 0.8 < w / h < 1.25:
        return False
    filled = np.zeros((h, w), np.uint8)
    cv2.drawContours(filled, [contour], -1, 1, cv2.FILLED, offset=(-x, -y))
    arm = 1 - (1 - cv2.countNonZero(filled) / side**2) ** 0.5
    if not ARM[0] < arm < ARM[1]:
        return False
    third, far = (h // 3, w // 3), (h - h // 3, w - w // 3)
    corners = filled[: third[0], : third[1]], filled[: third[0], far[1] :], filled[far[0] :, : third[1]]
    bare = max(float(part.mean()) for part in (*corners, filled[far[0] :, far[1] :]))
    arms = (
        filled[: third[0]].any(1),
        filled[far[0] :].any(1),
        filled[:, : third[1]].any(0),
        filled[:, far[1] :].any(0),
    )
    moments = cv2.moments(contour)
    off = abs(moments["m10"] / moments["m00"] - x - w / 2), abs(moments["m01"] / moments["m00"] - y - h / 2)
    return bare < 0.12 and min(float(arm.mean()) for arm in arms) > 0.9 and max(off) < 0.08 * side


def corners_of(box: Box) -> npt.NDArray[np.float64]:
    """The four corners of a box, clockwise from its top left, (4, 2) millimetres."""
    return np.array([[box.x, box.y], [box.x + box.w, box.y], [box.x + box.w, box.y + box.h], [box.x, box.y + box.h]])


def _place_aruco(marks: Marks, anchors: Sequence[Anchor]) -> Iterator[tuple[Matrix, int]]:
    mm = np.concatenate([corners_of(a.box) for a in anchors])
    pixels = np.concatenate([marks.aruco[a.id] for a in anchors if a.id is not None])
    per_mm = float(
        np.median(np.linalg.norm(np.roll(pixels.reshape(-1, 4, 2), -1, 1) - pixels.reshape(-1, 4, 2), axis=2))
    )
    reach = max(2.0, 0.12 * per_mm)  # a fold or a curl moves whole marks; the fine alignment follows them
    if len(anchors) >= 4:
        matrix, mask = cv2.findHomography(mm, pixels, cv2.RANSAC, reach)
    elif len(anchors) >= 2:
        half, mask = cv2.estimateAffine2D(mm, pixels, ransacReprojThreshold=reach)
        matrix = None if half is None else np.vstack([half, [0, 0, 1]])
    else:
        half, mask = cv2.estimateAffinePartial2D(mm, pixels, ransacReprojThreshold=reach)
        matrix = None if half is None else np.vstack([half, [0, 0, 1]])
    if matrix is not None and np.linalg.det(matrix[:2, :2]) > 0:
        yield np.asarray(matrix, np.float64), int(mask.sum()) // 4 or 1


def _place_plain(
    squares: npt.NDArray[np.float64], anchors: Sequence[Anchor], form: Form, shape: tuple[int, int]
) -> Iterator[tuple[Matrix, int]]:
    """For each quarter turn, the set of squares that best lies like the form's."""
    if len(squares) < 3:
        return
    centres = np.array([[a.box.x + a.box.w / 2, a.box.y + a.box.h / 2] for a in anchors])
    placed = []
    for turn in range(4):
        guess = cv2.perspectiveTransform(centres[:, None], _fill(form, shape, turn))[:, 0]
        away = [np.linalg.norm(squares[:, :2] - g, axis=1) for g in guess]
        # a mark lies in its own quarter of the picture, or the sheet is not this way up
        near = [[int(n) for n in np.argsort(d)[:3] if d[n] < 0.25 * max(shape)] for d in away]
        best: tuple[float, Matrix, int] | None = None
        for left_out in [None, *range(len(anchors))] if len(anchors) > 3 else [None]:
            kept = [n for n in range(len(anchors)) if n != left_out]
            for choice in itertools.product(*(near[n] for n in kept)):
                if len(set(choice)) < len(choice):
                    continue
                error, matrix = _similarity(centres[kept], squares[list(choice), :2])
                error += 0.004 * (left_out is not None)
                if best is None or error < best[0]:
                    best = error, matrix, len(kept)
        # marks agree to 0.8 % of their spread: skew and scale of scanners, not the slant of a photo (up to 8 %)
        if best and best[0] < 0.08:
            placed.append(best)
    for _, matrix, used in sorted(placed, key=lambda p: p[0]):
        yield matrix, used


def _similarity(mm: npt.NDArray[np.float64], pixels: npt.NDArray[np.float64]) -> tuple[float, Matrix]:
    """Error relative to the spread, and the matrix (a homography for four marks, an affinity for three)."""
    a, b = mm - mm.mean(0), pixels - pixels.mean(0)
    za, zb = a[:, 0] + 1j * a[:, 1], b[:, 0] + 1j * b[:, 1]
    factor = (np.conj(za) @ zb) / (np.conj(za) @ za)
    error = float(np.sqrt(np.mean(np.abs(zb - factor * za) ** 2) / np.mean(np.abs(zb) ** 2)))
    if len(mm) >= 4:
        matrix = cv2.getPerspectiveTransform(mm[:4].astype(np.float32), pixels[:4].astype(np.float32))
    else:
        half = cv2.getAffineTransform(mm[:3].astype(np.float32), pixels[:3].astype(np.float32))
        matrix = np.vstack([half, [0, 0, 1]])
    return error, np.asarray(matrix, np.float64)


def _fill(form: Form, shape: tuple[int, int], turn: int) -> Matrix:
    """The sheet filling the picture after ``turn`` quarter turns clockwise."""
    h, w = shape
    corners = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    sheet = corners_of(Box(0, 0, form.width_mm, form.height_mm)).astype(np.float32)
    return np.asarray(cv2.getPerspectiveTransform(sheet, np.roll(corners, -turn, axis=0)), np.float64)
