"""The blind second look: sealed before the seed, drawn by anyone, blind to who saw before, honest while unseen."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.audit.chain import broken_links
from service.config import Settings
from service.dictamen.assemble import issue_for
from service.dictamen.audit_sample import misjudged
from service.dictamen.control import MACHINE, MEASURES, PEOPLE, count_errors, statement
from service.dictamen.control_acts import (
    _is_listed,
    confirm,
    draw_frame,
    judge_frame,
    open_for,
    plan_of,
    sample_of,
    seal_decision,
    seal_reading,
    take_look,
)
from service.dictamen.expediente import Drawn, Look, Sampled
from service.dictamen.verify import faults_of
from service.errors import Refused
from service.store import Store, now
from service.store.control import ControlFrame
from service.store.findings import Review, ReviewItem, Settlement
from service.store.work import each_event

SEED = "4 7 1 0 9 3 3 8 2 6 5 5 0 1 7 4 9 2 8 6"
AFTER = dt.date(2027, 2, 10)
REVISOR = frozenset({"revisor"})
CLAVE = "FCTCNL00000001H001"
GOOD = Look(CLAVE, "2026-12-01", True, True)
OTHER = replace(GOOD, clave="FCTCNL00000002H002", same=False)
SLIP = replace(GOOD, clave="FCTCNL00000001H00I", listed=False, same=True)
HELD = Drawn(MACHINE, 1, "r-1", "", CLAVE, CLAVE, "2026-12-01")


@pytest.mark.parametrize(
    ("looks", "accepted"),
    [
        ((GOOD,), (0, 1, True)),
        ((OTHER,), (0, 1, False)),  # one person alone proves nothing yet
        ((OTHER, GOOD), (0, 1, True)),
        ((OTHER, OTHER), (1, 1, True)),
        ((replace(GOOD, signed=False), replace(GOOD, in_order=False)), (1, 1, True)),
        ((SLIP,), (0, 1, False)),  # the machine's reading is not what is written: a second person looks
        ((SLIP, SLIP), (0, 1, True)),  # a slip of the signer, accepted rightly
        ((replace(SLIP, clave="", same=None),), (0, 1, False)),  # only the OCR number: asked, not answered yet
        ((), (0, 1, False)),
    ],
)
def test_an_error_is_what_two_people_contradict(looks: tuple[Look, ...], accepted: tuple[int, int, bool]) -> None:
    measure = next(one for one in MEASURES if one.key == "aceptado")
    assert count_errors(measure, [replace(HELD, looks=looks)]) == accepted


@pytest.mark.parametrize(
    ("clase", "look", "wrong"),
    [
        ("I3", GOOD, True),
        ("I3", replace(GOOD, signed=False), False),
        ("I1", replace(GOOD, clave="", listed=False), True),  # signed, in order, only the OCR number
        ("N", GOOD, True),
        ("N", replace(GOOD, listed=False), False),  # a tidy row of somebody who is not in the list
        ("I4", replace(GOOD, clave="", listed=False), False),
    ],
)
def test_a_rejection_is_wrong_when_two_people_find_no_cause(clase: str, look: Look, wrong: bool) -> None:
    measure = next(one for one in MEASURES if one.key == "rechazado")
    held = replace(HELD, stratum=PEOPLE, clase=clase, elector="")
    errors, cases, _ = count_errors(measure, [replace(held, looks=(look, look))])
    assert (errors, cases) == (int(wrong), 1)


@pytest.mark.parametrize("clase", ["I5", "I6", "I10", "I11", "I12"])
def test_what_paper_cannot_contradict_is_never_an_error_of_it(clase: str) -> None:
    assert not misjudged(replace(HELD, clase=clase), GOOD)
    assert not misjudged(replace(HELD, clase=clase), OTHER)


def test_an_outcome_is_judged_by_what_the_paper_can_say() -> None:
    assert not misjudged(replace(HELD, clase="V"), SLIP)
    assert misjudged(replace(HELD, clase="V"), OTHER)
    assert misjudged(replace(HELD, clase="D2"), OTHER)
    assert not misjudged(replace(HELD, clase="B3"), GOOD)
    assert misjudged(replace(HELD, clase="Q2", elector=""), GOOD)


def test_without_a_sample_or_with_half_of_it_the_statement_says_so() -> None:
    assert {line["tasa"] for line in statement([], [])} == {"no medido"}
    sample = Sampled(MACHINE, 10, "a" * 64, SEED, 2)
    half = statement([sample], [replace(HELD, looks=(GOOD,)), replace(HELD, place=2, record="r-2")])
    assert half[0]["tasa"] == "no medido"
    assert half[0]["metodo"] == "muestra incompleta: vistos 1 de 2 sorteados"
    whole = statement([sample], [replace(HELD, looks=(GOOD,)), replace(HELD, place=2, record="r-2", looks=(GOOD,))])
    assert (whole[2]["errores"], whole[2]["casos"], whole[2]["intervalo_95"]) == (0, 2, ["0.0000", "0.8419"])


@given(st.lists(st.lists(st.sampled_from([GOOD, OTHER]), max_size=2), max_size=30))
def test_errors_are_never_more_than_cases(given_looks: list[list[Look]]) -> None:
    drawn = [replace(HELD, place=n, looks=tuple(looks)) for n, looks in enumerate(given_looks, start=1)]
    for measure in MEASURES:
        errors, cases, _ = count_errors(measure, drawn)
        assert 0 <= errors <= cases <= len(drawn)


@pytest.mark.parametrize(
    ("situacion", "seccion", "listed"), [("VIGENTE", 1, True), ("BAJA_VIGENCIA", 1, False), ("VIGENTE", 9_999, False)]
)
def test_a_key_is_listed_only_where_a_support_would_count(
    house: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch, situacion: str, seccion: int, listed: bool
) -> None:
    """Somebody struck off the padrón, or of another scope, was rightly refused though the key can be found."""
    monkeypatch.undo()  # the key is looked up in earnest

    class Roll:
        def by_clave(self, clave: str) -> int | None:
            return 7 if clave == CLAVE else None

        def elector(self, index: int) -> Any:
            return SimpleNamespace(clave=CLAVE, situacion=situacion, seccion=seccion, nombre_completo="")

    monkeypatch.setattr("service.dictamen.control_acts.leave_trace", lambda *ignored, by: None)
    monkeypatch.setattr("service.jobs.lookups.open_roll", lambda *ignored: Roll())
    with house.writing() as session:
        frame = ControlFrame(aspirante="A")
        assert _is_listed(session, settings, frame, "r-1", CLAVE, "ojos1") is listed
        assert not _is_listed(session, settings, frame, "r-1", "OTRA", "ojos1")
        assert not _is_listed(session, settings, frame, "r-1", "", "ojos1")


@pytest.fixture(autouse=True)
def every_key_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The house of these tests has no roll on disk; ``tests/cli`` looks keys up in a real one."""
    monkeypatch.setattr("service.dictamen.control_acts._is_listed", lambda *ignored: True)


