"""One answer to one key, on both databases: repeated, refused for another request, free again after a failure."""

from __future__ import annotations

import datetime as dt
import io

import pytest

from service.api import idempotency
from service.api.idempotency import InProgress, Keep, answer_once, fingerprint_of
from service.errors import Refused
from service.store import Store, now
from service.store.api import ApiAnswer, ApiToken, answer_under


@pytest.fixture
def token(store: Store) -> int:
    """A key in the store."""
    with store.writing() as session:
        row = ApiToken(
            name="prueba", hash="0" * 64, scopes=["upload"], made_by="prueba", made_at=now(), expires_at=now()
        )
        session.add(row)
        session.flush()
        return row.id


def test_a_key_is_answered_once_and_never_for_another_request(store: Store, token: int) -> None:
    done: list[str] = []

    def perform(keep: Keep) -> tuple[int, dict[str, object]]:
        done.append("x")
        with pytest.raises(InProgress):
            answer_once(store, token, "k", "same", perform)
        with store.writing() as session:
            keep(session, 201, {"batch": "L00001"})
        return 201, {"batch": "L00001"}

    assert answer_once(store, token, "k", "same", perform) == ((201, {"batch": "L00001"}), False)
    assert answer_once(store, token, "k", "same", perform) == ((201, {"batch": "L00001"}), True)
    with pytest.raises(Refused, match="IDEMPOTENCIA_OTRA"):
        answer_once(store, token, "k", "other", perform)
    assert done == ["x"]


def test_a_failure_and_a_dead_process_leave_the_key_free(store: Store, token: int) -> None:
    with pytest.raises(RuntimeError):
        answer_once(store, token, "k", "same", _fail)
    with store.writing() as session:
        assert answer_under(session, token, "k") is None
        long_ago = now() - dt.timedelta(minutes=idempotency.STALE_MINUTES + 1)
        session.add(ApiAnswer(token_id=token, key="k", fingerprint="same", at=long_ago))
    assert answer_once(store, token, "k", "same", lambda _keep: (201, {})) == ((201, {}), False)


def test_old_answers_are_forgotten(store: Store, token: int) -> None:
    answer_once(store, token, "old", "same", lambda _keep: (201, {}))
    with store.writing() as session:
        row = answer_under(session, token, "old")
        assert row is not None
        row.at = now() - dt.timedelta(days=idempotency.KEEP_DAYS + 1)
    answer_once(store, token, "new", "same", lambda _keep: (201, {}))
    with store.reading() as session:
        assert answer_under(session, token, "old") is None


def test_a_fingerprint_tells_names_bytes_and_order_apart_and_leaves_files_at_their_beginning() -> None:
    def of(*files: tuple[str, bytes]) -> str:
        return fingerprint_of(["POST", "/x"], [(name, io.BytesIO(data)) for name, data in files])

    one = io.BytesIO(b"abc")
    assert fingerprint_of(["POST", "/x"], [("a", one)]) == of(("a", b"abc"))
    assert one.read() == b"abc"
    different = [of(), of(("a", b"abc")), of(("b", b"abc")), of(("a", b"ab")), of(("ab", b"c")),
                 of(("a", b"1"), ("b", b"2")), of(("b", b"2"), ("a", b"1"))]  # fmt: skip
    assert len(set(different)) == len(different)


def test_work_that_falls_takes_its_answer_with_it(store: Store, token: int) -> None:
    def perform(keep: Keep) -> tuple[int, dict[str, object]]:
        with store.writing() as session:
            keep(session, 201, {})
            raise RuntimeError("planted")

    with pytest.raises(RuntimeError):
        answer_once(store, token, "k", "same", perform)
    assert answer_once(store, token, "k", "same", lambda _keep: (201, {"a": 1})) == ((201, {"a": 1}), False)


def _fail(_keep: Keep) -> tuple[int, dict[str, object]]:
    raise RuntimeError("planted")
