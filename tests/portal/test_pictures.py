"""The pictures say what the tables say, in figures that a person can check, and differ without colour."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Refused
from service.portal.maps import Shape, draw_map, load_map, shapes_of, tone_names, tone_of
from service.portal.pictures import Count, Day, draw_bar, draw_line
from service.store.portal import map_of
from service.store.proceso import marco_in_force

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
NOWHERE = {"type": "Polygon", "coordinates": [[["nan", 0], [1, 1], [0, 1]]]}
SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@pytest.fixture
def words(app: Flask) -> Any:
    with app.test_request_context():
        yield


def parts(drawing: str, name: str, **attributes: str) -> list[ElementTree.Element]:
    return [
        node for node in ElementTree.fromstring(drawing).iter(name)
        if all(value in (node.get(key) or "") for key, value in attributes.items())
    ]  # fmt: skip


@pytest.mark.parametrize(
    "count", [Count(16, 73, 0, 47), Count(13, 10, 11, 17), Count(2000, 3, 0, 0), Count(5, 0, 0, 0), Count(1, 0, 9, 0)]
)
def test_the_bar_is_as_long_as_its_figures(words: None, count: Count) -> None:
    drawing = draw_bar(count)
    total = max(count.valid + count.pending + count.out, count.required)
    widths = {
        kind: sum(float(node.get("width")) for node in parts(drawing, "rect", **{"class": f"part {kind}"}))
        for kind in ("valid", "pending", "out")
    }
    for kind, width in widths.items():
        assert width == pytest.approx(460 * getattr(count, kind) / total, abs=0.1)
    (goal,) = parts(drawing, "line", **{"class": "goal"})
    assert float(goal.get("x1")) == pytest.approx(10 + 460 * count.required / total, abs=0.1)
    assert parts(drawing, "title")
    assert parts(drawing, "desc")


def test_the_line_rises_to_its_figures_before_the_deadline(words: None) -> None:
    first, deadline = dt.date(2026, 11, 20), dt.date(2027, 1, 18)
    days = [Day(dt.date(2026, 12, 1), 40, 20), Day(dt.date(2026, 12, 20), 100, 60)]
    drawing = draw_line(days, 80, first, deadline)
    marks = parts(drawing, "circle", **{"class": "mark received"})
    heights = [214 - float(node.get("cy")) for node in marks]
    assert heights[1] / heights[0] == pytest.approx(100 / 40, abs=0.02)
    (limit,) = parts(drawing, "line", **{"class": "deadline"})
    assert float(marks[-1].get("cx")) < float(limit.get("x1"))
    assert "Último día: 18/01/2027" in drawing
    assert "Requeridos: 80" in drawing


@given(st.integers(0, 500), st.integers(0, 500))
def test_tones_never_fall_as_counts_rise(low: int, high: int) -> None:
    most = max(low, high, 1)
    assert (tone_of(min(low, high), most) <= tone_of(max(low, high), most)) is True
    assert (tone_of(low, most) == 0) == (low == 0)
    names = tone_names(most)
    assert [tone for tone, _name in names] == sorted({tone_of(n, most) for n in range(most + 1)})


def test_a_map_names_each_unit_once_with_its_count_and_escapes_what_comes_from_outside(words: None) -> None:
    square = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    shapes = [Shape("1", "1", [square]), Shape("<b>", "2", [[(x + 1, y) for x, y in square]])]
    drawing = draw_map(shapes, {"1": 3, "<b>": 0})
    assert len(parts(drawing, "path", **{"class": "unit"})) == 2
    assert "&lt;b&gt;: 0 válidos" in drawing
    assert "<b>" not in drawing


def test_the_page_shows_bar_map_and_line_as_preliminary(house: Any, person: Callable[[str], Any]) -> None:
    somebody = person("aspirante1")
    assert "no tiene mapa" in somebody.get("/aspirantes/A001/avance").text
    with house.store.writing() as session:
        loaded = load_map(session, SAMPLES / "mapa.geojson", "2026-2027", "prueba")
        assert loaded.features == 180
    page = somebody.get("/aspirantes/A001/avance").text
    for picture in ("bar", "map", "line"):
        assert f'class="picture {picture}"' in page
    assert page.count("Preliminar.") == 3
    assert "PRELIMINAR" in page
    shown = dict(
        re.findall(r'<tr><th scope="row">(\d+)</th><td class="num">[^<]*</td><td class="num">(\d+)</td>', page)
    )
    drawn = dict(re.findall(r"<title>(\d+): (\d+) válidos</title>", page))
    assert drawn == shown
    assert sum(map(int, shown.values())) > 0


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("no es json", "GEOMETRIA"),
        ({"features": []}, "GEOMETRIA_VACIA"),
        ({"features": [{"properties": {"seccion": 7}, "geometry": {"type": "Point", "coordinates": [1, 2]}}]},
         "GEOMETRIA_VACIA"),
        ({"features": [{"properties": {}, "geometry": SQUARE}]}, "GEOMETRIA_SIN_CLAVE"),
        ({"features": [{"properties": {"seccion": 9999}, "geometry": SQUARE}]}, "GEOMETRIA_AJENA"),
        ({"features": [{"properties": {"seccion": 7}, "geometry": NOWHERE}]}, "GEOMETRIA"),
    ],
)  # fmt: skip
def test_a_geometry_that_does_not_fit_is_refused_with_a_reason(
    house: Any, tmp_path: Path, document: Any, code: str
) -> None:
    path = tmp_path / "mapa.geojson"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    with house.store.writing() as session, pytest.raises(Refused) as refused:
        load_map(session, path, "2026-2027", "prueba")
    assert refused.value.code == code


def test_whole_units_serve_where_sections_are_not_drawn(house: Any, tmp_path: Path) -> None:
    from service.jobs.lawyer import law_marco
    from service.law.dispersion import parrafo_2_units
    from service.law.records import Cargo

    square = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    features = [{"properties": {"cve_mun": str(code)}, "geometry": square} for code in range(2, 18)]
    path = tmp_path / "alcaldias.geojson"
    path.write_text(json.dumps({"features": features}), encoding="utf-8")
    with house.store.writing() as session:
        load_map(session, path, "2026-2027", "prueba")
        frame = marco_in_force(session, "2026-2027")
        units = parrafo_2_units(law_marco(session, frame), Cargo.JEFATURA, "", "secciones_distrito")
        shapes = shapes_of(map_of(session, frame).document, units, "jefatura", "")
    assert {shape.unit for shape in shapes} == set(units.electors)
