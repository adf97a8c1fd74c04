"""Cells as scanners deliver them: a glyph written by hand into a box, with all that goes wrong on paper.

``compose_cell`` returns the grey crop that the reader would cut; what the network sees is what
``ocr.glyphs.normalise_cell`` makes of it, in training as in use.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

U8 = npt.NDArray[np.uint8]
F32 = npt.NDArray[np.float32]
CELL_MM = (5.0, 7.0)


def pen(ink: U8, skeleton: U8, rng: np.random.Generator, kind: str) -> U8:
    """The glyph (64 x 64, white on black) as another pen would have drawn it: thinner, thicker, firmer."""
    choice = rng.random()
    if kind == "print":
        return ink if choice < 0.8 else _thicken(ink, rng)
    if choice < 0.38:
        return ink
    if choice < 0.72 and skeleton.any():
        width = rng.uniform(1.6, 7.5)
        spread = cv2.GaussianBlur(skeleton.astype(np.float32), (0, 0), width / 2.2)
        level = spread.max() * np.exp(-1.05)
        soft = np.clip((spread / max(level, 1e-6) - 1) * 2.2 + 0.5, 0, 1)
        return np.asarray(soft * 255, np.uint8)
    return _thicken(ink, rng)


def _thicken(ink: U8, rng: np.random.Generator) -> U8:
    size = int(rng.integers(2, 5))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    if rng.random() < 0.6:
        return np.asarray(cv2.dilate(ink, kernel), np.uint8)
    thin = cv2.erode(ink, kernel)
    return np.asarray(thin if (thin > 100).sum() > 0.4 * (ink > 100).sum() else ink, np.uint8)


def cross(ink: U8, char: str, rng: np.random.Generator) -> U8:
    """European habits: a bar through 7 and Z, a slash through 0, a flag or a foot on 1."""
    if char not in "7Z01" or rng.random() > (0.3 if char in "7Z" else 0.12):
        return ink
    out = ink.copy()
    width = int(rng.integers(3, 7))
    ys, xs = np.nonzero(ink > 100)
    if len(xs) == 0:
        return out
    if char in "7Z":
        row = int(np.clip(ys.min() + np.ptp(ys) * rng.uniform(0.42, 0.62), 2, 61))
        at = xs[np.abs(ys - row) < 4]
        middle = int(at.mean()) if len(at) else 32
        half, tilt = rng.integers(7, 17), rng.integers(-5, 4)
        cv2.line(out, (int(middle - half), row - int(tilt)), (int(middle + half), row + int(tilt)), 255, width, 16)
    elif char == "0":
        x0, x1, y0, y1 = xs.min(), xs.max(), ys.min(), ys.max()
        over = rng.integers(-4, 5)
        cv2.line(out, (int(x0 - over), int(y1 + over)), (int(x1 + over), int(y0 - over)), 255, width, 16)
    else:
        top = int(ys.min())
        x_top = int(xs[ys < top + 5].mean())
        reach, drop = rng.integers(6, 20), rng.integers(5, 20)
        cv2.line(out, (x_top, top + 2), (int(x_top - reach), int(top + drop)), 255, width, 16)
        if rng.random() < 0.4:
            foot, low = rng.integers(6, 14), int(ys.max())
            x_low = int(xs[ys > low - 5].mean())
            cv2.line(out, (int(x_low - foot), low - 1), (int(x_low + foot), low - 1), 255, width, 16)
    return out


def _warp(centre: tuple[float, float], size: float, rng: np.random.Generator, strong: float) -> F32:
    """Affine map from the 64 x 64 glyph to the canvas: tilt, shear, proportion, place."""
    angle = np.deg2rad(rng.normal(0, 5.0) * strong)
    shear = rng.normal(0.0, 0.13) * strong
    ratio = float(np.exp(rng.normal(0, 0.14) * strong))
    scale = size / 56.0
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    lean = np.array([[1.0, -shear], [0.0, 1.0]])
    grow = np.diag([scale * np.sqrt(ratio), scale / np.sqrt(ratio)])
    linear = turn @ lean @ grow
    shift = np.array(centre) - linear @ np.array([31.5, 31.5])
    return np.hstack([linear, shift[:, None]]).astype(np.float32)


_GRID = np.stack(np.meshgrid(np.arange(64, dtype=np.float32), np.arange(64, dtype=np.float32)))


def bend(ink: U8, rng: np.random.Generator) -> U8:
    """A mild elastic distortion: no two letters of a hand are alike."""
    field = rng.normal(0, 1, (2, 6, 6)).astype(np.float32)
    wave = np.stack([cv2.resize(f, (64, 64), interpolation=cv2.INTER_CUBIC) for f in field])
    maps = _GRID + wave * np.float32(rng.uniform(0.5, 2.6))
    return np.asarray(cv2.remap(ink, maps[0], maps[1], cv2.INTER_LINEAR), np.uint8)


def compose_cell(
    ink: U8 | None, neighbours: tuple[U8, U8] | None, rng: np.random.Generator, *, strong: float = 1.0
) -> U8:
    """The grey crop of one cell. ``ink`` None draws an empty cell; ``strong`` 0 to 1.3 scales the distortions."""
    dpi = rng.choice([150, 200, 200, 240, 300, 300, 300, 400]) * rng.uniform(0.97, 1.03)
    px = dpi / 25.4
    cell_w, cell_h = CELL_MM[0] * px * rng.uniform(0.88, 1.15), CELL_MM[1] * px * rng.uniform(0.86, 1.1)
    width, height = int(cell_w * 1.7), int(cell_h * 1.5)
    x0, y0 = (width - cell_w) / 2, (height - cell_h) / 2
    coverage = np.zeros((height, width), np.float32)
    centre = (width / 2, height / 2)
    if ink is not None:
        _write(coverage, ink, centre, (cell_w, cell_h), rng, strong)
    if neighbours is not None:
        for side, other in zip((-1, 1), neighbours, strict=True):
            if rng.random() < 0.75:
                _write(coverage, other, (centre[0] + side * cell_w, centre[1]), (cell_w, cell_h), rng, strong)
    ink_grey = rng.uniform(10, 130) if rng.random() < 0.85 else rng.uniform(110, 165)
    paper = rng.uniform(205, 255)
    page = np.full((height, width), paper, np.float32)
    _draw_box(page, (x0, y0, cell_w, cell_h), px, paper, rng)
    pressure = 1.0
    if rng.random() < 0.35:  # ball-point ink is uneven
        spots = rng.uniform(0.45, 1.0, (max(2, height // 7), max(2, width // 7))).astype(np.float32)
        pressure = cv2.resize(spots, (width, height), interpolation=cv2.INTER_LINEAR)
    page = page - (page - np.float32(ink_grey)) * coverage * pressure
    return _cut(_scan(page, (ink_grey, paper), rng, strong), (x0, y0, cell_w, cell_h), rng, strong)


def _write(
    coverage: F32,
    ink: U8,
    centre: tuple[float, float],
    cell: tuple[float, float],
    rng: np.random.Generator,
    strong: float,
    hand: float | None = None,
) -> None:
    """One glyph into a cell. ``hand`` is the share of the cell's height that the writer's characters take."""
    cell_w, cell_h = cell
    share = rng.normal(0.68, 0.13) if hand is None else rng.normal(hand, 0.05)
    size = cell_h * np.clip(share, 0.38, 1.08)
    wide = (ink > 80).any(0).sum() / 56.0 * size
    size *= min(1.0, cell_w * rng.uniform(0.82, 1.08) / max(wide, 1.0))
    loose = min(1.0, 0.2 + strong)  # print keeps its place
    drift = (rng.normal(0, 0.075) * cell_w * loose, rng.normal(0, 0.07) * cell_h * loose)
    matrix = _warp((centre[0] + drift[0], centre[1] + drift[1]), size, rng, strong)
    scale = size / 56.0
    source = cv2.GaussianBlur(ink, (0, 0), 0.45 / scale) if scale < 0.75 else ink
    layer = cv2.warpAffine(source, matrix, coverage.shape[::-1], flags=cv2.INTER_LINEAR)
    np.maximum(coverage, layer.astype(np.float32) / 255, out=coverage)


def _draw_box(
    page: F32, box: tuple[float, float, float, float], px: float, paper: float, rng: np.random.Generator
) -> None:
    """Lines of the form: gone, faint (drop-out), or plain; a full box, a comb or a base line."""
    style = rng.random()
    if style < 0.3:
        return
    x, y, w, h = box
    faint = rng.random() < 0.82
    level = float(paper - rng.uniform(6, 60)) if faint else rng.uniform(20, 150)
    thick = max(1, round(rng.uniform(0.15, 0.5 if faint else 0.35) * px))
    gap = rng.choice([0.0, 0.0, 0.3, 0.6]) * px  # separate boxes leave a gap
    lean = rng.normal(0, 0.008) * w
    for side in (-1, 0, 1):
        left, right = x + side * w + gap, x + (side + 1) * w - gap
        a, b = (round(left), round(y)), (round(right), round(y + h))
        bottom_only = style > 0.9
        comb = 0.8 < style <= 0.9
        if not (bottom_only or comb):
            cv2.line(page, (a[0], round(a[1] - lean)), (b[0], round(a[1] + lean)), level, thick)
        cv2.line(page, (a[0], round(b[1] - lean)), (b[0], round(b[1] + lean)), level, thick)
        if not bottom_only:
            top = round(y + h * rng.uniform(0.5, 0.8)) if comb else a[1]
            for at in (a[0], b[0]):
                cv2.line(page, (round(at + lean), top), (round(at - lean), b[1]), level, thick)


def _scan(page: F32, tones: tuple[float, float], rng: np.random.Generator, strong: float) -> U8:
    """Optics, sensor noise, dirt, lighting, JPEG, and now and then a bilevel scan."""
    if rng.random() < 0.85:
        page = cv2.GaussianBlur(page, (0, 0), rng.uniform(0.3, 1.3))
    height, width = page.shape
    if rng.random() < 0.2 * strong:
        ramp = np.linspace(0, rng.uniform(-30, 30), width, dtype=np.float32)
        page = page + ramp[None, :]
    page = page + rng.normal(0, rng.uniform(0.5, 7.0), page.shape).astype(np.float32)
    for _ in range(int(rng.poisson(0.5 * strong))):
        spot = (int(rng.integers(width)), int(rng.integers(height)))
        cv2.circle(page, spot, int(rng.integers(0, 3)), float(rng.uniform(20, 170)), -1)
    out = np.clip(page, 0, 255).astype(np.uint8)
    if rng.random() < 0.06 and tones[1] - tones[0] > 80:
        cut = int(tones[0] + (tones[1] - tones[0]) * rng.uniform(0.4, 0.75))
        out = np.where(out > cut, 255, 0).astype(np.uint8)
    elif rng.random() < 0.6:
        packed = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 95))])[1]
        out = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    return out


def _cut(page: U8, box: tuple[float, float, float, float], rng: np.random.Generator, strong: float) -> U8:
    """The crop: the box with -4 % to 19 % of margin, displaced as an imperfect registration would."""
    x, y, w, h = box
    margin = rng.uniform(-0.04, 0.19, 4)
    shift = rng.normal(0, 0.025 * strong, 2)
    left, right = x - margin[0] * w + shift[0] * w, x + w + margin[1] * w + shift[0] * w
    top, bottom = y - margin[2] * h + shift[1] * h, y + h + margin[3] * h + shift[1] * h
    cut = page[max(0, round(top)) : round(bottom), max(0, round(left)) : round(right)]
    return np.ascontiguousarray(cut)


def compose_strip(
    inks: Sequence[U8 | None], rng: np.random.Generator, *, strong: float, lines: bool
) -> tuple[U8, list[tuple[int, int, int, int]]]:
    """A comb of touching boxes written in one hand, as scanned: grey strip, and (x, y, w, h) of each box.

    Size, slant and pen vary little within the strip. ``lines`` leaves faint lines of the boxes standing, as a
    grey scan does; a colour scan drops them.
    """
    px = 10.0 if strong < 1 else rng.uniform(6.0, 12.0)  # pixels a millimetre
    cell_w, cell_h = 5.2 * px, 7.0 * px
    top, left = 0.3 * cell_h, 0.6 * cell_w
    height, width = round(cell_h * 1.6), round(cell_w * (len(inks) + 1.2))
    coverage = np.zeros((height, width), np.float32)
    hand = rng.normal(0.66, 0.1)
    for n, ink in enumerate(inks):
        if ink is not None:
            centre = (left + (n + 0.5) * cell_w, top + cell_h / 2)
            _write(coverage, ink, centre, (cell_w, cell_h), rng, strong, hand)
    ink_grey = rng.uniform(15, 110) if strong < 1 else rng.uniform(20, 150)
    paper = rng.uniform(225, 254)
    page = np.full((height, width), paper, np.float32)
    boxes = [(round(left + n * cell_w), round(top), round(cell_w), round(cell_h)) for n in range(len(inks))]
    if lines:
        level = float(paper - rng.uniform(15, 45))
        for x, y, w, h in boxes:
            cv2.rectangle(page, (x, y), (x + w, y + h), level, max(1, round(0.22 * px)))
    page = page - (page - np.float32(ink_grey)) * coverage
    return _scan(page, (ink_grey, paper), rng, strong), boxes
