"""Real Chromium, as a person would: five people at once through review and hearing, keys only, axe, phone width."""

from __future__ import annotations

import hashlib
import re
import statistics
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask_security.totp import Totp
from playwright.sync_api import Browser, Page, Route, sync_playwright

from service.access.accounts import DEMO_PASSWORD
from service.intake import live
from service.store import pages, questions
from service.store.findings import newest_tally, standing_reviews

pytestmark = pytest.mark.browser

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.fail("Chromium is missing: apt-get install chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


class Desk:
    """One person's browser; every error of the page's console is kept."""

    def __init__(self, chromium: Browser, place: str, username: str) -> None:
        self.context = chromium.new_context(locale="es-MX")
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.place = place
        if username:
            self.go("/entrar")
            self.page.wait_for_function("document.activeElement.name === 'username'")  # the page puts it there
            self.page.keyboard.type(username)
            self.page.keyboard.press("Tab")
            self.page.keyboard.type(DEMO_PASSWORD)
            self.page.keyboard.press("Enter")
            self.page.wait_for_url(f"{place}/")

    def go(self, path: str) -> Any:
        return self.page.goto(f"{self.place}{path}")

    def press(self, key: str) -> None:
        """A key whose answer is another page, or the next item in this one's place; waits for what was sent."""
        before = self.page.evaluate("[performance.timeOrigin, location.href]")
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            self.page.keyboard.press(key)
        self.page.wait_for_function(
            "([origin, place]) => performance.timeOrigin !== origin || location.href !== place", arg=before
        )
        self.page.wait_for_load_state("load")


def serious(page: Page) -> list[str]:
    """What axe-core finds on the page that is serious or critical."""
    page.evaluate(AXE + ";0")
    found: list[str] = page.evaluate(
        "async () => (await axe.run()).violations.filter(v => ['serious', 'critical'].includes(v.impact))"
        ".map(v => v.id + ': ' + v.nodes[0].html)"
    )
    return found


WATCH = """
document.addEventListener("keydown", () => { window.pressed = performance.now(); }, true);
document.addEventListener("desk:shown", () => requestAnimationFrame(() => requestAnimationFrame(() => {
  const picture = document.querySelector("#crop img");
  window.waited = picture.complete && picture.naturalWidth ? performance.now() - window.pressed : 9999;
})));
"""
"""From the key to the second frame with the next item's picture decoded on it."""


def test_twenty_answers_by_keys_alone(chromium: Browser, served: str, house: Any, record_property: Any) -> None:
    """Ten rows by two people: every answer takes one key, and the next item is on the screen in under 200 ms."""
    keys, waits = 0, []
    for username in ("revisora1", "revisora2"):
        desk = Desk(chromium, served, username)
        desk.go("/revision/siguiente?kind=signature")
        desk.page.evaluate(WATCH)
        for number in range(10):
            if number < 9:
                desk.page.locator("[data-ready]").wait_for(state="attached")
            desk.page.wait_for_timeout(200)  # nobody decides sooner; before that a key counts as a bounce
            desk.press("n")
            keys += 1
            if number < 9:
                waits.append(desk.page.wait_for_function("window.waited").json_value())
                desk.page.evaluate("window.waited = 0")
        assert "/revision/asuntos/" not in desk.page.url
        assert desk.errors == []
        desk.context.close()
    assert keys == 20
    with house.store.reading() as session:
        left = sum(n for _a, kind, n in questions.open_counts(session) if kind == "signature")
    assert left == 0
    median = statistics.median(waits)
    record_property("next_item_ms", round(median))
    assert median < 200, sorted(waits)


def test_keys_do_what_their_buttons_say(chromium: Browser, served: str, house: Any) -> None:
    desk = Desk(chromium, served, "revisora1")
    desk.go("/revision/siguiente?kind=strike")
    page = desk.page
    page.keyboard.press("?")
    help_text = page.locator("dialog#keys").inner_text()
    for button in page.locator("button[data-key]").all():
        assert (button.get_attribute("data-key") or "") in help_text
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    assert "zoom" in (page.locator("#crop").get_attribute("class") or "")
    page.keyboard.press("h")
    assert page.locator("#sheet svg rect.lit").is_visible()
    page.wait_for_function("document.querySelector('#sheet image').getAttribute('href')")
    page.keyboard.press("h")
    url = page.url
    desk.press("Enter")
    item = int(re.search(r"asuntos/(\d+)", url)[1])
    with house.store.reading() as session:
        assert [review.decision for review in standing_reviews(session, item)] == ["clean"]
    desk.go("/revision/siguiente?kind=signature")
    desk.press("u")
    assert f"asuntos/{item}" in page.url
    with house.store.reading() as session:
        assert standing_reviews(session, item) == []
    desk.press("e")
    assert desk.errors == []
    desk.context.close()


def test_letters_typed_in_a_field_are_text_and_a_digit_picks_a_candidate(
    chromium: Browser, served: str, house: Any
) -> None:
    desk = Desk(chromium, served, "revisora1")
    with house.store.reading() as session:
        found = [
            (i.id, pages.record_view(session, i.record)) for i, _r, _a in questions.open_questions(session, ["match"])
        ]
    item = next(number for number, view in found if view.match.candidates)
    desk.go(f"/revision/asuntos/{item}")
    desk.page.keyboard.press("b")
    desk.page.keyboard.type("nnee")
    assert desk.page.locator("#clave").input_value() == "nnee"
    with house.store.reading() as session:
        assert standing_reviews(session, item) == []
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("r")  # what is typed of the row looks in the list again; the section stays for the next
    desk.page.keyboard.type("n" * 17 + "?")
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.type("4321")
    desk.page.keyboard.press("Enter")
    desk.page.get_by_text("Capturado: se buscó de nuevo").wait_for()
    assert desk.page.locator("#c-clave").input_value() == "N" * 17 + "?"
    assert desk.page.evaluate("sessionStorage.getItem('respaldo.sticky.seccion')") == "4321"
    with house.store.reading() as session:
        assert standing_reviews(session, item) == []
    desk.page.keyboard.press("r")
    desk.page.keyboard.press("Control+a")
    desk.page.keyboard.type(next(view for number, view in found if number == item).match.candidates[0]["clave"])
    desk.page.keyboard.press("Enter")
    desk.page.locator(".candidate").first.wait_for()
    desk.page.locator("body").click(position={"x": 5, "y": 5})
    desk.press("1")
    with house.store.reading() as session:
        assert [review.decision for review in standing_reviews(session, item)] == ["elector"]
    desk.context.close()


def test_five_people_at_once_from_review_to_a_hearing_that_tells_the_rival(
    chromium: Browser, served: str, house: Any
) -> None:
    one, two = Desk(chromium, served, "revisora1"), Desk(chromium, served, "revisora2")
    officer, party, rival = (Desk(chromium, served, name) for name in ("audiencia", "aspirante1", "aspirante2"))
    one.go("/revision/siguiente?kind=signature")
    two.go("/revision/siguiente?kind=signature")
    first = one.page.url
    assert two.page.url != first
    one.press("n")
    two.go(first.removeprefix(served))
    two.press("n")
    lost = re.search(r"asuntos/(\d+)", first)[1]
    with house.store.reading() as session:
        record = questions.find_item(session, int(lost)).record
    house.work()
    officer.go("/aspirantes/A001/audiencia")
    officer.page.on("dialog", lambda dialog: dialog.accept())
    officer.page.get_by_role("button", name="Notificar audiencia").click()
    officer.page.wait_for_url("**/audiencias/*")
    notice = officer.page.url.removeprefix(served)
    party.go(notice)
    assert record in party.page.content()
    with house.store.reading() as session:
        duplicate = pages.record_lines(session, "A001", classes=["D2"])[0].record.id
        before = {a: newest_tally(session, a).document["valid"] for a in ("A001", "A002")}
    party.page.check(f'input[name="record"][value="{duplicate}"]')
    party.page.fill("#text", "La fecha del original es posterior.")
    party.page.get_by_role("button", name="Presentar alegato").click()
    party.page.wait_for_url("**/alegatos/*")
    claim = party.page.url.removeprefix(served)
    officer.go(claim)
    officer.page.check(f'[id="g-{duplicate}"]')
    officer.page.check(f'[id="c-{duplicate}-D2"]')
    officer.page.fill(f'[id="f-{duplicate}"]', "2026-12-20")
    officer.page.fill(f'[id="m-{duplicate}"]', "El original exhibido muestra el 20 de diciembre de 2026.")
    officer.page.get_by_role("button", name="Resolver este renglón").click()
    officer.page.get_by_text("Concedido").wait_for()
    with house.store.reading() as session:
        after = {a: newest_tally(session, a).document["valid"] for a in ("A001", "A002")}
    assert after == {"A001": before["A001"] + 1, "A002": before["A002"] - 1}
    rival.go("/audiencia")
    assert rival.page.get_by_text("Cambios en sus renglones").is_visible()
    assert "Duplicado, otro aspirante" in rival.page.content()
    for desk in (one, two, officer, party, rival):
        assert desk.errors == []
        desk.context.close()


def test_a_grid_of_glyphs_is_confirmed_with_enter_but_the_odd_one(chromium: Browser, served: str, house: Any) -> None:
    desk = Desk(chromium, served, "revisora1")
    desk.go("/revision")
    page = desk.page
    page.locator(".chips a").first.click()
    page.locator("[data-grid]").wait_for()
    cells = page.locator("[data-grid] input[type=checkbox]").count()
    assert page.locator("[data-grid] image").first.evaluate("i => i.getBoundingClientRect().width") > 30
    page.keyboard.press("ArrowRight")  # to the first cell
    page.keyboard.press("Space")
    assert page.locator("[data-grid] input:checked").count() == 1
    desk.press("Enter")
    assert page.get_by_text(f"{cells - 1} confirmadas, 1 marcadas").is_visible()
    desk.press("u")
    assert page.get_by_text("Grupo deshecho").is_visible()
    assert page.locator("[data-grid] input[type=checkbox]").count() == cells
    with house.store.reading() as session:
        kinds = [event.kind for event in pages.events_page(session, None)]
    assert kinds.count("CellsJudged") == kinds.count("CellsUndone") == 1
    assert desk.errors == []
    desk.context.close()


def test_files_dropped_on_the_upload_page_reach_the_batch_page(
    chromium: Browser, served: str, tmp_path: Path
) -> None:
    from PIL import Image

    files = []
    for shade in (3, 4):
        file = tmp_path / f"hoja-{shade}.tif"
        Image.new("L", (40, 40) if shade == 3 else (2400, 2400), shade).save(file)  # 5.8 MB: two pieces
        files.append(file)
    desk = Desk(chromium, served, "captura")
    cuts: list[str] = []

    def cut_three_times(route: Route) -> None:
        if route.request.method == "PATCH" and len(cuts) < 3:
            cuts.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    desk.page.route("**/cargas/*", cut_three_times)
    desk.go("/aspirantes/A001/entregas")
    desk.page.set_input_files("#files", files)
    assert desk.page.locator("[data-chosen] li").count() == 2
    desk.page.get_by_role("button", name="Cargar").click()
    desk.page.wait_for_url("**/entregas/L*")
    assert len(cuts) == 3
    desk.errors.clear()  # the console names each cut
    for file in files:
        assert hashlib.sha256(file.read_bytes()).hexdigest() in desk.page.content()
    desk.page.reload()
    assert "Página 0 de 2" in desk.page.content()
    desk.page.locator("#progress[data-live=stream]").wait_for()
    streams = [live._places.acquire(blocking=False) for _ in range(live.MOST_STREAMS)]
    desk.page.reload()  # no stream is free: the page asks again and again instead
    with desk.page.expect_request("**/avance", timeout=20_000):
        pass
    desk.page.locator("#progress[data-live=poll]").wait_for()  # the answer has taken the former part's place
    for taken in streams:
        if taken:
            live._places.release()
    assert desk.errors == []
    desk.context.close()


ADDRESSES = {
    "": ["/entrar"],
    "supervisora": [
        "/",
        "/revision",
        "/revision/avance",
        "/revision/concordancia",
        "/bitacora",
        "/cuenta",
        "/alertas",
        "/entregas/L00001/actos",
        "/aspirantes/A001/papel",
        "/revision/grupo/copy",
        "/control",
        "/intercambio",
        "/ciudadania",
        "/llaves",
        "/usuarios",
        "/no-existe",
    ],
    "revisora1": [
        "/revision/siguiente?kind=match",
        "/revision/siguiente?kind=date",
        "/revision/grupo/signature",
        "/revision/celdas/1",
        "/revision/lista",
    ],
    "captura": [
        "/aspirantes/A001/entregas",
        "/entregas/L00001",
        "/entregas/L00001/paginas",
        "/solicitudes",
        "/aspirantes/A001/originales",
        "/aspirantes/A001/cotejo",
        "/revision",
    ],
    "deapf": ["/aspirantes", "/aspirantes/A001", "/aspirantes/A001/registros", "/dictamenes"],
    "audiencia": ["/audiencia", "/aspirantes/A001/audiencia", "/audiencias/1", "/alegatos/1"],
    "aspirante1": [
        "/",
        "/aspirantes/A001/avance",
        "/aspirantes/A001/renglones",
        "/audiencia",
        "/audiencias/1",
        "/ambiguedades",
        "/alegatos/1",
        "/cuenta/contrasena",
        "/cuenta/segundo-factor",
        "/cuenta/codigos",
    ],
    "admin": [
        "/procesos",
        "/procesos/2026-2027",
        "/procesos/2026-2027/parametros/cotejo",
        "/propuestas/1",
        "/usuarios",
    ],
}


@pytest.mark.parametrize("username", list(ADDRESSES))
def test_pages_have_no_serious_barrier_and_fit_a_phone(chromium: Browser, looked_at: str, username: str) -> None:
    desk = Desk(chromium, looked_at, username)
    for address in ADDRESSES[username]:
        desk.page.set_viewport_size({"width": 1280, "height": 900})
        desk.go(address)
        assert serious(desk.page) == [], address
        desk.page.set_viewport_size({"width": 375, "height": 812})
        assert serious(desk.page) == [], (address, "phone")
        over = desk.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, (address, over)
    refused = "responded with a status of 40"  # what the two addresses of refusals are there for
    assert [error for error in desk.errors if refused not in error] == []
    desk.context.close()


def test_the_second_factor_by_keys_with_no_barrier_and_a_way_back_in_without_the_phone(
    chromium: Browser, served_strictly: str
) -> None:
    desk = Desk(chromium, served_strictly, "")
    page, shown = desk.page, []

    def fit() -> None:
        shown.append(page.url.removeprefix(served_strictly).partition("?")[0])
        for width in (1280, 375):
            page.set_viewport_size({"width": width, "height": 844})
            assert serious(page) == [], (page.url, width)
            assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0

    def enter() -> None:
        desk.go("/entrar")
        page.fill("#username", "revisora1")
        page.fill("#password", DEMO_PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda place: urlsplit(place).path != "/entrar")

    def code() -> str:
        totp = Totp({"1": "x" * 32}, "prueba")._totp.using(digits=6)
        return str(totp(key=key, format="base32").generate().token)

    enter()
    fit()
    page.get_by_role("button", name="Empezar").click()
    key = re.sub("[ -]", "", page.locator("code.key").inner_text())
    fit()
    page.fill("#code", code())
    page.keyboard.press("Enter")
    page.get_by_text("Buen día").wait_for()
    desk.go("/cuenta/codigos")
    page.get_by_role("button", name="Generar códigos nuevos").click()
    spare = page.locator(".codes code").first.inner_text()
    page.get_by_role("button", name="Salir").click()
    enter()
    fit()
    page.get_by_role("link", name="Usar un código de recuperación").click()
    fit()
    page.locator("main input:visible").first.fill(spare)
    page.keyboard.press("Enter")
    page.get_by_text("Buen día").wait_for()
    desk.go("/confirmar-identidad")
    fit()
    assert shown == [
        "/cuenta/segundo-factor",
        "/cuenta/segundo-factor",
        "/entrar/codigo",
        "/entrar/recuperar",
        "/confirmar-identidad",
    ]
    assert desk.errors == []
    desk.context.close()


SEEN_ELSEWHERE = {
    "publico": "test_public_browser.py",
    "intake.batch_part": "a piece of the delivery's page, not a page",
    "tus.receipt": "a piece of the delivery's page, not a page",
    "live.events": "a stream, not a page",
    "dictamen.control_next": "leads to dictamen.control_item",
    "llaves.about": "test_public_browser.py",
    "application.show": "tests/portal/test_six_people.py",
    "dictamen.show": "make bench-web, on the demo's dictámenes",
    "dictamen.control_item": "make bench-web, on the demo's sample",
    "security.two_factor_token_validation": "the test of the second factor",
    "security.mf_recovery": "the test of the second factor",
    "security.verify": "the test of the second factor",
    "security.tf_select": "one second factor only: it is never shown",
}


def test_no_page_is_left_out_of_the_looks(app: Flask) -> None:
    """Every route that answers a page is in ``ADDRESSES`` or says where else it is looked at."""
    adapter = app.url_map.bind("localhost")
    looked = {
        adapter.match(address.partition("?")[0])[0]
        for address in chain.from_iterable(ADDRESSES.values())
        if address != "/no-existe"
    } | {"desk.item"}  # where /revision/siguiente leads
    left = set()
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        answers_page = "GET" in rule.methods and rule.endpoint not in looked and _answers_a_page(rule.rule, view)
        if answers_page and not {rule.endpoint, rule.endpoint.partition(".")[0]} & set(SEEN_ELSEWHERE):
            left.add(rule.endpoint)
    assert left == set()


def _answers_a_page(address: str, view: Any) -> bool:
    """A view that says it returns a ``Response`` hands out a file or a picture; nobody enters the programs' door."""
    kind = getattr(view, "__annotations__", {}).get("return", "")
    return kind != "Response" and not address.startswith(
        ("/api/", "/static", "/fs-static", "/salud", "/entrar/rescate")
    )


def test_without_script_every_answer_is_still_a_button(chromium: Browser, served: str, house: Any) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="es-MX")
    page = context.new_page()
    page.goto(f"{served}/entrar")
    page.fill("#username", "revisora1")
    page.fill("#password", DEMO_PASSWORD)
    page.get_by_role("button", name="Entrar").click()
    page.goto(f"{served}/revision/siguiente?kind=strike")
    item = int(re.search(r"asuntos/(\d+)", page.url)[1])
    page.get_by_role("button", name="No, está limpio").click()
    with house.store.reading() as session:
        assert [review.decision for review in standing_reviews(session, item)] == ["clean"]
    context.close()
