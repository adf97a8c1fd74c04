"""A number in an address or a header is a number, or the request is answered as if it said none: never a fault."""

from __future__ import annotations

import base64
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest

from service.access.numbers import LARGEST, whole_number, whole_numbers
from service.portal.application import defects_of

NO_NUMBERS = ("", "-1", "+1", "1.0", "1_0", " 1", "²", "٣", "9" * 30, "9" * 5000)


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_that_a_column_holds_is_none(text: str) -> None:
    assert whole_number(text) is None


def test_numbers_up_to_the_largest_are_read() -> None:
    assert whole_number(str(LARGEST)) == LARGEST
    assert whole_number(str(LARGEST + 1)) is None
    assert whole_number("0" * 50 + "7") == 7
    assert whole_numbers(["3", "²", "", "0"]) == [3, 0]


@pytest.mark.parametrize("text", ["²", "9" * 5000])
@pytest.mark.parametrize("cargo", ["alcaldia", "diputacion"])
def test_a_strange_scope_is_a_defect_of_the_application(cargo: str, text: str) -> None:
    found = defects_of({"cargo": cargo, "ambito": text, "residencia_anios": text}, dt.date(2026, 11, 20))
    assert {"ambito", "residencia_anios"} <= {defect.field for defect in found}


@pytest.mark.parametrize("text", ["²", "9" * 30, "9" * 5000])
def test_a_strange_number_breaks_no_page(person: Callable[[str], Any], text: str) -> None:
    reviewer, party = person("revisora1"), person("aspirante1")
    assert reviewer.get(f"/revision/celdas.jpg?celdas={text}").status_code == 404
    assert reviewer.get(f"/revision/asuntos/1?tras={text}").status_code == 200
    assert party.get(f"/entregas/L00001/paginas?desde={text}").status_code == 200
    assert party.get(f"/aspirantes/A001/renglones?desde={text}-{text}").status_code == 200
    assert party.get(f"/aspirantes/A001/cotejo/relacion.txt?muestra={text}").status_code == 404
    assert person("auditora").get(f"/bitacora?antes={text}").status_code == 200
    for name, value in (("declared_sheets", text), ("declared_files", text)):
        assert party.post("/aspirantes/A001/entregas/anunciar", {name: value}).status_code == 422
    assert party.post("/aspirantes/A001/hojas", {"sheets": text}).status_code == 422


NUL_PLACES = ("/publico/aspirantes/A%00", "/entregas/L%00", "/aspirantes?x=%00", "/solicitudes?%00=1")


@pytest.mark.parametrize("place", NUL_PLACES)
def test_a_nul_is_in_no_text(person: Callable[[str], Any], place: str) -> None:
    assert person("aspirante1").get(place).status_code == 400


def test_a_nul_in_a_form_or_a_file_name_is_refused(person: Callable[[str], Any]) -> None:
    party = person("aspirante1")
    assert party.post("/publico/consulta", {"code": "A\x00"}).status_code == 400
    upload = {"files": (io.BytesIO(b"x"), "a\x00.png")}
    assert party.post("/aspirantes/A001/entregas", upload, at="/aspirantes/A001/entregas").status_code in (400, 422)


def test_a_strange_length_or_offset_is_a_bad_request(house: Any, person: Callable[[str], Any]) -> None:
    party = person("aspirante1")
    told = party.post("/aspirantes/A001/entregas/anunciar", {}).json
    words = {"delivery": told["delivery"], "filename": "hoja.png"}
    meta = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in words.items())
    head = {"Tus-Resumable": "1.0.0", "Upload-Metadata": meta, "X-CSRFToken": party.token}
    begin = {**head, "Upload-Length": "3"}
    assert party.client.post(told["place"], headers={**head, "Upload-Length": "9" * 5000}).status_code == 400
    place = party.client.post(told["place"], headers=begin).headers["Location"]
    piece = {**head, "Content-Type": "application/offset+octet-stream"}
    for offset, answer in (("9" * 5000, 400), ("²".encode().decode("latin-1"), 400), ("0", 204), ("9" * 5000, 400)):
        sent = party.client.patch(place, headers={**piece, "Upload-Offset": offset}, data=b"abc")
        assert sent.status_code == answer, offset[:5]
