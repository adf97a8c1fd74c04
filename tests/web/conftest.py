"""A small house to walk through: two rivals, four sheets, the eyes' part played by a script, the rest real.

The script says what was read on each row (it stands for ``read_page``); laying, matching, ruling, review, hearing
and every page are the house's own.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import html5lib
import numpy as np
import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient
from PIL import Image, ImageDraw, ImageFont
from werkzeug.serving import make_server

from ocr import folio as folios
from ocr.form import load_form
from ocr.reading import (
    ALPHABET,
    Answer,
    FieldReading,
    PageKind,
    PageReading,
    RowReading,
    Signal,
    page_to_json,
)
from service.access.accounts import DEMO_PASSWORD, add_demo_accounts
from service.app import create_app
from service.audiencia.acts import give_notice, make_claim
from service.config import Settings
from service.intake.originals import folio_range, receive_originals
from service.intake.uploads import take_files
from service.jobs.crops import keep_crops
from service.jobs.handlers import HANDLERS
from service.jobs.queue import Lease, Workshop, finish, perform_next
from service.padron.lista import load_lista
from service.padron.marco import load_marco
from service.padron.parameters import propose
from service.proceso.register import add_aspirante, load_proceso
from service.store import Store, now, pages
from service.store.migrate import migrate
from service.store.papers import Reading, page_with_scan
from service.store.proceso import Aspirante, FolioRange

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PROCESO = "2026-2027"
RECEIVED = dt.date(2027, 1, 10)
PROCESO_TEXT = """
[proceso]
clave = "2026-2027"
nombre = "Proceso de prueba"
jornada = 2027-06-06
corte_umbral = 2026-08-31
apertura_registro = 2027-03-22
[[ventana]]
cargo = "diputacion"
desde = 2026-11-20
hasta = 2027-01-18
[parametros]
plazo_audiencia_horas = 120
"""


@dataclass(frozen=True)
class Row:
    """One row as the script's eyes see it. ``certainty`` below 0.9 marks the cells of the clave as doubtful."""

    elector: dict[str, str]
    fecha: str = "051226"
    certainty: float = 0.995
    signed: bool = True
    struck: bool = False


@dataclass(frozen=True)
class SheetScript:
    """One sheet of the script."""

    rows: tuple[Row, ...]
    copy: bool = False


def lattice(text: str, certainty: float) -> Any:
    """Log-probabilities of a text read with the same certainty in each cell."""
    rest = np.log((1 - certainty) / (len(ALPHABET) - 1))
    cells = np.full((len(text), len(ALPHABET)), rest, dtype=np.float32)
    for cell, character in enumerate(text):
        cells[cell, ALPHABET.index(character)] = np.log(certainty)
    return cells


def comb(name: str, text: str, certainty: float) -> FieldReading:
    return FieldReading(name, text, certainty ** len(text), lattice(text, certainty))


def read_row(number: int, row: Row) -> RowReading:
    e = row.elector
    name = f"{e['nombre']} {e['apellido_paterno']} {e['apellido_materno']}".strip()
    sure = 0.995
    fields = [
        FieldReading("nombre", name, 0.9, None, ((name, 0.9),)),
        comb("fecha", row.fecha, sure if row.fecha.isdigit() else 0.5),
        comb("demarcacion", "005", sure),
        comb("seccion", e["seccion"].zfill(4), sure),
        comb("clave_elector", e["clave_elector"], row.certainty),
        comb("numero_ocr", e["numero_ocr"].ljust(13, "·"), sure),
    ]
    answer = Answer.YES if row.signed else Answer.NO
    signals = [Signal("signature", answer, 0.9, "Hay trazos." if row.signed else "No se ven trazos en la firma.")]
    if row.struck:
        signals.append(Signal("strike", Answer.YES, 0.8, "Una línea cruza el renglón."))
    return RowReading(number, True, {field.name: field for field in fields}, tuple(signals))


def read_sheet(script: SheetScript, folio: str) -> PageReading:
    signals = (Signal("copy", Answer.YES, 0.7, "Sin variación de tinta."),) if script.copy else ()
    return PageReading(
        kind=PageKind.SHEET,
        engine="guion",
        form="cedula-2027-v1",
        folio=folio,
        rows=tuple(read_row(number, row) for number, row in enumerate(script.rows, 1)),
        signals=signals,
    )


