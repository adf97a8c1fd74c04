"""The floors of reading keys: people and fonts never trained on. The same rows each time, so nothing is left to luck.

``make bench-ocr`` measures the same on a thousand rows of every field. Skipped where the data (``RESPALDO_DATOS``)
or the fonts are not at hand.
"""

from __future__ import annotations

import functools
import sys

import pytest

from bench.ocr.glyphs import Ours, fonts_folder, measure
from bench.ocr.reliability import Tally
from bench.ocr.rows import PRINT_FONTS, draw_rows
from samples.fonts import FontMissingError
from samples.names import data_folder

pytestmark = pytest.mark.skipif(
    not (data_folder() / "handwriting" / "digits.npz").exists(), reason="handwriting data not at hand"
)
ROWS, SEED = 300, 21
"""Enough for a share of 0.75 to be known within 0.05; this seed was not used to choose anything."""
KEY = "clave_elector"


@functools.cache
def read(kind: str) -> tuple[float, Tally]:
    """Share of keys read exactly, and what calibration needs."""
    try:
        fonts = fonts_folder() if kind == "fonts" else PRINT_FONTS
    except FontMissingError:
        pytest.skip("fonts not at hand")
    ours = Ours()
    rows = draw_rows(kind, ROWS, data_folder() / "handwriting", fonts, seed=SEED, fields=(KEY,))
    return measure(ours, list(rows))["exact"][KEY], ours.tally


@pytest.mark.parametrize(("kind", "floor"), [("typed", 0.995), ("ink", 0.75), ("fonts", 0.85)])
def test_keys_are_read_exactly(kind: str, floor: float) -> None:
    exact, tally = read(kind)
    sys.stdout.write(f"{kind}: {exact:.1%} exact, mean log p of the true character {tally.mean_logp():.3f}\n")
    assert exact >= floor


@pytest.mark.parametrize(("kind", "least"), [("typed", -0.08), ("ink", -0.25), ("fonts", -0.35)])
def test_the_true_character_is_likely(kind: str, least: float) -> None:
    assert read(kind)[1].mean_logp() > least


@pytest.mark.parametrize("kind", ["typed", "ink", "fonts"])
def test_probabilities_mean_what_they_say(kind: str) -> None:
    assert read(kind)[1].error("place") <= 0.02
