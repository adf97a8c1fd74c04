"""From the cells' probabilities to a field's reading: the best text under the field's own grammar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ocr.form import Field
from ocr.grammar import grammar_for
from ocr.lattice import best_pair, best_path
from ocr.reading import BLANK, FieldReading, Lattice

PAIR = ("seccion", "numero_ocr")


def read_combs(combs: Mapping[str, tuple[Field, Lattice]]) -> dict[str, FieldReading]:
    """The combs of one row by name. Each keeps the lattice as the engine gave it; its text is the best path.

    Section and OCR number help each other a little: the number's first four digits are mostly the section.
    """
    section, number = (combs.get(name) for name in PAIR)
    paired = (
        section is not None
        and number is not None
        and (len(section[0].boxes), len(number[0].boxes)) == (4, 13)
        and not _is_blank(section[1])
    )
    out = {name: _read(f, lattice) for name, (f, lattice) in combs.items() if not (paired and name in PAIR)}
    if paired and section is not None and number is not None:
        read = best_pair(
            section[1], number[1], grammar_for("seccion", "digits", 4), grammar_for("numero_ocr", "digits", 13)
        )
        for name, (_, lattice), (text, p) in zip(PAIR, (section, number), read, strict=True):
            out[name] = FieldReading(name, text, p, lattice)
    return {name: out[name] for name in combs}


def _is_blank(lattice: Lattice) -> bool:
    return bool((lattice[:, -1] > np.log(0.999)).all())


def _read(f: Field, lattice: Lattice) -> FieldReading:
    if _is_blank(lattice):
        return FieldReading(f.name, BLANK * len(lattice), 1.0, lattice)
    text, probability = best_path(lattice, grammar_for(f.name, f.alphabet, len(f.boxes)))
    return FieldReading(f.name, text, probability, lattice)


def read_line(name: str, alternatives: Sequence[tuple[str, float]]) -> FieldReading:
    """A line's reading from (text, probability), best first, at least one."""
    kept = tuple(alternatives)
    return FieldReading(name, kept[0][0], kept[0][1], None, kept)


def doubtful_line(name: str) -> FieldReading:
    """A line that bears ink that nothing could read."""
    return FieldReading(name, "", 0.0)
