"""A bad scan of a strip of writing, made by other means than those the glyph model was trained with.

Ink faded in patches, the writing of the other side showing through, a fold, uneven light, few dots an inch, blur,
sensor noise, dust, JPEG, now and then black and white only. Sizes and places stay as they were.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

U8 = npt.NDArray[np.uint8]
F32 = npt.NDArray[np.float32]
DPI = 254
"""Dots an inch of a strip at ten pixels a millimetre."""


def degrade(strip: U8, behind: U8, rng: np.random.Generator) -> U8:
    """``strip`` (h, w) grey, ink dark, as a poor scanner gives it; ``behind``: a strip written on the other side."""
    page = strip.astype(np.float32)
    paper = float(np.percentile(page, 80))
    if rng.random() < 0.6:
        page = _fade(page, paper, rng)
    if rng.random() < 0.4:
        page = _show_through(page, behind, rng)
    if rng.random() < 0.35:
        page = _fold(page, rng)
    page = page * _light(page.shape, rng)
    return _scan(page, paper, rng)


def spoil_page(page: U8, behind: U8 | None, rng: np.random.Generator) -> U8:
    """A filled sheet (h, w, 3) that was kept badly: faded in patches, ``behind`` (a sheet) showing through, folded,
    under uneven light. What the scanner adds comes after."""
    out, paper = page.astype(np.float32), float(np.percentile(page[::8, ::8], 80))
    if rng.random() < 0.6:
        out = _fade(out, paper, rng)
    if behind is not None and rng.random() < 0.4:
        out = _show_through(out, behind, rng)
    if rng.random() < 0.35:
        out = _fold(out, rng)
    return np.clip(out * _light(out.shape, rng), 0, 255).astype(np.uint8)


def _patches(shape: tuple[int, ...], rng: np.random.Generator, low: float, high: float) -> F32:
    """A smooth field of values between ``low`` and ``high``, changing over some six millimetres."""
    height, width = shape[:2]
    coarse = rng.uniform(low, high, (max(2, height // 60), max(2, width // 60))).astype(np.float32)
    smooth = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    return smooth[..., None] if len(shape) == 3 else smooth


def _fade(page: F32, paper: float, rng: np.random.Generator) -> F32:
    """A pen running dry, sun, thermal paper: the ink keeps 35 to 90 % of its darkness, in patches."""
    level = rng.uniform(0.45, 0.9)
    keep = _patches(page.shape, rng, max(0.35, level - 0.15), min(0.95, level + 0.15))
    return np.asarray(paper - (paper - page) * keep, np.float32)


def _show_through(page: F32, behind: U8, rng: np.random.Generator) -> F32:
    """The other side's writing, mirrored, blurred by the paper, at 6 to 22 % of its darkness."""
    mirrored = cv2.resize(behind[:, ::-1], page.shape[1::-1]).astype(np.float32)
    soft = cv2.GaussianBlur(mirrored, (0, 0), rng.uniform(1.2, 2.5))
    moved = np.roll(soft, (int(rng.integers(-12, 13)), int(rng.integers(-20, 21))), (0, 1))
    return np.asarray(page - np.float32(rng.uniform(0.06, 0.22)) * (float(soft.max()) - moved), np.float32)


def _fold(page: F32, rng: np.random.Generator) -> F32:
    """A crease from edge to edge: a shadow, ink cracked off along it, one side a little displaced."""
    height, width = page.shape[:2]
    out = page.copy()
    upright = rng.random() < 0.7
    at = int(rng.integers(width // 8, width - width // 8)) if upright else int(height * rng.uniform(0.25, 0.75))
    step = int(rng.integers(-2, 3))
    if upright:
        out[:, at:] = np.roll(out[:, at:], step, 0)
    else:
        out[at:] = np.roll(out[at:], step, 1)
    away = np.abs(np.arange(width if upright else height, dtype=np.float32) - at)
    shadow = np.float32(rng.uniform(10, 45)) * np.exp(-((away / np.float32(rng.uniform(2, 5))) ** 2))
    crack = away < 1.2
    paper = float(np.percentile(page, 80))
    lines = out.swapaxes(0, 1) if upright else out
    lines[crack] += np.float32(rng.uniform(0.3, 0.8)) * (paper - lines[crack])
    lines -= shadow.reshape(-1, *[1] * (page.ndim - 1))
    return out


def _light(shape: tuple[int, ...], rng: np.random.Generator) -> F32:
    return (
        _patches(shape, rng, 0.88, 1.0)
        if rng.random() < 0.5
        else np.ones(shape[:2] + (1,) * (len(shape) - 2), np.float32)
    )


def _scan(page: F32, paper: float, rng: np.random.Generator) -> U8:
    height, width = page.shape
    scale = float(rng.choice([110, 150, 150, 200, 200, 254])) / DPI
    small = cv2.resize(page, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.3, 1.0))
    small = small + rng.normal(0, rng.uniform(2, 12), small.shape).astype(np.float32)
    dust = rng.random(small.shape) < rng.uniform(0, 0.0012)
    small[dust] = rng.uniform(20, 140)
    grey = np.clip(small, 0, 255).astype(np.uint8)
    if rng.random() < 0.12:
        grey = np.where(grey > paper * rng.uniform(0.6, 0.75), 255, 0).astype(np.uint8)
    packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 70))])[1]
    back = cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)
    return np.asarray(cv2.resize(back, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
