"""Whoever uploads two hundred invented keys learns nothing about the list: two worlds that differ only in the keys,
and in all that the institute made of them, read alike to the aspirante byte for byte until the originals come."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from PIL import Image
from werkzeug.routing import IntegerConverter

from ocr import folio as folios
from ocr.reading import PageReading, page_to_json
from service.access import tokens
from service.access.accounts import DEMO_PASSWORD, add_account
from service.app import create_app
from service.audiencia.acts import give_notice
from service.config import Settings
from service.desk.decisions import Decision, decide
from service.errors import Refused
from service.intake.live import seen_of
from service.intake.originals import folio_range, receive_originals
from service.intake.uploads import take_files
from service.jobs.crops import keep_crops
from service.jobs.remarks import inked_rows, remarks_of
from service.padron.lista import load_lista
from service.padron.marco import load_marco
from service.proceso.register import add_aspirante, load_proceso
from service.store import now, pages, questions, shown
from service.store.findings import newest_tally
from service.store.migrate import migrate
from service.store.papers import Reading, page_with_scan
from service.store.portal import alerts
from service.store.proceso import Aspirante, FolioRange
from service.store.remarks import ReadingNote
from service.store.work import add_job, each_event

pytestmark = pytest.mark.xdist_group("oracle")  # both worlds are built once

SHEETS, ROWS = 25, 8
RECEIVED = dt.date(2027, 1, 10)


def invented(elector: dict[str, str], number: int) -> dict[str, str]:
    """The same person under a key and an OCR number that nobody has."""
    letters = "BCDFGHJKLM"[number % 10] + "BCDFGHJKLM"[number // 10 % 10]
    clave = f"ZZXW{letters}5501{1 + number % 28:02d}09H9{number % 100:02d}"
    return {**elector, "clave_elector": clave, "numero_ocr": f"99999{number:08d}"}


def picture(serial: int) -> bytes:
    out = io.BytesIO()
    Image.new("L", (40, 40), 200 - serial).save(out, "PNG")
    return out.getvalue()


class World:
    """Twenty-five sheets of eight rows each, uploaded, read, searched, ruled; no original received."""

    def __init__(self, made: ModuleType, data: Path, *, listed: bool) -> None:
        data.mkdir()
        (data / "secret.key").write_text("la misma en los dos mundos")
        self.made = made
        self.settings = Settings(data=data, database_url=f"sqlite:///{data / 'respaldo.db'}", rehearsal=True)
        self.house = made.House(self.settings)
        self.store = self.house.store
        migrate(self.store)
        people = [e for e in made.electors() if e["numero_ocr"] and e["apellido_materno"]]
        chosen = [people[n * len(people) // (SHEETS * ROWS)] for n in range(SHEETS * ROWS)]
        self._found(people)
        rows = [made.Row(e if listed else invented(e, n)) for n, e in enumerate(chosen)]
        self.sheets = [made.SheetScript(tuple(rows[n * ROWS : (n + 1) * ROWS])) for n in range(SHEETS)]
        take_files(
            self.store, self.settings, aspirante="A001", received=RECEIVED, operator="aspirante1",
            files=[(f"hoja-{n}.png", io.BytesIO(picture(n))) for n in range(1, SHEETS + 1)],
        )  # fmt: skip
        self.house.work(self._read)

    def _found(self, people: list[dict[str, str]]) -> None:
        made, data = self.made, self.settings.data
        lines = [",".join(people[0]), *(",".join(person.values()) for person in people)]
        (data / "lista.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        with self.store.writing() as session:
            load_proceso(session, made.PROCESO_TEXT, "prueba", key=b"k" * 32)
            load_marco(session, made.SAMPLES / "marco.csv", made.PROCESO, "prueba")
        load_lista(
            self.store, self.settings, data / "lista.csv", proceso=made.PROCESO, corte=dt.date(2026, 8, 31),
            operator="prueba",
        )  # fmt: skip
        text = '[aspirante]\nnombre = "X"\ncargo = "diputacion"\nambito = "17"\nconstancia = 2026-11-19\n'
        with self.store.writing() as session:
            add_aspirante(session, made.PROCESO, text, "prueba")
            session.add(FolioRange(aspirante="A001", form="cedula-2027-v1", first=1, last=99, at=now(), by="prueba"))
            add_account(session, "aspirante1", ["aspirante"], by="x", aspirantes=["A001"], password=DEMO_PASSWORD)
            for name in ("revisora1", "revisora2"):
                add_account(session, name, ["revisor"], by="x", password=DEMO_PASSWORD)

    def _read(self, shop: Any, lease: Any) -> None:
        with shop.store.writing() as session:
            page, scan, _batch = page_with_scan(session, int(lease.subject))
            serial = int(re.search(r"\d+", scan.name)[0])
            seen: PageReading = self.made.read_sheet(self.sheets[serial - 1], folios.number(1, serial))
            crop = self.made._jpeg(Image.new("RGB", (40, 40), "white"))
            keep_crops(shop.settings, scan.sha256, page.number, dict.fromkeys(("page", *ROW_CROPS), crop))
            document = page_to_json(seen)
            reading = Reading(
                page_id=page.id, engine="guion", kind="sheet", form=seen.form, folio=seen.folio, document=document,
                at=now(),
            )  # fmt: skip
            session.add(reading)
            session.flush()
            remarks = remarks_of(document)
            note = ReadingNote(reading_id=reading.id, rows=inked_rows(document), remarks=remarks, count=len(remarks))
            session.add(note)
            self.made.finish(session, lease)

    @cached_property
    def entered(self) -> tuple[Flask, Any, str]:
        """The app, the aspirante signed in at it, and the key of the aspirante's own program."""
        app = create_app(self.settings)
        with self.store.writing() as session:
            _token, key = tokens.make_token(
                session, by="aspirante1", name="llave", scopes=tuple(tokens.Scope), days=1
            )
        return app, self.made.Person(app, "aspirante1"), key

    def review(self) -> int:
        """Two people answer every open question about a match: the key is in no list."""
        with self.store.reading() as session:
            asked = [item.id for item, _r, _a in questions.open_questions(session, ["match"])]
        answer, roles = Decision("not_in_list"), frozenset({"revisor"})
        for item in asked:
            for by in ("revisora1", "revisora2"):
                with self.store.writing() as session:
                    decide(session, self.settings, item, answer, by=by, roles=roles)
        self.house.work()
        return len(asked)


