"""A form is one document: it says the same to printer and reader, and a broken one is refused."""

import copy
import json
from pathlib import Path

import pytest

import ocr.form
from ocr.errors import Refused
from ocr.form import bundled_versions, form_from_json, form_to_json, load_form
from ocr.forms import cedula_2027_v1

HERE = Path(__file__).parent


def test_the_bundled_document_is_what_its_layout_says():
    text = Path(ocr.form.__file__).parent.joinpath("forms", "cedula-2027-v1.json").read_text("utf-8")
    assert json.loads(text) == cedula_2027_v1.lay_out()


@pytest.mark.parametrize("version", bundled_versions())
def test_a_form_survives_the_way_through_json(version):
    form = load_form(version)
    assert form_from_json(json.loads(json.dumps(form_to_json(form)))) == form


def test_the_current_form_has_the_cells_the_law_and_the_list_need():
    form = load_form()
    cells = {"clave_elector": 18, "numero_ocr": 13, "demarcacion": 3, "seccion": 4, "fecha": 6, "nombre": 1}
    assert len(form.rows) == 8
    for row in form.rows:
        assert {name: len(row.fields[name].boxes) for name in cells} == cells
        assert row.fields["firma"].kind == "ink"
    assert {a.id for a in form.anchors} >= {0, 1, 2, 3}


def test_nothing_on_the_current_form_lies_on_anything_else():
    form = load_form()
    boxes = [a.box for a in form.anchors] + [form.folio_qr, form.folio_text]
    boxes += [b for row in form.rows for f in row.fields.values() for b in f.boxes]
    for n, a in enumerate(boxes):
        for b in boxes[n + 1 :]:
            apart_x = a.x + a.w <= b.x + 1e-6 or b.x + b.w <= a.x + 1e-6
            apart_y = a.y + a.h <= b.y + 1e-6 or b.y + b.h <= a.y + 1e-6
            assert apart_x or apart_y, (a, b)


BROKEN = {
    "no rows": lambda d: d.update(rows=[]),
    "row numbers": lambda d: d["rows"][0].update(row=7),
    "off the page": lambda d: d["rows"][0]["fields"]["nombre"]["boxes"][0].__setitem__(0, 900),
    "unknown kind": lambda d: d["rows"][0]["fields"]["nombre"].update(kind="song"),
    "unknown alphabet": lambda d: d["rows"][0]["fields"]["seccion"].update(alphabet="runes"),
    "no page": lambda d: d.pop("page"),
    "not a number": lambda d: d["page"].update(width_mm="wide"),
    "aruco without id": lambda d: d["anchors"][0].pop("id"),
    "path as version": lambda d: d.update(version="../x"),
}


@pytest.mark.parametrize("breakage", BROKEN)
def test_a_broken_document_is_refused_with_a_sentence(breakage):
    document = copy.deepcopy(cedula_2027_v1.lay_out())
    BROKEN[breakage](document)
    with pytest.raises(Refused) as refused:
        form_from_json(document)
    assert refused.value.code == "form_invalid"
    assert refused.value.sentence.endswith(".")


def test_an_unknown_version_is_refused():
    with pytest.raises(Refused) as refused:
        load_form("cedula-1917")
    assert refused.value.code == "form_unknown"
