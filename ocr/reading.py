"""The words the eyes use: what the ink on one page looks like, with every plausible alternative.

Pure values. A reading says what may be written and how likely each alternative is; it never says
whom a row belongs to (``matching``) nor whether it counts (``service.law``).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

BLANK = "·"
CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALPHABET = CHARACTERS + BLANK
"""Column order of every lattice: ten digits, twenty-six capitals, blank. 37 columns."""

FLOOR = -15.9375
"""Least log-probability (nats) a lattice keeps: 255 steps of 1/16 nat."""

Lattice = npt.NDArray[np.float32]
"""Shape (cells, 37): natural log-probabilities of each character per cell, >= FLOOR, rows sum to 1."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the printed form: millimetres from its top left corner."""

    x: float
    y: float
    w: float
    h: float


class Answer(StrEnum):
    """The three answers a signal may give; never a verdict."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class PageKind(StrEnum):
    SHEET = "sheet"
    CREDENTIAL = "credential"
    BLANK = "blank"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing noticed that a person may have to judge.

    ``code`` is one of: ``copy``, ``electronic``, ``signature``, ``mark``, ``strike``, ``overwrite``,
    ``repeated_signature``, ``same_hand``. ``answer`` YES means the thing named by the code is there
    (for ``signature``: that a signature is present). ``score`` is 0 to 1, the strength of YES.
    ``sentence`` is Spanish and holds no personal data. ``box`` says where on the form.
    """

    code: str
    answer: Answer
    score: float
    sentence: str
    box: Box | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FieldReading:
    """One field of one row.

    ``text`` is the best reading (``·`` for an empty cell; comb fields only), ``probability`` (0 to 1) that of
    the whole text, ``lattice`` every alternative of a comb field, ``alternatives`` those of a line of text as
    (text, probability), best first.
    """

    name: str
    text: str
    probability: float
    lattice: Lattice | None = None
    alternatives: tuple[tuple[str, float], ...] = ()

    @property
    def empty(self) -> bool:
        return not self.text.replace(BLANK, "").strip()


@dataclass(frozen=True, slots=True, eq=False)
class RowReading:
    """One row of a sheet. ``row`` counts from 1; ``has_ink`` is true when any of its fields bears ink."""

    row: int
    has_ink: bool
    fields: Mapping[str, FieldReading]
    signals: tuple[Signal, ...] = ()

    def text(self, name: str) -> str:
        reading = self.fields.get(name)
        return "" if reading is None else reading.text

    def signal(self, code: str) -> Signal | None:
        return next((s for s in self.signals if s.code == code), None)


@dataclass(frozen=True, slots=True, eq=False)
class PageReading:
    """One page.

    ``folio`` holds the folio's digits as printed (None when illegible), ``qr`` the payload of the sheet's QR
    exactly as decoded (the service checks its signature), ``form`` the form version the page was laid on,
    ``residual_mm`` the registration error, ``ink_print`` a compact print of the page's handwriting that tells
    the same sheet scanned twice (see ``ocr.copies``), ``credential`` what a credential copy says.
    """

    kind: PageKind
    engine: str
    form: str | None = None
    folio: str | None = None
    qr: str | None = None
    residual_mm: float | None = None
    rows: tuple[RowReading, ...] = ()
    signals: tuple[Signal, ...] = ()
    ink_print: bytes = b""
    credential: Mapping[str, str] = field(default_factory=dict)

    def signal(self, code: str) -> Signal | None:
        return next((s for s in self.signals if s.code == code), None)


def pack_lattice(lattice: Lattice) -> str:
    """A lattice as text, one byte a probability (steps of 1/16 nat), so that a reading fits in JSON."""
    steps = np.clip(np.rint(-lattice * 16), 0, 255).astype(np.uint8)
    return base64.b85encode(steps.tobytes()).decode("ascii")


def unpack_lattice(text: str) -> Lattice:
    """The lattice that ``pack_lattice`` wrote. Raises ValueError on text of another shape."""
    steps = np.frombuffer(base64.b85decode(text), dtype=np.uint8)
    return -(steps.astype(np.float32) / np.float32(16)).reshape(-1, len(ALPHABET))


def _signal_to_json(signal: Signal) -> dict[str, Any]:
    box = signal.box
    return {
        "code": signal.code,
        "answer": signal.answer.value,
        "score": round(float(signal.score), 4),
        "sentence": signal.sentence,
        "box": None if box is None else [box.x, box.y, box.w, box.h],
    }


def _signals_from_json(document: Sequence[Mapping[str, Any]]) -> tuple[Signal, ...]:
    return tuple(
        Signal(
            code=s["code"],
            answer=Answer(s["answer"]),
            score=s["score"],
            sentence=s["sentence"],
            box=None if s["box"] is None else Box(*s["box"]),
        )
        for s in document
    )


def _field_to_json(reading: FieldReading) -> dict[str, Any]:
    document: dict[str, Any] = {"text": reading.text, "p": round(float(reading.probability), 5)}
    if reading.lattice is not None:
        document["lattice"] = pack_lattice(reading.lattice)
    if reading.alternatives:
        document["alternatives"] = [[text, round(float(p), 5)] for text, p in reading.alternatives]
    return document


def page_to_json(page: PageReading) -> dict[str, Any]:
    """The page as a JSON document that ``page_from_json`` brings back."""
    return {
        "kind": page.kind.value,
        "engine": page.engine,
        "form": page.form,
        "folio": page.folio,
        "qr": page.qr,
        "residual_mm": page.residual_mm,
        "signals": [_signal_to_json(s) for s in page.signals],
        "ink_print": base64.b85encode(page.ink_print).decode("ascii"),
        "credential": dict(page.credential),
        "rows": [
            {
                "row": row.row,
                "has_ink": row.has_ink,
                "fields": {name: _field_to_json(reading) for name, reading in row.fields.items()},
                "signals": [_signal_to_json(s) for s in row.signals],
            }
            for row in page.rows
        ],
    }


def row_from_json(document: Mapping[str, Any]) -> RowReading:
    """One row of what ``page_to_json`` wrote."""
    return RowReading(
        row=document["row"],
        has_ink=document["has_ink"],
        fields={
            name: FieldReading(
                name=name,
                text=f["text"],
                probability=f["p"],
                lattice=unpack_lattice(f["lattice"]) if "lattice" in f else None,
                alternatives=tuple((text, p) for text, p in f.get("alternatives", ())),
            )
            for name, f in document["fields"].items()
        },
        signals=_signals_from_json(document["signals"]),
    )


def page_from_json(document: Mapping[str, Any]) -> PageReading:
    """What ``page_to_json`` wrote. Raises KeyError or ValueError on any other document."""
    return PageReading(
        kind=PageKind(document["kind"]),
        engine=document["engine"],
        form=document["form"],
        folio=document["folio"],
        qr=document["qr"],
        residual_mm=document["residual_mm"],
        rows=tuple(row_from_json(row) for row in document["rows"]),
        signals=_signals_from_json(document["signals"]),
        ink_print=base64.b85decode(document["ink_print"]),
        credential=document["credential"],
    )
