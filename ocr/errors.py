"""The eyes' own words for trouble."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818  the house's word: a refusal is not a fault
    """Input that is not taken. ``code`` is stable, ``sentence`` is Spanish and says what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence
