"""One page, from picture to reading: the stages in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocr import copies, credential, heading, ink, marks
from ocr.cells import CombCells, Strip, cut_comb, cut_line, cut_rows, ink_area
from ocr.engine import Engine, GuardedEngine, default_engine
from ocr.fields import doubtful_line, read_combs, read_line
from ocr.form import Field, Form
from ocr.hands import mark_same_hand
from ocr.pasted import find_pasted
from ocr.reading import Answer, Box, FieldReading, Lattice, PageKind, PageReading, RowReading, Signal
from ocr.register import Placement, cut, register
from ocr.upright import Image

cv2.setNumThreads(1)  # one page a process; processes share the cores

PREVIEW_WIDTH, ROW_WIDTH = 1400, 1600
"""Pixels: what the desk shows of a page and of a row."""
NEGATIVE = 90.0
"""Mean level of a page under which it may be a negative, as some fax files come; tried only when no form lies."""
HIDDEN = 0.25
"""Share of a row's printed lines found up to which the row is not shown: rows full of ink have 0.6 and more."""
INK_MM2 = 0.35
"""Square millimetres of ink from which a field is written in: a full stop of a ballpoint is 0.2, a 1 is 1.0."""


@dataclass(frozen=True, slots=True, eq=False)
class PageScan:
    """A reading, and JPEG pictures for the desk: ``page``, and ``row-1`` ... ``row-N`` for a sheet."""

    reading: PageReading
    crops: Mapping[str, bytes]


def read_page(image: Image, forms: Sequence[Form], engine: Engine | None = None) -> PageReading:
    """What the ink on one page looks like.

    ``image`` is (h, w, 3) uint8 blue-green-red, any way up, 150 to 600 dpi or a photograph; ``forms`` are the
    layouts it may bear. A page on which none lies is told apart as credential, blank or foreign.
    """
    return _read(image, forms, engine)[0]


def scan_page(
    image: Image, forms: Sequence[Form], engine: Engine | None = None, folio: str | None = None
) -> PageScan:
    """``read_page`` and the pictures of page and rows. ``folio`` (ten digits), when a person has given it,
    stands for what the page says."""
    reading, placement, page, strips = _read(image, forms, engine, folio)
    return PageScan(reading, cut_crops(page, placement, strips))


def cut_crops(page: Image, placement: Placement | None, strips: Sequence[Strip] = ()) -> dict[str, bytes]:
    """JPEG pictures, upright: ``page`` at most 1,400 pixels wide, ``row-N`` 1,600 wide, of each of ``strips``."""
    if placement is None:
        ratio = min(1.0, PREVIEW_WIDTH / page.shape[1])
        return {"page": _jpeg(cv2.resize(page, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA), 70)}
    form = placement.form
    ratio = PREVIEW_WIDTH / form.width_mm
    coarse = max(1, int(placement.px_per_mm / ratio))
    small = cv2.resize(page, None, fx=1 / coarse, fy=1 / coarse, interpolation=cv2.INTER_AREA)
    crops = {
        "page": _jpeg(cut(small, _shrunk(placement, coarse), Box(0, 0, form.width_mm, form.height_mm), ratio), 72)
    }
    for strip in strips:
        height = round(strip.color.shape[0] * ROW_WIDTH / strip.color.shape[1])
        row = cv2.resize(strip.color, (ROW_WIDTH, height), interpolation=cv2.INTER_LINEAR)
        crops[f"row-{strip.row.row}"] = _jpeg(row, 80)
    return crops


def _read(
    image: Image, forms: Sequence[Form], engine: Engine | None, folio: str | None = None
) -> tuple[PageReading, Placement | None, Image, Sequence[Strip]]:
    page = _bounded(image)
    guard = GuardedEngine(engine or default_engine())
    placement = register(page, forms)
    if placement is None and float(page[::16, ::16].mean()) < NEGATIVE:
        page = np.asarray(255 - page, np.uint8)
        placement = register(page, forms)
    if placement is None:
        return credential.read_other(page, guard), None, page, ()
    head = heading.read_heading(page, placement, guard)
    strips = cut_rows(page, placement)
    combs = {s.row.row: {f.name: cut_comb(s, f) for f in s.row.fields.values() if f.kind == "comb"} for s in strips}
    fields = _read_fields(strips, combs, guard)
    writings = ink.find_signatures(strips)
    pasted = find_pasted(strips, writings)
    evidence = copies.look(page, placement, strips)
    rows = tuple(_row(s, fields[s.row.row], combs[s.row.row], writings, pasted, evidence, placement) for s in strips)
    rows = mark_same_hand(copies.mark_repeated(rows, writings), combs)
    reading = PageReading(
        kind=PageKind.SHEET,
        engine=guard.version + ("!" if guard.faults else ""),
        form=placement.form.version,
        folio=folio or head.folio,
        qr=head.qr,
        residual_mm=round(placement.residual_mm, 4),
        rows=rows,
        signals=tuple(copies.judge_page(evidence)),
        ink_print=copies.print_of(strips, writings),
    )
    return reading, placement, page, strips


