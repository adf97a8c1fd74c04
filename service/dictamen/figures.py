"""Drawings of the dictamen: bars against the requirement and of the count, tiles and map of the dispersion.

Every drawing carries its figures as text beside it; colour never says anything alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reportlab.lib.colors import Color
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus.flowables import Flowable

from service.dictamen import typography as look

TILE = 6.6 * mm
GAP = 0.9 * mm
FEW_UNITS = 20  # larger letters up to here
LABELS_UP_TO = 60  # units whose number fits on a map 105 mm tall; the table names all


class Gauge(Flowable):
    """A horizontal bar: what was reached, and a mark where the requirement stands."""

    def __init__(
        self,
        label: str,
        reached: int,
        required: int,
        meets: bool,
        *,
        counted: str = "válidos",
        width: float = look.WIDTH,
    ) -> None:
        super().__init__()
        self.counted = counted
        self.label, self.reached, self.required, self.meets = label, reached, required, meets
        self.width, self.height = width, 15 * mm

    def draw(self) -> None:
        """Label and figures above, the bar below, the mark with its own legend."""
        canvas, top = self.canv, self.height
        full = max(self.reached, self.required, 1) * 1.12
        canvas.setFont(look.SANS_BOLD, 9.5)
        canvas.setFillColor(look.INK)
        canvas.drawString(0, top - 9, self.label)
        canvas.setFont(look.SANS, 9.5)
        said = f"{look.thousands(self.reached)} {self.counted}; se requieren {look.thousands(self.required)}"
        canvas.drawRightString(self.width, top - 9, said)
        base, thick = top - 27, 11
        canvas.setFillColor(look.PALE)
        canvas.rect(0, base, self.width, thick, stroke=0, fill=1)
        canvas.setFillColor(look.GREEN if self.meets else look.RED)
        canvas.rect(0, base, self.width * self.reached / full, thick, stroke=0, fill=1)
        x = self.width * self.required / full
        canvas.setStrokeColor(look.INK)
        canvas.setLineWidth(1.4)
        canvas.line(x, base - 3, x, base + thick + 3)
        canvas.setFont(look.SANS, 7.6)
        canvas.setFillColor(look.GREY)
        canvas.drawCentredString(min(max(x, 18), self.width - 18), base - 11, "requerido")


class Step(Flowable):
    """A line of the count as a bar: what is left of all that was received, and beside it what this step takes."""

    def __init__(self, left: int, taken: int, received: int, *, width: float) -> None:
        super().__init__()
        self.left, self.taken, self.received = left, taken, max(received, 1)
        self.width, self.height = width, 8.4

    def draw(self) -> None:
        """Blue for what is left, red for what goes; the figures stand in the columns beside it."""
        unit = self.width / self.received
        self.canv.setFillColor(look.tint(look.MID_BLUE, 0.75))
        self.canv.rect(0, 0, self.left * unit, 6.4, stroke=0, fill=1)
        if self.taken:
            self.canv.setFillColor(look.RED)
            self.canv.rect(self.left * unit, 0, max(self.taken * unit, 0.7), 6.4, stroke=0, fill=1)


class Verdict(Flowable):
    """The result as a coloured band: one word, and what it says."""

    def __init__(self, word: str, meaning: str, colour: Color, *, width: float = look.WIDTH) -> None:
        super().__init__()
        self.word, self.meaning, self.colour = word, meaning, colour
        self.width, self.height = width, 22 * mm

    def draw(self) -> None:
        """White on the colour of the result; the word itself says it to who sees no colour."""
        canvas = self.canv
        canvas.setFillColor(self.colour)
        canvas.rect(0, 0, self.width, self.height, stroke=0, fill=1)
        canvas.setFillColor(look.WHITE)
        canvas.setFont(look.SANS_BOLD, 21)
        canvas.drawString(5 * mm, self.height - 11 * mm, self.word)
        canvas.setFont(look.SANS, 11)
        canvas.drawString(5 * mm, 5 * mm, self.meaning)


@dataclass(frozen=True)
class Unit:
    """One unit of the dispersion as the drawings need it."""

    name: str
    valid: int
    own_percent: int  # what reading R2 asks of it

    @property
    def shade(self) -> Color:
        """White without support, pale blue with some (R1), dark blue with its own 1 % (R2)."""
        if self.valid == 0:
            return look.WHITE
        return look.BLUE if self.valid >= self.own_percent else look.tint(look.MID_BLUE, 0.75)


class Tiles(Flowable):
    """One square for each unit, in order of its number: which have support and which their own 1 %."""

    def __init__(self, units: Sequence[Unit], *, width: float = look.WIDTH) -> None:
        super().__init__()
        self.units, self.width = units, width
        self.across = int((width + GAP) // (TILE + GAP))
        lines = -(-len(units) // self.across)
        self.height = lines * (TILE + GAP) + 6 * mm

    def draw(self) -> None:
        """Squares with the number of the unit inside, the legend below."""
        canvas = self.canv
        canvas.setLineWidth(0.4)
        for place, unit in enumerate(self.units):
            line, column = divmod(place, self.across)
            x, y = column * (TILE + GAP), self.height - (line + 1) * (TILE + GAP) + GAP
            canvas.setFillColor(unit.shade)
            canvas.setStrokeColor(look.LINE if unit.valid else look.GREY)
            canvas.rect(x, y, TILE, TILE, stroke=1, fill=1)
            dark = unit.valid >= unit.own_percent and unit.valid > 0
            canvas.setFillColor(look.WHITE if dark else look.INK)
            canvas.setFont(look.SANS, 6.4)
            canvas.drawCentredString(x + TILE / 2, y + TILE / 2 - 2.2, unit.name)
        _legend(canvas, 0, 0)


class Map(Flowable):
    """Outlines of the units, filled by the same three shades; a unit of many sections shows each of them."""

    def __init__(
        self,
        outlines: Mapping[str, Sequence[Sequence[tuple[int, int]]]],
        units: Mapping[str, Unit],
        *,
        height: float = 105 * mm,
    ) -> None:
        super().__init__()
        self.outlines, self.units = outlines, units
        self.height, self.width = height, look.WIDTH
        points = [point for rings in outlines.values() for ring in rings for point in ring]
        self.left, self.low = min(x for x, _ in points), min(y for _, y in points)
        across, up = max(x for x, _ in points) - self.left, max(y for _, y in points) - self.low
        self.scale = min((height - 8 * mm) / max(up, 1), self.width / max(across, 1))
        self.shift = (self.width - across * self.scale) / 2

    def draw(self) -> None:
        """Each unit as its rings; its code is written at the middle of its largest ring."""
        canvas = self.canv
        canvas.setLineWidth(0.5)
        for name, rings in sorted(self.outlines.items()):
            unit = self.units.get(name)
            canvas.setFillColor(look.PALE if unit is None else unit.shade)
            canvas.setStrokeColor(look.GREY)
            path = canvas.beginPath()
            for ring in rings:
                for number, (x, y) in enumerate(ring):
                    (path.moveTo if number == 0 else path.lineTo)(*self._place(x, y))
                path.close()
            canvas.drawPath(path, stroke=1, fill=1)
        if len(self.outlines) <= LABELS_UP_TO:
            for name, rings in sorted(self.outlines.items()):
                self._write(name, rings)
        _legend(canvas, 0, 0)

    def _place(self, x: float, y: float) -> tuple[float, float]:
        return self.shift + (x - self.left) * self.scale, 8 * mm + (y - self.low) * self.scale

    def _write(self, name: str, rings: Sequence[Sequence[tuple[int, int]]]) -> None:
        """The unit's code and, under it, its valid supports."""
        x, y = self._place(*_centre(rings))
        unit = self.units.get(name)
        size = 9.0 if len(self.outlines) <= FEW_UNITS else 6.6
        dark = unit is not None and unit.shade == look.BLUE
        self.canv.setFillColor(look.WHITE if dark else look.INK)
        self.canv.setFont(look.SANS_BOLD, size)
        self.canv.drawCentredString(x, y + 1, name)
        if unit is not None:
            self.canv.setFont(look.SANS, size)
            self.canv.drawCentredString(x, y - size, look.thousands(unit.valid))


