"""Do the probabilities mean what they say: calibration error and the reliability plot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from ocr.reading import ALPHABET, Lattice
from ocr.training.evaluate import calibration_error, restrict

BINS = 15
VIEWS = {
    "any": "a cell, any of 37 characters",
    "place": "a cell, its place known (letter or figure)",
    "key": "a whole field, best path",
}
"""Three readings of "the probability of what was read"; ``place`` is what a field whose alphabet is known uses."""
COLOURS = ("#1b6ca8", "#c0392b", "#1e8449", "#8e44ad", "#d68910", "#555555")
SIDE, EDGE = 380, 46


@dataclass
class Tally:
    """Confidence (0 to 1) and whether it was right, for each of ``VIEWS``; log-probability of each true character."""

    confidence: dict[str, list[float]] = field(default_factory=lambda: {view: [] for view in VIEWS})
    right: dict[str, list[bool]] = field(default_factory=lambda: {view: [] for view in VIEWS})
    truth_logp: list[float] = field(default_factory=list)

    def note(self, lattice: Lattice, truth: str, text: str, probability: float) -> None:
        """One field: its lattice (cells, 37), what is written, what was read with which probability."""
        columns = np.array([ALPHABET.index(char) for char in truth])
        for view, cells in (("any", lattice.astype(np.float64)), ("place", restrict(lattice, columns))):
            self.confidence[view] += np.exp(cells.max(1)).tolist()
            self.right[view] += (cells.argmax(1) == columns).tolist()
        self.confidence["key"].append(probability)
        self.right["key"].append(text == truth)
        self.truth_logp += lattice[np.arange(len(columns)), columns].tolist()

    def mean_logp(self) -> float:
        """Natural logarithm of the true character's probability among 37, averaged over the cells."""
        return sum(self.truth_logp) / len(self.truth_logp)

    def error(self, view: str) -> float:
        """Expected calibration error over 15 bins (Guo et al. 2017)."""
        return calibration_error(np.array(self.confidence[view]), np.array(self.right[view]), BINS)

    def curve(self, view: str) -> list[tuple[float, float, int]]:
        """(mean confidence, share right, count) of each bin that is not empty."""
        p, ok = np.array(self.confidence[view]), np.array(self.right[view])
        at: npt.NDArray[np.int64] = np.clip((p * BINS).astype(np.int64), 0, BINS - 1)
        return [
            (float(p[at == b].mean()), float(ok[at == b].mean()), int((at == b).sum()))
            for b in range(BINS)
            if (at == b).any()
        ]


def draw_reliability(tallies: Mapping[str, Tally], path: Path) -> None:
    """One panel a view, one line a kind of writing; the size of a point grows with how many stand behind it."""
    width = (SIDE + EDGE) * len(VIEWS) + 150
    picture = Image.new("RGB", (width, SIDE + 2 * EDGE), "white")
    pen = ImageDraw.Draw(picture)
    for number, (view, title) in enumerate(VIEWS.items()):
        left = EDGE + number * (SIDE + EDGE)
        _panel(pen, left, title, {kind: tally.curve(view) for kind, tally in tallies.items()})
    for n, (kind, tally) in enumerate(tallies.items()):
        at = ((SIDE + EDGE) * len(VIEWS) + EDGE, EDGE + 54 * n)
        errors = "\n".join(f"ECE {view} {tally.error(view):.3f}" for view in VIEWS)
        pen.text(at, f"{kind}\n{errors}", fill=COLOURS[n % len(COLOURS)])
    picture.save(path)


def _panel(
    pen: ImageDraw.ImageDraw, left: int, title: str, curves: Mapping[str, Sequence[tuple[float, float, int]]]
) -> None:
    def place(x: float, y: float) -> tuple[float, float]:
        return left + x * SIDE, EDGE + (1 - y) * SIDE

    pen.rectangle((*place(0, 1), *place(1, 0)), outline="black")
    pen.line((*place(0, 0), *place(1, 1)), fill="gray")
    for n, curve in enumerate(curves.values()):
        colour = COLOURS[n % len(COLOURS)]
        points = [(place(p, ok), count) for p, ok, count in curve if count >= 5]
        pen.line([at for at, _ in points], fill=colour, width=2)
        for (x, y), count in points:
            r = 2 + min(6.0, float(np.log10(count)) * 1.3)
            pen.ellipse((x - r, y - r, x + r, y + r), fill=colour)
    pen.text((left, EDGE - 20), title, fill="black")
    pen.text((left, SIDE + EDGE + 10), "confidence (0 to 1) across, share right upwards", fill="black")
