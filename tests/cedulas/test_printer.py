"""Official sheets: what the law wants on them is there, where the form document says, the same every time."""

import hashlib
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
import zxingcpp

from ocr import folio as number
from ocr.form import Form, form_from_json, form_to_json, load_form
from service import folio
from service.cedulas.marks import ARUCO_4X4_50, aruco_matrix
from service.cedulas.printer import SheetAspirante, SheetProceso, print_sheets

KEY = bytes(range(32))
FOLIOS = [number.number(17, serial) for serial in range(1, 4)]
ASPIRANTE = SheetAspirante(
    "LUCERO CELESTE FARO BRUMA", "Diputación de mayoría relativa", "Distrito electoral local 17"
)
PROCESO = SheetProceso("Proceso electoral local 2026-2027", date(2027, 6, 6), date(2026, 11, 20), date(2027, 1, 18))


def draw(out: Path, form: Form | None = None, folios: list[str] = FOLIOS, *, rehearsal: bool = False) -> Path:
    print_sheets(form or load_form(), ASPIRANTE, PROCESO, folios, KEY, out, rehearsal=rehearsal)
    return out


def render(pdf: Path, dpi: int = 300, page: int = 0) -> np.ndarray:
    with pypdfium2.PdfDocument(pdf) as document:
        return document[page].render(scale=dpi / 72).to_numpy()[:, :, :3]


def words(pdf: Path, page: int = 0) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(document[page].get_textpage().get_text_range().split())


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw(tmp_path_factory.mktemp("sheets") / "sheets.pdf")


def test_every_mark_of_the_table_is_opencvs() -> None:
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for mark in range(len(ARUCO_4X4_50)):
        black = cv2.aruco.generateImageMarker(dictionary, mark, 6, borderBits=1) < 128
        assert aruco_matrix(mark) == black.tolist()


def test_a_sheet_is_letter_paper_lying_on_its_side(printed: Path) -> None:
    with pypdfium2.PdfDocument(printed) as document:
        assert len(document) == 3
        assert document[0].get_size() == pytest.approx((792, 612), abs=0.1)


def test_what_the_law_wants_is_on_every_sheet_as_text(printed: Path) -> None:
    for page, digits in enumerate(FOLIOS):
        text = words(printed, page)
        assert number.format(digits) in text  # párr. 14 a)
        assert "tachaduras o enmendaduras" in text  # b)
        assert "una sola candidatura" in text  # c)
        assert "LUCERO CELESTE FARO BRUMA" in text  # d)
        assert "Diputación de mayoría relativa" in text
        for label in ("NOMBRE", "CLAVE DE ELECTOR", "DEMARCACIÓN", "SECCIÓN", "FIRMA"):
            assert text.count(label) >= 8
        assert "AVISO DE PRIVACIDAD" in text


def test_the_qr_carries_the_folio_signed(printed: Path) -> None:
    for page, digits in enumerate(FOLIOS):
        for dpi in (150, 300):
            found = zxingcpp.read_barcodes(render(printed, dpi, page), formats=zxingcpp.BarcodeFormat.QRCode)
            assert [folio.verify(code.text, KEY) for code in found] == [folio.SignedFolio(digits, "cedula-2027-v1")]


def test_marks_and_boxes_lie_where_the_form_says(printed: Path) -> None:
    dpi, form = 400, load_form()
    image = render(printed, dpi)
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50))
    corners, ids, _ = detector.detectMarkers(image)
    places = {int(mark): corner[0] * 25.4 / dpi for mark, corner in zip(ids.ravel(), corners, strict=True)}
    for anchor in form.anchors:
        box = anchor.box
        assert places[anchor.id][0] == pytest.approx((box.x, box.y), abs=0.15)
        assert places[anchor.id][2] == pytest.approx((box.x + box.w, box.y + box.h), abs=0.15)
    blue = image[:, :, 0].astype(int)  # the drop-out lines are dark in the blue channel alone
    for row in form.rows:
        for box in row.fields["clave_elector"].boxes:
            x, y = round(box.x * dpi / 25.4), round((box.y + box.h / 2) * dpi / 25.4)
            darkest = x - 8 + int(np.argmin(blue[y, x - 8 : x + 9]))
            assert abs(darkest - x) * 25.4 / dpi < 0.15


def test_box_lines_drop_out_of_the_red_channel(printed: Path) -> None:
    image, dpi = render(printed), 300
    box = load_form().rows[3].frame
    x, y, w, h = (round(v * dpi / 25.4) for v in (box.x + 6, box.y + 3, box.w - 8, box.h - 5))
    patch = image[y : y + h, x : x + w]
    lines = patch[:, :, 0] < 140
    assert lines.mean() > 0.01
    labels = patch[:, :, 2] < 180
    assert (lines & ~cv2.dilate(labels.astype(np.uint8), np.ones((5, 5))).astype(bool)).mean() > 0.01


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = draw(tmp_path / "a.pdf"), draw(tmp_path / "b.pdf")
    assert hashlib.sha256(first.read_bytes()).digest() == hashlib.sha256(second.read_bytes()).digest()


def test_the_document_says_its_language_and_title(printed: Path) -> None:
    raw = printed.read_bytes()
    assert b"/Lang (es-MX)" in raw
    with pypdfium2.PdfDocument(printed) as document:
        assert document.get_metadata_dict()["Title"] == "Cédulas de respaldo · LUCERO CELESTE FARO BRUMA"


def test_a_rehearsal_says_so_on_the_sheet(tmp_path: Path) -> None:
    assert "SIN VALIDEZ" in words(draw(tmp_path / "r.pdf", rehearsal=True))


def test_a_wrong_folio_prints_nothing(tmp_path: Path) -> None:
    wrong = FOLIOS[0][:-1] + str((int(FOLIOS[0][-1]) + 1) % 10)
    with pytest.raises(ValueError, match="check digit"):
        draw(tmp_path / "x.pdf", folios=[FOLIOS[1], wrong])
    with pytest.raises(ValueError, match="no folio"):
        draw(tmp_path / "x.pdf", folios=[])
    assert list(tmp_path.iterdir()) == []


def test_any_registered_form_is_printed_without_code(tmp_path: Path) -> None:
    document = form_to_json(load_form())
    document.update(version="individual-v1", page={"width_mm": 140.0, "height_mm": 216.0})
    document["anchors"] = [
        {"kind": "square", "box": [6, 6, 6, 6]},
        {"kind": "cross", "box": [126, 6, 8, 8]},
        {"kind": "none"},
    ]
    document["folio"] = {"text": [80, 15, 40, 7]}
    document["rows"] = [
        {
            "row": 1,
            "fields": {
                "clave_elector": {
                    "kind": "comb",
                    "alphabet": "clave",
                    "boxes": [[15 + 5 * n, 60, 5, 7] for n in range(18)],
                },
                "firma": {"kind": "ink", "boxes": [[15, 100, 80, 30]]},
            },
        }
    ]
    del document["print"]
    pdf = draw(tmp_path / "other.pdf", form_from_json(document))
    image = render(pdf, 200)
    assert (image[round(9 * 200 / 25.4), round(9 * 200 / 25.4)] < 60).all()
    assert number.format(FOLIOS[0]) in words(pdf)
    assert not zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
