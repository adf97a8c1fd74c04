"""Is the signature box signed? Ink of a hand or a finger is presence; a dash or a tick is for a person to judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from ocr.cells import PX, Strip
from ocr.pieces import find_pieces
from ocr.reading import Answer, Box, Signal

Grey = npt.NDArray[np.uint8]

REACH_MM = 6.0
"""How far over its box a signature is followed, up and down."""
MIN_STROKE_MM = 2.5
"""Shorter strokes in all are specks (toner, a pen set down): of 300 tablet signatures drawn into the box (SVC2004,
18 to 44 mm wide) the shortest had 26 mm."""
MARK_STROKE_MM = 19.0
"""A stroke shorter than this is a mark: drawn ticks are 8 to 14 mm. None of the 300 signatures is below."""
MARK_WINDING = 1.55
"""Stroke length over the diagonal it spans: a dash or a line 1.0, a tick 1.3; of the 300 signatures 5 % are below
1.52, which is why a low winding alone makes a mark only of a stroke with few bends."""
LINE_MM, LINE_SHARE = 0.9, 0.06
"""Breadth under which ink is a line, and share of its length under which it is one: dashes have 0.3 to 0.6 mm, small
letters set apart (which wind as little) 2 mm and more."""
FINGER_MM2 = 45.0
"""Ink of a fingerprint in one patch, set by eye on drawn ones (80 mm2 and more): signatures are lines."""
LEAST_EDGE = 0.45
"""``edge`` under which ink is a stain, a cloud or a blur: strokes have 0.84 to 1.0, fingerprints of badly kept sheets
at 150 dpi 0.62 and more, coffee and dirt 0.35 and less."""
PALE_STROKE = 0.6
"""Share of the row's threshold from which ink counts within a signature box where it runs on from darker ink: a fine
pale pen in a row written with a dark one falls apart at the threshold itself. Around the box it does not count: in a
grey scan the tint of the row is as dark, and would join every signature that leaves its box to one nobody's piece
(12 of 664, bench/ocr/pages_signals.py)."""
LABEL_MM = 0.5, 1.4
"""Small pieces that begin over the first and end over the second, below the top of the box, are its printed label:
on copies that lost the pale lines it is laid half a millimetre too low."""
FOREIGN_PEN_MM = 0.4
"""Width by which the length of a stroke that is not this row's is taken from its area."""
DARK_INK = 2
LEAST_DARK_PX = 3
"""Pixels over the threshold itself without which a piece of pale ink is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Writing:
    """The ink of one signature box. ``mask`` (h, w) at PX pixels a millimetre shows ``box``; lengths in mm.

    ``length_mm`` and ``breadth_mm`` along and across the direction in which it lies; ``foreign_mm`` length of strokes
    in the box that lie mostly elsewhere; ``edge`` share of its darkness in which the ink passes to paper within
    0.7 mm."""

    mask: Grey
    box: Box
    area_mm2: float
    stroke_mm: float
    span_mm: float
    width_mm: float
    length_mm: float
    breadth_mm: float
    foreign_mm: float = 0.0
    edge: float = 1.0

    @property
    def winding(self) -> float:
        return self.stroke_mm / self.span_mm if self.span_mm else 0.0


def find_signatures(strips: Sequence[Strip], name: str = "firma") -> dict[int, Writing]:
    """The writing in the signature box of every row that has one; strokes go to the row that holds most of them,
    so a tail that hangs into the next box is nobody's signature there."""
    found: dict[int, Writing] = {}
    for n, strip in enumerate(strips):
        f = strip.row.fields.get(name)
        if f is None or f.kind != "ink":
            continue
        above = strips[n - 1] if n else None
        below = strips[n + 1] if n + 1 < len(strips) else None
        found[strip.row.row] = _writing(strip, above, below, f.box)
    return found


