"""Signatures that no pen wrote on this paper: set into the picture with their own ground, or drawn in flat ink.

What is looked for is what a scanner leaves everywhere and an editor does not: the noise of the paper around the
strokes, and strokes that are nowhere quite as dark as a hair's breadth further on; and what a scanner cannot leave,
colour on a page scanned in grey. A signal, never a verdict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ocr.cells import Strip
from ocr.ink import MIN_STROKE_MM, Writing
from ocr.reading import Answer, Box, Signal

Grey = npt.NDArray[np.uint8]
_SQUARE = np.ones((3, 3), np.uint8)

STILL = 0.25
"""Noise of the paper in a signature box over that of the page's other boxes. In 272 boxes of real ink, drawn and
scanned (bench/ocr/pages_strikes.py), 0.9 to 1.3 and one in a hundred 0.34; with a white ground set in, 0.1 to 0.2."""
NOISY = 0.3
"""Grey levels of noise that a page must have for its absence to say something: a scanner that whitens paper, or a
strong JPEG, leaves less (four of ten of those pages)."""
SHARP = 1.3
"""Sharpness of a signature's edges over that of the page's writing: in the same boxes 0.9 to 1.21; of 34 signatures
drawn on those scans and compressed again 1.08 to 1.45."""
SHARP_IF_FLAT, FLAT = 1.22, 0.10
"""The same where the ink is as even as that: spread of the absorbance along the middle of strokes, over its middle
(pens 0.07 to 0.16, drawn ink 0.055 to 0.095)."""
GREY, COLORED = 0.5, 15.0
"""Mean distance between channels (grey levels) under which a row was scanned in grey (there 0; colour scans of black
ink on black print 1 and more), and that of the ink of a signature from which it has colour (blue pens 20 to 70)."""
LEAST_RIDGE = 80
"""Pixels of stroke middles under which flatness is not judged: 8 mm of line."""


@dataclass(frozen=True, slots=True)
class Look:
    """``noise`` of the paper (grey levels), None where there is too little of it; ``color`` of the ink (grey levels
    between channels); ``spread`` of the ink and ``edge`` (share of the contrast that the steepest pixel takes), None
    where there is too little."""

    noise: float | None
    color: float
    spread: float | None
    edge: float | None


def find_pasted(strips: Sequence[Strip], writings: Mapping[int, Writing]) -> dict[int, Signal]:
    """``electronic`` signals by row, for signatures that look set in or drawn."""
    looks = {s.row.row: look(s, writings[s.row.row].box) for s in strips if s.row.row in writings}
    noise = _median([one.noise for one in looks.values()])
    others = [
        _edge_of(s, f.box)
        for s in strips[::2]
        for f in s.row.fields.values()
        if f.kind == "comb" and len(f.boxes) > 9
    ]
    edge = max(_median([one.edge for one in looks.values()]), _median(others))
    in_grey = _median([_color(s.color[::8, ::8]) for s in strips]) < GREY and not _written_in_color(strips)
    found = {}
    for row, one in looks.items():
        box = writings[row].box
        if writings[row].stroke_mm < MIN_STROKE_MM:
            continue
        if in_grey and one.color > COLORED:
            sentence = "La firma tiene color y la página se digitalizó en gris: se puso después."
            found[row] = Signal("electronic", Answer.YES, 0.95, sentence, box)
            continue
        if one.noise is not None and noise > NOISY and one.noise < STILL * noise:
            sentence = "La firma parece insertada: su fondo no tiene el grano del resto de la digitalización."
            found[row] = Signal("electronic", Answer.YES, 0.9, sentence, box)
            continue
        if one.spread is None or one.edge is None:
            continue
        sharp = one.edge / max(edge, 1e-6)
        if sharp > SHARP or (sharp > SHARP_IF_FLAT and one.spread < FLAT):
            score = float(np.clip(0.6 + (sharp - SHARP_IF_FLAT), 0, 0.95))
            sentence = "La firma parece dibujada en pantalla: sus bordes son más nítidos que los de lo escrito."
            found[row] = Signal("electronic", Answer.YES, score, sentence, box)
    return found


def _median(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return float(np.median(known)) if known else 0.0


def look(strip: Strip, box: Box) -> Look:
    """What a signature box shows, a millimetre within its lines."""
    inner = Box(box.x + 1, box.y + 1, box.w - 2, box.h - 2)
    ys, xs = strip.window(inner)
    ink = strip.ink[ys, xs]
    mask = (ink > strip.threshold).astype(np.uint8)
    color = strip.color[ys, xs]
    return Look(_noise(color[..., 1], mask), _color(color[mask > 0]), _spread(ink, mask), _edge_of(strip, inner))


def _written_in_color(strips: Sequence[Strip]) -> bool:
    """Whether what stands in any comb has colour: compact PDF files whiten the paper and keep the colour of pens."""
    for strip in strips:
        for f in strip.row.fields.values():
            if f.kind == "comb" and len(f.boxes) > 9:
                where = strip.window(f.box)
                if _color(strip.color[where][strip.ink[where] > strip.threshold]) > COLORED:
                    return True
    return False


def _color(pixels: Grey) -> float:
    """Mean distance between the channels of pixels (..., 3); 0 of none."""
    return float(np.ptp(pixels, axis=-1).mean()) if pixels.size else 0.0


def _edge_of(strip: Strip, box: Box) -> float | None:
    """How steep the edges of the ink in a box are: the 90th percentile of the step a pixel, over the contrast."""
    ys, xs = strip.window(box)
    mask = (strip.ink[ys, xs] > strip.threshold).astype(np.uint8)
    if cv2.countNonZero(mask) < 150 or cv2.countNonZero(1 - mask) < 150:
        return None
    light = np.ascontiguousarray(strip.color[ys, xs, 1])
    core = cv2.erode(mask, _SQUARE) > 0
    if np.count_nonzero(core) < LEAST_RIDGE:
        return None
    contrast = _middle(light[mask == 0]) - _middle(light[core])
    across = cv2.absdiff(light[1:-1, 2:], light[1:-1, :-2])
    down = cv2.absdiff(light[2:, 1:-1], light[:-2, 1:-1])
    steps = cv2.max(across, down)[cv2.dilate(mask, _SQUARE)[1:-1, 1:-1] > 0]
    steepest = float(np.partition(steps, len(steps) * 9 // 10)[len(steps) * 9 // 10])
    return steepest / 2 / max(contrast, 20.0)


def _middle(levels: Grey) -> float:
    """Median; of an even number of levels the upper of the two in the middle."""
    return float(np.partition(levels, len(levels) // 2)[len(levels) // 2])


def _noise(light: Grey, mask: Grey) -> float | None:
    """Root mean square of steps over 0.3 mm of paper, a millimetre and more off the strokes."""
    free = cv2.dilate(mask, np.ones((21, 21), np.uint8))[::2] == 0  # every other row tells as much
    both = free[:, 3:] & free[:, :-3]
    if 2 * np.count_nonzero(both) < 1500:
        return None
    steps = cv2.absdiff(light[::2, 3:], light[::2, :-3])[both].astype(np.float32)
    return float(np.sqrt(np.mean(np.minimum(steps**2, 400)) / 2))


def _spread(ink: Grey, mask: Grey) -> float | None:
    if mask.all():
        return None  # a patch of black: no stroke has an edge
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    ridge = (depth >= cv2.dilate(depth, _SQUARE) - 0.01) & (depth > 0.9)
    if np.count_nonzero(ridge) < LEAST_RIDGE:
        return None
    # as wide as the pen: thinner ends are paler, crossings darker, whatever drew them
    usual = float(np.median(depth[ridge]))
    values = ink[ridge & (depth > 0.8 * usual) & (depth < 1.25 * usual)].astype(np.float32)
    if len(values) < LEAST_RIDGE:
        return None  # patches and clouds, no pen
    low, middle, high = np.percentile(values, (15, 50, 85))
    return float((high - low) / 2 / max(middle, 1.0))
