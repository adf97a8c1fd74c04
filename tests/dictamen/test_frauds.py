"""A table of planted frauds: both verifiers catch each one and name the figure that does not hold."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import rfc8785

from service.dictamen import annexes
from service.dictamen.issue import GROUP_NAMES, Issued, issue, seal
from service.dictamen.names import GROUPS
from service.dictamen.sign import Signer, make_rehearsal_signer, sign_pdf, unsigned_length
from service.dictamen.verify import verify

CONFIDENTIAL, PUBLIC = "annex_confidential.csv", "annex_public.csv"
Fraud = Callable[[Path], None]


@pytest.fixture(scope="module")
def honest(made_up: ModuleType, signer: Signer, tmp_path_factory: pytest.TempPathFactory) -> Issued:
    folder = tmp_path_factory.mktemp("honest") / "d"
    return issue(made_up.expediente(240), folder, preliminary=False, on=made_up.END.replace(month=2), signer=signer)


def _edit_rows(folder: Path, change: Callable[[list[dict[str, str]]], None]) -> None:
    path = folder / CONFIDENTIAL
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        columns, rows = list(reader.fieldnames or []), list(reader)
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _edit_json(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    path = folder / "dictamen.json"
    document = json.loads(path.read_bytes())
    change(document)
    path.write_bytes(rfc8785.dumps(document))


def _first(rows: list[dict[str, str]], clase: str = "V") -> dict[str, str]:
    return next(row for row in rows if row["class"] == clase and not row["party"])


def move_a_record(folder: Path) -> None:
    _edit_rows(folder, lambda rows: _first(rows).update(party="R-01", salt="", party_constancia="2026-11-19"))


def change_a_class(folder: Path) -> None:
    _edit_rows(folder, lambda rows: _first(rows, "I1").update({"class": "V", "reasons": ""}))


def hide_a_finding(folder: Path) -> None:
    _edit_rows(folder, lambda rows: _first(rows, "I3").update({"class": "V", "reasons": "", "established": ""}))


def edit_a_count(folder: Path) -> None:
    _edit_json(folder, lambda d: d["documento"]["conteo"].update(validos=d["documento"]["conteo"]["validos"] + 1))


def edit_a_subtotal(folder: Path) -> None:
    _edit_json(folder, lambda d: d["documento"]["conteo"]["pasos"][3].update(n=0))


def recode_a_unit(folder: Path) -> None:
    _edit_rows(folder, lambda rows: _first(rows).update(seccion="60" if _first(rows)["seccion"] != "60" else "1"))


def recode_the_frame(folder: Path) -> None:
    path = folder / "annex_marco.csv"
    path.write_text(path.read_text().replace("\n7,17,", "\n7,26,"), encoding="utf-8")


def swap_a_parameter(folder: Path) -> None:
    _edit_json(folder, lambda d: d["documento"]["proceso_archivo"]["parametros"].update(redondeo="piso"))


def swap_the_reading(folder: Path) -> None:
    _edit_json(folder, lambda d: d["documento"]["dispersion"].update(lectura="R2"))


def lower_the_requirement(folder: Path) -> None:
    _edit_json(folder, lambda d: d["documento"]["requisito"].update(requeridos=1))


def turn_the_outcome(folder: Path) -> None:
    now = {"CUMPLE": "NO_CUMPLE", "NO_CUMPLE": "CUMPLE"}
    result = "resultado"
    _edit_json(folder, lambda d: d["documento"][result].update(sentido=now[d["documento"][result]["sentido"]]))


def postdate_a_rival(folder: Path) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        lost = _first(rows, "D2")
        for row in rows:
            if row["party"] and row["elector"] == lost["elector"]:
                row["fecha"] = "2026-11-20"
        lost.update(fecha="2027-01-17")

    _edit_rows(folder, change)


def drop_a_record(folder: Path) -> None:
    _edit_rows(folder, lambda rows: rows.remove(_first(rows)))


def drop_a_public_line(folder: Path) -> None:
    path = folder / PUBLIC
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:5], *lines[6:]]) + "\n", encoding="utf-8")


def change_a_group(folder: Path) -> None:
    path = folder / PUBLIC
    path.write_text(path.read_text().replace(",lista", ",valido", 1), encoding="utf-8")


def change_a_salt(folder: Path) -> None:
    _edit_rows(folder, lambda rows: _first(rows).update(salt="00" * 32))


def change_one_byte(folder: Path) -> None:
    raw = bytearray((folder / CONFIDENTIAL).read_bytes())
    place = raw.index(b"FCTCNL") + 8
    raw[place] ^= 1
    (folder / CONFIDENTIAL).write_bytes(bytes(raw))


def _edit_sample(folder: Path, change: Callable[[list[list[str]]], None]) -> None:
    path = folder / "annex_control.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def soften_an_error(folder: Path) -> None:
    _edit_json(folder, lambda d: d["documento"]["errores"][2].update(errores=0))


def agree_with_the_machine(folder: Path) -> None:
    _edit_sample(folder, lambda rows: rows[3].__setitem__(7, rows[3][4]))  # the first look at the wrong one


def choose_the_sample(folder: Path) -> None:
    def change(rows: list[list[str]]) -> None:
        rows[3][2], rows[4][2] = rows[4][2], rows[3][2]

    _edit_sample(folder, change)


def narrow_an_interval(folder: Path) -> None:
    _edit_json(folder, lambda d: d["documento"]["errores"][0].update(intervalo_95=["0.0000", "0.0100"]))


def change_the_root(folder: Path) -> None:
    _edit_json(folder, lambda d: d["integridad"].update(raiz="0" * 64))


FRAUDS: list[tuple[Fraud, str]] = [
    (move_a_record, "conteo.recibidos"),
    (change_a_class, ".class"),
    (hide_a_finding, "conteo.por_clase.I3"),
    (edit_a_count, "conteo.validos"),
    (edit_a_subtotal, "conteo.pasos[Sin firma ni huella].n"),
    (recode_a_unit, "dispersion.unidades["),
    (recode_the_frame, "dispersion.N"),
    (swap_a_parameter, "parametros"),
    (swap_the_reading, "dispersion.lectura"),
    (lower_the_requirement, "requisito.requeridos"),
    (turn_the_outcome, "resultado.sentido"),
    (postdate_a_rival, "duplicados.otro_aspirante"),
    (drop_a_record, "conteo.recibidos"),
    (drop_a_public_line, "integridad.hojas"),
    (change_a_group, "annex_public.csv"),
    (change_a_salt, "annex_public.csv"),
    (change_one_byte, "annex_confidential.csv.sha256"),
    (change_the_root, "integridad.raiz"),
    (soften_an_error, "errores"),
    (agree_with_the_machine, "errores"),
    (choose_the_sample, "muestra"),
    (narrow_an_interval, "errores[lectura_clave]"),
]


def test_an_honest_dictamen_holds_for_both(honest: Issued, alone: ModuleType) -> None:
    assert verify(honest.folder, honest.root).findings == []
    assert alone.verificar(str(honest.folder), honest.root) == ([], [])


@pytest.mark.parametrize(("fraud", "figure"), FRAUDS, ids=[fraud.__name__ for fraud, _ in FRAUDS])
def test_both_verifiers_catch_a_planted_fraud_and_name_the_figure(
    honest: Issued, alone: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fraud: Fraud, figure: str
) -> None:
    monkeypatch.setattr("service.dictamen.verify._check_pdf", lambda *ignored: None)  # the figures must tell alone
    folder = tmp_path / "d"
    shutil.copytree(honest.folder, folder)
    fraud(folder)
    main_says = [finding.figure for finding in verify(folder).findings]
    alone_says = [str(one[0]) for one in alone.verificar(str(folder), None)[0]]
    assert any(figure in one for one in main_says), main_says
    assert any(figure in one for one in alone_says), alone_says


def _seal_again(folder: Path) -> None:
    """What a forger with all files would do next: commitments, hashes and root computed anew over what was edited."""
    with (folder / CONFIDENTIAL).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    own = [row for row in rows if not row[1]]
    leaves = sorted(annexes.commit(row) + bytes([GROUP_NAMES.index(GROUPS[row[-3]])]) for row in own)
    annexes.write_public(folder / PUBLIC, ((leaf[:-1], GROUP_NAMES[leaf[-1]]) for leaf in leaves))
    said = json.loads((folder / "dictamen.json").read_bytes())["documento"]
    for name, count in ((CONFIDENTIAL, len(rows)), (PUBLIC, len(own))):
        said["anexos"][name]["renglones"] = count
    for name in said["anexos"]:
        said["anexos"][name]["sha256"] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "dictamen.json").write_bytes(rfc8785.dumps(seal(said, leaves)))


SEALED_AGAIN: list[tuple[Fraud, str]] = [
    (move_a_record, "conteo.recibidos"),
    (change_a_class, ".class"),
    (hide_a_finding, "conteo.por_clase.I3"),
    (edit_a_count, "conteo.validos"),
    (recode_a_unit, "dispersion.unidades["),
    (recode_the_frame, "dispersion.N"),
    (swap_a_parameter, "parametros"),
    (turn_the_outcome, "resultado.sentido"),
    (postdate_a_rival, "duplicados.otro_aspirante"),
    (drop_a_record, "conteo.recibidos"),
]


@pytest.mark.parametrize(("fraud", "figure"), SEALED_AGAIN, ids=[fraud.__name__ for fraud, _ in SEALED_AGAIN])
def test_a_fraud_sealed_again_with_hashes_and_root_is_still_told_by_its_figure_and_by_the_root(
    honest: Issued, alone: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fraud: Fraud, figure: str
) -> None:
    monkeypatch.setattr("service.dictamen.verify._check_pdf", lambda *ignored: None)
    folder = tmp_path / "d"
    shutil.copytree(honest.folder, folder)
    fraud(folder)
    _seal_again(folder)
    main_says = [finding.figure for finding in verify(folder, honest.root).findings]
    alone_says = [str(one[0]) for one in alone.verificar(str(folder), honest.root)[0]]
    for said in (main_says, alone_says):
        assert any(figure in one for one in said), said
        assert "raíz publicada" in said
        assert not [one for one in said if "sha256" in one or one.startswith("integridad")], "sealed well"


def test_a_dictamen_forged_whole_is_caught_against_the_published_root_alone(
    honest: Issued, made_up: ModuleType, alone: ModuleType, signer: Signer, tmp_path: Path
) -> None:
    """A record dropped and everything computed anew, signature included: consistent, and not what was published."""
    whole = list(made_up.entries(240))
    sampled = {one.record for one in made_up.drawn()}  # dropping one of those would show even without the root
    dropped = next(
        entry
        for entry in whole
        if entry.rival is None and not entry.record.established and entry.record.id not in sampled
    )
    forged = made_up.expediente(240, entries=lambda: [entry for entry in whole if entry is not dropped])
    other = issue(forged, tmp_path / "d", preliminary=False, on=made_up.END.replace(month=2), signer=signer)
    assert verify(other.folder).agrees
    assert alone.verificar(str(other.folder), None)[0] == []
    assert [finding.figure for finding in verify(other.folder, honest.root).findings] == ["raíz publicada"]
    assert [one[0] for one in alone.verificar(str(other.folder), honest.root)[0]] == ["raíz publicada"]


def test_a_parameter_swapped_with_everything_computed_anew_is_caught_by_the_root(
    honest: Issued, made_up: ModuleType, alone: ModuleType, signer: Signer, tmp_path: Path
) -> None:
    proceso = {**made_up.PROCESO, "parametros": {"redondeo": "piso"}}
    forged = made_up.expediente(240, proceso=proceso)
    other = issue(forged, tmp_path / "d", preliminary=False, on=made_up.END.replace(month=2), signer=signer)
    assert verify(other.folder).agrees
    assert not verify(other.folder, honest.root).agrees
    assert alone.verificar(str(other.folder), honest.root)[0] != []


def test_another_pdf_or_another_signature_is_found(honest: Issued, tmp_path: Path) -> None:
    folder = tmp_path / "d"
    shutil.copytree(honest.folder, folder)
    pdf = (folder / "dictamen.pdf").read_bytes()
    bare = pdf[: unsigned_length(pdf)]
    assert hashlib.sha256(bare).digest() != hashlib.sha256(pdf).digest()
    forger = make_rehearsal_signer(datetime(2027, 2, 20, tzinfo=UTC))
    for altered, cause in (
        (bare, "0 firmas"),
        (pdf[:900] + bytes([pdf[900] ^ 1]) + pdf[901:], "PDF"),
        (pdf + b"\n% x", "archivo entero"),
        (sign_pdf(bare, forger, reason="x"), "otro certificado"),
    ):
        (folder / "dictamen.pdf").write_bytes(altered)
        found = [str(finding) for finding in verify(folder, honest.root).findings]
        assert any(cause in one for one in found), (cause, found)


@pytest.mark.parametrize(
    "name", ["dictamen.json", "annex_confidential.csv", "annex_public.csv", "annex_marco.csv", "annex_control.csv"]
)
def test_a_missing_or_broken_file_is_a_finding_and_never_a_fault(
    honest: Issued, alone: ModuleType, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "d"
    shutil.copytree(honest.folder, folder)
    (folder / name).write_bytes(b"\xff\xfe,")
    assert not verify(folder).agrees
    assert alone.principal([str(folder)]) == 2
    (folder / name).unlink()
    assert not verify(folder).agrees
    assert alone.principal([str(folder)]) == 2
