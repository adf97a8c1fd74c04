"""Prints official sheets from a form document: ``print_sheets`` writes one PDF, one sheet a page.

What the law wants on a sheet (Art. 323 párr. 14 CIPECDMX): a) folio, b) the legend on strike-outs, c) the
legend on one candidacy per election, d) name and office, and room for name, clave de elector, demarcación,
sección and signature. What is equal on all sheets is drawn once and referred to: a page costs little.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from ocr import folio as folio_number
from ocr.form import Form
from ocr.reading import Box
from service.cedulas.background import draw_background
from service.cedulas.marks import qr_matrix
from service.cedulas.paper import BOLD, SEMIBOLD, Paper
from service.folio import sign

LANGUAGE = "es-MX"
_BACKGROUND = "cedula"
_INK = "#1A1A1A"


@dataclass(frozen=True, slots=True)
class SheetAspirante:
    """What a sheet says of its aspirante: ``cargo`` and ``ambito`` in words, as people read them."""

    nombre: str
    cargo: str
    ambito: str
    suplente: str = ""


@dataclass(frozen=True, slots=True)
class SheetProceso:
    """What a sheet says of the process. ``aviso`` is the privacy notice; empty means the standing one."""

    nombre: str
    jornada: date | None = None
    desde: date | None = None
    hasta: date | None = None
    aviso: str = ""


def print_sheets(
    form: Form,
    aspirante: SheetAspirante,
    proceso: SheetProceso,
    folios: Iterable[str],
    key: bytes,
    out: Path,
    *,
    rehearsal: bool = False,
) -> int:
    """Writes a sheet for each folio to the PDF ``out`` and returns how many.

    ``folios`` are ten digits each or as printed; ``key`` signs them in the QR. The same arguments give the same
    bytes. ``rehearsal`` marks every sheet as practice, without validity. The file appears whole or not at all.
    Raises ValueError on a folio whose check digit does not agree and when there is no folio.
    """
    partial = out.with_name(f".{out.name}.part")
    canvas = Canvas(
        str(partial),
        pagesize=(form.width_mm * mm, form.height_mm * mm),
        pageCompression=1,
        invariant=1,
        lang=LANGUAGE,
    )
    try:
        _describe(canvas, aspirante, proceso)
        paper = Paper(canvas, form.height_mm)
        canvas.beginForm(_BACKGROUND)
        draw_background(paper, form, aspirante, proceso, rehearsal=rehearsal)
        canvas.endForm()
        sheets = 0
        for folio in folios:
            canvas.doForm(_BACKGROUND)
            _draw_folio(paper, form, folio_number.validate(folio), key)
            canvas.showPage()
            sheets += 1
        if not sheets:
            raise ValueError("there is no folio to print")
        canvas.save()
        os.replace(partial, out)
    finally:
        partial.unlink(missing_ok=True)
    return sheets


def _describe(canvas: Canvas, aspirante: SheetAspirante, proceso: SheetProceso) -> None:
    canvas.setTitle(f"Cédulas de respaldo · {aspirante.nombre}")
    canvas.setSubject(f"{aspirante.cargo} · {aspirante.ambito} · {proceso.nombre}")
    canvas.setAuthor("Instituto Electoral de la Ciudad de México")
    canvas.setCreator("respaldo")
    canvas.setProducer("respaldo")
    canvas.setViewerPreference("PrintScaling", "None")  # a scaled sheet would fall outside the form's measures


def _draw_folio(paper: Paper, form: Form, folio: str, key: bytes) -> None:
    """What differs from sheet to sheet: the folio in figures, its QR, the number of the sheet."""
    if form.folio_qr is not None:
        correction = str(form.print.get("qr", {}).get("error_correction", "Q"))
        paper.modules(form.folio_qr, qr_matrix(sign(folio, form.version, key), correction), _INK)
    if form.folio_text is None:
        return
    box = form.folio_text
    figures = folio_number.format(folio)
    size = box.h * mm * 0.86
    paper.text(box.x, box.y + box.h - 1.3, figures, size, _INK, BOLD, spacing=0.6)
    label = form.print.get("header", {}).get("folio_label")
    if label is not None:
        place = Box(*label)
        serial = folio_number.parts(folio).serial
        paper.text(place.x, place.y + place.h - 1.0, "FOLIO", 7.5, _INK, SEMIBOLD, spacing=0.8)
        paper.text(place.x + place.w, place.y + place.h - 1.0, f"Hoja {serial:,}", 7.5, _INK, align="right")
