"""Strike-outs and overwriting, per row and per cell: what a person must judge under Art. 323 párr. 14 b."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ocr.cells import PX, CombCells, Strip
from ocr.pieces import find_pieces
from ocr.reading import Answer, Box, Signal

Grey = npt.NDArray[np.uint8]

STRIKE_CELLS = 2.6
"""A straight stroke that runs through this many cells strikes them out: bars of letters end within their own cell."""
SPAN_CELLS = 3.4
"""One piece of ink over this many cells, straight or to and fro, strikes them out: hands that join characters join
two. These and the figures below were set on one set of real ink (144 clean rows, 144 spoilt) and reported on another:
bench/ocr/RESULTS-pages.md, part ``strikes``."""
STRIKE_LINE_MM = 16.0
"""The same on the line of the name: names of the samples' 197 rows have none that long."""
SPAN_LINE_MM = 32.0
"""One piece of ink that wide crosses out a name: capitals join over 5 mm, and running hands lift the pen between
words."""
STRIKE_ROW_MM = 35.0
"""The same through the whole row, between its lines too."""
BLOT = 0.70
"""Share of 5 x 2.4 mm of a name that ink covers when it was scratched out: bold capitals reach 0.58."""
SCRIBBLED = 4.4
"""``tangle`` of a cell that was scribbled over: length of the stroke (cm) in pens as wide as the row's own, a quarter
more for each hole that it encloses, squared darkness over the row's. Broad pens make no tangle, which share of ink
would say: of clean cells one in 2,000 is above."""
LEAST_INK_MM2 = 1.0
"""A comb with less ink, a short stroke, is not looked at."""
LEAST_STROKE_MM = 9.0
"""Shorter strokes are no two characters."""
SHORT_STROKE_MM = 14.0
"""Shorter ones make no tangle."""
TWICE_DARK = 1.35
"""Absorbance of ink laid over ink, over the row's usual."""
TWICE = 2.0
"""Squares of the pen's width that are twice dark where one character was written over another: a character crosses
itself once or twice. One of four such cells is missed (two characters that hardly cross); at 3.2 it is two."""


@dataclass(frozen=True, slots=True)
class Pen:
    """What a row is written with: the width of its strokes (mm) and the absorbance of their middle."""

    width: float
    core: float


def find_strikes(strip: Strip, combs: Mapping[str, CombCells]) -> list[Signal]:
    """``strike`` for lines through what is written, ``overwrite`` for cells written over; none when clean."""
    found: list[Signal] = []
    pen = _pen_of(strip, combs)
    for comb in combs.values():
        if float(comb.inked.sum()) < LEAST_INK_MM2:
            continue
        width = comb.field.boxes[0].w
        line = _longest_line(strip, comb.field.box, STRIKE_CELLS * width, span_mm=SPAN_CELLS * width)
        if line is not None:
            found.append(_strike(line, "Una línea atraviesa casillas de este renglón."))
        elif pen is not None:
            found += _overwritten(strip, comb, pen)
    for f in strip.row.fields.values():
        if f.kind != "line":
            continue
        line = _longest_line(strip, f.box, STRIKE_LINE_MM, span_mm=SPAN_LINE_MM)
        if line is not None:
            found.append(_strike(line, "Una línea atraviesa el nombre."))
        blot = _blot(strip, f.box)
        if blot is not None:
            found.append(Signal("strike", Answer.YES, 0.8, "Una parte del nombre está rayada.", blot))
    if not any(s.code == "strike" and s.box is not None and s.box.w > STRIKE_ROW_MM for s in found):
        frame = strip.row.frame
        whole = Box(frame.x + 1, frame.y, _writing_width(strip), frame.h)
        line = _longest_line(strip, whole, STRIKE_ROW_MM, 0.06)
        if line is not None:
            found.append(_strike(line, "Una línea atraviesa el renglón."))
    return found


def _writing_width(strip: Strip) -> float:
    """Width of the row up to its signature box (mm): a flourish of a signature strikes nothing out."""
    frame = strip.row.frame
    signatures = [f.box.x for f in strip.row.fields.values() if f.kind == "ink" and f.box.x > frame.x + frame.w / 3]
    return min([*signatures, frame.x + frame.w]) - frame.x - 2


def _strike(box: Box, sentence: str) -> Signal:
    return Signal("strike", Answer.YES, 0.9, sentence, box)


