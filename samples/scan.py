"""What happens to a sheet between the pen and the file: print, copier, scanner, compression.

A sheet is BGR uint8 at ``DPI`` 300. Printing turns flat tints into the dots that a laser or inkjet printer lays
down; a copier loses pale tones and adds toner; a scanner tilts, blurs, tints and adds noise. Settings are our own,
set by eye against scans of office machines; they are for variety, not a model of any one device.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Page = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Rng = np.random.Generator

_ANGLES = {0: 15.0, 1: 0.0, 2: 75.0, 3: 45.0}
"""Screen angle of cyan, yellow, magenta, black (order of the code below)."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """One pass of a scanner. Angles in degrees, ``blur`` and noise in pixels and grey levels at 300 dpi."""

    dpi: int = 300
    skew: float = 0.0
    scale: float = 1.0
    shift_mm: tuple[float, float] = (0.0, 0.0)
    blur: float = 0.6
    noise: float = 2.0
    gain: float = 1.0
    lift: float = 0.0
    gamma: float = 1.0
    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)
    texture: float = 1.0
    specks: int = 10
    grey: bool = False
    upside_down: bool = False
    border: int = 250
    jpeg: int = 0


def draw_scanner(rng: Rng, *, dpi: int = 300, grey: bool = False, rough: float = 1.0) -> Scanner:
    """A scanner somebody might own. ``rough`` 0 is a flat-bed on a good day, 1 an office feeder, 2 a bad one."""
    return Scanner(
        dpi=dpi,
        skew=float(rng.normal(0, 0.45) * rough),
        scale=float(1 + rng.normal(0, 0.003) * rough),
        shift_mm=(float(rng.normal(0, 1.0) * rough), float(rng.normal(0, 1.0) * rough)),
        blur=float(rng.uniform(0.45, 0.75 + 0.25 * rough)),
        noise=float(rng.uniform(0.8, 1.2 + 1.6 * rough)),
        gain=float(1 + rng.normal(0, 0.03) * rough),
        lift=float(rng.normal(0, 3) * rough),
        gamma=float(np.exp(rng.normal(0, 0.08) * rough)),
        cast=tuple(1 + rng.normal(0, 0.012, 3) * rough),
        texture=float(rng.uniform(0.3, 1.0) * rough),
        specks=int(rng.integers(0, 6 + int(14 * rough))),
        grey=grey,
        border=int(rng.choice([255, 250, 244, 235])),
    )


def scan(page: Page, scanner: Scanner, rng: Rng) -> Page:
    """The page as that scanner delivers it: BGR uint8 at its own resolution (grey: three equal channels)."""
    ratio = scanner.dpi / 300
    size = round(page.shape[1] * ratio), round(page.shape[0] * ratio)
    source = cv2.resize(page, size, interpolation=cv2.INTER_AREA) if ratio < 1 else page
    if ratio > 1:
        source = cv2.resize(page, size, interpolation=cv2.INTER_CUBIC)
    middle = size[0] / 2, size[1] / 2
    matrix = cv2.getRotationMatrix2D(middle, scanner.skew + 180 * scanner.upside_down, scanner.scale)
    matrix[:, 2] += np.array(scanner.shift_mm) * scanner.dpi / 25.4
    edge = (scanner.border,) * 3
    moved = cv2.warpAffine(source, matrix, size, flags=cv2.INTER_LINEAR, borderValue=edge)
    if scanner.blur * ratio > 0.35:
        moved = cv2.GaussianBlur(moved, (0, 0), scanner.blur * ratio)
    light = moved.astype(np.float32)
    light += _texture(rng, size) * np.float32(scanner.texture)
    light *= np.float32(scanner.gain) * np.array(scanner.cast, np.float32)
    light += np.float32(scanner.lift)
    if abs(scanner.gamma - 1) > 0.01:
        light = 255 * np.power(np.clip(light, 0, 255) / 255, np.float32(scanner.gamma))
    if scanner.grey:
        light = np.repeat((light @ np.array([0.114, 0.587, 0.299], np.float32))[..., None], 3, axis=2)
    light += _noise(rng, size, scanner)
    _speckle(light, rng, scanner.specks)
    image = np.clip(light, 0, 255).astype(np.uint8)
    return image if not scanner.jpeg else through_jpeg(image, scanner.jpeg)


def through_jpeg(image: Page, quality: int) -> Page:
    """The image after a JPEG's losses."""
    return np.asarray(cv2.imdecode(encode_jpeg(image, quality), cv2.IMREAD_COLOR), np.uint8)


