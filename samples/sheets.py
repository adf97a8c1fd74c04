"""Filled sheets: rows written over the very sheets our printer draws, and pages by the dozen for benches."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pypdfium2

from ocr import folio as folio_number
from ocr.form import Form, load_form
from ocr.reading import Box
from samples import fonts, ink, scan, strokes
from samples.names import NameBook, accented, data_folder, read_names
from samples.people import Elector, name_letters
from service.cedulas.printer import SheetAspirante, SheetProceso, print_sheets

KEY = bytes(range(32))
"""Key of the fictional process: what it signs is worth nothing."""
PROCESO = SheetProceso("Proceso electoral local 2026-2027", date(2027, 6, 6), date(2026, 11, 20), date(2027, 1, 18))
KINDS = ("typed", "fonts", "ink")


@dataclass(frozen=True, slots=True)
class Row:
    """What stands in one row. ``signature``: signed, print, none, dash, tick, dot. ``strike``: a field's name,
    ``row`` for all of it, ``firma`` for a line through the signature, or empty. ``blot``: fields scribbled over.
    ``over``: (place, character) first written in the clave and then written over."""

    texts: dict[str, str] = field(default_factory=dict)
    signature: str = "none"
    strike: str = ""
    blot: tuple[str, ...] = ()
    over: tuple[int, str] | None = None

    @property
    def has_ink(self) -> bool:
        return bool(self.texts) or self.signature != "none" or bool(self.strike) or bool(self.blot)


@dataclass(frozen=True, slots=True)
class PageTruth:
    """What one drawn page holds. ``copy`` is none, bw or colour; ``paper`` colour, inkjet or black."""

    folio: str
    kind: str
    rows: tuple[Row, ...]
    copy: str = "none"
    paper: str = "colour"
    scanner: scan.Scanner | None = None


class BlankSheets:
    """Printed sheets of one aspirante, as 300 dpi images. Dots of the tints are drawn once a kind of printer."""

    def __init__(self, aspirante: SheetAspirante, folios: Sequence[str], form: Form | None = None) -> None:
        self.form = form or load_form()
        self.folios = list(folios)
        with tempfile.TemporaryDirectory() as folder:
            pdf = Path(folder) / "sheets.pdf"
            print_sheets(self.form, aspirante, PROCESO, folios, KEY, pdf)
            self._pdf = pdf.read_bytes()
        self._papers: dict[str, scan.Page] = {}

    def image(self, folio: str, paper: str = "colour") -> scan.Page:
        """The sheet with that folio, BGR, as printed: ``offset`` (spot inks, no dots), ``colour`` (laser),
        ``inkjet`` or ``black`` (a black-and-white laser)."""
        if paper not in self._papers:
            self._papers[paper] = self._print(paper)
        sheet = self._papers[paper].copy()
        crisp = self._render(self.folios.index(folio), ink.DPI)
        for box in self._folio_boxes():
            x0, y0 = round(box.x * ink.MM), round(box.y * ink.MM)
            x1, y1 = round((box.x + box.w) * ink.MM), round((box.y + box.h) * ink.MM)
            sheet[y0:y1, x0:x1] = crisp[y0:y1, x0:x1]
        return sheet

    def _print(self, paper: str) -> scan.Page:
        rng = np.random.default_rng(len(paper))
        if paper == "offset":
            return self._render(0, ink.DPI)
        fine = self._render(0, 600)
        if paper == "black":
            return scan.print_black(fine, rng)
        return scan.print_colour(fine, rng, inkjet=paper == "inkjet")

    def _folio_boxes(self) -> Iterator[Box]:
        for box in (self.form.folio_qr, self.form.folio_text):
            if box is not None:
                yield box
        label = self.form.print.get("header", {}).get("folio_label")
        if label:
            yield Box(*label)

    def _render(self, page: int, dpi: int) -> scan.Page:
        with pypdfium2.PdfDocument(self._pdf) as document:
            image = document[page].render(scale=dpi / 72).to_numpy()[:, :, :3]
        width, height = (round(v * dpi / 25.4 / 2) * 2 for v in (self.form.width_mm, self.form.height_mm))
        return np.ascontiguousarray(image[:height, :width])


def fill_row(page: scan.Page, form: Form, number: int, row: Row, hand: ink.Hand, rng: ink.Rng) -> None:
    """Writes a row, signs it, and spoils what it says is spoilt."""
    fields = form.rows[number - 1].fields
    for name, text in row.texts.items():
        boxes = [(b.x, b.y, b.w, b.h) for b in fields[name].boxes]
        if fields[name].kind == "line":
            ink.write_line(page, boxes[0], text, hand, rng)
            continue
        if row.over and name == "clave_elector":
            place, before = row.over
            ink.write_cells(page, boxes[place : place + 1], before, hand, rng)
        ink.write_cells(page, boxes, text, hand, rng)
    _sign(page, fields["firma"].box, row.signature, hand, rng)
    for name in row.blot:
        box = fields[name].box
        for _ in range(3):
            _across(page, box, hand, rng, zigzag=True)
    if row.strike == "row":
        _across(page, Box(24, form.rows[number - 1].frame.y + 8, 178, 6), hand, rng)
    elif row.strike:
        _across(page, fields[row.strike].box, hand, rng, zigzag=row.strike != "firma" and rng.random() < 0.5)


def _across(page: scan.Page, box: Box, hand: ink.Hand, rng: ink.Rng, *, zigzag: bool = False) -> None:
    mask = strokes.draw_strike(rng, box.w * rng.uniform(0.9, 1.0), zigzag=zigzag)
    top = (box.y + box.h / 2) * ink.MM - mask.shape[0] / 2
    ink.lay(page, mask, (box.x + rng.uniform(-1, 1.5)) * ink.MM, top, hand.color, rng)


def _sign(page: scan.Page, box: Box, kind: str, hand: ink.Hand, rng: ink.Rng) -> None:
    if kind == "none":
        return
    color = ink.pick_color(rng) if isinstance(hand, ink.TypedHand) else hand.color
    if kind == "signed":
        width = float(np.clip(rng.normal(34, 7), 18, box.w - 3))
        mask = strokes.draw_signature(rng, width, float(np.clip(rng.normal(11.5, 2), 7, box.h - 1)))
    elif kind == "print":
        mask = strokes.draw_fingerprint(rng)
    else:
        mask = strokes.draw_mark(rng, kind)
    room_x, room_y = box.w * ink.MM - mask.shape[1], box.h * ink.MM - mask.shape[0]
    x = box.x * ink.MM + room_x * rng.uniform(0.2, 0.8)
    y = box.y * ink.MM + room_y * rng.uniform(0.3, 0.7)
    ink.lay(page, mask, x, y, color, rng)


def texts_of(elector: Elector, demarcacion: str, signed_on: date | None) -> dict[str, str]:
    """The row as its elector would write it; ``signed_on`` None leaves the date empty."""
    texts = {
        "nombre": elector.full_name,
        "clave_elector": elector.clave,
        "demarcacion": demarcacion,
        "seccion": f"{elector.seccion:04d}",
    }
    if elector.numero_ocr:
        texts["numero_ocr"] = elector.numero_ocr
    if signed_on:
        texts["fecha"] = f"{signed_on:%d%m%y}"
    return texts


def draw_pages(
    n: int,
    kind: str,
    seed: int,
    *,
    paper: str = "colour",
    copy: str = "none",
    dpi: int = 300,
    grey: bool = False,
    rough: float = 1.0,
    unsigned: float = 0.05,
    jpeg: int = 85,
    form: Form | None = None,
) -> Iterator[tuple[scan.Page, PageTruth]]:
    """``n`` full pages of invented people for a bench: (BGR image as scanned, what is on it).

    ``kind``: typed (Debian's print fonts), fonts (handwriting fonts never trained on), ink (real digits and
    capitals of people never trained on; needs ``RESPALDO_DATOS``). ``paper``: offset, colour, inkjet,
    black (how the sheet was printed). ``copy``: none, bw, colour (photocopied once filled). ``rough``: 0 to 2.
    ``unsigned``: share of rows without signature. ``form`` is the current one. The seed fixes everything.
    """
    if kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}")
    rng, people = np.random.default_rng([seed, KINDS.index(kind)]), random.Random(f"{kind} {seed}")
    folios = [folio_number.number(900 + KINDS.index(kind), serial) for serial in range(1, n + 1)]
    sheets = BlankSheets(SheetAspirante("PERSONA DE PRUEBA", "Alcaldía", "Prueba de lectura"), folios, form)
    book = read_names()
    lines = len(sheets.form.rows)
    real = ink.load_real_hands(data_folder(), seed, n * lines) if kind == "ink" else []
    for page_number, folio in enumerate(folios):
        page = sheets.image(folio, paper)
        rows = []
        for number in range(1, lines + 1):
            row = Row(_invent_texts(book, people), "none" if rng.random() < unsigned else "signed")
            hand = _pick_hand(kind, rng, real, page_number * lines + number - 1)
            fill_row(page, sheets.form, number, row, hand, rng)
            rows.append(row)
        if copy == "bw":
            page = scan.photocopy_bw(page, rng)
        elif copy == "colour":
            page = scan.photocopy_colour(page, rng)
        scanner = replace(scan.draw_scanner(rng, dpi=dpi, grey=grey, rough=rough), jpeg=jpeg)
        yield scan.scan(page, scanner, rng), PageTruth(folio, kind, tuple(rows), copy, paper, scanner)


def _pick_hand(kind: str, rng: ink.Rng, real: Sequence[ink.RealHand], index: int) -> ink.Hand:
    if kind == "typed":
        names = list(fonts.TYPED)
        return ink.TypedHand(names[int(rng.integers(len(names)))])
    return real[index] if kind == "ink" else ink.draw_font_hand(rng)


def _invent_texts(book: NameBook, people: random.Random) -> dict[str, str]:
    """Somebody who is on no list: for reading alone."""
    sex = people.choice("HM")
    paterno, materno, nombre = book.surname(people), book.surname(people), book.given_name(people, sex)
    born = date(1940, 1, 1) + timedelta(days=people.randrange(24_000))
    entity = people.choice(("09", "09", "09", f"{people.randint(1, 32):02d}"))
    clave = f"{name_letters(paterno, materno, nombre)}{born:%y%m%d}{entity}{sex}{people.randint(0, 9)}00"
    seccion = people.randint(1, 5625)
    return {
        "nombre": accented(f"{paterno} {materno} {nombre}"),
        "clave_elector": clave,
        "numero_ocr": f"{seccion:04d}{people.randint(10**7, 10**9 - 1):09d}",
        "demarcacion": f"{people.randint(2, 17):03d}",
        "seccion": f"{seccion:04d}",
        "fecha": f"{date(2026, 11, 20) + timedelta(days=people.randrange(60)):%d%m%y}",
    }
