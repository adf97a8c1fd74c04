"""What of a page may tell an original from a copy: measured here, judged in ``ocr.copies``.

The control strip of our own form (pale fills and fine dots that a copier's contrast and screen change, beside
strong ones that it keeps), the colours of the print, and the colour and texture of the ink against the print.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ocr.cells import PX, Strip, quantile
from ocr.pieces import find_pieces
from ocr.reading import Box
from ocr.register import Placement, cut
from ocr.upright import Image

STRIP_PX = 12.0
Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class RowInk:
    """Ink of one row: ``area_mm2``; ``chroma`` its colour (0 grey, 0.3 and more blue or red ballpoint);
    ``dark`` absorbance of its cores over that of printed black; ``grain`` unevenness of its cores,
    ``mottle`` unevenness of their hue: the dots of a colour copier."""

    area_mm2: float
    chroma: float
    dark: float
    grain: float
    mottle: float


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What is measured on a page. Tones are absorbances (natural logarithm) over what the form's colour should
    have in light; ``patches`` by name (three channels, blue green red); ``clipped`` share of paper at full white;
    ``straight`` when the form lies on the picture to the pixel, as no scanner lays it; ``bilevel`` when the scan has
    black and white only."""

    patches: Mapping[str, Floats]
    expected: Mapping[str, Floats]
    fine: float
    coarse: float
    clipped: float
    noise: float
    specks: float
    print_chroma: float
    page_chroma: float
    edge_mm: float
    straight: bool
    bilevel: bool
    rows: Mapping[int, RowInk]


def look(page: Image, placement: Placement, strips: Sequence[Strip]) -> Evidence:
    """All that ``judge_page`` and ``judge_row`` rest on."""
    form = placement.form
    control = {str(p["name"]): p for p in form.print.get("control", ())}
    patches: dict[str, Floats] = {}
    expected: dict[str, Floats] = {}
    fine = coarse = 0.0
    clipped, noise = _paper(strips)
    for name, patch in control.items():
        x, y, w, h = patch["box"]
        seen = cut(page, placement, Box(x - 0.9, y - 0.9, w + 1.8, h + 1.8), STRIP_PX).astype(np.float64)
        edge = round(0.6 * STRIP_PX)
        frame = np.concatenate([seen[:edge].reshape(-1, 3), seen[-edge:].reshape(-1, 3)])
        white = np.maximum(np.median(frame, axis=0), 30)
        k = round(1.7 * STRIP_PX)
        inner = seen[k:-k, k:-k]
        patches[name] = -np.log(np.clip(inner.reshape(-1, 3).mean(0) / white, 0.03, 1.2))
        expected[name] = _expected(patch)
        if patch["kind"] == "dots":
            swing = _swing(inner.mean(2) / white.mean(), float(patch["pitch_mm"]))
            if name == "fine":
                fine = swing
            else:
                coarse = swing
    black = float(patches["black"].mean()) if "black" in patches else 2.0
    return Evidence(
        patches=patches,
        expected=expected,
        fine=fine,
        coarse=coarse,
        clipped=clipped,
        noise=noise,
        specks=_specks(strips),
        print_chroma=_print_chroma(strips),
        page_chroma=_page_chroma(strips),
        edge_mm=_edge(page, placement),
        straight=_is_straight(placement),
        bilevel=_is_bilevel(page),
        rows={s.row.row: _row_ink(s, max(black, 0.5)) for s in strips},
    )


def _expected(patch: Mapping[str, object]) -> Floats:
    """Absorbance (blue, green, red) that the patch has as drawn."""
    text = str(patch["color"])
    rgb = np.array([int(text[n : n + 2], 16) for n in (5, 3, 1)], np.float64) / 255
    if patch["kind"] == "dots":
        share = np.pi * (float(str(patch["dot_mm"])) / 2) ** 2 / float(str(patch["pitch_mm"])) ** 2
        rgb = 1 - share * (1 - rgb)
    return np.asarray(-np.log(np.maximum(rgb, 0.03)), np.float64)


