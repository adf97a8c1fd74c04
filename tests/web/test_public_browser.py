"""The public pages and the keys in real Chromium: nothing serious for axe, no side scrolling, no script error."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from service.access.accounts import DEMO_PASSWORD

pytestmark = pytest.mark.browser

CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
OPEN_TO_ALL = ("/publico", "/publico/aspirantes/A001", "/publico/consulta", "/api")
SERIOUS = (
    "async () => (await axe.run()).violations.filter(v => ['serious', 'critical'].includes(v.impact))"
    ".map(v => v.id + ': ' + v.nodes[0].html)"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield found
        found.close()


def test_public_pages_are_fit_for_everyone_at_every_width(browser: Browser, looked_at: str) -> None:
    context = browser.new_context(locale="es-MX")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    for address in OPEN_TO_ALL:
        page.goto(f"{looked_at}{address}")
        look(page, address)
    enter(page, looked_at, "aspirante1")
    page.goto(f"{looked_at}/llaves")
    page.fill("#name", "escaner")
    page.check("#scope-upload")
    page.click("form.card button.primary")
    page.wait_for_selector(".key")
    assert page.inner_text(".key").startswith("rsp_")
    look(page, "/llaves")
    assert errors == []
    context.close()


def look(page: Page, address: str) -> None:
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, (address, width)
    page.evaluate(AXE + ";0")
    assert page.evaluate(SERIOUS) == [], address


def enter(page: Page, place: str, username: str) -> None:
    page.goto(f"{place}/entrar")
    page.fill("#username", username)
    page.fill("#password", DEMO_PASSWORD)
    page.click("form.card button.primary")
    page.wait_for_url(f"{place}/")
