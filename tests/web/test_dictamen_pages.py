"""A dictamen issued, downloaded and verified through the pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from service.dictamen.control_acts import draw_frame, open_for, seal_reading
from service.store.work import count_events


def issue(somebody: Any, **fields: str) -> Any:
    return somebody.post("/dictamenes", {"aspirante": "A001", "on": "2027-02-15", "preliminary": "1", **fields})


def test_a_preliminary_report_is_issued_downloaded_and_verified(person: Callable[[str], Any]) -> None:
    drafter = person("deapf")
    made = issue(drafter)
    assert made.status_code == 303, made.text
    place = made.headers["Location"]
    page = drafter.get(place).text
    assert "íntegro" in page
    names = re.findall(rf'href="{place}/archivos/([^"]+)"', page)
    assert {"dictamen.json", "dictamen.pdf", "annex_public.csv", "annex_confidential.csv"} <= set(names)
    document = json.loads(drafter.get(f"{place}/archivos/dictamen.json").data)
    assert document["integridad"]["raiz"] in page
    assert drafter.get(f"{place}/archivos/dictamen.pdf").data.startswith(b"%PDF")
    assert "Verificado" in drafter.post(f"{place}/verificar", {}).text


def test_who_only_observes_never_gets_the_confidential_annex(person: Callable[[str], Any]) -> None:
    place = issue(person("deapf")).headers["Location"]
    observer = person("observa")
    assert "annex_confidential" not in observer.get(place).text
    assert observer.get(f"{place}/archivos/annex_confidential.csv").status_code == 404


def test_a_changed_byte_is_named(house: Any, person: Callable[[str], Any]) -> None:
    drafter = person("deapf")
    place = issue(drafter).headers["Location"]
    annex = next((house.settings.data / "dictamenes").glob("*/annex_confidential.csv"))
    annex.chmod(0o600)
    data = bytearray(annex.read_bytes())
    data[-20] ^= 1
    annex.write_bytes(bytes(data))
    page = drafter.post(f"{place}/verificar", {}).text
    assert "Verificado:" not in page
    assert 'role="alert"' in page


def test_a_final_dictamen_says_what_is_missing(person: Callable[[str], Any]) -> None:
    refused = issue(person("deapf"), preliminary="", on="2027-01-10")
    assert refused.status_code == 422
    assert "VENTANA_ABIERTA" in refused.text


def test_a_receipt_is_for_who_may_know_of_the_record(house: Any, person: Callable[[str], Any]) -> None:
    drafter = person("deapf")
    place = issue(drafter).headers["Location"]
    annex = next((house.settings.data / "dictamenes").glob("*/annex_confidential.csv")).read_text(encoding="utf-8")
    record = annex.splitlines()[1].split(",")[0]
    told = drafter.get(f"{place}/constancia?record={record}")
    assert told.status_code == 200
    receipt = json.loads(told.data)
    assert receipt["renglon"]["record"] == record
    assert set(receipt["renglon"]) == {"record", "folio", "page", "row", "class", "reasons"}
    assert drafter.get(f"{place}/constancia?record=nadie").status_code == 422
    assert person("observa").get(f"{place}/constancia?record={record}").status_code in (403, 404)


def test_the_council_gets_its_workbook_and_the_hearing_its_packet(house: Any, person: Callable[[str], Any]) -> None:
    drafter = person("deapf")
    place = issue(drafter).headers["Location"]
    assert "consejo.xlsx" in drafter.get(place).text
    assert drafter.get(f"{place}/consejo.xlsx").data[:2] == b"PK"
    packet = drafter.get("/aspirantes/A001/expediente-de-audiencia.pdf")
    assert packet.status_code == 200
    assert packet.data.startswith(b"%PDF")
    assert "expediente-de-audiencia.pdf" in drafter.get("/aspirantes/A001").text
    observer = person("observa")
    assert "consejo.xlsx" not in observer.get(place).text
    for address in (f"{place}/consejo.xlsx", "/aspirantes/A001/expediente-de-audiencia.pdf"):
        assert observer.get(address).status_code in (403, 404)


def test_the_blind_second_look_shows_the_elector_only_after_a_key_and_traces_it(
    house: Any, person: Callable[[str], Any]
) -> None:
    machine = seal_reading(house.store, "A001", "deapf")[0]
    draw_frame(house.store, house.settings, machine.number, "4021: 07 13 22 31 40 51", 1, "deapf")
    with house.store.reading() as session:
        ((item, _),) = open_for(session, "revisora1", machine.number)
        elector = item.elector
    one, place = person("revisora1"), f"/control/{item.id}"
    assert elector not in one.get(place).text
    looked = one.post(place, {"clave": "FRBRLC99110220M100", "fecha": "", "firma": "si", "regla": "si"})
    assert (looked.status_code, looked.headers["Location"]) == (303, place)
    assert elector in one.get(place).text
    with house.store.reading() as session:
        assert count_events(session, "ListLookedUp", "revisora1", "2026") == 2
    assert one.post(place, {"misma": "si"}).status_code == 303
    assert elector not in one.get(place).text
