"""Terms of the neighbouring articles, notices, pages generated from the code, ties that decide, and long searches."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from service.law import (
    Aspirante,
    Cargo,
    Clase,
    LawRefused,
    Resultado,
    Seccion,
    Situacion,
    cite,
    impacts,
    marco_of,
    process_from_toml,
    rule,
    sentence,
    tally,
)
from service.law import outcome as outcome_module
from service.law.ambiguity import REGISTER, register_markdown, register_rows
from service.law.cargos import where_filed
from service.law.contest import open_sides
from service.law.dispersion import Group
from service.law.eligibility import Aviso, Notice, notice_lines
from service.law.impact import may_tip
from service.law.outcome import Prospect, may_empty, outcome
from service.law.pages import law_markdown
from service.law.parameters import bundled
from service.law.plazos import (
    Period,
    days_left,
    hearing_deadline,
    process_warnings,
    registration_prevencion,
    registration_window,
    report_deadline,
)
from service.law.records import Record, Ruling
from service.law.sentences import CITES, LABELS
from service.law.tally import level_of
from service.law.umbral import parrafo_1_umbral, warn_between_roundings

Make = Callable[..., Any]
DOCS = Path(__file__).parents[2] / "docs"


def test_the_pages_are_what_the_code_says() -> None:
    assert (DOCS / "ambiguedades.md").read_text("utf-8") == register_markdown()
    assert (DOCS / "ley.md").read_text("utf-8") == law_markdown()


def test_the_register_is_complete_and_every_parameter_stands_in_it(process: Make) -> None:
    known = {item.parametro for item in REGISTER}
    assert set(bundled()) <= known
    topics = {
        *("redondeo", "dispersion_lectura", "base_dispersion_diputacion", "distritos_de_dos_demarcaciones"),
        *("regla_empate", "fecha_supletoria", "plazo_audiencia_horas", "canales_admitidos", "corte_de_la_compulsa"),
        *("desistimientos", "solo_ocr", "copia_credencial", "tachadura", "residentes_en_el_extranjero"),
        *("diputacion_migrante", "resultado_con_rivales", "folio_desconocido", "base_del_umbral"),
        *("genero_de_la_formula", "dispersion_r4", "prevencion_48_horas", "ventana", "aprobacion_del_dictamen"),
    }
    assert topics <= {item.clave for item in REGISTER}
    assert len({item.clave for item in REGISTER}) == len(REGISTER)
    assert all(item.norma and item.lecturas and item.defecto and item.base and item.efecto for item in REGISTER)
    rows = {
        row["clave"]: row for row in register_rows(process(redondeo={"valor": "piso", "acuerdo": "A-1"}).parametros)
    }
    assert (rows["redondeo"]["valor"], rows["redondeo"]["acuerdo"]) == ("piso", "A-1")
    assert rows["canales_admitidos"]["valor"] == "papel"
    assert rows["tachadura"]["valor"] == rows["tachadura"]["vigente_desde"] == ""


def test_the_law_room_pastes_no_paragraph_of_the_law() -> None:
    """A long run of the text's own words would be a paste; these three openings stand in no page."""
    for page in (register_markdown(), law_markdown()):
        for opening in ("Una vez realizadas las compulsas correspondientes", "El porcentaje al que se refiere"):
            assert opening not in page


def test_every_class_has_label_citation_and_sentence(record: Make) -> None:
    for clase in Clase:
        ruling = Ruling(record("r", "A"), clase)
        assert LABELS[clase]
        assert cite(ruling) == f"CIPECDMX {CITES[clase]}"
        assert sentence(ruling).endswith(".")
    assert repr(record("r", "A", "SECRET")) == "Record(r)"
    assert "SECRET" not in repr(Ruling(record("r", "A", "SECRET"), Clase.V))