ROW_CROPS = tuple(f"row-{number}" for number in range(1, ROWS + 1))


@pytest.fixture(scope="module")
def worlds(world: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, World]]:
    folder = tmp_path_factory.mktemp("mundos")
    made = World(world, folder / "inventadas", listed=False), World(world, folder / "listadas", listed=True)
    yield made
    for one in made:
        one.entered[0].extensions["respaldo_store"].dispose()


def all_that_a_party_reaches(found: World) -> dict[str, tuple[int, str, bytes]]:
    """Every GET of the whole map, pages and programs' door, as the aspirante and as the aspirante's own program."""
    app, somebody, key = found.entered
    app.extensions.pop("respaldo_public", None)  # what was made for everyone is made anew
    with found.store.reading() as session:
        records = [line.record.id for line in pages.record_lines(session, "A001", limit=3)]
    values = {"aspirante": "A001", "batch": "L00001", "proceso": "2026-2027", "record": records[1],
              "task": "lectura-L00001", "notice": 1, "claim": 1, "evidence": 1, "dictamen": 1, "item": 1}  # fmt: skip
    answers = {}
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint.startswith(("static", "live.events", "security.")):
            continue
        with app.test_request_context():
            numbers = {name for name, one in rule._converters.items() if isinstance(one, IntegerConverter)}
            given = {name: values.get(name, 1 if name in numbers else "x") for name in rule.arguments}
            address = (app.create_url_adapter(None) or app.url_map.bind("localhost")).build(rule.endpoint, given)
        headers = {"Authorization": f"Bearer {key}"} if address.startswith("/api/v1") else {}
        answer = somebody.client.get(address, headers=headers, buffered=True)
        answers[address] = (answer.status_code, answer.mimetype, answer.data)
    for more in ("/entregas/L00001/paginas?ver=avisos", "/aspirantes/A001/renglones?desde=x", "/?x=1"):
        answer = somebody.client.get(more, buffered=True)
        answers[more] = (answer.status_code, answer.mimetype, answer.data)
    return answers


