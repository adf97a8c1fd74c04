"""Rows of glyphs by people and fonts never trained on: what is written, and the strips that show it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.ocr.degrade import degrade
from ocr.reading import CHARACTERS
from ocr.training import sources
from ocr.training.compose import compose_strip
from ocr.training.evaluate import cut_boxes, for_report
from ocr.training.sources import Glyphs
from samples.names import NameBook, read_names
from samples.people import name_letters

U8 = npt.NDArray[np.uint8]
PRINT_FONTS = Path("/usr/share/fonts")
"""Where Debian's packages put DejaVu, Liberation and FreeFont."""
KINDS = ("typed", "fonts", "ink", "ink-seen", "strokes", "degraded")
"""ink: every gold capital; ink-seen: without those whose label a look at them contradicts (gold_set_aside);
degraded: the writers of ink, the box lines left standing, scanned badly (``bench.ocr.degrade``)."""


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """One comb field as scanned: ``truth`` what is written, ``picture`` grey, ``boxes`` (x, y, w, h) pixels,
    ``pictures`` its cells where our own stages have cut them (``bench.ocr.sheets``); not ``seen``: the page that
    bears it was not laid, so nobody reads it."""

    field: str
    truth: str
    picture: U8
    boxes: tuple[tuple[int, int, int, int], ...]
    pictures: tuple[U8, ...] = ()
    seen: bool = True

    def cells(self, margin: float = 0.1) -> list[U8]:
        """The crop of each box: as our stages cut it, else with a margin, as a share of its sides."""
        return list(self.pictures) or cut_boxes(self.picture, self.boxes, margin)


def draw_texts(rng: random.Random, book: NameBook) -> dict[str, str]:
    """Clave, OCR number, section and date of somebody who does not exist."""
    sex = rng.choice("HM")
    letters = name_letters(book.surname(rng), book.surname(rng), book.given_name(rng, sex))
    year = 1930 + round(rng.betavariate(2.2, 1.6) * 78)
    birth = f"{year % 100:02d}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    entity = rng.choices(("09", "15", "20", "21", "30", "87", f"{rng.randint(1, 32):02d}"), (62, 9, 5, 5, 4, 1, 14))[
        0
    ]
    tail = f"{rng.randint(0, 9)}{'00' if rng.random() < 0.95 else f'{rng.randint(1, 9):02d}'}"
    section = rng.randint(1, 5567)
    issued = section if rng.random() < 0.7 else rng.randint(1, 5567)
    return {
        "clave_elector": f"{letters}{birth}{entity}{sex}{tail}",
        "numero_ocr": f"{issued:04d}{rng.randint(0, 10**9 - 1):09d}",
        "demarcacion": f"{rng.randint(2, 17):03d}",
        "seccion": f"{section:04d}",
        "fecha": f"{rng.randint(1, 28):02d}{rng.choice((1, 11, 12)):02d}{rng.choice((26, 27))}",
    }


class Hands:
    """Glyphs to write with, by kind: one writer for a row where that writer has the character."""

    def __init__(self, data: Path, fonts: Path) -> None:
        digits = sources.digits(data)
        digits = digits.pick(sources.held_out_writer(digits.hands))
        gold = sources.capitals(data, "gold")
        set_aside = json.loads((Path(__file__).parent / "gold_set_aside.json").read_text("utf-8"))["numbers"]
        seen = gold.pick(~np.isin(np.arange(len(gold)), set_aside))
        ink = [digits.pick(for_report(digits)), gold]
        self._draw: dict[str, Callable[[], list[Glyphs]]] = {
            "typed": lambda: [sources.fonts(PRINT_FONTS, hand=False)],
            "fonts": lambda: [sources.fonts(fonts, hand=True, held_out=True)],
            "ink": lambda: ink,
            "ink-seen": lambda: [ink[0], seen],
            "strokes": lambda: [sources.strokes(data)],
            "degraded": lambda: ink,
        }
        self._stocks: dict[str, list[Glyphs]] = {}

    def write(self, kind: str, texts: dict[str, str], rng: np.random.Generator) -> list[Strip]:
        """One row by one hand (real ink: digits by one person, capitals by another where there are enough)."""
        if kind not in self._stocks:
            self._stocks[kind] = self._draw[kind]()
        chosen = [(stock, int(rng.choice(np.unique(stock.hands)))) for stock in self._stocks[kind]]
        strong = 0.1 if kind == "typed" else 0.5
        strips = []
        for field, text in texts.items():
            inks = [self._glyph(chosen, char, rng) for char in text]
            picture, boxes = compose_strip(inks, rng, strong=strong, lines=kind == "degraded")
            strips.append(Strip(field, text, picture, tuple(boxes)))
        if kind == "degraded":
            behind = strips[0].picture
            strips = [replace(strip, picture=degrade(strip.picture, behind, rng)) for strip in strips]
        return strips

    def _glyph(self, chosen: list[tuple[Glyphs, int]], char: str, rng: np.random.Generator) -> U8:
        label = CHARACTERS.index(char)
        for stock, hand in chosen:
            known = stock.labels == label
            if known.any():
                mine = np.flatnonzero(known & (stock.hands == hand))
                at = rng.choice(mine if len(mine) else np.flatnonzero(known))
                return np.asarray(stock.images[at], np.uint8)
        raise LookupError(f"nobody wrote the character {char}")


def draw_rows(
    kind: str, count: int, data: Path, fonts: Path, seed: int = 7, fields: Sequence[str] = ()
) -> Iterator[list[Strip]]:
    """``count`` rows of one kind, the same for the same seed; of all fields, or of those named only."""
    hands, book = Hands(data, fonts), read_names(data.parent)
    texts, rng = random.Random(seed), np.random.default_rng(seed)
    for _ in range(count):
        row = draw_texts(texts, book)
        yield hands.write(kind, {name: row[name] for name in fields or row}, rng)
