"""Signals measured on drawn pages: signatures told from empty boxes, and the three answers on originals and copies.

Signatures are the 300 drawn on a tablet of SVC2004 (their terms allow measuring, not shipping), fingerprints, and
boxes left empty under rows whose strokes hang into them. Copies and originals are of every kind of paper and scan.
"""

from __future__ import annotations

import collections
import itertools
import re
from dataclasses import replace

import cv2
import numpy as np

from ocr import folio as folio_number
from ocr.cells import cut_rows
from ocr.copies import judge_page, judge_row, likeness, print_of
from ocr.evidence import look
from ocr.form import load_form
from ocr.ink import find_signatures, judge
from ocr.page import has_ink
from ocr.reading import Answer
from ocr.register import register
from samples import ink, scan
from samples.names import data_folder
from samples.sheets import BlankSheets, Row, SheetAspirante, draw_pages, fill_row

PAPERS = ("offset", "colour", "inkjet", "black")
SCANS = ((False, 300, 1.0), (False, 200, 0.5), (True, 300, 1.5), (True, 200, 1.0))
"""Grey or not, dots per inch, roughness."""


def _tablet() -> list[np.ndarray]:
    """The signatures as coverage, tight."""
    with np.load(data_folder() / "handwriting" / "signatures.npz") as data:
        pictures = data[next(iter(data.files))] if "x" not in data.files else data["x"]
    return [ink.tight(1 - picture.astype(np.float32) / 255) for picture in pictures]


def _signed(page, box, mask, color, rng) -> None:
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
    form, rng, masks = load_form(), np.random.default_rng(303), _tablet()
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
                _signed(page, form.rows[number - 1].fields["firma"].box, masks[next(taken)], hand.color, rng)
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
    return {
        "signed": signed,
        "recall": round(found / signed, 4),
        "of them called empty": sum(told[kind, Answer.NO] for kind in ("tablet", "finger")),
        "of them sent to a person": sum(told[kind, Answer.UNKNOWN] for kind in ("tablet", "finger")),
        "empty boxes": empty,
        "precision": round(found / max(1, found + told["none", Answer.YES]), 4),
        "empty sent to a person": told["none", Answer.UNKNOWN],
        "dashes and ticks": marks,
        "of them sent to a person ": told["dash", Answer.UNKNOWN] + told["tick", Answer.UNKNOWN],
        "rows with ink": rows[True, True] + rows[True, False],
        "of them lost": rows[True, False],
        "rows without, called inked": rows[False, True],
    }


def measure_copies(sheets: int) -> dict:
    """The three answers on originals and copies of every paper and scan, with the evidence named, and the likeness of
    prints of ink."""
    form = load_form()
    table, row_table = collections.defaultdict(collections.Counter), collections.defaultdict(collections.Counter)
    because, prints = collections.Counter(), {}
    jobs = [
        (paper, copy, *how)
        for paper, copy in itertools.product(PAPERS, ("none", "bw", "colour"))
        for how in SCANS
        if not (copy == "colour" and paper == "black")
    ]
    for number, (paper, copy, grey, dpi, rough) in enumerate(jobs):
        each = max(1, sheets // (10 if copy == "none" else 16))
        drawn = draw_pages(each, "fonts", 700 + number, paper=paper, copy=copy, grey=grey, dpi=dpi, rough=rough)
        for image, truth in drawn:
            name = (
                f"original, {paper}" if copy == "none" else f"copy in {copy}"
            ) + f", {'grey' if grey else 'colour'}"
            placement = register(image, [form])
            if placement is None:
                table[name]["not laid"] += 1
                continue
            strips = cut_rows(image, placement)
            evidence = look(image, placement, strips)
            signal = judge_page(evidence)[0]
            table[name][signal.answer.value] += 1
            because.update((copy, words) for words in _evidence_of(signal.sentence))
            for row in form.rows:
                row_table[name].update(s.answer.value for s in judge_row(evidence, row.row))
            prints[number, truth.folio] = print_of(strips, find_signatures(strips))
    pairs = itertools.islice(itertools.combinations(prints.values(), 2), 400)
    others = [alike for a, b in pairs if (alike := likeness(a, b)) is not None]
    return {
        "pages": {name: dict(counts) for name, counts in sorted(table.items())},
        "black-and-white copies called copies": _share(table, "copy in bw", "yes"),
        "colour copies scanned in colour called copies": _share(table, "copy in colour, colour", "yes"),
        "originals called copies": _share(table, "original", "yes"),
        "originals that cannot be told": _share(table, "original", "unknown"),
        "copies that cannot be told": _share(table, "copy", "unknown"),
        "rows of originals called copies": _share(row_table, "original", "yes"),
        "rows of originals that cannot be told": _share(row_table, "original", "unknown"),
        "rows of black-and-white copies called copies": _share(row_table, "copy in bw", "yes"),
        "evidence named": {f"{copy}: {words}": count for (copy, words), count in because.most_common()},
        "likeness of other people's sheets, highest": round(max(others), 3) if others else None,
    }


def _share(table, start: str, answer: str) -> str:
    chosen = [counts for name, counts in table.items() if name.startswith(start)]
    total = sum(sum(counts.values()) for counts in chosen)
    got = sum(counts[answer] for counts in chosen)
    return f"{got} of {total} ({got / max(1, total):.1%})"


def _evidence_of(sentence: str) -> list[str]:
    told = re.search(r"(?:indican|conservan) (.*)\.", sentence)
    return told.group(1).split(" y ") if told else [sentence]