def _centre(rings: Sequence[Sequence[tuple[int, int]]]) -> tuple[float, float]:
    """The centre of gravity of all rings together; of rings without area, the middle of their points."""
    area = across = up = 0
    for ring in rings:
        for (x, y), (next_x, next_y) in zip(ring, [*ring[1:], ring[0]], strict=True):
            turn = x * next_y - next_x * y
            area, across, up = area + turn, across + (x + next_x) * turn, up + (y + next_y) * turn
    if area:
        return across / (3 * area), up / (3 * area)
    points = [point for ring in rings for point in ring]
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def _legend(canvas: Canvas, x: float, y: float) -> None:
    samples = (
        ("sin apoyos válidos", Unit("", 0, 1)),
        ("con al menos un apoyo válido (R1)", Unit("", 1, 2)),
        ("con el 1 % de su propia lista (R2)", Unit("", 1, 1)),
    )
    for name, unit in samples:
        canvas.setFillColor(unit.shade)
        canvas.setStrokeColor(look.GREY)
        canvas.rect(x, y, 8, 8, stroke=1, fill=1)
        canvas.setFillColor(look.GREY)
        canvas.setFont(look.SANS, 8)
        canvas.drawString(x + 12, y + 1.4, name)
        x += 26 + look.text_width(name, 8)
