"""Files come in whole or are refused with a code and a sentence; nothing is silently skipped."""

from __future__ import annotations

import importlib.util
import io
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from service.config import Settings
from service.errors import Refused
from service.intake.progress import batch_document
from service.store import Store
from service.store.files import ContentStore
from service.store.papers import Batch, Page, Scan
from service.store.proceso import count_rows
from service.store.work import Job


def _made_up() -> ModuleType:
    path = Path(__file__).resolve().parents[1] / "jobs" / "made_up.py"
    spec = importlib.util.spec_from_file_location("intake_made_up", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


made = _made_up()


@pytest.fixture
def aspirante(store: Store, settings: Settings, tmp_path: Path) -> str:
    return str(made.found_house(store, settings, tmp_path))


def test_a_file_taken_lies_under_its_hash_with_a_job_a_page(store: Store, settings: Settings, aspirante: str) -> None:
    receipt = made.deliver(store, settings, aspirante, ("hojas.tif", made.picture(1, 3)))
    (file,) = receipt.files
    assert (file.accepted, file.pages, receipt.taken, receipt.refused) == (True, 3, 1, 0)
    kept = ContentStore(settings.scans).path(file.sha256)
    assert kept.read_bytes() == made.picture(1, 3)
    with store.reading() as session:
        assert (count_rows(session, Page), session.query(Job).filter(Job.kind == "read_page").count()) == (3, 3)
        pages = batch_document(session, receipt.batch)["files"][0]["pages"]
    assert [(page["page"], page["state"]) for page in pages] == [(1, "queued"), (2, "queued"), (3, "queued")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("vacio.pdf", b""),
        ("trunco.pdf", b"%PDF-1.7\n1 0 obj"),
        ("nota.txt", b"hola"),
        ("trunco.jpg", b"\xff\xd8\xff\xe0"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_code_and_the_rest_is_taken(
    store: Store, settings: Settings, aspirante: str, name: str, data: bytes
) -> None:
    receipt = made.deliver(store, settings, aspirante, (name, data), ("buena.tif", made.picture(1)))
    refused, taken = receipt.files
    assert not refused.accepted
    assert refused.code
    assert refused.sentence
    assert refused.sentence.endswith(".")
    assert taken.accepted
    with store.reading() as session:
        lines = {scan.name: scan.accepted for scan in session.query(Scan)}
    assert lines == {name: False, "buena.tif": True}


def test_a_delivery_of_which_nothing_is_taken_leaves_no_batch(
    store: Store, settings: Settings, aspirante: str
) -> None:
    receipt = made.deliver(store, settings, aspirante, ("nota.txt", b"hola"))
    assert receipt.batch == ""
    with store.reading() as session:
        assert count_rows(session, Batch) == 0


def test_the_same_bytes_again_are_refused_naming_file_and_batch(
    store: Store, settings: Settings, aspirante: str
) -> None:
    first = made.deliver(store, settings, aspirante, ("uno.tif", made.picture(1)))
    again = made.deliver(store, settings, aspirante, ("dos.tif", made.picture(1)))
    (file,) = again.files
    assert file.code == "ARCHIVO_REPETIDO"
    assert file.sentence is not None
    assert "uno.tif" in file.sentence
    assert first.batch in file.sentence


def test_a_rivals_file_is_refused_without_saying_whose_it_is(
    store: Store, settings: Settings, aspirante: str
) -> None:
    made.deliver(store, settings, aspirante, ("secreto.tif", made.picture(1)))
    (file,) = made.deliver(store, settings, made.add_person(store, "18"), ("otro.tif", made.picture(1))).files
    assert file.code == "ARCHIVO_REPETIDO"
    assert file.sentence is not None
    assert "secreto" not in file.sentence
    assert "L0" not in file.sentence


def test_a_zip_is_opened_and_each_member_is_a_file(store: Store, settings: Settings, aspirante: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.tif", made.picture(1))
        archive.writestr("b.tif", made.picture(2))
        archive.writestr("c.txt", b"hola")
    receipt = made.deliver(store, settings, aspirante, ("lote.zip", packed.getvalue()))
    assert [(file.name, file.accepted) for file in receipt.files] == [
        ("lote.zip/a.tif", True),
        ("lote.zip/b.tif", True),
        ("lote.zip/c.txt", False),
    ]


def test_a_zip_that_climbs_out_of_its_folder_is_refused(store: Store, settings: Settings, aspirante: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../fuera.tif", made.picture(1))
    receipt = made.deliver(store, settings, aspirante, ("lote.zip", packed.getvalue()))
    assert receipt.taken == 0
    assert not list(settings.data.parent.rglob("fuera.tif"))


def test_no_staged_bytes_are_left_behind(store: Store, settings: Settings, aspirante: str) -> None:
    made.deliver(store, settings, aspirante, ("nota.txt", b"hola"), ("buena.tif", made.picture(1)))
    made.deliver(store, settings, aspirante, ("otra-vez.tif", made.picture(1)))
    assert list(ContentStore(settings.scans).staging.iterdir()) == []


def test_an_unknown_aspirante_is_refused_before_any_byte_is_kept(store: Store, settings: Settings) -> None:
    with pytest.raises(Refused, match="ASPIRANTE_DESCONOCIDO"):
        made.deliver(store, settings, "A999", ("uno.tif", made.picture(1)))
    assert not settings.scans.exists()
