"""The QR of a sheet: only the holder of the process key can make one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr import folio as number
from service import folio

KEY = bytes(range(32))
FOLIO = number.number(7, 42)


def test_what_was_signed_is_read_back() -> None:
    payload = folio.sign(FOLIO, "cedula-2027-v1", KEY)
    assert payload.startswith(f"R1.{FOLIO}.cedula-2027-v1.")
    assert folio.verify(payload, KEY) == folio.SignedFolio(FOLIO, "cedula-2027-v1")


def test_the_key_of_another_process_signs_nothing_here() -> None:
    assert folio.verify(folio.sign(FOLIO, "cedula-2027-v1", b"x" * 32), KEY) is None


@given(st.integers(0, 44), st.characters(min_codepoint=33, max_codepoint=126))
def test_one_altered_character_is_noticed(place: int, character: str) -> None:
    payload = folio.sign(FOLIO, "cedula-2027-v1", KEY)
    altered = payload[:place] + character + payload[place + 1 :]
    assert (folio.verify(altered, KEY) is None) == (altered != payload)


@given(st.text(max_size=80))
def test_any_other_text_is_no_signed_folio(text: str) -> None:
    assert folio.verify(text, KEY) is None


def test_a_folio_with_a_wrong_check_digit_is_never_signed() -> None:
    wrong = FOLIO[:-1] + str((int(FOLIO[-1]) + 1) % 10)
    with pytest.raises(ValueError, match="check digit"):
        folio.sign(wrong, "cedula-2027-v1", KEY)


def test_a_short_key_or_an_odd_version_is_not_taken() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        folio.sign(FOLIO, "cedula-2027-v1", b"short")
    with pytest.raises(ValueError, match="form version"):
        folio.sign(FOLIO, "a.b", KEY)
