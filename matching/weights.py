"""Every weight of the search, in one table, with where it was learnt. Beside them, fitted too: the laws of letters
off in ``matching.names``.

Rates are shares (0 to 1); ``nats`` are natural logarithms of likelihood ratios. Where it says *assumed*, no
public count exists: the value is on the careful side and its effect was measured in bench/match.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

Knots = tuple[tuple[float, float], ...]
"""Points of a map of log-odds: said and seen, rising."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Passed to every scoring function; the default is what the figures in bench/match were measured with."""

    slip_digit: float = 0.004
    """A digit is not the elector's and the reading is sure of it: the signer's slip, or an overconfident reader. Of
    the reader alone 0.0003 fits best (``bench.match.learn``, held-out ink, 8 million): what is left, 1 in 270, is for
    the signer, whom nobody has counted. Assumed, careful."""

    slip_letter: float = 0.008
    """The same for a letter (of the reader alone 0.0006): handwritten capitals are harder to tell (peers.md 7)."""

    unread: float = 0.002
    """Mass of a cell's ink that is no character its place may hold, read as saying nothing. Assumed."""

    swap: float = 0.001
    """Two neighbouring characters exchanged, per field. Assumed."""

    day_month: float = 0.002
    """Day and month of birth exchanged. Assumed."""

    other_number: float = 0.01
    """The OCR number is somebody else's or another number of the card (CIC, an old card's). Assumed."""

    other_clave: float = 0.005
    """The clave as a whole is not the signer's (a relative's, an invented one). Assumed."""

    old_section: float = 0.08
    """The section written is not the list's: a move, or not known by heart. INE redraws and about 4 % a year
    move; cards live ten years. Assumed, careful."""

    other_zone: float = 0.15
    """The demarcación written is not that of the list's section: a move, or a borough taken for another. Assumed."""

    absent: float = 0.25
    """Share of rows whose signer is not in the list (published counts: 5 to 40 %, domain.md F)."""

    homonym: float = 0.04
    """Absent signers, per listed elector, who share names, birth, entity and sex with him; against one present
    signer. Many times nature on purpose (in the invented list of 8 million 0.07 % have such a homonym): the bound
    should hold where somebody looks for such people."""

    twin: float = 0.06
    """The same for a twin: surnames, birth date, entity and section shared."""

    sibling: float = 0.30
    """The same for a sibling or cousin: surnames, entity and section shared."""

    namesake: float = 0.10
    """The same for a parent or child with the given name and one surname shared."""

    neighbour: float = 0.02
    """The same for anyone who shares nothing but a card number or a clave written by mistake."""

    calibration: Knots = ((-4.6, -4.6), (-1.29, -4.6), (1.11, -3.76), (6.9, 6.9))
    """Said and seen log-odds of the first candidate, from 1 % to 99.9 %. Learnt (``python -m bench.match.learn``,
    seed 7001): 40,000 rows of held-out ink against the invented list of 8 million, half of them without OCR number,
    weighted to ``absent``; points that hardly bend the line left out. Tested on other seeds: bench/match/RESULTS.md.
    A listed signer who wrote both numbers is hardly ever in doubt: who is, is most often a relative of one."""

    calibration_bare: Knots = (
        (-4.6, -4.6), (-2.44, -4.6), (-2.36, -3.98), (-2.24, -2.72), (-1.53, -2.44), (-0.55, -0.3), (-0.09, 0.3),
        (0.04, 1.0), (0.19, 1.2), (2.04, 1.62), (3.44, 2.93), (4.63, 5.12), (6.9, 6.9),
    )  # fmt: skip
    """The same for rows without an OCR number, learnt with them."""


DEFAULT: Final = Weights()
