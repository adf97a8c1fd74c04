"""Where each box of a printed cedula lies: one JSON document per form, for printer and reader alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from ocr.errors import Refused
from ocr.reading import Box

CURRENT = "cedula-2027-v1"
FIELD_KINDS = ("comb", "line", "ink")
ANCHOR_KINDS = ("aruco", "square", "cross", "none")
ALPHABETS = ("clave", "digits", "capitals")
MAX_ROWS, MAX_BOXES, MAX_SIDE_MM = 60, 60, 1200.0


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a row. ``boxes`` in millimetres, one per cell; ``alphabet`` and ``format``: combs only."""

    name: str
    kind: str
    boxes: tuple[Box, ...]
    alphabet: str | None = None
    format: str | None = None

    @property
    def box(self) -> Box:
        """The rectangle that holds all the field's boxes."""
        return _around(self.boxes)


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row; ``frame`` is the printed frame, or the rectangle around its fields."""

    row: int
    fields: Mapping[str, Field]
    frame: Box


@dataclass(frozen=True, slots=True)
class Anchor:
    """A registration mark. ``id`` is the ArUco number (dictionary 4x4_50), None for other kinds."""

    kind: str
    box: Box
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """The geometry of one printed form. ``print`` carries what only the printer needs, as it came.

    Further keys of the document that the reader knows: ``print.colors.dropout`` and ``print.colors.tint``
    (``#RRGGBB``), ``print.control`` (patches that change when a sheet is copied, see ``ocr.copies``).
    """

    version: str
    width_mm: float
    height_mm: float
    anchors: tuple[Anchor, ...]
    rows: tuple[FormRow, ...]
    folio_qr: Box | None = None
    folio_text: Box | None = None
    print: Mapping[str, Any] = field(default_factory=dict)

    def color(self, name: str) -> tuple[int, int, int] | None:
        """A printed colour as (red, green, blue), 0 to 255; None when the form does not name it."""
        text = self.print.get("colors", {}).get(name)
        if not isinstance(text, str) or len(text) != 7:
            return None
        return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def form_from_json(document: Mapping[str, Any]) -> Form:
    """A Form from the document of contracts.md. Raises Refused(``form_invalid``) naming what is wrong."""
    try:
        form = Form(
            version=_text(document["version"]),
            width_mm=float(document["page"]["width_mm"]),
            height_mm=float(document["page"]["height_mm"]),
            anchors=tuple(
                Anchor(
                    kind=a["kind"],
                    id=a.get("id"),
                    box=_box(a["box"]) if a["kind"] != "none" else Box(0, 0, 0, 0),
                )
                for a in document.get("anchors", ())
            ),
            rows=tuple(_row(row) for row in document["rows"]),
            folio_qr=_optional_box(document.get("folio", {}).get("qr")),
            folio_text=_optional_box(document.get("folio", {}).get("text")),
            print=dict(document.get("print", {})),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _refused(f"falta o no se entiende {error}") from error
    _check(form)
    return form


def form_to_json(form: Form) -> dict[str, Any]:
    """The document that ``form_from_json`` reads back to an equal Form."""
    document: dict[str, Any] = {
        "version": form.version,
        "page": {"width_mm": form.width_mm, "height_mm": form.height_mm},
        "anchors": [_anchor_to_json(a) for a in form.anchors],
        "folio": {},
        "rows": [
            {
                "row": row.row,
                "frame": _numbers(row.frame),
                "fields": {name: _field_to_json(f) for name, f in row.fields.items()},
            }
            for row in form.rows
        ],
    }
    if form.folio_qr:
        document["folio"]["qr"] = _numbers(form.folio_qr)
    if form.folio_text:
        document["folio"]["text"] = _numbers(form.folio_text)
    if form.print:
        document["print"] = dict(form.print)
    return document


@cache
def load_form(version: str = CURRENT) -> Form:
    """A form that comes with the program. Raises Refused(``form_unknown``)."""
    if version not in bundled_versions():
        raise Refused(
            "form_unknown",
            f"No existe el formato «{version[:40]}»; regístrelo con «respaldo cedulas form add».",
        )
    text = resources.files("ocr.forms").joinpath(f"{version}.json").read_text(encoding="utf-8")
    return form_from_json(json.loads(text))


def bundled_versions() -> tuple[str, ...]:
    """The versions that ``load_form`` knows, oldest first."""
    names = (entry.name for entry in resources.files("ocr.forms").iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in names if name.endswith(".json")))


def _row(document: Mapping[str, Any]) -> FormRow:
    fields = {
        name: Field(
            name=name,
            kind=f["kind"],
            boxes=tuple(_box(b) for b in f["boxes"]),
            alphabet=f.get("alphabet"),
            format=f.get("format"),
        )
        for name, f in document["fields"].items()
    }
    frame = _optional_box(document.get("frame")) or _around([b for f in fields.values() for b in f.boxes])
    return FormRow(row=int(document["row"]), fields=fields, frame=frame)


def _check(form: Form) -> None:
    if not (0 < form.width_mm <= MAX_SIDE_MM and 0 < form.height_mm <= MAX_SIDE_MM):
        raise _refused("el tamaño de la hoja")
    if not 1 <= len(form.rows) <= MAX_ROWS:
        raise _refused("el número de renglones")
    if [row.row for row in form.rows] != list(range(1, len(form.rows) + 1)):
        raise _refused("los renglones no van numerados desde 1")
    for anchor in form.anchors:
        if anchor.kind not in ANCHOR_KINDS or (anchor.kind == "aruco") != (anchor.id is not None):
            raise _refused("una marca de registro")
    for row in form.rows:
        for f in row.fields.values():
            _check_field(form, row.row, f)


def _check_field(form: Form, row: int, f: Field) -> None:
    name = f"el campo {f.name} del renglón {row}"
    if f.kind not in FIELD_KINDS or not 1 <= len(f.boxes) <= MAX_BOXES:
        raise _refused(name)
    if f.kind == "comb" and f.alphabet not in ALPHABETS:
        raise _refused(f"{name}: alfabeto")
    for b in f.boxes:
        inside = b.x >= 0 and b.y >= 0 and b.x + b.w <= form.width_mm and b.y + b.h <= form.height_mm
        if not (inside and b.w > 0 and b.h > 0):
            raise _refused(f"{name}: una casilla sale de la hoja")


def _refused(what: str) -> Refused:
    return Refused("form_invalid", f"El documento del formato no es válido: {what}. Corríjalo y vuelva a cargarlo.")


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or len(value) > 60 or "/" in value:
        raise ValueError("version")
    return value


def _box(numbers: Any) -> Box:
    x, y, w, h = (float(n) for n in numbers)
    return Box(x, y, w, h)


def _optional_box(numbers: Any) -> Box | None:
    return None if numbers is None else _box(numbers)


def _numbers(box: Box) -> list[float]:
    return [box.x, box.y, box.w, box.h]


def _anchor_to_json(anchor: Anchor) -> dict[str, Any]:
    document: dict[str, Any] = {"kind": anchor.kind}
    if anchor.kind != "none":
        document["box"] = _numbers(anchor.box)
    if anchor.id is not None:
        document["id"] = anchor.id
    return document


def _field_to_json(f: Field) -> dict[str, Any]:
    document: dict[str, Any] = {"kind": f.kind, "boxes": [_numbers(b) for b in f.boxes]}
    if f.alphabet is not None:
        document["alphabet"] = f.alphabet
    if f.format is not None:
        document["format"] = f.format
    return document


def _around(boxes: Any) -> Box:
    x, y = min(b.x for b in boxes), min(b.y for b in boxes)
    return Box(x, y, max(b.x + b.w for b in boxes) - x, max(b.y + b.h for b in boxes) - y)
