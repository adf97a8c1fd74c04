"""Ink on paper: glyphs of fonts and of real hands, written into boxes and on lines, and invented signatures.

Everything is drawn as coverage (float32, 0 paper to 1 full ink) at ``DPI`` and then laid on the page in the pen's
colour. A hand keeps its habits (slant, size, pen width) and never writes a letter twice alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from samples import fonts

DPI = 300
MM = DPI / 25.4
"""Pixels per millimetre."""

Coverage = npt.NDArray[np.float32]
Page = npt.NDArray[np.uint8]
Rng = np.random.Generator

HELD_OUT_WRITERS = 7
"""Writers of digits whose number divides by this are never trained on (``ocr.training.stock``)."""

BLUES = ((142, 58, 28), (120, 42, 40), (165, 80, 30), (110, 50, 60))
BLACKS = ((38, 36, 36), (52, 48, 46), (28, 26, 30))
"""Ballpoint colours, BGR."""


class Hand(Protocol):
    """Whoever writes: gives a tight coverage of one character, about ``height`` pixels tall for a capital."""

    color: tuple[int, int, int]
    tidy: float

    def glyph(self, char: str, height: float, rng: Rng) -> Coverage: ...


@dataclass(frozen=True, slots=True)
class TypedHand:
    """Letters of a printer or a typewriter: no slant, no jitter but the carriage's."""

    font: str
    color: tuple[int, int, int] = (30, 30, 32)
    tidy: float = 1.0

    def glyph(self, char: str, height: float, rng: Rng) -> Coverage:
        mask = render_glyph(str(fonts.typed(self.font)), char, round(height * 4))
        return shrink(mask, height / (round(height * 4)))


@dataclass(frozen=True, slots=True)
class FontHand:
    """A handwriting font written by somebody: own slant, own pen, a fresh distortion for every letter."""

    font: str
    color: tuple[int, int, int]
    slant: float = 0.0
    pen_mm: float = 0.5
    tidy: float = 0.5

    def glyph(self, char: str, height: float, rng: Rng) -> Coverage:
        tall = round(height * 3)
        mask = render_glyph(str(fonts.hand(self.font)), char, tall)
        mask = set_pen(mask, self.pen_mm * MM * tall / height * rng.uniform(0.9, 1.12))
        mask = bend(mask, rng, self.slant + rng.normal(0, 0.03), strength=1.2 - self.tidy)
        return shrink(mask, height / tall)


@dataclass(frozen=True, slots=True)
class RealHand:
    """A person's own digits and capitals (never committed): one writer's digits, gold capitals of others."""

    digits: dict[str, list[Page]] = field(repr=False)
    capitals: dict[str, list[Page]] = field(repr=False)
    color: tuple[int, int, int] = BLUES[0]
    tidy: float = 0.4

    def glyph(self, char: str, height: float, rng: Rng) -> Coverage:
        stock = self.digits if char.isdigit() else self.capitals
        choices = stock.get(char) or stock.get(PLAIN.get(char, char)) or []
        if not choices:
            return np.zeros((4, 4), np.float32)
        return enlarge(choices[int(rng.integers(len(choices)))], height * rng.uniform(0.9, 1.08))


PLAIN = dict(zip("ÁÉÍÓÚÜÑ", "AEIOUUN", strict=True))


@lru_cache(maxsize=4096)
def render_glyph(font: str, char: str, height: int) -> Coverage:
    """A character of a font, tight, in the size at which the font's H is ``height`` pixels tall."""
    face = ImageFont.truetype(font, _size_for(font, height))
    left, top, right, bottom = face.getbbox(char)
    canvas = Image.new("L", (max(int(right - left), 1) + 8, max(int(bottom - top), 1) + 8), 0)
    ImageDraw.Draw(canvas).text((4 - left, 4 - top), char, font=face, fill=255)
    return tight(np.asarray(canvas, np.float32) / 255)


@lru_cache(maxsize=512)
def _size_for(font: str, height: int) -> int:
    box = ImageFont.truetype(font, 200).getbbox("H")
    return max(4, round(200 * height / (box[3] - box[1])))


def tight(mask: Coverage) -> Coverage:
    """The mask without its empty edges."""
    rows, columns = np.flatnonzero(mask.max(1) > 0.1), np.flatnonzero(mask.max(0) > 0.1)
    if not len(rows) or not len(columns):
        return np.zeros((4, 4), np.float32)
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def shrink(mask: Coverage, scale: float) -> Coverage:
    """Scaled down with the area each pixel covers."""
    size = max(1, round(mask.shape[1] * scale)), max(1, round(mask.shape[0] * scale))
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.float32)


def enlarge(image: Page, height: float) -> Coverage:
    """A small scan of a real glyph (black on white) as sharp ink ``height`` pixels tall."""
    mask = tight(1 - image.astype(np.float32) / 255)
    scale = min(height / mask.shape[0], height * 1.1 / mask.shape[1])
    size = max(2, round(mask.shape[1] * scale)), max(2, round(mask.shape[0] * scale))
    grown = np.pad(cv2.resize(mask, size, interpolation=cv2.INTER_CUBIC), 3)
    soft = cv2.GaussianBlur(grown, (0, 0), 0.7)
    return np.asarray(1 / (1 + np.exp(-(soft - 0.42) * 14)), np.float32)