def draw_sheet(script: SheetScript, folio: str) -> tuple[bytes, dict[str, bytes]]:
    """A picture of the sheet (PNG) and its crops (JPEG), four dots a millimetre."""
    form, scale = load_form(), 4
    image = Image.new("RGB", (int(form.width_mm * scale), int(form.height_mm * scale)), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(size=20)
    pen.text((60, 40), f"FOLIO {folio}", fill="black", font=font)
    for number, row in enumerate(script.rows, 1):
        layout = form.rows[number - 1]
        e = row.elector
        texts = {
            "nombre": f"{e['nombre']} {e['apellido_paterno']}",
            "fecha": row.fecha,
            "seccion": e["seccion"].zfill(4),
            "clave_elector": e["clave_elector"],
            "numero_ocr": e["numero_ocr"],
        }
        for name, text in texts.items():
            boxes = layout.fields[name].boxes
            pieces = [text] if len(boxes) == 1 else list(text)
            for box, piece in zip(boxes, pieces, strict=False):
                pen.rectangle(
                    (box.x * scale, box.y * scale, (box.x + box.w) * scale, (box.y + box.h) * scale), outline="gray"
                )
                pen.text((box.x * scale + 4, box.y * scale + 2), piece, fill="navy", font=font)
        box = layout.fields["firma"].box
        if row.signed:
            pen.line(
                [(box.x * scale + 10 + k * 9, (box.y + 5 + (k * 7) % 9) * scale) for k in range(20)],
                fill="navy",
                width=3,
            )
    whole = io.BytesIO()
    image.save(whole, "PNG")
    crops = {"page": _jpeg(image)}
    for number in range(1, len(script.rows) + 1):
        frame = form.rows[number - 1].frame
        corner = (frame.x * scale, frame.y * scale, (frame.x + frame.w) * scale, (frame.y + frame.h) * scale)
        crops[f"row-{number}"] = _jpeg(image.crop(tuple(int(v) for v in corner)))
    return whole.getvalue(), crops


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


class House:
    """A data folder with the script's world in it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.database_url)

    def work(self, read: Callable[[Workshop, Lease], None] | None = None) -> None:
        """Do every job that is open."""
        handlers = dict(HANDLERS)
        if read is not None:
            handlers["read_page"] = read
        while perform_next(Workshop(self.store, self.settings), handlers):
            pass


def electors() -> list[dict[str, str]]:
    """Electors in force of district 17 of the samples' fictional list."""
    with (SAMPLES / "marco.csv").open(encoding="utf-8") as file:
        inside = {row["seccion"] for row in csv.DictReader(file) if row["distrito_local"] == "17"}
    with (SAMPLES / "lista_nominal.csv").open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["seccion"] in inside and row["situacion"] == "VIGENTE"]


