"""Print, read by Tesseract. The only module that imports pytesseract.

Starting the program costs more than reading a page's lines (0.10 s against 0.09 s for eight), so its library is kept
warm in a child process (``ocr.tesseract_child``). Where there is a program and no library, the pictures of a page go
to it in one call, as a list of files. One thread: ``OMP_THREAD_LIMIT=1``.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytesseract

from ocr.child import Child, Keeper

Grey = npt.NDArray[np.uint8]
Alternatives = list[tuple[str, float]]

LINE_HEIGHT, NARROWED = 36, 0.9
"""Pixels of height that a line is brought to, and the share of its width that is left. Of 512 names in fonts and real
ink 232 are read exactly and 6.1 % of letters wrong, in 10.4 ms of processor a name; at 48 pixels and its whole width
222 and 6.1 %, in 12.2 ms."""
BORDER = 9
SECONDS_A_LINE = 0.5
"""Allowed time per line, over a start of START_SECONDS (measured: 0.013 s; ten times slower on a loaded core)."""
START_SECONDS = 8.0
ROOM = 48 << 20
"""Bytes of shared memory: 60 lines of 4,000 pixels take 17 MB."""
PAGES_A_CHILD = 2000


class TesseractError(RuntimeError):
    """Tesseract is not there, failed, took too long or answered something else than was asked."""


def read_lines(
    images: Sequence[Grey], *, language: str = "spa", allowed: str | None = None, page_mode: int = 7
) -> list[Alternatives]:
    """Each picture (uint8, dark on white) as lines of text: (text, probability 0 to 1), best first.

    A list per picture, empty where nothing was read. ``allowed`` limits the characters, ``page_mode`` is
    Tesseract's ``--psm``: 7 one line, 6 a block (its lines joined by a line feed), 10 one character.
    Raises TesseractError.
    """
    filled = [i for i, image in enumerate(images) if min(image.shape[:2], default=0) >= 6 and np.ptp(image) >= 20]
    out: list[Alternatives] = [[] for _ in images]
    if not filled:
        return out
    pictures = [_framed(images[i], page_mode) for i in filled]
    answers = _ask_library(pictures, language, allowed, page_mode)
    if answers is None:
        answers = _ask_program(pictures, language, allowed, page_mode)
    for i, (text, probability) in zip(filled, answers, strict=True):
        if text:
            out[i] = [(text, probability)]
    return out


def read_cells(images: Sequence[Grey], *, allowed: str) -> list[Alternatives]:
    """Single characters: what ``read_lines`` says of each picture in single-character mode."""
    return read_lines(images, language="eng", allowed=allowed, page_mode=10)


def _framed(image: Grey, page_mode: int) -> Grey:
    picture = image if page_mode == 6 else _at_line_height(image)
    framed = cv2.copyMakeBorder(picture, BORDER, BORDER, BORDER, BORDER, cv2.BORDER_CONSTANT, value=255)
    return np.asarray(framed, np.uint8)


def _at_line_height(image: Grey) -> Grey:
    scale = LINE_HEIGHT / image.shape[0]
    size = (max(1, min(4000, round(image.shape[1] * scale * NARROWED))), LINE_HEIGHT)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, size, interpolation=method), np.uint8)


_keeper = Keeper("ocr.tesseract_child", ROOM, PAGES_A_CHILD)


def _ask_library(
    pictures: Sequence[Grey], language: str, allowed: str | None, page_mode: int
) -> list[tuple[str, float]] | None:
    """(text, probability) of each picture; None where there is no library."""
    if sum(picture.size for picture in pictures) > ROOM:
        raise TesseractError("the pictures are too large")

    def deed(child: Child) -> dict[str, Any]:
        at = 0
        for picture in pictures:
            child.shared[at : at + picture.size] = picture.tobytes()
            at += picture.size
        sizes = [picture.shape for picture in pictures]
        request = {"language": language, "page_mode": page_mode, "allowed": allowed or "", "sizes": sizes}
        return child.ask(request, START_SECONDS + SECONDS_A_LINE * len(pictures))

    try:
        said = _keeper.use(deed)
    except (TimeoutError, EOFError, OSError, ValueError) as error:
        raise TesseractError(f"tesseract failed: {type(error).__name__}") from None
    if said.get("absent"):
        return None
    lines = said.get("lines")
    if not isinstance(lines, list) or len(lines) != len(pictures):
        raise TesseractError("tesseract's library gave no answer")
    return [(str(text), float(sure)) for text, sure in lines]


def _ask_program(
    pictures: Sequence[Grey], language: str, allowed: str | None, page_mode: int
) -> list[tuple[str, float]]:
    with tempfile.TemporaryDirectory(prefix="respaldo-ocr-") as name:
        table = _run(_write_all(pictures, Path(name)), language, allowed, page_mode, len(pictures))
    found = _collect(table)
    if not all(1 <= page <= len(pictures) for page in found):
        raise TesseractError("tesseract answered for a picture that it was not given")
    return [found.get(page, ("", 0.0)) for page in range(1, len(pictures) + 1)]


def _write_all(pictures: Sequence[Grey], folder: Path) -> Path:
    names = []
    for number, picture in enumerate(pictures):
        path = folder / f"{number:05d}.png"
        cv2.imwrite(str(path), picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])
        names.append(str(path))
    listing = folder / "list.txt"
    listing.write_text("\n".join(names) + "\n", "utf-8")
    return listing


def _run(listing: Path, language: str, allowed: str | None, page_mode: int, count: int) -> str:
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    config = f"--psm {page_mode} --oem 1"
    if allowed is not None:
        config += f" -c tessedit_char_whitelist={allowed}"
    try:
        answer = pytesseract.image_to_data(
            str(listing),
            lang=language,
            config=config,
            timeout=START_SECONDS + SECONDS_A_LINE * count,
        )
    except (pytesseract.TesseractError, pytesseract.TesseractNotFoundError, RuntimeError, OSError) as error:
        # never the error's own text: it may hold what was read
        raise TesseractError(f"tesseract failed: {type(error).__name__}") from None
    if not isinstance(answer, str):
        raise TesseractError("tesseract answered no table")
    return answer


def _collect(table: str) -> dict[int, tuple[str, float]]:
    """Words of Tesseract's TSV put together by picture, with the least of their confidences as probability."""
    lines: dict[int, dict[tuple[str, ...], list[str]]] = {}
    least: dict[int, float] = {}
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) < 12 or cells[0] != "5":
            continue
        try:
            page, confidence = int(cells[1]), float(cells[10])
        except ValueError:
            raise TesseractError("tesseract answered a table that cannot be read") from None
        word = "\t".join(cells[11:]).strip()
        if not word or confidence < 0:
            continue
        lines.setdefault(page, {}).setdefault(tuple(cells[2:5]), []).append(word)
        least[page] = min(least.get(page, 1.0), confidence / 100)
    return {
        page: ("\n".join(" ".join(words) for words in parts.values()), min(1.0, least[page]))
        for page, parts in lines.items()
    }


def available() -> bool:
    """Whether the program is installed."""
    return shutil.which(pytesseract.pytesseract.tesseract_cmd) is not None