def set_pen(mask: Coverage, width: float) -> Coverage:
    """The glyph redrawn with a stroke about ``width`` pixels wide."""
    ink = np.pad((mask > 0.5).astype(np.uint8), 2)
    inside = cv2.distanceTransform(ink, cv2.DIST_L2, 3)
    ridge = inside[(inside >= cv2.dilate(inside, np.ones((3, 3), np.uint8)) - 1e-6) & (inside > 0.8)]
    now = 2 * float(np.median(ridge)) if len(ridge) else 1.0
    thinnest = float(np.percentile(ridge, 10)) if len(ridge) else 1.0
    grow = (min(width, now * 2.2) - now) / 2
    padded = np.pad(ink, max(2, int(abs(grow)) + 2))
    if grow >= 0:
        away = cv2.distanceTransform(1 - padded, cv2.DIST_L2, 3)
        return np.asarray(np.clip(grow + 0.5 - away, 0, 1), np.float32)
    deep = cv2.distanceTransform(padded, cv2.DIST_L2, 3)
    thin = np.clip(deep + max(grow, -0.4 * thinnest) + 0.5, 0, 1)
    return np.asarray(np.where(padded > 0, thin, 0), np.float32)


def bend(mask: Coverage, rng: Rng, slant: float, strength: float) -> Coverage:
    """A letter as the same hand writes it another time: slanted, turned a little, wavering."""
    height = mask.shape[0]
    pad = int(0.35 * height) + 2
    padded = np.pad(mask, pad)
    middle = padded.shape[1] / 2, padded.shape[0] / 2
    turn = cv2.getRotationMatrix2D(middle, rng.normal(0, 3.0) * strength, 1.0)
    shear = np.array([[1, -slant, slant * middle[1]], [0, 1, 0], [0, 0, 1]])
    matrix = (np.vstack([turn, [0, 0, 1]]) @ shear)[:2]
    moved = cv2.warpAffine(padded, matrix, padded.shape[::-1], flags=cv2.INTER_LINEAR)
    waves = rng.normal(0, 0.022 * height * strength, (2, 4, 4)).astype(np.float32)
    drift = [cv2.resize(w, padded.shape[::-1], interpolation=cv2.INTER_CUBIC) for w in waves]
    grid = np.meshgrid(np.arange(padded.shape[1], dtype=np.float32), np.arange(padded.shape[0], dtype=np.float32))
    return tight(cv2.remap(moved, grid[0] + drift[0], grid[1] + drift[1], cv2.INTER_LINEAR))


