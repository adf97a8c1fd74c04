"""Every page that every role can reach by links, looked at in Chromium at desktop and phone width.

A spider signs in as each role and follows each link once a kind of page; a link that answers 400 or more is a dead
end. Each page found is opened at 1280 and at 375 pixels: axe-core's findings, sideways scrolling, errors of the
console, and (``--pictures``) a picture of the whole page. Run on the data of ``make demo``.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from service.access.accounts import DEMO_PASSWORD, DEMO_STAFF
from service.app import create_app
from service.config import Settings

AXE = (Path(__file__).resolve().parents[2] / "tests/web/axe/axe.min.js").read_text(encoding="utf-8")
CHROMIUM = "/usr/bin/chromium"
WIDTHS = {"desktop": (1280, 900), "phone": (375, 812)}
ERRORS = {"403": "/usuarios", "404": "/no-existe"}
LINK = re.compile(r'<a [^>]*href="([^"#]+)"')


def spider(app: Flask, username: str) -> tuple[dict[str, str], list[str]]:
    """The pages a person reaches from the home page: address by kind of page; links that lead nowhere."""
    client = app.test_client()
    if username:
        text = client.get("/entrar").text
        token = text.split('"X-CSRFToken": "')[1].split('"')[0]
        form = {"csrf_token": token, "username": username, "password": DEMO_PASSWORD}
        assert client.post("/entrar", data=form).status_code == 302, username
    waiting = ["/", "/cuenta"] if username else ["/entrar", "/publico"]
    adapter = app.url_map.bind("localhost")
    seen: set[str] = set()
    found: dict[str, str] = {}
    dead: list[str] = []
    while waiting:
        address = waiting.pop(0)
        place = urlsplit(address)
        try:
            endpoint, _values = adapter.match(place.path, method="GET")
        except Exception:  # noqa: BLE001 - any address the map does not know is a dead end
            dead.append(address)
            continue
        kind = f"{endpoint}?{','.join(sorted(f'{k}={v}' if k in KINDS else k for k, v in parse_qsl(place.query)))}"
        if kind in seen:
            continue
        seen.add(kind)
        answer = client.get(address, buffered=True, follow_redirects=True)
        if answer.status_code >= 400:
            dead.append(f"{address} ({answer.status_code})")
            continue
        if answer.mimetype != "text/html" or "<html" not in answer.text:
            continue
        found[kind] = answer.request.full_path.rstrip("?")
        waiting += [link.replace("&amp;", "&") for link in LINK.findall(answer.text) if link.startswith("/")]
    return found, dead


KINDS = ("kind", "ver", "desk")
"""Parts of a query that make another page of it."""


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    runner = threading.Thread(target=server.serve_forever, daemon=True)
    runner.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def look(page: Page, url: str, name: str, pictures: Path | None) -> Iterator[dict[str, Any]]:
    """What is wrong with one page at each width."""
    for width, (across, down) in WIDTHS.items():
        page.set_viewport_size({"width": across, "height": down})
        page.goto(url, wait_until="load")
        page.evaluate(AXE + ";0")
        findings = page.evaluate(
            "async () => (await axe.run()).violations.map(v => [v.impact, v.id, v.nodes.length, v.nodes[0].html])"
        )
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if pictures is not None:
            page.screenshot(path=pictures / f"{name}-{width}.png", full_page=True)
        yield {"page": name, "url": urlsplit(url).path, "width": width, "axe": findings, "over": over}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the data folder of a demo played to its end")
    parser.add_argument("--pictures", type=Path, help="where to put the pictures of the pages")
    parser.add_argument("--roles", default="", help="only these accounts, with commas")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:  # looking leaves traces: not in the demo's own data
        data = Path(folder) / "data"
        shutil.copytree(asked.data, data, symlinks=True)
        app = create_app(Settings(data=data, database_url=f"sqlite:///{data / 'respaldo.db'}", rehearsal=True))
        names = asked.roles.split(",") if asked.roles else ["", *(a.username for a in DEMO_STAFF), "aspirante1"]
        report(app, names, asked.pictures)


def report(app: Flask, names: list[str], pictures: Path | None) -> None:
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
    seen, rules, over, noise = 0, Counter[str](), [], []
    with serving(app) as place, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for username in names:
            found, dead = spider(app, username)
            print(f"{username or 'sin cuenta'}: {len(found)} pages, dead ends: {dead or 'none'}", flush=True)
            context = browser.new_context(locale="es-MX", bypass_csp=True)
            page = context.new_page()
            page.on("pageerror", lambda fault: noise.append(str(fault)))
            if username:
                page.goto(f"{place}/entrar")
                page.fill("#username", username)
                page.fill("#password", DEMO_PASSWORD)
                page.click("form.card button.primary")
                page.wait_for_url(f"{place}/")
            for kind, address in found.items():
                name = re.sub(r"[^A-Za-z0-9=.]+", "-", f"{username or 'nadie'}-{kind}").strip("-")
                for told in look(page, place + address, name, pictures):
                    seen += 1
                    for impact, rule, count, html in told["axe"]:
                        rules[f"{impact} {rule}"] += 1
                        print("  ", json.dumps([told["url"], told["width"], impact, rule, count, html[:160]]))
                    if told["over"] > 0:
                        over.append((told["url"], told["width"], told["over"]))
            context.close()
        browser.close()
    print(f"{seen} looks; by impact and rule: {dict(rules) or 'nothing found'}")
    print(f"sideways: {over or 'none'}; errors of scripts: {noise or 'none'}")


if __name__ == "__main__":
    main()
