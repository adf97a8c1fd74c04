"""Whom a row may be: found through any three wrong cells, told from his near-twins, and never by a lone trait."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest

from matching import names, policy
from matching.errors import Refused
from matching.policy import Policy
from matching.roll import Roll, build_roll, destroy
from matching.search import Outcome, Query, candidates_only, find, find_many, match_to_json
from tests.matching.conftest import City, read, sure, write_csv


def query(person, rng=None, *, clave=None, ocr=None, section=None, name=None, wrong=0.0):
    rng = rng or np.random.default_rng(0)
    ocr = person.ocr if ocr is None else ocr
    section = f"{person.section:04d}" if section is None else section
    return Query(
        read(clave or person.clave, rng, wrong),
        read(ocr, rng, wrong) if ocr else None,
        read(section, rng, wrong) if section else None,
        ((person.name if name is None else name, 0.9),),
        record=person.clave,
    )


def test_a_row_read_well_is_exact_and_passes(town):
    match = find(query(town.people[7]), town.roll)
    assert match.outcome is Outcome.EXACT
    assert match.candidates[0].clave == town.people[7].clave
    assert policy.accepts(match)
    assert match.probability + match.absent <= 1 + 1e-9
    assert [e.field for e in match.candidates[0].evidence] == ["clave_elector", "numero_ocr", "seccion", "nombre"]
    assert "coincide en sus 18 lugares" in match.candidates[0].evidence[0].sentence


def test_one_wrong_cell_is_explained_and_named(town):
    person = town.people[8]
    digit = str((int(person.clave[9]) + 3) % 10)
    match = find(query(person, clave=person.clave[:9] + digit + person.clave[10:]), town.roll)
    assert match.outcome is Outcome.PROBABLE
    assert policy.accepts(match)
    told = match.candidates[0].evidence[0].sentence
    assert f"lugar 10 se lee {digit} y la lista dice {person.clave[9]}" in told


def test_day_and_month_exchanged_are_explained(town):
    person = next(p for p in town.people if p.clave[8:10] != p.clave[10:12] and p.clave[8] != p.clave[10])
    swapped = person.clave[:8] + person.clave[10:12] + person.clave[8:10] + person.clave[12:]
    match = find(query(person, clave=swapped), town.roll)
    assert match.candidates[0].clave == person.clave
    assert "día y el mes" in match.candidates[0].evidence[0].sentence
    assert policy.accepts(match)


def test_neighbours_exchanged_are_explained(town):
    person = next(p for p in town.people if p.clave[6] != p.clave[7] and p.clave[1] != p.clave[2])
    swapped = person.clave[:6] + person.clave[7] + person.clave[6] + person.clave[8:]
    match = find(query(person, clave=swapped), town.roll)
    assert match.candidates[0].clave == person.clave
    assert "intercambiados" in match.candidates[0].evidence[0].sentence


def test_an_old_section_is_explained_where_both_numbers_agree(town):
    person = town.people[9]
    match = find(query(person, section="5555"), town.roll)
    assert policy.accepts(match)
    assert "domicilio anterior" in match.candidates[0].evidence[2].sentence
    assert policy.accepts(find(query(person, section="5555", ocr=""), town.roll))  # a whole clave is nobody else's
    flawed = person.clave[:9] + str((int(person.clave[9]) + 3) % 10) + person.clave[10:]
    alone = find(query(person, clave=flawed, section="5555", ocr=""), town.roll)
    assert alone.candidates[0].clave == person.clave
    assert not policy.accepts(alone)


def test_a_clave_alone_passes_only_with_its_last_three_cells(town):
    person = town.people[16]
    hidden = person.clave[:16] + "·" + person.clave[17]
    match = find(query(person, clave=hidden, ocr=""), town.roll)
    assert match.candidates[0].clave == person.clave
    assert not policy.accepts(match)
    assert policy.accepts(find(query(person, ocr=""), town.roll))


def test_numbers_written_one_cell_to_the_right_are_put_back_and_said(town):
    person = town.people[17]
    section = person.ocr[:4]
    match = find(query(person, clave="·" + person.clave[:17], ocr="·" + person.ocr[:12], section=section), town.roll)
    assert match.candidates[0].clave == person.clave
    clave, number = match.candidates[0].evidence[:2]
    assert "un lugar a la derecha" in clave.sentence
    assert "un lugar a la derecha" in number.sentence
    assert (clave.read[:17], number.read[:12]) == (person.clave[:17], person.ocr[:12])
    left = find(query(person, clave=person.clave[1:] + "·"), town.roll)
    assert left.candidates[0].clave == person.clave
    assert "un lugar a la izquierda" in left.candidates[0].evidence[0].sentence


def test_an_unread_first_cell_is_no_shift(town):
    person = town.people[18]
    match = find(query(person, clave="·" + person.clave[1:], ocr="·" + person.ocr[1:]), town.roll)
    assert match.candidates[0].clave == person.clave
    assert not any("escribió" in e.sentence for e in match.candidates[0].evidence)
    assert policy.accepts(match)


def test_the_demarcacion_is_weak_evidence_where_the_section_says_nothing(town):
    person = town.people[19]
    frame = np.zeros(10_000, np.uint16)
    frame[town.roll.sections] = 2 + np.arange(town.roll.sections.size) % 16
    own = f"{frame[person.section]:03d}"
    other = f"{2 + (int(own) - 1) % 16:03d}"
    chances = {}
    for read_zone in (own, other, None):
        asked = replace(
            query(person, clave=person.clave[:6] + "·" * 9 + person.clave[15:], ocr="", section=""),
            demarcacion=None if read_zone is None else sure(read_zone),
        )
        match = find(asked, town.roll, frame=frame)
        held = {c.clave: c for c in match.candidates}
        chances[read_zone] = held[person.clave].probability if person.clave in held else 0.0
        zone = [e for c in match.candidates for e in c.evidence if e.field == "demarcacion"]
        assert bool(zone) == (read_zone is not None)
    assert chances[own] > chances[None] > chances[other]
    assert chances[own] < 20 * chances[None]


def test_anothers_name_never_passes_however_well_the_numbers_agree(town):
    rng = np.random.default_rng(61)
    one, others = town.people[20], [town.people[int(i)] for i in rng.integers(0, len(town.people), 50)]
    rows = [query(one, name=other.name) for other in others if other.nombre != one.nombre]
    assert not any(policy.accepts(m) for m in find_many(rows, town.roll))


def test_the_ocr_number_alone_finds_the_elector(town):
    person = town.people[10]
    match = find(Query(None, sure(person.ocr), sure(f"{person.section:04d}"), ((person.name, 0.9),)), town.roll)
    assert match.candidates[0].clave == person.clave
    assert policy.accepts(match)


def test_a_clave_and_the_card_of_another_go_to_a_person(town):
    one, other = town.people[11], town.people[12]
    match = find(query(one, ocr=other.ocr), town.roll)
    assert not policy.accepts(match)
    assert {one.clave, other.clave} >= {c.clave for c in match.candidates}


def test_the_name_of_another_goes_to_a_person(town):
    one = town.people[13]
    match = find(query(one, name="WENCESLAO KURTZ"), town.roll)
    assert match.candidates[0].clave == one.clave
    assert not policy.accepts(match)
    assert "otra persona" in match.candidates[0].evidence[3].sentence


def test_an_invented_clave_is_missing(town):
    stranger = town.city.person()
    match = find(query(stranger), town.roll)
    assert match.outcome is Outcome.MISSING
    assert match.absent > 0.99
    assert not policy.accepts(match)


def test_an_empty_row_is_missing(town):
    match = find(Query(), town.roll)
    assert (match.outcome, match.candidates) == (Outcome.MISSING, ())
    blank = Query(sure("·" * 18), sure("·" * 13), sure("····"))
    assert find(blank, town.roll).outcome is Outcome.MISSING


def test_three_unread_cells_anywhere_are_no_hindrance(town):
    rng = np.random.default_rng(3)
    people = [town.people[int(i)] for i in rng.integers(0, len(town.people), 300)]
    queries = []
    for person in people:
        cells = list(person.clave + person.ocr + f"{person.section:04d}")
        for at in rng.choice(35, 3, replace=False):
            cells[at] = "·"
        text = "".join(cells)
        queries.append(query(person, clave=text[:18], ocr=text[18:31], section=text[31:]))
    found = find_many(queries, town.roll)
    assert all(m.candidates[0].clave == p.clave for m, p in zip(found, people, strict=True))


def test_blocks_keep_the_elector_through_every_three_wrong_cells_of_the_clave_alone(town):
    rng = np.random.default_rng(4)
    triples = list(itertools.combinations(range(18), 3))
    people = [town.people[int(i)] for i in rng.integers(0, len(town.people), len(triples))]
    queries = []
    for person, wrong in zip(people, triples, strict=True):
        cells = list(person.clave)
        for at in wrong:
            pool = "HMX" if at == 14 else ("ABCDEFGHIJKLMNOPQRSTUVWXYZ" if at < 6 else "0123456789")
            cells[at] = rng.choice([c for c in pool if c != cells[at]])
        queries.append(Query(sure("".join(cells))))
    truth = town.roll.by_claves([p.clave for p in people])
    lost = [t for rows, t in zip(candidates_only(queries, town.roll), truth, strict=True) if t not in rows]
    assert len(lost) <= 1  # 816 triples; a lookalike crowd may push one out of the sixteen kept


def test_names_in_any_order_with_parts_left_out_agree():
    listed = ("DE LA CRUZ", "PEÑA", "MARÍA DEL CARMEN")
    for text in (
        "MARIA DEL CARMEN DE LA CRUZ PENA", "DE LA CRUZ PEÑA MARIA DEL CARMEN", "MA. CARMEN CRUZ PEÑA",
        "CARMEN DE LA CRUZ PEÑA", "MARIA CARMEN CRUZ P", "MARLA DEL CARHEN DE LA CRUZ PENA",
    ):  # fmt: skip
        found = names.compare(((text, 0.9),), *listed)
        assert found.given > 0, text
        assert found.surnames > 0, text
    other = names.compare((("LUCIA DE LA CRUZ PEÑA", 0.9),), *listed)
    assert other.surnames > 2
    assert other.given < -2
    rubbish = names.compare((("XQZWVKJ HHFGTR WQWQ", 0.9),), *listed)
    assert abs(rubbish.given) < 2
    assert names.compare((), *listed) is names.NOTHING


def test_the_bound_is_a_parameter(town):
    match = find(query(town.people[14]), town.roll)
    assert Policy(bound=1e-2).accepts(match)
    assert not Policy(bound=1e-30).accepts(match)


def test_answers_serialise_and_hide(town):
    person = town.people[15]
    match = find(query(person), town.roll)
    document = json.loads(json.dumps(match_to_json(match)))
    assert document["record"] == person.clave
    assert document["candidates"][0]["nombre"] == f"{person.paterno} {person.materno} {person.nombre}"
    assert {"field", "read", "listed", "weight", "sentence"} == set(document["candidates"][0]["evidence"][0])
    for thing in (match.candidates[0], match.candidates[0].evidence[0], Query(record="r")):
        assert person.clave not in repr(thing)
        assert person.paterno not in repr(thing)


def test_many_answer_as_one(town):
    rng = np.random.default_rng(5)
    queries = [query(p, rng, wrong=0.03) for p in town.people[:40]]
    together = [match_to_json(m) for m in find_many(queries, town.roll)]
    assert together == [match_to_json(find(q, town.roll)) for q in queries]


def test_a_lattice_of_another_shape_is_a_fault(town):
    with pytest.raises(ValueError, match="18 cells"):
        find(Query(clave=sure("ABC")), town.roll)


def test_a_fresher_list_finds_whom_the_old_one_lacked(tmp_path, town):
    newcomer = City(77).person()
    asked = query(newcomer)
    assert find(asked, town.roll).outcome is Outcome.MISSING
    csv = write_csv(tmp_path / "nueva.csv", [newcomer.line, *(p.line for p in town.people[:500])])
    build_roll(csv, tmp_path / "v2", corte=town.roll.corte)
    with Roll.open(tmp_path / "v2") as newer:
        assert find(asked, newer).outcome is Outcome.EXACT
    destroy(tmp_path / "v2")
    with pytest.raises(Refused):
        Roll.open(tmp_path / "v2")
