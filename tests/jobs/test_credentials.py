"""The copy of a credential finds the row of its owner, and the law is told which rows have one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from ocr.reading import PageKind
from service.jobs.credentials import attach_credentials
from service.jobs.lawyer import law_record
from service.law.plazos import Period
from service.store.credentials import CredentialCopy, copies_of_record
from service.store.standing import facts_of

OWN = "0010000012"
PERIOD = Period(dt.date(2026, 11, 20), dt.date(2027, 1, 18))


def copy_of(made: Any, *credentials: dict[str, str]) -> Any:
    flat = {f"{n}.{key}": value for n, one in enumerate(credentials, 1) for key, value in one.items()}
    return replace(made.sheet(None, kind=PageKind.CREDENTIAL), credential=flat)


def said_of(bench: Any) -> dict[str, bool | None]:
    with bench.store.reading() as session:
        return {f.record[13:]: law_record(f, PERIOD).credential_copy for f in facts_of(session, "2026-2027")}


def test_a_copy_is_attached_to_the_row_of_its_number_and_a_strangers_to_none(bench: Any, made: Any) -> None:
    one, other = made.row(1, *made.TOMAS), made.row(2, *made.LUCERO)
    clave = one.text("clave_elector")
    bench.deliver(
        "a.tif", 1, made.sheet(OWN, one, other),
        copy_of(made, {"clave_elector": clave, "mrz": "valid"}, {"numero_ocr": "5601000000099", "mrz": "doubtful"}),
    )  # fmt: skip
    assert said_of(bench) == {}
    bench.work()
    assert said_of(bench) == {"0001-01": True, "0001-02": False}
    with bench.store.reading() as session:
        (record,) = [f.record for f in facts_of(session, "2026-2027") if f.row == 1]
        ((copy, _, page),) = copies_of_record(session, record)
        assert (copy.number, copy.agrees, copy.mrz, page) == (1, True, "valid", 2)
        stranger = session.query(CredentialCopy).filter_by(record=None).one()
        assert (stranger.number, stranger.mrz) == (2, "doubtful")


def test_a_delivery_without_copies_says_nothing_and_attaching_again_changes_nothing(bench: Any, made: Any) -> None:
    row = made.row(1, *made.TOMAS)
    alone = bench.deliver("a.tif", 1, made.sheet(OWN, row))
    bench.work()
    assert said_of(bench) == {"0001-01": None}
    with bench.store.writing() as session:
        attach_credentials(session, alone.batch)
    assert said_of(bench) == {"0001-01": None}
