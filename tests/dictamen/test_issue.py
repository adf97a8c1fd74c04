"""Issuing: the same bytes again, what a final dictamen demands, what the public annex never shows."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from service.dictamen.expediente import Notice, Originals, Supersession
from service.dictamen.freeze import freeze, schema_faults
from service.dictamen.issue import Issued
from service.dictamen.sign import unsigned_length
from service.dictamen.verify import verify
from service.errors import Refused
from service.law.plazos import ZONA

Issue = Callable[..., Issued]


def test_issued_again_it_is_the_same_byte_for_byte_but_for_the_signature(
    made_up: ModuleType, issued_from: Issue
) -> None:
    one, two = issued_from(made_up.expediente(80), "one"), issued_from(made_up.expediente(80), "two")
    names = sorted(path.name for path in one.folder.iterdir())
    assert names == sorted(path.name for path in two.folder.iterdir())
    for name in names:
        first, second = (one.folder / name).read_bytes(), (two.folder / name).read_bytes()
        if name == "dictamen.pdf":
            assert first[: unsigned_length(first)] == second[: unsigned_length(second)]
        else:
            assert first == second, name


def test_the_public_annex_holds_commitments_and_groups_and_nothing_else(
    made_up: ModuleType, issued_from: Issue
) -> None:
    issued = issued_from(made_up.expediente(120))
    lines = (issued.folder / "annex_public.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "commitment,group"
    assert all(
        re.fullmatch(r"[0-9a-f]{64},(valido|duplicado|empate|forma|lista|pendiente)", one) for one in lines[1:]
    )
    assert lines[1:] == sorted(lines[1:])
    public = b"".join((issued.folder / name).read_bytes() for name in ("annex_public.csv", "dictamen.json"))
    claves = {entry.record.elector for entry in made_up.entries(120) if entry.record.elector}
    assert not [clave for clave in claves if clave.encode() in public]


def test_equal_rows_have_commitments_that_cannot_be_told_to_be_equal(made_up: ModuleType, issued_from: Issue) -> None:
    """Another salt, another commitment: without it a guess of the whole row confirms nothing."""
    entries = list(made_up.entries(40))
    salted = [replace(entry, salt=bytes(32)) if entry.salt else entry for entry in entries]
    one = issued_from(made_up.expediente(40, entries=lambda: entries), "one")
    two = issued_from(made_up.expediente(40, entries=lambda: salted), "two")
    first = set((one.folder / "annex_public.csv").read_text().splitlines()[1:])
    second = set((two.folder / "annex_public.csv").read_text().splitlines()[1:])
    assert not first & second


@pytest.mark.parametrize(
    ("change", "on", "code"),
    [
        ({}, date(2027, 1, 18), "VENTANA_ABIERTA"),
        ({"originals": Originals(52, 51, 51)}, date(2027, 2, 1), "ORIGINALES_SIN_CONCILIAR"),
        ({"originals": Originals(None, 51, 50)}, date(2027, 2, 1), "ORIGINALES_SIN_CONCILIAR"),
        ({}, date(2027, 1, 29), "AUDIENCIA_EN_PLAZO"),
        ({"pending": 0.4}, date(2027, 2, 1), "DECISION_PENDIENTE"),
    ],
)
def test_a_final_dictamen_is_refused_while_something_is_missing_and_nothing_is_left(
    made_up: ModuleType, issued_from: Issue, tmp_path: Path, change: dict[str, Any], on: date, code: str
) -> None:
    expediente = made_up.expediente(400, **change)
    with pytest.raises(Refused) as refusal:
        issued_from(expediente, on=on)
    assert refusal.value.code == code
    assert refusal.value.sentence.endswith((".", "antes.", "después."))
    assert list(tmp_path.iterdir()) == []
    assert issued_from(expediente, on=on, preliminary=True).folder.is_dir()


def test_the_boundary_days_of_a_final_dictamen(made_up: ModuleType, issued_from: Issue) -> None:
    """The day after the window closes, and the day on which the hearing term ends, it can be issued."""
    quiet = made_up.expediente(400, hearing=replace(made_up.expediente(8).hearing, notices=()))
    assert issued_from(quiet, "a", on=date(2027, 1, 19)).outcome == "CUMPLE"
    ends = datetime(2027, 1, 30, 10, 0, tzinfo=ZONA)
    heard = replace(quiet.hearing, notices=(Notice(ends - timedelta(hours=120), ends),))
    assert issued_from(made_up.expediente(400, hearing=heard), "b", on=date(2027, 1, 30)).outcome == "CUMPLE"


def test_a_record_in_hearing_stops_a_final_dictamen(made_up: ModuleType, issued_from: Issue) -> None:
    entries = list(made_up.entries(400))
    place = next(n for n, e in enumerate(entries) if e.rival is None and e.record.established and e.record.elector)
    entries[place] = replace(entries[place], record=replace(entries[place].record, in_hearing=True))
    with pytest.raises(Refused) as refusal:
        issued_from(made_up.expediente(400, entries=lambda: entries))
    assert refusal.value.code == "AUDIENCIA_PENDIENTE"


def test_every_record_is_subtracted_once_and_every_subtotal_stands(made_up: ModuleType, issued_from: Issue) -> None:
    issued = issued_from(made_up.expediente(300, pending=0.1), preliminary=True)
    count = json.loads(issued.document)["documento"]["conteo"]
    left = count["recibidos"]
    for step in count["pasos"]:
        assert step["n"] == sum(step["clases"].values())
        left -= step["n"]
        assert step["subtotal"] == left
    assert left == count["validos"] == count["por_clase"]["V"]
    assert sum(count["por_clase"].values()) == count["recibidos"] == 300


def test_records_out_of_order_are_refused(made_up: ModuleType, issued_from: Issue) -> None:
    backwards = list(made_up.entries(50))[::-1]
    with pytest.raises(Refused) as refusal:
        issued_from(made_up.expediente(50, entries=lambda: backwards))
    assert refusal.value.code == "EXPEDIENTE_DESORDENADO"


def test_a_folder_that_holds_something_is_not_touched(
    made_up: ModuleType, issued_from: Issue, tmp_path: Path
) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "mine.txt").write_text("x")
    with pytest.raises(Refused) as refusal:
        issued_from(made_up.expediente(20))
    assert refusal.value.code == "CARPETA_OCUPADA"
    assert [path.name for path in (tmp_path / "d").iterdir()] == ["mine.txt"]


def test_a_correction_says_what_it_replaces_and_why(made_up: ModuleType, issued_from: Issue) -> None:
    old = Supersession("DICTAMEN/1", "a" * 64, "Se corrigió la base por acuerdo.")
    issued = issued_from(made_up.expediente(400, supersedes=old))
    said = json.loads(issued.document)["documento"]
    assert said["sustituye"] == {"folio": old.folio, "sha256": old.sha256, "motivo": old.motive}
    assert verify(issued.folder).agrees
    assert "Motivo: Se corrigió la base por acuerdo." in _text(issued.folder / "dictamen.pdf")


def test_the_pdf_has_real_text_bookmarks_a_language_and_the_same_figures(
    made_up: ModuleType, issued_from: Issue
) -> None:
    issued = issued_from(made_up.expediente(400))
    pdf = (issued.folder / "dictamen.pdf").read_bytes()
    said = json.loads(issued.document)["documento"]
    text = _text(issued.folder / "dictamen.pdf")
    assert b"/Lang (es-MX)" in pdf
    assert b"/Outlines" in pdf
    for figure in (
        said["aspirante"]["nombre"],
        said["requisito"]["formula"],
        issued.root,
        f"k = {said['dispersion']['k']}",
    ):
        assert figure in re.sub(r"\s+", " ", text), figure
    assert "ENSAYO: sin validez jurídica" in text


def test_a_preliminary_report_says_on_each_page_that_it_is_no_dictamen(
    made_up: ModuleType, issued_from: Issue
) -> None:
    issued = issued_from(made_up.expediente(60), preliminary=True, on=date(2027, 1, 2))
    text = _text(issued.folder / "dictamen.pdf")
    assert text.count("INFORME PRELIMINAR: no es un dictamen") == text.count("Página ")


def test_a_document_with_a_float_is_not_frozen() -> None:
    with pytest.raises(ValueError, match=r"\$\.a\[1\]"):
        freeze({"a": [1, 0.5]})


def test_the_schema_names_what_is_wrong(made_up: ModuleType, issued_from: Issue) -> None:
    document = json.loads(issued_from(made_up.expediente(60), preliminary=True).document)
    assert schema_faults(document) == []
    document["documento"]["conteo"]["validos"] = -1
    document["documento"]["extra"] = 1
    faults = schema_faults(document)
    assert any(fault.startswith("documento/conteo/validos") for fault in faults)
    assert any("extra" in fault for fault in faults)


def _text(pdf: Path) -> str:
    program = shutil.which("pdftotext")
    if program is None:
        pytest.fail("pdftotext is missing: apt-get install poppler-utils")
    done = subprocess.run(
        [program, str(pdf), "-"], check=True, capture_output=True, env={**os.environ, "LC_ALL": "C.UTF-8"}
    )
    return done.stdout.decode("utf-8")
