"""Where the pictures of a page lie: cut and stored when it is read, so that no web page needs OpenCV."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from service.config import Settings


def crop_path(settings: Settings, sha256: str, page: int, row: int | None = None) -> Path:
    """The JPEG of a whole page, or of one of its rows (counting from 1)."""
    name = "page" if row is None else f"row-{row:02d}"
    return settings.crops / sha256[:2] / sha256 / f"{page:04d}" / f"{name}.jpg"


def keep_crops(settings: Settings, sha256: str, page: int, crops: Mapping[str, bytes]) -> None:
    """Write the crops of a page; ``crops`` is keyed ``page`` and ``row-N``. Writing again replaces them whole."""
    for name, data in crops.items():
        row = None if name == "page" else int(name.removeprefix("row-"))
        target = crop_path(settings, sha256, page, row)
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(f".{os.getpid()}.tmp")
        fresh.write_bytes(data)
        os.replace(fresh, target)
