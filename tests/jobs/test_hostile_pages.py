"""A page that no decoder opens is put aside by its code; the other pages of its file and the next file are read."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ocr import decode
from service.jobs import read_page
from service.store.work import aside_jobs

OWN = "0010000012"


def torn_pdf() -> bytes:
    """Three pages, the second of them lost."""
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R 77 0 R 4 0 R] /Count 3 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 60 40] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 80 40] >>",
    ]
    objects = [f"{n} 0 obj\n".encode() + body + b"\nendobj\n" for n, body in enumerate(bodies, 1)]
    return b"%PDF-1.7\n" + b"".join(objects) + b"trailer << /Size 5 /Root 1 0 R >>\n%%EOF"


def test_a_lost_page_is_put_aside_and_the_rest_of_the_delivery_is_read(
    bench: Any, made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, ...]] = []

    def scan(image: Any, _forms: object, _engine: object) -> Any:
        seen.append(image.shape)
        return SimpleNamespace(reading=made.sheet(OWN), crops={"page": b"jpeg"})

    monkeypatch.setattr(read_page, "decode_page", decode.decode_page)
    monkeypatch.setattr(read_page, "scan_page", scan)
    files = ("rota.pdf", torn_pdf()), ("sana.tif", made.picture(3))
    receipt = made.deliver(bench.store, bench.settings, bench.aspirante, *files)
    assert [file.pages for file in receipt.files] == [3, 1]
    bench.work()
    assert seen == [(167, 251, 3), (167, 334, 3), (48, 64, 3)]
    with bench.store.reading() as session:
        (aside,) = aside_jobs(session)
    assert (aside.kind, aside.code) == ("read_page", "page_broken")
