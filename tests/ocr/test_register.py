"""A form is laid on its page to 0.3 mm, however the page was laid on the glass; forms are data."""

import cv2
import numpy as np
import paper
import pytest

from ocr.form import form_from_json
from ocr.reading import Box
from ocr.register import cut, register

SCANS = {
    "clean": {},
    "skew": {"skew": 5.0, "shift": (2, -3)},
    "skew the other way, small": {"skew": -5.0, "scale": 0.98},
    "upside down": {"turn": 2, "skew": 0.7},
    "on its side, large": {"turn": 1, "scale": 1.02},
    "folded corner": {"fold": 0, "skew": 1.0},
    "200 dpi, grey": {"dpi": 200, "grey": True, "skew": 1.5, "jpeg": 60},
    "400 dpi": {"dpi": 400, "skew": -1.0},
    "phone at an angle": {"tilt": 0.15, "skew": 4.0, "scale": 0.85, "dpi": 250, "bed": 80},
    "dark and noisy": {"bright": 0.7, "noise": 8, "skew": 1.0},
}


def worst_error(scan, placement):
    """Millimetres between where the middles of all cells are and where the placement says."""
    boxes = [b for row in placement.form.rows for f in row.fields.values() for b in f.boxes]
    middles = np.array([[b.x + b.w / 2, b.y + b.h / 2] for b in boxes])
    off = placement.pixels(middles) - scan.pixels(middles)
    return float(np.linalg.norm(off, axis=1).max()) / placement.px_per_mm


@pytest.fixture(scope="module")
def filled(form, blank):
    return paper.fill(blank, form, paper.people(range(1, 8)))


@pytest.mark.parametrize("name", SCANS)
def test_every_cell_lies_where_the_placement_says(filled, form, name):
    scan = paper.scan(filled, **SCANS[name])
    placement = register(scan.image, [form])
    assert placement is not None
    assert worst_error(scan, placement) < 0.3
    assert placement.residual_mm < 0.1


@pytest.mark.parametrize("lost", [(0,), (0, 1), (0, 1, 4, 5), (0, 1, 3, 4, 5, 6)])
def test_marks_may_be_missing(filled, form, lost):
    hidden = [a.box for a in form.anchors if a.id in lost]
    scan = paper.scan(filled, cover=hidden, skew=2.0)
    placement = register(scan.image, [form])
    assert placement is not None
    assert placement.marks == 7 - len(lost)
    assert worst_error(scan, placement) < 0.3


def test_a_sheet_printed_in_black_and_white_is_laid_as_well(blank_bw, form):
    scan = paper.scan(paper.fill(blank_bw, form, paper.people([1, 4])), skew=-2.0)
    placement = register(scan.image, [form])
    assert placement is not None
    assert worst_error(scan, placement) < 0.3


def test_a_page_without_the_form_is_not_it(form):
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (1275, 1650, 3), np.uint8)
    white = np.full((1275, 1650, 3), 250, np.uint8)
    assert register(noise, [form]) is None
    assert register(white, [form]) is None


@pytest.mark.parametrize("turn", [0, 1, 2])
def test_a_sheet_cut_off_with_all_its_marks_is_laid_by_its_lines(filled, form, turn):
    """A scanner that crops, or a photograph taken too near: eleven millimetres and more are gone on every side."""
    scan = paper.scan(filled, skew=1.2, turn=turn).crop(16, 18, 16.5, 17)
    placement = register(scan.image, [form])
    assert placement is not None
    assert placement.marks == 0
    assert worst_error(scan, placement) < 0.3


@pytest.mark.parametrize(("shape", "mm"), [(paper.waved, 2.0), (paper.waved, 1.0), (paper.folded, 1.2)])
def test_a_curled_or_folded_sheet_is_followed(filled, form, shape, mm):
    """Laid flat, the cells of these sheets are 0.6 to 2.5 mm off."""
    scan = paper.scan(filled).bend(shape, mm)
    assert worst_error(scan, register(scan.image, [form])) < 0.6