def _read_fields(
    strips: Sequence[Strip], combs: Mapping[int, Mapping[str, CombCells]], engine: GuardedEngine
) -> dict[int, dict[str, FieldReading]]:
    """All cells of the page in one call of the engine, all lines in another."""
    order = [(row, name) for row, fields in combs.items() for name in fields]
    lattice = engine.read_cells([picture for row, name in order for picture in combs[row][name].pictures])
    cells: dict[int, dict[str, tuple[Field, Lattice]]] = {row: {} for row in combs}
    start = 0
    for row, name in order:
        comb = combs[row][name]
        cells[row][name] = comb.field, lattice[start : start + len(comb.pictures)]
        start += len(comb.pictures)
    out = {row: read_combs(fields) for row, fields in cells.items()}
    lines = [(s, f) for s in strips for f in s.row.fields.values() if f.kind == "line"]
    written = [(s, f) for s, f in lines if ink_area(s, f.box) > INK_MM2]
    answers = engine.read_lines([cut_line(s, f) for s, f in written])
    for s, f in lines:
        out[s.row.row][f.name] = FieldReading(f.name, "", 1.0)
    for (s, f), answer in zip(written, answers, strict=True):
        out[s.row.row][f.name] = read_line(f.name, answer) if answer else doubtful_line(f.name)
    return out


def _row(
    strip: Strip,
    fields: Mapping[str, FieldReading],
    combs: Mapping[str, CombCells],
    writings: Mapping[int, ink.Writing],
    pasted: Mapping[int, Signal],
    evidence: copies.Evidence,
    placement: Placement,
) -> RowReading:
    number = strip.row.row
    signals: list[Signal] = []
    writing = writings.get(number)
    if writing is not None:
        signals += ink.judge(writing, shown=placement.shows(writing.box))
    signed = any(s.code == "signature" and s.answer is not Answer.NO for s in signals)
    # what may be written where the picture shows nothing is for a person to say: no row is lost
    inked = signed or has_ink(strip, combs) or not placement.shows(strip.row.frame, HIDDEN)
    if inked:
        signals += marks.find_strikes(strip, combs)
        signals += copies.judge_row(evidence, number)
        signals += [pasted[number]] if number in pasted else []
    names = list(strip.row.fields)
    ordered = {name: fields[name] for name in names if name in fields}
    if writing is not None:
        ordered["firma"] = FieldReading("firma", "", 1.0)
    return RowReading(number, inked, ordered, tuple(signals))


def has_ink(strip: Strip, combs: Mapping[str, CombCells] | None = None) -> bool:
    """Whether any field of the row is written in. ``combs`` are cut when they are not given."""
    if combs is None:
        combs = {f.name: cut_comb(strip, f) for f in strip.row.fields.values() if f.kind == "comb"}
    if any(float(comb.inked.sum()) > INK_MM2 for comb in combs.values()):
        return True
    boxes = [b for f in strip.row.fields.values() if f.kind != "comb" for b in f.boxes]
    return any(ink_area(strip, Box(b.x + 0.4, b.y + 0.4, b.w - 0.8, b.h - 0.8)) > INK_MM2 for b in boxes)


def _bounded(image: Image) -> Image:
    """Three channels, and no finer than about 430 dpi of a letter page: more costs time and tells nothing."""
    page = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if image.ndim == 2 else image
    longest = max(page.shape[:2])
    if longest > 4800:
        page = cv2.resize(page, None, fx=4800 / longest, fy=4800 / longest, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(page)


def _shrunk(placement: Placement, factor: int) -> Placement:
    from dataclasses import replace

    half = np.array([[1 / factor, 0, 0.5 / factor - 0.5], [0, 1 / factor, 0.5 / factor - 0.5], [0, 0, 1]])
    return replace(placement, to_px=half @ placement.to_px)


def _jpeg(picture: Image, quality: int) -> bytes:
    return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])


__all__ = ["PageScan", "cut_crops", "has_ink", "read_page", "scan_page"]
