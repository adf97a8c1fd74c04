"""Drawn pages: what the truth says is on the paper, and each way of copying leaves its trace."""

import cv2
import numpy as np
import pytest
import zxingcpp

from ocr.form import load_form
from samples import fonts, ink, scan, strokes
from samples.sheets import KEY, PageTruth, draw_pages
from service import folio


def draw(kind: str = "typed", **how: object) -> tuple[scan.Page, PageTruth]:
    how = {"paper": "offset", "rough": 0.0, "jpeg": 90, **how}
    return next(draw_pages(1, kind, 11, **how))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def typed() -> tuple[scan.Page, PageTruth]:
    return draw(unsigned=0.5)


def test_the_folio_of_the_truth_is_in_the_qr(typed: tuple[scan.Page, PageTruth]) -> None:
    image, truth = typed
    [code] = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    read = folio.verify(code.text, KEY)
    assert read is not None
    assert read.folio == truth.folio


def test_signatures_lie_in_the_boxes_of_signed_rows(typed: tuple[scan.Page, PageTruth]) -> None:
    image, truth = typed
    signed = {row.signature for row in truth.rows}
    assert signed == {"signed", "none"}
    for row, layout in zip(truth.rows, load_form().rows, strict=True):
        box = layout.fields["firma"].box
        x, y, w, h = (round(v * ink.MM) for v in (box.x + 2, box.y + 2, box.w - 4, box.h - 4))
        dark = (image[y : y + h, x : x + w].min(axis=2) < 120).mean()
        assert (dark > 0.004) == (row.signature == "signed")


def test_the_same_seed_draws_the_same_page() -> None:
    first, second = draw(), draw()
    assert (first[0] == second[0]).all()
    assert first[1] == second[1]


def test_a_black_and_white_copy_has_no_colour_left_in_its_ink() -> None:
    original, copy = draw(), draw(copy="bw")
    spread = [(page.max(axis=2).astype(int) - page.min(axis=2)).mean() for page, _ in (original, copy)]
    assert spread[1] < spread[0] / 2


def test_a_grey_scan_has_three_equal_channels() -> None:
    image, _ = draw(grey=True, dpi=200)
    assert image.shape[:2] == (1700, 2200)
    assert (cv2.absdiff(image[:, :, 0], image[:, :, 2]) <= 6).mean() > 0.99


def test_every_held_out_font_writes_every_character() -> None:
    if not fonts.available():
        pytest.skip("the handwriting fonts are not on this machine and npm cannot fetch them")
    rng = np.random.default_rng(3)
    for name in fonts.HELD_OUT:
        for pen in (0.36, 0.62):
            hand = ink.FontHand(name, (60, 40, 30), pen_mm=pen)
            for char in "ABCDEFGHIJKLMNÑOPQRSTUVWXYZ0123456789":
                assert hand.glyph(char, 50, rng).sum() > 45, (name, char)


def test_no_font_of_the_samples_teaches_a_reader() -> None:
    from ocr.training.fonts import FONTS

    taught = {font.name for font in FONTS if font.hand and not font.held_out}
    assert not taught & set(fonts.HELD_OUT)


def test_real_hands_are_of_people_never_trained_on() -> None:
    from samples.names import data_folder

    assert (data_folder() / "handwriting").is_dir(), "RESPALDO_DATOS must name the folder of the data"
    hand = ink.load_real_hands(data_folder(), 1, 1)[0]
    rng = np.random.default_rng(0)
    for char in "0123456789AEIOULMNRSTÑÁ":
        assert hand.glyph(char, 50, rng).max() > 0.8


@pytest.mark.parametrize("kind", ["dash", "tick", "dot"])
def test_marks_are_smaller_than_signatures(kind: str) -> None:
    rng = np.random.default_rng(5)
    mark = strokes.draw_mark(rng, kind).sum()
    signatures = [strokes.draw_signature(rng, 34, 12).sum() for _ in range(20)]
    assert 0 < mark < min(signatures)
