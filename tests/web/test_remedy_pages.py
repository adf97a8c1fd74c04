"""A page no eyes can read is closed by two people; a delivery under the wrong aspirante goes to whose it is."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

from PIL import Image

from service.desk.decisions import Decision, decide
from service.errors import Refused
from service.intake.deliveries import open_delivery
from service.intake.uploads import take_files
from service.store import pages, questions
from service.store.dictamenes import page_work
from service.store.findings import newest_tally
from service.store.papers import Batch
from service.store.remedies import hand_over, pages_aside

MOTIVE = "La hoja llegó mojada; en el papel se ve lo que aquí se dice."


def break_a_page(house: Any, clerk: Any, aspirante: str = "A001") -> tuple[str, int]:
    """Upload a page that the eyes refuse; its delivery and page."""
    out = io.BytesIO()
    Image.new("L", (50, 50), 9).save(out, "PNG")
    place = f"/aspirantes/{aspirante}/entregas"
    data = {"files": [(io.BytesIO(out.getvalue()), "mojada.png")]}
    answer = clerk.post(place, data, content_type="multipart/form-data")
    batch = answer.headers["Location"].rsplit("/", 1)[1]

    def refuse(_shop: Any, _lease: Any) -> None:
        raise Refused("PAGINA_ILEGIBLE", "La página no se pudo abrir; revise el archivo.")

    house.work(refuse)
    with house.store.reading() as session:
        return batch, pages_aside(session, batch)[0][0].id


def close(somebody: Any, other: Any, batch: str, page: int, rows: int) -> Any:
    place = f"/entregas/{batch}/actos"
    made = somebody.post(place, {"kind": "close", "page": str(page), "rows": str(rows), "motive": MOTIVE}, at=place)
    assert made.status_code == 303, made.text
    assert "lo debe aprobar otra persona" in somebody.get(place).text
    assert "MISMA_PERSONA" in somebody.post("/actos/1", {"answer": "approve"}, at=place).text
    return other.post("/actos/1", {"answer": "approve"}, at=place)


def test_a_page_closed_without_rows_no_longer_holds_up_a_dictamen(house: Any, person: Callable[[str], Any]) -> None:
    clerk, boss = person("captura"), person("supervisora")
    batch, page = break_a_page(house, clerk)
    with house.store.reading() as session:
        assert page_work(session, ["A001"]).faults == 1
        before = newest_tally(session, "A001").document["received"]
    short = clerk.post(f"/entregas/{batch}/actos", {"page": str(page), "rows": "0", "motive": "x"})
    assert "SIN_MOTIVO" in short.text
    assert close(clerk, boss, batch, page, 0).status_code == 303
    house.work()
    with house.store.reading() as session:
        work = page_work(session, ["A001"])
        assert (work.faults, work.open_jobs, work.unlaid, work.received - work.read) == (0, 0, 0, 0)
        assert newest_tally(session, "A001").document["received"] == before
        kinds = [event.kind for event in pages.events_page(session, None)]
    assert {"RemedyProposed", "RemedyAnswered"} <= set(kinds)
    assert "No hay páginas apartadas" in clerk.get(f"/entregas/{batch}/actos").text


def test_rows_declared_on_a_closed_page_are_records_that_the_desk_reads(
    house: Any, person: Callable[[str], Any]
) -> None:
    clerk, boss, one = person("captura"), person("supervisora"), person("revisora1")
    batch, page = break_a_page(house, clerk)
    with house.store.reading() as session:
        before = newest_tally(session, "A001").document
    close(clerk, boss, batch, page, 2)
    house.work()
    with house.store.reading() as session:
        after = newest_tally(session, "A001").document
        fresh = [(i, r) for i, r, _a in questions.open_questions(session, ["match"]) if r.row == 2]
        fresh = [(i, r) for i, r in fresh if pages.record_view(session, r.id).reading.engine == "persona:1"]
    assert after["received"] == before["received"] + 2
    assert len(fresh) == 1
    assert one.get(f"/revision/asuntos/{fresh[0][0].id}").status_code == 200


def test_a_delivery_goes_to_whose_it_is_and_both_counts_follow(house: Any, person: Callable[[str], Any]) -> None:
    clerk, boss = person("captura"), person("supervisora")
    place = "/entregas/L00002/actos"
    with house.store.reading() as session:
        before = {a: newest_tally(session, a).document["received"] for a in ("A001", "A002")}
    made = clerk.post(place, {"kind": "move", "to": "A001", "motive": MOTIVE}, at=place)
    assert made.status_code == 303, made.text
    assert "ACTO_PENDIENTE" in clerk.post(place, {"kind": "move", "to": "A001", "motive": MOTIVE}, at=place).text
    assert boss.post("/actos/1", {"answer": "approve"}, at=place).status_code == 303
    house.work()
    with house.store.reading() as session:
        after = {a: newest_tally(session, a).document["received"] for a in ("A001", "A002")}
        doubts = [sheet.doubts for sheet, _rows, _came in pages.sheets_of(session, "A001") if sheet.batch == "L00002"]
        asked = [i.id for i, r, _a in questions.open_questions(session, ["sheet"]) if r.aspirante == "A001"]
    assert after == {"A001": before["A001"] + before["A002"], "A002": 0}
    assert doubts == [["El folio es de la serie de otra persona aspirante."]]
    assert len(asked) == before["A002"]  # whose folio it is, people say
    assert person("aspirante2").get("/entregas/L00002").status_code == 404
    assert person("aspirante1").get("/entregas/L00002").status_code == 200
    for by in ("revisora1", "revisora2"):
        with house.store.writing() as session:
            decide(session, house.settings, asked[0], Decision("reject", "I9"), by=by, roles=frozenset({"revisor"}))
    house.work()
    back = boss.post(place, {"kind": "move", "to": "A002", "motive": MOTIVE}, at=place)
    assert back.status_code == 303
    clerk.post("/actos/2", {"answer": "approve"}, at=place)
    house.work()
    with house.store.reading() as session:
        assert {a: newest_tally(session, a).document["received"] for a in before} == before
        assert "I9" not in newest_tally(session, "A002").document["by_class"]
        assert not [i for i, r, _a in questions.open_questions(session, ["sheet"]) if r.aspirante == "A002"]


def test_what_follows_of_a_delivery_that_was_moved_stays_with_who_sends_it(house: Any) -> None:
    def take(shade: int) -> str:
        out = io.BytesIO()
        Image.new("L", (50, 50), shade).save(out, "PNG")
        return take_files(
            house.store, house.settings, aspirante="A002", files=[(f"{shade}.png", io.BytesIO(out.getvalue()))],
            received=dt.date(2027, 1, 12), operator="aspirante2", delivery=delivery,
        ).batch  # fmt: skip

    with house.store.writing() as session:
        delivery = open_delivery(session, "A002", "aspirante2").id
    first = take(3)
    with house.store.writing() as session:
        hand_over(session, session.get_one(Batch, first), "A001")
    second = take(4)
    with house.store.reading() as session:
        assert second != first
        assert session.get_one(Batch, second).aspirante == "A002"