def look_at_all(
    house: Store, settings: Settings, frame: int, people: tuple[str, ...] = ("ojos1", "ojos2"), wrong: int = 0
) -> None:
    """Each person sees what is left for them; of ``wrong`` records both see another person."""
    for by in people:
        with house.reading() as session:
            waiting = [item for item, _ in open_for(session, by, frame)]
        for item in waiting:
            clave = "OTRA" if item.place <= wrong else item.elector
            if take_look(house, settings, item.id, Look(clave, item.fecha_read, True, True), by=by, roles=REVISOR):
                confirm(house, item.id, False, by=by, roles=REVISOR)


def test_the_statement_of_a_dictamen_comes_from_its_sample(house: Store, settings: Settings, tmp_path: Path) -> None:
    frames = {one.stratum: one for one in seal_reading(house, "A", "deapf")}
    assert (frames[MACHINE].records, frames[PEOPLE].records) == (12, 0)
    drawn = draw_frame(house, settings, frames[MACHINE].number, SEED, 8, "deapf")
    look_at_all(house, settings, frames[MACHINE].number, wrong=1)
    issued = issue_for(house, settings, "A", preliminary=True, on=now().date(), operator="deapf", out=tmp_path / "d")
    said = json.loads((tmp_path / "d" / "dictamen.json").read_bytes())["documento"]["errores"]
    accepted = next(line for line in said if line["medida"] == "aceptado")
    assert (accepted["errores"], accepted["casos"], accepted["tasa"]) == (1, 8, "0.1250")
    assert accepted["muestra"]["semilla"] == SEED
    assert faults_of(tmp_path / "d", issued.root) == []
    with house.reading() as session:
        listed = session.get_one(ControlFrame, frames[MACHINE].number).listed.decode().split()
        kinds = [event.kind for event in each_event(session)]
        assert list(broken_links(session)) == []
    assert hashlib.sha256("".join(f"{one}\n" for one in listed).encode()).hexdigest() == frames[MACHINE].sha256
    by_hand = sorted(listed, key=lambda one: hashlib.sha256(f"{SEED}\n{one}".encode()).hexdigest())[:8]
    assert drawn == by_hand  # anyone with the list and the seed
    assert kinds[:3] == ["ControlSealed", "ControlSealed", "ControlDrawn"]


def test_who_answered_about_a_record_is_not_blind_to_it(house: Store, settings: Settings) -> None:
    frame = seal_reading(house, "A", "deapf")[0].number
    record = draw_frame(house, settings, frame, SEED, 1, "deapf")[0]
    with house.writing() as session:
        item = ReviewItem(record=record, kind="copy", cause="read:1", reasons=[], at=now())
        session.add(item)
        session.flush()
        session.add(Review(item_id=item.id, decision="original", reason="", clave=None, seccion=None,
                           situacion=None, by="ojos1", at=now(), rank="", adverse=False))  # fmt: skip
    with house.reading() as session:
        assert open_for(session, "ojos1", frame) == []
        assert open_for(session, "ojos2", frame, own={"B"}) == []
        number = open_for(session, "ojos2", frame)[0][0].id
    for by, roles, code in [
        ("ojos1", REVISOR, "NO_ES_CIEGA"),
        ("ojos2", frozenset({"auditor"}), "SIN_FACULTAD"),
    ]:
        with pytest.raises(Refused) as refusal:
            take_look(house, settings, number, GOOD, by=by, roles=roles)
        assert refusal.value.code == code


