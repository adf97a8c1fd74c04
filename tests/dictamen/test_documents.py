"""What leaves this room besides the dictamen: workbook, exchange files, hearing packet, map, signature, intervals."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from math import comb
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from service.dictamen.annexes import CONFIDENTIAL
from service.dictamen.exchange import load_layouts, neutralise, read_answers, write_export
from service.dictamen.freeze import digest_file
from service.dictamen.hearing_packet import _as_shown
from service.dictamen.intervals import clopper_pearson, rate
from service.dictamen.issue import Issued
from service.dictamen.outlines import outlines_of, simplify
from service.dictamen.packet import PacketHead, PacketRow, write_packet
from service.dictamen.sign import Signer, check_signature, load_signer, save_signer
from service.dictamen.signing_key import signer_of
from service.dictamen.xlsx import write_workbook
from service.errors import Refused
from service.law.records import Clase
from service.law.sentences import LABELS, NO_ORIGINAL, SENTENCES
from service.store.dictamenes import FailingRow

HEAD = PacketHead(
    "Proceso de prueba", "A-001", "LUCERO CELESTE FARO BRUMA", "2027-01-25", "2027-01-30T10:00:00-06:00"
)


def test_the_workbook_lists_own_records_without_claves_and_runs_no_formula(
    made_up: ModuleType, issued_from: Callable[..., Issued], tmp_path: Path
) -> None:
    entries = [  # in the order of the electors' keys, and on paper the other way round
        replace(entry, record=replace(entry.record, folio=f"{10**9 - number:010d}"))
        for number, entry in enumerate(made_up.entries(60))
    ]
    expediente = made_up.expediente(60, nombre='=HYPERLINK("http://x")', entries=lambda: entries)
    issued = issued_from(expediente, preliminary=True)
    out = tmp_path / "consejo.xlsx"
    written = write_workbook(json.loads(issued.document), issued.folder / CONFIDENTIAL, out)
    assert written == 60
    with zipfile.ZipFile(out) as book:
        parts = {name: book.read(name).decode("utf-8") for name in book.namelist() if name.endswith(".xml")}
    assert not [name for name, xml in parts.items() if "<f>" in xml or "<hyperlink " in xml]
    whole = "".join(parts.values())
    assert "=HYPERLINK" in whole  # kept, as text
    assert not [e for e in entries if e.record.elector and e.record.elector in whole]
    assert "R-01" not in whole
    own = [entry.record.id for entry in entries if entry.rival is None]
    texts = re.findall(r"<t[^>]*>([^<]*)</t>", parts["xl/worksheets/sheet8.xml"])
    assert [text for text in texts if text in own] == own[::-1]  # as on paper: the keys' order would tell of people


@pytest.mark.parametrize("text", ["=1+1", "+52", "-2", "@SUM(A1)", "\tx"])
def test_a_spreadsheet_will_not_run_what_is_exported(text: str) -> None:
    assert neutralise(text) == "'" + text
    assert neutralise("FCTCNL00000001H000") == "FCTCNL00000001H000"


def test_an_export_has_its_layout_and_an_acta_with_its_hash(tmp_path: Path) -> None:
    layouts = load_layouts()
    out = tmp_path / "derfe.csv"
    rows = [{"consulta": "1", "clave_elector": "FCTCNL00000001H000", "numero_ocr": ""}]
    acta = write_export(layouts["derfe_salida"], rows, out, on=date(2027, 1, 20), acta={"entrega": "DEOEyG"})
    assert out.read_text(encoding="utf-8") == "CONSECUTIVO,CLAVE_ELECTOR,OCR\n1,FCTCNL00000001H000,\n"
    assert acta["sha256"] == digest_file(out)
    assert json.loads((tmp_path / "derfe.csv.acta.json").read_text()) == acta
    notice = tmp_path / "aviso.json"
    datum = {column.datum: "x" for column in layouts["utf_avisos"].columns}
    write_export(layouts["utf_avisos"], [datum], notice, on=date(2027, 1, 20), acta={})
    assert json.loads(notice.read_text())["sistema"] == "UTF"


def test_an_export_that_lacks_a_datum_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        write_export(load_layouts()["snr"], [{"proceso": "P"}], tmp_path / "snr.csv", on=date(2027, 1, 1), acta={})
    assert refusal.value.code == "DATO_FALTANTE"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CONSECUTIVO,SITUACION\n", "COMPULSA_COLUMNAS"),
        ("CONSECUTIVO,SITUACION,SECCION\n1,VIGENTE\n", "COMPULSA_RENGLON"),
        ("CONSECUTIVO,SITUACION,SECCION\n1,VIVO,12\n", "COMPULSA_RENGLON"),
        ("CONSECUTIVO,SITUACION,SECCION\n1,VIGENTE,12\n1,PADRON,12\n", "COMPULSA_RENGLON"),
        ("CONSECUTIVO,SITUACION,SECCION\n1,VIGENTE,12a\n", "COMPULSA_RENGLON"),
        ("CONSECUTIVO,SITUACION,SECCION\n1,VIGENTE,١٢\n", "COMPULSA_RENGLON"),
        ("CONSECUTIVO,SITUACION,SECCION\n1,VIGENTE," + "1" * 140_000, "COMPULSA_COLUMNAS"),
    ],
)
def test_a_compulsa_that_does_not_fit_is_refused_by_line(text: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        list(read_answers(load_layouts()["derfe_entrada"], text.encode()))
    assert refusal.value.code == code


def test_a_compulsa_comes_back(tmp_path: Path) -> None:
    text = "\ufeffCONSECUTIVO,SITUACION,SECCION\n1,VIGENTE,12\n2,BAJA_DEFUNCION,\n"
    answers = list(read_answers(load_layouts()["derfe_entrada"], text.encode()))
    assert [(a.query, a.situation, a.section) for a in answers] == [
        ("1", "VIGENTE", "12"),
        ("2", "BAJA_DEFUNCION", ""),
    ]
    broken = tmp_path / "layouts.json"
    broken.write_text('{"snr": {"sistema": "SNR"}}')
    with pytest.raises(Refused):
        load_layouts(broken)


def _picture() -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (600, 60), "white").save(held, "JPEG")
    return held.getvalue()


def test_the_hearing_packet_holds_each_row_with_its_picture_in_volumes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.dictamen.packet.PER_VOLUME", 20)
    picture = _picture()
    rows = (
        PacketRow(f"a-{n:05d}", "001-000001-5", n, "I3", ("I3", "I8?"), "Sin firma.", picture if n % 3 else b"broken")
        for n in range(27)
    )
    volumes = write_packet(tmp_path, HEAD, rows)
    assert [path.name for path in volumes] == ["audiencia-001.pdf", "audiencia-002.pdf"]
    small = volumes[1].read_bytes()
    assert b"/Lang (es-MX)" in small
    assert b"/Outlines" in small
    assert write_packet(tmp_path / "empty", HEAD, [])[0].is_file()


@pytest.mark.parametrize("clase", [one for one in Clase if one.startswith("B")])
def test_a_paper_that_travels_tells_no_cause_of_baja(clase: Clase) -> None:
    told = f"{SENTENCES[clase]} Además: {LABELS[Clase.I3].lower()}; {LABELS[clase].lower()}."
    found = FailingRow("r", "0020000065", "s", 1, 1, clase, ("I3", clase, "I8?"), told, True)
    row = _as_shown(found, b"")
    assert (row.clase, row.reasons) == ("B", ("I3", "B", "I8?"))
    assert row.sentence == (
        "No cuenta: la persona causó baja del padrón electoral. Además: sin firma ni huella; baja del padrón."
    )


def test_before_its_original_came_a_row_tells_nothing_of_the_list() -> None:
    found = FailingRow("r", "", "s", 1, 1, "N", ("N", "I1?"), SENTENCES[Clase.N], False)
    row = _as_shown(found, b"")
    assert (row.clase, row.reasons, row.sentence) == ("Q1", (), NO_ORIGINAL)


def test_an_outline_keeps_its_corners_and_loses_its_dust(tmp_path: Path) -> None:
    square = [(0, 0), (50, 1), (100, 0), (100, 100), (0, 100), (0, 0)]
    assert simplify(square, 5) == [(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]
    assert simplify([(0, 0), (1, 1)]) == [(0, 0), (1, 1)]
    ring = [[-99.1, 19.3], [-99.0, 19.3], [-99.0, 19.4], [-99.1, 19.3]]
    dust = [[-99.2, 19.3], [-99.2, 19.30001], [-99.2, 19.3]]
    shape = {"type": "MultiPolygon", "coordinates": [[ring], [dust]]}
    file = tmp_path / "m.geo.json"
    file.write_text(json.dumps({"features": [{"properties": {"cve": "017"}, "geometry": shape}]}))
    found = outlines_of(file, lambda properties: str(properties["cve"]))
    assert [len(ring) for ring in found["017"]] == [4]


def test_the_key_of_an_installation_is_made_once_and_kept_to_its_owner(tmp_path: Path) -> None:
    first = signer_of(tmp_path, rehearsal=False)
    assert first.rehearsal
    assert signer_of(tmp_path, rehearsal=True).fingerprint == first.fingerprint
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "firma").iterdir()} == {0o600}


def test_the_institutions_certificate_prevails_and_a_wrong_password_is_refused(
    tmp_path: Path, signer: Signer
) -> None:
    folder = tmp_path / "firma"
    folder.mkdir()
    save_signer(signer, folder / "institucional.p12", b"secreto")
    with pytest.raises(Refused):
        signer_of(tmp_path, rehearsal=False)
    (folder / "institucional.clave").write_text("secreto\n")
    assert signer_of(tmp_path, rehearsal=False).fingerprint == signer.fingerprint
    with pytest.raises(Refused):
        load_signer(folder / "institucional.p12", b"otra")
    assert signer.certificate_der.hex() not in repr(signer)


def test_what_is_no_pdf_has_no_signature() -> None:
    assert check_signature(b"not a pdf", "0" * 64).fault.startswith("el PDF no se puede leer")


@settings(max_examples=60)
@given(st.integers(1, 60), st.data())
def test_an_interval_leaves_the_tails_that_define_it(cases: int, data: st.DataObject) -> None:
    """Clopper and Pearson: at the lower limit so many errors or more have a chance of 2.5 %, at the upper so few."""
    errors = data.draw(st.integers(0, cases))
    low, high = (float(text) for text in clopper_pearson(errors, cases))

    def at_most(seen: int, p: float) -> float:
        return sum(comb(cases, i) * p**i * (1 - p) ** (cases - i) for i in range(seen + 1))

    assert 0 <= low <= errors / cases <= high <= 1
    slack = 0.0001 * cases  # limits are printed with four decimals
    if errors:
        assert abs(1 - at_most(errors - 1, low) - 0.025) <= slack
    if errors < cases:
        assert abs(at_most(errors, high) - 0.025) <= slack


def test_known_intervals_and_rates() -> None:
    assert clopper_pearson(0, 250) == ("0.0000", "0.0147")  # 1 - 0.025**(1/250) = 0.01465, outward
    assert clopper_pearson(3, 400) == ("0.0015", "0.0218")  # R: binom.test(3, 400), opened outward
    assert clopper_pearson(2000, 20_000)[0] == "0.0958"
    assert rate(1, 3) == "0.3333"
    assert rate(1, 16) == "0.0625"
    with pytest.raises(ValueError, match="errors"):
        clopper_pearson(3, 2)


def test_the_moment_of_making_a_certificate_is_within_its_validity(signer: Signer) -> None:
    from cryptography import x509

    certificate = x509.load_der_x509_certificate(signer.certificate_der)
    assert certificate.not_valid_before_utc < datetime(2027, 2, 20, tzinfo=UTC) < certificate.not_valid_after_utc