def lay(page: Page, mask: Coverage, x: float, y: float, color: Sequence[int], rng: Rng) -> None:
    """Lays coverage on the page, its top left corner at (x, y) pixels. Ink multiplies what lies below."""
    left, top = round(x), round(y)
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + mask.shape[1], page.shape[1]), min(top + mask.shape[0], page.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    cover = mask[y0 - top : y1 - top, x0 - left : x1 - left] * _pressure(rng, (y1 - y0, x1 - x0))
    under = page[y0:y1, x0:x1].astype(np.float32)
    tone = np.array(color, np.float32) / 255
    page[y0:y1, x0:x1] = np.rint(under * (1 - cover[..., None] * (1 - tone))).astype(np.uint8)


def _pressure(rng: Rng, shape: tuple[int, int]) -> Coverage:
    """Ballpoint ink is uneven: slow waves of pressure and a fine grain of paper."""
    slow = rng.uniform(0.78, 1.0, (max(2, shape[0] // 14), max(2, shape[1] // 14))).astype(np.float32)
    waves = cv2.resize(slow, shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(waves * rng.uniform(0.86, 1.0, shape), np.float32)


def write_cells(
    page: Page, boxes: Sequence[tuple[float, float, float, float]], text: str, hand: Hand, rng: Rng
) -> None:
    """One character a box, boxes in millimetres; a space leaves its box empty."""
    loose = 1.0 - hand.tidy
    size = float(np.clip(rng.normal(0.66, 0.05 * loose + 0.01), 0.5, 0.82))
    lean_x, lean_y = rng.normal(0, 0.05 * loose), rng.normal(0, 0.05 * loose)
    for (x, y, w, h), char in zip(boxes, text, strict=False):
        if char == " ":
            continue
        height = h * MM * size * float(np.clip(rng.normal(1, 0.05 * loose), 0.8, 1.2))
        mask = hand.glyph(char, height, rng)
        if mask.shape[1] > w * MM * 1.02:
            mask = shrink(mask, w * MM * 1.0 / mask.shape[1])
        left = (x + w * (0.5 + lean_x + rng.normal(0, 0.05 * loose))) * MM - mask.shape[1] / 2
        top = (y + h * (0.5 + lean_y + rng.normal(0, 0.04 * loose))) * MM - mask.shape[0] / 2
        lay(page, mask, left, top, hand.color, rng)


def write_line(
    page: Page, box: tuple[float, float, float, float], text: str, hand: Hand, rng: Rng, share: float = 0.58
) -> None:
    """A name on its line, narrower when it is long."""
    x, y, w, h = box
    height = h * MM * share * rng.uniform(0.9, 1.08)
    masks = [None if c == " " else _letter(hand, c, height, rng) for c in text]
    gap, space = height * (0.14 + 0.05 * (1 - hand.tidy)), height * 0.62
    total = sum(space if m is None else m[0].shape[1] + gap for m in masks)
    fit = min(1.0, (w - 3) * MM / total)
    cursor, base = (x + rng.uniform(1, 2.5)) * MM, (y + h * 0.84) * MM
    slope = rng.normal(0, 0.006) * (1 - hand.tidy)
    for mask in masks:
        if mask is None:
            cursor += space * fit
            continue
        glyph, below = mask
        if fit < 1:
            glyph, below = shrink(glyph, fit), below * fit
        wobble = rng.normal(0, 0.02 * height) * (1 - hand.tidy)
        lay(page, glyph, cursor, base + below - glyph.shape[0] + wobble - slope * cursor, hand.color, rng)
        cursor += glyph.shape[1] + gap * fit


def _letter(hand: Hand, char: str, height: float, rng: Rng) -> tuple[Coverage, float]:
    """The letter and how far it goes below the line."""
    below = 0.12 * height if char in "Q,J" and not isinstance(hand, TypedHand) else 0.0
    if isinstance(hand, RealHand) and char in PLAIN:
        return _with_accent(hand.glyph(char, height, rng), char, rng), below
    return hand.glyph(char, height, rng), below


def _with_accent(mask: Coverage, char: str, rng: Rng) -> Coverage:
    room = int(mask.shape[0] * 0.4)
    taller = np.pad(mask, ((room, 0), (0, 0)))
    middle, thick = mask.shape[1] // 2, max(2, mask.shape[0] // 10)
    high, low = int(room * 0.2), int(room * 0.85)
    if char == "Ñ":
        cv2.line(taller, (middle - room // 2, low - 2), (middle + room // 2, high + 4), 1.0, thick, cv2.LINE_AA)
    else:
        end = (middle + room // 2, high)
        cv2.line(taller, (middle - int(rng.integers(0, 3)), low), end, 1.0, thick, cv2.LINE_AA)
    return taller


def load_real_hands(folder: Path, seed: int, count: int) -> list[RealHand]:
    """Hands nobody trained on: digits of held-out writers, gold capitals of forms apart.

    The split is ``ocr.training.stock``'s; no form gave both gold and pseudo-labelled capitals. Raises
    FileNotFoundError without the data.
    """
    rng = np.random.default_rng([seed, 77])
    with np.load(folder / "handwriting" / "digits.npz") as data:
        held = data["writer"] % HELD_OUT_WRITERS == 0
        x, y, writer = data["x"][held], data["y"][held], data["writer"][held]
    with np.load(folder / "handwriting" / "capitals.npz", allow_pickle=False) as data:
        gold = data["label"] == "gold"
        letters, names, forms = data["x"][gold], data["y"][gold], data["source_image"][gold]
    full = [w for w in np.unique(writer) if len(set(y[writer == w].tolist())) == 10]
    hands = []
    for _ in range(count):
        mine = writer == full[int(rng.integers(len(full)))]
        digits = {str(d): list(x[mine & (y == d)]) for d in range(10)}
        hands.append(RealHand(digits, _own_capitals(letters, names, forms, rng), pick_color(rng)))
    return hands


def _own_capitals(letters: Page, names: npt.NDArray, forms: npt.NDArray, rng: Rng) -> dict[str, list[Page]]:
    """For each letter one or two gold examples, so that a hand looks like itself within a row."""
    own = {}
    for letter in np.unique(names):
        places = np.flatnonzero(names == letter)
        own[str(letter)] = [letters[i] for i in rng.choice(places, size=min(2, len(places)), replace=False)]
    return own


def pick_color(rng: Rng) -> tuple[int, int, int]:
    """Blue in two thirds of the pens, else black; no two refills alike."""
    palette = BLUES if rng.random() < 0.66 else BLACKS
    base = palette[int(rng.integers(len(palette)))]
    blue, green, red = (int(np.clip(c + rng.normal(0, 6), 10, 190)) for c in base)
    return blue, green, red


def draw_font_hand(rng: Rng, names: Sequence[str] = tuple(fonts.HELD_OUT)) -> FontHand:
    """Somebody who writes like one of the fonts never trained on."""
    return FontHand(
        font=names[int(rng.integers(len(names)))],
        color=pick_color(rng),
        slant=float(rng.normal(0.05, 0.08)),
        pen_mm=float(rng.uniform(0.36, 0.62)),
        tidy=float(rng.uniform(0.3, 0.75)),
    )
