"""The committed samples: their tables agree with each other, with the scans, with README.md and with the seed."""

import csv
import json
from collections import Counter
from pathlib import Path

import cv2
import pytest

from ocr import folio
from samples import fonts, make, names, readme
from samples.answers import file_digests
from samples.count import count_all
from samples.sheets import KEY

HERE = make.HERE
LIMIT_BYTES = 15_000_000


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_set_is_small_enough_to_travel() -> None:
    tables = [*HERE.glob("*.csv"), *HERE.glob("*.json"), *HERE.glob("*.geojson")]
    scans = [p for p in (HERE / "scans").rglob("*") if p.is_file()]
    assert sum(p.stat().st_size for p in tables + scans) < LIMIT_BYTES


def test_records_are_named_after_the_bytes_of_their_file() -> None:
    digests = {}
    for folder in (HERE / "scans").iterdir():
        for path in folder.iterdir():
            for name, digest in file_digests(path):
                digests[folder.name.split("-")[1], name] = digest
    truth = rows("truth.csv")
    for row in truth:
        expected = f"{digests[row['aspirante'], row['file']][:12]}-{int(row['page']):04d}-{int(row['row']):02d}"
        assert row["record"] == expected
    assert len({row["record"] for row in truth}) == len(truth)
    assert {(p["aspirante"], p["file"]) for p in rows("pages.csv")} == set(digests)


def test_whoever_signed_is_on_the_list_exactly_when_the_truth_says_so() -> None:
    people = {row["clave_elector"] for row in rows("lista_nominal.csv")}
    for row in rows("truth.csv"):
        if row["found"] in ("elector", "mismatch"):
            assert row["elector"] in people
        if row["found"] == "not_in_list":
            assert row["clave_elector"] not in people


def test_the_frame_counts_the_listed_people_of_each_section() -> None:
    listed = Counter(r["seccion"] for r in rows("lista_nominal.csv") if r["situacion"] == "VIGENTE")
    for row in rows("marco.csv"):
        assert int(row["lista_nominal"]) == listed[row["seccion"]] >= 90


def test_the_tallies_are_what_the_counter_counts() -> None:
    expected = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))
    assert expected == json.loads(json.dumps(count_all(HERE)))
    outcomes = {slug: a["outcome"] for slug, a in expected["aspirantes"].items()}
    assert outcomes == {
        "renata": "CUMPLE",
        "tomas": "NO_CUMPLE",
        "lucero": "INDETERMINADO",
        "gael": "NO_CUMPLE",
    }
    for aspirante in expected["aspirantes"].values():
        assert aspirante["received"] == sum(aspirante["by_class"].values())


def test_readme_states_the_same_figures_and_licences() -> None:
    said = (HERE / "README.md").read_text(encoding="utf-8").splitlines()
    expected = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))
    for line in (*readme.tally_lines(expected), *readme.class_lines(expected), *readme.font_lines()):
        assert line in said


def test_every_file_of_the_set_is_in_readme() -> None:
    text = (HERE / "README.md").read_text(encoding="utf-8")
    for path in (HERE / "scans").rglob("*.*"):
        assert f"`{path.parent.name}/{path.name}`" in text


def test_the_story_holds_what_the_demo_must_show() -> None:
    cases = Counter(row["case"] for row in rows("truth.csv"))
    wanted = {"twice", "rival_later", "latest_of_two", "tie", "out_of_scope", "baja_vigencia", "padron"}
    wanted |= {"near_twin", "listed_twin", "no_signature", "clave_struck", "row_struck", "illegible"}
    wanted |= {"photocopy_bw", "photocopy_colour", "anothers_sheet", "unknown_folio", "same_folio_other_ink"}
    wanted |= {"before_window", "after_window", "fingerprint", "signers_mistake", "clave_of_another"}
    assert wanted <= set(cases)
    pages = rows("pages.csv")
    assert {p["paper"] for p in pages} >= {"offset", "colour", "inkjet", "black"}
    assert {p["kind"] for p in pages} == {"sheet", "blank", "credential"}
    assert any(p["upside_down"] == "yes" for p in pages)
    assert sum(bool(p["image_of"]) for p in pages) == 1


def test_the_original_of_every_sheet_but_one_was_handed_in() -> None:
    [late] = {row["folio"] for row in rows("truth.csv") if row["original"] == "no"}
    for path in (HERE / "originals").iterdir():
        lines = path.read_text(encoding="ascii").split()
        assert all(folio.is_valid(line) for line in lines)
        slug = path.stem.split("-")[1]
        delivered = {p["folio"] for p in rows("pages.csv") if p["aspirante"] == slug and p["folio"]}
        assert set(lines) == delivered - {late}


def test_the_tables_come_out_of_the_seed_byte_for_byte(tmp_path: Path) -> None:
    assert (names.data_folder() / "nombres").is_dir(), "RESPALDO_DATOS must name the folder of the data"
    (tmp_path / "scans").symlink_to(HERE / "scans")
    make.make(tmp_path, scans=False)
    for path in sorted(p for p in tmp_path.rglob("*") if p.is_file() and "scans" not in p.parts):
        assert path.read_bytes() == (HERE / path.relative_to(tmp_path)).read_bytes(), path.name


def test_a_scan_comes_out_of_the_seed_again(tmp_path: Path) -> None:
    """Pixel by pixel but for rounding of another processor, and for the QR's mask, which is the encoder's choice."""
    if not fonts.available():
        pytest.skip("the handwriting fonts are not on this machine and npm cannot fetch them")
    sections = make.draw_city(make.SEED)
    people = make.draw_people(make.read_names(), sections, make.SEED)
    plans = make.tell(make.City(people, sections, make.SEED))
    chosen = [f for f in make.bind_files(plans, people) if f.name == "hoja-ajena.jpg"]
    sheets = [sheaf.plan for file in chosen for sheaf in file.pages if sheaf.plan]
    make.draw_files(chosen, sheets, tmp_path, make.SEED, real=False)
    drawn, kept = (cv2.imread(str(f / "scans" / "2-tomas" / "hoja-ajena.jpg")) for f in (tmp_path, HERE))
    difference = cv2.absdiff(drawn, kept).max(axis=2)
    assert difference.mean() < 1
    assert (difference > 40).mean() < 0.005


def test_the_public_key_is_the_one_the_sheets_were_signed_with() -> None:
    assert bytes.fromhex((HERE / "proceso.key").read_text(encoding="ascii")) == KEY
