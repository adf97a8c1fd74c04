"""Lays a form on a page: the marks give a first placement, the printed lines correct it to a tenth of a millimetre.

The page is never warped. A ``Placement`` maps millimetres of the form to pixels of the scan, and what is
looked at is cut from the scan through it (``cut``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from ocr.form import Form
from ocr.reading import Box
from ocr.upright import Image, Marks, Matrix, find_marks, place_roughly

Points = npt.NDArray[np.float64]

STAGES = ((2.4, 3, 0.6), (1.0, 6, 0.3), (0.5, 10, 0.15))
"""Rounds of the fine alignment: reach (mm) of the search across a line, terms of the polynomial, and the
distance (mm) at which a line that disagrees loses its say."""

MIN_LINES = 0.45
"""Least share of the form's lines found where the placement says, for a page to be that form.
On 36 drawn scans and photographs, black prints included, 0.71 to 0.83; the other form laid wrongly 0.10."""


SURE_MARKS = 4
"""Numbered marks in one homography that prove a form even when a copy has lost its pale lines."""
ENOUGH_LINES, ENOUGH_AT_LAST = 350, 600
"""Lines from which a round takes every other, every third and so on: those of before the last have few terms."""
FEW_LINES = 0.3
"""Share of lines under which only shift, turn and scale are taken from them."""


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """A form on a page: ``to_px`` (3 x 3) after ``bend`` (10 x 2), a cubic polynomial of small shifts in mm.

    ``residual_mm`` is the root mean square of the distance between lines where they are and where the
    placement says; ``lines`` the share of the form's lines that were found; ``marks`` the marks used.
    """

    form: Form
    to_px: Matrix
    bend: npt.NDArray[np.float64]
    marks: int
    residual_mm: float = float("inf")
    lines: float = 0.0

    def pixels(self, mm: Points) -> Points:
        """Pixel positions (n, 2) of points of the form (n, 2) in millimetres."""
        moved = mm + _terms(self.form, mm) @ self.bend
        homogeneous = np.column_stack([moved, np.ones(len(moved))]) @ self.to_px.T
        return np.asarray(homogeneous[:, :2] / homogeneous[:, 2:], np.float64)

    @property
    def px_per_mm(self) -> float:
        """Scale of the scan at the middle of the form."""
        x, y = self.form.width_mm / 2, self.form.height_mm / 2
        p = self.pixels(np.array([[x - 10, y], [x + 10, y], [x, y - 10], [x, y + 10]]))
        return float(np.linalg.norm(p[1] - p[0]) + np.linalg.norm(p[3] - p[2])) / 40


def register(page: Image, forms: Sequence[Form], marks: Marks | None = None) -> Placement | None:
    """The form that lies on the page, and how; None when none does.

    ``page`` is (h, w, 3) uint8 in any of the four ways up. Clean scans leave a residual of 0.05 mm
    (bench/ocr/pages.py).
    """
    marks = marks or find_marks(page, forms)
    best: Placement | None = None
    for form in forms:
        lines = printed_lines(form)
        for matrix, used in place_roughly(marks, form, (page.shape[0], page.shape[1])):
            if used == 0:
                found = _place_by_lines(page, form, matrix, lines)
                if found is None:
                    continue
                matrix = found
            placed = _align(page, Placement(form, matrix, np.zeros((10, 2)), used), lines)
            if best is None or placed.lines > best.lines:
                best = placed
    if best is None:
        return None
    numbered = any(anchor.kind == "aruco" for anchor in best.form.anchors)
    proven = best.lines >= MIN_LINES or (numbered and best.marks >= SURE_MARKS)
    return best if proven else None


def cut(page: Image, placement: Placement, box: Box, px_per_mm: float) -> Image:
    """The rectangle ``box`` of the form (mm), upright, at ``px_per_mm``, cut from the scan as it came."""
    w, h = max(1, round(box.w * px_per_mm)), max(1, round(box.h * px_per_mm))
    nx, ny = max(2, int(box.w / 12) + 2), max(2, int(box.h / 12) + 2)
    xs, ys = np.linspace(box.x, box.x + box.w, nx), np.linspace(box.y, box.y + box.h, ny)
    nodes = placement.pixels(np.array(np.meshgrid(xs, ys)).reshape(2, -1).T).reshape(ny, nx, 2)
    across, down = _hat(w, nx), _hat(h, ny)
    map_x, map_y = (down @ nodes[..., axis].astype(np.float32) @ across.T for axis in (0, 1))
    return np.asarray(cv2.remap(page, map_x, map_y, cv2.INTER_LINEAR, borderValue=(255, 255, 255)), np.uint8)


@lru_cache(64)
def _hat(size: int, nodes: int) -> npt.NDArray[np.float32]:
    """(size, nodes) weights of linear interpolation at pixel centres."""
    at = (np.arange(size) + 0.5) / size * (nodes - 1)
    return np.asarray(np.maximum(0, 1 - np.abs(at[:, None] - np.arange(nodes))), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Stretches of printed line: (n, k, 2) points along each, and (n, 2) its normal. Millimetres."""

    points: npt.NDArray[np.float64]
    normals: npt.NDArray[np.float64]

    def some(self, step: int) -> Lines:
        """Every ``step``-th of them."""
        return Lines(self.points[::step], self.normals[::step])


