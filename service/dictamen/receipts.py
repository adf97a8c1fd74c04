"""The receipt of one row: proof that a record is under the published root and how it was classed.

It opens the first half of one commitment (where the record stands on the paper, its class, its reasons; of bajas no
cause, of the list nothing) and the path of hashes to the root; of anyone else's record it shows nothing but hashes.
It is checked with ``verify_alone.py --constancia`` or ``receipt_holds``.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from service.dictamen import annexes, merkle
from service.dictamen.freeze import freeze
from service.dictamen.issue import JSON
from service.errors import Refused

FORMAT = "respaldo/constancia/2"


def receipt_of(folder: Path, record: str) -> dict[str, Any]:
    """The receipt of a record of the aspirante, from the folder of its dictamen.

    Raises Refused ``REGISTRO_DESCONOCIDO`` where no own record has that id.
    """
    frozen = json.loads((folder / JSON).read_bytes())
    row = _find(folder / annexes.CONFIDENTIAL, record)
    commitment = annexes.commit(row)
    leaves = [annexes.document_leaf(freeze(frozen["documento"]))]
    place, group = 0, ""
    with (folder / annexes.PUBLIC).open(encoding="utf-8", newline="") as stream:
        for text, other in annexes.read_rows(stream, annexes.PUBLIC_COLUMNS):
            if bytes.fromhex(text) == commitment:
                place, group = len(leaves), other
            leaves.append(annexes.public_leaf(bytes.fromhex(text), other))
    if not place:
        raise Refused("REGISTRO_DESCONOCIDO", "El registro no está en el anexo público de este dictamen.")
    return {
        "formato": FORMAT,
        "dictamen": frozen["documento"]["folio"],
        "renglon": dict(zip(annexes.OPENED, annexes.opened_of(row), strict=True)),
        "sal": annexes.opened_salt(bytes.fromhex(row[-1])).hex(),
        "reservado": annexes.hash_closed(row).hex(),
        "grupo": group,
        "lugar": place,
        "hojas": len(leaves),
        "camino": [one.hex() for one in merkle.path_to(place, leaves)],
        "raiz": frozen["integridad"]["raiz"],
    }


def receipt_holds(receipt: Mapping[str, Any], published_root: str) -> bool:
    """Whether the receipt leads to the root as it was published."""
    opened = annexes.hash_opened(bytes.fromhex(receipt["sal"]), [receipt["renglon"][one] for one in annexes.OPENED])
    commitment = annexes.join_halves(opened, bytes.fromhex(receipt["reservado"]))
    leaf = annexes.public_leaf(commitment, receipt["grupo"])
    path = [bytes.fromhex(one) for one in receipt["camino"]]
    found = merkle.root_from_path(leaf, receipt["lugar"], receipt["hojas"], path)
    return found is not None and found.hex() == published_root.strip().lower()


def _find(path: Path, record: str) -> list[str]:
    place, party = annexes.COLUMNS.index("record"), annexes.COLUMNS.index("party")
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream):
            if row[place] == record and not row[party]:
                return row
    raise Refused("REGISTRO_DESCONOCIDO", "No hay un registro propio con ese identificador en el anexo.")
