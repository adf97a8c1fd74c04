"""One handwritten or printed character in, its probabilities out.

``normalise_cell`` turns the crop of one box of the form into a 32 x 32 picture of its ink alone;
``GlyphModel`` is the small network trained by ``ocr.training`` on such pictures
(data, terms and figures: ``ocr/weights/glyphs.md``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from ocr.pieces import find_pieces
from ocr.reading import ALPHABET, FLOOR, Lattice

Grey = npt.NDArray[np.uint8]

SIDE = 32
"""Pixels a side of a normalised cell."""
REACH = 26
"""Pixels the longer side of the ink fills of the 32: the margin leaves the network room to see round it."""
WORK_HEIGHT = 64
"""Pixels of height at which the ink of a cell is looked for (7 mm at about 230 dpi)."""
LEAST_CONTRAST = 24
"""Grey levels between paper and ink below which a cell holds no ink (paper noise of clean scans: under 12)."""
WEIGHTS = Path(__file__).parent / "weights"
SECOND_LOOK = 0.9
"""Probability of a cell's best character together with its twin under which the cell is looked at again, leaning
left and right. Measured on the calibration half of the writers (``ocr/weights/glyphs.md``, "Second look")."""
LEAN = 0.12
"""Sideways lean of the second looks, pixels a pixel of height (7 degrees)."""

_EMPTY: Grey = np.full((SIDE, SIDE), 255, np.uint8)
_KERNEL = np.ones((3, 3), np.uint8)
_LEVELS = np.arange(256, dtype=np.float32)
_TWINS = (("0", "O"), ("1", "I"), ("2", "Z"), ("5", "S"), ("8", "B"))
"""Characters that many people draw alike: between them only the place in the field can tell."""


def _ink_of(grey: Grey) -> npt.NDArray[np.float32] | None:
    """Ink from 0 (paper) to 1 (the darkest stroke) at the working height; None when there is no contrast."""
    height, width = grey.shape
    scale = WORK_HEIGHT / height
    size = (max(12, min(160, round(width * scale))), WORK_HEIGHT)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(grey, size, interpolation=method)
    bare = np.count_nonzero(small == 255)  # a cut cell's paper is white; else the third quarter of the levels
    paper = 255.0 if bare >= small.size - int(small.size * 0.75) else _nth(small, int(small.size * 0.75))
    # The darkest ink is looked for inside, where the lines of the box are not: they may be darker than the pen.
    edge = round(size[0] * 0.2)
    inside = small[10 : WORK_HEIGHT - 10, edge : size[0] - edge]
    dark = _nth(inside, inside.size // 60)
    if paper - dark < LEAST_CONTRAST:
        dark = _nth(small, small.size // 60)
        if paper - dark < LEAST_CONTRAST:
            return None
    return np.asarray(cv2.LUT(small, _strength(paper, dark)), np.float32)


@lru_cache(512)
def _strength(paper: float, dark: float) -> npt.NDArray[np.float32]:
    """Ink (0 to 1) of each of the 256 levels."""
    return np.asarray(np.clip((np.float32(paper) - _LEVELS) / np.float32(paper - dark), 0.0, 1.0), np.float32)


def _nth(levels: Grey, n: int) -> float:
    return float(np.partition(levels, n, axis=None)[n])


def _erase_lines(mask: Grey) -> Grey:
    """The mask without what is left of the box: long straight runs along its four sides."""
    height, width = mask.shape
    out = mask.copy()
    for axis, length, depth in ((1, width, height), (0, height, width)):
        cover = cv2.reduce(mask, axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel().tolist()
        band = max(3, round(depth * 0.17))
        for side in (range(band), range(depth - band, depth)):
            if max(cover[side.start : side.stop]) <= 0.74 * length:
                continue
            full = [i for i in side if cover[i] > 0.74 * length]
            if len(full) > 5:  # a line of the box is thin; anything thicker is ink
                continue
            first, last = max(0, full[0] - 1), min(depth - 1, full[-1] + 1)
            _erase_band(mask, out, axis, first, last)
    return out


def _erase_band(mask: Grey, out: Grey, axis: int, first: int, last: int) -> None:
    """Clear rows (axis 1) or columns (axis 0) first..last, but keep strokes that cross the band."""
    depth = mask.shape[0] if axis == 1 else mask.shape[1]
    view, target = (mask, out) if axis == 1 else (mask.T, out.T)
    before = view[first - 1] if first > 0 else np.zeros(view.shape[1], np.uint8)
    after = view[last + 1] if last + 1 < depth else np.zeros(view.shape[1], np.uint8)
    crossing = before & after
    target[first : last + 1] = view[first : last + 1] & crossing


def _keep_glyph(mask: Grey) -> Grey | None:
    """The pieces of ink that belong to this cell; None when nothing does.

    Left out: specks, and pieces that lie in the outer margin (what neighbours and lines leave behind).
    """
    height, width = mask.shape
    count, labels, stats, centres = find_pieces(mask)
    if count <= 1:
        return None
    # Plain numbers: most cells hold one to three pieces, for which arrays are several times slower.
    pieces = [
        _piece(box, centre, width, height)
        for box, centre in zip(stats[1:].tolist(), centres[1:].tolist(), strict=True)
    ]
    if count > 2:
        for n, piece in enumerate(pieces, 1):
            if piece.spans and _is_frame(labels == n, piece.box):
                piece.frame, piece.weight = True, 0.01
    main = max(pieces, key=lambda piece: piece.weight)
    keep = [not (p.in_margin or (p.area < 7 if p is main else p.frame or p.is_left_over(main))) for p in pieces]
    if not any(keep):
        return None
    if all(keep):
        return mask
    table = np.zeros(count, np.uint8)
    table[1:] = keep
    kept: Grey = table[labels]
    return kept


@dataclass(slots=True)
class _Piece:
    """One connected piece of ink in a cell: ``box`` (x, y, w, h) and ``area`` in pixels; ``off`` is how far from
    the middle it lies (0 to 0.5); ``weight`` is greatest for the piece that is the character."""

    box: tuple[int, int, int, int]
    area: int
    off: float
    at_edge: bool
    in_margin: bool
    spans: bool
    frame: bool
    weight: float

    def is_left_over(self, main: _Piece) -> bool:
        """A speck, or a thin rest of a neighbour's stroke at the edge, beside the main piece."""
        reach, greatest = max(self.box[2:]), max(main.box[2:])
        if self.at_edge and self.off > 0.33 and reach < 0.6 * greatest:
            return True
        return self.area < 7 or (self.area < 0.03 * main.area and reach < 6)


