"""The dictamen committed under samples/ holds, and is issued again byte for byte but for its signature."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from service.dictamen.issue import issue
from service.dictamen.reissue import expediente_of
from service.dictamen.sign import Signer, make_rehearsal_signer, unsigned_length
from service.dictamen.verify import faults_of, verify

KEPT = Path(__file__).resolve().parents[2] / "samples" / "dictamen"
NAMES = ["A-001", "renata", "tomas"]
"""One made up, and two from the scans under samples/ as the demo played them."""


def root_of(name: str) -> str:
    return (KEPT / f"{name}.root.txt").read_text(encoding="ascii").strip()


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_holds_for_both_verifiers_against_its_root(alone: ModuleType, name: str) -> None:
    assert faults_of(KEPT / name, root_of(name)) == []
    assert alone.verificar(str(KEPT / name), root_of(name)) == ([], [])


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_is_issued_again_byte_for_byte_but_for_the_signature(
    made_up: ModuleType, tmp_path: Path, name: str
) -> None:
    """From its facts, stored salts and fixed day: every record is ruled again, every figure counted again."""
    folder = KEPT / name
    with (folder / "dictamen.pdf").open("rb") as stream:
        certificate = PdfFileReader(stream).embedded_signatures[0].signer_cert.dump()
    # The key is gone: another one signs under the same certificate, which only the signature can tell.
    signer = Signer(make_rehearsal_signer(datetime(2027, 2, 20, tzinfo=UTC)).key_der, certificate, (), rehearsal=True)
    expediente, on, preliminary = expediente_of(folder)
    if name == "A-001":
        expediente, on = made_up.sample(), datetime(2027, 2, 20, tzinfo=UTC).date()
    again = issue(expediente, tmp_path / "d", preliminary=preliminary, on=on, signer=signer)
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted(path.name for path in again.folder.iterdir())
    for file in names:
        kept, new = (folder / file).read_bytes(), (again.folder / file).read_bytes()
        if file == "dictamen.pdf":
            assert kept[: unsigned_length(kept)] == new[: unsigned_length(new)]
        else:
            assert kept == new, f"{file}: draw the samples anew with bench/dictamen/make_sample.py"


@pytest.mark.parametrize("name", ["renata", "tomas"])
def test_the_dictamen_of_the_story_says_what_the_drawing_says(name: str) -> None:
    """The figures of the demo on samples/scans, told by the drawing's own truth."""
    said = json.loads((KEPT / name / "dictamen.json").read_bytes())["documento"]
    truth = json.loads((KEPT.parent / "expected.json").read_text(encoding="utf-8"))["aspirantes"][name]
    assert said["tipo"] == "final"
    assert (said["resultado"]["sentido"], said["conteo"]["recibidos"], said["conteo"]["validos"]) == (
        truth["outcome"], truth["received"], truth["valid"],
    )  # fmt: skip
    assert {clase: n for clase, n in said["conteo"]["por_clase"].items() if n} == truth["by_class"]
    assert all("casos" in line for line in said["errores"]), "the statement of error is measured"
    assert said["mapa"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("file", ["annex_public.csv", "dictamen.json"])
def test_the_sample_names_no_elector_where_the_public_looks(name: str, file: str) -> None:
    public = (KEPT / name / file).read_text(encoding="utf-8")
    with (KEPT / name / "annex_confidential.csv").open(encoding="utf-8", newline="") as stream:
        claves = {row["elector"] for row in csv.DictReader(stream)} - {""}
    assert [clave for clave in claves if clave in public] == []


def test_code_that_came_later_still_verifies_it_and_says_what_it_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.dictamen.verify.drawing_version", lambda: "otra")
    report = verify(KEPT / "A-001", root_of("A-001"))
    assert report.findings == []
    assert len(report.notes) == 2


def test_later_words_about_a_sample_are_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dictamen is checked for ever: prose that was bettered since is not compared, figures are."""
    monkeypatch.setattr("service.dictamen.control._method", lambda *ignored: "otras palabras")
    assert faults_of(KEPT / "A-001", root_of("A-001")) == []
