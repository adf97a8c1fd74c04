"""A signature that an editor set into a scan, with its own ground or drawn, is asked about; pens are not."""

from dataclasses import replace

import cv2
import numpy as np
import paper
import pytest

from ocr.cells import cut_rows
from ocr.ink import find_signatures
from ocr.pasted import find_pasted
from ocr.reading import Answer
from ocr.register import register


@pytest.fixture(scope="module")
def scan(form, blank):
    rows = paper.people(range(1, 8), 50)
    del rows[3]["firma"], rows[6]["firma"]
    return paper.scan(paper.fill(blank, form, rows, seed=50), jpeg=0, noise=3, skew=0.4)


def told(image, form):
    strips = cut_rows(image, register(image, [form]))
    return find_pasted(strips, find_signatures(strips))


def set_in(scan, form, row, *, ground):
    """The scan with a signature drawn into the box of a row, on white or on the paper as it was scanned."""
    image, box = scan.image.copy(), form.rows[row - 1].fields["firma"].box
    t = np.linspace(0, 1, 200)
    x = box.x + 6 + 34 * t + 3 * np.sin(40 * t)
    y = box.y + box.h / 2 + 5 * np.sin(23 * t) * np.cos(9 * t)
    line = cv2.perspectiveTransform(np.column_stack([x, y])[:, None], scan.to_px)
    if ground:
        corners = [[box.x + 1, box.y + 1], [box.x + box.w - 1, box.y + 1]]
        corners += [[box.x + box.w - 1, box.y + box.h - 1], [box.x + 1, box.y + box.h - 1]]
        patch = cv2.perspectiveTransform(np.array(corners)[:, None], scan.to_px)
        cv2.fillPoly(image, [np.rint(patch).astype(np.int32)], (255, 255, 255))
    cv2.polylines(image, [np.rint(line * 16).astype(np.int32)], False, (120, 40, 20), 5, cv2.LINE_AA, 4)
    return image


def test_pens_are_not_asked_about(scan, form):
    assert told(scan.image, form) == {}


@pytest.mark.parametrize(("row", "ground", "why"), [(3, True, "grano"), (6, False, "nítidos")])
def test_what_was_set_in_is_asked_about_in_its_row_and_says_why(scan, form, row, ground, why):
    found = told(set_in(scan, form, row, ground=ground), form)
    assert list(found) == [row]
    assert (found[row].code, found[row].answer) == ("electronic", Answer.YES)
    assert why in found[row].sentence
    assert found[row].box == form.rows[row - 1].fields["firma"].box


def test_colour_on_a_page_scanned_in_grey_was_put_there_afterwards(scan, form):
    grey = cv2.cvtColor(cv2.cvtColor(scan.image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    assert told(grey, form) == {}
    found = told(set_in(replace(scan, image=grey), form, 6, ground=False), form)
    assert list(found) == [6]
    assert "gris" in found[6].sentence


def test_a_compact_file_that_whitens_paper_and_keeps_blue_pens_is_not_asked_about(form, blank):
    image = paper.scan(paper.fill(blank, form, paper.people([2, 6], 50), seed=50), jpeg=0, noise=3, skew=0.4).image
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    pens = (np.ptp(image, axis=2) > 60) & (image[..., 0] > image[..., 2])
    assert told(np.where(pens[..., None], image, grey).astype(np.uint8), form) == {}
