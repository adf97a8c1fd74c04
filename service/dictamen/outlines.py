"""Outlines for the map of a dictamen: a GeoJSON file becomes rings of few, whole-numbered points.

Douglas & Peucker (1973, Cartographica 10(2), 112-122) on a plane where a degree of longitude is shrunk by the
cosine of the city's latitude; points are ten-thousandths of a degree of latitude (some 11 m), so that they are
whole numbers and the frozen document stays small.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from math import cos, hypot, radians
from pathlib import Path
from typing import Any

UNIT = 10_000  # per degree of latitude
TOLERANCE = 25.0  # units, some 280 m: half a printed millimetre when the city is 105 mm tall
DETAIL = 400  # of a map 105 mm tall: a quarter of a millimetre
LATITUDE = 19.3  # of the city
SMALLEST = 12  # units: a ring narrower than this is not drawn

Point = tuple[int, int]


def outlines_of(path: Path, name_of: Callable[[Mapping[str, Any]], str]) -> dict[str, list[list[Point]]]:
    """The rings of each feature of a GeoJSON file, by the name that ``name_of`` finds in its properties.

    Raises ValueError or KeyError where the file is no collection of polygons.
    """
    found: dict[str, list[list[Point]]] = {}
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        geometry = feature["geometry"]
        polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
        rings = [simplify([_point(*pair[:2]) for pair in polygon[0]]) for polygon in polygons]
        kept = [ring for ring in rings if len(ring) > 2 and _width(ring) >= SMALLEST]
        found.setdefault(name_of(feature["properties"]), []).extend(kept)
    return found


def unit_outlines(features: Sequence[Mapping[str, Any]], unit_of: Mapping[int, str]) -> dict[str, list[list[Point]]]:
    """The rings of each unit of a contest, from the geometry loaded with the frame: its sections, or whole units.

    ``features`` as the frame keeps them (``seccion``, ``demarcacion`` or ``circunscripcion``, and ``rings`` of
    [longitude, latitude]); ``unit_of``: the unit of each section of the contest's scope. Simplified to a
    ``DETAIL``-th of the map's greater side.
    """
    known = set(unit_of.values())
    found: dict[str, list[list[Point]]] = {}
    for feature in features:
        whole = str(feature.get("circunscripcion", feature.get("demarcacion", "")))
        unit = unit_of.get(feature["seccion"]) if "seccion" in feature else whole if whole in known else None
        if unit:
            found.setdefault(unit, []).extend([_point(*pair[:2]) for pair in ring] for ring in feature["rings"])
    points = [point for rings in found.values() for ring in rings for point in ring]
    if not points:
        return {}
    across, up = (max(one[axis] for one in points) - min(one[axis] for one in points) for axis in (0, 1))
    return {
        unit: [simplify(ring, max(across, up) / DETAIL) for ring in rings] for unit, rings in sorted(found.items())
    }


def simplify(ring: Sequence[Point], tolerance: float = TOLERANCE) -> list[Point]:
    """The ring with the points that bend it by more than ``tolerance``."""
    if len(ring) < 4:
        return list(ring)
    keep = {0, len(ring) - 1}
    spans = [(0, len(ring) - 1)]
    if ring[0] == ring[-1]:  # closed: the farthest point splits it in two
        middle = max(range(len(ring)), key=lambda at: hypot(ring[at][0] - ring[0][0], ring[at][1] - ring[0][1]))
        keep.add(middle)
        spans = [(0, middle), (middle, len(ring) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        far = max(range(first + 1, last), key=lambda at: _distance(ring[at], ring[first], ring[last]))
        if _distance(ring[far], ring[first], ring[last]) > tolerance:
            keep.add(far)
            spans += [(first, far), (far, last)]
    return [ring[at] for at in sorted(keep)]


def _point(longitude: float, latitude: float) -> Point:
    return round(longitude * cos(radians(LATITUDE)) * UNIT), round(latitude * UNIT)


def _distance(point: Point, start: Point, end: Point) -> float:
    across, up = end[0] - start[0], end[1] - start[1]
    length = hypot(across, up)
    if length == 0:
        return hypot(point[0] - start[0], point[1] - start[1])
    return abs(across * (start[1] - point[1]) - (start[0] - point[0]) * up) / length


def _width(ring: Sequence[Point]) -> int:
    return max(max(x for x, _ in ring) - min(x for x, _ in ring), max(y for _, y in ring) - min(y for _, y in ring))