def _swing(light: Floats, pitch_mm: float) -> float:
    """How strongly light swings at the pitch of the dots: amplitude, the mean of across and down."""
    out = []
    for axis in (0, 1):
        profile = light.mean(axis)
        profile = profile - profile.mean()
        window = np.hanning(len(profile))
        best = 0.0
        for stretch in (0.98, 0.99, 1.0, 1.01, 1.02):
            wave = np.exp(-2j * np.pi * np.arange(len(profile)) / (pitch_mm * stretch * STRIP_PX))
            best = max(best, float(abs((profile * window) @ wave)) / float(window.sum()) * 2)
        out.append(best)
    return float(np.mean(out))


def _paper(strips: Sequence[Strip]) -> tuple[float, float]:
    """Share of signature-box paper at full white (half of it when paper is just white, all when the scanner
    has whitened it), and its noise (grey levels)."""
    clipped, noise = [], []
    for strip in strips:
        f = strip.row.fields.get("firma") or next(iter(strip.row.fields.values()))
        ys, xs = strip.window(Box(f.box.x + 1, f.box.y + 1, f.box.w - 2, f.box.h - 2))
        part = slice(ys.start, ys.stop, 4), slice(xs.start, xs.stop, 2)
        paper = strip.color[part][strip.ink[part] < 12]
        if len(paper) > 300:
            clipped.append(float((paper == 255).mean()))
            noise.append(float(paper.mean(1).std()))
    return (float(np.median(clipped)), float(np.median(noise))) if clipped else (1.0, 0.0)


def _specks(strips: Sequence[Strip]) -> float:
    """Isolated dark specks of 0.02 to 0.12 mm2 in the signature boxes, per square decimetre;
    2 mm around writing is left out."""
    count, area = 0, 0.0
    for strip in strips:
        f = strip.row.fields.get("firma")
        if f is None:
            continue
        ys, xs = strip.window(Box(f.box.x + 1, f.box.y + 1, f.box.w - 2, f.box.h - 2))
        mask = (strip.ink[ys, xs] > max(strip.threshold, 40)).astype(np.uint8)
        n, labels, stats, _ = find_pieces(mask)
        size = stats[:, cv2.CC_STAT_AREA] / PX**2
        # what lies near writing is its own: dots of an i, ridges of a finger
        written = (size >= 0.3) & (np.arange(n) > 0)
        near = cv2.dilate(written[labels].astype(np.uint8), np.ones((41, 41), np.uint8))
        free = np.bincount(labels[near == 0].ravel(), minlength=n) / PX**2
        count += int(((free >= 0.02) & (size < 0.12) & (np.arange(n) > 0)).sum())
        area += float(np.count_nonzero(near == 0)) / PX**2 / 1e4
    return count / area if area else 0.0


