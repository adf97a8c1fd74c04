"""Prints of ink: whether two scans show the same sheet, and two boxes the same signature image."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from ocr.cells import PX, Strip
from ocr.ink import Writing
from ocr.reading import Answer, RowReading, Signal

Grey = npt.NDArray[np.uint8]

CELL_MM = 1.5
"""Side of a cell of a sheet's print: placement errs by a tenth of it."""
SAME, OTHER = 0.50, 0.30
"""Correlation of two prints: the same sheet scanned again 0.9 to 0.96, copied 0.72 and more, other
people on the same form -0.16 to 0.17 (bench/ocr/pages.py)."""
LEAST_CELLS = 60
"""Inked cells under which a print says nothing: a row filled in has 150 and more."""
SIGN_W, SIGN_H = 160, 64
"""Size of a signature's print: 0.34 mm a pixel at the box's full width."""
SAME_IMAGE = 0.94
"""Correlation of two signatures laid on each other: one image scanned twice 0.96 to 1.0; of 1,350 pairs by the same
hand on a tablet 0.90 at most in 999 of 1,000; of other hands 0.62 at most."""
_MAGIC = b"RP1"


def print_of(strips: Sequence[Strip], writings: Mapping[int, Writing]) -> bytes:
    """The print of a sheet's handwriting, 1 to 4 KB: a coarse picture of all its ink on the form's own grid,
    and a small one of each signature. Holds nothing that can be read."""
    rows = [_row_print(strip) for strip in strips]
    signatures = [_signature_print(writings.get(strip.row.row)) for strip in strips]
    height, width = (max(row.shape[axis] for row in rows) for axis in (0, 1))  # a form's rows need not be alike
    rows = [np.pad(row, ((0, height - row.shape[0]), (0, width - row.shape[1]))) for row in rows]
    body = np.stack(rows).astype(np.uint8).tobytes() + b"".join(np.packbits(s).tobytes() for s in signatures)
    return _MAGIC + struct.pack("<BHH", len(rows), height, width) + zlib.compress(body, 6)


def likeness(a: bytes, b: bytes) -> float | None:
    """Correlation (-1 to 1) of the ink of two sheets of one form; None when either bears too little."""
    one, _ = _unpack(a)
    two, _ = _unpack(b)
    if one is None or two is None or one.shape != two.shape:
        return None
    if min(np.count_nonzero(one), np.count_nonzero(two)) < LEAST_CELLS:
        return None
    either = (one > 0) | (two > 0)
    # over the cells that bear ink in either: paper that both leave empty is no likeness
    both = np.stack([one[either], two[either]]).astype(np.float64)
    spread = both.std(1)
    if spread.min() == 0:
        return None
    return float(np.asarray(np.corrcoef(both)).item(1))


def same_sheet(a: bytes, b: bytes) -> Answer:
    """Whether two prints are of one filled sheet: scanned twice, or copied with its signatures. NO: other ink, as on
    a blank sheet that was copied and then signed."""
    alike = likeness(a, b)
    if alike is None or OTHER < alike < SAME:
        return Answer.UNKNOWN
    return Answer.YES if alike >= SAME else Answer.NO


class Shelf:
    """Signatures of many sheets, to find those that are the same image: one more costs a product with all before it,
    1 ms among 16,000, and a closer look at the few that come near."""

    def __init__(self) -> None:
        self._keys: list[tuple[str, int]] = []
        self._prints: list[Grey] = []
        self._short = np.zeros((64, SHORT_H * SHORT_W), np.float32)

    def add(self, sheet: str, ink_print: bytes) -> list[tuple[int, str, int, float]]:
        """Puts a sheet's signatures on the shelf. (its row, sheet and row of another, correlation) of each that is
        the same image as one that was there before."""
        _, signatures = _unpack(ink_print)
        found, before = [], len(self._keys)
        for row, one in enumerate(signatures, 1):
            if not one.any():
                continue
            short = _short(one)
            for n in np.flatnonzero(self._short[:before] @ short > NEAR).tolist():
                overlap = _overlap(self._prints[n], one)
                if overlap >= SAME_IMAGE:
                    found.append((row, *self._keys[n], round(overlap, 3)))
            self._keep((sheet, row), one, short)
        return found

    def _keep(self, key: tuple[str, int], one: Grey, short: npt.NDArray[np.float32]) -> None:
        if len(self._keys) == len(self._short):
            self._short = np.concatenate([self._short, np.zeros_like(self._short)])
        self._short[len(self._keys)] = short
        self._keys.append(key)
        self._prints.append(one)