def encode_jpeg(image: Page, quality: int, *, dpi: int = 300) -> npt.NDArray[np.uint8]:
    """JPEG bytes of a page; ``dpi`` is only noted where the format has room for it (see ``files``)."""
    return np.asarray(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])


def _texture(rng: Rng, size: tuple[int, int]) -> Floats:
    """Uneven light and paper fibre, a few levels."""
    slow = rng.normal(0, 1.5, (6, 8)).astype(np.float32)
    fibre = rng.normal(0, 1.0, (size[1] // 3, size[0] // 3)).astype(np.float32)
    waves = cv2.resize(slow, size, interpolation=cv2.INTER_CUBIC)
    return np.asarray((waves + cv2.resize(fibre, size, interpolation=cv2.INTER_LINEAR))[..., None], np.float32)


def _noise(rng: Rng, size: tuple[int, int], scanner: Scanner) -> Floats:
    channels = 1 if scanner.grey else 3
    return rng.standard_normal((size[1], size[0], channels), np.float32) * np.float32(scanner.noise)


def _speckle(light: Floats, rng: Rng, count: int) -> None:
    """Dust: small dark or pale spots."""
    for _ in range(count):
        x, y = int(rng.integers(light.shape[1])), int(rng.integers(light.shape[0]))
        tone = float(rng.choice([60, 110, 160, 235]))
        cv2.circle(light, (x, y), int(rng.integers(1, 3)), (tone, tone, tone), -1, cv2.LINE_AA)


def print_colour(fine: Page, rng: Rng, *, inkjet: bool = False) -> Page:
    """The sheet as a colour printer lays it down. ``fine``: rendering at 600 dpi; returns 300 dpi."""
    cmy = 255 - fine[:, :, ::-1].astype(np.int16)
    black = cmy.min(axis=2) > 200
    out = np.full(fine.shape, 255, np.float32)
    for index, tone in ((0, 0), (1, 2), (2, 1)):  # cyan, magenta, yellow hold back red, green, blue
        wanted = cmy[:, :, index].astype(np.float32) / 255
        wanted[black] = 0
        dots = _dots(wanted, rng, tone, inkjet=inkjet)
        out[:, :, 2 - index] *= 1 - dots
    out[black] = (30, 28, 28)
    return _lay_down(out)


def print_black(fine: Page, rng: Rng) -> Page:
    """The sheet as a black-and-white printer lays it down. ``fine``: rendering at 600 dpi; returns 300 dpi."""
    dark = 1 - cv2.cvtColor(fine, cv2.COLOR_BGR2GRAY).astype(np.float32) / 255
    dots = np.where(dark > 0.8, np.float32(1), _dots(dark, rng, 3, inkjet=False))
    return _lay_down(np.repeat((255 - dots * 222)[..., None], 3, axis=2))


def _lay_down(light: Floats) -> Page:
    spread = cv2.GaussianBlur(light, (0, 0), 0.8)
    size = light.shape[1] // 2, light.shape[0] // 2
    return np.asarray(cv2.resize(spread, size, interpolation=cv2.INTER_AREA), np.uint8)


def _dots(wanted: Floats, rng: Rng, tone: int, *, inkjet: bool) -> Floats:
    """Coverage 0 or 1 per fine pixel: clustered dots of a laser (about 130 lines an inch), or scattered drops."""
    if inkjet:
        return (wanted > rng.random(wanted.shape, np.float32) * 0.96 + 0.02).astype(np.float32)
    period, angle = 4.6 + 0.35 * tone / 3, np.deg2rad(_ANGLES[tone])
    wave = (_wave(wanted.shape, period, angle) + _wave(wanted.shape, period, angle + np.pi / 2)) / 4
    screen = np.clip(0.5 - wave * 1.2, 0.004, 0.996)
    return np.asarray(np.clip((wanted - screen) * 6 + 0.5, 0, 1) * (wanted > 0.006), np.float32)


def _wave(shape: tuple[int, ...], period: float, angle: float) -> Floats:
    """cos of a plane wave over the page, as two outer products."""
    turn = 2 * np.pi / period
    x = np.arange(shape[1], dtype=np.float32) * np.float32(np.cos(angle) * turn)
    y = np.arange(shape[0], dtype=np.float32) * np.float32(np.sin(angle) * turn)
    return np.asarray(np.outer(np.cos(y), np.cos(x)) - np.outer(np.sin(y), np.sin(x)), np.float32)


def photocopy_bw(page: Page, rng: Rng, strength: float = 1.0) -> Page:
    """What a black-and-white copier makes of a filled sheet: pale tones gone, ink become toner."""
    grey = cv2.cvtColor(page, cv2.COLOR_BGR2GRAY).astype(np.float32)
    grey = _shifted(cv2.GaussianBlur(grey, (0, 0), 0.9), rng)
    level = rng.uniform(150, 195)
    steep = rng.uniform(0.045, 0.09) * strength
    grain = cv2.GaussianBlur(rng.standard_normal(grey.shape, np.float32), (0, 0), 0.8) * 26
    toner = 1 / (1 + np.exp((grey + grain - level) * steep))
    toner = np.clip(toner * 1.12 - 0.05, 0, 1)
    toner *= 1 - 0.25 * np.clip(cv2.GaussianBlur(rng.standard_normal(grey.shape, np.float32), (0, 0), 1.2), 0, 1)
    _toner_specks(toner, rng)
    paper, dark = rng.uniform(243, 253), rng.uniform(28, 52)
    light = paper - (paper - dark) * toner
    return np.repeat(np.clip(light, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def photocopy_colour(page: Page, rng: Rng) -> Page:
    """What a colour copier makes of a filled sheet: harder contrast, every tone (ink too) laid down as dots."""
    soft = cv2.GaussianBlur(page, (0, 0), 0.8).astype(np.float32)
    soft = _shifted(soft, rng)
    clip, floor = rng.uniform(228, 242), rng.uniform(18, 40)
    tone = np.clip((soft - floor) * 255 / (clip - floor), 0, 255)
    mean = tone.mean(axis=2, keepdims=True)
    tone = np.clip(mean + (tone - mean) * rng.uniform(0.85, 1.3), 0, 255)
    tone = 255 - (255 - tone) * (1 + rng.normal(0, 0.04, 3).astype(np.float32))  # white paper stays white
    fine = cv2.resize(np.clip(tone, 0, 255).astype(np.uint8), None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
    copy = print_colour(fine, rng, inkjet=bool(rng.random() < 0.3))
    return np.asarray(cv2.GaussianBlur(copy, (0, 0), 0.5), np.uint8)


def _shifted(image: Floats, rng: Rng) -> Floats:
    """Copiers lay a sheet down a little askew and not quite at its size."""
    size = image.shape[1], image.shape[0]
    matrix = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), rng.normal(0, 0.3), 1 + rng.normal(0.002, 0.004))
    matrix[:, 2] += rng.normal(0, 8, 2)
    return np.asarray(cv2.warpAffine(image, matrix, size, borderValue=(255, 255, 255)), np.float32)


def _toner_specks(toner: Floats, rng: Rng) -> None:
    for _ in range(int(rng.integers(60, 400))):
        x, y = int(rng.integers(toner.shape[1])), int(rng.integers(toner.shape[0]))
        cv2.circle(toner, (x, y), int(rng.choice([0, 1, 1, 2])), float(rng.uniform(0.4, 1)), -1)
