"""Signs of a copy: a signal with three answers, and the evidence each rests on. Never a verdict.

What is looked at: the control strip of our own form (pale fills and fine dots that a copier's contrast and screen
change, beside strong ones that it keeps), the colours of the print, and the colour and texture of the ink
against the print. Published discrimination of photocopies is 76 to 90 % on plain text; the strip is there to do better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ocr.cells import PX, Strip
from ocr.ink import Writing
from ocr.reading import Answer, Box, RowReading, Signal
from ocr.register import Placement, cut
from ocr.upright import Image

STRIP_PX = 12.0
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RowInk:
    """Ink of one row: ``area_mm2``; ``chroma`` its colour (0 grey, 0.3 and more blue or red ballpoint);
    ``dark`` absorbance of its cores over that of printed black; ``grain`` unevenness of its cores."""

    area_mm2: float
    chroma: float
    dark: float
    grain: float


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What is measured on a page. Tones are absorbances (natural logarithm) over what the form's colour should
    have in light; ``patches`` by name (three channels, blue green red); ``clipped`` share of paper at full white;
    ``straight`` when the form lies on the picture to the pixel, as no scanner lays it."""

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
        page_chroma=_page_chroma(page),
        edge_mm=_edge(page, placement),
        straight=_is_straight(placement),
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
    """Share of signature-box paper at full white, and its noise (grey levels)."""
    clipped, noise = [], []
    for strip in strips:
        f = strip.row.fields.get("firma") or next(iter(strip.row.fields.values()))
        ys, xs = strip.window(Box(f.box.x + 1, f.box.y + 1, f.box.w - 2, f.box.h - 2))
        paper = strip.color[ys, xs][strip.ink[ys, xs] < 12]
        if len(paper) > 500:
            clipped.append(float((paper.min(1) >= 253).mean()))
            noise.append(float(paper.mean(1).std()))
    return (float(np.median(clipped)), float(np.median(noise))) if clipped else (1.0, 0.0)


def _specks(strips: Sequence[Strip]) -> float:
    """Isolated dark specks of 0.004 to 0.1 mm2 in the signature boxes, per 100 cm2."""
    count, area = 0, 0.0
    for strip in strips:
        f = strip.row.fields.get("firma")
        if f is None:
            continue
        ys, xs = strip.window(Box(f.box.x + 1, f.box.y + 1, f.box.w - 2, f.box.h - 2))
        mask = (strip.ink[ys, xs] > max(strip.threshold, 40)).astype(np.uint8)
        n, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        size = stats[1:n, cv2.CC_STAT_AREA] / PX**2
        count += int(((size >= 0.02) & (size < 0.12)).sum())
        area += mask.size / PX**2 / 1e4
    return count / area if area else 0.0


def _print_chroma(strips: Sequence[Strip]) -> float:
    """Colour of the printed lines: absorbance of blue less that of red, on the sides of the combs."""
    values = []
    for strip in strips:
        for f in strip.row.fields.values():
            if f.kind == "line":
                continue
            b = f.box
            for y in (b.y, b.y + b.h):
                ys, xs = strip.window(Box(b.x + 1, y - 0.15, b.w - 2, 0.3))
                part = strip.color[ys, xs].astype(np.float64)
                if part.size:
                    darkest = np.median(part, axis=1)
                    line = darkest[darkest.sum(1).argmin()]
                    values.append(float(np.log((line[2] + 4) / (line[0] + 4))))
    return float(np.median(values)) if values else 0.0


def _page_chroma(page: Image) -> float:
    """99.7th percentile of the distance between channels over the page: under 14 grey levels is a grey scan."""
    small = cv2.resize(page, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA).astype(np.int16)
    spread = small.max(2) - small.min(2)
    return float(np.percentile(spread, 99.7))


def _edge(page: Image, placement: Placement) -> float:
    """Width (mm) in which the edges of the black marks pass from 20 to 80 % of their height, the median."""
    widths = []
    for anchor in placement.form.anchors:
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


def _is_straight(placement: Placement) -> bool:
    form = placement.form
    corners = np.array([[10.0, 10.0], [form.width_mm - 10, 10.0], [10.0, form.height_mm - 10]])
    p = placement.pixels(corners)
    lean = float(np.abs(p[1] - p[0]).min()), float(np.abs(p[2] - p[0]).min())
    return max(lean) < 0.8 and placement.residual_mm < 0.035


def _row_ink(strip: Strip, black: float) -> RowInk:
    """The ink in the boxes of a row; labels and lines stay out."""
    mask = np.zeros(strip.ink.shape, np.uint8)
    for f in strip.row.fields.values():
        for b in f.boxes:
            ys, xs = strip.window(Box(b.x + 0.4, b.y + 0.4, b.w - 0.8, b.h - 0.8))
            mask[ys, xs] = strip.ink[ys, xs] > strip.threshold
    area = float(np.count_nonzero(mask)) / PX**2
    core = cv2.erode(mask, np.ones((2, 2), np.uint8)) > 0
    if np.count_nonzero(core) < 60:
        return RowInk(area, 0.0, 0.0, 0.0)
    pixels = strip.color[core].astype(np.float64)
    white = np.maximum(np.percentile(strip.color[::4, ::4].reshape(-1, 3), 80, axis=0), 40)
    a = -np.log(np.clip((pixels + 2) / (white + 2), 0.02, 1))
    mean = a.mean(0)
    chroma = float((mean.max() - mean.min()) / max(mean.mean(), 0.1))
    lum = a.mean(1)
    top = np.percentile(lum, 75)
    return RowInk(area, chroma, float(top / black), float(lum.std() / max(lum.mean(), 0.1)))


# ---------------------------------------------------------------- what it says


