"""From a placed form to the ink of every cell: row strips cut from the scan, printed lines taken out.

Ink is measured as absorbance, 0 to 255: ``STEP`` levels per unit of natural logarithm of paper over pixel. What the
drop-out colour of the form absorbs is subtracted, so its lines vanish from colour scans; in grey and
black-and-white ones they are where the form says, and are taken out there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ocr.form import Field, Form, FormRow
from ocr.pieces import find_pieces
from ocr.reading import Box
from ocr.register import Placement, cut
from ocr.upright import Image

PX = 10.0
"""Pixels a millimetre of a row strip (254 dpi): a cell of the current form is 52 x 70."""
STEP = 80.0
"""Levels of absorbance per unit of natural logarithm: 55 halves the light, 255 leaves 4 % of it."""
FAINT = 24
"""Least absorbance of ink: a quarter of the light. Paper of strips without ink stays under 14."""
PALEST, SHOWN_THROUGH = 9, 14
"""The same of a pale pen, and what nothing under tells a pale pen of: writing of the other side has 7 to 13."""
LEAST_PALE_MM2 = 3.0
"""Square millimetres of such ink in a row from which a pen is taken for pale: two thin characters."""
STROKE_MM = 1.5
"""Length of the pieces that are taken for strokes of such a pen."""
MARGIN_X, MARGIN_Y = 0.8, 1.1
"""Millimetres around a cell that its crop shows: people write over the lines."""
CELL_MM2 = 0.12
"""Square millimetres of ink under which a cell is blank: the thinnest 1 of a fine pen has 0.6."""
LIT_PARTS, EVEN = 20, 0.9
"""Parts of a row whose paper is compared, and their least level, as a share of the greatest, of even light: rows of
our scans have 0.98 and more, stained ones 0.9, those under a shadow or half in the lamp's light 0.85 and less."""
SHADOW_MM, LEAST_LIT = 10.0, 0.2
"""What is narrower (mm) is ink and no shadow; and the share of the light in which ink is still sought."""
LEAST_STREAKED, WIDEST_STREAK_MM = 4, 1.0
"""Rows through which a line must run to be the scanner's and not a person's, and its greatest width."""
OFF_LINE = 0.7
"""Millimetres from a printed line at which nothing of it is seen any more, soft edge and placement included."""
NEAR_LINE = 0.4
"""Millimetres from it within which an inkjet leaves dots of it that do not drop out."""
TOUCH_MM = 0.6
"""Millimetres that a piece must reach into a comb's boxes to be of a cell: labels hang over the line by 0.2."""
LINE_REACH = 0.27
"""Millimetres each side of a printed line's middle that are taken out (line 0.22 mm, placement 0.1 mm)."""

