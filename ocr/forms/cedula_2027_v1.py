"""Lays out ``cedula-2027-v1.json``: run ``python -m ocr.forms.cedula_2027_v1`` after changing a measure.

A printed version never changes once sheets of it are in the street: lay out a v2 instead.
All measures are millimetres from the top left corner of letter paper, landscape.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

VERSION = "cedula-2027-v1"
WIDTH, HEIGHT = 279.4, 215.9
MARK = 8.0  # side of an ArUco mark: 0.9 mm a module at 8 mm / 6 modules, seen at 150 dpi and more
ROWS, FIRST_ROW, ROW_PITCH, ROW_HEIGHT = 8, 38.6, 19.7, 19.3
CELL_W, CELL_H = 5.2, 7.0
LINE_1, LINE_2 = 2.5, 11.8  # top of the boxes of each line, below the top of the row

LABELS = {
    "nombre": "NOMBRE (apellido paterno, apellido materno, nombres)",
    "fecha": "FECHA (DD MM AA)",
    "demarcacion": "DEMARCACIÓN",
    "seccion": "SECCIÓN",
    "clave_elector": "CLAVE DE ELECTOR (18 caracteres)",
    "numero_ocr": "NÚMERO OCR DEL REVERSO (13 dígitos)",
    "firma": "FIRMA O HUELLA",
}


def lay_out() -> dict[str, Any]:
    """The whole document."""
    return {
        "version": VERSION,
        "page": {"width_mm": WIDTH, "height_mm": HEIGHT},
        "anchors": _anchors(),
        "folio": {"qr": [236.0, 9.0, 20.0, 20.0], "text": [190.0, 21.0, 40.0, 7.0]},
        "rows": [_row(n) for n in range(1, ROWS + 1)],
        "print": _print(),
    }


def _anchors() -> list[dict[str, Any]]:
    """Four corners, and three mid-edges so that a folded or torn corner still leaves a frame."""
    left, right, top, bottom = 8.0, WIDTH - 8 - MARK, 8.0, HEIGHT - 8 - MARK
    middle_x, middle_y = (WIDTH - MARK) / 2, (HEIGHT - MARK) / 2
    places = [
        (left, top),
        (right, top),
        (right, bottom),
        (left, bottom),
        (left, middle_y),
        (right, middle_y),
        (middle_x, bottom),
    ]
    return [
        {"kind": "aruco", "id": n, "box": [round(x, 3), round(y, 3), MARK, MARK]} for n, (x, y) in enumerate(places)
    ]


def _row(number: int) -> dict[str, Any]:
    top = FIRST_ROW + (number - 1) * ROW_PITCH
    one, two = top + LINE_1, top + LINE_2
    return {
        "row": number,
        "frame": [18.0, round(top, 3), 243.4, ROW_HEIGHT],
        "fields": {
            "nombre": {"kind": "line", "boxes": [[23.0, round(one, 3), 101.0, CELL_H]]},
            "fecha": _comb(128.0, one, 6, "digits", "DDMMAA"),
            "demarcacion": _comb(163.2, one, 3, "digits"),
            "seccion": _comb(182.8, one, 4, "digits"),
            "clave_elector": _comb(23.0, two, 18, "clave"),
            "numero_ocr": _comb(122.0, two, 13, "digits"),
            "firma": {"kind": "ink", "boxes": [[206.0, round(top + 2.5, 3), 54.0, 16.3]]},
        },
    }


def _comb(x: float, y: float, cells: int, alphabet: str, layout: str | None = None) -> dict[str, Any]:
    boxes = [[round(x + n * CELL_W, 3), round(y, 3), CELL_W, CELL_H] for n in range(cells)]
    comb: dict[str, Any] = {"kind": "comb", "alphabet": alphabet, "boxes": boxes}
    if layout:
        comb["format"] = layout
    return comb


def _print() -> dict[str, Any]:
    """What the printer needs beside the geometry.

    ``dropout``: lines of the boxes, frames and name line (vanishes in the red channel). ``tint``: fills each
    row's frame outside its boxes, which stay paper white. ``control``: patches, see ``ocr.copies``: ``solid`` is
    a flat fill of ``color``; ``dots`` are round dots of ``color``, diameter ``dot_mm``, on a square grid of
    ``pitch_mm`` starting half a pitch inside the box.
    """
    return {
        "colors": {"dropout": "#F5A25A", "tint": "#DFF0F3", "text": "#1A1A1A", "label": "#7A4A1E"},
        "line_mm": {"box": 0.22, "frame": 0.3, "name": 0.22},
        "labels": LABELS,
        "label": {"font_pt": 4.6, "above_mm": 0.45},
        "row_number": {"font_pt": 9, "dx_mm": 2.5, "dy_mm": 11.0},
        "header": {
            "title": [20.0, 8.5, 168.0, 6.0],
            "proceso": [20.0, 14.8, 168.0, 4.6],
            "aspirante": [20.0, 19.8, 168.0, 6.0],
            "cargo": [20.0, 26.2, 168.0, 4.6],
            "folio_label": [190.0, 16.5, 40.0, 4.0],
            "legends": [20.0, 31.0, 210.0, 6.8],
        },
        "footer": {"privacy": [20.0, 196.8, 112.0, 11.0], "control": [149.0, 197.2, 110.0, 10.0]},
        "legends": [
            "No serán válidos los apoyos de esta cédula en caso de tachaduras o enmendaduras.",
            "Las firmas de esta cédula apoyan una sola candidatura por elección.",
        ],
        "qr": {"error_correction": "Q", "quiet_mm": 2.2},
        "control": _control(),
    }


def _control() -> list[dict[str, Any]]:
    """Patches 9 x 6 mm in the footer: pale and strong fills, fine and coarse dots of equal mean tone.

    A copier's contrast lifts pale fills and fine dots towards paper and keeps the strong and the coarse.
    """
    fills: list[dict[str, Any]] = [
        {"name": "tint_pale", "kind": "solid", "color": "#EFF8F9"},
        {"name": "tint", "kind": "solid", "color": "#DFF0F3"},
        {"name": "tint_strong", "kind": "solid", "color": "#7CC4D0"},
        {"name": "dropout_pale", "kind": "solid", "color": "#FDEEDF"},
        {"name": "dropout", "kind": "solid", "color": "#F5A25A"},
        {"name": "fine", "kind": "dots", "color": "#1A1A1A", "dot_mm": 0.1, "pitch_mm": 0.35},
        {"name": "coarse", "kind": "dots", "color": "#1A1A1A", "dot_mm": 0.4, "pitch_mm": 1.4},
        {"name": "black", "kind": "solid", "color": "#1A1A1A"},
    ]
    return [{**patch, "box": [round(150.0 + 11.0 * n, 3), 198.6, 9.0, 6.0]} for n, patch in enumerate(fills)]


def main() -> None:
    """Writes the document beside this file."""
    text = json.dumps(lay_out(), ensure_ascii=False, indent=1)
    Path(__file__).with_name(f"{VERSION}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
