"""Six people in real Chromium, each in a browser of their own, from an application to the dictamen."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from ocr import folio as folios
from ocr.reading import page_to_json
from service.access.accounts import DEMO_PASSWORD, add_account
from service.access.pages import start_of_day
from service.config import Settings
from service.intake import live
from service.jobs.crops import keep_crops
from service.padron.lista import load_lista
from service.padron.marco import load_marco
from service.portal.maps import load_map
from service.proceso.register import load_proceso
from service.store import now
from service.store.findings import newest_tally
from service.store.migrate import migrate
from service.store.papers import Reading, page_with_scan

pytestmark = pytest.mark.browser

CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
TODAY = start_of_day().date()
CONSTANCIA, ISSUED = TODAY - dt.timedelta(days=3), TODAY + dt.timedelta(days=20)
PROCESO = f"""
[proceso]
clave = "P"
nombre = "Proceso de prueba"
jornada = {TODAY + dt.timedelta(days=120)}
corte_umbral = {TODAY.year - 1}-08-31
apertura_registro = {TODAY + dt.timedelta(days=40)}
[[ventana]]
cargo = "diputacion"
desde = {TODAY - dt.timedelta(days=5)}
hasta = {TODAY + dt.timedelta(days=5)}
[[base]]
cargo = "diputacion"
ambito = "17"
lista_nominal = 500
acuerdo = "PRUEBA"
"""
OFFICE = {"captura": "capturista", "revisora1": "revisor", "revisora2": "revisor", "audiencia": "audiencia",
          "deapf": "deapf"}  # fmt: skip


class Stage:
    """The house before anybody came, and the eyes' script for the sheets to come."""

    def __init__(self, world: ModuleType, data: Path) -> None:
        data.mkdir()
        self.world = world
        self.settings = Settings(data=data, database_url=f"sqlite:///{data / 'respaldo.db'}", rehearsal=True)
        self.house = world.House(self.settings)
        migrate(self.house.store)
        people = [e for e in world.electors() if e["numero_ocr"] and e["apellido_materno"]]
        with (data / "lista.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(people[0]))
            writer.writeheader()
            writer.writerows(people)
        with self.house.store.writing() as session:
            load_proceso(session, PROCESO, "prueba")
            load_marco(session, world.SAMPLES / "marco.csv", "P", "prueba")
            session.flush()
            load_map(session, world.SAMPLES / "mapa.geojson", "P", "prueba")
            for name, role in OFFICE.items():
                add_account(session, name, [role], by="x", password=DEMO_PASSWORD)
        load_lista(
            self.house.store, self.settings, data / "lista.csv", proceso="P", corte=dt.date(TODAY.year - 1, 8, 31),
            operator="prueba",
        )  # fmt: skip
        self.readings: dict[str, Any] = {}
        self.files = self._sheets(people, data)

    def _sheets(self, people: list[dict[str, str]], data: Path) -> list[Path]:
        """Two sheets of eight rows: one row unsigned, one of nobody in the list, the rest of as many sections."""
        world = self.world
        by_section = {person["seccion"]: person for person in people}
        chosen = [*by_section.values(), *people][:16]
        rows = [world.Row(person, fecha=TODAY.strftime("%d%m%y")) for person in chosen]
        rows[1] = replace(rows[1], signed=False)
        stranger = {**chosen[3], "clave_elector": "ZZXWVK55010109H999", "numero_ocr": "9999999999999",
                    "nombre": "XENOBIO", "apellido_paterno": "ZZYZX", "apellido_materno": "QUUXWW"}  # fmt: skip
        rows[3] = replace(rows[3], elector=stranger)
        found = []
        for serial in (1, 2):
            script = world.SheetScript(tuple(rows[8 * serial - 8 : 8 * serial]))
            folio = folios.number(1, serial)
            picture, crops = world.draw_sheet(script, folio)
            seen = replace(world.read_sheet(script, folio), ink_print=bytes([serial]) * 32)
            self.readings[hashlib.sha256(picture).hexdigest()] = (seen, crops)
            path = data / f"hoja-{serial}.png"
            path.write_bytes(picture)
            found.append(path)
        return found

    def work(self) -> None:
        self.house.work(self._read)

    def _read(self, shop: Any, lease: Any) -> None:
        with shop.store.writing() as session:
            page, scan, _batch = page_with_scan(session, int(lease.subject))
            seen, crops = self.readings[scan.sha256]
            keep_crops(shop.settings, scan.sha256, page.number, crops)
            session.add(
                Reading(
                    page_id=page.id, engine="guion", kind="sheet", form=seen.form, folio=seen.folio,
                    document=page_to_json(seen), at=now(),
                )
            )  # fmt: skip
            self.world.finish(session, lease)


class Someone:
    """A person with a browser of their own; what its console complains of is kept."""

    def __init__(self, browser: Browser, place: str, username: str, password: str = DEMO_PASSWORD) -> None:
        self.context = browser.new_context(locale="es-MX", accept_downloads=True)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.place = place
        self.go("/entrar")
        self.page.fill("#username", username)
        self.page.fill("#password", password)
        self.push("Entrar")

    def go(self, path: str) -> None:
        self.page.goto(f"{self.place}{path}")

    def push(self, button: str) -> None:
        """A button whose answer is another page."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button, exact=True).click()

    def answer_all(self, kind: str, label: str) -> int:
        """The same answer to every question of a kind that this person is given."""
        given = 0
        self.go(f"/revision/siguiente?kind={kind}")
        while "/revision/asuntos/" in self.page.url:
            with self.page.expect_navigation():
                self.page.locator("button", has_text=label).first.click()
            given += 1
        return given

    def fetch(self, link: Any) -> bytes:
        with self.page.expect_download() as waiting:
            link.click()
        return Path(waiting.value.path()).read_bytes()


@pytest.fixture
def stage(world: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Stage, str]]:
    monkeypatch.setattr(live, "STREAM_SECONDS", 3.0)
    made = Stage(world, tmp_path / "data")
    with world.serving(made.settings) as place:
        yield made, place
    made.house.store.dispose()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.fail("Chromium is missing: apt-get install chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


def emblem(folder: Path) -> Path:
    path = folder / "emblema.png"
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(out, "PNG")
    path.write_bytes(out.getvalue())
    return path


ANSWERS = {
    "nombre": "Lucero Celeste", "primer_apellido": "Faro", "segundo_apellido": "Bruma", "lugar_nacimiento": "Puebla",
    "fecha_nacimiento": "1999-11-02", "domicilio": "Calle Falsa 123", "residencia_anios": "4", "ocupacion": "Partera",
    "clave_elector": "FRBRLC99110221M100", "ambito": "17", "f1_propietario": "Lucero Faro", "f1_suplente": "Sol Luna",
    "representante": "Rep Uno", "representante_contacto": "55 0000 0000", "responsable": "Res Dos",
    "responsable_contacto": "55 1111 1111",
}  # fmt: skip


def test_six_people_from_the_application_to_the_dictamen(
    chromium: Browser, stage: tuple[Stage, str], tmp_path: Path
) -> None:
    made, place = stage
    desk = Someone(chromium, place, "captura")
    desk.go("/solicitudes")
    desk.page.fill("#username", "lucero")
    desk.push("Abrir solicitud")
    given = desk.page.locator("#given").inner_text()

    # 1. The aspirante: a password of their own, the form, filed without its colours.
    lucero = Someone(chromium, place, "lucero", given)
    lucero.go("/cuenta/contrasena")
    lucero.page.fill("#password", given)
    for field in ("#new_password", "#new_password_confirm"):
        lucero.page.fill(field, "una-frase-larga-9")
    with lucero.page.expect_navigation():
        lucero.page.locator("form.card button.primary, main form button").first.click()
    lucero.go("/solicitudes/S001")
    for name, value in ANSWERS.items():
        lucero.page.fill(f"#{name}", value)
    lucero.page.select_option("#cargo", "diputacion")
    for field in ("#f1_sexo", "#f1_sexo_suplente"):
        lucero.page.select_option(field, "M")
    lucero.page.set_input_files("#emblema", emblem(tmp_path))
    lucero.push("Guardar y presentar")

    # 2. Reception finds the defect and prevents; the clock runs; it is cured.
    desk.go("/solicitudes/S001")
    desk.push("Notificar la prevención: 48 horas")
    lucero.go("/solicitudes/S001")
    lucero.page.locator("[data-left]", has_text="47 h").wait_for()
    assert "Falta: colores del emblema" in lucero.page.content()
    lucero.page.fill("#colores", "turquesa")
    lucero.push("Guardar y presentar")

    # 3. The DEAPF gives the constancia; the aspirante prints sheets.
    deapf = Someone(chromium, place, "deapf")
    deapf.go("/solicitudes/S001")
    deapf.page.fill("#on", CONSTANCIA.isoformat())
    deapf.push("Otorgar la constancia")
    lucero.go("/solicitudes/S001")
    paper = lucero.fetch(lucero.page.get_by_role("link", name="Constancia (PDF)"))
    assert "LUCERO CELESTE FARO BRUMA" in pypdfium2.PdfDocument(paper)[0].get_textpage().get_text_range()
    lucero.page.fill("#sheets", "2")
    sheets = lucero.fetch(lucero.page.get_by_role("button", name="Imprimir cédulas (PDF)"))
    assert len(pypdfium2.PdfDocument(sheets)) == 2

    # 4. Signed sheets are sent in pieces and read; nothing of the list is told before the paper comes.
    lucero.go("/aspirantes/A001/entregas")
    lucero.page.set_input_files("#files", made.files)
    lucero.page.get_by_role("button", name="Cargar", exact=True).click()
    lucero.page.wait_for_url("**/entregas/L00001")
    lucero.page.locator("#progress[data-live=stream]").wait_for()
    made.work()
    lucero.page.get_by_text("terminada").wait_for()
    lucero.go("/aspirantes/A001/renglones")
    assert lucero.page.get_by_text("en espera del original").count() == 16
    assert lucero.page.get_by_text("No se ve firma o huella.").count() == 1

    # 5. The paper comes; two people answer, each without seeing the other.
    desk.go("/aspirantes/A001/originales")
    desk.page.fill("#first", "1")
    desk.page.fill("#last", "2")
    desk.push("Recibir originales")
    made.work()
    for name in ("revisora1", "revisora2"):
        reviewer = Someone(chromium, place, name)
        assert reviewer.answer_all("signature", "Sin firma ni huella") == 1
        assert reviewer.answer_all("match", "No está en la lista") == 1
        assert reviewer.errors == []
        reviewer.context.close()
    made.work()

    # 6. Hearing: notified row by row, alleged, decided with its motive.
    officer = Someone(chromium, place, "audiencia")
    officer.go("/aspirantes/A001/audiencia")
    officer.push("Notificar audiencia")
    lucero.go("/audiencias/1")
    rows = lucero.page.locator("input[name=record]")
    assert rows.count() == 2
    lost = str(rows.first.get_attribute("value"))
    rows.first.check()
    lucero.page.fill("#text", "La persona sí firmó; exhibo su escrito.")
    lucero.push("Presentar alegato")
    officer.go("/alegatos/1")
    officer.page.check(f'[id="n-{lost}"]')
    officer.page.fill(f'[id="m-{lost}"]', "El original cotejado no tiene firma en ese renglón.")
    officer.push("Resolver este renglón")

    # 7. The dictamen, and the aspirante reads it; the pictures are no longer preliminary.
    with made.house.store.reading() as session:
        assert newest_tally(session, "A001").document["valid"] == 14
    lucero.go("/aspirantes/A001/avance")
    assert lucero.page.get_by_text("PRELIMINAR", exact=True).is_visible()
    deapf.go("/dictamenes")
    deapf.page.fill("#on", ISSUED.isoformat())
    deapf.page.uncheck("#preliminary")
    deapf.push("Emitir")
    assert re.search(r"/dictamenes/\d+$", deapf.page.url), deapf.page.content()
    lucero.go("/dictamenes/1")
    assert "Cumple" in lucero.page.content()
    lucero.push("Verificar: rehacer toda la cuenta desde los anexos")
    assert "Verificado:" in lucero.page.content()
    document = json.loads(lucero.fetch(lucero.page.get_by_role("link", name="dictamen.json")))["documento"]
    count = document["conteo"]
    assert (document["tipo"], count["recibidos"], count["validos"], count["pendientes"]) == ("final", 16, 14, 0)
    lucero.go("/aspirantes/A001/avance")
    assert lucero.page.locator("svg.map path.unit").count() == 12
    assert lucero.page.get_by_text("PRELIMINAR", exact=True).count() == 0
    for someone in (desk, lucero, deapf, officer):
        assert someone.errors == []
        someone.context.close()
