"""Rows on our own sheets: printed, written in by people and fonts never trained on, scanned, laid and cut.

What ``bench.ocr.rows`` composes box by box is here a whole page: the printer's own PDF on four kinds of paper,
filled, signed, through a scanner (``samples.scan``), then our registration and cutting. Every engine gets the same
fields.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from bench.ocr.degrade import spoil_page
from bench.ocr.rows import Strip, draw_texts
from ocr import folio as folio_number
from ocr.cells import PX, cut_comb, cut_rows
from ocr.cells import Strip as RowStrip
from ocr.form import Field, Form, load_form
from ocr.reading import Box
from ocr.register import register
from ocr.training import sources
from ocr.training.evaluate import for_report
from samples import fonts, ink, scan
from samples.names import read_names
from samples.sheets import BlankSheets, Row, SheetAspirante, fill_row

KINDS = ("sheet-typed", "sheet-fonts", "sheet-ink", "sheet-degraded")
"""sheet-ink: digits of the report half of the writers held out, gold capitals; sheet-degraded: the same people, the
page spoilt (``bench.ocr.degrade.spoil_page``), one in four photocopied, a bad scanner, 150 or 200 dpi."""
PAPERS = ("offset", "colour", "inkjet", "black")
SCANS = ((False, 300, 1.0), (False, 200, 0.5), (True, 300, 1.5), (True, 200, 1.0))
"""Grey or not, dots per inch, roughness: every paper meets every scan in sixteen pages."""
AROUND_MM = 1.0
"""What the picture of a field shows beyond its boxes."""


def draw_rows(kind: str, count: int, data: Path, seed: int = 7, fields: Sequence[str] = ()) -> Iterator[list[Strip]]:
    """``count`` rows of one kind, the same for the same seed; of all combs, or of those named only. A page that was
    not laid yields rows that show nothing."""
    form, rng, texts = load_form(), np.random.default_rng([seed, KINDS.index(kind)]), random.Random(f"{kind} {seed}")
    book, lines = read_names(data.parent), len(form.rows)
    folios = [folio_number.number(905, serial) for serial in range(1, -(-count // lines) + 1)]
    blanks = BlankSheets(SheetAspirante("PERSONA DE PRUEBA", "Alcaldía", "Prueba de lectura"), folios)
    hands = _people(kind, data, rng)
    behind = None
    for n, folio in enumerate(folios):
        page, written = blanks.image(folio, PAPERS[n % 4]), []
        for number in range(1, lines + 1):
            row = draw_texts(texts, book)
            fill_row(page, form, number, Row(row, "signed"), next(hands), rng)
            written.append(row)
        image = _scanned(page, n, rng, behind if kind == "sheet-degraded" else None, bad=kind == "sheet-degraded")
        behind = page
        yield from _cut(image, form, written, fields)[: count - n * lines]


def _people(kind: str, data: Path, rng: np.random.Generator) -> Iterator[ink.Hand]:
    """A hand a row, without end."""
    if kind == "sheet-typed":
        while True:
            yield ink.TypedHand(list(fonts.TYPED)[int(rng.integers(len(fonts.TYPED)))])
    if kind == "sheet-fonts":
        while True:
            yield ink.draw_font_hand(rng)
    figures = sources.digits(data)
    figures = figures.pick(sources.held_out_writer(figures.hands))
    figures = figures.pick(for_report(figures))
    gold = sources.capitals(data, "gold")
    wrong = json.loads((Path(__file__).parent / "gold_set_aside.json").read_text("utf-8"))["numbers"]
    gold = gold.pick(~np.isin(np.arange(len(gold)), wrong))
    complete = [w for w in np.unique(figures.hands) if len(np.unique(figures.labels[figures.hands == w])) == 10]
    while True:
        mine = figures.hands == complete[int(rng.integers(len(complete)))]
        digits = {str(d): list(255 - figures.images[mine & (figures.labels == d)]) for d in range(10)}
        capitals = {
            chr(55 + label): list(255 - gold.images[rng.choice(np.flatnonzero(gold.labels == label), 2)])
            for label in np.unique(gold.labels)
        }
        yield ink.RealHand(digits, capitals, ink.pick_color(rng))


def _scanned(page: scan.Page, n: int, rng: np.random.Generator, behind: scan.Page | None, *, bad: bool) -> scan.Page:
    if not bad:
        grey, dpi, rough = SCANS[(n // 4) % 4]
        return scan.scan(page, replace(scan.draw_scanner(rng, dpi=dpi, grey=grey, rough=rough), jpeg=80), rng)
    page = spoil_page(page, behind, rng)
    if n % 4 == 3:
        page = scan.photocopy_bw(page, rng)
    scanner = scan.draw_scanner(rng, dpi=(150, 200)[(n // 2) % 2], grey=n % 2 == 1, rough=2.0)
    return scan.scan(page, replace(scanner, jpeg=int(rng.integers(35, 66))), rng)


def _cut(image: scan.Page, form: Form, written: Sequence[dict[str, str]], fields: Sequence[str]) -> list[list[Strip]]:
    placement = register(image, [form])
    if placement is None:
        return [[_unseen(form, name, row[name]) for name in fields or row] for row in written]
    return [
        [_field(strip, strip.row.fields[name], row[name]) for name in fields or row]
        for strip, row in zip(cut_rows(image, placement), written, strict=True)
    ]


def _field(strip: RowStrip, field: Field, truth: str) -> Strip:
    """The field as our stages deliver it: drop-out colour and lines taken out, ink dark on white."""
    whole = field.box
    ys, xs = strip.window(
        Box(whole.x - AROUND_MM, whole.y - AROUND_MM, whole.w + 2 * AROUND_MM, whole.h + 2 * AROUND_MM)
    )
    absorbed = strip.ink[ys, xs]
    light = np.rint(255 * np.exp(-np.arange(256) / 80)).astype(np.uint8)
    picture = cv2.LUT(np.where(absorbed > strip.threshold // 2, absorbed, np.uint8(0)), light)
    left, top = strip.box.x + xs.start / PX, strip.box.y + ys.start / PX
    boxes = [
        (round((b.x - left) * PX), round((b.y - top) * PX), round(b.w * PX), round(b.h * PX)) for b in field.boxes
    ]
    return Strip(field.name, truth, picture, tuple(boxes), cut_comb(strip, field).pictures)


def _unseen(form: Form, name: str, truth: str) -> Strip:
    field = form.rows[0].fields[name]
    white = np.full((90, round(field.box.w * PX)), 255, np.uint8)
    boxes = [(round((b.x - field.box.x) * PX), 10, round(b.w * PX), 70) for b in field.boxes]
    return Strip(name, truth, white, tuple(boxes), tuple(white[:, :60] for _ in boxes), seen=False)