def _piece(stats: list[int], centre: list[float], width: int, height: int) -> _Piece:
    x, y, w, h, area = stats
    off = max(abs(centre[0] / width - 0.5), abs(centre[1] / height - 0.5) * 0.9)
    flat_or_upright = (w < 0.14 * width and h > 0.6 * height) or (h < 0.1 * height and w > 0.6 * width)
    frame = flat_or_upright and off > 0.28
    weight = max(w, h) * min(1.0, max(0.05, 1.25 - 1.6 * off)) * (0.3 if frame else 1.0)
    in_margin = x + w <= width * 0.14 or x >= width * 0.86 or y + h <= height * 0.1 or y >= height * 0.9
    spans = w > 0.68 * width and h > 0.68 * height
    return _Piece((x, y, w, h), area, off, x <= 1 or x + w >= width - 1, in_margin, spans, frame, weight)


def _is_frame(piece: npt.NDArray[np.bool_], box: tuple[int, int, int, int]) -> bool:
    """A piece that follows the rim of its own bounding box nearly all the way round is the box of the form."""
    x, y, w, h = box
    cut = piece[y : y + h, x : x + w]
    rim = 6
    sides = (cut[:rim].any(0), cut[-rim:].any(0), cut[:, :rim].any(1), cut[:, -rim:].any(1))
    return min(float(side.mean()) for side in sides) > 0.85


