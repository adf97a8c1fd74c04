"""Exit codes, standard output and refusals of the command, as others script against them."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import sys
from pathlib import Path

import pytest

from service.cli import base, main

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
_spec = importlib.util.spec_from_file_location(
    "cli_made_up", Path(__file__).resolve().parents[1] / "jobs" / "made_up.py"
)
assert _spec is not None
assert _spec.loader is not None
made = importlib.util.module_from_spec(_spec)
sys.modules["cli_made_up"] = made
_spec.loader.exec_module(made)


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """Run one verb on an empty data folder: (exit code, output, errors)."""
    monkeypatch.setenv("RESPALDO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("RESPALDO_OPERATOR", "prueba")
    monkeypatch.delenv("RESPALDO_DATABASE_URL", raising=False)

    def verb(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return verb


@pytest.fixture
def house(run, tmp_path: Path):
    """A database with a process, a frame, a list and an aspirante; returns the runner."""
    (tmp_path / "marco.csv").write_text(made.MARCO, encoding="utf-8")
    (tmp_path / "lista.csv").write_text(made.LISTA, encoding="utf-8")
    (tmp_path / "aspirante.toml").write_text(
        '[aspirante]\nnombre = "ALGUIEN"\ncargo = "diputacion"\nambito = "17"\nconstancia = 2026-11-19\n', "utf-8"
    )
    assert run("init")[0] == 0
    assert run("proceso", "load", SAMPLES / "proceso.toml")[0] == 0
    assert run("marco", "load", tmp_path / "marco.csv", "--proceso", "2026-2027")[0] == 0
    loaded = run(
        "lista-nominal", "load", tmp_path / "lista.csv", "--proceso", "2026-2027", "--corte", "2026-08-31", "--json"
    )
    assert json.loads(loaded[1])["rows"] == 3
    assert run("aspirante", "add", tmp_path / "aspirante.toml", "--proceso", "2026-2027")[1] == "A001\n"
    return run


def test_without_a_database_every_verb_says_what_to_do(run) -> None:
    code, out, err = run("tally", "--aspirante", "A001")
    assert (code, out) == (2, "")
    assert err == "La base de datos no está lista; ejecute primero «respaldo init».\n"


def test_a_refusal_is_one_spanish_line_and_exit_2(house) -> None:
    code, out, err = house("tally", "--aspirante", "A999")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1


@pytest.mark.parametrize("words", [("nada",), ("tally",), ("tally", "--nada"), ("marco", "load", "x", "--proceso")])
def test_a_verb_misspelt_is_one_spanish_line_and_exit_2(run, words: tuple[str, ...]) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert "respaldo" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("seccion,otra\n1,2\n", "otra"),
        ("seccion,distrito_local,demarcacion,circunscripcion\n", "lista_nominal"),
        ("seccion,distrito_local,demarcacion,circunscripcion,lista_nominal\n1,1,999,1,5\n", "línea 2"),
        ("seccion,distrito_local,demarcacion,circunscripcion,lista_nominal\n1,1,014,1,5\n1,1,014,1,5\n", "línea 3"),
    ],
)
def test_a_frame_that_does_not_fit_is_refused_naming_column_or_line(
    house, tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "malo.csv").write_text(text, encoding="utf-8")
    code, _, err = house("marco", "load", tmp_path / "malo.csv", "--proceso", "2026-2027")
    assert code == 2
    assert says in err


def test_a_list_with_a_clave_of_the_wrong_shape_loads_nothing_and_names_the_line(house, tmp_path: Path) -> None:
    (tmp_path / "mala.csv").write_text(made.LISTA + "MALA,1,A,B,C,1,VIGENTE\n", encoding="utf-8")
    where = ("--proceso", "2026-2027", "--corte", "2026-12-31")
    code, out, err = house("lista-nominal", "load", tmp_path / "mala.csv", *where)
    assert (code, out) == (2, "")
    assert "5" in err
    assert "MALA" not in err
    code, out, _ = house("lista-nominal", "load", tmp_path / "mala.csv", *where, "--allow-refused", "1", "--json")
    assert code == 0
    assert json.loads(out)["rows"] == 3
    assert json.loads(out)["refused"][0][0] == 5


def test_an_upload_partly_refused_exits_3_and_names_the_refused_file(house, tmp_path: Path) -> None:
    (tmp_path / "buena.tif").write_bytes(made.picture(1))
    (tmp_path / "nota.txt").write_bytes(b"hola")
    code, out, err = house("upload", "--aspirante", "A001", tmp_path / "buena.tif", tmp_path / "nota.txt")
    assert code == 3
    assert out.splitlines()[0] == "L00001"
    assert "nota.txt" in err
    code, _, err = house("upload", "--aspirante", "A001", tmp_path / "nota.txt")
    assert code == 2


def test_an_upload_without_operator_is_refused(house, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RESPALDO_OPERATOR")
    (tmp_path / "buena.tif").write_bytes(made.picture(1))
    code, _, err = house("upload", "--aspirante", "A001", tmp_path / "buena.tif")
    assert code == 2
    assert "--operator" in err


def test_originals_are_received_by_range_once_and_never_beyond_what_was_printed(house, tmp_path: Path) -> None:
    assert house("cedulas", "print", "--aspirante", "A001", "--sheets", 3, "--out", tmp_path / "c.pdf")[1] == (
        "001-000001-2\n001-000002-0\n001-000003-6\n"
    )
    assert house("originals", "receive", "--aspirante", "A001", "--folios", "1-2")[1] == "2\n"
    assert house("originals", "receive", "--aspirante", "A001", "--folios", "1-3")[1] == "1\n"
    code, _, err = house("originals", "receive", "--aspirante", "A001", "--folios", "3-4")
    assert code == 2
    assert "001-000004" in err


def test_tally_of_an_aspirante_without_supports_adds_up(house) -> None:
    count = json.loads(house("tally", "--aspirante", "A001", "--json")[1])
    assert (count["required"], count["received"], count["outcome"]) == (1, 0, "NO_CUMPLE")
    assert sum(count["by_class"].values()) == count["received"]


def test_law_rule_needs_no_database(run, tmp_path: Path) -> None:
    source = Path(__file__).resolve().parents[1] / "law" / "cases"
    assert source.is_dir()
    (tmp_path / "r.csv").write_text("nada\n1\n", encoding="utf-8")
    code, _, err = run("law", "rule", tmp_path / "r.csv", "--proceso", SAMPLES / "proceso.toml")
    assert code == 2
    assert "nada" in err


def test_backup_and_restore_bring_everything_back(house, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "buena.tif").write_bytes(made.picture(1))
    assert house("upload", "--aspirante", "A001", tmp_path / "buena.tif")[0] == 0
    assert house("backup", tmp_path / "copia")[0] == 0
    monkeypatch.setenv("RESPALDO_DATA", str(tmp_path / "otra"))
    assert house("restore", tmp_path / "copia")[0] == 0
    assert house("doctor")[1] == "SIN NOVEDAD\n"
    assert house("audit", "verify")[0] == 0
    assert json.loads(house("batch", "L00001", "--json")[1])["files"][0]["name"] == "buena.tif"


def test_a_copy_that_was_altered_is_not_restored(house, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert house("backup", tmp_path / "copia")[0] == 0
    with (tmp_path / "copia" / "respaldo.db").open("ab") as file:
        file.write(b"x")
    monkeypatch.setenv("RESPALDO_DATA", str(tmp_path / "otra"))
    code, _, err = house("restore", tmp_path / "copia")
    assert code == 2
    assert "copia" in err
    assert not (tmp_path / "otra").exists()


def test_doctor_names_a_scan_that_changed_on_disk(house, tmp_path: Path) -> None:
    (tmp_path / "buena.tif").write_bytes(made.picture(1))
    house("upload", "--aspirante", "A001", tmp_path / "buena.tif")
    kept = next(path for path in (tmp_path / "data" / "scans").rglob("*") if path.is_file())
    kept.chmod(0o600)
    kept.write_bytes(b"otra cosa")
    code, out, _ = house("doctor")
    assert code == 2
    assert "cambió" in out


def test_a_day_that_nobody_says_is_the_citys_even_on_a_machine_that_keeps_utc(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    evening = dt.datetime(2027, 1, 10, 1, 30, tzinfo=dt.UTC)
    monkeypatch.setattr("service.access.pages.now", lambda: evening)
    assert base.day_meant(None) == dt.date(2027, 1, 9)
    assert base.day_meant(dt.datetime(2027, 1, 12)) == dt.date(2027, 1, 12)
