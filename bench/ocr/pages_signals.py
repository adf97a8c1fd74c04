"""Signatures told from empty boxes, and rows that bear ink from those that do not, on drawn pages.

Signatures are the 300 drawn on a tablet of SVC2004 (their terms allow measuring, not shipping), fingerprints, and
boxes left empty under rows whose strokes hang into them, on every kind of paper and scan.
"""

from __future__ import annotations

import collections
import itertools
from dataclasses import replace

import cv2
import numpy as np

from bench.ocr.shares import share
from ocr import folio as folio_number
from ocr.cells import cut_rows
from ocr.form import load_form
from ocr.ink import find_signatures, judge
from ocr.page import has_ink
from ocr.reading import Answer
from ocr.register import register
from samples import ink, scan
from samples.names import data_folder
from samples.sheets import BlankSheets, Row, SheetAspirante, fill_row

PAPERS = ("offset", "colour", "inkjet", "black")
SCANS = ((False, 300, 1.0), (False, 200, 0.5), (True, 300, 1.5), (True, 200, 1.0))
"""Grey or not, dots per inch, roughness."""


def tablet_signatures() -> list[np.ndarray]:
    """The signatures as coverage, tight."""
    with np.load(data_folder() / "handwriting" / "signatures.npz") as data:
        pictures = data[next(iter(data.files))] if "x" not in data.files else data["x"]
    return [ink.tight(1 - picture.astype(np.float32) / 255) for picture in pictures]


def place_signature(page, box, mask, color, rng) -> None:
    """A tablet's signature in or over its box, 18 to 44 mm wide."""
    width = min(rng.uniform(18, 44) * ink.MM, (box.w + 2) * ink.MM)
    scale = min(width / mask.shape[1], (box.h + 5) * ink.MM / mask.shape[0])
    size = max(2, round(mask.shape[1] * scale)), max(2, round(mask.shape[0] * scale))
    drawn = cv2.GaussianBlur(cv2.resize(mask, size, interpolation=cv2.INTER_CUBIC), (0, 0), 0.8)
    pen = np.clip(drawn * 1.6, 0, 1).astype(np.float32)
    x = box.x * ink.MM + (box.w * ink.MM - size[0]) * rng.uniform(0.1, 0.9)
    y = box.y * ink.MM + (box.h * ink.MM - size[1]) * rng.uniform(0.25, 0.75)
    ink.lay(page, pen, x, y, color, rng)


def measure_signatures(sheets: int) -> dict:
    """Boxes signed, marked with a finger, ticked or left empty, on every paper and scan; rows that bear ink."""
    form, rng, masks = load_form(), np.random.default_rng(303), tablet_signatures()
    pages = max(8, sheets)
    folios = [folio_number.number(904, n) for n in range(1, pages + 1)]
    sheets_of = BlankSheets(SheetAspirante("PERSONA DE PRUEBA", "Alcaldía", "Prueba de firmas"), folios)
    told, rows, kinds = collections.Counter(), collections.Counter(), ("tablet", "finger", "none", "dash", "tick")
    taken = itertools.cycle(rng.permutation(len(masks)))
    for n, folio in enumerate(folios):
        page, done = sheets_of.image(folio, PAPERS[n % 4]), []
        for number in range(1, len(form.rows) + 1):
            kind = str(rng.choice(kinds, p=(0.5, 0.05, 0.37, 0.04, 0.04)))
            texts = {"seccion": "1234"} if rng.random() < 0.6 else {}
            hand = ink.draw_font_hand(rng)
            fill_row(page, form, number, Row(texts, "none" if kind in ("tablet", "none") else
                                             {"finger": "print"}.get(kind, kind)), hand, rng)  # fmt: skip
            if kind == "tablet":
                place_signature(page, form.rows[number - 1].fields["firma"].box, masks[next(taken)], hand.color, rng)
            done.append((kind, bool(texts) or kind != "none"))
        grey, dpi, rough = SCANS[(n // 4) % 4]
        image = scan.scan(page, replace(scan.draw_scanner(rng, dpi=dpi, grey=grey, rough=rough), jpeg=80), rng)
        strips = cut_rows(image, register(image, [form]))
        writings = find_signatures(strips)
        for strip, (kind, inked) in zip(strips, done, strict=True):
            answer = judge(writings[strip.row.row])[0].answer
            told[kind, answer] += 1
            rows[inked, answer is not Answer.NO or has_ink(strip)] += 1
    signed = sum(c for (kind, _), c in told.items() if kind in ("tablet", "finger"))
    found = sum(told[kind, Answer.YES] for kind in ("tablet", "finger"))
    empty = sum(c for (kind, _), c in told.items() if kind == "none")
    marks = sum(c for (kind, _), c in told.items() if kind in ("dash", "tick"))
    called = found + told["none", Answer.YES]
    return {
        "signed": signed,
        "recall": share(found, signed),
        "of them called empty": sum(told[kind, Answer.NO] for kind in ("tablet", "finger")),
        "of them sent to a person": sum(told[kind, Answer.UNKNOWN] for kind in ("tablet", "finger")),
        "empty boxes": empty,
        "precision": share(found, called),
        "empty boxes called signed": told["none", Answer.YES],
        "empty sent to a person": told["none", Answer.UNKNOWN],
        "dashes and ticks": marks,
        "dashes and ticks sent to a person": told["dash", Answer.UNKNOWN] + told["tick", Answer.UNKNOWN],
        "rows with ink": rows[True, True] + rows[True, False],
        "of them lost": rows[True, False],
        "rows without, called inked": rows[False, True],
    }
