"""The fonts that samples are written with. No reader is trained on the handwriting ones (``ocr.training.fonts``).

Handwriting: npm packages ``@fontsource/NAME`` (woff2, unpacked with fontTools). Typed: Debian's DejaVu and
Liberation. Fonts are not committed; the committed scans and this table are.
"""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path

HELD_OUT = {
    "architects-daughter": "OFL-1.1",
    "caveat": "OFL-1.1",
    "coming-soon": "Apache-2.0",
    "gochi-hand": "OFL-1.1",
    "indie-flower": "OFL-1.1",
    "just-me-again-down-here": "OFL-1.1",
    "kalam": "OFL-1.1",
    "nothing-you-could-do": "OFL-1.1",
    "patrick-hand": "OFL-1.1",
    "reenie-beanie": "OFL-1.1",
    "shadows-into-light": "OFL-1.1",
    "the-girl-next-door": "OFL-1.1",
    "zeyada": "OFL-1.1",
}
"""Handwriting fonts kept for samples and benches, with their licences (checked in each package)."""

TYPED = {
    "DejaVuSans": "dejavu/DejaVuSans.ttf",
    "DejaVuSansMono": "dejavu/DejaVuSansMono.ttf",
    "DejaVuSerif": "dejavu/DejaVuSerif.ttf",
    "LiberationSans-Regular": "liberation/LiberationSans-Regular.ttf",
    "LiberationMono-Regular": "liberation/LiberationMono-Regular.ttf",
    "LiberationSerif-Regular": "liberation/LiberationSerif-Regular.ttf",
}
"""Printed letters under ``/usr/share/fonts/truetype`` (Bitstream Vera terms; OFL-1.1)."""

CACHE = Path(os.environ.get("RESPALDO_FUENTES", Path.home() / ".cache" / "respaldo-samples-fonts"))


class FontMissingError(RuntimeError):
    """A font that is neither here nor to be had."""


@cache
def hand(name: str) -> Path:
    """The TTF of a held-out handwriting font, fetched once with npm. Raises FontMissingError offline."""
    target = CACHE / f"{name}.ttf"
    if not target.exists():
        _fetch(name, target)
    return target


@cache
def typed(name: str) -> Path:
    """The TTF of a font for typed sheets. Raises FontMissingError when Debian's package is absent."""
    path = Path("/usr/share/fonts/truetype") / TYPED[name]
    if not path.exists():
        raise FontMissingError(f"{path} is missing: apt-get install fonts-dejavu fonts-liberation")
    return path


def available() -> bool:
    """Whether every font of both tables can be had on this machine."""
    try:
        for name in HELD_OUT:
            hand(name)
        for name in TYPED:
            typed(name)
    except FontMissingError:
        return False
    return True


def _fetch(name: str, target: Path) -> None:
    from fontTools.ttLib import TTFont

    if name not in HELD_OUT:
        raise FontMissingError(f"{name} is not a font of the samples")
    folder = CACHE / "npm"
    folder.mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--no-audit", "--no-fund", "--no-save", "--prefix", str(folder)]
    try:
        subprocess.run([*command, *(f"@fontsource/{n}" for n in HELD_OUT)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise FontMissingError(f"npm cannot fetch @fontsource/{name}") from error
    source = folder / "node_modules" / "@fontsource" / name / "files" / f"{name}-latin-400-normal.woff2"
    with TTFont(source) as font:
        font.flavor = None
        font.save(target)