def _place(ink: npt.NDArray[np.float32], kept: Grey) -> Grey:
    """The kept ink scaled so that its longer side fills REACH, centred between its box and its mass."""
    x, y, w, h = cv2.boundingRect(kept)
    window = slice(max(0, y - 1), y + h + 1), slice(max(0, x - 1), x + w + 1)
    glyph = ink[window] * cv2.dilate(kept[window], _KERNEL)
    longest = max(glyph.shape)
    # A dot or a dash must not be blown up to look like a character.
    scale = REACH / max(longest, 0.34 * WORK_HEIGHT)
    size = (max(1, round(glyph.shape[1] * scale)), max(1, round(glyph.shape[0] * scale)))
    small = cv2.resize(glyph, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    top = float(small.max())
    gain = min(1.6, 1.0 / top) if top > 0 else 1.0
    moments = cv2.moments(small)
    mass_x = moments["m10"] / (moments["m00"] + 1e-6)
    mass_y = moments["m01"] / (moments["m00"] + 1e-6)
    left = round(SIDE / 2 - (mass_x + (size[0] - 1) / 2) / 2 - 0.5)
    upper = round(SIDE / 2 - (mass_y + (size[1] - 1) / 2) / 2 - 0.5)
    left = min(max(left, 0), SIDE - size[0])
    upper = min(max(upper, 0), SIDE - size[1])
    out = _EMPTY.copy()
    out[upper : upper + size[1], left : left + size[0]] = cv2.bitwise_not(
        cv2.convertScaleAbs(small, alpha=255 * gain)
    )
    return out


def normalise_cell(grey: Grey) -> Grey:
    """The ink of one cell as a 32 x 32 picture, dark on white; all white when the cell holds no ink.

    ``grey`` is the crop of one box, uint8, ink dark on light, of any size; up to a sixth of margin on each
    side is welcome (people write over the lines). Box lines that did not drop out, specks and what
    neighbouring strokes leave in the margin are removed. Raises ValueError on anything but a 2-D uint8 array.
    """
    if grey.ndim != 2 or grey.dtype != np.uint8:
        raise ValueError("a cell is a two-dimensional array of uint8")
    if min(grey.shape) < 6:
        return _EMPTY.copy()
    ink = _ink_of(grey)
    if ink is None:
        return _EMPTY.copy()
    mask = (ink > 0.42).astype(np.uint8)
    kept = _keep_glyph(_erase_lines(mask))
    if kept is None:
        return _EMPTY.copy()
    return _place(ink, kept)


def normalise_cells(crops: Sequence[Grey]) -> Grey:
    """Crops of any sizes as one array (n, 32, 32) of normalised cells."""
    out = np.empty((len(crops), SIDE, SIDE), np.uint8)
    for i, crop in enumerate(crops):
        out[i] = normalise_cell(crop)
    return out


class GlyphModel:
    """The network with its calibration. Make it with ``load``; it holds no state between calls."""

    def __init__(self, session: Any, calibration: dict[str, Any], version: str) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name
        self._temperature = np.asarray(calibration["temperature"], np.float32)
        self._doubt = float(calibration["doubt"])
        self._figures = np.float32(calibration.get("figures", 0.0))
        self.version = version

    @classmethod
    def load(cls, folder: Path = WEIGHTS) -> GlyphModel:
        """Read ``glyphs.onnx`` and ``glyphs.json`` of a folder. Raises OSError when they are not there."""
        import onnxruntime  # here, so that reading forms without ink costs no start-up time

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # one page per process; processes share the cores
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        calibration = json.loads((folder / "glyphs.json").read_text("utf-8"))
        session = onnxruntime.InferenceSession(
            (folder / "glyphs.onnx").read_bytes(), options, providers=["CPUExecutionProvider"]
        )
        return cls(session, calibration, calibration["version"])

    def read(self, cells: Grey | Sequence[Grey]) -> Lattice:
        """Log-probabilities (n, 37) over ``ocr.reading.ALPHABET``, natural, >= FLOOR, each row summing to 1.

        ``cells``: an array (n, 32, 32) already normalised, or a sequence of crops of any sizes, which are
        normalised first.
        """
        if isinstance(cells, np.ndarray) and cells.ndim == 3 and cells.shape[1:] == (SIDE, SIDE):
            pictures = cells
        else:
            pictures = normalise_cells(list(cells))
        out = np.full((len(pictures), len(ALPHABET)), FLOOR, np.float32)
        out[:, -1] = 0.0
        inked = np.flatnonzero(pictures.min(axis=(1, 2)) < 200) if len(pictures) else np.empty(0, np.int64)
        if inked.size:
            out[inked] = self._calibrate(self.score(pictures[inked]))
        return np.maximum(out, np.float32(FLOOR))

    def score(self, pictures: Grey) -> Lattice:
        """Scores (n, 37) before calibration of n normalised cells that bear ink.

        A doubtful cell's are the mean of three looks: upright, leaning left, leaning right.
        """
        scores = self._run(pictures)
        doubtful = np.flatnonzero(_surety(scores) < SECOND_LOOK)
        if doubtful.size:
            looks = [self._run(_lean(pictures[doubtful], by)) for by in (-LEAN, LEAN)]
            scores[doubtful] = (scores[doubtful] + looks[0] + looks[1]) / 3
        return scores

    def _run(self, pictures: Grey) -> Lattice:
        tensor = (255 - pictures[:, None].astype(np.float32)) / np.float32(255)
        scores: Lattice = self._session.run(None, {self._input: tensor})[0]
        return scores

    def _calibrate(self, scores: Lattice) -> Lattice:
        """What sheets hold, temperature, then a little doubt spread over all characters: none is impossible.

        ``figures`` is added to the ten figures: sheets hold more of them than the training did. It moves 0 against
        O, never one letter against another. ``ocr.training.export`` fits all four numbers.
        """
        z = scores.copy()
        z[:, :10] += self._figures
        # One temperature for cells that look like a figure, another for the rest.
        figure = z[:, :10].max(axis=1) > z[:, 10:].max(axis=1)
        z /= np.where(figure, self._temperature[0], self._temperature[1])[:, None]
        z -= z.max(axis=1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(axis=1, keepdims=True)
        p = (1 - self._doubt) * p + self._doubt / p.shape[1]
        logp: Lattice = np.log(p).astype(np.float32)
        return logp


def _twin_table() -> npt.NDArray[np.float32]:
    table = np.eye(len(ALPHABET), dtype=np.float32)
    for one, other in _TWINS:
        table[ALPHABET.index(one), ALPHABET.index(other)] = table[ALPHABET.index(other), ALPHABET.index(one)] = 1
    return table


_WITH_TWIN = _twin_table()


def _surety(scores: Lattice) -> npt.NDArray[np.float32]:
    """Probability of the best character, its twin's added, of each cell."""
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray((p @ _WITH_TWIN).max(axis=1) / p.sum(axis=1), np.float32)


def _lean(pictures: Grey, by: float) -> Grey:
    """The pictures sheared sideways about their middle."""
    middle = (SIDE - 1) / 2
    shear = np.array([[1.0, by, -by * middle], [0.0, 1.0, 0.0]])
    out = np.empty_like(pictures)
    for n, picture in enumerate(pictures):
        cv2.warpAffine(picture, shear, (SIDE, SIDE), dst=out[n], flags=cv2.INTER_LINEAR, borderValue=255)
    return out


@cache
def shipped_model() -> GlyphModel:
    """The model that comes with the package, loaded once a process."""
    return GlyphModel.load()
