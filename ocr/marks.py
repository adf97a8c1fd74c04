"""Strike-outs and overwriting, per row and per cell: what a person must judge under Art. 323 párr. 14 b."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt

from ocr.cells import PX, CombCells, Strip
from ocr.reading import Answer, Box, Signal

Grey = npt.NDArray[np.uint8]

STRIKE_CELLS = 2.6
"""A straight stroke that runs through this many cells strikes them out: bars of letters end within their own cell.
On the samples' 197 rows all four strike-outs are found and no clean row is called struck."""
STRIKE_LINE_MM = 16.0
"""The same on the line of the name: names of the samples' 197 rows have none that long."""
STRIKE_ROW_MM = 35.0
"""The same through the whole row, between its lines too."""
BLOT = 0.70
"""Share of 5 x 2.4 mm of a name that ink covers when it was scratched out: bold capitals reach 0.58."""
DENSE = 0.40
"""Share of a cell's writing box that ink covers when it was scratched out; set by eye."""


def find_strikes(strip: Strip, combs: Mapping[str, CombCells]) -> list[Signal]:
    """``strike`` for lines through what is written, ``overwrite`` for cells written over; none when clean."""
    found: list[Signal] = []
    for comb in combs.values():
        width = comb.field.boxes[0].w
        line = _longest_line(strip, comb.field.box, STRIKE_CELLS * width)
        if line is not None:
            found.append(_strike(line, "Una línea atraviesa casillas de este renglón."))
        found += _overwritten(strip, comb)
    for f in strip.row.fields.values():
        if f.kind != "line":
            continue
        line = _longest_line(strip, f.box, STRIKE_LINE_MM)
        if line is not None:
            found.append(_strike(line, "Una línea atraviesa el nombre."))
        blot = _blot(strip, f.box)
        if blot is not None:
            found.append(Signal("strike", Answer.YES, 0.8, "Una parte del nombre está rayada.", blot))
    if not any(s.code == "strike" and s.box is not None and s.box.w > STRIKE_ROW_MM for s in found):
        frame = strip.row.frame
        line = _longest_line(strip, Box(frame.x + 1, frame.y, _writing_width(strip), frame.h), STRIKE_ROW_MM, 0.06)
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


def _longest_line(strip: Strip, box: Box, least_mm: float, rim: float = 0.14) -> Box | None:
    """A nearly straight stroke at least that long, off the box's own lines."""
    inner = Box(box.x, box.y + rim * box.h, box.w, (1 - 2 * rim) * box.h)
    ys, xs = strip.window(inner)
    mask = (strip.ink[ys, xs] > strip.threshold * 0.8).astype(np.uint8)
    length = round(least_mm * PX)
    # a line that long is one piece, or pieces that all but touch
    joined = cv2.dilate(mask, np.ones((1, 5), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    if count < 2 or int(stats[1:, cv2.CC_STAT_WIDTH].max()) < length:
        return None
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


def _shear(mask: Grey, slope: float) -> Grey:
    h, w = mask.shape
    matrix = np.array([[1, 0, 0], [slope, 1, -slope * w / 2]], np.float32)
    return np.asarray(cv2.warpAffine(mask, matrix, (w, h), flags=cv2.INTER_NEAREST), np.uint8)


def _overwritten(strip: Strip, comb: CombCells) -> list[Signal]:
    found = []
    for b in comb.field.boxes:
        ys, xs = strip.window(Box(b.x + 0.5, b.y + 0.5, b.w - 1.0, b.h - 1.0))
        mask = (strip.ink[ys, xs] > strip.threshold).astype(np.uint8)
        count = int(np.count_nonzero(mask))
        if count < 0.15 * mask.size:
            continue
        _, _, w, h = cv2.boundingRect(mask)
        density = count / mask.size
        if density > DENSE and w > 0.55 * mask.shape[1] and h > 0.5 * mask.shape[0]:
            score = float(np.clip(0.6 + 2 * (density - DENSE), 0, 0.95))
            found.append(Signal("overwrite", Answer.YES, score, "Una casilla parece corregida o encimada.", b))
    return found


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
