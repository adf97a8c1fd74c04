"""The floors of reading keys, on fewer rows than ``make bench-ocr``: people and fonts never trained on.

Skipped where the data (``RESPALDO_DATOS``) or the fonts are not at hand.
"""

from __future__ import annotations

import functools

import numpy as np
import pytest

from bench.ocr.glyphs import Ours, fonts_folder, measure
from bench.ocr.rows import PRINT_FONTS, draw_rows
from ocr.training.evaluate import calibration_error
from samples.fonts import FontMissingError
from samples.names import data_folder

pytestmark = pytest.mark.skipif(
    not (data_folder() / "handwriting" / "digits.npz").exists(), reason="handwriting data not at hand"
)
ROWS = 120


@functools.cache
def read(kind: str) -> tuple[dict[str, float], Ours]:
    try:
        fonts = fonts_folder() if kind == "fonts" else PRINT_FONTS
    except FontMissingError:
        pytest.skip("fonts not at hand")
    ours = Ours()
    result = measure(ours, list(draw_rows(kind, ROWS, data_folder() / "handwriting", fonts, seed=21)))
    return result["exact"], ours


@pytest.mark.parametrize(
    ("kind", "floor"),
    [("typed", 0.99), ("ink", 0.68), ("fonts", 0.80)],
    # the floors asked for (0.995, 0.75, 0.85, over 1,000 rows: make bench-ocr) less at most two standard errors
    # of a share over ROWS rows, so that chance alone does not fail the build
)
def test_keys_are_read_exactly(kind: str, floor: float) -> None:
    exact, _ = read(kind)
    assert exact["clave_elector"] >= floor


def test_probabilities_of_real_ink_mean_what_they_say() -> None:
    _, ours = read("ink")
    assert sum(ours.truth_logp) / len(ours.truth_logp) > -0.25
    assert calibration_error(np.array(ours.confidence), np.array(ours.right)) <= 0.03