Grey = npt.NDArray[np.uint8]
Counts = npt.NDArray[np.float32]
_ABSORBANCE = np.clip(-np.log(np.maximum(np.arange(256), 6) / 255) * STEP, 0, 255).astype(np.uint8)
_EDGE = np.ones((5, 5), np.uint8)  # a stroke keeps its soft edge
_LIGHT = np.rint(255 * np.exp(-np.arange(256) / STEP)).astype(np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """One row, cut upright at PX pixels a millimetre. ``box`` is what it shows (mm of the form).

    ``color`` (h, w, 3) is the scan itself, ``paper`` (3,) the level of its paper, ``ink`` (h, w) the absorbance of
    what is not the printed form, ``threshold`` the absorbance from which a pixel counts as ink.
    """

    row: FormRow
    box: Box
    color: Image
    paper: npt.NDArray[np.float64]
    ink: Grey
    threshold: int

    def window(self, box: Box) -> tuple[slice, slice]:
        """Rows and columns of the strip that ``box`` (mm) covers, clipped to it."""
        return window(box, self.box, self.ink.shape)


def window(box: Box, shown: Box, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Rows and columns that ``box`` (mm) covers of a picture of this shape that shows ``shown``, clipped to it."""
    x0, y0 = round((box.x - shown.x) * PX), round((box.y - shown.y) * PX)
    x1, y1 = round((box.x + box.w - shown.x) * PX), round((box.y + box.h - shown.y) * PX)
    h, w = shape[:2]
    return slice(max(0, y0), min(h, max(0, y1))), slice(max(0, x0), min(w, max(0, x1)))


@dataclass(frozen=True, slots=True, eq=False)
class CombCells:
    """The cells of one comb. ``pictures`` grey, ink dark on white, one a cell with its margin;
    ``inked`` (cells,) square millimetres of ink in each."""

    field: Field
    pictures: tuple[Grey, ...]
    inked: npt.NDArray[np.float32]


def cut_rows(page: Image, placement: Placement) -> list[Strip]:
    """All rows of the form as strips."""
    cuts = []
    for row in placement.form.rows:
        f = row.frame
        box = Box(f.x - 1.0, f.y - 1.5, f.w + 2.0, f.h + 3.0)
        color = cut(page, placement, box, PX)
        paper = paper_of(color)
        whole, ink = _absorb(_evened(color, paper), placement.form, paper)
        if whole is not ink:
            _bring_back(ink, whole, row, box)
        cuts.append((row, box, color, paper, _take_out_lines(ink, box, row)))
    _wipe_streaks([ink for *_, ink in cuts])
    return [Strip(row, box, color, paper, ink, _threshold(ink, row, box)) for row, box, color, paper, ink in cuts]


def _wipe_streaks(inks: Sequence[Grey]) -> None:
    """Take out what dirt on a scanner's glass draws: lines of one column's width down through all rows and between
    them. In place."""
    if len(inks) < LEAST_STREAKED or len({ink.shape[1] for ink in inks}) > 1:
        return
    through = np.zeros(inks[0].shape[1], np.int64)
    for ink in inks:
        part = cv2.threshold(ink[::4], FAINT, 1, cv2.THRESH_BINARY)[1]
        through += cv2.reduce(part, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel() > 0.95 * len(part)
    columns = np.flatnonzero(through >= max(LEAST_STREAKED, 0.75 * len(inks)))
    for run in np.split(columns, np.flatnonzero(np.diff(columns) > 3) + 1):
        if not len(run) or run[0] < 4 or run[-1] + 5 > len(through) or run[-1] - run[0] > WIDEST_STREAK_MM * PX:
            continue
        first, last = run[0] - 2, run[-1] + 2
        share = np.linspace(0, 1, last - first + 3)[1:-1]
        for ink in inks:
            left, right = ink[:, first - 1 : first], ink[:, last + 1 : last + 2]
            bridge = (left * (1 - share) + right * share).astype(np.uint8)
            ink[:, first : last + 1] = np.minimum(ink[:, first : last + 1], bridge)


def _absorb(color: Image, form: Form, paper: npt.NDArray[np.float64]) -> tuple[Grey, Grey]:
    """Absorbance (h, w) against the paper around: of everything, and of everything but the form's drop-out colour."""
    tables = [_ABSORBANCE[np.clip(np.arange(256) * 255 / p, 0, 255).astype(np.uint8)] for p in paper]
    blue, green, red = (cv2.LUT(channel, table) for channel, table in zip(cv2.split(color), tables, strict=True))
    whole = np.asarray(cv2.max(cv2.max(blue, green), red), np.uint8)
    dropout = form.color("dropout")
    if dropout is None:
        return whole, whole
    a_red, a_green, a_blue = (-np.log(max(c, 6) / 255) for c in dropout)
    # what the drop-out ink takes of red and green follows from what it takes of blue
    red_left = cv2.addWeighted(red, 1.0, blue, -a_red / a_blue, 0.0)
    green_left = cv2.addWeighted(green, 1.0, blue, -1.05 * a_green / a_blue, 0.0)
    return whole, np.asarray(cv2.max(red_left, green_left), np.uint8)


def _bring_back(ink: Grey, whole: Grey, row: FormRow, box: Box) -> None:
    """Fields that are empty but for strokes in the drop-out colour get them back, lines and all: an orange or yellow
    pen vanishes with the print. In place."""
    for f in row.fields.values():
        ys, xs = window(Box(f.box.x, f.box.y + OFF_LINE, f.box.w, f.box.h - 2 * OFF_LINE), box, ink.shape)
        off = _off_lines(f, box, xs, OFF_LINE)
        lost, kept = (_area_in(part[ys, xs], off) for part in (whole, ink))
        if lost > LEAST_PALE_MM2 and kept < 0.1 * lost:
            b = Box(f.box.x - MARGIN_X, f.box.y - MARGIN_Y, f.box.w + 2 * MARGIN_X, f.box.h + 2 * MARGIN_Y)
            ys, xs = window(b, box, ink.shape)
            ink[ys, xs] = whole[ys, xs]


def _off_lines(f: Field, box: Box, columns: slice, far: float) -> npt.NDArray[np.bool_]:
    """Which columns of a strip that shows ``box`` lie farther than ``far`` mm from the upright lines of a field."""
    at = box.x + (np.arange(columns.start, columns.stop) + 0.5) / PX
    edges = np.array([x for b in f.boxes for x in (b.x, b.x + b.w)])
    near = np.searchsorted(edges, at).clip(1, len(edges) - 1)
    return np.asarray(np.minimum(np.abs(at - edges[near - 1]), np.abs(at - edges[near])) > far, np.bool_)


def _area_in(ink: Grey, columns: npt.NDArray[np.bool_]) -> float:
    """Square millimetres over FAINT in some columns, from every third row."""
    over = cv2.threshold(ink[::3], FAINT, 1, cv2.THRESH_BINARY)[1]
    return 3 * float(cv2.reduce(over, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel()[columns].sum()) / PX**2


def paper_of(color: Image) -> npt.NDArray[np.float64]:
    """Level of the paper in each channel, at least 40: the 80th percentile, since ink and print cover less."""
    small = np.ascontiguousarray(color[::4, ::4])
    return np.array([max(40.0, quantile(small, 0.80, channel)) for channel in range(3)])


def _evened(color: Image, paper: npt.NDArray[np.float64]) -> Image:
    """The row as it would be with paper of that level all over: itself, but where a shadow or a lamp falls on it."""
    green = np.ascontiguousarray(color[::8, ::8, 1])
    wide = green.shape[1] // LIT_PARTS * LIT_PARTS
    parts = green[:, :wide].reshape(len(green), LIT_PARTS, -1).swapaxes(0, 1).reshape(LIT_PARTS, -1)
    bright = int(0.8 * parts.shape[1])
    levels = np.partition(parts, bright, axis=1)[:, bright]
    if not wide or levels.min() > EVEN * levels.max():
        return color
    small = cv2.resize(color, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    size = round(SHADOW_MM * PX / 4)
    light = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8), borderType=cv2.BORDER_REPLICATE)
    light = cv2.resize(cv2.medianBlur(light, 5), color.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    scale = paper / np.maximum(light, LEAST_LIT * paper)
    return np.asarray(np.clip(color * scale, 0, 255), np.uint8)


def quantile(values: Grey, share: float, channel: int = 0) -> float:
    """The level under which ``share`` of 8-bit values lie; counting is ten times faster than sorting."""
    return _quantile(_counts(values, channel), share)


def _counts(values: Grey, channel: int = 0) -> Counts:
    return np.asarray(cv2.calcHist([values], [channel], None, [256], [0, 256]), np.float32).ravel()


def _quantile(counts: Counts, share: float) -> float:
    below = counts.cumsum()
    return float(np.searchsorted(below, share * below[-1]))


def _level_and_noise(counts: Counts) -> tuple[float, float]:
    """Median, and 1.48 times the median distance from it."""
    low = int(_quantile(counts, 0.5))
    off = counts[low:].copy()
    off[1 : low + 1] += counts[:low][::-1][: len(off) - 1]
    return low, 1.48 * _quantile(off, 0.5)


def _threshold(ink: Grey, row: FormRow, box: Box) -> int:
    """Between the paper's noise and the strokes: 0.35 of the darkest ink, at least FAINT and six noises; for a pale
    pen or pencil, which would fall apart at that, half its usual ink."""
    whole = _counts(np.ascontiguousarray(ink[::4, ::4]))
    low, noise = _level_and_noise(whole)
    usual = float(np.clip(max(FAINT, low + 6 * noise, 0.35 * _quantile(whole, 0.993)), FAINT, 110))
    counts = np.zeros(256, np.float32)
    # within the boxes there is neither tint nor label, off their lines nothing that an inkjet leaves of these
    for f in row.fields.values():
        ys, xs = window(Box(f.box.x, f.box.y + 0.5, f.box.w, f.box.h - 1), box, ink.shape)
        counts += _counts(np.ascontiguousarray(ink[ys, xs][::3, _off_lines(f, box, xs, NEAR_LINE)]))
    low, noise = _level_and_noise(counts)
    over = counts.copy()
    over[: int(max(low + 6 * noise, SHOWN_THROUGH)) + 1] = 0
    if 3 * over.sum() < LEAST_PALE_MM2 * PX**2:
        return int(usual)
    pale = max(PALEST, low + 5 * noise, 0.5 * _quantile(over, 0.5))
    return int(pale if pale < FAINT and _strokes(ink, row, box, int(pale)) >= LEAST_PALE_MM2 else usual)


def _strokes(ink: Grey, row: FormRow, box: Box, threshold: int) -> float:
    """Square millimetres of ink in a row's boxes, in pieces as long as strokes: a copier's specks are none."""
    area = 0.0
    for f in row.fields.values():
        ys, xs = window(Box(f.box.x, f.box.y + 0.5, f.box.w, f.box.h - 1), box, ink.shape)
        mask = (ink[ys, xs] > threshold).astype(np.uint8)
        mask[:, ~_off_lines(f, box, xs, NEAR_LINE)] = 0
        _, _, stats, _ = find_pieces(mask)
        pieces = stats[1:]
        long = np.maximum(pieces[:, cv2.CC_STAT_WIDTH], pieces[:, cv2.CC_STAT_HEIGHT]) >= STROKE_MM * PX
        area += float(pieces[long, cv2.CC_STAT_AREA].sum()) / PX**2
    return area


def _take_out_lines(ink: Grey, box: Box, row: FormRow) -> Grey:
    """The strip without the sides of boxes and frame. A pale line keeps the strokes that cross it; of a dark
    one, strokes are bridged from side to side."""
    out = ink.copy()
    across: set[tuple[float, float, float]] = set()
    down: set[tuple[float, float, float]] = set()
    for b in [row.frame, *(b for f in row.fields.values() for b in _runs(f))]:
        across |= {(round(y, 2), b.x, b.x + b.w) for y in (b.y, b.y + b.h)}
        down |= {(round(x, 2), b.y, b.y + b.h) for x in (b.x, b.x + b.w)}
    for f in row.fields.values():
        down |= {(round(b.x, 2), b.y, b.y + b.h) for b in f.boxes}
    for at, start, end in down:
        _take_out(out.T, (at - box.x) * PX, (start - box.y) * PX, (end - box.y) * PX)
    for at, start, end in across:
        _take_out(out, (at - box.y) * PX, (start - box.x) * PX, (end - box.x) * PX)
    return out


def _runs(f: Field) -> Sequence[Box]:
    """A comb's boxes as one when they touch, else each its own."""
    touching = all(
        abs(a.x + a.w - b.x) < 0.2 and abs(a.y - b.y) < 0.2 for a, b in zip(f.boxes, f.boxes[1:], strict=False)
    )
    return (f.box,) if touching else f.boxes


def _take_out(ink: Grey, at: float, start: float, end: float) -> None:
    """One line across ``ink``, its middle at row ``at`` (pixels), from column ``start`` to ``end``. In place."""
    reach = LINE_REACH * PX
    first, last = max(1, round(at - reach)), min(ink.shape[0] - 2, round(at + reach))
    left, right = max(0, round(start - reach)), min(ink.shape[1], round(end + reach))
    if first > last or left >= right:
        return
    band = ink[first : last + 1, left:right]
    above, below = ink[first - 1, left:right], ink[last + 1, left:right]
    crest = band.max(axis=0)
    level = float(np.partition(crest, len(crest) * 6 // 10)[len(crest) * 6 // 10])
    if level < 12:
        return  # it dropped out
    weight = ((np.arange(len(band)) + 1) / (len(band) + 1))[:, None]
    bridge = (above[None] * (1 - weight) + below[None] * weight).astype(np.uint8)
    if level < 50:  # a pale line: what is far darker is ink
        band[...] = np.where(band > 2.0 * level + 15, band, np.minimum(bridge, band))
    else:
        band[...] = np.minimum(bridge, band)


def cut_comb(strip: Strip, f: Field) -> CombCells:
    """The cells of a comb, each with the strokes that belong to it.

    A stroke belongs whole to the cell that holds most of it (three quarters or more); what joins cells is parted at
    their borders; what lies wholly outside the boxes (labels, frames, specks) is left out.
    """
    whole = f.box
    around = Box(whole.x - MARGIN_X, whole.y - MARGIN_Y, whole.w + 2 * MARGIN_X, whole.h + 2 * MARGIN_Y)
    ys, xs = strip.window(around)
    ink = strip.ink[ys, xs]
    left = strip.box.x + xs.start / PX
    top = strip.box.y + ys.start / PX
    edges = [round((b.x - left) * PX) for b in f.boxes] + [round((f.boxes[-1].x + f.boxes[-1].w - left) * PX)]
    first, last = round((whole.y - top) * PX), round((whole.y + whole.h - top) * PX)
    owner = _owners(ink, strip.threshold, edges, first, last)
    light = cv2.LUT(cv2.threshold(ink, strip.threshold // 2, 0, cv2.THRESH_TOZERO)[1], _LIGHT)
    # the soft edge of a stroke, paper yet, is shown with it
    shown = cv2.copyTo(owner, owner, cv2.dilate(owner, _EDGE))
    pictures, inked = [], []
    for n, b in enumerate(f.boxes, FIRST):
        x0 = max(0, round((b.x - MARGIN_X - left) * PX))
        x1 = min(ink.shape[1], round((b.x + b.w + MARGIN_X - left) * PX))
        inked.append(cv2.countNonZero(cv2.compare(owner[:, x0:x1], n, cv2.CMP_EQ)) / PX**2)
        if inked[-1] < CELL_MM2:
            pictures.append(np.full((ink.shape[0], x1 - x0), 255, np.uint8))
        else:
            others = cv2.compare(shown[:, x0:x1], n, cv2.CMP_NE)
            pictures.append(np.asarray(cv2.bitwise_or(light[:, x0:x1], others), np.uint8))
    return CombCells(f, tuple(pictures), np.array(inked, np.float32))


PAPER, NOBODY, FIRST = 0, 1, 2
"""What a pixel belongs to: paper, ink that is no cell's, and from FIRST on the cells in their order."""


def _owners(ink: Grey, threshold: int, edges: Sequence[int], first: int, last: int) -> Grey:
    """For every pixel what it belongs to: PAPER, NOBODY or FIRST + its cell."""
    count, labels, stats, _ = find_pieces((ink > threshold).astype(np.uint8))
    cells = len(edges) - 1
    column = np.clip(np.searchsorted(np.asarray(edges), np.arange(ink.shape[1]), side="right") - 1, 0, cells - 1)
    # ink of each piece in each cell
    inside = labels[first:last, edges[0] : edges[-1]].ravel()
    at = np.flatnonzero(inside)
    in_cell = column[edges[0] + at % (edges[-1] - edges[0])]
    table = np.bincount(inside[at] * np.int64(cells) + in_cell, minlength=count * cells).reshape(count, cells)
    total = stats[:, cv2.CC_STAT_AREA]
    held, most = table.sum(1), table.max(1)
    parted = most < 0.75 * np.maximum(held, 1)
    owners = (FIRST + table.argmax(1)).astype(np.uint8)
    # nobody's: more outside the boxes than in, a speck of under 0.05 mm2, or a label that touches the box
    top, bottom = stats[:, cv2.CC_STAT_TOP], stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT]
    nobody = (held < 0.35 * total) | (total < 0.05 * PX**2)
    nobody |= (bottom < first + TOUCH_MM * PX) | (top > last - TOUCH_MM * PX)
    owners[nobody] = NOBODY
    owners[0] = PAPER
    owner = owners[labels]
    parted[0] = False
    if (parted & ~nobody).any():
        by_column = (parted & ~nobody)[labels]
        owner[by_column] = np.broadcast_to((FIRST + column).astype(np.uint8), owner.shape)[by_column]
    return np.asarray(owner, np.uint8)


def cut_line(strip: Strip, f: Field) -> Grey:
    """The field as a grey picture, ink dark on white, with a little around and neither lines nor the label below."""
    b = f.box
    ys, xs = strip.window(Box(b.x - 0.5, b.y - 0.3, b.w + 1.0, b.h + 1.1))
    ink = strip.ink[ys, xs]
    _, labels, stats, _ = find_pieces((ink > strip.threshold * 0.6).astype(np.uint8))
    below = stats[:, cv2.CC_STAT_TOP] > ink.shape[0] - (0.8 + TOUCH_MM) * PX
    if below[1:].any():
        below[0] = False
        ink = np.where(below[labels], np.uint8(0), ink)
    clean = np.where(ink > strip.threshold * 0.6, ink, 0).astype(np.uint8)
    return np.asarray(cv2.LUT(clean, _LIGHT), np.uint8)


def ink_area(strip: Strip, box: Box) -> float:
    """Square millimetres of ink inside a box of the form, specks under 0.05 mm2 left out."""
    ys, xs = strip.window(box)
    mask = (strip.ink[ys, xs] > strip.threshold).astype(np.uint8)
    count, _, stats, _ = find_pieces(mask)
    areas = stats[1:count, cv2.CC_STAT_AREA] / PX**2
    return float(areas[areas > 0.05].sum())
