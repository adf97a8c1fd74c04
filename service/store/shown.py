"""What is shown when to a party: results that come from the list only once the original of that sheet was received.

Otherwise whoever uploads invented keys would learn who is listed, who died and who supports a rival (domain J 9).
Even "illegible" or "at a desk" tells, since people are asked where the machine found nobody; what the paper itself
shows is told by the remarks of its reading, never by a class. Bajas come without cause, rivals are never named.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum, auto
from typing import Any

from service.store.base import Session
from service.store.findings import Dictamen, newest_tally
from service.store.pages import AspiranteLine, aspirante_lines
from service.store.standing import unreceived_classes

FROM_LIST = ("clave", "seccion", "demarcacion", "decided_by", "probability")
"""Columns of a record that come from the list: they belong to no party, before or after (LGIPE 126.3)."""

WAITING = "Q1"
"""How a record reads while its original has not come, whatever is known of it."""

PENDING = ("Q1", "Q2", "Q3")


class Sight(Enum):
    """How much of a count somebody is shown."""

    WHOLE = auto()
    """Staff who work with the records."""
    PARTY = auto()
    """The aspirante: what the list says waits for the original."""
    OBSERVER = auto()
    """Who only observes: as a party, whose friend may observe; and a unit is told in steps, never one by one."""


def without_cause(code: str) -> str:
    """A class with every baja under one head: causes of baja are for the hearing only."""
    return "B" if code[:1] == "B" else code


def shown_class(code: str, *, original: bool) -> str:
    """The class of a record as its own party may see it; ``original``: its sheet was received in paper."""
    bare = code.rstrip("?")
    return without_cause(bare) + code[len(bare) :] if original else WAITING


def party_row(row: Mapping[str, Any], *, original: bool) -> dict[str, Any]:
    """A line of the records table (contracts, Records) as the aspirante of the record may see it."""
    reasons = [code for code in str(row["reasons"]).split(";") if code]
    told = [shown_class(code, original=original) for code in reasons]
    return {
        **row,
        **dict.fromkeys(FROM_LIST, ""),
        "class": shown_class(str(row["class"]), original=original),
        "reasons": ";".join(dict.fromkeys(code for code in told if code != WAITING)),
    }


def party_tally(session: Session, aspirante: str) -> dict[str, Any] | None:
    """The newest tally (None before the first) with the same mask; ``held``: records whose original has not come.

    While any is held nothing is told that its result could change downwards: NO_CUMPLE waits as INDETERMINADO, also
    in the readings. Supports counted without their original (parameter ``cotejo`` = no) are told once it comes.
    """
    row = newest_tally(session, aspirante)
    if row is None:
        return None
    document = row.document
    held = unreceived_classes(session, aspirante)
    by_class: dict[str, int] = {}
    for code, count in document["by_class"].items():
        plain = without_cause(code)
        by_class[plain] = by_class.get(plain, 0) + max(0, count - held.get(code, 0))
    by_class[WAITING] = by_class.get(WAITING, 0) + document["received"] - sum(by_class.values())
    spread_is_open = held.get("V", 0) > 0
    readings = {name: _reading(reading, bool(held), spread_is_open) for name, reading in document["readings"].items()}
    outcomes = {reading["outcome"] for reading in readings.values() if reading is not None}
    return {
        **{key: document[key] for key in TALLY_KEYS if key in document},
        "by_class": {code: count for code, count in by_class.items() if count},
        "valid": by_class.get("V", 0),
        "pending": sum(by_class.get(code, 0) for code in PENDING),
        "ties": by_class.get("DT", 0),
        "dispersion": dict.fromkeys(document["dispersion"], 0) if spread_is_open else document["dispersion"],
        "readings": readings,
        "outcome": _outcome(document["outcome"], bool(held), spread_is_open),
        "sensitive_to_reading": len(outcomes) > 1,
        "held": sum(held.values()),
    }


def tally_seen(session: Session, aspirante: str, sight: Sight, step: int) -> dict[str, Any] | None:
    """The newest tally as this sight has it; units in steps of ``step`` supports for who observes."""
    if sight is Sight.WHOLE:
        row = newest_tally(session, aspirante)
        return row.document if row else None
    document = party_tally(session, aspirante)
    if document is None or sight is Sight.PARTY:
        return document
    return {**document, "dispersion": at_least(document["dispersion"], step)}


def at_least(units: Mapping[str, int], step: int) -> dict[str, int]:
    """Units told as "at least": multiples of ``step``; those under one step are left out.

    Who looks every minute must not see one support of a small section arrive.
    """
    return {unit: valid - valid % step for unit, valid in units.items() if valid >= step}


def _outcome(outcome: str, anything_held: bool, spread_is_open: bool) -> str:
    """CUMPLE stands whatever becomes of the own held records: they could only add to it."""
    waits = spread_is_open or (anything_held and outcome == "NO_CUMPLE")
    return "INDETERMINADO" if waits else outcome


def _reading(reading: Mapping[str, Any] | None, anything_held: bool, spread_is_open: bool) -> dict[str, Any] | None:
    if reading is None or spread_is_open:
        return None
    return {**reading, "outcome": _outcome(reading["outcome"], anything_held, False)}


def is_held_back(session: Session, dictamen: Dictamen) -> bool:
    """Whether a party may not read it yet: a preliminary report counts what the list says of sheets not received."""
    return dictamen.preliminary and bool(unreceived_classes(session, dictamen.aspirante))


def party_lines(session: Session, own: Collection[str] | None) -> list[AspiranteLine]:
    """A party's own aspirantes (all, for who observes), each with the tally that a party may see."""
    return [
        AspiranteLine(line.aspirante, party_tally(session, line.aspirante.id))
        for line in aspirante_lines(session, own)
    ]


TALLY_KEYS = (
    "aspirante", "required", "valid", "pending", "ties", "received", "by_class", "dispersion", "N", "k", "readings",
    "outcome", "sensitive_to_reading",
)  # fmt: skip
"""The contract's keys (contracts, Tally): what follows from the list beyond them is not told."""
