"""The look of the documents of this room: fonts, colours, styles, page furniture.

Fonts: Source Sans Pro and Source Serif Pro (SIL Open Font License 1.1), see fonts/README.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, CondPageBreak, Frame, PageTemplate, Paragraph, Table, TableStyle
from reportlab.platypus.flowables import Flowable

FONTS = Path(__file__).with_name("fonts")
SANS, SANS_BOLD = "SourceSans", "SourceSans-Semibold"
SERIF, SERIF_BOLD, SERIF_ITALIC = "SourceSerif", "SourceSerif-Semibold", "SourceSerif-It"

PAGE = LETTER
MARGIN_X, MARGIN_TOP, MARGIN_BOTTOM = 22 * mm, 24 * mm, 22 * mm
WIDTH = PAGE[0] - 2 * MARGIN_X
ROOM_FOR_ROWS = 42 * mm  # heading, head of the table, a few rows

INK = HexColor("#1d2329")
GREY = HexColor("#5d6873")
LINE = HexColor("#c9d0d6")
PALE = HexColor("#f1f4f6")
BLUE = HexColor("#1f4e79")
MID_BLUE = HexColor("#7fa6c9")
GREEN = HexColor("#1e6b45")
RED = HexColor("#9c2a22")
AMBER = HexColor("#8a5a00")
WHITE = white


def register_fonts() -> None:
    """Make the five faces known to reportlab; doing it again changes nothing."""
    known = set(pdfmetrics.getRegisteredFontNames())
    for name, file in (
        (SANS, "SourceSansPro-Regular.ttf"),
        (SANS_BOLD, "SourceSansPro-Semibold.ttf"),
        (SERIF, "SourceSerifPro-Regular.ttf"),
        (SERIF_BOLD, "SourceSerifPro-Semibold.ttf"),
        (SERIF_ITALIC, "SourceSerifPro-It.ttf"),
    ):
        if name not in known:
            pdfmetrics.registerFont(TTFont(name, str(FONTS / file)))
    pdfmetrics.registerFontFamily(SANS, normal=SANS, bold=SANS_BOLD, italic=SANS, boldItalic=SANS_BOLD)
    pdfmetrics.registerFontFamily(SERIF, normal=SERIF, bold=SERIF_BOLD, italic=SERIF_ITALIC, boldItalic=SERIF_BOLD)


def _style(name: str, font: str, size: float, leading: float, **more: Any) -> ParagraphStyle:
    more.setdefault("textColor", INK)
    return ParagraphStyle(name, fontName=font, fontSize=size, leading=leading, **more)


BODY = _style("body", SERIF, 10, 14, spaceAfter=6)
SMALL = _style("small", SANS, 8.2, 11, textColor=GREY)
SMALL_RIGHT = _style("smallright", SANS, 8.2, 11, textColor=GREY, alignment=TA_RIGHT)
NOTE = _style("note", SERIF_ITALIC, 9, 12.4, textColor=GREY, spaceAfter=5)
TITLE = _style("title", SERIF_BOLD, 20, 24, spaceAfter=3)
SUBTITLE = _style("subtitle", SANS, 11, 15, textColor=GREY, spaceAfter=10)
HEADING = _style("heading", SERIF_BOLD, 13.5, 17, spaceBefore=13, spaceAfter=5, textColor=BLUE)
SUBHEADING = _style("subheading", SANS_BOLD, 10, 13, spaceBefore=7, spaceAfter=3)
CELL = _style("cell", SANS, 8.8, 11.2)
CELL_BOLD = _style("cellbold", SANS_BOLD, 8.8, 11.2)
CELL_RIGHT = _style("cellright", SANS, 8.8, 11.2, alignment=TA_RIGHT)
CELL_RIGHT_BOLD = _style("cellrightbold", SANS_BOLD, 8.8, 11.2, alignment=TA_RIGHT)
HEAD = _style("head", SANS_BOLD, 8.2, 10.4, textColor=GREY)
HEAD_RIGHT = _style("headright", SANS_BOLD, 8.2, 10.4, textColor=GREY, alignment=TA_RIGHT)
MONO = ParagraphStyle("mono", fontName="Courier", fontSize=7.6, leading=10, textColor=INK)


def escape(text: object) -> str:
    """Text safe inside reportlab's mark-up."""
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def thousands(number: int) -> str:
    """A whole number as Mexico writes it: 1,234,567; a negative one with the sign of subtraction."""
    return f"{number:,}".replace("-", "−")