def _print_chroma(strips: Sequence[Strip]) -> float:
    """Colour of the printed lines: absorbance of blue less that of red, on the sides of the combs of three rows."""
    values = []
    for strip in strips[:: max(1, len(strips) // 3)]:
        for f in strip.row.fields.values():
            if f.kind == "line":
                continue
            b = f.box
            for y in (b.y, b.y + b.h):
                ys, xs = strip.window(Box(b.x + 1, y - 0.15, b.w - 2, 0.3))
                part = strip.color[ys, xs.start : xs.stop : 2]
                if part.size:
                    middle = np.partition(part, part.shape[1] // 2, axis=1)[:, part.shape[1] // 2].astype(np.float64)
                    line = middle[middle.sum(1).argmin()]
                    values.append(float(np.log((line[2] + 4) / (line[0] + 4))))
    return float(np.median(values)) if values else 0.0


def _page_chroma(strips: Sequence[Strip]) -> float:
    """99.7th percentile of the distance between channels over every other row (grey levels)."""
    spreads = []
    for strip in strips[::2]:
        h, w = strip.ink.shape
        small = strip.color[: h // 4 * 4, : w // 4 * 4]
        for part in (2, 4):  # halved twice: a quarter of the time of once by four
            small = cv2.resize(small, (w // 4 * 4 // part, h // 4 * 4 // part), interpolation=cv2.INTER_AREA)
        blue, green, red = cv2.split(small)
        spreads.append(cv2.subtract(cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red)).ravel())
    return quantile(np.concatenate(spreads), 0.997)


def _edge(page: Image, placement: Placement) -> float:
    """Width (mm) in which the edges of the black marks pass from 20 to 80 % of their height, the median."""
    widths = []
    for anchor in placement.form.anchors[:4]:
        b = anchor.box
        if anchor.kind not in ("aruco", "square"):
            continue
        y, h = b.y + b.h * 0.25, b.h * 0.5
        for x in (b.x, b.x + b.w):
            part = cut(page, placement, Box(x - 0.8, y, 1.6, h), 24.0).mean(2)
            profile = np.median(part, axis=0)
            low, high = float(profile.min()), float(profile.max())
            if high - low > 60:
                inside = ((profile > low + 0.2 * (high - low)) & (profile < low + 0.8 * (high - low))).sum()
                widths.append(float(inside) / 24.0)
    return float(np.median(widths)) if widths else 0.0


BILEVEL = 0.02
"""Share of pixels between black and white under which a scan has only these two: 0 to 0.011, also as a JPEG; scans in
grey and colour, overexposed ones included, 0.042 and more."""


def _is_bilevel(page: Image) -> bool:
    green = page[::3, ::3, 1]
    return float(((green > 24) & (green < 232)).mean()) < BILEVEL


LEAN_PX = 1.2
"""Pixels by which the far end of a side may lie off where it is drawn: 0.02 degrees, twice what the placement errs by
on a page that no scanner saw."""


def _is_straight(placement: Placement) -> bool:
    form = placement.form
    corners = np.array([[10.0, 10.0], [form.width_mm - 10, 10.0], [10.0, form.height_mm - 10]])
    p = placement.pixels(corners)
    lean = float(np.abs(p[1] - p[0]).min()), float(np.abs(p[2] - p[0]).min())
    return max(lean) < LEAN_PX and placement.residual_mm < 0.05


MOTTLE_PX = 13
"""Pixels a side of the squares within which the hue of ink is compared."""


ENOUGH_INK = 5000
"""Pixels of a row's ink from which its colour is taken: full rows have 20,000."""


def _mottle(ys: Ints, xs: Ints, width: int, a: Floats32) -> float:
    """How far the hue of ink strays from that of the ink in the same 1.3 mm: two pens in a row are no mottle."""
    whole = np.maximum(a.sum(1), np.float32(0.3))
    square = (ys // MOTTLE_PX) * (width // MOTTLE_PX + 1) + xs // MOTTLE_PX
    count = np.maximum(np.bincount(square), 1)
    stray = []
    for channel in (0, 2):
        hue = a[:, channel] / whole
        mean = (np.bincount(square, weights=hue) / count).astype(np.float32)
        stray.append(float(np.median(np.abs(hue - mean[square]))))
    return 1.48 * float(np.mean(stray))


def _row_ink(strip: Strip, black: float) -> RowInk:
    """The ink in the boxes of a row; labels and lines stay out."""
    mask = np.zeros(strip.ink.shape, np.uint8)
    for box in _writing_boxes(strip):
        ys, xs = strip.window(box)
        cv2.threshold(strip.ink[ys, xs], strip.threshold, 1, cv2.THRESH_BINARY, mask[ys, xs])
    area = float(cv2.countNonZero(mask)) / PX**2
    where = cv2.findNonZero(cv2.erode(mask, np.ones((2, 2), np.uint8)))
    if where is None or len(where) < 60:
        return RowInk(area, 0.0, 0.0, 0.0, 0.0)
    places = where.reshape(-1, 2)  # OpenCV 4 gives it another axis
    places = places[:: max(1, len(places) // ENOUGH_INK)]
    xs, ys = places[:, 0], places[:, 1]
    table = -np.log(np.clip((np.arange(256)[:, None] + 2) / (strip.paper + 2), 0.02, 1)).astype(np.float32)
    a = np.asarray(cv2.LUT(strip.color[ys, xs][None], table[None]), np.float32)[0]
    mean = a.mean(0)
    chroma = float((mean.max() - mean.min()) / max(mean.mean(), 0.1))
    lum = a.mean(1)
    top = float(np.partition(lum, len(lum) * 3 // 4)[len(lum) * 3 // 4])
    mottle = _mottle(ys, xs, strip.ink.shape[1], a)
    return RowInk(area, chroma, top / black, float(lum.std() / max(lum.mean(), 0.1)), mottle)


def _writing_boxes(strip: Strip) -> Iterator[Box]:
    """Where the form wants ink, 0.4 mm within its lines."""
    for f in strip.row.fields.values():
        for b in f.boxes:
            yield Box(b.x + 0.4, b.y + 0.4, b.w - 0.8, b.h - 0.8)
