"""From the store to a dictamen that both verifiers accept; what stops a final one leaves nothing behind."""

from __future__ import annotations

import csv
import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import pytest

from service.audit.chain import broken_links
from service.config import Settings
from service.dictamen.assemble import issue_for
from service.dictamen.hearing_packet import packet_for
from service.dictamen.verify import faults_of
from service.errors import Refused
from service.store import Store, now
from service.store.findings import Dictamen, Ruling, RulingRun, Salt
from service.store.papers import Original, Page, Reading, Record, Scan, SheetImage
from service.store.proceso import Marco, ProcesoVersion
from service.store.work import Job, add_job, close_job, each_event

AFTER = dt.date(2027, 2, 10)
RECORDS = 12


def _issue(house: Store, settings: Settings, out: Path | None, **more: object) -> object:
    asked = {"preliminary": False, "on": AFTER, "operator": "deapf", **more}
    return issue_for(house, settings, "A", out=out, **asked)  # type: ignore[arg-type]


def test_a_final_dictamen_is_issued_kept_and_checked_by_both(
    house: Store, settings: Settings, tmp_path: Path
) -> None:
    out = tmp_path / "dictamen"
    issued = _issue(house, settings, out)
    assert issued.outcome == "CUMPLE"
    assert faults_of(out, issued.root) == []
    alone = [sys.executable, str(out / "verify_alone.py"), str(out), "--root", issued.root]
    assert subprocess.run(alone, check=False, capture_output=True).returncode == 0
    with house.reading() as session:
        row = session.get_one(Dictamen, issued.number)
        assert row.document == (out / "dictamen.json").read_bytes()
        assert [event.kind for event in each_event(session)] == ["DictamenIssued"]
        assert list(broken_links(session)) == []
    assert faults_of(settings.data / "dictamenes" / issued.sha256, issued.root) == []