def test_terms_of_the_neighbouring_articles(document: Make) -> None:
    notified = datetime(2027, 1, 22, 15, 0, tzinfo=UTC)
    assert hearing_deadline(notified, 120).isoformat() == "2027-01-27T09:00:00-06:00"
    assert hearing_deadline(notified, 48) == hearing_deadline(notified, 1)  # never under 48 hours
    assert registration_prevencion(notified).isoformat() == "2027-01-25T09:00:00-06:00"
    with pytest.raises(LawRefused, match="zona horaria"):
        hearing_deadline(datetime(2027, 1, 22, 15, 0), 48)
    assert registration_window(2027, concurrent=False).first == date(2027, 3, 22)
    assert registration_window(2030, concurrent=True).last == date(2030, 2, 22)
    proceso = process_from_toml(document())
    assert report_deadline(proceso.ventana(Cargo.DIPUTACION)) == date(2027, 2, 17)
    assert process_warnings(proceso) == ()
    late = document()
    late["ventana"][2]["hasta"] = date(2027, 3, 15)
    assert "cierra después" in process_warnings(process_from_toml(late))[-1]
    assert len({where_filed(cargo) for cargo in Cargo}) == 3


def test_the_cut_of_the_threshold_is_the_31_of_august_of_the_year_before(document: Make) -> None:
    marco = marco_of([Seccion(1, "17", "014", "1", 100)])
    aspirante = Aspirante("A", Cargo.DIPUTACION, "17")
    for cut, warned in ((date(2026, 8, 31), False), (date(2026, 8, 30), True), (date(2027, 8, 31), True)):
        given = document()
        given["proceso"]["corte_umbral"] = cut
        assert bool(parrafo_1_umbral(aspirante, process_from_toml(given), marco).warnings) == warned


def test_a_missing_figure_warns_when_the_sum_is_the_base(process: Make) -> None:
    marco = marco_of([Seccion(1, "17", "014", "1", 150), Seccion(2, "17", "014", "1", None)])
    umbral = parrafo_1_umbral(Aspirante("A", Cargo.DIPUTACION, "17"), process(), marco)
    assert umbral.required == 2
    assert "1 secciones sin cifra" in umbral.warnings[0]
    assert len(warn_between_roundings(1, umbral)) == 1
    assert warn_between_roundings(2, umbral) == warn_between_roundings(0, umbral) == ()
    base = {"cargo": "diputacion", "ambito": "17", "lista_nominal": 150}
    assert (
        parrafo_1_umbral(Aspirante("A", Cargo.DIPUTACION, "17"), process([base]), marco).source
        == "acuerdo sin número"
    )


def test_notices_are_recorded_and_never_decided() -> None:
    notices = [
        Notice(Aviso.TOPE_DE_GASTOS, date(2027, 2, 2), "INE-UTF", "rebase en estudio"),
        Notice(Aviso.MILITANCIA, date(2027, 1, 2), "DEAPF", "sin coincidencias"),
    ]
    lines = notice_lines(notices)
    assert lines[0].startswith("2027-01-02 · CIPECDMX art. 310")
    assert all("no lo resuelve este dictamen" in line for line in lines)


def test_the_result_says_when_it_depends_on_the_reading(process: Make, record: Make, deputy: Make) -> None:
    marco = marco_of(Seccion(n, "17", "014", "1", 200) for n in range(1, 4))
    where = [1, 1, 1, 1, 1, 2]
    records = [record(f"r{n}", "A", f"E{n}", seccion=s) for n, s in enumerate(where)]
    r1 = tally(rule(records, process(), marco, [deputy("A")]), "A")
    r2 = tally(rule(records, process(dispersion_lectura="R2"), marco, [deputy("A")]), "A")
    assert (r1.outcome, r2.outcome) == (Resultado.CUMPLE, Resultado.NO_CUMPLE)
    assert r1.sensitive_to_reading
    assert r2.sensitive_to_reading
    even = [record(f"r{n}", "A", f"E{n}", seccion=1 + n % 3) for n in range(6)]
    assert not tally(rule(even, process(), marco, [deputy("A")]), "A").sensitive_to_reading


