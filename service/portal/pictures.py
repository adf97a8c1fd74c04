"""The progress of an aspirante as a bar and a line over time: readable in black and white and on a phone.

Each kind of support has its own tone *and* its own pattern or stroke, and its figure beside it. Units of the drawings
are those of their view box; the style sheet gives colours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from markupsafe import Markup

from service.access.words import day, whole
from service.portal.svg import element, label, picture

WIDTH = 480
MARGIN = 10


@dataclass(frozen=True, slots=True)
class Count:
    """What the bar shows."""

    required: int
    valid: int
    pending: int
    out: int


@dataclass(frozen=True, slots=True)
class Day:
    """Supports received up to a day, and how many of those count now."""

    on: dt.date
    received: int
    valid: int


def draw_bar(count: Count) -> Markup:
    """Valid, pending and not counted, one after the other, against the requirement."""
    total = max(count.valid + count.pending + count.out, count.required, 1)
    scale = (WIDTH - 2 * MARGIN) / total
    x, pieces = (
        float(MARGIN),
        [_patterns(), element("rect", x=MARGIN, y=44, width=total * scale, height=44, class_="ground")],
    )
    for kind, number in (("valid", count.valid), ("pending", count.pending), ("out", count.out)):
        if number:
            pieces.append(element("rect", x=x, y=44, width=number * scale, height=44, class_=f"part {kind}"))
            x += number * scale
    at = MARGIN + count.required * scale
    anchor = "start" if at < WIDTH * 0.3 else "end" if at > WIDTH * 0.7 else "middle"
    pieces += [
        element("line", x1=at, x2=at, y1=30, y2=98, class_="goal"),
        label(_("Requeridos: %(n)s", n=whole(count.required)), at, 22, anchor=anchor, kind="strong"),
        label("0", MARGIN, 116),
        label(whole(total), MARGIN + total * scale, 116, anchor="end"),
    ]
    about = _(
        "%(v)s válidos, %(p)s pendientes y %(o)s que no se cuentan, de %(r)s requeridos.",
        v=whole(count.valid), p=whole(count.pending), o=whole(count.out), r=whole(count.required),
    )  # fmt: skip
    return picture("bar", _("Apoyo contra lo requerido"), about, pieces, width=WIDTH, height=124)


def _patterns() -> Markup:
    """Stripes and dots, so that the parts differ without colour."""
    stripes = element(
        "pattern",
        [
            element("rect", width=8, height=8, class_="tone pending"),
            element("path", d="M-2 2l4-4M0 8l8-8M6 10l4-4", class_="hatch"),
        ],
        id="p-pending", width=8, height=8, patternUnits="userSpaceOnUse",
    )  # fmt: skip
    dots = element(
        "pattern",
        [element("rect", width=6, height=6, class_="tone out"), element("circle", cx=3, cy=3, r=1, class_="dot")],
        id="p-out", width=6, height=6, patternUnits="userSpaceOnUse",
    )  # fmt: skip
    return element("defs", [stripes, dots])


TOP, BOTTOM, LEFT, RIGHT = 38, 214, 62, 470


@dataclass(frozen=True, slots=True)
class _Plane:
    """Where a day and a figure lie on the drawing."""

    first: dt.date
    last: dt.date
    most: int

    def x(self, on: dt.date) -> float:
        return LEFT + (RIGHT - LEFT) * (on - self.first).days / max(1, (self.last - self.first).days)

    def y(self, figure: int) -> float:
        return BOTTOM - (BOTTOM - TOP) * figure / self.most


def draw_line(
    days: Sequence[Day], required: int, first: dt.date, deadline: dt.date, today: dt.date | None = None
) -> Markup:
    """Received and counting supports day by day, with the requirement and the last day to gather them."""
    last = max([deadline, *(one.on for one in days)])
    start = min([first, *(one.on for one in days)])
    plane = _Plane(start, last, _ceiling(max([required, 1, *(one.received for one in days)])))
    pieces = [*_axes(plane), *_goal(plane, required), *_deadline(plane, deadline)]
    if today is not None and start <= today <= last:
        x = plane.x(today)
        pieces.append(element("line", x1=x, x2=x, y1=TOP, y2=BOTTOM, class_="today"))
    for kind, figures in (
        ("received", [(one.on, one.received) for one in days]),
        ("valid", [(one.on, one.valid) for one in days]),
    ):
        pieces += _steps(plane, kind, figures)
    now = days[-1] if days else Day(first, 0, 0)
    about = _(
        "Recibidos %(n)s y válidos %(v)s hasta el %(at)s; se requieren %(r)s y el último día es el %(end)s.",
        n=whole(now.received), v=whole(now.valid), at=day(now.on), r=whole(required), end=day(deadline),
    )  # fmt: skip
    return picture("line", _("Apoyo a lo largo del tiempo"), about, pieces, width=WIDTH, height=250)


def _ceiling(figure: int) -> int:
    """The next round figure: 1, 2 or 5 times a power of ten, in quarters."""
    step = 1
    while step * 4 < figure:
        step = step * 2 if str(step)[0] in "15" else step * 5 // 2
    return step * 4


def _axes(plane: _Plane) -> list[Markup]:
    pieces = []
    for quarter in range(5):
        figure = plane.most * quarter // 4
        y = plane.y(figure)
        pieces.append(element("line", x1=LEFT, x2=RIGHT, y1=y, y2=y, class_="grid"))
        pieces.append(label(whole(figure), LEFT - 5, y + 4, anchor="end"))
    for on, anchor in ((plane.first, "start"), (plane.last, "end")):
        pieces.append(label(day(on), plane.x(on), BOTTOM + 22, anchor=anchor))
    return pieces


def _goal(plane: _Plane, required: int) -> list[Markup]:
    y = plane.y(required)
    return [
        element("line", x1=LEFT, x2=RIGHT, y1=y, y2=y, class_="goal dashed"),
        label(_("Requeridos: %(n)s", n=whole(required)), LEFT + 4, y - 5, kind="strong"),
    ]


def _deadline(plane: _Plane, deadline: dt.date) -> list[Markup]:
    x = plane.x(deadline)
    anchor = "end" if x > WIDTH * 0.6 else "start"
    return [
        element("line", x1=x, x2=x, y1=TOP - 10, y2=BOTTOM, class_="deadline"),
        label(_("Último día: %(on)s", on=day(deadline)), x, TOP - 17, anchor=anchor, kind="strong"),
    ]


def _steps(plane: _Plane, kind: str, figures: Sequence[tuple[dt.date, int]]) -> list[Markup]:
    """A line that rises on each day of reception, with a mark there: round for received, square for valid."""
    if not figures:
        return []
    x, y = plane.x(plane.first), plane.y(0)
    path = [f"M{x:.1f} {y:.1f}"]
    for on, figure in figures:
        path.append(f"H{plane.x(on):.1f}V{plane.y(figure):.1f}")
    pieces = [element("path", d="".join(path), class_=f"run {kind}")]
    for on, figure in figures:
        x, y = plane.x(on), plane.y(figure)
        mark = element("circle", cx=x, cy=y, r=4, class_=f"mark {kind}")
        if kind == "valid":
            mark = element("rect", x=x - 4, y=y - 4, width=8, height=8, class_=f"mark {kind}")
        pieces.append(mark)
    return pieces
