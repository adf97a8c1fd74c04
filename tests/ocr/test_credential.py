"""The copy of a credential is told from a sheet, and its zone is believed only when its check digits agree."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr.credential import check_digit, credentials_of, read_credentials
from ocr.engine import GuardedEngine
from ocr.page import read_page
from ocr.reading import PageKind

ZONE = ("IDMEX9000000014<<0999000000017", "8704153H3312315MEX<01<<00042<6", "QUETZALCO<NUBE<<TOMAS<<<<<<<<<")
OTHER = ("IDMEX9000000025<<5601000000024", "9911020M3012316MEX<02<<00077<6", "FARO<BRUMA<<LUCERO<CELESTE<<<<")
CLAVE = "QTNBTM87041509H100"
MONO = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"


def draw(*zones, clave=None):
    page = Image.new("L", (2550, 1800), 250)
    pen, face = ImageDraw.Draw(page), ImageFont.truetype(MONO, 49)
    for n, zone in enumerate(zones):
        for k, line in enumerate(zone):
            pen.text((1200, 300 + 700 * n + 72 * k), line, 25, font=face)
    if clave:
        pen.text((200, 330), clave, 25, font=ImageFont.truetype(MONO, 38))
    noisy = np.asarray(page, np.float32) + np.random.default_rng(0).normal(0, 6, (1800, 2550))
    return np.repeat(np.clip(noisy, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


class Printed:
    """An engine that reads what the test says, band by band."""

    version = "printed"

    def __init__(self, *texts):
        self.texts = list(texts)

    def read_cells(self, cells):
        raise AssertionError("a credential has no combs")

    def read_lines(self, lines):
        texts, self.texts = self.texts[: len(lines)], self.texts[len(lines) :]
        return [((text, 0.9),) for text in [*texts, *[""] * (len(lines) - len(texts))]]


def read(*texts, page=None):
    grey = (draw(ZONE) if page is None else page)[..., 0]
    return read_credentials(grey, GuardedEngine(Printed(*texts)))


@pytest.mark.parametrize("zone", [ZONE, OTHER])
def test_check_digits_are_those_of_icao_9303(zone):
    one, two, _ = zone
    assert check_digit(one[5:14]) == int(one[14])
    assert check_digit(two[0:6]) == int(two[6])
    assert check_digit(two[8:14]) == int(two[14])
    assert check_digit(one[5:30] + two[0:7] + two[8:15] + two[18:29]) == int(two[29])


def test_a_zone_is_read_with_its_check_digits():
    assert read(*ZONE) == [
        {
            "cic": "900000001",
            "numero_ocr": "0999000000017",
            "mrz": "valid",
            "nacimiento": "870415",
            "sexo": "H",
            "vigencia": "331231",
            "nombre": "QUETZALCO NUBE TOMAS",
        }
    ]


@pytest.mark.parametrize("place", range(17, 30))
def test_one_wrong_digit_of_the_number_makes_the_zone_doubtful(place):
    digit = str((int(ZONE[0][place]) + 1) % 10)
    wrong = ZONE[0][:place] + digit + ZONE[0][place + 1 :]
    assert read(wrong, *ZONE[1:])[0]["mrz"] == "doubtful"


def test_letters_taken_for_digits_and_a_lost_first_digit_are_mended():
    found = read(ZONE[0].replace("0", "O"), "| ©" + ZONE[1][1:], ZONE[2])
    assert found[0]["mrz"] == "valid"
    assert found[0]["nacimiento"] == "870415"


def test_what_is_no_zone_says_nothing():
    assert read("ESTIMADOS TODOS", "BUENOS DIAS") == []


def test_claves_typed_on_a_sheet_that_is_not_known_make_no_credential():
    assert read("CEDULA DE RESPALDO CIUDADANO", "CLAVE DE ELECTOR " + CLAVE) == []
    assert read("CLAVE DE ELECTOR " + CLAVE) == [{"clave_elector": CLAVE}]


def test_a_page_with_a_credential_is_read_from_its_pixels_any_way_up(form):
    pytest.importorskip("pytesseract")
    from ocr import tesseract

    if not tesseract.available():
        pytest.skip("tesseract is not installed")

    class Print(Printed):
        def read_lines(self, lines):
            return [tuple(one) for one in tesseract.read_lines(list(lines))]

    page = draw(ZONE, OTHER, clave=CLAVE)
    reading = read_page(np.ascontiguousarray(np.rot90(page, 2)), [form], Print())
    assert reading.kind is PageKind.CREDENTIAL
    found = credentials_of(reading.credential)
    assert {one["numero_ocr"] for one in found} == {"0999000000017", "5601000000024"}
    assert next(one for one in found if one["sexo"] == "H")["clave_elector"] == CLAVE
