"""What was struck out, scribbled over or written over is told; a broad pen is nothing of the kind."""

import paper
import pytest

from ocr.cells import cut_comb, cut_rows
from ocr.marks import find_strikes
from ocr.reading import Box
from ocr.register import register

BOLD = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"


def over_cell(place, drawing):
    """A drawing function for the comb that spoils one of its cells alone."""

    def draw(cover, box, rng):
        width = box.w / 18
        drawing(cover, Box(box.x + place * width, box.y, width, box.h), rng)

    return draw


@pytest.fixture(scope="module", params=["colour", "grey"])
def found(request, form, blank, blank_bw):
    rows = paper.people(range(1, 9), 31)
    grey = request.param == "grey"
    page = paper.fill(blank_bw if grey else blank, form, rows, seed=3)
    spoilt = {
        2: {"clave_elector": over_cell(4, paper.scribble_out)},
        3: {"numero_ocr": paper.scribble_out},
        4: {"nombre": lambda c, b, r: paper.scribble_out(c, Box(b.x, b.y + 1, 60, b.h - 2), r)},
        5: {"clave_elector": "    " + "W8MB".ljust(14)},
        6: {"fecha": paper.strike},
    }
    page = paper.fill(page, form, spoilt, seed=4)
    scan = paper.scan(page, grey=grey, dpi=200 if grey else 300, skew=0.7)
    strips = cut_rows(scan.image, register(scan.image, [form]))
    return {s.row.row: find_strikes(s, combs_of(s)) for s in strips}


def combs_of(strip):
    return {f.name: cut_comb(strip, f) for f in strip.row.fields.values() if f.kind == "comb"}


def test_spoilt_rows_are_told_and_no_other(found):
    assert [row for row, signals in found.items() if signals] == [2, 3, 4, 5, 6]


def test_a_scribbled_cell_says_which(found, form):
    cell = form.rows[1].fields["clave_elector"].boxes[4]
    assert [(s.code, s.box) for s in found[2]] == [("overwrite", cell)]


def test_lines_and_zigzags_through_many_cells_are_strikes(found):
    assert {found[row][0].code for row in (3, 4, 6)} == {"strike"}


def test_a_broad_pen_is_no_correction(form, blank):
    page = paper.fill(blank, form, paper.people(range(1, 9), 7), pen=paper.BLACK, face=BOLD, seed=7)
    scan = paper.scan(page, skew=-0.4)
    strips = cut_rows(scan.image, register(scan.image, [form]))
    assert [s.row.row for s in strips if find_strikes(s, combs_of(s))] == []
