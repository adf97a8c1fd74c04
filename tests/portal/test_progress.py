"""Progress told live without holding the server, remarks of the ink alone, failed pages tried again and no others."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from service.intake import live
from service.intake.live import seen_of
from service.jobs.remarks import SENTENCES, inked_rows, remarks_of
from service.jobs.watch import watch_delivery
from service.store import now, pages
from service.store.findings import Match
from service.store.papers import Batch, Page, Record, Sheet
from service.store.portal import DeliveryAlert
from service.store.proceso import count_rows
from service.store.work import Job, batches_ready, each_event


def row(number: int = 1, *, signature: str = "yes", **texts: str) -> dict[str, Any]:
    given = {"clave_elector": "FRBRLC99110220M100", "numero_ocr": "0002000000024", "nombre": "X", "seccion": "0002",
             "fecha": "051226", **texts}  # fmt: skip
    fields = {name: {"text": text, "p": 0.99} for name, text in given.items()}
    return {"row": number, "has_ink": True, "fields": fields, "signals": [{"code": "signature", "answer": signature}]}


def page(*rows: dict[str, Any], kind: str = "sheet", folio: str | None = "0010000018") -> dict[str, Any]:
    return {"kind": kind, "folio": folio, "signals": [], "rows": list(rows)}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (page(row()), []),
        (page(row(signature="no")), [(1, "sin_firma")]),
        (page(row(signature="unknown")), [(1, "firma_dudosa")]),
        (page(row(clave_elector="", numero_ocr="")), [(1, "sin_clave")]),
        (page(row(clave_elector="")), []),  # the OCR number is enough (art. 323 párr. 9 X)
        (page(row(clave_elector="FRBR··99110220M100")), [(1, "clave_incompleta")]),
        (page(row(clave_elector="", numero_ocr="00020·0000024")), [(1, "numero_incompleto")]),
        (page(row(fecha="······")), [(1, "sin_fecha")]),
        (page(row(), folio=None), [(0, "folio")]),
        (page(kind="blank"), [(0, "en_blanco")]),
        (page(kind="foreign"), [(0, "otro_formato")]),
    ],
)
def test_remarks_say_what_the_paper_shows(document: dict[str, Any], expected: list[tuple[int, str]]) -> None:
    assert [(one["row"], one["code"]) for one in remarks_of(document)] == expected
    assert all(SENTENCES[code].endswith(".") for _row, code in expected)


def test_rows_are_counted_as_records_will_be() -> None:
    blank = {**row(2), "has_ink": False}
    assert inked_rows(page(row(), blank)) == 1
    assert inked_rows(page(kind="foreign")) == 1
    assert inked_rows(page(kind="blank")) == 0


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(live, "BEAT_SECONDS", 0.01)
    monkeypatch.setattr(live, "STREAM_SECONDS", 0.6)
    yield
    assert live._places.acquire(blocking=False)  # every stream gave its place back
    live._places.release()


def reopen(house: Any, kind: str = "read_page") -> None:
    with house.store.writing() as session:
        job = session.query(Job).filter(Job.kind == kind, Job.batch == "L00001").first()
        job.finished_at = None


def test_a_stream_tells_the_progress_ends_soon_and_gives_its_place_back(
    house: Any, person: Callable[[str], Any], short: None
) -> None:
    somebody = person("aspirante1")
    said = somebody.client.get("/entregas/L00001/eventos", buffered=True)
    assert said.mimetype == "text/event-stream"
    told = json.loads(said.text.partition("data: ")[2].partition("\n")[0])
    assert (told["pages"], told["read"], told["done"], told["matched"]) == (3, 3, True, None)
    reopen(house)
    said = somebody.client.get("/entregas/L00001/eventos", buffered=True).text
    assert said.count("event: avance") == 1  # nothing changed: the rest are heartbeats
    assert ": sigue" in said


def test_past_the_limit_the_answer_is_204_and_the_page_asks_instead(
    house: Any, person: Callable[[str], Any], short: None
) -> None:
    reopen(house)
    taken = [live._places.acquire(blocking=False) for _ in range(live.MOST_STREAMS)]
    try:
        assert all(taken)
        somebody = person("aspirante1")
        assert somebody.client.get("/entregas/L00001/eventos").status_code == 204
        assert 'hx-trigger="refresh"' in somebody.get("/entregas/L00001").text
    finally:
        for _ in taken:
            live._places.release()


def test_only_failed_pages_are_read_again_and_the_batch_is_laid_again(
    house: Any, person: Callable[[str], Any]
) -> None:
    with house.store.writing() as session:
        jobs = session.query(Job).filter(Job.kind == "read_page", Job.batch == "L00001").all()
        jobs[1].code, jobs[1].sentence = "FALLA", "Se dañó la página."
        failed = jobs[1].id
    somebody = person("aspirante1")
    text = somebody.get("/entregas/L00001").text
    assert "1 páginas con falla" in text
    assert "Se dañó la página." in somebody.get("/entregas/L00001/paginas?ver=avisos").text
    somebody.post("/entregas/L00001/reintentar", {}, at="/entregas/L00001")
    with house.store.writing() as session:
        waiting = session.query(Job).filter(Job.finished_at.is_(None), Job.kind == "read_page").all()
        assert [job.id for job in waiting] == [failed]
        assert [e.facts["pages"] for e in each_event(session) if e.kind == "PagesRetried"] == [1]
        assert batches_ready(session) == []
        waiting[0].finished_at = now()
        session.flush()
        assert batches_ready(session) == ["L00001"]
    assert person("aspirante2").client.post("/entregas/L00001/reintentar").status_code in (400, 404)


def test_a_page_list_holds_every_page_with_its_remarks(house: Any, person: Callable[[str], Any]) -> None:
    text = person("aspirante1").get("/entregas/L00001/paginas").text
    assert text.count('<th scope="row">hoja-') == 3
    assert "Renglón 2:" in text
    assert "No se ve firma o huella." in text
    with house.store.reading() as session:
        batch = pages.find_batch(session, "L00001")
        assert seen_of(session, batch, party=False).matched == 20


def deliver(session: Any, rows: int, missing: int, days_ago: float = 0.0) -> Batch:
    """A delivery of so many records, of which the list does not know some."""
    number = count_rows(session, Batch) + 1
    batch = Batch(id=f"L{number:05d}", aspirante="A001", received=dt.date(2027, 1, 10), declared_sheets=None,
                  at=now() - dt.timedelta(days=days_ago), by="x")  # fmt: skip
    old = session.query(Page).first()
    sheet = Sheet(
        id=f"{number:012d}-0001",
        aspirante="A001",
        batch=batch.id,
        page_id=1000 + number,
        folio=None,
        ink_print=b"",
        doubts=[],
    )
    session.add_all([batch, Page(id=1000 + number, scan_id=old.scan_id, number=1000 + number)])
    session.flush()
    session.add(sheet)
    session.flush()
    pattern = session.query(Match).first()
    for row in range(1, rows + 1):
        record = Record(id=f"{sheet.id}-{row:02d}", sheet=sheet.id, row=row, aspirante="A001")
        session.add(record)
        session.flush()
        if row <= missing:
            told = {c.key: getattr(pattern, c.key) for c in Match.__table__.columns if c.key != "id"}
            session.add(Match(**{**told, "record": record.id, "outcome": "missing", "cells": number * 1000 + row}))
    session.flush()
    return batch


PROCESS = "2026-2027"


def test_a_delivery_is_judged_by_all_its_rows_also_those_not_searched_yet(house: Any) -> None:
    with house.store.writing() as session:
        assert watch_delivery(session, deliver(session, 100, 39), PROCESS) is None
        raised = watch_delivery(session, deliver(session, 100, 40), PROCESS)
        assert (raised.rows, raised.missing, raised.days) == (100, 40, 0)
        assert watch_delivery(session, session.get(Batch, raised.batch), PROCESS) is None  # once


def test_many_small_deliveries_are_summed_over_some_days_and_told_once(house: Any) -> None:
    with house.store.writing() as session:
        session.query(Batch).update({"at": now() - dt.timedelta(days=30)})
        deliver(session, 25, 25, days_ago=7.1)  # too long ago
        told = [watch_delivery(session, deliver(session, 10, 10), PROCESS) for _ in range(20)]
        raised = [alert for alert in told if alert is not None]
        assert len(raised) == 1
        assert told.index(raised[0]) == 2  # the third makes thirty
        assert (raised[0].rows, raised[0].missing, raised[0].days) == (30, 30, 7)


def test_an_alert_waits_for_a_supervisor_with_a_note(house: Any, person: Callable[[str], Any]) -> None:
    with house.store.writing() as session:
        session.add(DeliveryAlert(batch="L00001", aspirante="A001", rows=40, missing=30, limit_percent=40, days=0,
                                  at=now(), answer=None, answered_at=None, answered_by=None))  # fmt: skip
    boss = person("supervisora")
    assert "/alertas" in boss.get("/").text
    assert "30 de 40" in boss.get("/alertas").text
    assert boss.post("/alertas/1", {"answer": "ya"}, at="/alertas").status_code == 422
    boss.post("/alertas/1", {"answer": "Caja mojada; se pidió digitalizar de nuevo."}, at="/alertas")
    assert "atendida" in person("auditora").get("/alertas").text
    assert person("aspirante1").get("/alertas").status_code == 403
    assert "Alertas" not in person("aspirante1").get("/").text
