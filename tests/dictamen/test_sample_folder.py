"""The dictamen committed under samples/ holds, and is issued again byte for byte but for its signature."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from service.dictamen.issue import issue
from service.dictamen.sign import Signer, make_rehearsal_signer, unsigned_length
from service.dictamen.verify import faults_of, verify

FOLDER = Path(__file__).resolve().parents[2] / "samples" / "dictamen" / "A-001"
ROOT = FOLDER.with_name("root.txt")


def test_the_sample_holds_for_both_verifiers_against_its_root(alone: ModuleType) -> None:
    root = ROOT.read_text(encoding="ascii").strip()
    assert faults_of(FOLDER, root) == []
    assert alone.verificar(str(FOLDER), root) == ([], [])


def test_the_sample_is_issued_again_byte_for_byte_but_for_the_signature(made_up: ModuleType, tmp_path: Path) -> None:
    with (FOLDER / "dictamen.pdf").open("rb") as stream:
        certificate = PdfFileReader(stream).embedded_signatures[0].signer_cert.dump()
    # The key is gone: another one signs under the same certificate, which only the signature can tell.
    signer = Signer(make_rehearsal_signer(datetime(2027, 2, 20, tzinfo=UTC)).key_der, certificate, (), rehearsal=True)
    on = datetime(2027, 2, 20, tzinfo=UTC).date()
    again = issue(made_up.sample(), tmp_path / "d", preliminary=False, on=on, signer=signer)
    names = sorted(path.name for path in FOLDER.iterdir())
    assert names == sorted(path.name for path in again.folder.iterdir())
    for name in names:
        kept, new = (FOLDER / name).read_bytes(), (again.folder / name).read_bytes()
        if name == "dictamen.pdf":
            assert kept[: unsigned_length(kept)] == new[: unsigned_length(new)]
        else:
            assert kept == new, f"{name}: draw the sample anew with bench/dictamen/make_sample.py"


@pytest.mark.parametrize("name", ["annex_public.csv", "dictamen.json"])
def test_the_sample_names_no_elector_where_the_public_looks(name: str) -> None:
    assert b"FCTCNL" not in (FOLDER / name).read_bytes()


def test_code_that_came_later_still_verifies_it_and_says_what_it_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.dictamen.verify.drawing_version", lambda: "otra")
    report = verify(FOLDER, ROOT.read_text(encoding="ascii").strip())
    assert report.findings == []
    assert len(report.notes) == 2
