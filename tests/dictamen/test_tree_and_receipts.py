"""The tree is that of RFC 6962, and a receipt proves one row and shows no other."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.dictamen.issue import Issued
from service.dictamen.merkle import hash_leaf, hash_node, path_to, root_from_path, root_of
from service.dictamen.receipts import receipt_holds, receipt_of
from service.errors import Refused


def _recursive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word by word."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hash_node(_recursive_root(leaves[:split]), _recursive_root(leaves[split:]))


@given(st.integers(1, 70))
def test_the_root_is_the_one_of_the_standard(size: int) -> None:
    leaves = [hash_leaf(bytes([n])) for n in range(size)]
    assert root_of(leaves) == _recursive_root(leaves)


def test_the_root_of_the_published_test_vectors() -> None:
    """The vectors of the Certificate Transparency reference implementation."""
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [hash_leaf(bytes.fromhex(one)) for one in inputs]
    assert root_of(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert root_of([]) == hashlib.sha256(b"").digest()


@given(st.integers(1, 60), st.data())
def test_every_leaf_has_a_path_and_no_other_leaf_fits_it(size: int, data: st.DataObject) -> None:
    leaves = [hash_leaf(bytes([n])) for n in range(size)]
    index = data.draw(st.integers(0, size - 1))
    path = path_to(index, leaves)
    assert root_from_path(leaves[index], index, size, path) == root_of(leaves)
    assert root_from_path(hash_leaf(b"other"), index, size, path) != root_of(leaves)
    if size > 1:
        assert root_from_path(leaves[index], index, size, path[:-1]) is None
        assert root_from_path(leaves[index], index, size, [*path, path[0]]) is None
    assert root_from_path(leaves[index], size, size, path) is None


def test_there_is_no_path_to_a_leaf_that_is_not() -> None:
    with pytest.raises(IndexError):
        path_to(3, [hash_leaf(b"")] * 3)


def test_a_receipt_proves_its_row_to_both_and_an_edited_one_proves_nothing(
    made_up: ModuleType, alone: ModuleType, issued_from: Callable[..., Issued], tmp_path: Path
) -> None:
    issued = issued_from(made_up.expediente(61))
    record = next(entry.record.id for entry in made_up.entries(61) if entry.rival is None and entry.record.elector)
    receipt = receipt_of(issued.folder, record)
    file = tmp_path / "constancia.json"

    def alone_says() -> int:
        file.write_text(json.dumps(receipt), encoding="utf-8")
        return int(alone.principal(["--constancia", str(file), "--root", issued.root]))

    assert receipt_holds(receipt, issued.root)
    assert alone_says() == 0
    said = json.dumps(receipt)
    assert not [one for one in made_up.entries(61) if one.record.elector and one.record.elector in said]
    assert not [one for one in made_up.entries(61) if one.salt and one.salt.hex() in said]
    assert set(receipt["renglon"]) == {"record", "folio", "page", "row", "class", "reasons"}
    receipt["renglon"]["class"] = "I1"
    assert not receipt_holds(receipt, issued.root)
    assert alone_says() == 2


def test_a_receipt_tells_no_cause_of_baja(
    made_up: ModuleType, alone: ModuleType, issued_from: Callable[..., Issued], tmp_path: Path
) -> None:
    issued = issued_from(made_up.expediente(240))
    with (issued.folder / "annex_confidential.csv").open(encoding="utf-8", newline="") as stream:
        record = next(row["record"] for row in csv.DictReader(stream) if row["class"].startswith("B"))
    receipt = receipt_of(issued.folder, record)
    assert (receipt["renglon"]["class"], receipt["renglon"]["reasons"][:1]) == ("B", "B")
    assert not re.search(r"\bB[1-9]\b|BAJA", json.dumps(receipt))
    (tmp_path / "c.json").write_text(json.dumps(receipt), encoding="utf-8")
    assert alone.principal(["--constancia", str(tmp_path / "c.json"), "--root", issued.root]) == 0


def test_there_is_no_receipt_for_a_record_of_somebody_else(
    made_up: ModuleType, issued_from: Callable[..., Issued]
) -> None:
    issued = issued_from(made_up.expediente(61, contested=0.5))
    rival = next(entry.record.id for entry in made_up.entries(61, contested=0.5) if entry.rival is not None)
    for record in (rival, "nobody"):
        with pytest.raises(Refused):
            receipt_of(issued.folder, record)
