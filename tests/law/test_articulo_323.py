"""Article 323 paragraph by paragraph, from tables whose rows read as sentences (cases/*.csv), in boundary pairs."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from service.law import (
    NONE,
    Aspirante,
    Cargo,
    Clase,
    Marco,
    Proceso,
    Record,
    Ruling,
    Seccion,
    Situacion,
    marco_of,
    rule,
    tally,
)
from service.law.articulo_323 import PARRAFOS, VECINOS
from service.law.cargos import Puesto, parrafo_8_formula
from service.law.dispersion import k_of, parrafo_2_units
from service.law.eligibility import SOLICITUD, parrafo_9_faltantes
from service.law.form import DEFECTS, Hits, RowFacts, SheetFacts, parrafo_9_x_renglon, parrafo_14_hoja
from service.law.plazos import (
    parrafo_5_warnings,
    parrafo_18_dictamen_deadline,
    parrafo_19_prevencion,
    parrafo_20_warnings,
)
from service.law.proceso import Ventana
from service.law.umbral import parrafo_1_umbral, required_of

CASES = Path(__file__).parent / "cases"
Row = dict[str, str]
Make = Callable[..., Any]


def cases(name: str) -> list[Any]:
    """The rows of a table, each known by its sentence."""
    with (CASES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [pytest.param(row, id=row["caso"]) for row in csv.DictReader(file)]


def classes(text: str) -> frozenset[Clase]:
    return frozenset(Clase(part) for part in text.split(";") if part) or NONE


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.fixture(scope="session")
def marco() -> Marco:
    """Ten sections of district 17 and demarcación 014, ten of 18 and 014, ten of 19 and 015."""
    where = {0: ("17", "014"), 1: ("18", "014"), 2: ("19", "015")}
    return marco_of(Seccion(n, *where[(n - 1) // 10], f"c{n % 2}", 100) for n in range(1, 31))


@pytest.fixture(scope="session")
def one(process: Make, deputy: Make, record: Make, marco: Marco) -> Callable[..., Ruling]:
    """Rules a single record of aspirante A for district 17; ``constancia`` and ``parametros`` are passed on."""

    def rule_one(constancia: date = date(2026, 11, 19), parametros: Row | None = None, **fields: Any) -> Ruling:
        aspirante = Aspirante("A", Cargo.DIPUTACION, "17", constancia)
        return rule([record("r1", "A", **fields)], process(**(parametros or {})), marco, [aspirante])["r1"]

    return rule_one


def test_every_paragraph_stands_by_name_coded_or_explained() -> None:
    assert [parrafo.numero for parrafo in PARRAFOS] == list(range(1, 21))
    for parrafo in PARRAFOS:
        assert parrafo.codigo or parrafo.sin_codigo, parrafo.cita
        for function in parrafo.codigo:
            assert function.__name__.startswith("parrafo_")
            assert f"párr. {function.__name__.split('_')[1]}" in (function.__doc__ or "")
    assert PARRAFOS[12].cita == "CIPECDMX art. 323 párr. 13"


def test_every_coded_paragraph_has_cases_of_its_name_and_every_table_a_test() -> None:
    tables = {path.stem for path in CASES.glob("*.csv")}
    source = Path(__file__).read_text("utf-8")
    for parrafo in PARRAFOS:
        if parrafo.codigo:
            assert any(table.startswith(f"parrafo_{parrafo.numero:02d}") for table in tables), parrafo.cita
            assert f"def test_parrafo_{parrafo.numero}_" in source, parrafo.cita
    for table in tables:
        assert f'cases("{table}")' in source, table


def test_the_neighbours_name_code_that_exists() -> None:
    for _, _, where in VECINOS:
        for name in where.split(", "):
            module, attribute = name.split(".")
            found = __import__(f"service.law.{module}", fromlist=[attribute])
            assert hasattr(found, attribute), name


@pytest.mark.parametrize("row", cases("parrafo_01_umbral"))
def test_parrafo_1_umbral(row: Row) -> None:
    assert required_of(int(row["lista_nominal"]), row["redondeo"]) == int(row["requeridos"])


@pytest.mark.parametrize("row", cases("parrafo_01_ambito"))
def test_parrafo_1_ambito(row: Row, process: Make, record: Make, marco: Marco) -> None:
    aspirante = Aspirante("A", Cargo(row["cargo"]), row["ambito"], date(2026, 9, 1))
    state = rule([record("r", "A", seccion=int(row["seccion"]))], process(), marco, [aspirante])
    assert state["r"].clase == row["clase"]


def test_parrafo_1_the_figure_of_the_acuerdo_prevails_and_a_difference_warns(process: Make, marco: Marco) -> None:
    aspirante = Aspirante("A", Cargo.DIPUTACION, "17")
    base = {"cargo": "diputacion", "ambito": "17", "lista_nominal": 1001, "acuerdo": "IECM/ACU-CG-1/2026"}
    by_sum = parrafo_1_umbral(aspirante, process(), marco)
    by_acuerdo = parrafo_1_umbral(aspirante, process([base]), marco)
    assert (by_sum.required, by_sum.warnings) == (10, ())
    assert (by_acuerdo.required, by_acuerdo.source) == (11, "IECM/ACU-CG-1/2026")
    assert "difiere" in by_acuerdo.warnings[0]
    same = parrafo_1_umbral(aspirante, process([{**base, "lista_nominal": 1000}]), marco)
    assert same.warnings == ()


@pytest.mark.parametrize("row", cases("parrafo_02"))
def test_parrafo_2_k(row: Row) -> None:
    assert k_of(int(row["unidades"])) == int(row["k"])


@pytest.mark.parametrize("row", cases("parrafo_02_lecturas"))
def test_parrafo_2_lecturas(row: Row, process: Make, record: Make, deputy: Make) -> None:
    electors = [int(text) if text else None for text in row["electores"].split(";")]
    marco = marco_of(Seccion(n, "17", "014", "1", e) for n, e in enumerate(electors, start=1))
    records = [
        record(f"r{unit}-{n}", "A", f"E{unit}-{n}", seccion=unit)
        for unit, supports in enumerate(row["apoyos"].split(";"), start=1)
        for n in range(int(supports))
    ]
    parametros = {"dispersion_lectura": row["lectura"], "dispersion_m": int(row["m"])}
    count = tally(rule(records, process(**parametros), marco, [deputy("A")]), "A")
    reading = count.readings[row["lectura"]]
    assert reading is not None
    assert (str(reading.reached), reading.meets) == (row["alcanzadas"], row["cumple"] == "si")
    assert (count.n, count.k) == (4, 2)


def test_parrafo_2_units_of_each_cargo(marco: Marco) -> None:
    city = parrafo_2_units(marco, Cargo.JEFATURA, "", "secciones_distrito")
    head = parrafo_2_units(marco, Cargo.ALCALDIA, "014", "secciones_distrito")
    deputy = parrafo_2_units(marco, Cargo.DIPUTACION, "17", "secciones_distrito")
    assert [g.units for g in city.groups] == [("014", "015")]
    assert [g.units for g in head.groups] == [("c1", "c0")]
    assert (deputy.n, deputy.k) == (10, 4)


def test_parrafo_2_a_section_leaves_n_only_when_its_zero_has_a_source() -> None:
    sections = [Seccion(n, "17", "014", "1", 100) for n in range(1, 20)]
    for last, n, k, warned in (
        (Seccion(20, "17", "014", "1", 100), 20, 7, False),
        (Seccion(20, "17", "014", "1", 0), 20, 7, True),
        (Seccion(20, "17", "014", "1", None), 20, 7, True),
        (Seccion(20, "17", "014", "1", 0, "oficio 12"), 19, 7, False),
    ):
        units = parrafo_2_units(marco_of([*sections, last]), Cargo.DIPUTACION, "17", "secciones_distrito")
        assert (units.n, units.k, bool(units.warnings)) == (n, k, warned)


def test_parrafo_2_a_split_district_may_be_tested_demarcacion_by_demarcacion(
    process: Make, record: Make, deputy: Make
) -> None:
    marco = marco_of(Seccion(n, "17", "014" if n < 3 else "015", "1", 50) for n in range(1, 5))
    records = [record(f"r{n}", "A", f"E{n}", seccion=n) for n in (1, 2)]
    together = tally(rule(records, process(), marco, [deputy("A")]), "A")
    apart = tally(
        rule(records, process(base_dispersion_diputacion="secciones_por_demarcacion"), marco, [deputy("A")]), "A"
    )
    assert (together.outcome, together.k) == ("CUMPLE", 2)
    assert (apart.outcome, apart.k) == ("NO_CUMPLE", 2)
    assert "más de una demarcación" in together.warnings[0]
    assert apart.warnings == ()


def test_parrafo_2_sections_without_circunscripcion_warn() -> None:
    units = parrafo_2_units(marco_of([Seccion(1, "1", "014", "", 100)]), Cargo.ALCALDIA, "014", "secciones_distrito")
    assert units.n == 0
    assert "circunscripción" in units.warnings[0]


@pytest.mark.parametrize("row", cases("parrafo_05"))
def test_parrafo_5_ventana(row: Row) -> None:
    desde, hasta = date.fromisoformat(row["desde"]), date.fromisoformat(row["hasta"])
    warnings = parrafo_5_warnings(Ventana(Cargo(row["cargo"]), desde, hasta))
    assert len(warnings) == bool(row["advierte"])
    assert row["advierte"] in "".join(warnings)


@pytest.mark.parametrize("row", cases("parrafo_06"))
def test_parrafo_6_fecha(row: Row, one: Make) -> None:
    ruling = one(
        constancia=date.fromisoformat(row["constancia"]),
        fecha=day(row["fecha"]),
        received=day(row["recibido"]),
        cleared=classes(row["descartadas"]),
    )
    assert (ruling.clase, ruling.reasons_text) == (row["clase"], row["motivos"])


@pytest.mark.parametrize(
    ("supletoria", "hoja", "clase"),
    [
        ("ninguna", date(2026, 12, 1), "DT"),  # both unknown: they overlap
        ("hoja", date(2026, 12, 1), "V"),  # the sheet's date is later than the rival's reception
        ("hoja", None, "DT"),
        ("recepcion", None, "V"),
        ("recepcion", date(2026, 11, 25), "DT"),  # the sheet's date comes before the reception's
    ],
)
def test_parrafo_6_fecha_supletoria(
    supletoria: str, hoja: date | None, clase: str, process: Make, record: Make, deputy: Make, marco: Marco
) -> None:
    records = [
        record("r1", "A", fecha=None, sheet_date=hoja, received=date(2026, 12, 9)),
        record("r2", "B", fecha=None, sheet_date=date(2026, 11, 25), received=date(2026, 11, 30)),
    ]
    state = rule(records, process(fecha_supletoria=supletoria), marco, [deputy("A"), deputy("B")])
    assert state["r1"].clase == clase


def test_parrafo_6_a_delivery_after_the_window_is_no_doubt_by_itself(one: Make) -> None:
    parametros = {"fecha_supletoria": "recepcion"}
    assert one(parametros=parametros, fecha=None, received=date(2027, 1, 25)).counts


@pytest.mark.parametrize("row", cases("parrafo_08"))
def test_parrafo_8_formula(row: Row) -> None:
    findings = parrafo_8_formula(Puesto(row["puesto"]), row["genero"], row["suplente"] or None)
    assert len(findings) == bool(row["hallazgo"])
    assert row["hallazgo"] in "".join(findings)


@pytest.mark.parametrize("row", cases("parrafo_09_renglon"))
def test_parrafo_9_renglon(row: Row) -> None:
    facts = RowFacts(**{row["falta"]: False}) if row["falta"] else RowFacts()
    assert parrafo_9_x_renglon(facts) == classes(row["sospecha"])


@pytest.mark.parametrize("row", cases("parrafo_09_situacion"))
def test_parrafo_9_situacion(row: Row, one: Make) -> None:
    situacion = Situacion(row["situacion"]) if row["situacion"] else None
    assert one(situacion=situacion).clase == row["clase"]


@pytest.mark.parametrize("row", cases("parrafo_09_solicitud"))
def test_parrafo_9_solicitud(row: Row) -> None:
    data = dict.fromkeys([*SOLICITUD, "formula"], "dato")
    data.pop(row["sin"], None)
    assert ";".join(parrafo_9_faltantes(data, formula=row["formula"] == "si")) == row["faltan"]


@pytest.mark.parametrize("row", cases("parrafo_11"))
def test_parrafo_11_exclusiones(row: Row, one: Make) -> None:
    ruling = one(
        established=classes(row["establecidas"]),
        suspected=classes(row["sospechas"]),
        cleared=classes(row["descartadas"]),
    )
    assert (ruling.clase, ruling.reasons_text) == (row["clase"], row["motivos"])


@pytest.mark.parametrize("row", cases("parrafo_12"))
def test_parrafo_12_certeza(row: Row, one: Make) -> None:
    ruling = one(
        parametros={"cotejo": row["cotejo"]},
        original_received=row["original"] == "si",
        unprocessed=row["sin_procesar"] == "si",
        open_match=row["lectura_abierta"] == "si",
        in_hearing=row["en_audiencia"] == "si",
        suspected=classes(row["sospechas"]),
        established=classes(row["establecidas"]),
    )
    assert ruling.clase == row["clase"]


@pytest.mark.parametrize("row", cases("parrafo_13"))
def test_parrafo_13_duplicados(row: Row, process: Make, record: Make, deputy: Make, marco: Marco) -> None:
    records = [support(record, f"r{n}", text) for n, text in enumerate(row["apoyos"].split(" | "))]
    aspirantes = [deputy(name) for name in "ABC"]
    state = rule(records, process(regla_empate=row["regla_empate"]), marco, aspirantes)
    assert " | ".join(ruling.clase.value for ruling in state) == row["clases"]


def support(record: Make, ident: str, text: str) -> Record:
    """``A 2026-12-01``, ``A ? 2026-12-01`` (no date, received then), with marks ``I1``, ``I1?``, ``prevalece``."""
    name, *words = text.split()
    marks = [word for word in words if not word[0].isdigit() and word != "?"]
    when = date.fromisoformat(next(word for word in words if word[0].isdigit()))
    unknown = "?" in words
    return record(
        ident,
        name,
        fecha=None if unknown else when,
        received=when if unknown else date(2027, 1, 10),
        prevails="prevalece" in marks,
        established=frozenset(Clase(m) for m in marks if m != "prevalece" and not m.endswith("?")),
        suspected=frozenset(Clase(m[:-1]) for m in marks if m.endswith("?")),
    )


def test_parrafo_13_one_support_for_each_kind_of_election(process: Make, record: Make, marco: Marco) -> None:
    day_before = date(2026, 9, 1)
    aspirantes = [
        Aspirante("J", Cargo.JEFATURA, "", day_before),
        Aspirante("L", Cargo.ALCALDIA, "014", day_before),
        Aspirante("D", Cargo.DIPUTACION, "17", day_before),
    ]
    state = rule([record(f"r{a.id}", a.id) for a in aspirantes], process(), marco, aspirantes)
    assert all(ruling.counts for ruling in state)


def test_parrafo_13_who_withdraws_gives_back_what_was_won(
    process: Make, record: Make, deputy: Make, marco: Marco
) -> None:
    records = [record("r1", "A", fecha=date(2026, 12, 1)), record("r2", "B", fecha=date(2026, 12, 2))]
    aspirantes = [deputy("A"), deputy("B", withdrawn_on=date(2027, 1, 5))]
    out = rule(records, process(), marco, aspirantes)
    still_in = rule(records, process(desistimientos="dentro"), marco, aspirantes)
    assert (out["r1"].clase, still_in["r1"].clase) == ("V", "D2")
    assert "no compiten" in tally(out, "B").warnings[-1]
    assert "compiten aún" in tally(still_in, "B").warnings[-1]


@pytest.mark.parametrize("row", cases("parrafo_14_hoja"))
def test_parrafo_14_hoja(row: Row) -> None:
    facts = SheetFacts(**{row["hecho"]: row["vale"] == "si"}) if row["hecho"] else SheetFacts()
    assert parrafo_14_hoja(facts) == classes(row["sospecha"])
    if row["hecho"]:
        assert DEFECTS[row["hecho"]][1] is Hits.SHEET


@pytest.mark.parametrize("row", cases("parrafo_14_copia"))
def test_parrafo_14_copia(row: Row, one: Make) -> None:
    ruling = one(
        parametros={"copia_credencial": row["copia_credencial"]},
        credential_copy={"si": True, "no": False, "": None}[row["copia"]],
        established=classes(row["establecidas"]),
        suspected=classes(row["sospechas"]),
        cleared=classes(row["descartadas"]),
    )
    assert (ruling.clase, ruling.reasons_text) == (row["clase"], row["motivos"])


@pytest.mark.parametrize("row", cases("parrafo_16"))
def test_parrafo_16_canales(row: Row, one: Make) -> None:
    admitted = {"valor": row["canales"].split(";"), "acuerdo": "IECM/ACU-CG-9/2026"}
    ruling = one(
        parametros={"canales_admitidos": admitted},
        channel=row["canal"],
        original_received=row["canal"] == "papel",
        established=classes(row["establecidas"]),
        cleared=classes(row["descartadas"]),
    )
    assert (ruling.clase, ruling.reasons_text) == (row["clase"], row["motivos"])


@pytest.mark.parametrize("row", cases("parrafo_18"))
def test_parrafo_18_limite_del_dictamen(row: Row, document: Make) -> None:
    from service.law import process_from_toml

    given = document()
    given["proceso"]["apertura_registro"] = date.fromisoformat(row["apertura"])
    proceso: Proceso = process_from_toml(given)
    assert parrafo_18_dictamen_deadline(proceso).isoformat() == row["limite"]


@pytest.mark.parametrize("row", cases("parrafo_19"))
def test_parrafo_19_prevencion(row: Row) -> None:
    assert parrafo_19_prevencion(datetime.fromisoformat(row["notificado"])).isoformat() == row["vence"]


@pytest.mark.parametrize("row", cases("parrafo_20"))
def test_parrafo_20_constancias(row: Row) -> None:
    aspirante = Aspirante("A", Cargo.DIPUTACION, "17", date.fromisoformat(row["constancia"]))
    warnings = parrafo_20_warnings(aspirante, day(row["precampanas"]))
    assert len(warnings) == bool(row["advierte"])
    assert row["advierte"] in "".join(warnings)


@pytest.mark.parametrize("row", cases("precedencia"))
def test_one_primary_class_and_every_reason(row: Row, one: Make) -> None:
    listed = {"situacion": Situacion(row["situacion"])} if row["situacion"] else {"elector": None}
    seccion = {"seccion": int(row["seccion"])} if row["seccion"] else {}
    ruling = one(established=classes(row["establecidas"]), **listed, **seccion)
    assert (ruling.clase, ruling.reasons_text) == (row["clase"], row["motivos"])
    assert ruling.clase not in ruling.secondary


@pytest.mark.parametrize("row", cases("resultado"))
def test_outcomes_only_when_true_in_every_completion(row: Row, process: Make, record: Make, deputy: Make) -> None:
    marco = marco_of([Seccion(1, "17", "014", "1", 100 * int(row["requeridos"]))])
    records = [record(f"v{n}", "A", f"V{n}") for n in range(int(row["validos"]))]
    records += [record(f"p{n}", "A", f"P{n}", suspected=frozenset({Clase.I1})) for n in range(int(row["pendientes"]))]
    for side, column in (("A", "sin_identificar"), ("B", "rivales_sin_identificar")):
        records += [record(f"{side}{n}", side, None, open_match=True) for n in range(int(row[column]))]
    count = tally(rule(records, process(), marco, [deputy("A"), deputy("B")]), "A")
    assert count.outcome == row["resultado"]
    assert count.margin == int(row["validos"]) - int(row["requeridos"])
