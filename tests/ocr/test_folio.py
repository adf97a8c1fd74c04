"""A folio in figures: series, serial, and a check digit that catches the slips of people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr import folio

series = st.integers(0, 999)
serial = st.integers(0, 999_999)


def test_the_check_digit_is_damms() -> None:
    assert folio.check_digit("572") == 4  # Damm's own worked example


def test_a_folio_is_printed_as_three_six_and_one_digit() -> None:
    digits = folio.number(7, 42)
    assert digits.startswith("007000042")
    assert folio.format(digits) == f"007-000042-{digits[-1]}"


@given(series, serial)
def test_parts_give_back_what_made_the_folio(a: int, n: int) -> None:
    printed = folio.format(folio.number(a, n))
    assert (folio.parts(printed).series, folio.parts(printed).serial) == (a, n)


@given(series, serial, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(a: int, n: int, place: int, shift: int) -> None:
    digits = folio.number(a, n)
    wrong = str((int(digits[place]) + shift) % 10)
    assert not folio.is_valid(digits[:place] + wrong + digits[place + 1 :])


@given(series, serial, st.integers(0, 8))
def test_swapped_neighbours_are_always_noticed(a: int, n: int, place: int) -> None:
    digits = folio.number(a, n)
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    assert folio.is_valid(swapped) == (swapped == digits)


def test_people_may_write_it_with_spaces_or_long_hyphens() -> None:
    digits = folio.number(3, 120)
    assert folio.validate(f" {digits[:3]} – {digits[3:9]} – {digits[9]} ") == digits


@pytest.mark.parametrize("text", ["", "123", "12345678901", "ABCDEFGHIJ", "١٢٣٤٥٦٧٨٩٠"])
def test_what_is_not_ten_digits_is_no_folio(text: str) -> None:
    with pytest.raises(ValueError, match="ten digits"):
        folio.compact(text)
    assert not folio.is_valid(text)


@pytest.mark.parametrize(("a", "n"), [(1000, 1), (-1, 1), (1, 1_000_000), (1, -1)])
def test_numbers_that_do_not_fit_are_refused(a: int, n: int) -> None:
    with pytest.raises(ValueError, match="series is 0 to 999"):
        folio.number(a, n)
