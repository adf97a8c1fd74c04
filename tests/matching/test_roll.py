"""The list is taken whole or not at all; what is sealed opens, verifies, hides and goes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from matching.errors import Refused
from matching.roll import RefusedLines, Roll, build_roll, destroy, fingerprints, wipe_file

CORTE = date(2026, 8, 31)
HEADER = "clave_elector,numero_ocr,apellido_paterno,apellido_materno,nombre,seccion,situacion"
ONE = "QTNBTM87041509H300,0999000000017,QUETZALCO,NUBE,TOMÁS,999,VIGENTE"
TWO = "FRBRLC99110220M100,5601000000024,FARO,BRUMA,LUCERO CELESTE,5601,PADRON"


def write(tmp_path: Path, *lines: str, end: str = "\n") -> Path:
    path = tmp_path / "lista.csv"
    path.write_bytes(end.join([HEADER, *lines, ""]).encode())
    return path


def build(tmp_path: Path, *lines: str, **more: object):
    return build_roll(write(tmp_path, *lines), tmp_path / "v1", corte=CORTE, **more)


def test_every_elector_comes_back_as_he_was(town):
    by_clave = town.roll.by_claves([p.clave for p in town.people])
    assert (by_clave >= 0).all()
    for person, index in list(zip(town.people, by_clave.tolist(), strict=True))[::500]:
        elector = town.roll.elector(index)
        assert (elector.clave, elector.numero_ocr, elector.seccion) == (person.clave, person.ocr, person.section)
        assert elector.nombre_completo == f"{person.paterno} {person.materno} {person.nombre}"
        assert town.roll.by_ocr_number(person.ocr) == index


def test_what_is_not_listed_is_not_found(town):
    for text in ("", "X", "QTNBTM87041509H30", "QTNBTM87041509H3001", "QTNBTM8704150·H300", "ñ" * 18, "Ω" * 18):
        assert town.roll.by_clave(text) is None
        assert town.roll.by_ocr_number(text) is None


def test_the_same_list_in_another_order_gives_the_same_index(tmp_path):
    build_roll(write(tmp_path, ONE, TWO), tmp_path / "a", corte=CORTE)
    build_roll(write(tmp_path, TWO, ONE), tmp_path / "b", corte=CORTE)
    for name in ("records", "surnames_rows", "birth_rows", "ocr_first_rows"):
        assert (tmp_path / "a" / f"{name}.bin").read_bytes() == (tmp_path / "b" / f"{name}.bin").read_bytes()


def test_accents_enye_empty_surname_empty_number_quotes_and_other_line_ends(tmp_path):
    lines = (
        'ÑXNBTM87041509X300,,"MUÑOZ",,"TOMÁS  DE JESÚS",999,BAJA_DEFUNCION',
        "",
        ONE.replace("0999000000017", "099900000001"),
    )
    report = build_roll(write(tmp_path, *lines, end="\r\n"), tmp_path / "v1", corte=CORTE)
    roll = Roll.open(tmp_path / "v1")
    assert (report.rows, roll.rows, roll.corte, roll.sha256) == (2, 2, CORTE, report.sha256)
    found = roll.by_clave("ÑXNBTM87041509X300")
    assert found is not None
    elector = roll.elector(found)
    assert (elector.apellido_paterno, elector.apellido_materno, elector.numero_ocr) == ("MUÑOZ", "", "")
    assert elector.situacion == "BAJA_DEFUNCION"
    assert roll.by_ocr_number("099900000001") is not None
    assert "MUÑOZ" not in repr(elector)
    assert "ÑXNB" not in repr(elector)


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        (ONE + ",X", "siete columnas"),
        (ONE.rpartition(",")[0], "siete columnas"),
        ("Q" + ONE, "18 caracteres"),
        (ONE.replace("H300", "Q300"), "forma de una clave"),
        (ONE.replace("QTNB", "Q1NB"), "forma de una clave"),
        (ONE.lower(), "forma de una clave"),
        (ONE.replace("0999000000017", "09990000017"), "12 o 13"),
        (ONE.replace("0999000000017", "O999000000017"), "12 o 13"),
        (ONE.replace("QUETZALCO", " "), "apellido paterno"),
        (ONE.replace("TOMÁS", ""), "falta el nombre"),
        (ONE.replace(",999,", ",0,"), "sección"),
        (ONE.replace(",999,", ",99999,"), "sección"),
        (ONE.replace("VIGENTE", "vigente"), "situación"),
        (ONE.replace("TOMÁS", "T\x07M"), "legible"),
        (ONE.replace("TOMÁS", "---"), "legible"),
        (TWO, "repetida"),
    ],
)
def test_a_refused_line_is_named_by_number_and_cause_and_loads_nothing(tmp_path, line, cause):
    with pytest.raises(RefusedLines) as refused:
        build(tmp_path, TWO, line)
    assert refused.value.code == "lineas_rechazadas"
    assert [n for n, _ in refused.value.lines] == [3]
    assert cause in refused.value.lines[0][1]
    assert "línea 3" in refused.value.sentence
    assert "QTNB" not in str(refused.value)
    assert os.listdir(tmp_path) == ["lista.csv"]


def test_refused_lines_may_be_allowed(tmp_path):
    report = build(tmp_path, ONE, "basura", TWO, TWO, allow_refused=2)
    assert report.rows == 2
    assert [line for line, _ in report.refused] == [3, 5]


def test_text_that_is_not_utf8_is_refused(tmp_path):
    path = write(tmp_path, ONE)
    path.write_bytes(path.read_bytes().replace("Á".encode(), b"\xc1"))
    with pytest.raises(RefusedLines, match="legible"):
        build_roll(path, tmp_path / "v1", corte=CORTE)


@pytest.mark.parametrize(
    ("header", "named"),
    [
        (HEADER + ",telefono", "telefono"),
        (HEADER.replace(",nombre", ""), "nombre"),
        ("", "faltan"),
        ("\xff", "sobran"),
    ],
)
def test_unknown_and_missing_columns_are_named(tmp_path, header, named):
    path = tmp_path / "lista.csv"
    path.write_text(f"{header}\n{ONE}\n", encoding="utf-8")
    with pytest.raises(Refused, match=named) as refused:
        build_roll(path, tmp_path / "v1", corte=CORTE)
    assert refused.value.code == "columnas"


def test_columns_may_stand_in_another_order(tmp_path):
    path = tmp_path / "lista.csv"
    names, values = HEADER.split(","), ONE.split(",")
    path.write_text(",".join(names[::-1]) + "\n" + ",".join(values[::-1]), encoding="utf-8")
    build_roll(path, tmp_path / "v1", corte=CORTE)
    assert Roll.open(tmp_path / "v1").by_clave(values[0]) == 0


def test_an_existing_version_is_never_overwritten(tmp_path):
    build(tmp_path, ONE)
    with pytest.raises(Refused, match="Ya hay"):
        build(tmp_path, TWO)
    assert Roll.open(tmp_path / "v1").by_clave(ONE[:18]) == 0


def test_progress_rises_to_one(tmp_path):
    heard: list[float] = []
    build(tmp_path, ONE, TWO, progress=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


def test_a_killed_build_leaves_nothing_and_the_next_one_clears_up(tmp_path, town):
    code = (
        "import sys, time\nfrom datetime import date\nfrom pathlib import Path\nfrom matching import builder\n"
        "real = builder.write_file\n"
        "def slow(path, content, key):\n    print('writing', flush=True)\n    time.sleep(0.3)\n"
        "    return real(path, content, key)\n"
        "builder.write_file = slow\n"
        f"builder.build_roll(Path({str(town.csv)!r}), Path({str(tmp_path / 'v1')!r}), corte=date(2026, 8, 31))\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert child.stdout is not None
    for _ in range(3):
        assert child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    left = os.listdir(tmp_path)
    assert left
    assert all(name.startswith(".v1.parcial-") for name in left)
    with pytest.raises(Refused, match="No hay"):
        Roll.open(tmp_path / "v1")
    build(tmp_path, ONE)
    assert sorted(os.listdir(tmp_path)) == ["lista.csv", "v1"]


def test_a_changed_file_is_noticed(tmp_path):
    build(tmp_path, ONE, TWO)
    roll = Roll.open(tmp_path / "v1")
    assert roll.verify() == ()
    path = tmp_path / "v1" / "records.bin"
    with pytest.raises(PermissionError) if os.getuid() else pytest.MonkeyPatch.context():
        path.open("r+b").close()
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"\x05")
    assert roll.verify() == ("records",)
    path.write_bytes(b"")
    with pytest.raises(Refused, match="tamaño"):
        Roll.open(tmp_path / "v1")


def test_sealed_with_a_key_it_opens_only_with_that_key(tmp_path):
    key = bytes(range(32))
    build(tmp_path, ONE, TWO, key=key)
    folder = tmp_path / "v1"
    assert all(b"QUETZALCO" not in path.read_bytes() for path in folder.iterdir())
    assert Roll.open(folder, key).elector(0).clave in (ONE[:18], TWO[:18])
    with pytest.raises(Refused, match="no se dio su llave"):
        Roll.open(folder)
    with pytest.raises(Refused, match="no abre"):
        Roll.open(folder, bytes(32))
    with pytest.raises(Refused, match="32 bytes"):
        Roll.open(folder, b"corta")


def test_a_swapped_encrypted_file_does_not_open(tmp_path):
    key = bytes(32)
    build(tmp_path, ONE, TWO, key=key)
    one, other = tmp_path / "v1" / "birth_rows.bin", tmp_path / "v1" / "paternal_rows.bin"
    other.chmod(0o600)
    other.write_bytes(one.read_bytes())
    with pytest.raises(Refused, match="alterado"):
        Roll.open(tmp_path / "v1", key)


def test_destroyed_it_is_gone_and_its_hashes_remain(tmp_path):
    build(tmp_path, ONE, TWO)
    hashes = fingerprints(tmp_path / "v1")
    assert destroy(tmp_path / "v1")
    assert "records.bin" in hashes
    assert all(len(h) == 64 for h in hashes.values())
    assert os.listdir(tmp_path) == ["lista.csv"]
    assert not destroy(tmp_path / "v1")
    with pytest.raises(Refused, match="No hay"):
        fingerprints(tmp_path / "v1")


def test_a_killed_destruction_is_finished_by_the_next(tmp_path, monkeypatch):
    build(tmp_path, ONE, TWO)
    wiped = []

    def dies(path):
        if wiped:
            raise KeyboardInterrupt
        wiped.append(path)
        return wipe_file(path)

    monkeypatch.setattr("matching.builder.wipe_file", dies)
    with pytest.raises(KeyboardInterrupt):
        destroy(tmp_path / "v1")
    monkeypatch.undo()
    with pytest.raises(Refused):
        Roll.open(tmp_path / "v1")
    assert destroy(tmp_path / "v1")
    assert os.listdir(tmp_path) == ["lista.csv"]


def test_exact_look_ups_are_quick(town):
    claves = [p.clave for p in town.people]
    town.roll.by_claves(claves[:10])
    began = time.process_time()
    town.roll.by_claves(claves)
    assert len(claves) / (time.process_time() - began) > 100_000
