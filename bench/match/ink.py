"""Lattices of real ink: the reader's answer to glyphs of writers it was never trained on, by character.

Digits: one writer in seven of the digits file is held out of training. Capitals: gold labels and pen strokes,
validation only. Each glyph is written into a box, scanned and cut as on a sheet (``ocr.training``); then rows are
composed of these answers, the digits of a row by one hand.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.match.people import datos
from matching.alphabet import CHARACTERS

WEIGHTS = Path(__file__).resolve().parents[2] / "ocr" / "weights"
Lattices = npt.NDArray[np.float32]


class Ink:
    """Answers by character (digits by writer too), drawn from at random."""

    def __init__(self, lattices: Lattices, labels: npt.NDArray[np.int64], hands: npt.NDArray[np.int64]) -> None:
        self.lattices = lattices
        self._all = [np.flatnonzero(labels == c) for c in range(36)]
        writers = np.unique(hands[hands >= 0])
        self._by_hand = [[np.flatnonzero((labels == c) & (hands == w)) for c in range(10)] for w in writers]
        self._by_hand = [own for own in self._by_hand if min(map(len, own)) >= 3]

    def write(self, texts: list[str], rng: np.random.Generator) -> list[Lattices]:
        """Lattices of the fields of one row; ``·`` leaves a cell empty, Ñ is written like N."""
        hand = self._by_hand[rng.integers(len(self._by_hand))]
        out = []
        for text in texts:
            lattice = np.full((len(text), 37), -15.9, np.float32)
            for i, sign in enumerate(text):
                if sign == "·":
                    lattice[i, 36] = 0.0
                    continue
                code = CHARACTERS.index("N" if sign == "Ñ" else sign)
                pool = hand[code] if code < 10 else self._all[code]
                lattice[i] = self.lattices[pool[int(rng.random() * len(pool))]]
            out.append(lattice)
        return out

    def accuracy(self) -> tuple[float, float]:
        """Share of digits and of capitals whose best reading, letter or digit known by place, is right."""
        digits = [(self.lattices[p][:, :10].argmax(1) == c) for c, p in enumerate(self._all[:10])]
        letters = [(self.lattices[p][:, 10:36].argmax(1) + 10 == c + 10) for c, p in enumerate(self._all[10:])]
        return float(np.concatenate(digits).mean()), float(np.concatenate(letters).mean())


def load_ink(cache: Path) -> Ink:
    """The held-out ink as read by the shipped model; kept in ``cache`` by the model's version."""
    version = json.loads((WEIGHTS / "glyphs.json").read_text())["version"]
    kept = cache / f"ink-{version}.npz"
    if not kept.exists():
        from ocr.glyphs import shipped_model  # here: the searching processes hold no reader
        from ocr.training import sources
        from ocr.training.evaluate import as_cells

        model = shipped_model()
        folder = datos() / "handwriting"
        digits = sources.digits(folder)
        digits = digits.pick(sources.held_out_writer(digits.hands))
        stocks = [digits, sources.capitals(folder, "gold"), sources.strokes(folder)]
        stocks[2] = stocks[2].pick(stocks[2].labels >= 10)
        parts = [model.read(as_cells(stock, seed=5)) for stock in stocks]
        labels = np.concatenate([stock.labels for stock in stocks])
        hands = np.concatenate([digits.hands, *(np.full(len(s), -1) for s in stocks[1:])])
        cache.mkdir(parents=True, exist_ok=True)
        np.savez(kept, lattices=np.concatenate(parts), labels=labels, hands=hands)
    with np.load(kept) as held:
        return Ink(held["lattices"], held["labels"], held["hands"])
