"""The three answers on originals and copies of every kind of paper and scan.

A sheet is printed on each paper, filled and signed; the original is scanned in every way, then photocopied in black
and white and, when it bears colour, in colour, and the copies are scanned.
"""

from __future__ import annotations

import collections
import itertools
import random
import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from bench.ocr.shares import share
from ocr import folio as folio_number
from ocr.cells import cut_rows
from ocr.copies import judge_page, judge_row, likeness, print_of
from ocr.evidence import look
from ocr.form import load_form
from ocr.ink import find_signatures
from ocr.register import register
from samples import ink, scan
from samples.names import read_names
from samples.people import name_letters
from samples.sheets import BlankSheets, Row, SheetAspirante, fill_row

PAPERS = ("offset", "colour", "inkjet", "black")
SCANS = ((False, 300, 1.0), (False, 200, 0.5), (True, 300, 1.5), (True, 200, 1.0))
"""Grey or not, dots per inch, roughness."""
YES, NO, UNKNOWN = "yes", "no", "unknown"


def draw_pages(sheets: int) -> Iterator[tuple[str, str, bool, scan.Page]]:
    """(paper, ``none`` ``bw`` or ``colour`` for how it was copied, whether scanned in grey, the scan). Each of
    ``sheets`` filled sheets gives four scans of the original and two of a copy, by turns in black and in colour."""
    rng, form = np.random.default_rng([sheets, 17]), load_form()
    folios = [folio_number.number(906, serial) for serial in range(1, sheets + 1)]
    blanks = BlankSheets(SheetAspirante("PERSONA DE PRUEBA", "Alcaldía", "Prueba de copias"), folios)
    book = read_names()
    for n, folio in enumerate(folios):
        paper = PAPERS[n % 4]
        page = blanks.image(folio, paper)
        for number in range(1, len(form.rows) + 1):
            fill_row(page, form, number, Row(_texts(book, rng), "signed"), ink.draw_font_hand(rng), rng)
        copy = "colour" if paper != "black" and (n // 4) % 2 else "bw"
        copied = scan.photocopy_colour(page, rng) if copy == "colour" else scan.photocopy_bw(page, rng)
        for how in SCANS:
            yield paper, "none", how[0], _scan(page, how, rng)
        for how in SCANS[:2] if (n // 8) % 2 or copy == "colour" else SCANS[2:]:
            yield paper, copy, how[0], _scan(copied, how, rng)


def _scan(page: scan.Page, how: tuple[bool, int, float], rng: np.random.Generator) -> scan.Page:
    grey, dpi, rough = how
    return scan.scan(page, replace(scan.draw_scanner(rng, dpi=dpi, grey=grey, rough=rough), jpeg=80), rng)


def _texts(book, rng: np.random.Generator) -> dict[str, str]:
    people = random.Random(int(rng.integers(1 << 30)))
    letters = name_letters(book.surname(people), book.surname(people), book.given_name(people, "M"))
    return {
        "clave_elector": f"{letters}{people.randrange(10**8):08d}M{people.randrange(10**3):03d}",
        "seccion": "1234",
    }


def measure_copies(sheets: int) -> dict:
    """The three answers, with the evidence named, and the likeness of prints of ink."""
    form = load_form()
    table, row_table = collections.defaultdict(collections.Counter), collections.defaultdict(collections.Counter)
    because, prints = collections.Counter(), {}
    for number, (paper, copy, grey, image) in enumerate(draw_pages(max(8, sheets * 2))):
        kind = f"original, {paper}" if copy == "none" else f"copy in {copy}"
        name = f"{kind}, scanned in {'grey' if grey else 'colour'}"
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
        if number % 6 == 0:
            prints[number] = print_of(strips, find_signatures(strips))
    pairs = itertools.islice(itertools.combinations(prints.values(), 2), 400)
    others = [alike for a, b in pairs if (alike := likeness(a, b)) is not None]
    copied_in_color = "copy in colour, scanned in colour"
    return {
        "black-and-white copies called copies": _share(table, "copy in bw", YES),
        "black-and-white copies that cannot be told": _share(table, "copy in bw", UNKNOWN),
        "black-and-white copies called originals": _share(table, "copy in bw", NO),
        "colour copies of colour prints, scanned in colour, called copies": _share(table, copied_in_color, YES),
        "originals called copies": _share(table, "original", YES),
        "black-and-white prints called copies": _share(table, "original, black", YES),
        "originals that cannot be told": _share(table, "original", UNKNOWN),
        "rows of originals called copies": _share(row_table, "original", YES),
        "rows of originals that cannot be told": _share(row_table, "original", UNKNOWN),
        "rows of black-and-white copies called copies": _share(row_table, "copy in bw", YES),
        "likeness of other people's sheets, highest": round(max(others), 3) if others else None,
        "pages": {name: dict(counts) for name, counts in sorted(table.items())},
        "evidence named": {f"{copy}: {words}": count for (copy, words), count in because.most_common(12)},
    }


def _share(table, start: str, answer: str) -> str:
    chosen = [counts for name, counts in table.items() if name.startswith(start)]
    return share(sum(counts[answer] for counts in chosen), sum(sum(counts.values()) for counts in chosen))


def _evidence_of(sentence: str) -> list[str]:
    told = re.search(r"(?:indican|conservan) (.*)\.", sentence)
    return told.group(1).split(" y ") if told else [sentence]
