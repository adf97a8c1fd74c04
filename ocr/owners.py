"""Which row a copied credential belongs to: the number or clave printed on it, weighed in each row's own lattices.

The rows are those of the delivery that brought the copy; what is written there may be read with doubt, so that the
whole lattice is asked, not its best path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ocr.reading import ALPHABET, FLOOR, RowReading

FIELDS = ("numero_ocr", "clave_elector")
LEAST = -1.0
"""Mean log-probability a cell from which a row may be the credential's: real ink has -0.1 to -0.3 on average
(``bench/ocr/RESULTS.md``), other people's numbers by chance -4 and less. Not measured on copies of real credentials:
there are none to build with."""
APART = 6.0
"""Natural logarithm by which the best row must be likelier than the next: one character read clearly otherwise."""


@dataclass(frozen=True, slots=True)
class Owner:
    """``row`` index among the rows asked; ``agrees`` when that row reads just as the credential says."""

    row: int
    agrees: bool


class Rows:
    """The rows of a delivery, to be asked whose a credential is."""

    def __init__(self, rows: Sequence[RowReading]) -> None:
        self._count = len(rows)
        self._lattices = {name: _stack(rows, name) for name in FIELDS}

    def owner_of(self, credential: Mapping[str, str]) -> Owner | None:
        """The row it belongs to, None when no row or more than one may be it; of rows that read just as printed
        (somebody who signed twice) the first. ``credential`` as ``ocr.credential.read_credentials`` gives it."""
        total, cells, exact = np.zeros(self._count), 0, np.ones(self._count, bool)
        for name in FIELDS:
            text = credential.get(name, "")
            stack = self._lattices[name]
            if not text or stack is None or len(text) != stack.shape[1]:
                continue
            columns = [ALPHABET.index(character) for character in text]
            total += stack[:, np.arange(len(text)), columns].sum(1)
            exact &= (stack.argmax(2) == columns).all(1)
            cells += len(text)
        if not cells or not self._count:
            return None
        order = np.argsort(-total, kind="stable")
        best = int(order[0])
        if total[best] < LEAST * cells:
            return None
        if len(order) > 1 and total[best] - total[order[1]] < APART and not (exact[best] and exact[order[1]]):
            return None
        return Owner(int(np.flatnonzero(exact)[0]), True) if exact[best] else Owner(best, False)


def _stack(rows: Sequence[RowReading], name: str) -> npt.NDArray[np.float32] | None:
    """(rows, cells, 37); an unread field is improbable throughout. None when no row has one."""
    lattices = [row.fields[name].lattice if name in row.fields else None for row in rows]
    known = [lattice for lattice in lattices if lattice is not None]
    if not known:
        return None
    shape = max(lattice.shape for lattice in known)
    out = np.full((len(rows), *shape), FLOOR, np.float32)
    for n, lattice in enumerate(lattices):
        if lattice is not None and lattice.shape == shape:
            out[n] = lattice
    return out
