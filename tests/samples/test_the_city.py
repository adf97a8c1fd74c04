"""The fictional city: real frame, invented people, claves that follow the public rule."""

import re
from collections import Counter

import pytest

from samples import names
from samples.city import DEMARCACIONES, UNITS, draw_city
from samples.credentials import check_digit, mrz_lines
from samples.people import Elector, count_listed, draw_people, name_letters

CLAVE = re.compile(
    r"(?:[A-Z][B-DF-HJ-NP-TV-Z]){3}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"(?:0[1-9]|[12]\d|3[0-2]|87|88)[HMX]\d{3}"
)


def test_the_frame_is_the_real_one() -> None:
    assert len(DEMARCACIONES) == 16
    assert sum(circunscripciones for _, circunscripciones in DEMARCACIONES.values()) == 121
    districts = Counter(district for _, district, _ in UNITS)
    assert sorted(districts) == list(range(1, 34))
    assert sorted(d for d, places in districts.items() if places == 2) == [5, 7, 11, 18, 19, 20]


def test_every_circunscripcion_has_sections_and_the_sizes_add_up() -> None:
    city = draw_city(1)
    assert sum(s.electors for s in city) == 20_000
    assert len({s.number for s in city}) == len(city)
    for code, (_, circunscripciones) in DEMARCACIONES.items():
        seen = {s.circunscripcion for s in city if s.demarcacion == code}
        assert seen == set(range(1, circunscripciones + 1))


def test_people_have_well_formed_claves_of_their_own() -> None:
    people = draw_people(names.read_names(), draw_city(1), 1)
    assert len({p.clave for p in people}) == len(people) == 20_000
    assert all(CLAVE.fullmatch(p.clave) for p in people)
    assert all(len(p.numero_ocr) in (0, 12, 13) for p in people)
    assert sum(count_listed(people).values()) == sum(p.situacion == "VIGENTE" for p in people)
    twins = Counter((p.paterno, p.materno, p.clave[6:12], p.seccion) for p in people)
    assert sum(n > 1 for n in twins.values()) > 50
    assert sum(n > 1 for n in Counter(p.full_name for p in people).values()) > 50


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        (("HERNANDEZ", "GARCIA", "JUAN CARLOS"), "HRGRJN"),
        (("HERNANDEZ", "GARCIA", "JOSE ALONSO"), "HRGRAL"),
        (("QUETZALCO", "NUBE", "TOMÁS"), "QTNBTM"),
        (("FARO", "BRUMA", "LUCERO CELESTE"), "FRBRLC"),
        (("DE LA CRUZ", "", "ANA"), "CRXXAN"),
        (("ÑUÑO", "OEA", "EVA"), "XXOXEV"),
    ],
)
def test_claves_begin_with_the_letters_of_the_name(name: tuple[str, str, str], letters: str) -> None:
    assert name_letters(*name) == letters


def test_invented_credentials_have_the_check_digits_of_the_published_example() -> None:
    person = Elector("QTNBTM87041509H300", "0999000000017", "QUETZALCO", "NUBE", "TOMÁS", 999, "VIGENTE")
    first, second, third = mrz_lines(person, 900_000_001)
    assert first == "IDMEX9000000014<<0999000000017"
    assert second[:25] == "8704153H3312315MEX<01<<00"
    assert second[29] == check_digit(first[5:30] + second[0:7] + second[8:15] + second[18:29])
    assert third == "QUETZALCO<NUBE<<TOMAS<<<<<<<<<"