def _longest_line(
    strip: Strip, box: Box, least_mm: float, rim: float = 0.14, *, span_mm: float = float("inf")
) -> Box | None:
    """A nearly straight stroke at least that long, off the box's own lines, or one piece of ink over ``span_mm``."""
    inner = Box(box.x, box.y + rim * box.h, box.w, (1 - 2 * rim) * box.h)
    ys, xs = strip.window(inner)
    mask = (strip.ink[ys, xs] > strip.threshold * 0.8).astype(np.uint8)
    length = round(least_mm * PX)
    # a line that long leaves no column bare, and is one piece, or pieces that all but touch
    joined = cv2.dilate(mask, np.ones((1, 5), np.uint8))
    if _longest_run(joined) < length or _widest_piece(joined) < length:
        return None
    count, _, stats, _ = find_pieces(joined)
    if count < 2 or int(stats[1:, cv2.CC_STAT_WIDTH].max()) < length:
        return None
    widest = 1 + int(stats[1:, cv2.CC_STAT_WIDTH].argmax())
    x, w = int(stats[widest, cv2.CC_STAT_LEFT]), int(stats[widest, cv2.CC_STAT_WIDTH])
    if w >= span_mm * PX:
        return Box(inner.x + x / PX, box.y, w / PX, box.h)
    best: Box | None = None
    for slope in (-0.22, -0.14, -0.07, 0.0, 0.07, 0.14, 0.22):
        sheared = _shear(mask, slope)
        thick = cv2.dilate(sheared, np.ones((5, 1), np.uint8))
        thick = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones((1, 3), np.uint8))
        runs = cv2.erode(thick, np.ones((1, length), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
        if runs.any():
            x, _, w, _ = cv2.boundingRect(runs)
            span = Box(inner.x + max(0.0, (x - length / 2) / PX), box.y, (w + length) / PX, box.h)
            if best is None or span.w > best.w:
                best = span
    return best


def _widest_piece(mask: Grey) -> int:
    """Width of the widest piece, two pixels seen as one: never less than it is."""
    half = cv2.dilate(mask, np.ones((2, 2), np.uint8))[::2, ::2].copy()
    count, _, stats, _ = find_pieces(half)
    return 2 * int(stats[1:, cv2.CC_STAT_WIDTH].max()) + 2 if count > 1 else 0


def _longest_run(mask: Grey) -> int:
    """The most columns in a row that all bear ink."""
    bare = np.flatnonzero(cv2.reduce(mask, 0, cv2.REDUCE_MAX).ravel() == 0)
    return int(np.diff(np.r_[-1, bare, mask.shape[1]]).max()) - 1


def _shear(mask: Grey, slope: float) -> Grey:
    h, w = mask.shape
    matrix = np.array([[1, 0, 0], [slope, 1, -slope * w / 2]], np.float32)
    return np.asarray(cv2.warpAffine(mask, matrix, (w, h), flags=cv2.INTER_NEAREST), np.uint8)


def _pen_of(strip: Strip, combs: Mapping[str, CombCells]) -> Pen | None:
    """The pen of the row, from the ridges of what is written in its fullest combs; None where nothing is."""
    widths: list[npt.NDArray[np.float32]] = []
    cores: list[Grey] = []
    for comb in sorted(combs.values(), key=lambda c: -float(c.inked.sum()))[:2]:
        ink = strip.ink[strip.window(_inside(comb.field.box))]
        mask = (ink > strip.threshold).astype(np.uint8)
        if mask.all():
            continue  # a patch of black, no pen
        depth = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
        ridge = (depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8)) - 0.01) & (depth > 0.5)
        widths.append(depth[ridge])
        cores.append(ink[ridge])
    if sum(map(len, widths)) < 20:
        return None
    return Pen(2 * float(np.median(np.concatenate(widths))) / PX, float(np.median(np.concatenate(cores))))


def _inside(b: Box) -> Box:
    return Box(b.x + 0.45, b.y + 0.45, b.w - 0.9, b.h - 0.9)


def _overwritten(strip: Strip, comb: CombCells, pen: Pen) -> list[Signal]:
    found = []
    for b, inked in zip(comb.field.boxes, comb.inked.tolist(), strict=True):
        if inked < LEAST_STROKE_MM * pen.width:
            continue
        ink = strip.ink[strip.window(_inside(b))]
        mask = (ink > strip.threshold).astype(np.uint8)
        stroke = cv2.countNonZero(mask) / PX**2 / pen.width
        if stroke < LEAST_STROKE_MM:
            continue
        if stroke < SHORT_STROKE_MM and _twice(ink, pen.core, pen) <= TWICE:
            continue
        core = float(cv2.mean(ink, cv2.erode(mask, np.ones((3, 3), np.uint8)))[0]) or pen.core
        tangle = stroke / 10 * float(np.exp(0.25 * _holes(mask))) * (core / pen.core) ** 2
        twice = _twice(ink, max(core, pen.core), pen)
        if tangle > SCRIBBLED or twice > TWICE:
            score = float(np.clip(0.3 + 0.3 * max(tangle / SCRIBBLED, twice / TWICE), 0, 0.95))
            found.append(Signal("overwrite", Answer.YES, score, "Una casilla parece corregida o encimada.", b))
    return found


def _twice(ink: Grey, core: float, pen: Pen) -> float:
    """Squares of the pen's width in which ink lies on ink."""
    return float(np.count_nonzero(ink > TWICE_DARK * core)) / PX**2 / pen.width**2


def _holes(mask: Grey) -> int:
    """Patches of paper that strokes enclose, of 0.03 mm2 and more."""
    bare = cv2.copyMakeBorder(1 - mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    _, _, stats, _ = find_pieces(bare, neighbours=4)
    return int((stats[1:, cv2.CC_STAT_AREA] >= 0.03 * PX**2).sum()) - 1


def _blot(strip: Strip, box: Box) -> Box | None:
    """Where ink is dense over 5 mm or more of a line of writing."""
    ys, xs = strip.window(Box(box.x, box.y + 0.6, box.w, box.h - 1.2))
    mask = (strip.ink[ys, xs] > strip.threshold).astype(np.float32)
    width = round(5 * PX)
    window = cv2.blur(mask, (width, max(3, round(2.4 * PX))), borderType=cv2.BORDER_CONSTANT)
    _, top, _, at = cv2.minMaxLoc(window)
    if top < BLOT:
        return None
    return Box(box.x + max(0.0, (at[0] - width / 2) / PX), box.y, width / PX, box.h)
