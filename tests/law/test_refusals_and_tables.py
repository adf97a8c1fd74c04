"""What the law room refuses, and its CSV: every refusal names the place and never shows the data."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from service.law import (
    Aspirante,
    Cargo,
    LawRefused,
    Seccion,
    aspirante_from_toml,
    marco_from_csv,
    marco_of,
    process_from_toml,
    rerule,
    rule,
    tally,
    tally_to_json,
)
from service.law.table import (
    DEMANDED,
    frame_for,
    read_records,
    rulings_to_csv,
    rulings_to_json,
)

Make = Callable[..., Any]
GOOD = {
    "record": "r1",
    "aspirante": "A",
    "cargo": "diputacion",
    "ambito": "17",
    "clave": "FRBRLC99110220M100",
    "situacion": "VIGENTE",
    "seccion": "1",
    "fecha": "2026-12-01",
    "recibido": "2027-01-10",
}


def sheet(*rows: dict[str, str], columns: tuple[str, ...] = ()) -> str:
    """A CSV with the demanded columns and whatever else the rows hold."""
    extra = [c for row in rows for c in row if c not in DEMANDED]
    header = list(dict.fromkeys([*DEMANDED, *extra, *columns]))
    out = io.StringIO()
    writer = csv.DictWriter(out, header)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"cargo": "gobernatura"}, "cargo"),
        ({"ambito": "99"}, "ambito"),
        ({"ambito": "x"}, "ambito"),
        ({"cargo": "alcaldia", "ambito": "18"}, "ambito"),
        ({"cargo": "jefatura", "ambito": "1"}, "ambito"),
        ({"record": ""}, "record"),
        ({"record": "=1+1"}, "record"),
        ({"aspirante": ""}, "aspirante"),
        ({"situacion": "MUERTO"}, "situacion"),
        ({"seccion": "1a"}, "seccion"),
        ({"fecha": "01/12/2026"}, "fecha"),
        ({"recibido": ""}, "recibido"),
        ({"original": "quizá"}, "original"),
        ({"establecidas": "I99"}, "establecidas"),
        ({"sospechas": "Q1"}, "sospechas"),
        ({"descartadas": "V"}, "descartadas"),
    ],
)
def test_a_bad_value_is_refused_by_line_and_column_and_never_shown(change: dict[str, str], named: str) -> None:
    with pytest.raises(LawRefused) as refused:
        read_records(sheet(GOOD, {**GOOD, "record": "r2", **change}))
    assert "Renglón 3" in refused.value.sentence
    assert f"«{named}»" in refused.value.sentence
    value = next(iter(change.values()))
    assert len(value) < 3 or value not in refused.value.sentence


@pytest.mark.parametrize(
    ("second", "code"),
    [
        ({"record": "r1"}, "renglon"),
        ({"record": "r2", "ambito": "18"}, "renglon"),
        ({"record": "r2", "distrito_local": "18"}, "renglon"),
    ],
)
def test_lines_that_contradict_each_other_are_refused(second: dict[str, str], code: str) -> None:
    with pytest.raises(LawRefused) as refused:
        read_records(sheet({**GOOD, "distrito_local": "17"}, {**GOOD, "distrito_local": "17", **second}))
    assert refused.value.code == code


def test_unknown_missing_and_repeated_columns_are_refused_by_name() -> None:
    with pytest.raises(LawRefused, match="«color»"):
        read_records(sheet(GOOD, columns=("color",)))
    with pytest.raises(LawRefused, match="«recibido»"):
        read_records(sheet(GOOD).replace(",recibido", ",", 1).replace(",\r\n", "\r\n", 1))
    with pytest.raises(LawRefused, match="más de una vez"):
        read_records(sheet(GOOD).replace("recibido", "recibido,recibido", 1))
    with pytest.raises(LawRefused, match="«record»"):
        read_records("")
    for text in (sheet(GOOD) + "r2,A\r\n", sheet(GOOD).rstrip() + ",de más\r\n"):
        with pytest.raises(LawRefused, match="encabezado"):
            read_records(text)


def test_a_csv_of_records_becomes_rulings_with_paragraph_and_reasons(process: Make) -> None:
    placed = {"distrito_local": "17", "demarcacion": "14", "circunscripcion": "1"}
    table = read_records(
        "\ufeff"
        + sheet(
            {**GOOD, **placed, "pagina": "1", "renglon": "2", "original": "si"},
            {**GOOD, **placed, "record": "r2", "aspirante": "B", "fecha": "2026-12-02", "original": "sí"},
            {**GOOD, "record": "r3", "clave": "", "situacion": "", "seccion": "", "establecidas": "I3;I9"},
            {**GOOD, **placed, "record": "r4", "clave": "X", "original": "no", "sospechas": "I8"},
            {**GOOD, **placed, "record": "r5", "clave": "Y", "original": "si", "sin_procesar": "si"},
        )
    )
    state = rule(table.records, process(), frame_for(table, None), table.aspirantes)
    lines = list(csv.DictReader(io.StringIO(rulings_to_csv(state))))
    assert [(line["class"], line["counts"], line["reasons"]) for line in lines] == [
        ("D2", "no", "D2"),
        ("V", "si", ""),
        ("I9", "no", "I9;I3"),
        ("Q1", "no", "I8?"),
        ("Q1", "no", ""),
    ]
    assert lines[0]["paragraph"] == "CIPECDMX art. 323 párr. 13"
    assert "última fecha" in lines[0]["sentence"]
    assert "Además: sin firma ni huella" in lines[2]["sentence"]
    assert "original" in lines[3]["sentence"]
    assert "Por resolver: tachadura" in lines[3]["sentence"]
    assert "en procesamiento" in lines[4]["sentence"]
    assert [row["class"] for row in rulings_to_json(state)] == [line["class"] for line in lines]


def test_without_a_frame_nobody_is_put_out_of_scope(process: Make) -> None:
    city = {**GOOD, "record": "r2", "aspirante": "J", "cargo": "jefatura", "ambito": ""}
    table = read_records(sheet(GOOD, city, {**city, "record": "r3", "seccion": "", "clave": ""}))
    state = rule(table.records, process(), frame_for(table, None), table.aspirantes)
    assert [ruling.clase.value for ruling in state] == ["Q2", "V", "Q2"]
    given = marco_of([Seccion(1, "18", "014", "1", 100)])
    assert rule(table.records, process(), frame_for(table, given), table.aspirantes)["r1"].clase == "G"
    only_districts = read_records(sheet(GOOD))
    assert len(frame_for(only_districts, None)) == 0


def test_the_frame_comes_from_its_csv_and_a_gap_is_no_zero() -> None:
    header = "seccion,distrito_local,demarcacion,circunscripcion,lista_nominal,fuente_cero\n"
    marco = marco_from_csv(header + "0012,07,9,2,,\n13,7,009,2,0,oficio 3\n14,7,009,2,250,\n")
    gap, empty, full = (marco.get(n) for n in (12, 13, 14))
    assert gap == Seccion(12, "7", "009", "2", None)
    assert empty is not None
    assert empty.confirmed_empty
    assert full is not None
    assert full.electors == 250
    assert marco.get(None) is None
    assert repr(marco) == "Marco(3 secciones)"
    assert marco_from_csv(header.replace(",fuente_cero", "") + "1,x,y,,5\n").get(1) == Seccion(1, "x", "y", "", 5)
    for text, named in (
        (header.replace("lista_nominal", "electores"), "«electores»"),
        ("seccion\n1\n", "«distrito_local»"),
        (header + "x,7,009,2,1,\n", "Renglón 2"),
        (header + "1,7,009,2,muchos,\n", "Renglón 2"),
        (header + "1,7,009,2,1,\n1,7,009,2,1,\n", "dos veces"),
        (header + "1,7\n", "Renglón 2"),
        (header + "1,7,009,2,1,,más\n", "Renglón 2"),
    ):
        with pytest.raises(LawRefused, match=named):
            marco_from_csv(text)


@pytest.mark.parametrize(
    ("where", "value", "code"),
    [
        (("proceso",), None, "falta_tabla"),
        (("proceso", "clave"), "", "falta_llave"),
        (("proceso", "jornada"), "2027-06-06", "falta_fecha"),
        (("ventana",), [], "falta_ventana"),
        (("ventana",), {"cargo": "diputacion"}, "tabla_mal"),
        (("ventana", 0, "cargo"), "regidor", "cargo"),
        (("ventana", 0, "hasta"), date(2026, 1, 1), "ventana_invertida"),
        (("ventana", 1, "cargo"), "jefatura", "ventana_repetida"),
        (("base",), [{"cargo": "jefatura", "lista_nominal": 0}], "base_cifra"),
        (("base",), [{"cargo": "jefatura", "lista_nominal": True}], "base_cifra"),
        (("base",), [{"cargo": "jefatura", "lista_nominal": 1}] * 2, "base_repetida"),
        (("base",), [{"cargo": "alcaldia", "ambito": "1", "lista_nominal": 1}], "ambito"),
        (("base",), [{"cargo": "diputacion", "ambito": "", "lista_nominal": 1}], "ambito"),
        (("parametros", "redondeo"), "arriba", "parametro_valor"),
        (("parametros", "redondear"), "techo", "parametro_desconocido"),
        (("parametros", "redondeo"), {"value": "techo"}, "parametro_llave"),
        (("parametros", "redondeo"), {"valor": "techo", "vigente_desde": "ayer"}, "parametro_fecha"),
        (("parametros", "dispersion_m"), -1, "parametro_valor"),
        (("parametros", "canales_admitidos"), [], "parametro_valor"),
        (("parametros", "canales_admitidos"), ["papel", "app"], "canal_sin_acuerdo"),
        (("parametros", "dispersion_lectura"), "R3", "dispersion_sin_m"),
    ],
)
def test_a_bad_process_file_is_refused_with_its_code(
    document: Make, where: tuple[Any, ...], value: Any, code: str
) -> None:
    given = document()
    place = given
    for key in where[:-1]:
        place = place[key]
    place[where[-1]] = value
    with pytest.raises(LawRefused) as refused:
        process_from_toml(given)
    assert refused.value.code == code
    assert str(refused.value).startswith(code)


def test_a_changed_parameter_or_base_makes_another_version(process: Make, document: Make) -> None:
    acuerdo = {"valor": "techo", "acuerdo": "IECM/ACU-CG-1/2026", "aprobo": "Consejo General"}
    dated = {**acuerdo, "vigente_desde": date(2026, 10, 1)}
    bases = [
        {"cargo": "jefatura", "lista_nominal": 7_825_600},
        {"cargo": "alcaldia", "ambito": "9", "lista_nominal": 5},
    ]
    processes = [process(), process(redondeo="piso"), process(redondeo=acuerdo), process(redondeo=dated)]
    processes += [process(bases), process(plazo_audiencia_horas=48)]
    assert len({p.version for p in processes}) == len(processes)
    assert process(bases).version == process(bases[::-1]).version
    chosen = processes[3].parametros.fuentes["redondeo"]
    assert (chosen.aprobo, chosen.vigente_desde, chosen.por_defecto) == ("Consejo General", date(2026, 10, 1), False)
    assert processes[0].parametros.fuentes["redondeo"].por_defecto
    bare = document()
    del bare["parametros"]
    assert process_from_toml(bare).version == processes[0].version


def test_an_aspirante_comes_from_its_table() -> None:
    table = {"nombre": "X", "cargo": "diputacion", "ambito": "07", "constancia": date(2026, 11, 19)}
    aspirante = aspirante_from_toml({"aspirante": table}, "a1")
    assert aspirante == Aspirante("a1", Cargo.DIPUTACION, "7", date(2026, 11, 19))
    gone = aspirante_from_toml({"aspirante": {**table, "desistimiento": date(2027, 1, 2)}}, "a1")
    assert gone.withdrawn_on == date(2027, 1, 2)
    with pytest.raises(LawRefused, match="constancia"):
        aspirante_from_toml({"aspirante": {"cargo": "jefatura"}}, "a1")
    assert "X" not in repr(aspirante)


def test_what_cannot_be_ruled_is_refused(process: Make, record: Make, deputy: Make, document: Make) -> None:
    marco = marco_of([Seccion(1, "17", "014", "1", 100)])
    r1 = record("r1", "A")
    for records, aspirantes, code in (
        ([r1, r1], [deputy("A")], "registro_repetido"),
        ([r1], [deputy("B")], "aspirante_desconocido"),
        ([], [deputy("A"), deputy("A")], "aspirante_repetido"),
    ):
        with pytest.raises(LawRefused) as refused:
            rule(records, process(), marco, aspirantes)
        assert refused.value.code == code
    state = rule([r1], process(), marco, [deputy("A"), deputy("B")])
    assert len(state) == 1
    with pytest.raises(LawRefused, match="otro aspirante"):
        rerule(state, [record("r1", "B")])
    with pytest.raises(LawRefused, match="sin_base"):
        tally(rule([], process(), marco_of([]), [deputy("A")]), "A")
    without = document()
    without["ventana"] = without["ventana"][:1]
    with pytest.raises(LawRefused, match="sin_ventana"):
        rule([], process_from_toml(without), marco, [deputy("A")])


def test_the_tally_is_the_document_of_the_contract(process: Make, record: Make, deputy: Make) -> None:
    marco = marco_of(Seccion(n, "17", "014", "1", 100) for n in (1, 2, 3))
    state = rule([record("r1", "A"), record("r2", "A", "E2", seccion=2)], process(), marco, [deputy("A")])
    written = tally_to_json(tally(state, "A"))
    expected = {
        "aspirante": "A",
        "required": 3,
        "valid": 2,
        "pending": 0,
        "ties": 0,
        "received": 2,
        "by_class": {"V": 2},
        "dispersion": {"1": 1, "2": 1, "3": 0},
        "N": 3,
        "k": 2,
        "outcome": "NO_CUMPLE",
        "sensitive_to_reading": False,
    }
    assert {key: written[key] for key in expected} == expected
    assert written["readings"]["R1"] == {"reached": 2, "meets": True, "outcome": "NO_CUMPLE"}
    assert written["readings"]["R3"] is None