def printed_lines(form: Form, samples: int = 6) -> Lines:
    """The sides of all boxes of a form, in stretches of at most 14 mm, each once."""
    boxes = np.array([[b.x, b.y, b.w, b.h] for row in form.rows for f in row.fields.values() for b in f.boxes])
    x0, y0, x1, y1 = boxes[:, 0], boxes[:, 1], boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]
    sides = np.concatenate(
        [np.stack(ends, 1) for ends in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1))]
    ).reshape(-1, 2, 2)
    length = np.abs(sides[:, 1] - sides[:, 0]).max(1)
    parts = np.maximum(1, np.rint(length / 14 + 0.49)).astype(int)
    which = np.repeat(np.arange(len(sides)), parts)
    start = (np.arange(len(which)) - np.repeat(np.cumsum(parts) - parts, parts)) / parts[which]
    whole = (sides[:, 1] - sides[:, 0])[which]
    first = sides[which, 0] + whole * start[:, None]
    pieces = np.stack([first, first + whole / parts[which, None]], 1)
    ends = np.unique(np.round(pieces, 2).reshape(-1, 4), axis=0).reshape(-1, 2, 2)
    along = ends[:, 1] - ends[:, 0]
    at = np.linspace(0.08, 0.92, samples)  # corners belong to two lines
    points = ends[:, :1] + at[None, :, None] * along[:, None]
    normals = np.stack([along[:, 1], along[:, 0]], 1) / np.linalg.norm(along, axis=1, keepdims=True)
    return Lines(points, np.abs(normals))


LINES_PX = 1.5
"""Pixels a millimetre of the picture in which a form without marks is sought by its printed lines."""


def _place_by_lines(page: Image, form: Form, matrix: Matrix, lines: Lines) -> Matrix | None:
    """For a form without marks, or a sheet that lost them all: the placement ``matrix`` (the sheet fills the picture)
    drawn to the printed lines, up to some 3 degrees, 3 % and 8 mm; None when nothing is gained."""
    size = round(form.width_mm * LINES_PX), round(form.height_mm * LINES_PX)
    drawn = np.zeros((size[1], size[0]), np.float32)
    ends = np.rint(lines.points[:, [0, -1]] * LINES_PX * 16).astype(np.int32)
    for start, end in ends.tolist():
        cv2.line(drawn, start, end, 1.0, 1, cv2.LINE_AA, 4)
    to_small = np.diag([LINES_PX, LINES_PX, 1.0]) @ np.linalg.inv(matrix)
    small = cv2.warpPerspective(page, to_small, size, flags=cv2.INTER_AREA, borderValue=(255, 255, 255))
    dark = cv2.morphologyEx(small.min(axis=2), cv2.MORPH_BLACKHAT, np.ones((9, 9), np.uint8)).astype(np.float32)
    dark = np.minimum(dark, np.float32(max(8.0, float(np.percentile(dark, 95)))))  # ink is not more line than a line
    warp = np.eye(2, 3, dtype=np.float32)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 60, 1e-4)
    try:
        for motion, blur in ((cv2.MOTION_EUCLIDEAN, 41), (cv2.MOTION_AFFINE, 25), (cv2.MOTION_AFFINE, 11)):
            _, warp = cv2.findTransformECC(drawn, dark, warp, motion, stop, None, blur)
    except cv2.error:  # it does not converge: another page
        return None
    back = np.linalg.inv(to_small) @ np.vstack([warp, [0, 0, 1]]) @ np.diag([LINES_PX, LINES_PX, 1.0])
    return np.asarray(back, np.float64)


