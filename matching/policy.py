"""What may pass without a person's eyes.

Two locks, both must open. The first is the bound: the expected share of wrong accepts, 1 in 10,000 unless set
otherwise. The second asks that every field agree or be explained by one small slip; it does not trust the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from matching.answers import Candidate, Match, Outcome

READ_CLAVE: Final = 6
READ_OCR: Final = 4
"""Cells of a clave, of an OCR number, that may be unread for it still to count as read."""


@dataclass(frozen=True, slots=True)
class Policy:
    """``bound``: wrong accepts expected per accepted row, at most. ``slips``: cells, over both numbers, that a slip
    or a misreading may explain when clave and OCR number confirm each other (one, when only one of them is read).

    Names (nats they may speak against the elector before a person must look): ``doubt_given``, ``doubt_name`` the
    given name and the whole when clave and OCR number confirm each other; ``doubt_one`` given name or surnames when
    only one of the two was read; ``doubt_whole`` the same when that one is the clave, whole and without a flaw.
    Measured in bench/match with a name reader wrong in 17 % of letters: of signers' own names 0.7 % fall under, of
    other people's 96 % fall under or bear a name of the list that is none of the elector's, which never passes.
    """

    bound: float = 1e-4
    slips: int = 3
    doubt_given: float = -4.6
    doubt_name: float = -3.2
    doubt_one: float = -2.0
    doubt_whole: float = -3.0

    def accepts(self, match: Match) -> bool:
        """Whether the first candidate may be taken for the signer without a person looking."""
        if match.outcome not in (Outcome.EXACT, Outcome.PROBABLE):
            return False
        first = match.candidates[0]
        return 1 - match.probability <= self.bound and self.explains(first)

    def explains(self, candidate: Candidate) -> bool:
        """Whether every field that was read agrees with the elector, or differs by no more than slips explain."""
        c = candidate
        if c.foreign:
            return False
        has_clave, has_ocr = c.unread_clave <= READ_CLAVE, c.unread_ocr <= READ_OCR
        if has_clave and has_ocr:
            return self._both_explain(c)
        if has_clave:
            return self._clave_explains(c)
        return has_ocr and self._explains_alone(c, _off(c), self.doubt_one)

    def _both_explain(self, c: Candidate) -> bool:
        off_clave = _off(c)
        few = off_clave <= 2 and c.off_ocr <= 2 and off_clave + c.off_ocr <= self.slips
        moved = c.section < -1 and off_clave + c.off_ocr > 1
        return few and not moved and c.given >= self.doubt_given and c.given + c.surnames >= self.doubt_name

    def _clave_explains(self, c: Candidate) -> bool:
        """Without an OCR number only the last three cells tell a homonym: they must be read and agree. A clave whole
        and without a flaw is nobody else's: then the section may be an old one if the name speaks for him."""
        if c.off_tail or c.unread_tail:
            return False
        if _off(c) == 0 and c.unread_clave == 0:
            named = c.given >= self.doubt_whole and c.surnames >= self.doubt_whole
            return named and (c.section >= -1 or (c.given > 0 and c.surnames > 0))
        return self._explains_alone(c, _off(c), self.doubt_one)

    @staticmethod
    def _explains_alone(c: Candidate, off_clave: int, doubt: float) -> bool:
        return off_clave + c.off_ocr <= 1 and c.section >= -1 and c.given >= doubt and c.surnames >= doubt


def _off(c: Candidate) -> int:
    """Flaws of the clave: cells that speak against the elector, an exchange counting as one."""
    return c.off_clave + (1 if c.slip else 0)


DEFAULT: Final = Policy()


def accepts(match: Match) -> bool:
    """Whether the default policy lets the match pass without a person."""
    return DEFAULT.accepts(match)
