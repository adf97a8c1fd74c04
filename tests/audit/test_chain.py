"""The log is a chain: an event edited, dropped, put in or moved shows."""

import pytest
import sqlalchemy as sa

from service.audit.chain import broken_links, record
from service.audit.deeds import SignedIn
from service.store import Store

TAMPERING = {
    "edited": "UPDATE audit_event SET actor = 'otra' WHERE id = 2",
    "edited with its hash": "UPDATE audit_event SET hash = replace(hash, substr(hash, 1, 1), 'g') WHERE id = 2",
    "dropped": "DELETE FROM audit_event WHERE id = 2",
    "moved": "UPDATE audit_event SET id = 9 WHERE id = 2",
}


@pytest.fixture
def chained(store: Store) -> Store:
    with store.writing() as session:
        for name in ("ana", "beto", "carla"):
            record(session, name, SignedIn(name))
    return store


def test_an_untouched_chain_holds(chained: Store) -> None:
    with chained.reading() as session:
        assert list(broken_links(session)) == []


@pytest.mark.parametrize("statement", TAMPERING.values(), ids=list(TAMPERING))
def test_tampering_with_an_event_shows(chained: Store, statement: str) -> None:
    with chained.engine.execution_options(writes=True).begin() as connection:
        connection.execute(sa.text(statement))
    with chained.reading() as session:
        assert list(broken_links(session)) != []


def test_a_deed_and_its_effect_stand_or_fall_together(chained: Store) -> None:
    def fails() -> None:
        with chained.writing() as session:
            record(session, "ana", SignedIn("ana"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    with chained.reading() as session:
        assert list(broken_links(session)) == []
