"""Stocks of glyphs by character, the draw that balances them, and the cells made of them."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt
from skimage.morphology import skeletonize  # type: ignore[import-not-found,unused-ignore]

from ocr.glyphs import normalise_cell
from ocr.reading import ALPHABET, CHARACTERS
from ocr.training import sources
from ocr.training.compose import bend, compose_cell, cross, pen
from ocr.training.sources import LOWER_HAND, Glyphs

U8 = npt.NDArray[np.uint8]
BLANK_COLUMN = len(ALPHABET) - 1
BLANK_SHARE = 0.05

SHARES = {
    "digits": {"digits": 0.66, "hand": 0.20, "print": 0.14},
    "letters": {"capitals": 0.57, "hand": 0.23, "lower": 0.04, "print": 0.16},
}
"""How often each kind of stock is drawn for a digit and for a letter. Thin letters (Q, W, X, K, J, Z, F) draw
less from their few real capitals and more from fonts: see ``_share``."""


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """All glyphs to train on, with their skeletons, and for each character the places of each kind."""

    images: U8
    skeletons: npt.NDArray[np.bool_]
    kinds: tuple[str, ...]
    kind_of: npt.NDArray[np.int8]
    places: dict[tuple[int, str], npt.NDArray[np.int64]]


def shelve(stocks: list[Glyphs]) -> Shelf:
    """Put the stocks on one shelf."""
    images = np.concatenate([s.images for s in stocks])
    labels = np.concatenate([s.labels for s in stocks])
    kind_names = ("digits", "capitals", "hand", "lower", "print")
    kinds = np.concatenate(
        [
            np.where(s.hands >= LOWER_HAND, "lower", s.kind) if s.kind == "hand" else np.repeat(s.kind, len(s))
            for s in stocks
        ]
    )
    skeletons = np.stack([skeletonize(image > 110) for image in images])
    places = {
        (label, kind): np.flatnonzero((labels == label) & (kinds == kind))
        for label in range(len(CHARACTERS))
        for kind in kind_names
    }
    kind_of = np.array([kind_names.index(k) for k in kinds], np.int8)
    return Shelf(images, skeletons, kind_names, kind_of, {k: v for k, v in places.items() if len(v)})


def training_shelf(
    data: Path, fonts: Path, *, capitals: bool = True, dropped: npt.NDArray[np.int64] | None = None
) -> Shelf:
    """Everything the model may learn from. ``capitals`` False leaves out those of unverified terms;
    ``dropped`` lists pseudo-labelled capitals found to be mislabelled."""
    digits = sources.digits(data)
    stocks = [
        digits.pick(~sources.held_out_writer(digits.hands)),
        sources.fonts(fonts, hand=True, held_out=False),
        sources.fonts(fonts, hand=False),
    ]
    if capitals:
        real = sources.capitals(data, "pseudo")
        keep = np.ones(len(real), bool)
        if dropped is not None:
            keep[dropped] = False
        stocks.append(real.pick(keep))
    return shelve(stocks)


def _share(shelf: Shelf, label: int) -> tuple[list[str], npt.NDArray[np.float64]]:
    shares = SHARES["digits" if label < 10 else "letters"]
    names = [k for k in shares if (label, k) in shelf.places]
    weights = np.array([shares[k] for k in names])
    if "capitals" in names:
        weights[names.index("capitals")] *= min(1.0, (len(shelf.places[label, "capitals"]) / 350) ** 0.5)
    return names, weights / weights.sum()


FIGURES = 0.32
"""Share of figures among the cells: letters are the harder half. ``ocr.training.export`` puts the balance right."""


def draw_cells(shelf: Shelf, count: int, seed: int, strong: float) -> tuple[U8, U8]:
    """``count`` normalised training cells (n, 32, 32) and their columns (n,)."""
    rng = np.random.default_rng(seed)
    cells = np.empty((count, 32, 32), np.uint8)
    labels = np.empty(count, np.uint8)
    shares = [_share(shelf, label) for label in range(len(CHARACTERS))]
    for i in range(count):
        blank = rng.random() < BLANK_SHARE
        label = BLANK_COLUMN if blank else int(_draw_label(rng))
        around = (shelf.images[rng.integers(len(shelf.images))], shelf.images[rng.integers(len(shelf.images))])
        neighbours = around if rng.random() < 0.6 else None
        ink = None
        if not blank:
            names, weights = shares[label]
            kind = names[int(np.searchsorted(weights.cumsum(), rng.random()).clip(0, len(names) - 1))]
            at = int(rng.choice(shelf.places[label, kind]))
            ink = pen(shelf.images[at], shelf.skeletons[at], rng, kind)
            if kind != "print":
                ink = bend(cross(ink, CHARACTERS[label], rng), rng)
        force = strong * (0.35 if not blank and kind == "print" else 1.0)
        cells[i] = normalise_cell(compose_cell(ink, neighbours, rng, strong=force))
        labels[i] = label
    return cells, labels


def _draw_label(rng: np.random.Generator) -> int:
    """Figures are drawn evenly, and so are letters."""
    return int(rng.integers(10)) if rng.random() < FIGURES else int(rng.integers(10, 36))


_shelf: Shelf | None = None


def _draw_block(arguments: tuple[int, int, float]) -> tuple[U8, U8]:
    import cv2

    cv2.setNumThreads(1)
    assert _shelf is not None
    return draw_cells(_shelf, *arguments)


def draw_many(shelf: Shelf, count: int, seed: int, *, strong: float = 1.0, processes: int = 2) -> tuple[U8, U8]:
    """As ``draw_cells``, in several processes that share the shelf."""
    global _shelf
    _shelf = shelf
    block = 4000
    tasks = [(block, seed * 100_003 + i, strong) for i in range(-(-count // block))]
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        parts = list(pool.map(_draw_block, tasks))
    return np.concatenate([p[0] for p in parts])[:count], np.concatenate([p[1] for p in parts])[:count]