SHORT_H, SHORT_W = 8, 20
"""Size of a signature's short print."""
NEAR = 0.75
"""Product of short prints from which two signatures are laid on each other: one image scanned twice 0.9 and more."""


def _short(one: Grey) -> npt.NDArray[np.float32]:
    small = cv2.resize(
        cv2.GaussianBlur(one.astype(np.float32), (0, 0), 3.0), (SHORT_W, SHORT_H), interpolation=cv2.INTER_AREA
    )
    flat = small.ravel() - small.mean()
    return np.asarray(flat / max(1e-6, float(np.linalg.norm(flat))), np.float32)


def mark_repeated(rows: tuple[RowReading, ...], writings: Mapping[int, Writing]) -> tuple[RowReading, ...]:
    """The rows, those whose signature is the same image as another's with a ``repeated_signature`` signal."""
    prints = {row.row: _signature_print(writings.get(row.row)) for row in rows}
    out = []
    for row in rows:
        alike = {
            other: overlap
            for other, theirs in prints.items()
            if other != row.row and (overlap := _overlap(prints[row.row], theirs)) >= SAME_IMAGE
        }
        if alike:
            listed = ", ".join(str(n) for n in sorted(alike))
            sentence = f"La firma es la misma imagen que la del renglón {listed}."
            signal = Signal("repeated_signature", Answer.YES, max(alike.values()), sentence, writings[row.row].box)
            row = replace(row, signals=(*row.signals, signal))
        out.append(row)
    return tuple(out)


def _row_print(strip: Strip) -> Grey:
    """Ink of the row's boxes on a grid of CELL_MM, in four steps."""
    mask = np.zeros(strip.ink.shape, np.uint8)
    for f in strip.row.fields.values():
        for b in f.boxes:
            ys, xs = strip.window(b)
            mask[ys, xs] = (strip.ink[ys, xs] > strip.threshold) * np.uint8(255)
    size = round(strip.box.w / CELL_MM), round(strip.box.h / CELL_MM)
    h, w = strip.ink.shape
    # first by a whole number, which costs a tenth of the time
    quarter = cv2.resize(mask[: h // 4 * 4, : w // 4 * 4], (w // 4, h // 4), interpolation=cv2.INTER_AREA)
    half = cv2.resize(quarter, (2 * size[0], 2 * size[1]), interpolation=cv2.INTER_AREA)
    small = cv2.resize(cv2.GaussianBlur(half, (0, 0), 0.9), size, interpolation=cv2.INTER_AREA)
    return np.asarray(np.digitize(small, [14, 40, 80]), np.uint8)


def _signature_print(writing: Writing | None) -> Grey:
    """The signature's own rectangle at its own scale, top left in SIGN_H x SIGN_W; empty when there is none."""
    out = np.zeros((SIGN_H, SIGN_W), np.uint8)
    if writing is None or writing.stroke_mm < 15:
        return out
    x, y, w, h = cv2.boundingRect(writing.mask)
    scale = SIGN_W / (writing.box.w * PX)
    size = min(SIGN_W, max(1, round(w * scale))), min(SIGN_H, max(1, round(h * scale)))
    part = (writing.mask[y : y + h, x : x + w] > 0).astype(np.float32)
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    out[: size[1], : size[0]] = small > 0.3
    return out


def _overlap(a: Grey, b: Grey) -> float:
    """Best correlation of two signature prints within three pixels' shift; 0 when their sizes differ."""
    if not a.any() or not b.any():
        return 0.0
    size_a, size_b = np.array(cv2.boundingRect(a)[2:]), np.array(cv2.boundingRect(b)[2:])
    if np.abs(size_a - size_b).max() > 5:
        return 0.0
    soft_a = cv2.GaussianBlur(np.pad(a, 3).astype(np.float32), (0, 0), 1.0)
    soft_b = cv2.GaussianBlur(b.astype(np.float32), (0, 0), 1.0)
    return float(cv2.matchTemplate(soft_a, soft_b, cv2.TM_CCOEFF_NORMED).max())


def _unpack(data: bytes) -> tuple[Grey | None, list[Grey]]:
    if not data.startswith(_MAGIC):
        return None, []
    count, height, width = struct.unpack("<BHH", data[3:8])
    body = zlib.decompressobj().decompress(data[8:], 4_000_000)
    grid = np.frombuffer(body[: count * height * width], np.uint8).reshape(count, height, width)
    size = SIGN_H * SIGN_W // 8
    rest = body[count * height * width :]
    signatures = [
        np.unpackbits(np.frombuffer(rest[n * size : (n + 1) * size], np.uint8)).reshape(SIGN_H, SIGN_W)
        for n in range(count)
    ]
    return grid, signatures