def judge(writing: Writing, *, shown: bool = True) -> list[Signal]:
    """``signature`` yes, no or unknown; with unknown a ``mark`` that says what kind of mark it may be. Of a box that
    the picture does not show (``shown``) nothing is known."""
    if writing.stroke_mm < MIN_STROKE_MM or writing.area_mm2 < 0.35:
        if writing.foreign_mm > MARK_STROKE_MM:
            said = "tinta que se une con la de otro renglón"
            return _ask(writing, said, 0.5)
        if not shown:
            return [
                Signal("signature", Answer.UNKNOWN, 0.5, "La imagen no muestra el recuadro de firma.", writing.box)
            ]
        return [Signal("signature", Answer.NO, 0.0, "El recuadro de firma está vacío.", writing.box)]
    if writing.edge < LEAST_EDGE:
        return _ask(writing, "una mancha o tinta borrosa", 0.5)
    if _looks_like_finger(writing):
        return [Signal("signature", Answer.YES, 0.97, "Hay una huella en el recuadro de firma.", writing.box)]
    score = float(
        np.clip(0.5 + 0.5 * min(writing.stroke_mm / MARK_STROKE_MM - 1, writing.winding / MARK_WINDING - 1), 0, 1)
    )
    kind = _mark(writing)
    if kind is None:
        return [Signal("signature", Answer.YES, max(score, 0.6), "Hay una firma en el recuadro.", writing.box)]
    return _ask(writing, kind, min(score, 0.5))


def _ask(writing: Writing, said: str, score: float) -> list[Signal]:
    return [
        Signal("signature", Answer.UNKNOWN, score, f"En el recuadro de firma hay {said}.", writing.box),
        Signal("mark", Answer.YES, 1 - score, f"Decida si es firma: {said}.", writing.box),
    ]


def _mark(writing: Writing) -> str | None:
    if writing.breadth_mm < max(LINE_MM, LINE_SHARE * writing.length_mm):
        return "una línea que cruza el recuadro" if writing.length_mm > 0.7 * writing.box.w else "un guion"
    if writing.stroke_mm < MARK_STROKE_MM:
        return "una marca breve (paloma, cruz o trazo)"
    if writing.winding < MARK_WINDING and _few_bends(writing):
        return "un trazo sencillo"
    return None


