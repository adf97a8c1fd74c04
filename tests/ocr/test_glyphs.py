"""One character in, its probabilities out: whatever the crop, and steady under imperfect ones."""

from __future__ import annotations

import json

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image, ImageDraw, ImageFont

from ocr.glyphs import SIDE, WEIGHTS, GlyphModel, normalise_cell, normalise_cells, shipped_model
from ocr.reading import ALPHABET, BLANK, CHARACTERS, FLOOR

Grey = npt.NDArray[np.uint8]
CELL_W, CELL_H = 59, 83  # 5 x 7 mm at 300 dpi


def typed(char: str, *, size: int = 58, dx: int = 0, dy: int = 0, ink: int = 30, paper: int = 245) -> Grey:
    """A cell with a character of Pillow's own font in its middle."""
    cell = Image.new("L", (CELL_W, CELL_H), paper)
    face = ImageFont.load_default(size)
    ImageDraw.Draw(cell).text((CELL_W / 2 + dx, CELL_H / 2 + dy), char, font=face, fill=ink, anchor="mm")
    return np.asarray(cell).copy()


def boxed(cell: Grey, level: int, thick: int = 2) -> Grey:
    out = cell.copy()
    cv2.rectangle(out, (2, 2), (CELL_W - 3, CELL_H - 3), level, thick)
    return out


@pytest.fixture(scope="module")
def model() -> GlyphModel:
    return shipped_model()


def best(model: GlyphModel, cell: Grey, among: str = ALPHABET) -> str:
    row = model.read([cell])[0]
    return max(among, key=lambda c: row[ALPHABET.index(c)])


def kind_of(char: str) -> str:
    return CHARACTERS[:10] if char.isdigit() else CHARACTERS[10:]


def test_printed_characters_are_read(model: GlyphModel) -> None:
    wrong = [c for c in CHARACTERS if best(model, typed(c), kind_of(c)) != c]
    assert wrong == []


@pytest.mark.parametrize("level", [215, 150, 60])
def test_what_is_left_of_the_box_does_not_disturb(model: GlyphModel, level: int) -> None:
    wrong = [c for c in CHARACTERS if best(model, boxed(typed(c, size=46), level), kind_of(c)) != c]
    assert len(wrong) <= (1 if level > 100 else 3), wrong


@pytest.mark.parametrize(("dx", "dy"), [(3, 0), (-3, 0), (0, 3), (0, -3), (8, 9)])
def test_a_displaced_crop_reads_the_same(model: GlyphModel, dx: int, dy: int) -> None:
    wrong = [c for c in CHARACTERS if best(model, typed(c, size=44, dx=dx, dy=dy), kind_of(c)) != c]
    assert len(wrong) <= 1, wrong


@pytest.mark.parametrize("scale", [0.5, 0.8, 1.2, 2.0])
def test_resolution_does_not_matter(model: GlyphModel, scale: float) -> None:
    def scaled(c: str) -> Grey:
        return np.asarray(cv2.resize(typed(c), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)

    wrong = [c for c in CHARACTERS if best(model, scaled(c), kind_of(c)) != c]
    assert len(wrong) <= 1, wrong


def test_faint_pencil_is_read(model: GlyphModel) -> None:
    wrong = [c for c in CHARACTERS if best(model, typed(c, ink=195), kind_of(c)) != c]
    assert len(wrong) <= 1, wrong


def test_empty_paper_is_blank(model: GlyphModel) -> None:
    rng = np.random.default_rng(3)
    noisy = np.clip(rng.normal(240, 4, (60, CELL_H, CELL_W)), 0, 255).astype(np.uint8)
    lattice = model.read(list(noisy))
    assert (lattice.argmax(1) == ALPHABET.index(BLANK)).all()


def test_a_box_without_ink_is_blank(model: GlyphModel) -> None:
    rng = np.random.default_rng(4)
    noise = np.clip(rng.normal(240, 3, (CELL_H, CELL_W)), 0, 255).astype(np.uint8)
    assert [best(model, boxed(noise, level)) for level in (220, 180, 120, 40)] == [BLANK] * 4


def test_specks_are_no_character(model: GlyphModel) -> None:
    for x, y in ((10, 12), (30, 40), (50, 70)):
        cell = np.full((CELL_H, CELL_W), 240, np.uint8)
        cv2.circle(cell, (x, y), 1, 40, -1)
        assert best(model, cell) == BLANK


def test_leftovers_of_a_neighbour_are_left_out(model: GlyphModel) -> None:
    cell = typed("4", size=50)
    cell[20:60, :4] = 30
    assert best(model, cell, CHARACTERS[:10]) == "4"


def test_answers_are_probabilities_and_do_not_depend_on_the_batch(model: GlyphModel) -> None:
    cells = [typed(c) for c in "A7Q0"] + [np.full((CELL_H, CELL_W), 250, np.uint8)]
    together = model.read(cells)
    assert together.shape == (5, len(ALPHABET))
    assert together.dtype == np.float32
    assert together.min() >= FLOOR
    assert np.exp(together.astype(float)).sum(1) == pytest.approx(np.ones(5), abs=1e-3)
    apart = np.vstack([model.read([cell]) for cell in cells])
    assert together == pytest.approx(apart, abs=1e-3)
    assert model.read(normalise_cells(cells)) == pytest.approx(together, abs=1e-5)


def test_no_truth_is_ever_impossible(model: GlyphModel) -> None:
    lattice = model.read([typed(c) for c in CHARACTERS])
    assert lattice.min() > FLOOR


def test_no_cells_give_an_empty_lattice(model: GlyphModel) -> None:
    assert model.read([]).shape == (0, len(ALPHABET))


@settings(max_examples=60, deadline=None)
@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 90), st.integers(1, 90))))
def test_any_crop_gives_a_picture(crop: Grey) -> None:
    out = normalise_cell(crop)
    assert out.shape == (SIDE, SIDE)
    assert out.dtype == np.uint8


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_flat_crop_is_empty(level: int) -> None:
    assert normalise_cell(np.full((CELL_H, CELL_W), level, np.uint8)).min() == 255


def test_anything_but_a_grey_picture_is_a_fault() -> None:
    with pytest.raises(ValueError, match="uint8"):
        normalise_cell(np.zeros((5, 5, 3), np.uint8))
    with pytest.raises(ValueError, match="uint8"):
        normalise_cell(np.zeros((50, 50), np.float32))  # type: ignore[arg-type]


def test_the_weights_are_small_and_the_card_names_their_version() -> None:
    assert (WEIGHTS / "glyphs.onnx").stat().st_size < 3_000_000
    version = json.loads((WEIGHTS / "glyphs.json").read_text("utf-8"))["version"]
    assert version in (WEIGHTS / "glyphs.md").read_text("utf-8")


def test_missing_weights_are_said_so(tmp_path: object) -> None:
    with pytest.raises(OSError, match="glyphs"):
        GlyphModel.load(tmp_path)  # type: ignore[arg-type]
