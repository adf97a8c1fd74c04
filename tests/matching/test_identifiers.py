"""Each identifier is compacted, validated, taken apart; what is irregular is told, never refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import clave, mrz, ocr_number

ZONES = (
    "IDMEX9000000014<<0999000000017\n8704153H3312315MEX<01<<00042<6\nQUETZALCO<NUBE<<TOMAS<<<<<<<<<",
    "IDMEX9000000025<<5601000000024\n9911020M3012316MEX<02<<00077<6\nFARO<BRUMA<<LUCERO<CELESTE<<<<",
)


@pytest.mark.parametrize(
    ("names", "letters"),
    [
        (("HERNÁNDEZ", "GARCÍA", "JUAN CARLOS"), "HRGRJN"),
        (("HERNANDEZ", "GARCIA", "JOSE ALONSO"), "HRGRAL"),
        (("QUETZALCO", "NUBE", "TOMÁS"), "QTNBTM"),
        (("FARO", "BRUMA", "LUCERO CELESTE"), "FRBRLC"),
        (("MUÑOZ", "DE LA O", "MA. GUADALUPE"), "MXOXGD"),
        (("DEL RÍO", "", "MARÍA"), "RXXXMR"),
        (("ÑANDÚ", "LEÓN", "J JESÚS"), "XNLNJS"),
    ],
)
def test_names_give_the_six_letters(names, letters):
    assert clave.derive_letters(*names) == letters


def test_a_clave_is_taken_apart():
    parts = clave.parts("FRBRLC99110220M100")
    assert (parts.letters, parts.birth, parts.entity, parts.sex, parts.tail) == ("FRBRLC", "991102", "20", "M", "100")
    with pytest.raises(ValueError, match="shape"):
        clave.parts("FRBRLC99110220")


def test_look_alikes_are_put_right_by_place():
    assert clave.compact("fr8rlc-99 11O22O m1OO") == "FRBRLC99110220M100"
    assert clave.compact("FR8RLC") == "FR8RLC"


@given(st.text(max_size=25))
def test_compact_is_idempotent_and_never_fails(text):
    once = clave.compact(text)
    assert clave.compact(once) == once


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FRBRLC99110220M100", ()),
        ("FRBRLC99110220X100", ()),
        ("FRBRLC99110287M100", ()),
        ("FRBRLC99023020M100", ("fecha",)),
        ("FRBRLC00022909M100", ()),
        ("FRBRLC99110233M100", ("entidad",)),
        ("FABRLC99110220M100", ("consonante",)),
        ("FRBRLC9911022OM100", ("forma",)),
    ],
)
def test_irregularities_are_named(text, found):
    assert clave.irregularities(text) == found


def test_the_century_is_the_latest_that_makes_an_adult():
    on = date(2026, 12, 1)
    assert clave.birth_date("FRBRLC08120120M100", on) == date(2008, 12, 1)
    assert clave.birth_date("FRBRLC08120220M100", on) == date(1908, 12, 2)
    assert clave.birth_date("FRBRLC99023020M100", on) is None


def test_an_ocr_number_is_taken_apart():
    assert ocr_number.compact(" 0999 OOO000 017 ") == "0999000000017"
    assert ocr_number.parts("0999000000017") == ocr_number.Parts(999, "000000017")
    assert ocr_number.agrees_with_section("0999000000017", 999) is True
    assert ocr_number.agrees_with_section("099900000001", 998) is False
    assert ocr_number.agrees_with_section("0999", 999) is None
    with pytest.raises(ValueError, match="shape"):
        ocr_number.parts("12")


@pytest.mark.parametrize("text", ZONES)
def test_a_zone_holds_its_check_digits(text):
    zone = mrz.parts(text)
    assert zone.failed == ()
    assert mrz.validate(text)
    assert ocr_number.validate(zone.ocr_number)
    assert mrz.validate(text.replace("<<", "«").lower())


@pytest.mark.parametrize("place", [5, 20, 29])
def test_a_changed_figure_fails_a_check(place):
    text = ZONES[0]
    changed = text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]
    assert mrz.parts(changed).failed
    assert not mrz.validate(changed)


def test_names_of_a_zone():
    zone = mrz.parts(ZONES[1])
    assert (zone.apellido_paterno, zone.apellido_materno, zone.nombre) == ("FARO", "BRUMA", "LUCERO CELESTE")
    assert not mrz.validate("IDMEX")
