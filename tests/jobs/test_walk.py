"""The walk of a scan through the service, with eyes that are told what they see."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from service.desk.decisions import Standing
from service.errors import Refused

OWN = "0010000012"  # 001-000001-2


def test_a_clear_row_of_a_listed_elector_counts_only_once_its_original_came(bench: Any, made: Any) -> None:
    bench.deliver("a.tif", 1, made.sheet(OWN, made.row(1, *made.TOMAS)))
    bench.work()
    assert bench.classes() == {"0001-01": "Q1"}
    bench.receive_all()
    bench.work()
    assert bench.classes() == {"0001-01": "V"}


def test_working_twice_changes_nothing(bench: Any, made: Any) -> None:
    from service.store.findings import Match, ReviewItem, Ruling
    from service.store.papers import Reading, Record, RowRead
    from service.store.proceso import count_rows
    from service.store.work import Job

    bench.deliver("a.tif", 1, made.sheet(OWN, made.row(1, *made.TOMAS), made.row(2, *made.NOBODY)))
    bench.work()
    tables = (Reading, Record, RowRead, Match, ReviewItem, Ruling)
    with bench.store.writing() as session:
        before = [count_rows(session, table) for table in tables]
        for job in session.query(Job):
            job.finished_at = None
    bench.work()
    with bench.store.reading() as session:
        assert [count_rows(session, table) for table in tables] == before


def test_who_is_not_listed_is_asked_about_and_needs_two_people(bench: Any, made: Any) -> None:
    bench.deliver("a.tif", 1, made.sheet(OWN, made.row(1, *made.NOBODY)))
    bench.work()
    bench.receive_all()
    bench.work()
    assert bench.classes() == {"0001-01": "Q2"}
    assert bench.decide("not_in_list", "match", "ana") is Standing.SECOND
    bench.work()
    assert bench.classes() == {"0001-01": "Q2"}
    with pytest.raises(Refused, match="MISMA_PERSONA"):
        bench.decide("not_in_list", "match", "ana")
    assert bench.decide("not_in_list", "match", "beto") is Standing.SETTLED
    bench.work()
    assert bench.classes() == {"0001-01": "N"}


def test_two_who_differ_go_to_a_supervisor(bench: Any, made: Any) -> None:
    bench.deliver("a.tif", 1, made.sheet(OWN, made.row(1, *made.NOBODY)))
    bench.work()
    bench.decide("illegible", "match", "ana")
    assert bench.decide("elector", "match", "beto", clave="FRBRLC99110220M100") is Standing.SUPERVISOR
    with pytest.raises(Refused, match="SOLO_SUPERVISION"):
        bench.decide("illegible", "match", "carla")
    assert bench.decide("illegible", "match", "sofia", roles={"supervisor"}) is Standing.SETTLED


def test_an_answer_undone_opens_the_question_again_and_both_acts_stay(bench: Any, made: Any) -> None:
    from service.desk.decisions import undo
    from service.store.findings import Review, UndoneReview, open_items_of
    from service.store.proceso import count_rows

    bench.deliver("a.tif", 1, made.sheet(OWN, made.row(1, *made.TOMAS, signed=False)))
    bench.work()
    bench.receive_all()
    bench.decide("signed", "signature", "ana")
    bench.work()
    assert bench.classes() == {"0001-01": "V"}
    with bench.store.writing() as session:
        item = session.query(Review).one().item_id
        undo(session, item, by="ana", roles=frozenset({"revisor"}))
    bench.work()
    assert bench.classes() == {"0001-01": "Q2"}
    with bench.store.reading() as session:
        assert (count_rows(session, Review), count_rows(session, UndoneReview)) == (1, 1)
        assert len(open_items_of(session, kind="signature")) == 1


def test_a_clave_outside_the_list_is_refused_and_the_look_up_is_logged(bench: Any, made: Any) -> None:
    from service.store.work import AuditEvent

    bench.deliver("a.tif", 1, made.sheet(OWN, made.row(1, *made.NOBODY)))
    bench.work()
    bench.decide("elector", "match", "ana", clave="FRBRLC99110220M100")
    with bench.store.reading() as session:
        looked = [event for event in session.query(AuditEvent) if event.kind == "ListLookedUp"]
    assert len(looked) == 1
    assert "FRBR" not in str(looked[0].facts)


def test_the_dead_are_not_counted_and_a_defunct_elector_is_B1(bench: Any, made: Any) -> None:
    bench.deliver("a.tif", 1, made.sheet(OWN, made.row(1, *made.MARIA)))
    bench.work()
    bench.receive_all()
    bench.work()
    assert bench.classes() == {"0001-01": "B1"}


def test_the_same_sheet_again_is_another_image_of_it_and_not_counted_again(bench: Any, made: Any) -> None:
    page = made.sheet(OWN, made.row(1, *made.TOMAS), ink=b"ink")
    bench.deliver("a.tif", 1, page)
    bench.deliver("b.tif", 2, page)
    bench.work()
    assert list(bench.classes()) == ["0001-01"]


@pytest.mark.parametrize(
    ("folio", "why"),
    [
        (None, "no se pudo leer"),
        ("0010000013", "dígito verificador"),
        ("0020000011", "serie que no se ha emitido"),
        ("0010000414", "no se ha emitido"),
    ],
)
def test_a_legible_sheet_with_a_doubtful_folio_is_received_and_waits_for_a_person(
    bench: Any, made: Any, folio: str | None, why: str
) -> None:
    from service.store.findings import open_items_of

    if folio == "0010000414":
        folio = made_folio(1, 41)
    bench.deliver("a.tif", 1, made.sheet(folio, made.row(1, *made.TOMAS)))
    bench.work()
    bench.receive_all() if folio is None else None
    with bench.store.reading() as session:
        (item, _, _) = open_items_of(session, kind="sheet")[0]
        assert why in item.reasons[0]
        assert item.reasons[0].startswith("I9?")
    assert set(bench.classes().values()) <= {"Q1", "Q2"}


def made_folio(series: int, serial: int) -> str:
    from ocr.folio import number

    return number(series, serial)


def test_the_same_folio_with_other_ink_makes_both_sheets_doubtful(bench: Any, made: Any) -> None:
    from service.store.findings import open_items_of

    bench.deliver("a.tif", 1, made.sheet(OWN, made.row(1, *made.TOMAS), ink=b"one"))
    bench.deliver("b.tif", 2, made.sheet(OWN, made.row(1, *made.LUCERO), ink=b"two"))
    bench.work()
    bench.receive_all()
    bench.work()
    with bench.store.reading() as session:
        assert len(open_items_of(session, kind="sheet")) == 2
    from service.store.findings import rulings_in_force

    with bench.store.reading() as session:
        classes = [ruling.clase for ruling in rulings_in_force(session, "2026-2027").values()]
    assert classes == ["Q2", "Q2"]


def test_which_image_came_first_does_not_depend_on_which_was_read_first(bench: Any, made: Any) -> None:
    from service.store.work import Job

    page = made.sheet(OWN, made.row(1, *made.TOMAS), ink=b"ink")
    first = bench.deliver("a.tif", 1, page).files[0].sha256[:12]
    bench.deliver("b.tif", 2, page)
    with bench.store.writing() as session:
        one, two = session.query(Job).filter(Job.kind == "read_page").order_by(Job.id).all()
        subjects = one.subject, two.subject
        one.subject = "x"
        session.flush()
        two.subject = subjects[0]
        session.flush()
        one.subject = subjects[1]
        one.batch, two.batch = two.batch, one.batch
    bench.work()
    from service.store.papers import sheets_of

    with bench.store.reading() as session:
        assert [sheet.id[:12] for sheet in sheets_of(session, bench.aspirante)] == [first]


def test_a_page_of_a_foreign_form_is_received_as_one_doubtful_record(bench: Any, made: Any) -> None:
    from ocr.reading import PageKind

    bench.deliver("a.tif", 1, made.sheet(None, kind=PageKind.FOREIGN))
    bench.work()
    assert list(bench.classes().values()) == ["Q1"]


def test_a_newer_list_matches_again_those_not_found_and_keeps_both_matches(
    bench: Any, made: Any, tmp_path: Any
) -> None:
    import datetime as dt

    from service.padron.lista import load_lista
    from service.store.findings import Match, open_items_of
    from service.store.proceso import count_rows

    bench.deliver("a.tif", 1, made.sheet(OWN, made.row(1, *made.NOBODY)))
    bench.work()
    bench.receive_all()
    newer = tmp_path / "nueva.csv"
    newer.write_text(made.LISTA + "ZZZZZZ70010109H900,9999999999999,NADIE,NADIE,NADIE,1,VIGENTE\n", encoding="utf-8")
    load_lista(
        bench.store, bench.settings, newer, proceso="2026-2027", corte=dt.date(2026, 12, 31), operator="prueba"
    )
    bench.work()
    assert bench.classes() == {"0001-01": "V"}
    with bench.store.reading() as session:
        assert count_rows(session, Match) == 2
        assert open_items_of(session, kind="match") == []


def test_returning_the_list_keeps_classes_and_destroys_index_and_candidates(bench: Any, made: Any) -> None:
    from service.padron.lista import return_lista
    from service.store.findings import Match

    bench.deliver("a.tif", 1, made.sheet(OWN, made.row(1, *made.TOMAS)))
    bench.work()
    bench.receive_all()
    bench.work()
    folder = bench.settings.listas / "LN001"
    assert folder.exists()
    hashes = return_lista(bench.store, bench.settings, "LN001", "prueba")
    assert len(hashes) > 1
    assert not folder.exists()
    bench.work()
    assert bench.classes() == {"0001-01": "V"}
    with bench.store.reading() as session:
        assert [match.candidates for match in session.query(Match)] == [[]]
    with pytest.raises(Refused, match="LISTA_DEVUELTA"):
        return_lista(bench.store, bench.settings, "LN001", "prueba")


def test_the_key_goes_with_the_last_list_sealed_with_it(bench: Any, made: Any, tmp_path: Any) -> None:
    import datetime as dt
    from dataclasses import replace

    from service.padron.lista import load_lista, return_lista

    return_lista(bench.store, bench.settings, "LN001", "prueba")
    key, csv = tmp_path / "llave", tmp_path / "lista.csv"
    key.write_bytes(bytes(range(32)))
    csv.write_text(made.LISTA, encoding="utf-8")
    sealed = replace(bench.settings, list_key_file=key)

    def load(day: int) -> str:
        corte = dt.date(2026, 12, day)
        return load_lista(bench.store, sealed, csv, proceso="2026-2027", corte=corte, operator="prueba").version

    one, other = load(1), load(2)
    assert other in return_lista(bench.store, sealed, one, "prueba")["llave"]
    assert key.exists()
    assert return_lista(bench.store, sealed, other, "prueba")["llave"] == hashlib.sha256(bytes(range(32))).hexdigest()
    assert not key.exists()
    with pytest.raises(Refused, match="SIN_LLAVE"):
        load(3)


@pytest.mark.parametrize("before", ["destroy", "wipe_file"])
def test_a_return_that_was_killed_in_between_is_finished(
    bench: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, before: str
) -> None:
    from dataclasses import replace

    from service.padron import lista

    key = tmp_path / "llave"
    key.write_bytes(bytes(32))
    sealed = replace(bench.settings, list_key_file=key)

    def dies(_folder: Any) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(lista, before, dies)
        with pytest.raises(KeyboardInterrupt):
            lista.return_lista(bench.store, sealed, "LN001", "prueba")
    assert key.exists()
    assert "records.bin" in lista.return_lista(bench.store, sealed, "LN001", "otra")
    assert not (bench.settings.listas / "LN001").exists()
    assert not key.exists()
    with pytest.raises(Refused, match="LISTA_DEVUELTA"):
        lista.return_lista(bench.store, sealed, "LN001", "otra")


def test_a_job_that_keeps_breaking_is_put_aside_and_the_rest_goes_on(
    bench: Any, made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from service.jobs import read_page
    from service.store.work import aside_jobs

    right = read_page.decode_page

    def breaks(path: Any, number: int) -> Any:
        if number == 1:
            raise RuntimeError("broken eyes")
        return right(path, number)

    monkeypatch.setattr(read_page, "decode_page", breaks)
    bench.deliver("a.tif", 1, made.sheet(OWN), made.sheet(OWN, made.row(1, *made.TOMAS)))
    bench.work()
    assert list(bench.classes()) == ["0002-01"]
    with bench.store.reading() as session:
        (aside,) = aside_jobs(session)
    assert (aside.kind, aside.code) == ("read_page", "FALLA")


def test_what_a_supervisor_settled_is_not_undone_by_the_one_who_differed(bench: Any, made: Any) -> None:
    from service.desk.decisions import undo
    from service.store.findings import Review

    bench.deliver("a.tif", 1, made.sheet(OWN, made.row(1, *made.TOMAS, signed=False)))
    bench.work()
    bench.receive_all()
    bench.decide("unsigned", "signature", "ana")
    bench.decide("signed", "signature", "beto")
    bench.decide("signed", "signature", "sofia", roles={"supervisor"})
    with bench.store.reading() as session:
        item = session.query(Review).first().item_id
    with pytest.raises(Refused, match="RESUELTO_ARRIBA"), bench.store.writing() as session:
        undo(session, item, by="ana", roles=frozenset({"revisor"}))
    bench.work()
    assert bench.classes() == {"0001-01": "V"}


def test_an_answer_undone_leaves_the_other_ones_word_if_it_suffices(bench: Any, made: Any) -> None:
    from service.desk.decisions import undo
    from service.store.findings import Review

    bench.deliver("a.tif", 1, made.sheet(OWN, made.row(1, *made.TOMAS, signed=False)))
    bench.work()
    bench.receive_all()
    bench.decide("unsigned", "signature", "ana")
    bench.decide("signed", "signature", "beto")
    with bench.store.writing() as session:
        undo(session, session.query(Review).first().item_id, by="ana", roles=frozenset({"revisor"}))
    bench.work()
    assert bench.classes() == {"0001-01": "V"}


@pytest.mark.parametrize(
    ("decision", "kind", "reason", "clave", "clase"),
    [("date", "date", "1927-01-05", "", "I11"), ("elector", "match", "", "LNSLMR80010109M100", "B1")],
)
def test_an_answer_that_takes_a_support_away_by_its_effect_needs_two_people(
    bench: Any, made: Any, decision: str, kind: str, reason: str, clave: str, clase: str
) -> None:
    who = made.NOBODY if kind == "match" else made.TOMAS
    bench.deliver("a.tif", 1, made.sheet(OWN, made.row(1, *who, fecha="······" if kind == "date" else "101226")))
    bench.work()
    bench.receive_all()
    bench.work()
    assert bench.classes() == {"0001-01": "Q2"}
    assert bench.decide(decision, kind, "ana", reason, clave) is Standing.SECOND
    bench.work()
    assert bench.classes() == {"0001-01": "Q2"}
    assert bench.decide(decision, kind, "beto", reason, clave) is Standing.SETTLED
    bench.work()
    assert bench.classes() == {"0001-01": clase}


def test_a_date_nobody_could_read_waits_for_a_person(bench: Any, made: Any) -> None:
    bench.deliver("a.tif", 1, made.sheet(OWN, made.row(1, *made.TOMAS, fecha="······")))
    bench.work()
    bench.receive_all()
    bench.work()
    assert bench.classes() == {"0001-01": "Q2"}
    bench.decide("date", "date", "ana", "2026-12-10")
    bench.work()
    assert bench.classes() == {"0001-01": "V"}


def test_a_suspicion_raised_again_waits_again(bench: Any, made: Any) -> None:
    bench.deliver("a.tif", 1, made.sheet(None, made.row(1, *made.TOMAS), ink=b"one"))
    bench.work()
    bench.receive_all()
    bench.decide("accept", "sheet", "ana")
    bench.work()
    assert bench.classes() == {"0001-01": "V"}
    from service.store import now
    from service.store.findings import ReviewItem
    from service.store.work import add_job

    with bench.store.writing() as session:
        record = session.query(ReviewItem).first().record
        session.add(ReviewItem(record=record, kind="sheet", cause="page:9", reasons=["I9? Otra hoja."], at=now()))
        add_job(session, "rule", "2026-2027", None, now())
    bench.work()
    assert bench.classes() == {"0001-01": "Q2"}


def test_who_was_settled_as_not_listed_is_asked_about_again_when_a_newer_list_has_them(
    bench: Any, made: Any, tmp_path: Any
) -> None:
    import datetime as dt

    from service.padron.lista import load_lista

    bench.deliver("a.tif", 1, made.sheet(OWN, made.row(1, *made.NOBODY)))
    bench.work()
    bench.receive_all()
    bench.decide("not_in_list", "match", "ana")
    bench.decide("not_in_list", "match", "beto")
    bench.work()
    assert bench.classes() == {"0001-01": "N"}
    newer = tmp_path / "nueva.csv"
    newer.write_text(made.LISTA + "ZZZZZZ70010109H900,9999999999999,NADIE,NADIE,NADIE,1,VIGENTE\n", encoding="utf-8")
    load_lista(
        bench.store, bench.settings, newer, proceso="2026-2027", corte=dt.date(2026, 12, 31), operator="prueba"
    )
    bench.work()
    bench.decide("elector", "match", "carla", clave="ZZZZZZ70010109H900")
    bench.work()
    assert bench.classes() == {"0001-01": "V"}


def test_asking_for_a_clave_that_is_not_listed_leaves_its_trace(bench: Any, made: Any) -> None:
    from service.store.work import AuditEvent

    bench.deliver("a.tif", 1, made.sheet(OWN, made.row(1, *made.NOBODY)))
    bench.work()
    with pytest.raises(Refused, match="CLAVE_FUERA_DE_LISTA"):
        bench.decide("elector", "match", "ana", clave="AAAAAA70010109H900")
    with bench.store.reading() as session:
        assert [e.actor for e in session.query(AuditEvent) if e.kind == "ListLookedUp"] == ["ana"]


def test_a_scan_that_cannot_tell_original_from_copy_waits_for_whoever_holds_the_paper(bench: Any, made: Any) -> None:
    from dataclasses import replace

    from ocr.reading import Answer, Signal

    doubtful = Signal("copy", Answer.UNKNOWN, 0.5, "No se puede saber si es original o copia.")
    bench.deliver("a.tif", 1, replace(made.sheet(OWN, made.row(1, *made.TOMAS)), signals=(doubtful,)))
    bench.work()
    bench.receive_all()
    bench.work()
    assert bench.classes() == {"0001-01": "Q2"}
    bench.decide("original", "copy", "ana")
    bench.work()
    assert bench.classes() == {"0001-01": "V"}


def test_a_new_frame_is_ruled_by_itself(bench: Any, made: Any, tmp_path: Any) -> None:
    from service.padron.marco import load_marco

    bench.deliver("a.tif", 1, made.sheet(OWN, made.row(1, *made.TOMAS)))
    bench.work()
    bench.receive_all()
    bench.work()
    (tmp_path / "otro.csv").write_text(made.MARCO.replace("1,17,014,1,60", "1,18,014,1,60"), encoding="utf-8")
    with bench.store.writing() as session:
        load_marco(session, tmp_path / "otro.csv", "2026-2027", "prueba")
    bench.work()
    assert bench.classes() == {"0001-01": "G"}
