"""The best reading of a field: what its grammar forbids is never impossible, what it foresees is preferred."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr import grammar
from ocr.grammar import (
    Grammar,
    clave_grammar,
    date_grammar,
    demarcacion_grammar,
    free_grammar,
    grammar_for,
    ocr_number_grammar,
    pair_of,
    seccion_grammar,
)
from ocr.lattice import best_pair, best_path
from ocr.reading import ALPHABET, BLANK, FLOOR, Lattice

CLAVE = "QTNBTM87041509H300"


def lattice_of(text: str, sure: float = 0.97) -> Lattice:
    cells = np.full((len(text), len(ALPHABET)), (1 - sure) / (len(ALPHABET) - 1))
    for cell, char in zip(cells, text, strict=True):
        cell[ALPHABET.index(char)] = sure
    return np.log(cells).astype(np.float32)


def doubt_between(lattice: Lattice, cell: int, chances: dict[str, float]) -> None:
    lattice[cell] = FLOOR
    for char, chance in chances.items():
        lattice[cell, ALPHABET.index(char)] = np.log(chance)


def test_a_plainly_written_clave_is_read_as_written() -> None:
    text, probability = best_path(lattice_of(CLAVE, 0.999), clave_grammar())
    assert text == CLAVE
    assert probability > 0.95


@pytest.mark.parametrize(
    ("cell", "looks", "is_read"),
    [(8, "O", "0"), (0, "0", "O"), (14, "N", "M"), (6, "B", "8"), (9, "S", "5")],
)
def test_look_alikes_are_read_by_their_place(cell: int, looks: str, is_read: str) -> None:
    lattice = lattice_of(CLAVE)
    doubt_between(lattice, cell, {looks: 0.6, is_read: 0.399})
    text, _ = best_path(lattice, clave_grammar())
    assert text[cell] == is_read


def test_a_month_that_does_not_exist_yields_to_one_that_does() -> None:
    lattice = lattice_of(CLAVE)
    doubt_between(lattice, 8, {"1": 0.5, "0": 0.499})
    doubt_between(lattice, 9, {"7": 0.6, "1": 0.399})
    assert best_path(lattice, clave_grammar())[0][8:10] in ("07", "11")


def test_what_is_plainly_written_stands_even_against_the_grammar() -> None:
    wrong = "QTNBTM87043909H300"  # 39 April
    text, probability = best_path(lattice_of(wrong, 0.99999), clave_grammar())
    assert text == wrong
    assert probability > 0.5
    letter = "QTNBTM87041509H3A0"
    assert best_path(lattice_of(letter, 0.99999), clave_grammar())[0] == letter


def test_a_vowel_as_inner_consonant_is_possible_but_unlikely() -> None:
    lattice = lattice_of(CLAVE)
    doubt_between(lattice, 1, {"U": 0.6, "V": 0.399})
    assert best_path(lattice, clave_grammar())[0][1] == "V"
    assert best_path(lattice_of("QUNBTM87041509H300", 0.99999), clave_grammar())[0][1] == "U"


def test_an_empty_field_is_read_as_empty() -> None:
    text, probability = best_path(lattice_of(BLANK * 18, 0.9999), clave_grammar())
    assert text == BLANK * 18
    assert probability > 0.9


def test_a_left_out_cell_stays_left_out() -> None:
    lattice = lattice_of(CLAVE, 0.999)
    doubt_between(lattice, 16, {BLANK: 0.9995})
    assert best_path(lattice, clave_grammar())[0] == CLAVE[:16] + BLANK + "0"


def test_entities_of_people_born_abroad_are_known() -> None:
    for entity in ("87", "88", "09", "32"):
        text = f"QTNBTM870415{entity}H300"
        assert best_path(lattice_of(text), clave_grammar())[0] == text


def test_the_pair_of_a_name_follows_the_published_example() -> None:
    assert [pair_of(name) for name in ("QUETZALCO", "NUBE", "TOMAS", "MUÑOZ", "OEA")] == [
        ("Q", "T"),
        ("N", "B"),
        ("T", "M"),
        ("M", "X"),
        ("O", "X"),
    ]


def test_dates_read_day_first_and_valid_ones_win() -> None:
    lattice = lattice_of("311226")
    doubt_between(lattice, 0, {"8": 0.6, "3": 0.399})
    assert best_path(lattice, date_grammar())[0] == "311226"
    assert best_path(lattice_of("30022026", 0.99999), date_grammar(8))[0] == "30022026"


def test_codes_of_demarcacion_and_seccion_lean_to_those_that_exist() -> None:
    lattice = lattice_of("017")
    doubt_between(lattice, 1, {"7": 0.6, "1": 0.399})
    assert best_path(lattice, demarcacion_grammar())[0] == "017"
    lattice = lattice_of("1234")
    doubt_between(lattice, 0, {"7": 0.6, "1": 0.399})
    assert best_path(lattice, seccion_grammar())[0] == "1234"


def test_section_and_ocr_number_help_each_other_where_one_is_in_doubt() -> None:
    section = lattice_of("1234", 0.999)
    doubt_between(section, 3, {"9": 0.55, "4": 0.449})
    number = lattice_of("1234000000017", 0.999)
    assert best_path(section, seccion_grammar())[0] == "1239"
    (read, probability), (other, _) = best_pair(section, number, seccion_grammar(), ocr_number_grammar())
    assert (read, other) == ("1234", "1234000000017")
    assert probability > 0.9


def test_section_and_ocr_number_that_plainly_differ_both_stand() -> None:
    (read, p), (other, q) = best_pair(
        lattice_of("1234", 0.9999), lattice_of("4021000000017", 0.9999), seccion_grammar(), ocr_number_grammar()
    )
    assert (read, other) == ("1234", "4021000000017")
    assert p > 0.9
    assert q > 0.9


def test_an_empty_ocr_number_gives_no_hint() -> None:
    (read, _), (other, _) = best_pair(
        lattice_of("1234", 0.999), lattice_of(BLANK * 13, 0.999), seccion_grammar(), ocr_number_grammar()
    )
    assert (read, other) == ("1234", BLANK * 13)


@pytest.mark.parametrize(
    ("name", "cells"),
    [("clave_elector", 18), ("numero_ocr", 13), ("demarcacion", 3), ("seccion", 4), ("fecha", 6), ("fecha", 8)],
)
def test_each_field_has_its_grammar(name: str, cells: int) -> None:
    found = grammar_for(name, "digits", cells)
    assert found.cells == cells
    assert all(abs(float(s.prior.sum()) - 1) < 1e-9 for s in found.segments)


def test_a_field_of_unexpected_length_is_read_by_its_alphabet() -> None:
    found = grammar_for("clave_elector", "clave", 20)
    assert found.cells == 20
    assert best_path(lattice_of(CLAVE + "AB"), found)[0] == CLAVE + "AB"


def test_a_lattice_of_another_length_is_a_fault() -> None:
    with pytest.raises(ValueError, match="18 cells"):
        best_path(lattice_of("ABC"), clave_grammar())


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.05, 3.0))
def test_path_and_probability_agree_with_summing_every_text(seed: int, spread: float) -> None:
    """Against plain enumeration over a two-cell field of a small alphabet in which all mass lies."""
    rng = np.random.default_rng(seed)
    lattice = np.full((2, len(ALPHABET)), -60.0, np.float32)
    columns = [0, 1, 2, 36]
    lattice[:, columns] = rng.normal(0, spread, (2, 4)) * 2
    lattice -= np.log(np.exp(lattice.astype(float)).sum(1, keepdims=True)).astype(np.float32)
    segment = grammar._codes(2, {1: 5.0, 12: 1.0, 20: 3.0}, 0.1)
    cells = np.maximum(lattice.astype(float), FLOOR)
    cells -= np.log(np.exp(cells).sum(1, keepdims=True))
    weights = {}
    for a, b in itertools.product(range(37), repeat=2):
        likelihood = float(np.exp(cells[0, a] + cells[1, b]))
        prior = grammar.FREE / 37**2
        if a < 10 and b < 10:
            prior += (1 - grammar.FREE - grammar.EMPTY) * float(segment.prior[a, b])
        if a == b == 36:
            prior += grammar.EMPTY
        weights[ALPHABET[a] + ALPHABET[b]] = likelihood * prior
    total = sum(weights.values())
    text, probability = best_path(lattice, Grammar((segment,)))
    best = max(weights, key=weights.__getitem__)
    assert weights[text] >= weights[best] * (1 - 1e-6)
    assert probability == pytest.approx(weights[text] / total, rel=1e-4)


def test_a_free_field_of_capitals_reads_capitals() -> None:
    lattice = lattice_of("ABC")
    doubt_between(lattice, 1, {"8": 0.6, "B": 0.39})
    assert best_path(lattice, free_grammar("capitals", 3))[0] == "ABC"