def _align(page: Image, placement: Placement, every: Lines) -> Placement:
    for reach, terms, tolerance in STAGES:
        if placement.marks >= 4 and reach > 2:
            continue  # four marks already place within a millimetre
        enough = ENOUGH_AT_LAST if reach == STAGES[-1][0] else ENOUGH_LINES
        lines = every.some(max(1, len(every.points) // enough))
        shift, strength = _measure(page, placement, lines, reach)
        seen = strength > _faint(strength)
        if seen.sum() < 12:
            return replace(placement, lines=0.0, residual_mm=0.3)
        terms = terms if seen.mean() > FEW_LINES else 3
        middles = lines.points.mean(1)
        a = _terms(placement.form, middles)[:, :terms]
        bend, left = _fit(a, lines.normals, shift, seen, tolerance)
        total = placement.bend.copy()
        total[:terms] += bend
        good = seen & (np.abs(left) < tolerance)
        rms = float(np.sqrt(np.mean(left[good] ** 2))) if good.any() else float("inf")
        placement = replace(placement, bend=total, residual_mm=rms, lines=float(good.mean()))
    return placement


def _faint(strength: npt.NDArray[np.float64]) -> float:
    """Lines weaker than this are not told from noise: 8 grey levels, or a third of the page's usual line."""
    return max(8.0, 0.35 * float(np.percentile(strength, 70)))


def _measure(
    page: Image, placement: Placement, lines: Lines, reach: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """How far (mm, along the normal) each line lies from where the placement says, and how dark it is (grey levels).

    The darkest of the three channels is looked at: a drop-out colour is pale in one of them only.
    """
    step = max(0.07, 0.95 / placement.px_per_mm)
    side = 0.42  # a line is at most 0.4 mm wide; its background is read this far from its middle
    offsets = np.arange(-reach - side, reach + side + 1e-9, step)
    flat, normals = lines.points.reshape(-1, 2), np.repeat(lines.normals, lines.points.shape[1], axis=0)
    base = placement.pixels(flat)
    across = (placement.pixels(flat + normals) - base).astype(np.float32)  # pixels a millimetre, across the line
    where = base.astype(np.float32)[:, None] + offsets.astype(np.float32)[None, :, None] * across[:, None]
    # remap's picture has at most 32,767 columns, so lines go down its rows
    seen = cv2.remap(page, where, None, cv2.INTER_LINEAR, borderValue=(255, 255, 255))
    dark = cv2.min(cv2.min(seen[..., 0], seen[..., 1]), seen[..., 2]) if seen.ndim == 3 else seen
    stretch = dark.reshape(len(lines.points), lines.points.shape[1], len(offsets))
    profile = _upper_middle(stretch).astype(np.float64)
    gap = max(1, round(side / step))
    middle = profile[:, gap:-gap]
    dip = np.minimum(profile[:, : -2 * gap], profile[:, 2 * gap :]) - middle
    dip = np.maximum(dip, 0)
    peak = dip.argmax(1)
    rows = np.arange(len(dip))
    # the middle of the line: the centre of the dip around its peak
    window = np.clip(peak[:, None] + np.arange(-2, 3)[None], 0, dip.shape[1] - 1)
    weight = dip[rows[:, None], window] ** 2 + 1e-9
    place = (offsets[gap:-gap][window] * weight).sum(1) / weight.sum(1)
    return place, dip[rows, peak]


def _upper_middle(stretch: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Median along axis 1, the brighter of the two middle ones: ink that crosses a line is darker than the line."""
    half = stretch.shape[1] // 2
    return np.asarray(np.partition(stretch, half, axis=1)[:, half])


def _fit(
    terms: npt.NDArray[np.float64],
    normals: npt.NDArray[np.float64],
    shift: npt.NDArray[np.float64],
    seen: npt.NDArray[np.bool_],
    tolerance: float,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Coefficients (terms, 2) of the shift, and what is left per line (mm). Lines that disagree lose their say."""
    a = np.concatenate([terms * normals[:, :1], terms * normals[:, 1:]], axis=1)
    ridge = np.diag(np.tile(np.r_[0.0, np.full(terms.shape[1] - 1, 1e-3)], 2)) * seen.sum()
    ridge += np.eye(len(ridge)) * 1e-6  # lines of one direction only, or none left, leave a term undetermined
    weight = seen.astype(np.float64)
    # start from the commonest shift across and down: with wide reach a third of the lines may be wrong
    for axis in (0, 1):
        mine = seen & (normals[:, axis] > 0.5)
        if mine.any():
            weight[mine] = 1 / (1 + ((shift[mine] - np.median(shift[mine])) / (2 * tolerance)) ** 2)
    for scale in (4.0, 2.0, 1.0, 1.0):
        weighted = a * weight[:, None]
        # einsum and not @: the library behind @ starts threads for this, which wait for each other on busy cores
        solution = np.linalg.solve(np.einsum("ni,nj->ij", weighted, a) + ridge, np.einsum("ni,n->i", weighted, shift))
        left = shift - np.einsum("ni,i->n", a, solution)
        weight = seen * np.maximum(0, 1 - (left / (scale * tolerance)) ** 2) ** 2
    return solution.reshape(2, -1).T, left


def _terms(form: Form, mm: Points) -> npt.NDArray[np.float64]:
    """(n, 10) terms of a cubic in x and y, scaled to the page so that each is at most 1."""
    x = mm[:, 0] / form.width_mm * 2 - 1
    y = mm[:, 1] / form.height_mm * 2 - 1
    one = np.ones_like(x)
    return np.stack([one, x, y, x * y, x * x, y * y, x * x * y, x * y * y, x**3, y**3], axis=1)
