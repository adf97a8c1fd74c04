"""What is shown when to a party: results that come from the list only once the original of that sheet was received.

Otherwise whoever uploads invented keys would learn who is listed, who died and who supports a rival (domain J 9).
Even "illegible" or "at a desk" tells, since people are asked where the machine found nobody; what the paper itself
shows is told by the remarks of its reading, never by a class.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.store import Session
from service.store.findings import newest_tally
from service.store.standing import unreceived_classes

FROM_LIST = ("clave", "seccion", "demarcacion", "decided_by", "probability")
"""Columns of a record that come from the list: they belong to no party, before or after (LGIPE 126.3)."""


def without_cause(code: str) -> str:
    """A class with every baja under one head: causes of baja are for the hearing only."""
    return "B" if code[:1] == "B" else code


def shown_class(code: str, *, original: bool) -> str:
    """The class of a record as its own party may see it; ``original``: its sheet was received in paper."""
    bare = code.rstrip("?")
    return without_cause(bare) + code[len(bare) :] if original else "Q1"


def party_row(row: Mapping[str, Any], *, original: bool) -> dict[str, Any]:
    """A line of the records table (contracts, Records) as the aspirante of the record may see it."""
    reasons = [code for code in str(row["reasons"]).split(";") if code]
    told = [shown_class(code, original=original) for code in reasons]
    return {
        **row,
        **dict.fromkeys(FROM_LIST, ""),
        "class": shown_class(str(row["class"]), original=original),
        "reasons": ";".join(dict.fromkeys(code for code in told if code != "Q1")),
    }


def party_tally(session: Session, aspirante: str) -> dict[str, Any] | None:
    """The newest tally (None before the first) with the same mask: sheets not yet received wait as Q1."""
    row = newest_tally(session, aspirante)
    if row is None:
        return None
    document = row.document
    hidden = {code: count for code, count in unreceived_classes(session, aspirante).items() if code != "Q1"}
    by_class: dict[str, int] = {}
    for code, count in document["by_class"].items():
        kept = max(0, count - hidden.get(code, 0))
        by_class[without_cause(code)] = by_class.get(without_cause(code), 0) + kept
    waiting = document["received"] - sum(by_class.values())
    by_class["Q1"] = by_class.get("Q1", 0) + waiting
    unsure = bool(waiting) and document["outcome"] == "NO_CUMPLE"
    told = {key: document[key] for key in TALLY_KEYS if key in document}
    return {
        **told,
        "by_class": {code: count for code, count in by_class.items() if count},
        "valid": by_class.get("V", 0),
        "pending": document["pending"] + waiting - sum(n for code, n in hidden.items() if code in ("Q2", "Q3")),
        "outcome": "INDETERMINADO" if unsure else document["outcome"],
    }


TALLY_KEYS = (
    "aspirante", "required", "valid", "pending", "ties", "received", "by_class", "dispersion", "N", "k", "readings",
    "outcome", "sensitive_to_reading",
)  # fmt: skip
"""The contract's keys (contracts, Tally): what follows from the list beyond them is not told."""
