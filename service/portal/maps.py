"""The map: geometry loaded with a frame, drawn for one contest and coloured by the supports that count.

A feature is a section (``seccion``), or a whole unit where sections are not drawn: ``demarcacion`` (INEGI's
``cve_mun`` is read too) or ``demarcacion`` with ``circunscripcion``. Which unit a section is of, the frame says.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from service.access.words import whole
from service.audit.chain import record
from service.audit.deeds import MapLoaded
from service.errors import Refused
from service.law.dispersion import Units
from service.portal.svg import element, label, picture
from service.proceso.register import read_text, require_proceso
from service.store import Session, now
from service.store.portal import MarcoMap
from service.store.proceso import marco_in_force, secciones_of

Ring = list[tuple[float, float]]

KEYS = ("seccion", "demarcacion", "circunscripcion")
ALIASES = {"cve_mun": "demarcacion", "SECCION": "seccion"}
MOST_BYTES = 60 << 20
SIDE = 480
LABELS_UP_TO = 20
"""Units whose name and figure fit on the drawing; the table beside holds all of them."""

TONES = 5
"""Steps of the scale, from none to the most; each is darker than the one before, so that grey tells them apart."""


def load_map(session: Session, path: Path, proceso: str, operator: str) -> MarcoMap:
    """Keep the geometry of the frame in force. Raises Refused on what is no GeoJSON of its sections or units."""
    require_proceso(session, proceso)
    marco = marco_in_force(session, proceso)
    if marco is None:
        raise Refused("SIN_MARCO", f"El proceso {proceso} no tiene marco geográfico; cárguelo con «marco load».")
    if path.is_file() and path.stat().st_size > MOST_BYTES:
        raise Refused("GEOMETRIA_GRANDE", f"La geometría admite hasta {MOST_BYTES >> 20} MB; simplifíquela.")
    text = read_text(path)
    known = {seccion.seccion for seccion in secciones_of(session, marco)}
    features = _features(text, known)
    digest = hashlib.sha256(text.encode()).hexdigest()
    loaded = MarcoMap(
        marco_id=marco.id,
        document={"features": features},
        sha256=digest,
        features=len(features),
        at=now(),
        by=operator,
    )
    session.add(loaded)
    session.flush()
    record(session, operator, MapLoaded(proceso, marco.number, len(features), digest))
    return loaded


def _features(text: str, known: set[int]) -> list[dict[str, Any]]:
    try:
        listed = json.loads(text)["features"]
        found = [_feature(feature) for feature in listed]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused("GEOMETRIA", "El archivo no es un GeoJSON de polígonos; revíselo.") from None
    if not found or any(not feature["rings"] for feature in found):
        raise Refused("GEOMETRIA_VACIA", "La geometría está vacía o trae figuras que no son polígonos; revísela.")
    if any(not set(feature) & {"seccion", "demarcacion"} for feature in found):
        raise Refused("GEOMETRIA_SIN_CLAVE", "Cada figura necesita la propiedad «seccion» o «demarcacion»; añádala.")
    strange = [feature["seccion"] for feature in found if "seccion" in feature and feature["seccion"] not in known]
    if strange:
        raise Refused(
            "GEOMETRIA_AJENA", f"La sección {strange[0]} de la geometría no está en el marco; revise cuál es."
        )
    return found


def _feature(feature: Mapping[str, Any]) -> dict[str, Any]:
    properties = {ALIASES.get(key, key): value for key, value in feature["properties"].items()}
    kept: dict[str, Any] = {key: properties[key] for key in KEYS if properties.get(key) not in (None, "")}
    if "seccion" in kept:
        kept["seccion"] = int(kept["seccion"])
    if "demarcacion" in kept:
        kept["demarcacion"] = str(kept["demarcacion"]).zfill(3)
    if "circunscripcion" in kept:
        kept["circunscripcion"] = str(kept["circunscripcion"])
    shape = feature["geometry"]
    polygons = {"Polygon": [shape["coordinates"]], "MultiPolygon": shape["coordinates"]}.get(shape["type"], [])
    kept["rings"] = [_ring(ring) for polygon in polygons for ring in polygon]
    return kept


def _ring(points: Sequence[Sequence[float]]) -> list[list[float]]:
    """The corners, each to some eleven metres (four decimals of a degree), without repeats."""
    kept: list[list[float]] = []
    for point in points:
        corner = [round(float(point[0]), 4), round(float(point[1]), 4)]
        if not all(map(math.isfinite, corner)):
            raise ValueError("a corner that is nowhere")
        if not kept or kept[-1] != corner:
            kept.append(corner)
    return kept


@dataclass(frozen=True, slots=True)
class Shape:
    """A figure of the map and the unit it belongs to."""

    unit: str
    name: str
    rings: list[Ring]


def shapes_of(document: Mapping[str, Any], units: Units, cargo: str, ambito: str) -> list[Shape]:
    """The figures of a contest's scope. Sections where the geometry has them, else whole units."""
    sections = [feature for feature in document["features"] if feature.get("seccion") in units.unit_of]
    if sections:
        return [
            Shape(units.unit_of[one["seccion"]], str(one["seccion"]), one["rings"])
            for one in sections
            if units.unit_of[one["seccion"]]
        ]
    return [
        Shape(unit, unit, feature["rings"])
        for feature in document["features"]
        if (unit := _whole_unit(feature, cargo, ambito)) in units.electors
    ]


def _whole_unit(feature: Mapping[str, Any], cargo: str, ambito: str) -> str:
    if cargo == "jefatura" and "circunscripcion" not in feature:
        return str(feature.get("demarcacion", ""))
    if cargo == "alcaldia" and feature.get("demarcacion") == ambito:
        return str(feature.get("circunscripcion", ""))
    return ""