def test_the_annex_shows_rivals_only_where_contested_and_never_by_name(
    house: Store, settings: Settings, tmp_path: Path
) -> None:
    out = tmp_path / "dictamen"
    _issue(house, settings, out)
    with (out / "annex_confidential.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    rivals = [row for row in rows if row["party"]]
    assert (len(rows), len(rivals)) == (RECORDS + 2, 2)
    assert {row["elector"] for row in rivals} == {"ELECTORFICTICIO000", "ELECTORFICTICIO001"}
    for row in rivals:
        assert row["party"].startswith("R-")
        assert (row["folio"], row["batch"], row["sheet"], row["clave_read"], row["salt"]) == ("", "", "", "", "")
        assert "000000000002" not in row["record"]
    classes = {row["elector"]: row["class"] for row in rows if not row["party"]}
    assert classes["ELECTORFICTICIO000"] == "D2"  # B's is of a later day
    assert classes["ELECTORFICTICIO001"] == "V"


def test_issuing_again_says_the_same_with_the_same_salts(house: Store, settings: Settings, tmp_path: Path) -> None:
    _issue(house, settings, tmp_path / "one", preliminary=True)
    with house.reading() as session:
        salts = {salt.record: salt.salt for salt in session.query(Salt)}
    _issue(house, settings, tmp_path / "two", preliminary=True)
    with house.reading() as session:
        assert {salt.record: salt.salt for salt in session.query(Salt)} == salts
    assert len(set(salts.values())) == RECORDS
    for name in ("annex_confidential.csv", "annex_public.csv", "annex_marco.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_final_dictamen_within_the_window_is_refused_and_leaves_nothing(
    house: Store, settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(Refused) as refusal:
        _issue(house, settings, tmp_path / "d", on=dt.date(2027, 1, 18))
    assert refusal.value.code == "VENTANA_ABIERTA"
    assert not (tmp_path / "d").exists()
    assert list((settings.data / "dictamenes").iterdir()) == []
    with house.reading() as session:
        assert session.query(Dictamen).count() == 0


def test_a_correction_supersedes_and_must_say_why(house: Store, settings: Settings, tmp_path: Path) -> None:
    first = _issue(house, settings, tmp_path / "one")
    with pytest.raises(Refused) as refusal:
        _issue(house, settings, tmp_path / "two")
    assert refusal.value.code == "FALTA_MOTIVO"
    second = _issue(house, settings, tmp_path / "two", motive="Se corrigió una fecha.")
    assert faults_of(tmp_path / "two", second.root) == []
    one, two = (json.loads((tmp_path / name / "dictamen.json").read_bytes())["documento"] for name in ("one", "two"))
    assert two["sustituye"] == {"folio": one["folio"], "sha256": first.sha256, "motivo": "Se corrigió una fecha."}
    with house.reading() as session:
        assert session.get_one(Dictamen, second.number).supersedes == first.number


def test_originals_that_do_not_reconcile_stop_a_final_dictamen(
    house: Store, settings: Settings, tmp_path: Path
) -> None:
    with house.writing() as session:
        session.query(Original).filter(Original.aspirante == "A").delete()
    with pytest.raises(Refused) as refusal:
        _issue(house, settings, tmp_path / "d")
    assert refusal.value.code == "ORIGINALES_SIN_CONCILIAR"


@pytest.mark.parametrize("fault", ["unread", "unlaid", "aside"])
def test_unfinished_work_stops_a_final_dictamen_and_is_told_in_a_preliminary_one(
    house: Store, settings: Settings, tmp_path: Path, fault: str
) -> None:
    with house.writing() as session:
        scan = session.query(Scan).filter(Scan.batch == "L1").one()
        page = Page(scan_id=scan.id, number=2)
        session.add(page)
        session.flush()
        if fault != "unread":
            session.add(
                Reading(page_id=page.id, engine="ojos-1", kind="sheet", form=None, folio=None, document={}, at=now())
            )
        if fault == "aside":
            session.add(SheetImage(page_id=page.id, sheet="h1"))
            add_job(session, "lay", "L1", "L1", now())
            session.flush()
            job = session.query(Job).one()
            close_job(session, job.id, job.asked_at, now(), "FALLA", "se rompió")
    with pytest.raises(Refused) as refusal:
        _issue(house, settings, tmp_path / "d")
    assert refusal.value.code == "TRABAJO_PENDIENTE"
    issued = _issue(house, settings, tmp_path / "d", preliminary=True)
    said = json.loads((tmp_path / "d" / "dictamen.json").read_bytes())["documento"]
    told = {"unread": "sin_leer", "unlaid": "sin_registrar", "aside": "trabajos_con_falla"}[fault]
    assert said["paginas"][told] == 1
    assert faults_of(tmp_path / "d", issued.root) == []


def test_unread_pages_of_a_rival_stop_a_dictamen_that_they_could_turn(
    house: Store, settings: Settings, tmp_path: Path
) -> None:
    with house.writing() as session:
        session.add(Page(scan_id=session.query(Scan).filter(Scan.batch == "L2").one().id, number=2))
    with pytest.raises(Refused) as refusal:
        _issue(house, settings, tmp_path / "d")
    assert refusal.value.code == "TRABAJO_PENDIENTE_DE_OTROS"


def test_the_hearing_packet_holds_the_rows_that_do_not_count_and_is_noted(
    house: Store, settings: Settings, tmp_path: Path
) -> None:
    with house.writing() as session:
        version, marco = session.query(ProcesoVersion).one(), session.query(Marco).one()
        run = RulingRun(proceso="P", proceso_version_id=version.id, marco_id=marco.id, at=now())
        session.add(run)
        session.flush()
        for record in session.query(Record).filter(Record.aspirante == "A"):
            clase = "D2" if record.row == 1 else "V"
            session.add(
                Ruling(
                    run_id=run.id, record=record.id, clase=clase, reasons=["D2"] if clase == "D2" else [],
                    paragraph="323 párr. 13", sentence="Otra fecha es posterior.", clave="", decided_by="auto",
                    pivotal=False,
                )
            )  # fmt: skip
    volumes, rows = packet_for(house, settings, "A", out=tmp_path / "p", on=AFTER, operator="deapf")
    assert ([path.name for path in volumes], rows) == (["audiencia-001.pdf"], 1)
    with house.reading() as session:
        assert [event.kind for event in each_event(session)] == ["RecordsExported"]
    with pytest.raises(Refused):
        packet_for(house, settings, "A", out=tmp_path / "p", on=AFTER, operator="deapf")


def test_when_the_deed_cannot_be_noted_no_file_is_left(
    house: Store, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("service.dictamen.assemble.record_deed", broken)
    with pytest.raises(RuntimeError):
        _issue(house, settings, tmp_path / "d")
    assert not (tmp_path / "d").exists()
    assert list((settings.data / "dictamenes").iterdir()) == []
    with house.reading() as session:
        assert session.query(Dictamen).count() == 0


def test_an_output_folder_in_use_is_refused_before_anything_is_done(
    house: Store, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "mine").write_text("x")
    with pytest.raises(Refused) as refusal:
        _issue(house, settings, tmp_path / "d")
    assert refusal.value.code == "CARPETA_OCUPADA"
    assert [path.name for path in (tmp_path / "d").iterdir()] == ["mine"]
    assert not (settings.data / "dictamenes").exists()