def text(content: object, style: ParagraphStyle = BODY) -> Paragraph:
    """A paragraph of plain text (mark-up characters are shown, not obeyed)."""
    return Paragraph(escape(content), style)


def rich(markup: str, style: ParagraphStyle = BODY) -> Paragraph:
    """A paragraph of trusted mark-up; parts that come from data must be escaped by the caller."""
    return Paragraph(markup, style)


def table(
    rows: Sequence[Sequence[Flowable]],
    widths: Sequence[float],
    *,
    head: bool = True,
    extra: Sequence[tuple[Any, ...]] = (),
    padding: float = 2.6,
) -> Table:
    """A quiet table: hairlines between rows, a head that is repeated on each page."""
    commands: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.35, LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), padding),
        ("BOTTOMPADDING", (0, 0), (-1, -1), padding),
    ]
    if head:
        commands += [("LINEBELOW", (0, 0), (-1, 0), 0.9, GREY), ("LINEABOVE", (0, 0), (-1, 0), 0.9, GREY)]
    return Table(
        [list(row) for row in rows],
        colWidths=list(widths),
        repeatRows=1 if head else 0,
        style=TableStyle([*commands, *extra]),
    )


class Section(Paragraph):
    """A numbered heading that also enters the bookmarks of the PDF."""

    def __init__(self, title: str, key: str, level: int = 0) -> None:
        super().__init__(escape(title), HEADING if level == 0 else SUBHEADING)
        self.title, self.key, self.level = title, key, level
        self.keepWithNext = 1

    def draw(self) -> None:
        self.canv.bookmarkPage(self.key)
        self.canv.addOutlineEntry(self.title, self.key, self.level, 0)
        super().draw()


def before_table(title: str, key: str, level: int = 0) -> list[Flowable]:
    """A heading over a table that may break: room is asked for its first rows, not for the whole of it."""
    heading = Section(title, key, level)
    heading.keepWithNext = 0
    return [CondPageBreak(ROOM_FOR_ROWS), heading]


def document(
    out: Any, *, title: str, subject: str, keywords: list[str], furniture: Callable[[Canvas, Any], None]
) -> BaseDocTemplate:
    """An empty letter-size document in Mexican Spanish whose bytes depend on its content alone."""
    register_fonts()
    made = BaseDocTemplate(
        out,
        pagesize=PAGE,
        title=title,
        subject=subject,
        keywords=keywords,
        author="Instituto Electoral de la Ciudad de México",
        creator="respaldo",
        lang="es-MX",
        invariant=1,
        initialFontName=SANS,
        leftMargin=MARGIN_X,
        rightMargin=MARGIN_X,
        topMargin=MARGIN_TOP,
        bottomMargin=MARGIN_BOTTOM,
        pageCompression=1,
        displayDocTitle=1,
    )
    frame = Frame(
        MARGIN_X,
        MARGIN_BOTTOM,
        WIDTH,
        PAGE[1] - MARGIN_TOP - MARGIN_BOTTOM,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )
    made.addPageTemplates([PageTemplate("page", [frame], onPage=furniture)])
    return made


def tint(colour: Color, share: float) -> Color:
    """The colour mixed with white: 1 is the colour itself, 0 is white."""
    return Color(1 - share * (1 - colour.red), 1 - share * (1 - colour.green), 1 - share * (1 - colour.blue))


def text_width(content: str, size: float) -> float:
    """Width in points of a text in the sans face."""
    return float(pdfmetrics.stringWidth(content, SANS, size))