@pytest.mark.parametrize(("sure", "decide"), [(0, False), (1, True), (2, False)])
def test_ties_are_said_to_decide_only_when_they_do(
    sure: int, decide: bool, process: Make, record: Make, deputy: Make
) -> None:
    marco = marco_of([Seccion(1, "17", "014", "1", 200)])
    records = [record(f"s{n}", "A", f"S{n}") for n in range(sure)]
    records += [record("a", "A", "T1"), record("b", "B", "T1")]
    state = rule(records, process(), marco, [deputy("A"), deputy("B")])
    count = tally(state, "A")
    assert (count.ties, count.ties_decide) == (1, decide)
    affects = {impact.record: impact.can_change for impact in impacts(state)}
    assert affects == {"a": decide, "b": decide}
    final = rule(records, process(regla_empate="ninguno"), marco, [deputy("A"), deputy("B")])
    assert impacts(final) == []
    assert not tally(final, "A").ties_decide


def test_what_is_nearest_the_edge_comes_first(process: Make, record: Make, deputy: Make) -> None:
    marco = marco_of([Seccion(1, "17", "014", "1", 300), Seccion(2, "18", "014", "1", 300)])
    near = [record(f"n{n}", "A", f"N{n}") for n in range(2)]
    doubt = frozenset({Clase.I1})
    far = [record(f"f{n}", "B", f"F{n}", seccion=2, suspected=doubt) for n in range(6)]
    last = record("z", "A", "Z", suspected=doubt)
    aspirantes = [deputy("A"), deputy("B", ambito="18"), deputy("C")]
    order = impacts(rule([*far, *near, last], process(), marco, aspirantes))
    assert order[0].record == "z"
    assert order[0].affects == ("A",)
    assert (order[0].gap, order[1].gap) == (1, 3)


def test_a_record_whose_unit_cannot_matter_is_said_not_to_matter(process: Make, record: Make, deputy: Make) -> None:
    marco = marco_of(Seccion(n, "17", "014", "1", 50) for n in range(1, 5))
    doubt = frozenset({Clase.I1})
    records = [record(f"r{n}", "A", f"E{n}", seccion=1) for n in range(2)]
    records += [record("same", "A", "E8", seccion=1, suspected=doubt)]
    records += [record("other", "A", "E9", seccion=2, suspected=doubt)]
    affects = {i.record: i.affects for i in impacts(rule(records, process(), marco, [deputy("A")]))}
    assert affects == {"same": (), "other": ("A",)}


def test_sub_tests_of_a_split_district_bound_each_other(process: Make, record: Make, deputy: Make) -> None:
    marco = marco_of(Seccion(n, "17", "014" if n < 3 else "015", "1", 50) for n in range(1, 5))
    doubt = frozenset({Clase.I1})
    apart = process(base_dispersion_diputacion="secciones_por_demarcacion")
    here = [record("r1", "A", "E1", seccion=1), record("r2", "A", "E2", seccion=2)]
    there = record("there", "A", "E3", seccion=3, suspected=doubt)
    more = record("more", "A", "E4", seccion=1, suspected=doubt)
    alone = {i.record: i.affects for i in impacts(rule([*here, more], apart, marco, [deputy("A")]))}
    both = {i.record: i.affects for i in impacts(rule([*here, more, there], apart, marco, [deputy("A")]))}
    assert alone == {"more": ()}
    assert both == {"more": (), "there": ("A",)}


def test_a_section_without_unit_only_counts_for_the_threshold(process: Make, record: Make) -> None:
    marco = marco_of([Seccion(1, "17", "014", "", 100), Seccion(2, "17", "014", "c1", 100)])
    aspirante = Aspirante("L", Cargo.ALCALDIA, "014", date(2026, 9, 1))
    doubt = frozenset({Clase.I1})
    records = [record("c", "L", "E1", seccion=2), record("p", "L", "E2", seccion=1, suspected=doubt)]
    wild = record("w", "L", None, open_match=True)
    assert {i.record: i.affects for i in impacts(rule(records, process(), marco, [aspirante]))} == {"p": ("L",)}
    loose = rule([*records, record("c2", "L", "E3", seccion=2), wild], process(), marco, [aspirante])
    assert all(not i.can_change for i in impacts(loose))


