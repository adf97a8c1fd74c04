"""The hash chain: each event covers the one before it, so that none can be edited, dropped or put in between.

After B. Schneier and J. Kelsey, "Secure Audit Logs to Support Computer Forensics" (1999), without the key schedule:
the chain's last hash is printed on every dictamen, which anchors it outside this machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from service.audit.deeds import Deed
from service.store.base import Session, now
from service.store.work import AuditEvent, each_event, last_event

GENESIS = "0" * 64


def record(session: Session, actor: str, deed: Deed) -> AuditEvent:
    """Append one deed inside the caller's transaction, so that deed and event stand or fall together."""
    last = last_event(session)
    kind, facts = type(deed).__name__, asdict(deed)
    number = 1 if last is None else last.id + 1
    previous = GENESIS if last is None else last.hash
    at = now().isoformat(timespec="microseconds")
    event = AuditEvent(
        id=number, at=at, kind=kind, actor=actor, facts=facts, previous=previous,
        hash=event_hash(number, at, kind, actor, facts, previous),
    )  # fmt: skip
    session.add(event)
    session.flush()
    return event


def event_hash(number: int, at: str, kind: str, actor: str, facts: dict[str, Any], previous: str) -> str:
    """SHA-256 of the event's canonical JSON, as hexadecimal."""
    text = json.dumps([number, at, kind, actor, facts, previous], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def broken_links(session: Session) -> Iterable[int]:
    """Numbers of the events whose hash, number or link to the one before does not hold."""
    previous, expected = GENESIS, 1
    for event in each_event(session):
        right = event_hash(event.id, event.at, event.kind, event.actor, event.facts, event.previous)
        if event.hash != right or event.previous != previous or event.id != expected:
            yield event.id
        previous, expected = event.hash, event.id + 1
