"""What may pass without a person's eyes.

Two locks, both must open. The first is the bound: the expected share of wrong accepts, 1 in 10,000 unless set
otherwise. The second asks that every field agree or be explained by one small slip; it does not trust the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from matching.answers import Candidate, Match, Outcome


@dataclass(frozen=True, slots=True)
class Policy:
    """``bound``: wrong accepts expected per accepted row, at most. ``slips``: cells, over both numbers, that a slip
    or a misreading may explain when clave and OCR number confirm each other (one, when only one of them is read).
    ``doubt_given``, ``doubt_name``: nats the given name, and the whole name, may speak against the elector before a
    person must look when clave and OCR number confirm each other; ``doubt_one``: the same for given name or surnames
    when only one of the two was read. Measured (bench/match, a name reader wrong in 17 % of letters): the signer's
    own name falls under -4.3 in about 0.2 % of rows as to the given name, under -3.7 in about 0.8 % as to the whole,
    while somebody else's falls under -3.7 in about 82 %; surnames of somebody else fall under -2 in 95 %."""

    bound: float = 1e-4
    slips: int = 3
    doubt_given: float = -4.3
    doubt_name: float = -3.7
    doubt_one: float = -2.0

    def accepts(self, match: Match) -> bool:
        """Whether the first candidate may be taken for the signer without a person looking."""
        if match.outcome not in (Outcome.EXACT, Outcome.PROBABLE):
            return False
        first = match.candidates[0]
        return 1 - match.probability <= self.bound and self.explains(first)

    def explains(self, candidate: Candidate) -> bool:
        """Whether every field that was read agrees with the elector, or differs by no more than slips explain."""
        c = candidate
        has_clave, has_ocr = c.unread_clave <= 6, c.unread_ocr <= 4
        if not (has_clave or has_ocr):
            return False
        off_clave = c.off_clave + (1 if c.slip else 0)
        if has_clave and has_ocr:
            numbers_agree = off_clave <= 2 and c.off_ocr <= 2 and off_clave + c.off_ocr <= self.slips
        else:
            numbers_agree = off_clave + c.off_ocr <= 1
        if has_clave and has_ocr:
            name_agrees = c.given >= self.doubt_given and c.given + c.surnames >= self.doubt_name
        else:
            name_agrees = c.given >= self.doubt_one and c.surnames >= self.doubt_one
        moved = c.section < -1 and not (has_clave and has_ocr and off_clave + c.off_ocr <= 1)
        return numbers_agree and name_agrees and not moved


DEFAULT: Final = Policy()


def accepts(match: Match) -> bool:
    """Whether the default policy lets the match pass without a person."""
    return DEFAULT.accepts(match)
