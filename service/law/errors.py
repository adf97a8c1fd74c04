"""What the law room refuses: a stable code and one Spanish sentence, never personal data."""

from __future__ import annotations


class LawRefused(Exception):  # noqa: N818 - a refusal is an answer to the person, not a fault
    """Input the law room does not take (a process file, a frame, a table of records)."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence
