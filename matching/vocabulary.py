"""The words of the names in a list, and whether a read word is one of them or nearly one.

Nearly: one letter wrong, missing or too many. A word with one of its letters left out meets every word that differs
from it in one letter at one of theirs with one left out (the symmetric deletions of W. Garbe's SymSpell, 2012), so a
sorted table of checksums answers without looking at the words.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from zlib import crc32

import numpy as np

NEARLY_FROM: Final = 7
"""Letters from which a word one letter off still counts: a shorter one is too easily hit by a misread one."""


class Vocabulary:
    """Words in plain capitals. Some thousand of them take a second to lay out and half a megabyte to hold."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        sums = {value for word in self._words if len(word) >= NEARLY_FROM - 1 for value in _sums(word)}
        self._near = np.sort(np.fromiter(sums, np.uint32, len(sums)))

    def __len__(self) -> int:
        return len(self._words)

    def holds(self, word: str) -> bool:
        """Whether the word is one of these, or is nearly one and long enough for that to mean something."""
        if word in self._words:
            return True
        if len(word) < NEARLY_FROM or not self._near.size:
            return False
        sums = np.fromiter(_sums(word), np.uint32)
        places = np.minimum(np.searchsorted(self._near, sums), self._near.size - 1)
        return bool((self._near[places] == sums).any())


def _sums(word: str) -> Iterable[int]:
    """Checksums of the word and of all it leaves when one letter is taken out."""
    text = word.encode()
    return [crc32(text), *(crc32(text[:i] + text[i + 1 :]) for i in range(len(text)))]