def test_a_claim_in_hearing_keeps_the_outcome_open_though_its_class_stands(
    process: Make, record: Make, deputy: Make
) -> None:
    marco = marco_of([Seccion(1, "17", "014", "1", 100), Seccion(9, "18", "014", "1", 100)])
    for fields in (
        {"established": frozenset({Clase.I3})},
        {"situacion": Situacion.PADRON},
        {"seccion": 9},
        {"elector": None, "established": frozenset({Clase.N})},
    ):
        closed = tally(rule([record("r", "A", **fields)], process(), marco, [deputy("A")]), "A")
        heard_state = rule([record("r", "A", in_hearing=True, **fields)], process(), marco, [deputy("A")])
        heard = tally(heard_state, "A")
        assert (closed.outcome, heard.outcome) == (Resultado.NO_CUMPLE, Resultado.INDETERMINADO)
        assert closed.by_class == heard.by_class
        assert impacts(heard_state)[0].affects == ("A",)


def test_level_and_sides_are_checked(record: Make, process: Make, deputy: Make) -> None:
    with pytest.raises(LawRefused, match="nivel"):
        level_of(record("r", "A"), "city")
    sides = open_sides(process(), marco_of([]), [deputy("B"), deputy("A")])
    assert [sides[name].index for name in "AB"] == [0, 1]


def units_of(sizes: list[list[int]], k: int, threats: list[int], required: int = 1) -> Prospect:
    """A prospect whose units hold always-electors with the given bounds."""
    always: dict[tuple[str, int], int] = {}
    for number, bounds in enumerate(sizes):
        for bound in bounds:
            always[(f"u{number}", bound)] = always.get((f"u{number}", bound), 0) + 1
    names = tuple(f"u{number}" for number in range(len(sizes)))
    ones = dict.fromkeys(names, 1)
    return Prospect(required, [Group("", names, k)], ones, ones, always, {}, 0, sorted(threats))


def test_rivals_may_empty_units_only_within_their_dates() -> None:
    assert outcome(units_of([[5], [5]], 2, [4])) is Resultado.CUMPLE  # the threat is earlier than both
    assert outcome(units_of([[5], [5]], 2, [5])) is Resultado.INDETERMINADO
    assert outcome(units_of([[5, 5], [5, 5]], 2, [9])) is Resultado.CUMPLE  # one threat empties no unit of two
    assert outcome(units_of([[5, 5], [5, 5]], 2, [9, 9])) is Resultado.INDETERMINADO
    assert outcome(units_of([[1], [9]], 1, [1, 1])) is Resultado.CUMPLE  # the later support is out of reach
    assert outcome(units_of([[1], [9]], 1, [1, 9])) is Resultado.INDETERMINADO


def test_a_unit_below_its_own_share_is_no_target() -> None:
    below = replace(units_of([[5], [5, 5]], 1, [9]), least={"u0": 2, "u1": 2}, surely={"u0": 2, "u1": 2})
    assert outcome(below) is Resultado.INDETERMINADO
    assert outcome(replace(below, threats=[4])) is Resultado.CUMPLE


