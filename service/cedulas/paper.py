"""A sheet of paper measured in millimetres from its top left corner, over a reportlab canvas."""

from __future__ import annotations

from functools import cache
from importlib import resources
from io import BytesIO

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from ocr.reading import Box
from service.cedulas.marks import Matrix, black_runs

REGULAR, SEMIBOLD, BOLD = "SourceSans3-Regular", "SourceSans3-SemiBold", "SourceSans3-Bold"
LEADING = 1.2
"""Distance between the lines of a paragraph, in font sizes."""
MODULE_OVERLAP = 0.02
"""Neighbouring modules overlap by this share of a module, so that no renderer leaves a white seam."""


@cache
def register_fonts() -> None:
    """Makes the sheet's fonts known to reportlab (they are embedded in every document)."""
    folder = resources.files("service.cedulas").joinpath("fonts")
    for name in (REGULAR, SEMIBOLD, BOLD):
        data = folder.joinpath(f"{name}.ttf").read_bytes()
        pdfmetrics.registerFont(TTFont(name, BytesIO(data)))


class Paper:
    """Draws on one canvas in millimetres. ``height`` is the height of the page."""

    def __init__(self, canvas: Canvas, height: float) -> None:
        register_fonts()
        self.canvas = canvas
        self.height = height

    def fill(self, box: Box, color: str | Color) -> None:
        """A rectangle without outline."""
        self.canvas.setFillColor(_color(color))
        self._rectangle(box, stroke=0, fill=1)

    def outline(self, box: Box, color: str | Color, line_mm: float, paint: str | None = None) -> None:
        """A rectangle's outline, the line centred on its edge, over a fill when ``paint`` is given."""
        self.canvas.setStrokeColor(_color(color))
        self.canvas.setLineWidth(line_mm * mm)
        if paint:
            self.canvas.setFillColor(_color(paint))
        self._rectangle(box, stroke=1, fill=int(paint is not None))

    def line(self, x1: float, y1: float, x2: float, y2: float, color: str | Color, line_mm: float) -> None:
        """A straight line."""
        self.canvas.setStrokeColor(_color(color))
        self.canvas.setLineWidth(line_mm * mm)
        self.canvas.line(x1 * mm, self._y(y1), x2 * mm, self._y(y2))

    def modules(self, box: Box, matrix: Matrix, color: str) -> None:
        """A mark or a QR: black modules of a square matrix filling the box."""
        side = box.w / len(matrix) * mm
        self.canvas.saveState()
        self.canvas.translate(box.x * mm, self._y(box.y))
        self.canvas.scale(side, -side)  # in modules, so that the page's text of 250 rectangles stays short
        self.canvas.setFillColor(_color(color))
        path = self.canvas.beginPath()
        for row, start, length in black_runs(matrix):
            path.rect(start, row, length + MODULE_OVERLAP, 1 + MODULE_OVERLAP)
        self.canvas.drawPath(path, stroke=0, fill=1)
        self.canvas.restoreState()

    def dots(self, box: Box, color: str, dot_mm: float, pitch_mm: float) -> None:
        """A square grid of round dots that starts half a pitch inside the box."""
        self.canvas.setFillColor(_color(color))
        path = self.canvas.beginPath()
        for row in range(int(box.h / pitch_mm)):
            for column in range(int(box.w / pitch_mm)):
                x, y = box.x + (column + 0.5) * pitch_mm, box.y + (row + 0.5) * pitch_mm
                path.circle(x * mm, self._y(y), dot_mm / 2 * mm)
        self.canvas.drawPath(path, stroke=0, fill=1)

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        size: float,
        color: str | Color,
        font: str = REGULAR,
        *,
        spacing: float = 0.0,
        align: str = "left",
    ) -> None:
        """One line of text; ``spacing`` widens the gap between letters (points)."""
        width = text_width(text, font, size, spacing) / mm
        start = x - {"left": 0.0, "center": width / 2, "right": width}[align]
        self.canvas.setFillColor(_color(color))
        self.canvas.setFont(font, size)
        self.canvas.drawString(start * mm, self._y(baseline), text, charSpace=spacing)

    def fitted(self, box: Box, text: str, color: str, font: str = REGULAR, *, align: str = "left") -> None:
        """One line as large as the box allows, smaller when the text is long."""
        size = fitted_size(box, text, font)
        x = {"left": box.x, "center": box.x + box.w / 2, "right": box.x + box.w}[align]
        self.text(x, box.y + box.h / 2 + 0.33 * size / mm, text, size, color, font, align=align)

    def paragraph(self, box: Box, text: str, color: str, font: str = REGULAR, largest: float = 8.0) -> None:
        """Text broken into lines, in the largest size (at most ``largest`` points) that fits the box."""
        size = largest
        while len(lines := break_lines(text, font, size, box.w * mm)) * size * LEADING > box.h * mm:
            size *= 0.97
        for number, line in enumerate(lines):
            self.text(box.x, box.y + (0.92 + number * LEADING) * size / mm, line, size, color, font)

    def _rectangle(self, box: Box, *, stroke: int, fill: int) -> None:
        self.canvas.rect(box.x * mm, self._y(box.y + box.h), box.w * mm, box.h * mm, stroke=stroke, fill=fill)

    def _y(self, y: float) -> float:
        return (self.height - y) * mm


def text_width(text: str, font: str, size: float, spacing: float = 0.0) -> float:
    """Width of a line in points."""
    register_fonts()
    return float(pdfmetrics.stringWidth(text, font, size)) + spacing * max(len(text) - 1, 0)


def fitted_size(box: Box, text: str, font: str) -> float:
    """The size (points) at which one line fills the box, in height or in width, whichever comes first."""
    size = box.h * mm * 0.86
    return size * min(1.0, box.w * mm / max(text_width(text, font, size), 1.0))


def break_lines(text: str, font: str, size: float, width: float) -> list[str]:
    """The text's words in lines no wider than ``width`` points (a longer word has a line of its own)."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", font, size) <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines


def _color(color: str | Color) -> Color:
    return color if isinstance(color, Color) else HexColor(color)
