"""Where glyphs come from: real ink, free fonts, and the split between training and held-out writers.

Every glyph is a 64 x 64 picture, ink white on black, scaled so that its longer side fills 56 pixels.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from ocr.reading import CHARACTERS
from ocr.training.fonts import FONTS, Font

SIZE = 64
REACH = 56
U8 = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Glyphs:
    """A stock of glyphs: ``images`` (n, 64, 64) uint8 ink white on black, ``labels`` (n,) column of the alphabet,
    ``hands`` (n,) who wrote it (writer, form or font), ``kind`` digits, capitals, strokes, hand or print."""

    images: U8
    labels: npt.NDArray[np.int64]
    hands: npt.NDArray[np.int64]
    kind: str

    def pick(self, chosen: npt.NDArray[np.bool_]) -> Glyphs:
        return Glyphs(self.images[chosen], self.labels[chosen], self.hands[chosen], self.kind)

    def __len__(self) -> int:
        return len(self.labels)


def frame(ink: U8) -> U8 | None:
    """A picture of one glyph (ink white on black) laid in the common frame; None when it is empty."""
    mask = ink > 60
    if mask.sum() < 4:
        return None
    x, y, w, h = cv2.boundingRect(mask.astype(np.uint8))
    x0, y0 = max(0, x - 1), max(0, y - 1)
    cut = ink[y0 : y + h + 1, x0 : x + w + 1]
    scale = REACH / max(cut.shape)
    size = (max(1, round(cut.shape[1] * scale)), max(1, round(cut.shape[0] * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(cut, size, interpolation=method)
    out = np.zeros((SIZE, SIZE), np.uint8)
    top, left = (SIZE - size[1]) // 2, (SIZE - size[0]) // 2
    out[top : top + size[1], left : left + size[0]] = small
    return out


def _stock(parts: Iterator[tuple[U8, int, int]], kind: str) -> Glyphs:
    images, labels, hands = [], [], []
    for ink, label, hand in parts:
        framed = frame(ink)
        if framed is not None:
            images.append(framed)
            labels.append(label)
            hands.append(hand)
    return Glyphs(np.stack(images), np.array(labels, np.int64), np.array(hands, np.int64), kind)


def digits(folder: Path) -> Glyphs:
    """Real digits of 670 writers (MNIST joined with QMNIST's writers)."""
    with np.load(folder / "digits.npz") as data:
        x, y, writer = data["x"], data["y"], data["writer"]
    white = x if x.mean() < 128 else 255 - x
    return _stock(((white[i], int(y[i]), int(writer[i])) for i in range(len(y))), "digits")


def held_out_writer(hands: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """One writer in seven is never trained on (no writer number in the file divides by five)."""
    held: npt.NDArray[np.bool_] = hands % 7 == 0
    return held


def capitals(folder: Path, label: str) -> Glyphs:
    """Real capitals cut from forms; ``label`` is gold or pseudo. ``hands`` numbers the source image."""
    with np.load(folder / "capitals.npz") as data:
        x, y, source, quality = data["x"], data["y"], data["source_image"], data["label"]
    chosen = np.flatnonzero(quality == label)
    numbers = {name: i for i, name in enumerate(sorted(set(source.tolist())))}
    return _stock(((255 - x[i], CHARACTERS.index(str(y[i])), numbers[str(source[i])]) for i in chosen), "capitals")


def strokes(folder: Path) -> Glyphs:
    """Pen strokes of 44 writers drawn with a round pen. For validation only: their terms are for research."""
    document = json.loads((folder / "strokes.json").read_text("utf-8"))["strokes"]

    def draw() -> Iterator[tuple[U8, int, int]]:
        for char, writers in document.items():
            for number, pen in enumerate(writers.values() if isinstance(writers, dict) else writers):
                yield _draw_strokes(pen), CHARACTERS.index(char), number

    return _stock(draw(), "strokes")


def _draw_strokes(pen: Sequence[Sequence[Sequence[float]]]) -> U8:
    points = np.array([p for stroke in pen for p in stroke], np.float64)
    low, span = points.min(0), max(float(np.ptp(points, axis=0).max()), 1e-6)
    out = np.zeros((160, 160), np.uint8)
    for stroke in pen:
        path = np.rint((np.array(stroke, np.float64) - low) / span * 130 * 16 + 15 * 16).astype(np.int32)
        cv2.polylines(out, [path.reshape(-1, 1, 2)], False, 255, 11, cv2.LINE_AA, 4)
    return out


def fonts(root: Path, *, hand: bool, held_out: bool | None = None) -> Glyphs:
    """Characters of the free fonts listed in ``fonts.py`` found under ``root`` (folders of TTF, OTF or WOFF2).

    ``hand`` picks handwriting or print; ``held_out`` those never trained on, or the others, or (None) all.
    Handwriting fonts give some lower-case letters too, labelled as their capital: people write them so.
    """

    def draw() -> Iterator[tuple[U8, int, int]]:
        for number, font in enumerate(FONTS):
            if font.hand != hand or (held_out is not None and font.held_out != held_out):
                continue
            for path in find_font(root, font):
                yield from _draw_font(path, number, lower=hand and not font.held_out)

    return _stock(draw(), "hand" if hand else "print")


LOWER = "abdefghijkmnprtuvwxyzcsop"  # no l (a capital I), no q (a nine): their capitals look otherwise
"""Lower-case letters that people write for the capital. Each is given once per font, at little weight."""


def _draw_font(path: Path, number: int, *, lower: bool) -> Iterator[tuple[U8, int, int]]:
    face = ImageFont.truetype(str(path), 72)
    missing = _render(face, "\ufffe")
    for char in CHARACTERS:
        ink = _render(face, char)
        if ink is not None and (missing is None or ink.shape != missing.shape or (ink != missing).any()):
            yield ink, CHARACTERS.index(char), number
    if lower:
        for char in LOWER:
            ink = _render(face, char)
            if ink is not None:
                yield ink, CHARACTERS.index(char.upper()), number + LOWER_HAND


LOWER_HAND = 100_000
"""Added to the number of a font for its lower-case glyphs."""


def _render(face: ImageFont.FreeTypeFont, char: str) -> U8 | None:
    canvas = Image.new("L", (200, 200), 0)
    ImageDraw.Draw(canvas).text((60, 40), char, font=face, fill=255)
    ink = np.asarray(canvas)
    return ink if ink.max() > 60 else None


def find_font(root: Path, font: Font) -> list[Path]:
    """Font files of one family under ``root`` (its first file of each listed pattern), in a stable order."""
    found: list[Path] = []
    for pattern in font.files:
        found += sorted(root.glob(pattern))[:1]
    return found