def tone_of(count: int, most: int) -> int:
    """0 for none, then 1 to ``TONES - 1`` in equal steps up to the most."""
    return 0 if count <= 0 else 1 + (TONES - 2) * (count - 1) // max(1, most - 1)


def tone_names(most: int, step: int = 0) -> list[tuple[int, str]]:
    """What each tone in use stands for, for the legend; ``step`` as in ``draw_map``."""
    spans: dict[int, list[int]] = {}
    for count in range(max(1, step), most + 1):
        spans.setdefault(tone_of(count, most), []).append(count)
    none = _("menos de %(n)s", n=step) if step else "0"
    return [(0, none)] + [
        (tone, whole(span[0]) if span[0] == span[-1] else f"{whole(span[0])}–{whole(span[-1])}")
        for tone, span in spans.items()
    ]


def draw_map(shapes: Sequence[Shape], counts: Mapping[str, int], step: int = 0) -> Markup:
    """The scope with each unit outlined and toned by its count; north is up.

    With a ``step`` the counts are "at least" so many, and a unit without one has fewer than a step.
    """
    place = _placer(shapes)
    most = max(counts.values(), default=0)
    by_unit: dict[str, list[Shape]] = {}
    for shape in shapes:
        by_unit.setdefault(shape.unit, []).append(shape)
    pieces = [_empty_pattern()]
    for unit, parts in by_unit.items():  # a thick line under all, then the sections over it: the unit's own outline
        pieces.append(element("path", d=_path(parts, place), class_="outline"))
        tone = tone_of(counts.get(unit, 0), most)
        told = element("title", _("%(unit)s: %(n)s válidos", unit=unit, n=_figure(counts.get(unit, 0), step)))
        pieces.append(element("path", [told], d=_path(parts, place), class_=f"unit tone-{tone}"))
    if len(by_unit) <= LABELS_UP_TO:
        for unit, parts in by_unit.items():
            x, y = _middle(parts, place)
            dark = " on-dark" if tone_of(counts.get(unit, 0), most) >= 3 else ""
            pieces.append(label(unit, x, y - 2, anchor="middle", kind=f"name{dark}"))
            figure = _figure(counts.get(unit, 0), step)
            pieces.append(label(figure, x, y + 15, anchor="middle", kind=f"strong{dark}"))
    reached = sum(counts.get(unit, 0) > 0 for unit in by_unit)
    about = _("%(k)s de %(n)s unidades dibujadas tienen apoyo válido.", k=whole(reached), n=whole(len(by_unit)))
    if step:
        about = _("%(k)s de %(n)s unidades dibujadas tienen %(s)s apoyos válidos o más.",
                  k=whole(reached), n=whole(len(by_unit)), s=whole(step))  # fmt: skip
    return picture("map", _("Dónde está el apoyo"), about, pieces, width=SIDE, height=place.height)


def _figure(count: int, step: int) -> str:
    if not step:
        return whole(count)
    return f"{whole(count)}+" if count else f"<{whole(step)}"


@dataclass(frozen=True, slots=True)
class _Place:
    """From degrees (or any flat units) to the drawing: longitudes shrink with the cosine of the middle latitude."""

    west: float
    north: float
    across: float
    scale: float
    height: int

    def __call__(self, corner: Sequence[float]) -> tuple[float, float]:
        return 6 + (corner[0] - self.west) * self.across * self.scale, 6 + (self.north - corner[1]) * self.scale


def _placer(shapes: Sequence[Shape]) -> _Place:
    corners = list(_corners(shapes))
    west, east = min(x for x, _y in corners), max(x for x, _y in corners)
    south, north = min(y for _x, y in corners), max(y for _x, y in corners)
    across = math.cos(math.radians((north + south) / 2)) if abs(west) <= 180 and abs(north) <= 90 else 1.0
    wide, high = max((east - west) * across, 1e-9), max(north - south, 1e-9)
    scale = min((SIDE - 12) / wide, (SIDE - 12) / high)
    return _Place(west, north, across, scale, int(high * scale) + 12)


def _corners(shapes: Sequence[Shape]) -> Iterator[tuple[float, float]]:
    for shape in shapes:
        for ring in shape.rings:
            yield from ((x, y) for x, y in ring)


def _path(parts: Sequence[Shape], place: _Place) -> str:
    drawn = []
    for shape in parts:
        for ring in shape.rings:
            points: list[str] = []
            for corner in ring:
                x, y = place(corner)
                point = f"{x:.1f} {y:.1f}"
                if not points or points[-1] != point:
                    points.append(point)
            drawn.append("M" + "L".join(points) + "Z")
    return "".join(drawn)


def _middle(parts: Sequence[Shape], place: _Place) -> tuple[float, float]:
    """The middle of the figure that lies nearest to the middle of the unit: a label never falls on a neighbour."""
    boxes = []
    for shape in parts:
        corners = [place(corner) for corner in max(shape.rings, key=len)]
        xs, ys = [x for x, _y in corners], [y for _x, y in corners]
        boxes.append(((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2))
    x, y = sum(x for x, _y in boxes) / len(boxes), sum(y for _x, y in boxes) / len(boxes)
    return min(boxes, key=lambda box: (box[0] - x) ** 2 + (box[1] - y) ** 2)


def _empty_pattern() -> Markup:
    dots = [
        element("rect", width=10, height=10, class_="tone-ground"),
        element("circle", cx=5, cy=5, r=0.9, class_="dot"),
    ]
    pattern = element("pattern", dots, id="p-none", width=10, height=10, patternUnits="userSpaceOnUse")
    return element("defs", [pattern])
