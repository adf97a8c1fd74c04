"""What people put where a signature belongs: invented scribbles, fingerprints, ticks, and lines that cross out."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from samples.ink import MM, Coverage, Rng

_FINE = 4
"""Strokes are drawn this many times larger and then shrunk."""

Points = npt.NDArray[np.float64]


def draw_signature(rng: Rng, width_mm: float, height_mm: float) -> Coverage:
    """An invented signature of roughly that size: a start, a run of loops, often a flourish below or across."""
    width, height = width_mm * MM, height_mm * MM
    canvas = np.zeros((round((height + 30) * _FINE / 2), round((width + 30) * _FINE / 2)), np.float32)
    pen = rng.uniform(0.32, 0.6) * MM
    kind = rng.random()
    strokes = [_initial(rng, width, height)] if kind < 0.75 else []
    strokes.append(_run(rng, width, height))
    if rng.random() < 0.6:
        strokes.append(_flourish(rng, width, height))
    if rng.random() < 0.25:
        strokes.append(_run(rng, width * 0.6, height * 0.7))
    for stroke in strokes:
        _trace(canvas, stroke + 15, pen, rng)
    size = canvas.shape[1] * 2 // _FINE, canvas.shape[0] * 2 // _FINE
    return _turned(cv2.resize(canvas, size, interpolation=cv2.INTER_AREA), rng.normal(0, 5))


def draw_fingerprint(rng: Rng) -> Coverage:
    """A thumb's print: ridges around a core, blotchy as ink pads leave it."""
    height, width = round(rng.uniform(13.5, 15.5) * MM), round(rng.uniform(10, 12) * MM)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    cx, cy = width * rng.uniform(0.42, 0.58), height * rng.uniform(0.5, 0.62)
    waves = cv2.resize(rng.normal(0, 1, (5, 5)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    radius = np.hypot((x - cx) * 1.25, (y - cy) * (0.85 + 0.0008 * (y - cy))) + 5 * waves
    ridges = 0.5 + 0.5 * np.sin(radius * 2 * np.pi / (0.5 * MM))
    oval = 1 / (1 + np.exp((np.hypot((x - width / 2) / width, (y - height / 2) / height) - 0.45) * 40))
    blotch = cv2.resize(rng.uniform(0.45, 1, (9, 7)).astype(np.float32), (width, height))
    return np.asarray(np.clip(ridges * 1.5 - 0.25, 0, 1) * oval * blotch, np.float32)


def draw_mark(rng: Rng, kind: str) -> Coverage:
    """Something that is no clear signature: a ``dash``, a ``tick`` or a ``dot``."""
    canvas = np.zeros((round(10 * MM * 2), round(24 * MM * 2)), np.float32)
    if kind == "dash":
        points = np.array([[4, 10], [12, 9.5 + rng.normal(0, 0.5)], [22, 9.2]]) * MM
    elif kind == "tick":
        points = np.array([[4, 6], [6.5, 9], [13, 1.5]]) * MM
    else:
        points = np.array([[8, 6], [8.4, 6.2], [8.1, 6.6]]) * MM
    _trace(canvas, points, 0.5 * MM, rng)
    size = canvas.shape[1] // 2, canvas.shape[0] // 2
    return np.asarray(cv2.resize(canvas, size, interpolation=cv2.INTER_AREA), np.float32)


def draw_strike(rng: Rng, width_mm: float, *, zigzag: bool = False) -> Coverage:
    """A pen pulled through what was written, straight or to and fro."""
    width, room = width_mm * MM, 8 * MM
    canvas = np.zeros((round(room * 2), round((width + 8) * 2)), np.float32)
    if zigzag:
        count = max(6, int(width_mm / 2.2))
        x = np.linspace(4, width, count) + rng.normal(0, 2, count)
        y = np.where(np.arange(count) % 2, room * 0.25, room * 0.75) + rng.normal(0, 3, count)
    else:
        x = np.linspace(4, width, 6)
        y = room / 2 + np.cumsum(rng.normal(0, 1.6, 6))
    _trace(canvas, np.column_stack([x, y]), rng.uniform(0.4, 0.6) * MM, rng)
    size = canvas.shape[1] // 2, canvas.shape[0] // 2
    return np.asarray(cv2.resize(canvas, size, interpolation=cv2.INTER_AREA), np.float32)


def _initial(rng: Rng, width: float, height: float) -> Points:
    """A large capital-like start: a tall stroke and a loop."""
    x, tall = width * rng.uniform(0.02, 0.12), height * rng.uniform(0.8, 1.0)
    loops = int(rng.integers(4, 8))
    angle = np.linspace(rng.uniform(1.5, 3.5), rng.uniform(1.5, 3.5) + np.pi * rng.uniform(1.6, 3.6), loops * 3)
    shrink = np.linspace(1, rng.uniform(0.3, 0.8), len(angle))
    ring = np.column_stack([np.cos(angle) * height * 0.3 * shrink, np.sin(angle) * tall * 0.48 * shrink])
    return ring + np.array([x + height * 0.3, height / 2]) + rng.normal(0, height * 0.025, ring.shape)


def _run(rng: Rng, width: float, height: float) -> Points:
    """The name itself: humps and loops that run to the right and grow tired."""
    start, end = width * rng.uniform(0.12, 0.3), width * rng.uniform(0.72, 0.98)
    humps = int(rng.integers(5, 13))
    t = np.linspace(0, 1, humps * 6)
    phase = t * humps * 2 * np.pi + rng.uniform(0, 6)
    tall = height * rng.uniform(0.14, 0.26) * (1.15 - 0.75 * t) * (1 + 0.7 * (np.sin(t * rng.uniform(7, 16)) > 0.55))
    x = start + (end - start) * t + np.cos(phase) * height * rng.uniform(0.03, 0.14)
    y = height * rng.uniform(0.5, 0.62) - np.sin(phase) * tall - t * height * rng.uniform(-0.1, 0.25)
    return np.column_stack([x, y]) + rng.normal(0, height * 0.012, (len(t), 2))


def _flourish(rng: Rng, width: float, height: float) -> Points:
    """A line that comes back under the name, or through it."""
    level = height * rng.uniform(0.62, 0.9)
    right, left = width * rng.uniform(0.8, 0.98), width * rng.uniform(0.05, 0.25)
    back = [[right, height * 0.45], [right * 1.01, level], [(left + right) / 2, level * 1.04], [left, level * 0.97]]
    forth = [
        [left * 1.1, level * 0.9],
        [(left + right) / 2, level * 0.93],
        [right * 0.95, level * rng.uniform(0.7, 1)],
    ]
    points = np.array(back + (forth if rng.random() < 0.6 else []))
    return points + rng.normal(0, height * 0.02, points.shape)


def _trace(canvas: Coverage, points: Points, pen: float, rng: Rng) -> None:
    """Draws a smooth line through the points; a fast pen leaves a thinner line. The canvas is twice the size."""
    path = _smooth(points) * 2
    speed = np.hypot(*np.diff(path, axis=0).T)
    width = pen * 2 * (1.12 - 0.4 * np.clip(speed / (np.median(speed) * 3 + 1e-6), 0, 1))
    for (x1, y1), (x2, y2), thick in zip(path[:-1], path[1:], width, strict=False):
        ends = [(round(x * 8), round(y * 8)) for x, y in ((x1, y1), (x2, y2))]
        cv2.line(canvas, *ends, 1.0, max(1, round(thick)), cv2.LINE_AA, 3)


def _smooth(points: Points, steps: int = 10) -> Points:
    """Catmull-Rom through the points."""
    ends = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(ends[:-3], ends[1:-2], ends[2:-1], ends[3:], strict=True):
        pieces.append(
            0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        )
    return np.vstack([*pieces, points[-1:]])


def _turned(mask: Coverage, degrees: float) -> Coverage:
    middle = mask.shape[1] / 2, mask.shape[0] / 2
    matrix = cv2.getRotationMatrix2D(middle, degrees, 1.0)
    return np.asarray(cv2.warpAffine(mask, matrix, mask.shape[::-1]), np.float32)
