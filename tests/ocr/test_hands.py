"""Rows in one hand are told by how their figures are drawn; other hands, the pen and print tell nothing."""

import cv2
import numpy as np
import pytest

from ocr import hands
from ocr.cells import CombCells
from ocr.form import Field
from ocr.reading import ALPHABET, FLOOR, Box, FieldReading, RowReading

DIGITS = {
    0: [(5, 0), (1, 2), (0, 5), (1, 8), (5, 10), (8, 8), (9, 5), (8, 2), (5, 0)],
    1: [(2, 2), (5, 0), (5, 5), (5, 10)],
    2: [(1, 2), (5, 0), (8, 2), (7, 5), (1, 10), (9, 10)],
    3: [(1, 1), (6, 0), (8, 2), (4, 5), (8, 7), (6, 10), (1, 9)],
    4: [(6, 10), (6, 0), (0, 7), (9, 7)],
    5: [(8, 0), (2, 0), (1, 5), (6, 4), (8, 7), (5, 10), (1, 9)],
    6: [(7, 0), (2, 4), (1, 8), (4, 10), (8, 8), (6, 5), (2, 6)],
    7: [(1, 0), (8, 0), (5, 5), (3, 10)],
    8: [(5, 5), (1, 2), (5, 0), (8, 2), (5, 5), (1, 8), (5, 10), (8, 8), (5, 5)],
    9: [(7, 4), (4, 5), (1, 2), (4, 0), (7, 2), (7, 6), (5, 10)],
}


def draw(habit, figure, rng, pen, loose=0.7):
    """A figure by somebody whose habit moves its corners, never twice alike."""
    points = np.array(DIGITS[figure], float) * 3.4
    points += habit[figure][: len(points)] + rng.normal(0, loose, points.shape)
    cell = np.full((56, 56), 255, np.uint8)
    line = np.rint((points + 11) * 8).astype(np.int32)
    cv2.polylines(cell, [line], False, 0, pen, cv2.LINE_AA, 3)
    return cell


def habit_of(seed):
    rng = np.random.default_rng(seed)
    lean = rng.normal(0, 0.25)
    moved = {d: rng.normal(0, 3.2, (10, 2)) for d in DIGITS}
    for d, points in DIGITS.items():
        moved[d][: len(points), 0] += lean * (17 - 3.4 * np.array(points)[:, 1])
    return moved


def row_of(number, habit, pen, blank=False, loose=0.7):
    """A row with a comb of 20 figures read without doubt."""
    rng = np.random.default_rng([7, number])
    figures = rng.permutation(np.tile(np.arange(10), 2))
    comb = CombCells(
        Field("numero_ocr", "comb", tuple(Box(5.0 * n, 0, 5, 7) for n in range(20)), "digits"),
        tuple(draw(habit, int(d), rng, pen, loose) for d in figures),
        np.ones(20, np.float32),
    )
    lattice = np.full((20, len(ALPHABET)), FLOOR, np.float32)
    lattice[np.arange(20), figures] = 0.0 if not blank else -1.0
    reading = FieldReading("numero_ocr", "".join(map(str, figures)), 1.0, lattice)
    return RowReading(number, True, {"numero_ocr": reading}), {"numero_ocr": comb}


def told(people, pens=None, **how):
    """Rows that are called one hand, of rows written by ``people`` (a habit each)."""
    made = [row_of(n, habit, (pens or {}).get(n, 3), **how) for n, habit in enumerate(people, 1)]
    rows = hands.mark_same_hand(tuple(r for r, _ in made), {r.row: combs for r, combs in made})
    return {row.row: row.signal("same_hand") for row in rows if row.signal("same_hand")}


def test_four_rows_of_one_hand_among_others_are_told_whatever_the_pen():
    one = habit_of(100)
    people = [habit_of(1), one, habit_of(2), one, one, habit_of(3), one, habit_of(4)]
    signals = told(people, pens={2: 2, 4: 5})
    assert set(signals) == {2, 4, 5, 7}
    assert all(0.5 < s.score <= 1 and "4" in s.sentence for n, s in signals.items() if n != 4)


def test_eight_people_with_one_pen_are_eight_hands():
    assert all(told([habit_of(8 * n + k) for k in range(8)]) == {} for n in range(1, 13))


def test_two_rows_of_one_hand_are_not_enough():
    one = habit_of(100)
    assert told([one, one, habit_of(5), habit_of(6)]) == {}


def test_uncertain_figures_say_nothing():
    one = habit_of(100)
    assert told([one] * 4, blank=True) == {}


def test_print_is_no_hand():
    assert told([habit_of(100)] * 5, loose=0.05) == {}


@pytest.mark.parametrize("grey", [np.full((40, 30), 255, np.uint8), np.zeros((2, 2), np.uint8)])
def test_a_cell_without_a_figure_is_none(grey):
    assert hands.figure_picture(grey) is None