HIDDEN = [
    (rb'"X-CSRFToken": "[^"]+"|name="csrf_token" value="[^"]+"', b"token"),
    (rb"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d[.\d]*)?([+-]\d\d:\d\d|Z)?|\d\d/\d\d/\d{4} \d\d:\d\d", b"momento"),
]


def without_chance(said: bytes, found: World) -> bytes:
    """An answer without what differs by itself (tokens, moments) and without the text read, in any spelling."""
    if said.startswith(b"%PDF"):  # a PDF holds the moment it was made in several places: its text is compared
        said = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(said)).encode()
    for pattern, name in HIDDEN:
        said = re.sub(pattern, name, said)
    for sheet in found.sheets:
        for row in sheet.rows:
            for field in ("clave_elector", "numero_ocr"):
                said = said.replace(row.elector[field].encode(), b"leido")
    return said


def alike(worlds: tuple[World, World]) -> int:
    """Compare all answers of both worlds; how many were pages that opened."""
    one, other = (all_that_a_party_reaches(found) for found in worlds)
    assert one.keys() == other.keys()
    for address in one:
        (status, kind, said), (status2, kind2, said2) = one[address], other[address]
        assert (status, kind) == (status2, kind2), address
        if kind == "application/zip" or address.endswith(".xlsx"):
            continue  # packed: compared as CSV beside it
        assert without_chance(said, worlds[0]) == without_chance(said2, worlds[1]), address
    return sum(answer[0] == 200 for answer in one.values())


def test_two_hundred_invented_keys_read_like_two_hundred_listed_ones(worlds: tuple[World, World]) -> None:
    fake, true = worlds
    assert alike(worlds) >= 15
    for found, percent in ((fake, 100), (true, 0)):
        with found.store.reading() as session:
            kinds = [event.facts for event in each_event(session) if event.kind == "NotFoundRateHigh"]
            raised = alerts(session)
        assert len(kinds) == len(raised) == (1 if percent else 0)  # the institute does know, and a supervisor is told
    assert fake.review() == SHEETS * ROWS
    true.review()
    with fake.store.reading() as session:
        assert newest_tally(session, "A001").document["by_class"] == {"N": SHEETS * ROWS}
        told = shown.party_tally(session, "A001")
    assert told["by_class"] == {"Q1": SHEETS * ROWS}
    assert alike(worlds) >= 15  # nor after people answered and the law was applied
    for found in worlds:
        with found.store.writing() as session, pytest.raises(Refused, match="SIN_RENGLONES"):
            give_notice(session, "A001", "audiencia")


def test_a_party_hears_nothing_of_the_search_not_even_how_long_it_takes(worlds: tuple[World, World]) -> None:
    for found in worlds:
        with found.store.writing() as session:
            batch = pages.find_batch(session, "L00001")
            before = seen_of(session, batch, party=True)
            add_job(session, "match_page", "1", batch.id, now())
            session.flush()
            assert seen_of(session, batch, party=True) == before
            assert before.done
            assert before.matched is None
            assert not seen_of(session, batch, party=False).done
            session.rollback()


def test_once_the_original_came_each_row_says_what_became_of_it(worlds: tuple[World, World]) -> None:
    fake, true = worlds
    for found in worlds:
        found.review()
        with found.store.writing() as session:
            marks = folio_range(session.get_one(Aspirante, "A001"), "1-2")
            receive_originals(session, "A001", marks, "captura")
        found.house.work()
    with fake.store.reading() as session:
        assert shown.party_tally(session, "A001")["by_class"] == {"N": 2 * ROWS, "Q1": (SHEETS - 2) * ROWS}
    with true.store.reading() as session:
        assert shown.party_tally(session, "A001")["by_class"] == {"V": 2 * ROWS, "Q1": (SHEETS - 2) * ROWS}
