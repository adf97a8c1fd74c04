"""Five hundred pages through a line that breaks three times, against the real server in a process of its own."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import http.client
import io
import multiprocessing
import os
import re
import socket
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
import waitress
from PIL import Image

from service.access.accounts import DEMO_PASSWORD, add_account
from service.app import create_app
from service.audit.chain import broken_links
from service.config import Settings
from service.intake import deliveries
from service.intake.progress import batch_document
from service.proceso.register import load_proceso
from service.serving import tidy
from service.store import Store
from service.store.files import ContentStore
from service.store.migrate import migrate
from service.store.papers import Page, Scan
from service.store.proceso import Aspirante, count_rows
from service.store.uploads import PartialUpload
from service.store.work import Job

PIECE = 50_000
FILES, PAGES = 20, 25


def drawn(number: int) -> bytes:
    """A TIFF of 25 pages that no other number gives."""
    pages = [Image.new("L", (64, 48), (number * 7 + page) % 256) for page in range(PAGES)]
    pages[0].putpixel((number % 64, number // 64), 255 - pages[0].getpixel((0, 0)))
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    return out.getvalue()


class Server:
    """The pages behind Waitress in a process of their own, that a test may kill."""

    def __init__(self, settings: Settings) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.settings = settings

    def start(self) -> None:
        self.process = multiprocessing.get_context("fork").Process(target=self._serve)
        self.process.start()
        for _ in range(1200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        pytest.fail("the server did not start")

    def _serve(self) -> None:
        waitress.serve(create_app(self.settings), host="127.0.0.1", port=self.port, threads=4, ident=None)

    def kill(self) -> None:
        self.process.kill()  # SIGKILL: nothing is closed, nothing is said
        self.process.join()


class Sender:
    """A sender that speaks tus 1.0.0 over plain sockets, so that a test decides where the line breaks."""

    def __init__(self, port: int, username: str) -> None:
        self.port, self.cookie, self.token = port, "", ""
        self.token = self._token()
        form = {"username": username, "password": DEMO_PASSWORD, "csrf_token": self.token}
        status, _, _ = self.ask("POST", "/entrar", urllib.parse.urlencode(form).encode(), FORM)
        assert status == 302
        self.token = self._token("/cuenta")

    def _token(self, at: str = "/entrar") -> str:
        return re.search(r'"X-CSRFToken": "([^"]+)"', self.ask("GET", at)[2].decode())[1]

    def ask(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None):
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        line.request(method, path, body, self.headers(headers or {}))
        answer = line.getresponse()
        said = answer.status, dict(answer.getheaders()), answer.read()
        for name, value in answer.getheaders():
            if name == "Set-Cookie" and value.startswith("respaldo="):
                self.cookie = value.partition(";")[0]
        line.close()
        return said

    def headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Cookie": self.cookie, "X-CSRFToken": self.token, **more}

    def announce(self, **form: str) -> str:
        body = urllib.parse.urlencode(form).encode()
        status, _, said = self.ask("POST", "/aspirantes/A001/entregas/anunciar", body, FORM)
        assert status == 200, said
        return re.search(rb'"delivery": ?"([0-9a-f]{32})"', said)[1].decode()

    def create(self, delivery: str, name: str, size: int) -> tuple[int, str]:
        pairs = {"filename": name, "delivery": delivery}
        told = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())
        status, headers, _ = self.ask(
            "POST", "/aspirantes/A001/cargas", b"", {**TUS, "Upload-Length": str(size), "Upload-Metadata": told}
        )
        return status, headers.get("Location", "")

    def offset(self, place: str) -> int:
        status, headers, _ = self.ask("HEAD", place, b"", TUS)
        assert status == 200, status
        return int(headers["Upload-Offset"])

    def patch(self, place: str, offset: int, piece: bytes) -> int:
        return self.ask("PATCH", place, piece, {**TUS, **OCTETS, "Upload-Offset": str(offset)})[0]

    def cut(self, place: str, offset: int, piece: bytes, sent: int) -> None:
        """Announce a whole piece, send ``sent`` bytes of it, and break the line without hearing the answer."""
        head = {**TUS, **OCTETS, "Upload-Offset": str(offset), "Content-Length": str(len(piece)), "Host": "localhost"}
        lines = "".join(f"{name}: {value}\r\n" for name, value in self.headers(head).items())
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as line:
            line.sendall(f"PATCH {place} HTTP/1.1\r\n{lines}\r\n".encode() + piece[:sent])
            time.sleep(0.2)

    def send(self, place: str, data: bytes) -> None:
        """Go on from where the server says, to the end."""
        at = self.offset(place)
        while at < len(data):
            assert self.patch(place, at, data[at : at + PIECE]) == 204
            at += len(data[at : at + PIECE])


TUS = {"Tus-Resumable": "1.0.0"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
OCTETS = {"Content-Type": "application/offset+octet-stream"}


@pytest.fixture
def house(tmp_path: Path, made) -> Iterator[tuple[Store, Settings]]:
    data = tmp_path / "data"
    data.mkdir()
    settings = Settings(data=data, database_url=f"sqlite:///{data / 'respaldo.db'}", rehearsal=True)
    store = Store(settings.database_url)
    migrate(store)
    with store.writing() as session:
        load_proceso(session, made.PROCESO, "prueba")
    for ambito in ("17", "18"):
        made.add_person(store, ambito)
    with store.writing() as session:
        for name, role, own in (("aspirante1", "aspirante", ["A001"]), ("aspirante2", "aspirante", ["A002"]),
                                ("captura", "capturista", [])):  # fmt: skip
            add_account(session, name, [role], by="prueba", aspirantes=own, password=DEMO_PASSWORD)
    yield store, settings
    store.dispose()


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(deliveries, "MOST_OPEN", 4)
    return 4


@pytest.fixture
def server(house: tuple[Store, Settings]) -> Iterator[Server]:
    found = Server(house[1])
    found.start()
    yield found
    found.kill()


def test_five_hundred_pages_cut_three_times_arrive_once_each(house: tuple[Store, Settings], server: Server) -> None:
    store, settings = house
    sender = Sender(server.port, "aspirante1")
    files = {f"caja-{n // 10}/hojas-{n:02d}.tif": drawn(n) for n in range(FILES)}
    delivery = sender.announce(declared_files=str(FILES), declared_sheets=str(FILES * PAGES))
    for number, (name, data) in enumerate(files.items()):
        assert len(data) > 1.5 * PIECE
        status, place = sender.create(delivery, name, len(data))
        assert status == 201
        if number == 3:  # first cut: the line breaks in the middle of a piece
            assert sender.patch(place, 0, data[:PIECE]) == 204
            sender.cut(place, PIECE, data[PIECE:], 1_000)
            assert sender.offset(place) >= PIECE
        if number == 9:  # second cut: the server is killed between two pieces of one file
            assert sender.patch(place, 0, data[:PIECE]) == 204
            sender.cut(place, PIECE, data[PIECE:], 7_777)
            server.kill()
            server.start()
            assert sender.offset(place) >= PIECE
        if number == 15:  # third cut: all bytes came, the answer was never heard, and the server was killed
            sender.cut(place, 0, data, len(data))
            server.kill()
            server.start()
        sender.send(place, data)
        status, headers, said = sender.ask("GET", f"{place}/acuse")  # each file has its receipt at once
        assert hashlib.sha256(data).hexdigest() in said.decode()
        assert headers["X-Location"] == "/entregas/L00001"
        assert sender.patch(place, len(data), b"") == 204  # saying the end again takes nothing twice
    with store.reading() as session:
        document = batch_document(session, "L00001")
        numbers = [(page.scan_id, page.number) for page in session.query(Page)]
        assert count_rows(session, Scan) == FILES
        assert session.query(Job).filter(Job.kind == "read_page").count() == FILES * PAGES
        assert list(broken_links(session)) == []
    assert len(numbers) == len(set(numbers)) == FILES * PAGES
    assert {f["name"]: f["sha256"] for f in document["files"]} == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items()
    }
    assert all([p["page"] for p in f["pages"]] == list(range(1, PAGES + 1)) for f in document["files"])
    content = ContentStore(settings.scans)
    assert all(content.path(f["sha256"]).read_bytes() == files[f["name"]] for f in document["files"])
    assert list((settings.data / "cargas").iterdir()) == []


def test_a_file_on_its_way_is_its_senders_alone_and_ends(
    house: tuple[Store, Settings], few_at_once: int, server: Server
) -> None:
    store, settings = house
    sender, rival = Sender(server.port, "aspirante1"), Sender(server.port, "aspirante2")
    staff = Sender(server.port, "captura")
    delivery, data = sender.announce(), drawn(1)
    _, place = sender.create(delivery, "uno.tif", len(data))
    for stranger in (rival, staff):
        assert stranger.ask("HEAD", place, b"", TUS)[0] == 404
        assert stranger.patch(place, 0, data[:10]) == 404
        assert stranger.ask("DELETE", place, b"", TUS)[0] == 404
    assert rival.create(delivery, "x.tif", 10)[0] == 404  # not even the aspirante exists for a rival
    assert staff.create(delivery, "x.tif", 10)[0] == 422  # nor can staff add to what a party announced
    assert sender.patch(place, 5, data[:10]) == 409
    assert sender.ask("HEAD", place)[0] == 412
    assert sender.create(delivery, "grande.tif", (settings.max_upload_mb << 20) + 1)[0] == 413
    statuses = [sender.create(delivery, f"{n}.tif", 1)[0] for n in range(few_at_once + 2)]
    assert statuses == [201] * (few_at_once - 1) + [429] * 3  # one was on its way already
    # A day without news, and its bytes are given up; its line says so.
    path = settings.data / "cargas" / place.rpartition("/")[2]
    os.utime(path, (time.time() - 90_000,) * 2)
    assert "Upload-Expires" in sender.ask("HEAD", place, b"", TUS)[1]
    sender.create(delivery, "otro.tif", 10)
    assert sender.ask("HEAD", place, b"", TUS)[0] == 410
    assert not path.exists()
    with store.reading() as session:
        assert session.get(PartialUpload, path.name).ending == "expired"
        assert session.get(Aspirante, "A001") is not None


def test_bytes_left_where_a_process_died_are_erased(house: tuple[Store, Settings], monkeypatch) -> None:
    store, settings = house
    with store.writing() as session:
        delivery = deliveries.open_delivery(session, "A001", "aspirante1")
        taken, waiting = (deliveries.begin_upload(session, settings, delivery, n, 5) for n in ("uno", "dos"))
    folder = settings.data / "cargas"
    monkeypatch.setattr(deliveries.Path, "unlink", lambda *_words, **_more: None)  # the process dies right before it
    deliveries.add_bytes(settings, taken, 0, io.BytesIO(b"12345"))
    deliveries.finish_upload(store, settings, taken.id, dt.date(2027, 1, 10))
    monkeypatch.undo()
    for name, age in (("f" * 32, 90_000), ("e" * 32, 0)):  # of these no line knows: one is a day old
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (time.time() - age,) * 2)
    assert {path.name for path in folder.iterdir()} == {taken.id, waiting.id, "f" * 32, "e" * 32}
    tidy(settings)
    assert {path.name for path in folder.iterdir()} == {waiting.id, "e" * 32}


def test_a_file_whose_bytes_are_gone_is_gone(house: tuple[Store, Settings], server: Server) -> None:
    sender = Sender(server.port, "aspirante1")
    _, place = sender.create(sender.announce(), "uno.tif", 10)
    (house[1].data / "cargas" / place.rpartition("/")[2]).unlink()
    assert sender.patch(place, 0, b"12345") == 410


def test_the_same_bytes_sent_again_name_the_batch_they_stand_in(
    house: tuple[Store, Settings], server: Server
) -> None:
    sender = Sender(server.port, "aspirante1")
    for expected in ("recibido", "L00001"):
        _, place = sender.create(sender.announce(), "uno.tif", len(drawn(2)))
        sender.send(place, drawn(2))
        assert expected in sender.ask("GET", f"{place}/acuse")[2].decode()
    _, empty = sender.create(sender.announce(), "vacio.pdf", 0)
    assert "no se tomó" in sender.ask("GET", f"{empty}/acuse")[2].decode()
