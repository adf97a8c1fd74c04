"""How an acta looks on paper: letter size, one face, its title on each page, and in rehearsal the word across it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table, TableStyle

BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=9.5, leading=13, spaceAfter=4)
SMALL = ParagraphStyle("small", parent=BODY, fontSize=8, leading=10.5, spaceAfter=0)
MONO = ParagraphStyle("mono", parent=SMALL, fontName="Courier", fontSize=7.5, wordWrap="CJK")
TITLE = ParagraphStyle("title", parent=BODY, fontName="Helvetica-Bold", fontSize=15, leading=19, spaceAfter=8)
HEAD = ParagraphStyle("head", parent=BODY, fontName="Helvetica-Bold", fontSize=11, leading=15, spaceBefore=8)

REHEARSAL = "ENSAYO — datos ficticios, sin efectos legales"


def safe(text: str) -> str:
    """Text as a paragraph takes it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br/>")


def table(head: Sequence[str], lines: Sequence[Sequence[str]], widths_mm: Sequence[float]) -> Table:
    """A ruled table; its cells are text already made safe."""
    rows = [[Paragraph(f"<b>{word}</b>", SMALL) for word in head]]
    rows += [[Paragraph(cell, SMALL) for cell in line] for line in lines]
    made = Table(rows, colWidths=[width * mm for width in widths_mm], repeatRows=1, hAlign="LEFT")
    made.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.4, "#888888"),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("BACKGROUND", (0, 0), (-1, 0), "#e9eeed"),
            ]
        )
    )
    return made


def signatures(*roles: str) -> Table:
    """A line for each person to sign on, by what they are."""
    return Table([[Paragraph("_" * 34 + f"<br/>{role}", BODY) for role in roles]])


def build(story: list[Flowable], title: str, *, rehearsal: bool) -> bytes:
    """The acta as PDF bytes, each page with its number and title."""

    def dress(canvas: Canvas, document: Any) -> None:
        width, height = letter
        canvas.saveState()
        canvas.setFont("Helvetica", 8)
        canvas.drawString(20 * mm, 10 * mm, title)
        canvas.drawRightString(width - 20 * mm, 10 * mm, f"Página {document.page}")
        if rehearsal:
            canvas.setFont("Helvetica-Bold", 9)
            canvas.setFillColorRGB(0.36, 0.14, 0.4)
            canvas.drawCentredString(width / 2, height - 11 * mm, REHEARSAL)
            canvas.setFont("Helvetica-Bold", 90)
            canvas.setFillColorRGB(0.93, 0.9, 0.94)
            canvas.translate(width / 2, height / 2)
            canvas.rotate(50)
            canvas.drawCentredString(0, 0, "ENSAYO")
        canvas.restoreState()

    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=letter, leftMargin=20 * mm, rightMargin=20 * mm, topMargin=18 * mm, bottomMargin=18 * mm,
        title=title, lang="es-MX",
    )  # fmt: skip
    document.build(story, onFirstPage=dress, onLaterPages=dress)
    return out.getvalue()
