"""A copied credential finds its row, also where the row is read with doubt; it is nobody's when two may be it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.engine import doubt
from ocr.owners import Owner, Rows
from ocr.reading import ALPHABET, FieldReading, RowReading

DIGITS = st.text("0123456789", min_size=13, max_size=13)


def lattice(text, sure=0.99, slips=()):
    """Cells read as ``text``; those in ``slips`` as another digit, the right one second at one in five."""
    logs = np.full((len(text), len(ALPHABET)), np.log((1 - sure) / (len(ALPHABET) - 1)), np.float32)
    for n, character in enumerate(text):
        right = ALPHABET.index(character)
        if n in slips:
            logs[n, (right + 1) % 10], logs[n, right] = np.log(0.78), np.log(0.2)
        else:
            logs[n, right] = np.log(sure)
    return logs


def row(number, text, **fields):
    made = {"numero_ocr": FieldReading("numero_ocr", text, 0.9, lattice(text, **fields))}
    return RowReading(number, True, made)


@given(st.lists(DIGITS, min_size=1, max_size=30, unique=True), st.data())
def test_every_credential_finds_its_row_among_others(texts, data):
    at = data.draw(st.integers(0, len(texts) - 1))
    rows = Rows([row(n, text) for n, text in enumerate(texts, 1)])
    assert rows.owner_of({"numero_ocr": texts[at]}) == Owner(at, True)


def test_two_digits_read_as_others_do_not_hide_the_row():
    rows = Rows([row(1, "0999000000017", slips=(3, 8)), row(2, "1234000000025")])
    assert rows.owner_of({"numero_ocr": "0999000000017"}) == Owner(0, False)


def test_a_credential_of_nobody_here_stays_alone():
    rows = Rows([row(1, "0999000000017"), row(2, "1234000000025")])
    assert rows.owner_of({"numero_ocr": "5601000000024"}) is None
    assert rows.owner_of({"nombre": "FARO"}) is None
    assert Rows([]).owner_of({"numero_ocr": "0999000000017"}) is None


def test_between_two_doubtful_rows_a_person_decides_and_of_two_sure_ones_the_first_is_it():
    text = "0999000000017"
    unread = RowReading(3, True, {"numero_ocr": FieldReading("numero_ocr", "", 0.0, doubt(13))})
    twice = Rows([unread, row(1, text), row(2, text)])
    assert twice.owner_of({"numero_ocr": text}) == Owner(1, True)
    slipped = Rows([row(1, text, slips=(3,)), row(2, text, slips=(8,))])
    assert slipped.owner_of({"numero_ocr": text}) is None


@pytest.mark.parametrize(("printed", "agrees"), [("QTNBTM87041509H100", True), ("QTNBTM87041509H200", False)])
def test_the_clave_serves_where_the_number_is_not_legible_and_a_difference_is_told(printed, agrees):
    claves = ("FRBRLC99110220M300", "QTNBTM87041509H100")
    written = [FieldReading("clave_elector", clave, 0.9, lattice(clave)) for clave in claves]
    rows = Rows([RowReading(n, True, {"clave_elector": field}) for n, field in enumerate(written, 1)])
    assert rows.owner_of({"clave_elector": printed}) == Owner(1, agrees)