def test_bounds_that_disagree_are_settled_by_search_and_a_long_search_stays_careful(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # At each date alone two of the four can be emptied; together no two can.
    demands = [[1, 1, 1, 1], [1, 1, 1, 1], [9, 9], [9, 9]]
    assert not may_empty(demands, 2, [1, 1, 9, 9, 9])
    assert may_empty(demands, 2, [1, 1, 9, 9, 9, 9])
    assert may_empty(demands, 1, [1, 1, 9, 9, 9])
    assert not may_empty(demands, 4, [1, 1, 9, 9, 9])
    assert not may_empty(demands, 1, [0])
    monkeypatch.setattr(outcome_module, "SEARCH_NODES", 0)
    assert may_empty(demands, 2, [1, 1, 9, 9, 9])


@pytest.mark.parametrize("seed", range(300))
def test_units_that_may_be_emptied_agree_with_trying_every_choice(seed: int) -> None:
    rng = random.Random(seed)
    demands = [sorted(rng.choices(range(4), k=rng.randint(1, 4))) for _ in range(rng.randint(1, 5))]
    threats = sorted(rng.choices(range(4), k=rng.randint(0, 9)))
    wanted = rng.randint(1, len(demands))
    chosen = itertools.combinations(demands, wanted)
    assert may_empty(demands, wanted, threats) == any(
        matched([bound for demand in c for bound in demand], threats) for c in chosen
    )


def matched(bounds: list[int], threats: list[int]) -> bool:
    """Whether each bound finds a threat of its own not under it: the largest against the largest."""
    pairs = zip(sorted(bounds, reverse=True), sorted(threats, reverse=True), strict=False)
    return len(bounds) <= len(threats) and all(threat >= bound for bound, threat in pairs)


@pytest.mark.parametrize(
    ("change", "unit", "tips"),
    [
        ({"required": 2, "maybe": {"u0": 1}}, "u0", False),  # the threshold would be met, the dispersion never
        ({"required": 2, "maybe": {"u1": 1}}, "u1", True),
        ({"required": 9, "maybe": {"": 1}}, "", False),  # a support without unit, far from the threshold
        ({"required": 9, "maybe": {"u1": 1}}, "u1", False),
        ({"required": 1, "maybe": {"u1": 1, "u2": 1}, "k": 4}, "u1", False),  # too few units to reach
        ({"required": 1, "maybe": {"u1": 1, "u2": 1}, "k": 3}, "u1", True),
        ({"required": 1, "maybe": {"u1": 1}, "wild": 1}, "u1", True),
        ({"required": 9, "maybe": {"": 1}, "wild": 1}, "", False),
        ({"required": 9, "maybe": {"u1": 1}, "wild": 1}, "u1", False),
        ({"required": 1, "maybe": {"u0": 1}, "wild": 1}, "u0", False),  # its unit is reached without it
        ({"required": 2, "maybe": {"u0": 1}, "threats": [9]}, "u0", True),
    ],
)
def test_a_support_tips_only_at_an_edge(change: dict[str, Any], unit: str, tips: bool) -> None:
    prospect = units_of([[5], [], [], []], change.pop("k", 2), change.pop("threats", []))
    assert may_tip(replace(prospect, **change), unit) == tips


def test_a_support_tips_nothing_while_the_other_part_of_a_district_cannot_be_reached() -> None:
    prospect = units_of([[], [], []], 1, [], required=9)
    apart = [Group("014", ("u0",), 1), Group("015", ("u1", "u2"), 1)]
    alone = replace(prospect, groups=apart, maybe={"u0": 1})
    assert not may_tip(alone, "u0")
    assert may_tip(replace(alone, required=2, maybe={"u0": 1, "u1": 1}), "u0")


def test_a_record_set_apart_by_date_alone_keeps_its_kept_row(process: Make, record: Make, deputy: Make) -> None:
    marco = marco_of([Seccion(1, "17", "014", "1", 100)])
    first: Record = record("b", "A", folio="002", page=1, row=1)
    second = replace(first, id="a", folio="001", page=9, row=9)
    state = rule([first, second], process(), marco, [deputy("A")])
    assert (state["a"].clase, state["b"].clase) == ("V", "D1")  # same date: the lowest folio is kept


@pytest.mark.parametrize(("today", "left"), [(1, 10), (5, 10), (6, 9), (14, 1), (15, 0), (30, 0)])
def test_days_left_count_today_and_the_last_one(today: int, left: int) -> None:
    assert days_left(Period(date(2027, 1, 5), date(2027, 1, 14)), date(2027, 1, today)) == left
