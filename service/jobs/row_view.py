"""A row of a reading as pages show it: cells with their doubt, and where the row lies on the sheet."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ocr.errors import Refused as EyesRefused
from ocr.form import Form, form_from_json, load_form
from ocr.reading import ALPHABET, BLANK, FieldReading, row_from_json
from service.store.cells import CellWord

DOUBT = 0.90
"""A cell whose best character is less likely than this is marked. The same figure as the date floor of
``service.jobs.lay``; to be measured by make bench-ocr."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the best character, its probability, the next best one, and whether to mark it.

    ``seen`` is what a person said of the cell: True that it is the character, False that it is not, None nothing.
    """

    character: str
    probability: float
    other: str
    doubtful: bool
    seen: bool | None = None


@dataclass(frozen=True, slots=True)
class ShownField:
    """A field of a row: its cells where it is a comb, its text, the probability of the whole."""

    name: str
    text: str
    probability: float
    cells: tuple[Cell, ...]


def shown_fields(row: Mapping[str, Any], words: Sequence[CellWord] = ()) -> list[ShownField]:
    """The fields of a row's JSON document, in the order of the form, with what people said of their cells."""
    said = {(word.field, word.cell): word.agrees for word in words}
    return [shown_field(reading, said) for name, reading in row_from_json(row).fields.items() if name != "firma"]


def shown_field(reading: FieldReading, said: Mapping[tuple[str, int], bool] | None = None) -> ShownField:
    """One field; ``said`` is whether a person agrees with a cell, by field and cell (from 0)."""
    cells: tuple[Cell, ...] = ()
    if reading.lattice is not None and len(reading.text) == len(reading.lattice):
        cells = tuple(
            _cell(read, line, (said or {}).get((reading.name, number)))
            for number, (read, line) in enumerate(zip(reading.text, reading.lattice, strict=True))
        )
    return ShownField(reading.name, reading.text.replace(BLANK, " "), reading.probability, cells)


def _cell(read: str, line: Any, seen: bool | None) -> Cell:
    """The character of the best reading under the field's grammar, against the others of its kind.

    A zero is not made doubtful by an O: the field says whether a letter or a figure stands here.
    """
    rivals = [k for k, c in enumerate(ALPHABET) if c == BLANK or c.isdigit() == read.isdigit()]
    weights = {ALPHABET[k]: math.exp(float(line[k])) for k in rivals}
    probability = weights.get(read, 0.0) / sum(weights.values())
    other = max((c for c in weights if c != read), key=lambda c: weights[c])
    return Cell(
        "" if read == BLANK else read,
        probability,
        "vacía" if other == BLANK else other,
        probability < DOUBT and not seen,
        seen,
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row lies on the page preview: millimetres of the printed page."""

    width: float
    height: float
    x: float
    y: float
    w: float
    h: float


def row_place(
    form: str | None, row: int, registered: Mapping[str, Mapping[str, Any]], field: str = "", cell: int | None = None
) -> Place | None:
    """The frame of a row (of one of its fields, or of one cell) of a form version.

    None where the page was laid on no known form or the form has no such row, field or cell.
    """
    known = _form(form, registered) if form else None
    found = next((r for r in known.rows if r.row == row), None) if known else None
    if known is None or found is None:
        return None
    box = found.frame
    if field:
        if field not in found.fields:
            return None
        boxes = found.fields[field].boxes
        if cell is not None and cell >= len(boxes):
            return None
        box = found.fields[field].box if cell is None else boxes[cell]
    return Place(known.width_mm, known.height_mm, box.x, box.y, box.w, box.h)


def _form(version: str, registered: Mapping[str, Mapping[str, Any]]) -> Form | None:
    if version in registered:
        return form_from_json(registered[version])
    try:
        return load_form(version)
    except EyesRefused:
        return None