def scripts() -> dict[str, list[SheetScript]]:
    """What each aspirante's sheets say. The first row of both is the same person, later for the second."""
    people = [e for e in electors() if e["numero_ocr"] and e["apellido_materno"]]
    step = people[:: max(1, len(people) // 60)]
    stranger = {**step[20], "clave_elector": "ZZXWVK55010109H999", "numero_ocr": "9999999999999",
                "nombre": "XENOBIO", "apellido_paterno": "ZZYZX", "apellido_materno": "QUUXWW"}  # fmt: skip
    first = [
        SheetScript(
            (
                Row(step[0], fecha="011226"),
                Row(step[1], signed=False),
                Row(step[2], struck=True),
                Row(stranger),
                Row(step[4], fecha="······"),
                Row({**step[5], "numero_ocr": ""}, certainty=0.3),
                Row(step[6], signed=False),
                Row(step[7]),
            )
        ),
        SheetScript(tuple(Row(e) for e in step[8:12]), copy=True),
        SheetScript(tuple(Row(e, signed=False) for e in step[12:20])),
    ]
    second = [SheetScript((Row(step[0], fecha="101226"), *(Row(e) for e in step[30:36])))]
    return {"A001": first, "A002": second}


@pytest.fixture(scope="session")
def built_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world, built once; tests copy it."""
    return build(tmp_path_factory.mktemp("casa") / "data")


def build(data: Path) -> Path:
    """Make the world in an empty folder."""
    data.mkdir()
    settings = Settings(data=data, database_url=f"sqlite:///{data / 'respaldo.db'}", rehearsal=True)
    house = House(settings)
    migrate(house.store)
    with house.store.writing() as session:
        load_proceso(session, PROCESO_TEXT, "prueba")
        load_marco(session, SAMPLES / "marco.csv", PROCESO, "prueba")
    lista = data / "lista.csv"
    chosen = electors()
    with lista.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(chosen[0]))
        writer.writeheader()
        writer.writerows(chosen)
    load_lista(house.store, settings, lista, proceso=PROCESO, corte=dt.date(2026, 8, 31), operator="prueba")
    readings: dict[str, tuple[PageReading, dict[str, bytes]]] = {}
    for number, (aspirante, sheets) in enumerate(scripts().items(), 1):
        with house.store.writing() as session:
            toml = (
                f'[aspirante]\nnombre = "ASPIRANTE DE PRUEBA {number}"\ncargo = "diputacion"\nambito = "17"\n'
                "constancia = 2026-11-19\n"
            )
            row = add_aspirante(session, PROCESO, toml, "prueba")
            assert row.id == aspirante
            session.add(FolioRange(aspirante=row.id, form="cedula-2027-v1", first=1, last=50, at=now(), by="prueba"))
        files = []
        for serial, script in enumerate(sheets, 1):
            folio = folios.number(number, serial)
            picture, crops = draw_sheet(script, folio)
            reading = replace(read_sheet(script, folio), ink_print=os.urandom(32))
            files.append((f"hoja-{serial}.png", picture))
            readings[_sha256(picture)] = (reading, crops)
        take_files(
            house.store, settings, aspirante=aspirante,
            files=[(name, io.BytesIO(data)) for name, data in files], received=RECEIVED, operator="prueba",
            declared_sheets=len(files),
        )  # fmt: skip

    def read(shop: Workshop, lease: Lease) -> None:
        with shop.store.writing() as session:
            page, scan, _batch = page_with_scan(session, int(lease.subject))
            reading, crops = readings[scan.sha256]
            keep_crops(shop.settings, scan.sha256, page.number, crops)
            session.add(
                Reading(
                    page_id=page.id, engine="guion", kind="sheet", form=reading.form, folio=reading.folio,
                    document=page_to_json(reading), at=now(),
                )
            )  # fmt: skip
            finish(session, lease)

    house.work(read)
    with house.store.writing() as session:
        for aspirante in scripts():
            receive_originals(session, aspirante, folio_range(session.get_one(Aspirante, aspirante), "1-3"), "prueba")
        add_demo_accounts(session, list(scripts()))
    house.work(read)
    house.store.dispose()
    return data


def _sha256(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def house(built_house: Path, tmp_path: Path) -> Iterator[House]:
    """A copy of the world that the test may change."""
    data = tmp_path / "data"
    shutil.copytree(built_house, data)
    found = House(Settings(data=data, database_url=f"sqlite:///{data / 'respaldo.db'}", rehearsal=True))
    yield found
    found.store.dispose()


@pytest.fixture
def app(house: House) -> Iterator[Flask]:
    made = create_app(house.settings)
    wrong = looked_over(made)
    yield made
    made.extensions["respaldo_store"].dispose()
    assert wrong == []


def looked_over(app: Flask) -> list[str]:
    """What is wrong with the pages the app gives out from now on, whoever fetches them and however."""
    wrong: list[str] = []

    @app.after_request
    def look(answer: Response) -> Response:
        try:
            check_page(answer, request.full_path)
        except (AssertionError, html5lib.html5parser.ParseError) as fault:
            wrong.append(f"{request.method} {request.full_path}: {fault!r}")
        return answer

    return wrong


class Person:
    """Somebody at a browser without script: every page they get must be valid HTML with title and labels."""

    def __init__(self, app: Flask, username: str = "", password: str = DEMO_PASSWORD) -> None:
        self.client: FlaskClient = app.test_client()
        self.username, self.token = username, ""
        if username:
            answer = self.post("/entrar", {"username": username, "password": password}, at="/entrar")
            assert answer.status_code == 302, answer.text

    def get(self, url: str, **options: Any) -> Any:
        answer = self.client.get(url, buffered=True, **options)
        check_page(answer, url)
        return answer

    def post(self, url: str, data: dict[str, Any], *, at: str = "/cuenta", **options: Any) -> Any:
        """Post a form as the page ``at`` would, with its token (empty: as the page last posted to would)."""
        if at:
            self.token = token_of(self.client.get(at).text)
        answer = self.client.post(url, data={"csrf_token": self.token, **data}, **options)
        check_page(answer, url)
        return answer


def token_of(page: str) -> str:
    marker = '"X-CSRFToken": "'
    start = page.index(marker) + len(marker)
    return page[start : page.index('"', start)]


def check_page(answer: Any, url: str) -> None:
    """Valid HTML (html5lib, strict), with language, title, and a label for every field."""
    if answer.mimetype != "text/html" or 300 <= answer.status_code < 400:
        return
    text = answer.get_data(as_text=True)
    bare = hash(TOKEN.sub("", text))
    if not text or bare in FOUND_GOOD:
        return
    if "<html" not in text:
        around = "tbody" if text.lstrip().startswith("<tr") else "div"
        html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(text, container=around)
        return
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    assert page.get("lang") == "es-MX", url
    title = page.find(".//title")
    assert title is not None, url
    assert (title.text or "").strip(), url
    ids = [node.get("id") for node in page.iter() if isinstance(node.tag, str) and node.get("id")]
    assert len(ids) == len(set(ids)), (url, sorted({i for i in ids if ids.count(i) > 1}))
    labelled = {node.get("for") for node in page.iter("label")}
    for tag in ("input", "select", "textarea"):
        for node in page.iter(tag):
            if node.get("type") in ("hidden", "submit"):
                continue
            assert node.get("id") in labelled or node.get("aria-label"), (url, node.attrib)
    for image in page.iter("img"):
        assert image.get("alt") is not None, url
    for node in page.iter():
        if isinstance(node.tag, str):
            assert not node.get("style"), f"{url}: inline style"
            assert not [name for name in node.attrib if str(name).startswith("on")], f"{url}: inline script"
    FOUND_GOOD.add(bare)


TOKEN = re.compile(r'(?<="X-CSRFToken": ")[^"]+|(?<=name="csrf_token" value=")[^"]+')
FOUND_GOOD: set[int] = set()
"""Pages that were looked at before: a refusal reads the same a hundred times."""


@pytest.fixture
def person(app: Flask) -> Callable[[str], Person]:
    return lambda username: Person(app, username)


@contextmanager
def serving(settings: Settings, *, second_factor: bool | None = None) -> Iterator[str]:
    """The app on a free port of the loopback, with threads, until the block ends."""
    made = create_app(settings, second_factor=second_factor)
    wrong = looked_over(made)
    server = make_server("127.0.0.1", 0, made, threaded=True)
    runner = threading.Thread(target=server.serve_forever, daemon=True)
    runner.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    runner.join(10)
    server.server_close()
    made.extensions["respaldo_store"].dispose()
    assert wrong == []


@pytest.fixture
def served(house: House) -> Iterator[str]:
    with serving(house.settings) as place:
        yield place


@pytest.fixture
def served_strictly(house: House) -> Iterator[str]:
    """As outside rehearsal: staff enter with a second factor."""
    with serving(house.settings, second_factor=True) as place:
        yield place


@pytest.fixture(scope="module")
def looked_at(built_house: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One served copy of the world, with a claim in a hearing and a parameter proposed, for tests that only look."""
    data = tmp_path_factory.mktemp("vista") / "data"
    shutil.copytree(built_house, data)
    settings = Settings(data=data, database_url=f"sqlite:///{data / 'respaldo.db'}", rehearsal=True)
    store = Store(settings.database_url)
    with store.writing() as session:
        notice = give_notice(session, "A001", "audiencia")
        lost = pages.record_lines(session, "A001", classes=["D2"])[0].record.id
        told = [("hoja.pdf", io.BytesIO(b"%PDF-1.7"))]
        make_claim(session, settings, notice, records=[lost], text="Es otra fecha.", files=told, by="aspirante1")
    propose(
        store,
        PROCESO,
        parametro="regla_empate",
        valor="ninguno",
        acuerdo="A-1",
        since=dt.date(2026, 11, 1),
        by="admin2",
    )
    store.dispose()
    with serving(settings) as place:
        yield place


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Flask-Security 5.9 builds a form the way WTForms 3.3 no longer likes: theirs to mend, nothing of ours.
    theirs = pytest.mark.filterwarnings("ignore:Passing SelectField choices:DeprecationWarning")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(theirs)


@pytest.fixture
def make_person() -> type[Person]:
    return Person