LIKELY = 0.3
"""Mean of the evidence from which a signal leaves "cannot be told", on either side.
bench/ocr/pages.py --copies prints the table that this and the turning points below were set on."""

PALE = (0.085, 0.15)
"""Pale tint over strong tint, absorbances: 0.20 as drawn; originals 0.16 to 0.23, copies mostly under 0.06."""
FINE_TONE = (1.05, 1.4)
"""Mean tone of the fine dots over that of the coarse ones: originals 1.5 to 2.1, copies 0 to 1.2."""
FINE_SWING = (0.45, 0.75)
"""Swing of the fine dots over the coarse ones, against what the sharpness of the scan lets through."""
COLORED = 0.3
"""Colour of ink or print: ballpoint blue 0.6 to 0.9, red 1.2, black under 0.08; drop-out lines 0.8 to 1.3."""
GREY_SCAN = 14.0
"""Grey levels between channels on the page (99.7th percentile) under which a scan is grey: JPEG of grey gives 0 to 3."""
SOFT_EDGE_MM = 0.19
"""Edges wider than this let no fine dots through: they say nothing."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """``copied`` -1 (original) to 1 (copy), None when nothing speaks; ``because`` in Spanish, the evidence used."""

    copied: float | None
    because: tuple[str, ...]


def weigh(evidence: Evidence) -> Weighed:
    """The control strip's evidence. Nothing speaks when the form has none or it is hidden."""
    tone = {name: float(patch.mean()) for name, patch in evidence.patches.items()}
    needed = {"tint", "tint_strong", "fine", "coarse", "black"}
    if not needed <= set(tone) or tone["black"] < 0.9 or tone["coarse"] < 0.015:
        return Weighed(None, ())
    votes: list[tuple[float, float, str]] = []
    strong = tone["tint_strong"]
    pale = _turn(tone["tint"] / strong, PALE) if strong > 0.035 else 1.0
    washed = evidence.clipped > 0.5 and pale > 0  # the scanner itself may have whitened the page
    votes.append((pale, 0.45 if washed else 1.0, "el tinte de fondo"))
    votes.append((_turn(tone["fine"] / tone["coarse"], FINE_TONE), 1.0, "los puntos finos"))
    if 0 < evidence.edge_mm < SOFT_EDGE_MM and evidence.coarse > 0.01:
        through = float(np.exp(-((evidence.edge_mm / 0.19) ** 2)))
        votes.append((_turn(evidence.fine / evidence.coarse / through, FINE_SWING), 0.8, "la trama de puntos"))
    total = sum(vote * weight for vote, weight, _ in votes) / sum(weight for _, weight, _ in votes)
    if evidence.specks > 2.5:
        total = min(1.0, total + 0.25)
    side = 1 if total > 0 else -1
    return Weighed(float(total), tuple(words for vote, _, words in votes if vote * side > 0.3))


def judge_page(evidence: Evidence) -> list[Signal]:
    """``copy`` of the page, in three answers with the evidence used; ``electronic`` when no scanner made it."""
    return [_copy(evidence, [r for r in evidence.rows.values() if r.area_mm2 > 8]), *_electronic(evidence)]


def judge_row(evidence: Evidence, row: int) -> list[Signal]:
    """The same for one row with ink: its own ink decides where it can."""
    ink = evidence.rows.get(row)
    return [] if ink is None else [_copy(evidence, [ink])]


def _copy(evidence: Evidence, inks: Sequence[RowInk]) -> Signal:
    strip = weigh(evidence)
    grey = evidence.page_chroma < GREY_SCAN
    printed_in_color = not grey and _dropout_color(evidence) > COLORED
    ink_in_color = not grey and any(ink.chroma > COLORED for ink in inks)
    copied = strip.copied
    because = " y ".join(strip.because)
    if ink_in_color and not printed_in_color:
        if copied is not None and copied > 0.5:
            return _unknown(
                "La impresión parece una copia, pero la tinta tiene color propio: puede ser una hoja copiada en blanco y firmada después."
            )
        return Signal("copy", Answer.NO, 0.1, "Parece original: la tinta tiene color sobre impresión en negro.")
    if copied is None:
        return _unknown("Esta digitalización no permite saber si es copia: no se ve la franja de control.")
    score = float(np.clip(0.5 + copied / 2, 0, 1))
    if copied > LIKELY:
        return Signal("copy", Answer.YES, score, f"Parece copia: así lo indican {because}.")
    if copied < -LIKELY:
        return Signal("copy", Answer.NO, score, f"Parece original: se conservan {because}.")
    return _unknown("Esta digitalización no permite saber si es copia: los indicios no coinciden.", score)


def _unknown(sentence: str, score: float = 0.5) -> Signal:
    return Signal("copy", Answer.UNKNOWN, score, sentence)


def _dropout_color(evidence: Evidence) -> float:
    patch = evidence.patches.get("dropout")
    return evidence.print_chroma if patch is None else float(patch[0] - patch[2])


def _electronic(evidence: Evidence) -> list[Signal]:
    if evidence.noise < 0.05 and evidence.clipped > 0.999 and evidence.straight:
        return [
            Signal("electronic", Answer.YES, 0.95, "La página no pasó por un escáner: es un documento electrónico.")
        ]
    return []


def _turn(value: float, points: tuple[float, float]) -> float:
    """1 at or under the first point, -1 at or over the second, straight between."""
    low, high = points
    return float(np.clip(1 - 2 * (value - low) / (high - low), -1, 1))


def mark_repeated(rows: tuple[RowReading, ...], writings: Mapping[int, Writing]) -> tuple[RowReading, ...]:
    return rows


def print_of(strips: Sequence[Strip]) -> bytes:
    return b""
