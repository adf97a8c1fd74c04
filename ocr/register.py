"""Lays a form on a page: the marks give a first placement, the printed lines correct it to a tenth of a millimetre.

The page is never warped. A ``Placement`` maps millimetres of the form to pixels of the scan, and what is
looked at is cut from the scan through it (``cut``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from ocr.curl import BLOCK_PX, BLOCK_STIFFNESS, Grid, match_blocks
from ocr.form import Form
from ocr.reading import Box
from ocr.unmarked import place_by_lines
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
ROW_OFF = 0.04
"""What a sheet without marks must be better by than the same a row higher or lower (``_agreement``)."""
ENOUGH_SPOTS = 4
"""Stretches of line in a box from which nothing found means that it is not shown."""
FEWEST_LINES, FLAT_LINES, ASTRAY = 0.2, 0.58, 0.8
"""Shares of lines between which paper may be curled: flat colour prints have 0.7, black ones 0.6 to 0.65, and copies
that lost the pale lines 0.15 and less, of which there is nothing to follow. Last the share of found lines among those
with something dark near by, under which it may be too: flat black prints have 0.81 and more, all others 0.9."""
CURL_GAIN = 0.04
"""More lines than this must be found when paper is taken for curled."""
CURL_STAGES = ((0.8, 0.4), (0.7, 0.25), (0.5, 0.25), (0.5, 0.15), (0.5, 0.15))
"""Reach across a line and distance at which one that disagrees loses its say, mm."""
BLOCK_STAGE = 1.0
"""The same distance for blocks of lines."""


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """A form on a page: ``to_px`` (3 x 3) after ``bend`` (10 x 2), a cubic polynomial of small shifts in mm.

    ``residual_mm`` is the root mean square of the distance between lines where they are and where the
    placement says; ``lines`` the share of the form's lines that were found, ``dark`` that of
    those with something dark near by; ``marks`` the marks used; ``spots``
    (n, 3) the middles (mm) of the stretches of line that were looked for, and 1 for those found.
    """

    form: Form
    to_px: Matrix
    bend: npt.NDArray[np.float64]
    marks: int
    residual_mm: float = float("inf")
    lines: float = 0.0
    dark: float = 0.0
    grid: Grid | None = None
    spots: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 3)))

    def pixels(self, mm: Points) -> Points:
        """Pixel positions (n, 2) of points of the form (n, 2) in millimetres."""
        moved = mm + _terms(self.form, mm) @ self.bend
        if self.grid is not None:
            moved = moved + self.grid.at(mm)
        homogeneous = np.column_stack([moved, np.ones(len(moved))]) @ self.to_px.T
        return np.asarray(homogeneous[:, :2] / homogeneous[:, 2:], np.float64)

    def shows(self, box: Box, least: float = 0.0) -> bool:
        """Whether the picture shows a box of the form: False when it is cut off, torn off, under a fold or a finger.

        Of its printed lines no more than the share ``least`` is found, though some row of the page shows its own;
        where a copy has lost its lines everywhere, a box is taken for shown."""
        found, sought = self._found_in(box)
        if sought < ENOUGH_SPOTS or found > least * sought:
            return True
        rows = [self._found_in(row.frame) for row in self.form.rows]
        return not any(there >= MIN_LINES * of > 0 for there, of in rows)

    def _found_in(self, box: Box) -> tuple[int, int]:
        x, y, found = self.spots.T
        inside = (np.abs(x - box.x - box.w / 2) < box.w / 2 + 0.3) & (np.abs(y - box.y - box.h / 2) < box.h / 2 + 0.3)
        return int(found[inside].sum()), int(inside.sum())

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
            placed = _lay(page, form, matrix, used, lines)
            if placed is not None and (best is None or placed.lines > best.lines):
                best = placed
    if best is None:
        return None
    if FEWEST_LINES < best.lines < max(FLAT_LINES, ASTRAY * best.dark):
        best = _follow(page, best)
    numbered = any(anchor.kind == "aruco" for anchor in best.form.anchors)
    proven = best.lines >= MIN_LINES or (numbered and best.marks >= SURE_MARKS)
    return best if proven else None


def _lay(page: Image, form: Form, matrix: Matrix, used: int, lines: Lines) -> Placement | None:
    """The first placement drawn to the printed lines. Without marks a sheet may as well lie a row off: that one must
    be better than its neighbours by far."""
    if used:
        return _align(page, Placement(form, matrix, np.zeros((10, 2)), used), lines)
    rough = place_by_lines(page, form, matrix, lines.points)
    laid = [_align(page, Placement(form, one, np.zeros((10, 2)), 0), lines) for one in rough]
    laid.sort(key=_agreement, reverse=True)
    if not laid or (len(laid) > 1 and _agreement(laid[0]) - _agreement(laid[1]) < ROW_OFF):
        return None
    return laid[0]


def _agreement(placement: Placement) -> float:
    """Lines found in their places, and near them: a row off, black print has as many of the former by chance."""
    return placement.lines + placement.dark


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
    ends = _sides([b for row in form.rows for f in row.fields.values() for b in f.boxes])
    along = ends[:, 1] - ends[:, 0]
    at = np.linspace(0.08, 0.92, samples)  # corners belong to two lines
    points = ends[:, :1] + at[None, :, None] * along[:, None]
    normals = np.stack([along[:, 1], along[:, 0]], 1) / np.linalg.norm(along, axis=1, keepdims=True)
    return Lines(points, np.abs(normals))


def _sides(of: Sequence[Box]) -> npt.NDArray[np.float64]:
    """Ends (n, 2, 2) of the sides of boxes, in stretches of at most 14 mm, each once."""
    boxes = np.array([[b.x, b.y, b.w, b.h] for b in of])
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
    return np.unique(np.round(pieces, 2).reshape(-1, 4), axis=0).reshape(-1, 2, 2)


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
        spots = np.column_stack([middles, good])
        placement = replace(
            placement, bend=total, residual_mm=rms, lines=float(good.mean()), dark=float(seen.mean()), spots=spots
        )
    return placement


def _follow(page: Image, flat: Placement) -> Placement:
    """The placement drawn to the lines of paper that is curled or folded, when more of them are found so."""
    size = flat.form.width_mm, flat.form.height_mm
    lines = printed_lines(flat.form)
    middles = lines.points.mean(1)
    drawn = np.concatenate([lines.points[:, [0, -1]], _sides([row.frame for row in flat.form.rows])])
    grid = Grid(size)
    for _ in range(2):
        seen = cut(page, replace(flat, grid=grid), Box(0, 0, *size), BLOCK_PX).min(axis=2)
        grid = grid.drawn_to(*match_blocks(seen, drawn, size), BLOCK_STAGE, BLOCK_STIFFNESS)
    best, most = flat, CURL_GAIN + flat.lines
    for reach, tolerance in CURL_STAGES:
        placement = replace(flat, grid=grid)
        shift, strength = _measure(page, placement, lines, reach)
        clear = strength > _faint(strength)
        good = clear & (np.abs(shift) < STAGES[-1][2])
        if good.mean() > most:
            most = float(good.mean())
            rms = float(np.sqrt(np.mean(shift[good] ** 2)))
            best = replace(placement, residual_mm=rms, lines=most, spots=np.column_stack([middles, good]))
        grid = grid.drawn_to(middles[clear], lines.normals[clear], shift[clear], tolerance)
    return best


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
