"""Floors of the signals on a small set that never changes; the large one is ``python -m bench.ocr.pages``."""

from dataclasses import replace

import cv2
import numpy as np
import paper
import pytest

from ocr import copies
from ocr.cells import FAINT, cut_rows
from ocr.evidence import look
from ocr.ink import find_signatures, judge
from ocr.page import has_ink
from ocr.reading import Answer
from ocr.register import register

SIGNED = (paper.signature, paper.signature, paper.fingerprint, paper.initials)
MARKED = (paper.dash, paper.tick, paper.line_through)
SCANS = ({"dpi": 200, "skew": 0.6}, {"dpi": 200, "grey": True, "turn": 2, "jpeg": 70}, {"dpi": 300, "bright": 1.05})


def laid(scan, form):
    placement = register(scan.image, [form])
    return placement, cut_rows(scan.image, placement)


# ---------------------------------------------------------------- signatures


@pytest.fixture(scope="module")
def boxes(form, blank, blank_bw):
    """(what stands in the box, whether the row bears ink at all, the answer, whether the row was found), 24 rows."""
    found = []
    for n, (sheet, scan) in enumerate(zip((blank, blank_bw, blank), SCANS, strict=True)):
        rng, rows, truth = np.random.default_rng(n), {}, {}
        for number in range(1, 9):
            kind = ("signed", "signed", "signed", "none", "none", "marked")[int(rng.integers(6))]
            drawing = {"signed": SIGNED, "marked": MARKED, "none": (None,)}[kind]
            drawing = drawing[int(rng.integers(len(drawing)))]
            rows[number] = {"seccion": "1234"} if rng.random() < 0.5 else {}
            rows[number] |= {"firma": drawing} if drawing else {}
            truth[number] = kind, bool(rows[number])
        page = paper.fill(sheet, form, rows, seed=40 + n, pen=(paper.BLUE, paper.BLACK)[n % 2])
        _, strips = laid(paper.scan(page, seed=n, **scan), form)
        writings = find_signatures(strips)
        for strip in strips:
            answer = judge(writings[strip.row.row])[0].answer
            found.append((*truth[strip.row.row], answer, answer is not Answer.NO or has_ink(strip)))
    return found


def test_every_signature_is_present_and_no_empty_box_is_signed(boxes):
    told = {kind: [answer for what, _, answer, _ in boxes if what == kind] for kind in ("signed", "none", "marked")}
    assert len(told["signed"]) >= 9
    assert len(told["none"]) >= 5
    assert set(told["signed"]) == {Answer.YES}
    assert set(told["none"]) == {Answer.NO}


def with_plain_frames(scan, form):
    """The frames of the rows as a scanner in grey may give them: a quarter of the light less than the paper."""
    for row in form.rows:
        f = row.frame
        corners = np.array([[f.x, f.y], [f.x + f.w, f.y], [f.x + f.w, f.y + f.h], [f.x, f.y + f.h]])
        there = cv2.perspectiveTransform(corners[:, None], scan.to_px)
        cv2.polylines(scan.image, [np.rint(there).astype(np.int32)], True, (195, 195, 195), 3)
    return scan


@pytest.mark.parametrize("drawing", [paper.tall, paper.set_apart])
def test_a_signature_over_its_box_or_in_letters_set_apart_is_present(form, blank, drawing):
    page = paper.fill(blank, form, {n: {"firma": drawing} for n in range(1, 9)}, seed=3, pen=paper.BLACK)
    scan = with_plain_frames(paper.scan(page, seed=3, dpi=200, grey=True, jpeg=70, bright=0.97), form)
    _, strips = laid(scan, form)
    answers = {judge(writing)[0].answer for writing in find_signatures(strips).values()}
    assert answers == {Answer.YES}


@pytest.mark.parametrize("low_mm", [0.4, 0.8])
def test_a_printed_label_laid_into_the_box_is_no_signature(form, blank, low_mm):
    """A copy that lost its pale lines is laid by its marks alone, half a millimetre off: seventeen of 384 empty boxes
    were called signed for the words over them."""
    page = paper.fill(blank, form, {2: {"firma": paper.signature}, 5: {"firma": paper.initials}}, seed=3)
    scan = paper.scan(page, seed=3, grey=True)
    placement = register(scan.image, [form])
    bend = placement.bend.copy()
    bend[0, 1] -= low_mm
    writings = find_signatures(cut_rows(scan.image, replace(placement, bend=bend)))
    answers = {row: judge(writing)[0].answer for row, writing in writings.items()}
    assert {row for row, answer in answers.items() if answer is Answer.YES} == {2, 5}
    assert {answer for row, answer in answers.items() if row not in (2, 5)} == {Answer.NO}


def test_a_copiers_specks_are_no_pale_pen(form, blank_bw):
    page, rng = blank_bw.copy(), np.random.default_rng(1)
    for row in form.rows:
        for _ in range(400):
            x, y = row.frame.x + rng.uniform(0, row.frame.w), row.frame.y + rng.uniform(0, row.frame.h)
            cv2.circle(page, (paper.px(x), paper.px(y)), 2, (175, 175, 175), -1, cv2.LINE_AA)
    _, strips = laid(paper.scan(page, dpi=200, grey=True, seed=2), form)
    assert min(strip.threshold for strip in strips) >= FAINT
    assert {judge(writing)[0].answer for writing in find_signatures(strips).values()} == {Answer.NO}


def test_what_may_be_no_signature_is_for_a_person(boxes):
    assert {answer for what, _, answer, _ in boxes if what == "marked"} == {Answer.UNKNOWN}


def test_no_row_with_ink_is_lost_and_none_is_invented(boxes):
    assert [found for _, inked, _, found in boxes] == [inked for _, inked, _, _ in boxes]


# ---------------------------------------------------------------- copies


@pytest.fixture(scope="module")
def filled(form, blank, blank_bw):
    return {
        "colour, black pen": paper.fill(blank, form, paper.people([1, 2, 3], 5), pen=paper.BLACK, seed=5),
        "black, black pen": paper.fill(blank_bw, form, paper.people([1, 2, 3], 6), pen=paper.BLACK, seed=6),
    }


def answer(page, form, **scan):
    scanned = paper.scan(page, **scan)
    placement, strips = laid(scanned, form)
    return copies.judge_page(look(scanned.image, placement, strips))[0].answer


def test_no_original_in_black_pen_is_called_a_copy_and_a_colour_print_is_told(filled, form):
    told = {name: [answer(page, form, seed=3, **scan) for scan in SCANS[:2]] for name, page in filled.items()}
    assert Answer.YES not in told["black, black pen"]
    assert told["colour, black pen"] == [Answer.NO, Answer.NO]


def test_copies_of_a_sheet_signed_in_black_are_told(filled, form):
    told = []
    for n, mode in enumerate(("text", "soft", "colour")):
        copy = paper.photocopy(filled["colour, black pen"], np.random.default_rng(20 + n), mode)
        told.append(answer(copy, form, seed=n, **SCANS[0]))
    assert set(told) == {Answer.YES}