def test_cut_shows_the_box_upright(filled, form):
    scan = paper.scan(filled, turn=2, skew=3.0)
    placement = register(scan.image, [form])
    mark = form.anchors[0].box
    piece = cut(scan.image, placement, mark, 10.0)
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    ideal = cv2.aruco.generateImageMarker(dictionary, 0, 80)
    assert piece.shape == (80, 80, 3)
    assert np.corrcoef(piece.mean(2).ravel(), ideal.ravel())[0, 1] > 0.9


# ---------------------------------------------------------------- a form that is built otherwise


@pytest.fixture(scope="module")
def other():
    return form_from_json(paper.other_document())


@pytest.fixture(scope="module")
def other_filled(other):
    values = paper.people([1])
    values[1]["fecha"] = "03122026"
    return paper.fill(paper.blank_sheet(other), other, values, pen=paper.BLACK)


@pytest.mark.parametrize("turn", range(4))
def test_another_form_is_registered_by_writing_a_document(other, other_filled, form, turn):
    scan = paper.scan(other_filled, turn=turn, skew=-1.5)
    placement = register(scan.image, [form, other])
    assert placement is not None
    assert placement.form.version == "individual-prueba"
    assert worst_error(scan, placement) < 0.3


def test_one_square_may_be_missing(other, other_filled):
    scan = paper.scan(other_filled, cover=[Box(12, 260, 7, 7)], skew=1.0)
    placement = register(scan.image, [other])
    assert placement is not None
    assert worst_error(scan, placement) < 0.3


def test_each_page_finds_its_own_form(filled, other_filled, form, other):
    found = [register(paper.scan(sheet).image, [form, other]) for sheet in (filled, other_filled)]
    assert [placement.form.version for placement in found] == ["cedula-2027-v1", "individual-prueba"]


@pytest.mark.parametrize("laid", [{"skew": 1.5, "shift": (3, -4)}, {"turn": 2, "scale": 0.98, "skew": -1.0}])
def test_printed_lines_serve_where_there_are_no_marks(other_filled, laid):
    document = {**paper.other_document(), "anchors": [{"kind": "none"}]}
    bare = form_from_json(document)
    squares = [Box(*a["box"]) for a in paper.other_document()["anchors"]]
    scan = paper.scan(other_filled, cover=squares, **laid)
    placement = register(scan.image, [bare])
    assert placement is not None
    assert worst_error(scan, placement) < 0.3


@pytest.fixture(scope="module")
def crossed():
    """The other form with crosses for squares, one of them apart so that the marks lie in no rectangle."""
    boxes = [[12, 12, 7, 7], [197, 12, 7, 7], [12, 260, 7, 7], [197, 240, 7, 7]]
    anchors = [{"kind": "cross", "box": box} for box in boxes]
    return form_from_json({**paper.other_document(), "version": "cruces-prueba", "anchors": anchors})


@pytest.mark.parametrize(
    "laid", [{"skew": 4.0, "shift": (3, -4)}, {"turn": 2, "scale": 0.98, "dpi": 200, "grey": True}, {"turn": 1}]
)
def test_crosses_serve_as_marks(crossed, form, laid):
    page = paper.fill(paper.blank_sheet(crossed), crossed, paper.people([1]), pen=paper.BLACK)
    scan = paper.scan(page, **laid)
    placement = register(scan.image, [form, crossed])
    assert placement is not None
    assert (placement.form.version, placement.marks) == ("cruces-prueba", 4)
    assert worst_error(scan, placement) < 0.3


def test_a_cross_is_no_square_and_a_letter_is_neither(crossed):
    from ocr.upright import find_marks

    page = paper.fill(paper.blank_sheet(crossed), crossed, {1: {"nombre": "TXHFEKT"}}, pen=paper.BLACK)
    found = find_marks(paper.scan(page).image, [crossed]).plain
    assert len(found["cross"]) == 4
    assert len(found["square"]) == 0
