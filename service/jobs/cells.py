"""Cells read with doubt: noted when a row is matched, taken into the reading once people looked, cut as pictures."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from ocr.reading import ALPHABET, BLANK, FLOOR, FieldReading, RowReading
from service.config import Settings
from service.jobs.crops import crop_path
from service.jobs.row_view import row_place, shown_field
from service.store import Session
from service.store.cells import CellPicture, CellWords, DoubtfulCell, RowCapture, has_cells
from service.store.papers import RowRead

KEYS = ("clave_elector", "numero_ocr", "seccion")
"""Fields whose doubtful cells hold up the question of whose a row is."""

CONFIRMED = 0.998
"""Probability of a character that a person confirmed in a grid. Assumed, not measured: two in a thousand is about the
slips of a person who keys single characters; what is confirmed still has to agree with a name or a section."""


def note_doubts(session: Session, read: RowRead, row: RowReading, names: Sequence[str]) -> None:
    """Keep the doubtful cells of these fields, once a reading, so that many read alike can be looked at together."""
    for name in names:
        field = row.fields.get(name)
        if field is None or field.empty or has_cells(session, read.id, name):
            continue
        for number, cell in enumerate(shown_field(field).cells):
            if cell.doubtful:
                character = cell.character or BLANK
                session.add(
                    DoubtfulCell(
                        record=read.record, row_read_id=read.id, field=name, cell=number, character=character
                    )
                )


def with_words(row: RowReading, said: CellWords) -> RowReading:
    """The row after people looked at its cells: what they confirmed is near certain, what they denied is out; what
    somebody typed of it takes the place of what was read."""
    by_field: dict[str, list[tuple[int, str, bool]]] = {}
    for word in said.words:
        by_field.setdefault(word.field, []).append((word.cell, word.character, word.agrees))
    fields = {name: _settled(field, by_field.get(name, ())) for name, field in row.fields.items()}
    return replace(row, fields=fields | _typed(said.capture))


UNREADABLE = "?"
"""What a person types for a character that cannot be read."""


def _typed(capture: RowCapture | None) -> dict[str, FieldReading]:
    """The fields that a person typed."""
    if capture is None:
        return {}
    keys = {"clave_elector": capture.clave, "numero_ocr": capture.numero_ocr, "seccion": capture.seccion}
    fields = {name: _typed_key(name, text) for name, text in keys.items() if text}
    if capture.nombre:
        fields["nombre"] = FieldReading("nombre", capture.nombre, CONFIRMED, None, ((capture.nombre, CONFIRMED),))
    return fields


def _typed_key(name: str, text: str) -> FieldReading:
    lattice = np.full((len(text), len(ALPHABET)), -math.log(len(ALPHABET)), dtype=np.float32)
    for cell, character in enumerate(text):
        if character != UNREADABLE:
            lattice[cell] = math.log((1 - CONFIRMED) / (len(ALPHABET) - 1))
            lattice[cell, ALPHABET.index(character)] = math.log(CONFIRMED)
    return FieldReading(name, text.replace(UNREADABLE, BLANK), CONFIRMED ** len(text), lattice)


def _settled(field: FieldReading, words: Sequence[tuple[int, str, bool]]) -> FieldReading:
    if field.lattice is None or not words:
        return field
    lattice = field.lattice.copy()
    for cell, character, agrees in words:
        column = ALPHABET.index(character)
        if agrees:
            lattice[cell] = math.log((1 - CONFIRMED) / (len(ALPHABET) - 1))
            lattice[cell, column] = math.log(CONFIRMED)
        else:
            lattice[cell, column] = FLOOR
            lattice[cell] = np.maximum(lattice[cell] - np.logaddexp.reduce(lattice[cell]), FLOOR)
    return replace(field, lattice=lattice)


TILE = (72, 96)
"""Pixels of one cell's picture: three millimetres and a half by five, about three times what the preview holds."""

MARGIN = 0.18
"""Part of a cell's side that is shown around it: a stroke often leaves its box."""

COLUMNS = 12


def draw_cells(
    settings: Settings, pictures: Sequence[CellPicture], registered: Mapping[str, Mapping[str, Any]]
) -> bytes:
    """All cells on one JPEG, ``COLUMNS`` a line in the order given, so that a grid costs one request."""
    sheet = Image.new("L", (COLUMNS * TILE[0], max(1, -(-len(pictures) // COLUMNS)) * TILE[1]), 255)
    opened: dict[tuple[str, int], Image.Image | None] = {}
    for number, picture in enumerate(pictures):
        key = (picture.sha256, picture.page)
        if key not in opened:
            path = crop_path(settings, *key)
            opened[key] = Image.open(path).convert("L") if path.is_file() else None
        page = opened[key]
        place = row_place(picture.form, picture.row, registered, picture.field, picture.cell)
        if page is None or place is None:
            continue
        across, down = page.width / place.width, page.height / place.height
        box = (
            (place.x - MARGIN * place.w) * across,
            (place.y - MARGIN * place.h) * down,
            (place.x + (1 + MARGIN) * place.w) * across,
            (place.y + (1 + MARGIN) * place.h) * down,
        )
        tile = page.resize(TILE, Image.Resampling.BICUBIC, box=_within(box, page.size))
        sheet.paste(tile, ((number % COLUMNS) * TILE[0], (number // COLUMNS) * TILE[1]))
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=82)
    return out.getvalue()


def _within(box: tuple[float, float, float, float], size: tuple[int, int]) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    return max(0.0, left), max(0.0, top), min(float(size[0]), right), min(float(size[1]), bottom)
