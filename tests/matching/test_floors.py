"""The floors of the search, small: 30,000 electors, modelled handwriting. The full figures: ``make bench-match``."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from matching import policy
from matching.search import Query, candidates_only, find_many
from tests.matching.conftest import read


def row(person, rng, *, slip=False, with_ocr=True):
    fields = [person.clave, person.ocr, f"{person.section:04d}"]
    if slip:
        field = int(rng.choice(3, p=[18 / 35, 13 / 35, 4 / 35]))
        at = int(rng.integers(len(fields[field])))
        old = fields[field][at]
        pool = "HM" if (field, at) == (0, 14) else ("0123456789" if old.isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        fields[field] = fields[field][:at] + rng.choice([c for c in pool if c != old]) + fields[field][at + 1 :]
    clave, ocr, section = (read(text, rng) for text in fields)
    letters = [c if rng.random() > 0.1 else chr(65 + int(rng.integers(26))) for c in person.name]
    return Query(clave, ocr if with_ocr else None, section, (("".join(letters), 0.8),))


def near(kind, person, city, rng):
    """Somebody absent who resembles a listed elector."""
    same_house = {"section": person.section} if rng.random() < 0.9 else {}
    surnames = {"paterno": person.paterno, "materno": person.materno}
    if kind == "sibling":
        return city.person(**surnames, **same_house, entity=person.clave[12:14])
    if kind == "twin":
        return city.person(**surnames, **same_house, entity=person.clave[12:14], birth=person.clave[6:12])
    return city.person(
        **surnames, **same_house, nombre=person.nombre, birth=person.clave[6:12], entity=person.clave[12:14],
        sex=person.clave[14],
    )  # fmt: skip


@pytest.mark.parametrize(("slip", "floor"), [(False, 0.99), (True, 0.98)])
def test_present_electors_pass_without_eyes_and_none_as_another(town, slip, floor):
    rng = np.random.default_rng(21 + slip)
    people = [town.people[int(i)] for i in rng.integers(0, len(town.people), 2000)]
    found = find_many([row(p, rng, slip=slip) for p in people], town.roll)
    passed = [policy.accepts(m) for m in found]
    right = [bool(m.candidates) and m.candidates[0].clave == p.clave for m, p in zip(found, people, strict=True)]
    assert np.mean(passed) >= floor
    assert all(r for p, r in zip(passed, right, strict=True) if p)
    assert np.mean(right) >= 0.999


@pytest.mark.parametrize("kind", ["sibling", "twin", "homonym"])
def test_nobody_absent_passes_as_his_near_twin(town, kind):
    rng = np.random.default_rng(31)
    listed = [town.people[int(i)] for i in rng.integers(0, len(town.people), 1000)]
    rows = [row(near(kind, p, town.city, rng), rng, with_ocr=rng.random() < 0.9) for p in listed]
    assert not any(policy.accepts(m) for m in find_many(rows, town.roll))


def test_probabilities_mean_what_they_say(town):
    rng = np.random.default_rng(41)
    people = [town.people[int(i)] for i in rng.integers(0, len(town.people), 1500)]
    queries = []
    for person in people:  # hardly legible, no number: so that doubts are many
        clave, _, section = person.clave, None, f"{person.section:04d}"
        hidden = "".join("·" if rng.random() < 0.45 else c for c in clave)
        queries.append(Query(read(hidden, rng), None, read(section, rng), ((person.name, 0.5),)))
    found = find_many(queries, town.roll)
    chance = np.array([m.probability for m in found])
    right = np.array(
        [bool(m.candidates) and m.candidates[0].clave == p.clave for m, p in zip(found, people, strict=True)]
    )
    sure = chance > 0.99
    assert sure.sum() > 300
    assert right[sure].mean() > 0.985
    assert right[chance > 0.5].mean() > 0.9


def test_a_thousand_rows_take_little_time(town):
    rng = np.random.default_rng(51)
    queries = [row(town.people[int(i)], rng) for i in rng.integers(0, len(town.people), 1024)]
    find_many(queries[:64], town.roll)
    times = []
    for _ in range(3):  # the best of three: a neighbour's work is not ours
        began = time.process_time()
        find_many(queries, town.roll)
        times.append(time.process_time() - began)
    assert 1024 / min(times) > 1500  # a shared CI core; the measured figure is in bench/match


def test_three_wrong_cells_anywhere_lose_fewer_than_one_in_a_thousand(town):
    rng = np.random.default_rng(71)
    people = [town.people[int(i)] for i in rng.integers(0, len(town.people), 3000)]
    queries = []
    for person in people:
        cells = list(person.clave + person.ocr + f"{person.section:04d}")
        for at in rng.choice(35, 3, replace=False):
            pool = "HMX" if at == 14 else ("ABCDEFGHIJKLMNOPQRSTUVWXYZ" if at < 6 else "0123456789")
            cells[at] = rng.choice([c for c in pool if c != cells[at]])
        text = "".join(cells)
        queries.append(Query(*(read(part, rng, wrong=0.0) for part in (text[:18], text[18:31], text[31:]))))
    truth = town.roll.by_claves([p.clave for p in people])
    lost = sum(t not in rows for rows, t in zip(candidates_only(queries, town.roll), truth, strict=True))
    assert lost <= 3


def test_anothers_name_over_a_listed_persons_numbers_seldom_passes(town):
    rng = np.random.default_rng(81)
    listed, others = ([town.people[int(i)] for i in rng.integers(0, len(town.people), 1000)] for _ in range(2))
    rows = [replace(row(a, rng), nombres=row(b, rng).nombres) for a, b in zip(listed, others, strict=True)]
    apart = [a.nombre != b.nombre and a.paterno != b.paterno for a, b in zip(listed, others, strict=True)]
    passed = [policy.accepts(m) for m in find_many(rows, town.roll)]
    assert np.mean([p for p, other in zip(passed, apart, strict=True) if other]) < 0.04
