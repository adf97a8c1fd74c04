"""Signs of a copy have three answers; the same sheet and the same signature image are known again."""

import numpy as np
import paper
import pytest

from ocr import copies
from ocr.cells import cut_rows
from ocr.evidence import look
from ocr.ink import find_signatures
from ocr.prints import Shelf
from ocr.reading import Answer, Box
from ocr.register import register


def seen(scan, form):
    placement = register(scan.image, [form])
    strips = cut_rows(scan.image, placement)
    return look(scan.image, placement, strips), strips


def page_answer(scan, form):
    return copies.judge_page(seen(scan, form)[0])[0]


@pytest.fixture(scope="module")
def in_blue(form, blank):
    return paper.fill(blank, form, paper.people([1, 2, 3], 4), seed=4)


@pytest.fixture(scope="module")
def in_black(form, blank_bw):
    return paper.fill(blank_bw, form, paper.people([1, 2], 6), pen=paper.BLACK, seed=6)


def test_an_original_in_colour_looks_original(in_blue, form):
    signal = page_answer(paper.scan(in_blue, skew=0.5), form)
    assert (signal.code, signal.answer) == ("copy", Answer.NO)


@pytest.mark.parametrize("grey", [True, False])
def test_black_print_signed_in_black_and_scanned_in_grey_is_never_called_a_copy(in_black, form, grey):
    assert page_answer(paper.scan(in_black, grey=grey, skew=-0.5), form).answer is not Answer.YES


@pytest.mark.parametrize("bright", [1.08, 0.85])
def test_a_bright_or_dark_scan_makes_no_copy_of_an_original(in_blue, form, bright):
    assert page_answer(paper.scan(in_blue, bright=bright), form).answer is not Answer.YES


@pytest.mark.parametrize("mode", ["text", "soft", "line", "colour"])
def test_a_photocopy_looks_copied_and_says_why(in_blue, form, mode):
    copy = paper.photocopy(in_blue, np.random.default_rng(3), mode)
    signal = page_answer(paper.scan(copy, skew=0.8, bright=0.97), form)
    assert signal.answer is Answer.YES
    assert "copia" in signal.sentence


def test_colour_ink_on_black_print_tells_its_row_original(form, blank_bw):
    page = paper.fill(blank_bw, form, paper.people([1], 8), pen=paper.BLUE, seed=8)
    evidence, _ = seen(paper.scan(page), form)
    assert copies.judge_row(evidence, 1)[0].answer is Answer.NO


def test_a_blank_sheet_copied_and_signed_afterwards_is_not_called_a_copied_signature(form, blank):
    copied = paper.photocopy(blank, np.random.default_rng(1), "text")
    page = paper.fill(copied, form, paper.people([1, 2], 9), pen=paper.BLUE, seed=9)
    assert page_answer(paper.scan(page, bright=0.97), form).answer is not Answer.YES


def test_without_its_control_strip_a_grey_sheet_cannot_be_told(in_black, form):
    strip = [Box(148, 196, 112, 13)]
    assert page_answer(paper.scan(in_black, grey=True, cover=strip), form).answer is Answer.UNKNOWN


def test_a_page_that_no_scanner_made_is_electronic(in_blue, form):
    drawn = paper.scan(in_blue, noise=0, blur=0, jpeg=0)
    evidence, _ = seen(drawn, form)
    assert "electronic" in [s.code for s in copies.judge_page(evidence)]
    evidence, _ = seen(paper.scan(in_blue), form)
    assert "electronic" not in [s.code for s in copies.judge_page(evidence)]


# ---------------------------------------------------------------- prints of ink


def ink_print(scan, form):
    strips = seen(scan, form)[1]
    return copies.print_of(strips, find_signatures(strips))


def test_a_sheet_scanned_again_is_known_by_its_ink(in_blue, form):
    first = ink_print(paper.scan(in_blue, skew=0.4), form)
    again = ink_print(paper.scan(in_blue, dpi=200, turn=2, grey=True, skew=-1.2), form)
    assert copies.same_sheet(first, again) is Answer.YES
    shelf = Shelf()
    shelf.add("first", first)
    found = shelf.add("again", again)
    assert {(mine, sheet, row) for mine, sheet, row, _ in found} == {(n, "first", n) for n in (1, 2, 3)}
    assert len(first) < 5000


def test_the_same_folio_with_other_ink_is_another_sheet(in_blue, blank, form):
    other = paper.fill(blank, form, paper.people([1, 2, 3], 77), seed=77)
    one, two = ink_print(paper.scan(in_blue), form), ink_print(paper.scan(other), form)
    assert copies.same_sheet(one, two) is Answer.NO
    shelf = Shelf()
    shelf.add("one", one)
    assert shelf.add("two", two) == []


def test_sheets_without_ink_cannot_be_told_apart(blank, form):
    nothing = ink_print(paper.scan(blank), form)
    assert copies.same_sheet(nothing, nothing) is Answer.UNKNOWN
    assert copies.same_sheet(b"", nothing) is Answer.UNKNOWN


def test_one_signature_image_in_two_rows_is_reported_for_both(blank, form, engine):
    from ocr.page import read_page

    def pasted(cover, box, rng):
        paper.signature(cover, box, np.random.default_rng(5))

    rows = paper.people([1, 2, 3, 4], 12)
    rows[1]["firma"] = rows[4]["firma"] = pasted
    page = read_page(paper.scan(paper.fill(blank, form, rows, seed=12)).image, [form], engine)
    assert [row.row for row in page.rows if row.signal("repeated_signature")] == [1, 4]
