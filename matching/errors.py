"""What this room does not take."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - a refusal is an answer to the person, not a fault
    """Input that is not taken: a stable code and one Spanish sentence that says what to do.

    Neither holds personal data: both may reach a log.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence
