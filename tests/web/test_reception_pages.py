"""Upload, receipt, progress and originals through the pages."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import Any

from PIL import Image

from ocr.folio import format as folio_format
from ocr.folio import number
from service.folio import sign
from service.store import pages
from service.store.proceso import Proceso


def png(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("L", (60, 40), shade).save(out, "PNG")
    return out.getvalue()


def upload(somebody: Any, files: list[tuple[str, bytes]], **fields: str) -> Any:
    data = {"files": [(io.BytesIO(data), name) for name, data in files], **fields}
    return somebody.post("/aspirantes/A001/entregas", data, content_type="multipart/form-data")


def test_many_files_get_a_receipt_each_with_its_hash(person: Callable[[str], Any]) -> None:
    clerk = person("captura")
    files = [("a.png", png(10)), ("b.png", png(20))]
    answer = upload(clerk, files, received="2027-01-15", declared_sheets="2")
    assert answer.status_code == 303
    page = clerk.get(answer.headers["Location"]).text
    for name, data in files:
        assert name in page
        assert hashlib.sha256(data).hexdigest() in page
    assert "15/01/2027" in page


def test_a_duplicate_is_named_with_its_batch_and_a_broken_file_with_its_cause(
    house: Any, person: Callable[[str], Any]
) -> None:
    clerk = person("captura")
    first = upload(clerk, [("a.png", png(30))])
    batch = first.headers["Location"].rsplit("/", 1)[1]
    again = upload(clerk, [("otra.png", png(30)), ("vacio.pdf", b""), ("c.png", png(31))])
    page = clerk.get(again.headers["Location"]).text
    assert batch in page
    assert "ARCHIVO_REPETIDO" in page
    assert page.count("no se tomó") == 2
    only_bad = upload(clerk, [("otra.png", png(30))])
    assert only_bad.status_code == 422
    assert batch in only_bad.text


def test_progress_is_one_partial_that_polls_until_all_is_done(house: Any, person: Callable[[str], Any]) -> None:
    clerk = person("captura")
    place = upload(clerk, [("a.png", png(40))]).headers["Location"]
    waiting = clerk.get(f"{place}/avance").text
    assert "Página 0 de 1" in waiting
    assert 'hx-trigger="refresh"' in waiting  # by the stream, or by the clock where there is none (live.js)
    done = clerk.get("/entregas/L00001/avance").text
    assert "Página 3 de 3, renglón 20<" in done
    assert "hx-trigger" not in done
    assert done.strip() in clerk.get("/entregas/L00001").text


def test_a_party_delivers_for_itself_and_cannot_choose_the_day(house: Any, person: Callable[[str], Any]) -> None:
    party = person("aspirante1")
    answer = upload(party, [("a.png", png(50))], received="2026-01-01")
    with house.store.reading() as session:
        batch = pages.find_batch(session, answer.headers["Location"].rsplit("/", 1)[1])
    assert batch.received.year != 2026 or batch.received.month != 1
    other = person("aspirante2")
    assert upload(other, [("b.png", png(51))]).status_code == 404


def test_originals_are_received_by_range_gun_or_sheet_and_reconciled(
    house: Any, person: Callable[[str], Any]
) -> None:
    clerk = person("captura")
    page = clerk.get("/aspirantes/A002/originales").text
    assert "cotejado" in page
    answer = clerk.post("/aspirantes/A002/originales", {"first": "10", "last": "12"})
    assert answer.status_code == 303
    assert "Originales recibidos que no se han escaneado" in clerk.get("/aspirantes/A002/originales").text
    refused = clerk.post("/aspirantes/A002/originales", {"folios": "001-000001-9"})
    assert refused.status_code == 422
    assert "FOLIO" in refused.text
    with house.store.reading() as session:
        key = session.get_one(Proceso, "2026-2027").key
    scanned = sign(number(2, 20), "cedula-2027-v1", key)
    altered = scanned.replace(".0020", ".0010")
    turned = scanned.swapcase().replace("-", "'")  # capitals locked, on a Spanish keyboard
    forged = clerk.post("/aspirantes/A002/originales", {"folios": f"{scanned}\n{altered}\n"})
    assert "FOLIO_FALSO" in forged.text
    gun = clerk.post("/aspirantes/A002/originales", {"folios": f"{scanned}\n{turned}\r\n"})
    assert gun.status_code == 303
    page = clerk.get("/aspirantes/A002/originales").text
    assert "1 originales recibidos" in page
    assert folio_format(number(2, 20)) in page
    empty = clerk.post("/aspirantes/A002/originales", {})
    assert "SIN_FOLIOS" in empty.text
