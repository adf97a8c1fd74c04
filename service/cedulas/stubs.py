"""Stubs for the people who sign: one a row, with the receipt code that answers whether the support was counted.

They come apart from the sheet, which stays as approved: whoever collects hands the row's stub to whoever signs.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from reportlab.lib.pagesizes import letter
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from ocr import folio as folios
from ocr.form import CURRENT, load_form
from ocr.reading import Box
from service.audit.chain import record
from service.audit.deeds import StubsPrinted
from service.cedulas.order import CARGOS
from service.cedulas.paper import BOLD, REGULAR, SEMIBOLD, Paper
from service.errors import Refused
from service.folio import receipt_code
from service.proceso.register import law_proceso, require_aspirante, require_proceso
from service.store import Store
from service.store.proceso import Proceso, last_serial

ACROSS, DOWN = 2, 5
MARGIN_MM, GAP_MM = 12.0, 4.0
INK, SOFT = "#1A1A1A", "#666666"


def print_stubs(store: Store, *, aspirante: str, first: int, last: int, out: Path, operator: str) -> int:
    """Write the stubs of sheets ``first`` to ``last`` (serial numbers) to a PDF; gives how many. Raises Refused."""
    with store.writing() as session:
        person = require_aspirante(session, aspirante)
        if not 1 <= first <= last <= last_serial(session, aspirante):
            raise Refused("FOLIO_NO_EMITIDO", "Esos números de hoja no se han impreso; revise el rango.")
        proceso = law_proceso(require_proceso(session, person.proceso).text)
        key = session.get_one(Proceso, person.proceso).key
        record(session, operator, StubsPrinted(aspirante, first, last))
        series, cargo = person.series, CARGOS[person.cargo]
    rows = len(load_form(CURRENT).rows)
    stubs = ((folios.number(series, serial), row) for serial in range(first, last + 1) for row in range(1, rows + 1))
    return _draw(stubs, proceso.nombre, cargo, key, out)


def _draw(stubs: Iterable[tuple[str, int]], proceso: str, cargo: str, key: bytes, out: Path) -> int:
    partial = out.with_name(f".{out.name}.part")
    canvas = Canvas(str(partial), pagesize=letter, pageCompression=1, invariant=1, lang="es-MX")
    canvas.setTitle(f"Talones · {cargo}")
    width, height = letter[0] / mm, letter[1] / mm
    paper = Paper(canvas, height)
    wide = (width - 2 * MARGIN_MM - (ACROSS - 1) * GAP_MM) / ACROSS
    high = (height - 2 * MARGIN_MM - (DOWN - 1) * GAP_MM) / DOWN
    drawn = 0
    try:
        for folio, row in stubs:
            place = drawn % (ACROSS * DOWN)
            if drawn and not place:
                canvas.showPage()
            line, column = divmod(place, ACROSS)
            corner = (MARGIN_MM + column * (wide + GAP_MM), MARGIN_MM + line * (high + GAP_MM))
            _draw_stub(paper, Box(*corner, wide, high), folio, row, proceso, cargo, key)
            drawn += 1
        canvas.save()
        os.replace(partial, out)
    finally:
        partial.unlink(missing_ok=True)
    return drawn


def _draw_stub(paper: Paper, box: Box, folio: str, row: int, proceso: str, cargo: str, key: bytes) -> None:
    code = receipt_code(folio, row, key).split("-")
    x = box.x + 4
    paper.outline(box, SOFT, 0.2)
    paper.text(x, box.y + 7, "Talón de mi apoyo", 11, INK, BOLD)
    paper.text(x, box.y + 12, proceso, 7.5, SOFT, REGULAR)
    paper.text(x, box.y + 17, cargo, 9, INK, SEMIBOLD)
    paper.text(x, box.y + 23, f"Hoja {folios.format(folio)} · renglón {row}", 9, INK, REGULAR)
    paper.text(x, box.y + 31, "-".join(code[:2]), 12, INK, BOLD, spacing=0.5)
    paper.text(x, box.y + 37, "-".join(code[2:]), 12, INK, BOLD, spacing=0.5)
    paper.text(x, box.y + 43, "Con este código, quien firmó sabe si su apoyo se contó.", 7, SOFT, REGULAR)
    paper.text(x, box.y + 46.5, "Guárdelo: quien lo tenga puede preguntar. No lleva sus datos.", 7, SOFT, REGULAR)