def _few_bends(writing: Writing) -> bool:
    """True when the outline needs few corners: a stroke with at most two bends."""
    contours, _ = cv2.findContours(writing.mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    bends = sum(len(cv2.approxPolyDP(c, 0.6 * PX, True)) for c in contours)
    return bends <= 8


def _looks_like_finger(writing: Writing) -> bool:
    if writing.area_mm2 < FINGER_MM2 * 0.6:
        return False
    # a quarter of the size is enough to tell a patch of 7 mm from lines
    small = cv2.resize(writing.mask * np.uint8(255), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    closed = cv2.morphologyEx((small > 60).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (15, 15)))
    return float(np.count_nonzero(opened)) * 16 / PX**2 > FINGER_MM2  # a patch, not lines


def _writing(strip: Strip, above: Strip | None, below: Strip | None, box: Box) -> Writing:
    column = Box(box.x - 2.0, box.y - REACH_MM, box.w + 2.5, box.h + 2 * REACH_MM)
    level = _column(strip, above, below, column, box)
    count, labels, stats, _ = find_pieces(np.minimum(level, 1))
    dark = np.bincount(labels[level == DARK_INK], minlength=count)
    y0, x0 = round((box.y - column.y) * PX), round((box.x - column.x) * PX)
    inner = labels[y0 : y0 + round(box.h * PX), x0 : x0 + round(box.w * PX)]
    held = np.bincount(inner[inner > 0], minlength=count)
    area = stats[:, cv2.CC_STAT_AREA]
    stroke = (area > 0.06 * PX**2) & (dark >= LEAST_DARK_PX)
    stroke[0] = False
    top = stats[:, cv2.CC_STAT_TOP] - y0
    label = (top < LABEL_MM[0] * PX) & (top + stats[:, cv2.CC_STAT_HEIGHT] < LABEL_MM[1] * PX)
    mine = stroke & (held >= 0.5 * area) & ~label
    foreign = float(held[stroke & ~mine & ~label].sum()) / PX**2 / FOREIGN_PEN_MM
    mask = mine[labels].astype(np.uint8)
    return replace(_measure(mask, box), foreign_mm=foreign, edge=_edge(strip, box, mask[y0:, x0:]))


def _edge(strip: Strip, box: Box, mask: Grey) -> float:
    """Swing of ink within 0.7 mm over its darkness, the median along the rim of what is written in the box."""
    ink = strip.ink[strip.window(box)]
    mask = mask[: ink.shape[0], : ink.shape[1]]
    x, y, w, h = cv2.boundingRect(mask)
    if not w:
        return 1.0
    ink, mask = ink[y : y + h, x : x + w], mask[y : y + h, x : x + w]
    rim = mask > cv2.erode(mask, np.ones((3, 3), np.uint8))
    if not rim.any():
        return 1.0
    near = np.ones((7, 7), np.uint8)
    swing = cv2.subtract(cv2.dilate(ink, near), cv2.erode(ink, near))
    return float(np.median(swing[rim]) / max(1.0, float(np.percentile(ink[mask > 0], 90))))


def _measure(mask: Grey, box: Box) -> Writing:
    area = float(np.count_nonzero(mask)) / PX**2
    if area == 0:
        return Writing(mask, box, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    x, y, w, h = cv2.boundingRect(mask)
    part = np.pad(mask[y : y + h, x : x + w], 1)
    length, breadth = _extent(part)
    distance = cv2.distanceTransform(part, cv2.DIST_L2, 3)
    ridge = distance[distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8)) - 0.01]
    width = 2 * float(np.median(ridge[ridge > 0])) / PX
    # lengths from area and width: a skeleton costs ten times as much and says the same within 10 %
    stroke = area / max(width, 0.15)
    span = max(0.1, ((w / PX - width) ** 2 + (h / PX - width) ** 2) ** 0.5)
    return Writing(mask, box, area, stroke, span, width, length, breadth)


def _extent(part: Grey) -> tuple[float, float]:
    """Length and breadth (mm) of the evenly filled rectangle that spreads as the ink does."""
    m = cv2.moments(part, binaryImage=True)
    spread = np.array([[m["mu20"], m["mu11"]], [m["mu11"], m["mu02"]]]) / m["m00"]
    breadth, length = np.sqrt(12 * np.maximum(np.linalg.eigvalsh(spread), 0)) / PX
    return float(length), float(breadth)


def _column(strip: Strip, above: Strip | None, below: Strip | None, column: Box, box: Box) -> Grey:
    """Ink of a column that reaches into the rows above and below: 0 paper, 1 pale (in ``box``), DARK_INK over the
    threshold."""
    h, w = round(column.h * PX), round(column.w * PX)
    out = np.full((h, w), 255, np.uint8)
    for one in (above, below, strip):
        if one is None:
            continue
        ys, xs = one.window(column)
        if ys.start >= ys.stop:
            continue
        y = round((one.box.y - column.y) * PX) + ys.start
        x = round((one.box.x - column.x) * PX) + xs.start
        part = (one.ink[ys, xs] > one.threshold) * np.uint8(DARK_INK)
        part = part[max(0, -y) : h - y, max(0, -x) : w - x]
        y, x = max(0, y), max(0, x)
        there = out[y : y + part.shape[0], x : x + part.shape[1]]
        np.minimum(there, part, out=there)  # each row knows its own lines best
    out[out == 255] = 0
    ys, xs = strip.window(box)
    y, x = round((box.y - column.y) * PX), round((box.x - column.x) * PX)
    within = out[y : y + ys.stop - ys.start, x : x + xs.stop - xs.start]
    pale = strip.ink[ys, xs] > PALE_STROKE * strip.threshold
    np.maximum(within, pale[: within.shape[0], : within.shape[1]], out=within)
    return out
