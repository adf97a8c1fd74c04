"""From the cells' probabilities to a field's reading: the best text under the field's own grammar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ocr.form import Field
from ocr.grammar import grammar_for
from ocr.lattice import best_pair, best_path
from ocr.reading import BLANK, FieldReading, Lattice


def read_combs(combs: Mapping[str, tuple[Field, Lattice]]) -> dict[str, FieldReading]:
    """The combs of one row by name. Each keeps the lattice as the engine gave it; its text is the best path.

    Section and OCR number help each other a little: the number's first four digits are mostly the section.
    """
    together = _read_together(combs)
    return {name: together.get(name) or _read(f, lattice) for name, (f, lattice) in combs.items()}


def _read_together(combs: Mapping[str, tuple[Field, Lattice]]) -> dict[str, FieldReading]:
    """Section and OCR number; nothing where one is not there, or no section was written."""
    if "seccion" not in combs or "numero_ocr" not in combs:
        return {}
    (section, a), (number, b) = combs["seccion"], combs["numero_ocr"]
    if (len(section.boxes), len(number.boxes)) != (4, 13) or _is_blank(a):
        return {}
    first, second = best_pair(a, b, grammar_for("seccion", "digits", 4), grammar_for("numero_ocr", "digits", 13))
    return {"seccion": FieldReading("seccion", *first, a), "numero_ocr": FieldReading("numero_ocr", *second, b)}


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
