"""Whatever happens to a folder, both verifiers answer with sentences in Spanish, exit 2, and never with a trace."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.cli import main
from service.dictamen.issue import issue
from service.dictamen.sign import Signer
from service.dictamen.verify import verify

FILES = ["dictamen.json", "annex_confidential.csv", "annex_public.csv", "annex_marco.csv", "annex_control.csv"]
ENGLISH = re.compile(r"non-hexadecimal|invalid|expected|could not|Traceback|unhashable|not enough", re.IGNORECASE)
JUNK = st.sampled_from([None, "", "x", "2027-13-40", -1, 0, 10**18, [], {}, True, "zz" * 32, "1" * 64])


@pytest.fixture(scope="module")
def sound(made_up: ModuleType, signer: Signer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small dictamen, so that hundreds of damages can be tried."""
    expediente = made_up.expediente(60, sections=5)
    on = made_up.END.replace(month=2)
    return issue(expediente, tmp_path_factory.mktemp("sound") / "d", preliminary=False, on=on, signer=signer).folder


@pytest.fixture
def damaged(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("service.dictamen.verify._check_pdf", lambda *ignored: None)  # the slow part, tried apart
    shutil.copytree(sound, tmp_path / "d")
    return tmp_path / "d"


def both_say_no(folder: Path, alone: ModuleType) -> None:
    found = [str(finding) for finding in verify(folder).findings]
    other = alone.verificar(str(folder), None)[0]
    assert found
    assert other
    assert not ENGLISH.search("\n".join(found))
    assert not ENGLISH.search("\n".join(map(str, other)))


SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # a fixture's folder is put back by hand after each try


@SETTINGS
@given(name=st.sampled_from(FILES), data=st.data())
def test_a_file_with_broken_bytes(
    damaged: Path, sound: Path, alone: ModuleType, name: str, data: st.DataObject
) -> None:
    raw = (sound / name).read_bytes()
    start = data.draw(st.integers(0, len(raw) - 1))
    end = data.draw(st.integers(start, min(len(raw), start + 40)))
    new = raw[:start] + data.draw(st.binary(max_size=12)) + raw[end:]
    if new == raw:
        return
    (damaged / name).write_bytes(new)
    both_say_no(damaged, alone)
    (damaged / name).write_bytes(raw)


@SETTINGS
@given(data=st.data(), junk=JUNK)
def test_a_document_with_a_datum_of_another_form(
    damaged: Path, sound: Path, alone: ModuleType, data: st.DataObject, junk: Any
) -> None:
    raw = (sound / "dictamen.json").read_bytes()
    document = json.loads(raw)
    place: Any = document
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        inner = place[key]
        if not isinstance(inner, (dict, list)) or not inner or data.draw(st.booleans()):
            break
        place = inner
    if json.dumps(inner) == json.dumps(junk):
        return
    place[key] = junk
    (damaged / "dictamen.json").write_bytes(
        json.dumps(document).encode() if isinstance(junk, int) and junk > 2**53 else rfc8785.dumps(document)
    )
    both_say_no(damaged, alone)
    (damaged / "dictamen.json").write_bytes(raw)


@SETTINGS
@given(
    name=st.sampled_from(FILES[1:]),
    data=st.data(),
    junk=st.sampled_from(["", "zz", "-1", "9" * 30, "2027-02-30", '"', "\x00", ";;", "9999-12-31"]),
)
def test_an_annex_with_a_cell_of_another_form(
    damaged: Path, sound: Path, alone: ModuleType, name: str, data: st.DataObject, junk: str
) -> None:
    lines = (sound / name).read_text(encoding="utf-8").splitlines()
    line = data.draw(st.integers(0, len(lines) - 1))
    cells = lines[line].split(",")
    cell = data.draw(st.integers(0, len(cells) - 1))
    if cells[cell] == junk:
        return
    cells[cell] = junk
    lines[line] = ",".join(cells)
    (damaged / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    both_say_no(damaged, alone)
    (damaged / name).write_bytes((sound / name).read_bytes())


@pytest.mark.parametrize("damage", [b"", b"%PDF-1.7\n", b"\xff" * 4000, None])
def test_a_broken_pdf_is_a_sentence_of_the_main_verifier(sound: Path, tmp_path: Path, damage: bytes | None) -> None:
    folder = tmp_path / "d"
    shutil.copytree(sound, folder)
    whole = (sound / "dictamen.pdf").read_bytes()
    (folder / "dictamen.pdf").write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    found = [str(finding) for finding in verify(folder).findings]
    assert found
    assert not ENGLISH.search("\n".join(found))


@pytest.mark.parametrize("hexadecimal", ["zz" * 32, "abc", ""])
def test_broken_hexadecimal_in_the_public_annex_is_said_plainly(
    damaged: Path, capsys: pytest.CaptureFixture[str], hexadecimal: str
) -> None:
    path = damaged / "annex_public.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[3] = hexadecimal + "," + lines[3].split(",")[1]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        main(["dictamen", "verify", str(damaged)])
    assert end.value.code == 2
    said = capsys.readouterr()
    assert "renglón 4 del anexo público" in said.out
    assert "Traceback" not in said.err


def test_an_annex_without_line_ends_does_not_fill_the_memory(damaged: Path) -> None:
    with (damaged / "annex_confidential.csv").open("ab") as stream:
        stream.write(b"x" * 3_000_000)
    found = [str(finding) for finding in verify(damaged).findings]
    assert any("caracteres" in one for one in found)
