"""The further verbs of ``respaldo dictamen``, on the sample folder, as a person runs them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from service.cli import main

FOLDER = Path(__file__).resolve().parents[2] / "samples" / "dictamen" / "A-001"
ROOT = FOLDER.with_name("A-001.root.txt").read_text(encoding="ascii").strip()
RECORD = (FOLDER / "annex_confidential.csv").read_text(encoding="utf-8").splitlines()[40].split(",")[0]
SEED = "4 7 1 0 9 3 3 8 2 6 5 5"


class Door:
    """Runs a verb as the console script does: what it printed, and how it ended."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as end:
            main(["dictamen", *words])
        code = end.value.code
        assert code is None or isinstance(code, int)
        return code or 0, self.capsys.readouterr().out


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Door:
    return Door(capsys)


def test_verify_says_conforme_or_each_difference_and_exits_2(run: Door) -> None:
    assert run("verify", str(FOLDER), "--root", ROOT) == (0, "CONFORME\n")
    code, said = run("verify", str(FOLDER), "--root", "0" * 64)
    assert code == 2
    assert said.startswith("raíz publicada")


def test_a_receipt_is_written_and_holds_for_the_independent_verifier(
    run: Door, tmp_path: Path, alone: ModuleType
) -> None:
    out = tmp_path / "constancia.json"
    assert run("receipt", str(FOLDER), "--record", RECORD, "--out", str(out))[0] == 0
    assert alone.principal(["--constancia", str(out), "--root", ROOT]) == 0
    assert run("receipt", str(FOLDER), "--record", "nadie", "--out", str(tmp_path / "x"))[0] == 2
    assert not (tmp_path / "x").exists()


def test_the_plan_and_the_draw_of_the_audit(run: Door) -> None:
    plan = json.loads(run("sample-plan", str(FOLDER), "--json")[1])
    assert plan["stages"][-1] == plan["records"]
    _, drawn = run("sample-draw", str(FOLDER), "--stratum", plan["stratum"], "--seed", SEED, "--size", "5")
    assert len(drawn.split()) == 5
    assert run("sample-draw", str(FOLDER), "--stratum", "aceptados", "--seed", "7", "--size", "5")[0] == 2


def test_the_workbook_is_written(run: Door, tmp_path: Path) -> None:
    out = tmp_path / "consejo.xlsx"
    assert run("workbook", str(FOLDER), "--out", str(out)) == (0, "400\n")
    assert out.read_bytes()[:2] == b"PK"
    assert run("workbook", str(FOLDER), "--out", str(out))[0] == 2  # nothing is written over
    assert run("workbook", str(FOLDER), "--out", str(tmp_path / "no" / "x.xlsx"))[0] == 2


def test_without_the_published_root_both_verifiers_say_what_they_cannot_tell(
    capsys: pytest.CaptureFixture[str], alone: ModuleType
) -> None:
    with pytest.raises(SystemExit):
        main(["dictamen", "verify", str(FOLDER)])
    assert "--root" in capsys.readouterr().err
    assert alone.principal([str(FOLDER)]) == 0
    assert "--root" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ("receipt", "--record", "x", "--out", "c.json"),
        ("workbook", "--out", "c.xlsx"),
        ("sample-plan",),
        ("sample-draw", "--stratum", "aceptados", "--seed", SEED, "--size", "5"),
    ],
)
@pytest.mark.parametrize("damage", ["none", "json", "encoding"])
def test_a_folder_that_is_no_dictamen_is_refused_in_a_sentence(
    run: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], damage: str
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "d"
    folder.mkdir()
    if damage != "none":
        shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
        (folder / "dictamen.json").write_text("{" if damage == "json" else "{}")
        (folder / "annex_public.csv").write_bytes(b"commitment,group\n\xff\xfe\n")
    assert run(words[0], str(folder), *words[1:])[0] == 2
    assert not list(tmp_path.glob("c.*"))


@pytest.mark.parametrize("words", [("workbook", str(FOLDER)), ("receipt", str(FOLDER), "--record", RECORD)])
def test_a_place_where_nothing_can_be_written_is_refused_in_a_sentence(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for place in (tmp_path / "no" / "x", Path("/dev/null/x")):
        with pytest.raises(SystemExit) as end:
            main(["dictamen", *words, "--out", str(place)])
        assert end.value.code == 2
        assert "No se puede escribir" in capsys.readouterr().err
