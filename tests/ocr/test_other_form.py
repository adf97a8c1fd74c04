"""A form that is built otherwise is read through the same door, from its document alone: portrait, one person,
squares as marks, no QR, no folio, no colours, a date of eight figures."""

import paper
import pytest

from ocr.form import form_from_json
from ocr.page import scan_page
from ocr.reading import Answer, PageKind

TEXTS = {"clave_elector": "QTNBTM87041509H300", "numero_ocr": "0999000000017", "seccion": "0999", "fecha": "03122026"}


@pytest.fixture(scope="module")
def other():
    return form_from_json(paper.other_document())


@pytest.mark.parametrize("laid", [{"skew": 1.2}, {"turn": 3, "grey": True, "dpi": 200, "skew": -0.8}])
def test_a_portrait_sheet_of_one_person_is_read_signed_and_cut(other, form, laid):
    filled = paper.fill(paper.blank_sheet(other), other, {1: {**TEXTS, "firma": paper.signature}}, pen=paper.BLACK)
    seen = scan_page(paper.scan(filled, **laid).image, [form, other])
    assert (seen.reading.kind, seen.reading.form) == (PageKind.SHEET, "individual-prueba")
    assert (seen.reading.folio, seen.reading.qr) == (None, None)
    (row,) = seen.reading.rows
    assert {name: row.text(name) for name in TEXTS} == TEXTS
    assert row.fields["demarcacion"].empty
    assert row.signal("signature").answer is Answer.YES
    assert [signal.code for signal in row.signals if signal.code in ("strike", "overwrite")] == []
    assert set(seen.crops) == {"page", "row-1"}


def test_its_copies_cannot_be_told_and_it_says_so(other):
    """Without a control strip there is nothing to tell by: never a copy, never an original."""
    filled = paper.fill(paper.blank_sheet(other), other, {1: {**TEXTS, "firma": paper.signature}}, pen=paper.BLACK)
    seen = scan_page(paper.scan(filled, grey=True).image, [other])
    (copy,) = [signal for signal in seen.reading.signals if signal.code == "copy"]
    assert copy.answer is Answer.UNKNOWN


def test_an_empty_one_gives_no_record(other):
    seen = scan_page(paper.scan(paper.blank_sheet(other)).image, [other])
    assert [row.has_ink for row in seen.reading.rows] == [False]
