"""Rows of real ink, clean and spoilt: how often strike-outs and overwriting are seen, and clean rows asked about.

Spoilt rows are drawn over the same ink: a line or a zigzag through a comb, through the name, through the whole row;
one cell or more scribbled out; one character of the clave written over another.
"""

from __future__ import annotations

import collections
from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from bench.ocr.shares import share
from ocr import folio as folio_number
from ocr.cells import cut_comb, cut_rows
from ocr.form import Form, load_form
from ocr.marks import find_strikes
from ocr.register import register
from samples import ink, scan, strokes
from samples.names import data_folder, read_names
from samples.sheets import BlankSheets, Row, SheetAspirante, _invent_texts, fill_row

COMBS = ("clave_elector", "numero_ocr", "fecha", "seccion", "demarcacion")
SPOILT = ("line", "zigzag", "name", "row", "cell", "cells", "over")
PAPERS = ("offset", "colour", "black")


def _spoil(page, form: Form, number: int, row: Row, kind: str, hand, rng) -> None:
    """Spoils a row that is written already."""
    fields = form.rows[number - 1].fields
    comb = fields[COMBS[int(rng.choice(5, p=(0.45, 0.2, 0.15, 0.1, 0.1)))]]
    if kind in ("line", "zigzag"):
        box = comb.box
        mask = strokes.draw_strike(rng, box.w * rng.uniform(0.85, 1.0), zigzag=kind == "zigzag")
    elif kind == "name":
        box = fields["nombre"].box
        mask = strokes.draw_strike(rng, rng.uniform(35, 70), zigzag=rng.random() < 0.5)
    elif kind == "row":
        frame = form.rows[number - 1].frame
        box = replace(frame, x=24, y=frame.y + rng.uniform(3, 13), w=178, h=6)
        mask = strokes.draw_strike(rng, 178 * rng.uniform(0.8, 1.0))
    else:
        count = 1 if kind == "cell" else int(rng.integers(2, 4))
        start = int(rng.integers(0, len(comb.boxes) - count + 1))
        for box in comb.boxes[start : start + count]:
            for _ in range(int(rng.integers(2, 4))):
                mask = _scribble(rng)
                top = (box.y + box.h / 2) * ink.MM - mask.shape[0] / 2 + rng.normal(0, 3)
                left = (box.x + box.w / 2) * ink.MM - mask.shape[1] / 2 + rng.normal(0, 3)
                ink.lay(page, mask, left, top, hand.color, rng)
        return
    top = (box.y + box.h / 2) * ink.MM - mask.shape[0] / 2 + rng.normal(0, 6)
    ink.lay(page, mask, (box.x + rng.uniform(-1, 1.5)) * ink.MM, top, hand.color, rng)


def _scribble(rng):
    """A zigzag over one cell."""
    w, h = 4.6 * ink.MM, 5.5 * ink.MM
    canvas = np.zeros((round(h * 2) + 24, round(w * 2) + 24), np.float32)
    count = int(rng.integers(6, 11))
    x = np.linspace(3, w, count) + rng.normal(0, 3, count)
    y = np.where(np.arange(count) % 2, h * 0.12, h * 0.88) + rng.normal(0, 4, count)
    points = np.column_stack([x, y] if rng.random() < 0.5 else [y * w / h, x * h / w])
    strokes._trace(canvas, points + 3, rng.uniform(0.35, 0.55) * ink.MM, rng)
    return cv2.resize(canvas, (canvas.shape[1] // 2, canvas.shape[0] // 2), interpolation=cv2.INTER_AREA)


def draw_rows(pages: int, seed: int, kind: str = "ink", clean: float = 0.5) -> Iterator[tuple]:
    """(strip, combs, what was done to the row: ``clean`` or one of SPOILT), eight a page."""
    rng = np.random.default_rng([seed, 11])
    import random

    people, book, form = random.Random(f"strikes {seed}"), read_names(), load_form()
    folios = [folio_number.number(903, serial) for serial in range(1, pages + 1)]
    sheets = BlankSheets(SheetAspirante("PERSONA DE PRUEBA", "Alcaldía", "Prueba de tachaduras"), folios)
    real = ink.load_real_hands(data_folder(), seed, pages * 8) if kind == "ink" else []
    for n, folio in enumerate(folios):
        page, done = sheets.image(folio, PAPERS[n % 3]), []
        for number in range(1, len(form.rows) + 1):
            what = "clean" if rng.random() < clean else SPOILT[int(rng.integers(len(SPOILT)))]
            hand = real[n * 8 + number - 1] if real else ink.draw_font_hand(rng)
            texts = _invent_texts(book, people)
            row = Row(texts, "signed")
            if what == "over":
                place = int(rng.integers(18))
                pool = "ABCDEFGHLMNOPRST" if texts["clave_elector"][place].isalpha() else "0123456789"
                other = [c for c in pool if c != texts["clave_elector"][place]]
                row = replace(row, over=(place, other[int(rng.integers(len(other)))]))
            fill_row(page, form, number, row, hand, rng)
            if what not in ("clean", "over"):
                _spoil(page, form, number, row, what, hand, rng)
            done.append(what)
        scanner = scan.draw_scanner(rng, dpi=(200, 300)[n % 2], grey=n % 5 == 4, rough=1.0)
        image = scan.scan(page, replace(scanner, jpeg=80), rng)
        placement = register(image, [form])
        if placement is None:
            continue
        for strip, what in zip(cut_rows(image, placement), done, strict=True):
            yield strip, {f.name: cut_comb(strip, f) for f in strip.row.fields.values() if f.kind == "comb"}, what


def measure_strikes(sheets: int) -> dict:
    """Share of rows asked about, by what was done to them."""
    asked, of = collections.Counter(), collections.Counter()
    for strip, combs, what in draw_rows(max(3, sheets // 2), 4242):
        of[what] += 1
        asked[what] += bool(find_strikes(strip, combs))
    spoilt = sum(of[k] for k in SPOILT)
    strikes = [k for k in SPOILT if k != "over"]
    return {
        "clean rows": of["clean"],
        "clean rows asked about": share(asked["clean"], of["clean"]),
        "spoilt rows": spoilt,
        "struck or scribbled, seen": share(sum(asked[k] for k in strikes), sum(of[k] for k in strikes)),
        "one character over another, seen": share(asked["over"], of["over"]),
        "by kind": {k: f"{asked[k]} of {of[k]}" for k in ("clean", *SPOILT)},
    }