def test_what_people_rejected_is_a_stratum_of_its_own(house: Store, settings: Settings) -> None:
    with house.writing() as session:
        item = ReviewItem(
            record="000000000001-0001-03", kind="signature", cause="read:3", reasons=["I3? x"], at=now()
        )
        session.add(item)
        session.flush()
        review = Review(item_id=item.id, decision="unsigned", reason="", clave=None, seccion=None, situacion=None,
                        by="r1", at=now(), rank="", adverse=False)  # fmt: skip
        session.add(review)
        session.flush()
        session.add(Settlement(item_id=item.id, review_id=review.id, at=now()))
    frames = {one.stratum: one for one in seal_reading(house, "A", "deapf")}
    assert (frames[MACHINE].records, frames[PEOPLE].records) == (11, 1)
    draw_frame(house, settings, frames[PEOPLE].number, SEED, 1, "deapf")
    for by in ("ojos1", "ojos2"):
        with house.reading() as session:
            number = open_for(session, by, frames[PEOPLE].number)[0][0].id
        take_look(house, settings, number, GOOD, by=by, roles=REVISOR)
    with house.reading() as session:
        lines = statement(*sample_of(session, "A"))
    assert [line.get("errores") for line in lines] == [None, None, None, 1]


@pytest.mark.parametrize(
    ("seed", "size", "code"),
    [
        ("corta", 3, "SEMILLA_CORTA"),
        (SEED + "1", 5, "OTRA_SEMILLA"),
        (SEED, 3, "MUESTRA_MENOR"),
        (SEED, 99, "MUESTRA_MENOR"),
    ],
)
def test_a_drawing_that_could_be_chosen_is_refused(
    house: Store, settings: Settings, seed: str, size: int, code: str
) -> None:
    frame = seal_reading(house, "A", "deapf")[0].number
    if code != "SEMILLA_CORTA":
        draw_frame(house, settings, frame, SEED, 4, "deapf")
    with pytest.raises(Refused) as refusal:
        draw_frame(house, settings, frame, seed, size, "deapf")
    assert refusal.value.code == code


def test_a_second_try_and_an_enlarged_sample_show(house: Store, settings: Settings) -> None:
    for size in (2, 3):
        frame = seal_reading(house, "A", "deapf")[0].number
        draw_frame(house, settings, frame, SEED, size, "deapf")
    draw_frame(house, settings, frame, SEED, 5, "deapf")
    look_at_all(house, settings, frame)
    with house.reading() as session:
        line = statement(*sample_of(session, "A"))[0]
    assert (line["muestra"]["sorteos_anteriores"], line["muestra"]["ampliaciones"]) == (1, 1)
    assert "marco 2 de 2 sorteados, ampliada 1 vez" in line["metodo"]


def test_the_audit_of_an_outcome_confirms_it_or_goes_on(house: Store, settings: Settings) -> None:
    issued = issue_for(house, settings, "A", preliminary=False, on=AFTER, operator="deapf")
    frame = seal_decision(house, settings, issued.number, "deapf")
    assert frame.stratum == "aceptados"
    with house.reading() as session:
        stages = plan_of(session, settings, session.get_one(ControlFrame, frame.number))
    with pytest.raises(Refused) as refusal:
        draw_frame(house, settings, frame.number, SEED, min(set(range(1, 12)) - set(stages)), "deapf")
    assert refusal.value.code == "MUESTRA_FUERA_DE_PLAN"
    with pytest.raises(Refused) as refusal:
        seal_decision(house, settings, issued.number, "deapf")  # another frame would be another try
    assert refusal.value.code == "MARCO_YA_SELLADO"
    draw_frame(house, settings, frame.number, SEED, stages[0], "deapf")
    with house.reading() as session:
        assert judge_frame(session, settings, frame.number) == []  # nobody has looked yet
    look_at_all(house, settings, frame.number)
    with house.reading() as session:
        assert judge_frame(session, settings, frame.number)[-1].confirmed


def test_the_audit_does_not_confirm_what_two_people_contradict(house: Store, settings: Settings) -> None:
    issued = issue_for(house, settings, "A", preliminary=False, on=AFTER, operator="deapf")
    frame = seal_decision(house, settings, issued.number, "deapf")
    draw_frame(house, settings, frame.number, SEED, frame.records, "deapf")
    look_at_all(house, settings, frame.number, wrong=frame.records)
    with house.reading() as session:
        assert not judge_frame(session, settings, frame.number)[-1].confirmed
