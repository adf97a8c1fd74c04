"""Signs of a copy: a signal with three answers and the evidence it rests on. Never a verdict.

Published discrimination of photocopies is 76 to 90 % on plain text; the control strip of our own form
(``print.control``) is there to do better. An original printed and scanned in black and white, signed in black, is
an original: where nothing tells the two apart, the answer is that it cannot be told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ocr.evidence import Evidence, RowInk, look
from ocr.prints import likeness, mark_repeated, print_of, same_sheet
from ocr.reading import Answer, Signal

__all__ = [
    "Evidence", "judge_page", "judge_row", "likeness", "look", "mark_repeated", "print_of", "same_sheet", "weigh",
]  # fmt: skip

LIKELY = 0.3
"""Mean of the evidence from which a signal leaves "cannot be told", on either side.
bench/ocr/pages.py --copies prints the table that this and the turning points below were set on."""

PALE = (0.06, 0.14)
"""Pale tint over strong tint, absorbances: 0.20 as drawn; originals 0.16 to 0.34, copies mostly under 0.06."""
PALE_LINE = (0.035, 0.10)
"""Pale drop-out colour over full: 0.14 as drawn; originals 0.11 to 0.28, copies mostly under 0.04."""
FINE_TONE = (0.45, 0.75)
"""Mean tone of the fine dots over that of the coarse ones: originals 0.85 to 2.1,
copies 0 to 0.4 (1 where tones were kept)."""
FINE_SWING = (0.18, 0.33)
"""Swing of the fine dots over the coarse ones, against what the sharpness of the scan lets through: originals
0.35 to 1.2, copies 0 to 0.37."""
SCREEN_LOST = 0.20
"""The same swing under which the fine dots are taken to be gone: on four papers and four scans each
(bench/ocr/pages_copies.py, 25 sheets) originals 0.247 and more, copies of all kinds 0.188 at most."""
GONE = 0.9
"""Vote of both pale prints from which they are gone altogether."""
SHARP_ENOUGH = 0.2
"""Share of the swing that the sharpness of the scan must let through for its loss to say something."""
PEN = 0.65
"""Absorbance of ink over that of printed black under which it is no toner: there pens 0.34 to 0.57, copies in black
0.78 and more (in colour 0.41 to 0.59)."""
EVEN = 0.27
"""Grain of ink under which it is a pen's: there 0.19 to 0.26, halftone and soft copies of ``tests/ocr/paper.py`` 0.28
and more."""
LEAST_BLACK = 0.6
"""Absorbance of the strip's black under which the strip is hidden: pale toner has 0.8."""
DARK = (0.82, 0.92)
"""Absorbance of black ink over that of printed black: pens 0.3 to 0.75, toner 0.9 and more (it is the same)."""
MOTTLE = (0.0018, 0.004)
"""Unevenness of the hue of black ink: pens under 0.0014, colour copiers 0.003 (200 dpi) to 0.02."""
MOTTLE_IN_COLOR = (0.019, 0.027)
"""The same of coloured ink: pens up to 0.019, colour copiers 0.012 to 0.056."""
COLORED = 0.3
"""Colour of ink or print: ballpoint blue 0.6 to 0.9, red 1.2, black under 0.08; drop-out lines 0.8 to 1.3."""
GREY_SCAN = 14.0
"""Grey levels between channels on the page (99.7th percentile) of a grey scan (JPEG gives 0 to 3)."""
HALF_LOST = (0.05, 0.13)
"""Pale patches that are neither kept nor gone: a bright scan, in which fine dots say little."""
HALF_TRUST = 0.65
"""Say that is left to fine dots then."""
WASHED = 0.35
"""Say that is left to what a scanner may have whitened away."""
WASHED_FROM = 0.75
"""Share of paper at full white from which the scanner is taken to have whitened it."""
SOFT_EDGE_MM = 0.27
"""Edges wider than this let no fine dots through: they say nothing."""


MANY_SPECKS = 8.0
"""Specks a square decimetre of signature boxes: dust on glass 0 to 5, toner of copiers up to 60."""
SCREEN = "la trama de puntos"
_DARK = "el negro de la tinta, igual al de la impresión"


@dataclass(frozen=True, slots=True)
class Weighed:
    """``copied`` -1 (original) to 1 (copy), None when nothing speaks; ``because`` in Spanish, the evidence used."""

    copied: float | None
    because: tuple[str, ...]


def weigh(evidence: Evidence) -> Weighed:
    """The control strip's evidence. Nothing speaks when the form has none or it is hidden."""
    tone = {name: float(patch.mean()) for name, patch in evidence.patches.items()}
    needed = {"tint", "tint_strong", "dropout", "dropout_pale", "fine", "coarse", "black"}
    if not needed <= set(tone) or tone["black"] < LEAST_BLACK or tone["coarse"] < 0.015:
        return Weighed(None, ())
    tint, thin = _kept(evidence, "tint", "tint_strong"), _kept(evidence, "dropout_pale", "dropout")
    pale, line = _turn(tint, PALE), _turn(thin, PALE_LINE)
    fine = _turn(tone["fine"] / tone["coarse"], FINE_TONE)
    # a scanner that whitens the page takes pale tints and fine dots away from originals too
    washed = evidence.clipped > WASHED_FROM
    trust = WASHED if washed else HALF_TRUST if HALF_LOST[0] < max(tint, thin) < HALF_LOST[1] else 1.0
    say = [(pale, 1.0, "el tinte de fondo"), (line, 0.7, "el color pálido"), (fine, 1.0, "los puntos finos")]
    votes = [(vote, weight * (trust if vote > 0 else 1.0), words) for vote, weight, words in say]
    screen, through = _screen(evidence)
    swing = 0.0
    if screen is not None:
        swing = _turn(screen, FINE_SWING)
        votes.append((swing, 0.8 * (trust if swing > 0 else 1.0), SCREEN))
    inks = [ink for ink in evidence.rows.values() if ink.area_mm2 > 8]
    if inks and max(ink.chroma for ink in inks) < 0.15:
        dark = -_turn(float(np.median([ink.dark for ink in inks])), DARK)
        votes.append((max(dark, -0.2), 0.6, _DARK))
    mottled = _mottled(evidence, inks)
    if mottled > 0:
        votes.append((mottled, 0.8, "los puntos de color dentro de la tinta"))
    whole = sum(weight for _, weight, _ in say) + 0.8
    total = sum(vote * weight for vote, weight, _ in votes) / max(whole * 0.75, sum(weight for _, weight, _ in votes))
    toner = (
        evidence.specks > MANY_SPECKS
        or mottled > 0.5
        or any(vote > 0.5 and words == _DARK for vote, _, words in votes)
    )
    if evidence.specks > MANY_SPECKS:
        total += 0.2
    speaking, against = sum(vote > 0.5 for vote, _, _ in votes), any(vote < -0.7 for vote, _, _ in votes)
    if not washed and (min(pale, line) > GONE or (speaking >= 2 and not against)):
        total = max(total, 0.5)  # pale print is gone from paper that the scanner did not whiten
    in_color = evidence.page_chroma >= GREY_SCAN
    # a scan in colour keeps an original's fine dots, tone and swing, even where it whitens the page
    dots_gone = in_color and min(fine, swing) > 0.5
    lost = screen is not None and screen < SCREEN_LOST and through > SHARP_ENOUGH and not washed
    if (lost or dots_gone) and max(-pale, -line) < 1:
        total = max(total, 0.5)  # dots gone from a sharp scan, pale print weakened with them: a mild copier
    # all grey, even ink that is no toner, pale print and fine dots weak alike: a hard scan does that too
    if not in_color and _by_pen(inks) and not toner and not _soft_copier(pale, line, tone):
        total = min(total, 0.9 * LIKELY)
    if washed and not toner and not dots_gone:
        total = min(total, 0.9 * LIKELY)
    if toner:
        total = max(total, -0.9 * LIKELY)
    total = float(np.clip(total, -1, 1))
    side = 1 if total > 0 else -1
    return Weighed(float(total), tuple(words for vote, _, words in votes if vote * side > 0.3))


def _kept(evidence: Evidence, pale: str, strong: str) -> float:
    """Absorbance of a pale patch over that of its strong sister, in the channel in which both are darkest: the last
    that a bright scan loses."""
    channel = int(evidence.patches[strong].argmax())
    whole = float(evidence.patches[strong][channel])
    return float(evidence.patches[pale][channel]) / whole if whole > 0.035 else 0.0


def _screen(evidence: Evidence) -> tuple[float | None, float]:
    """Swing of the fine dots over the coarse ones, over the share that the sharpness of the scan lets through; and
    that share. None where the scan is too soft to say."""
    if not 0 < evidence.edge_mm < SOFT_EDGE_MM or evidence.coarse <= 0.01:
        return None, 0.0
    through = float(np.exp(-((evidence.edge_mm / 0.19) ** 2)))
    return evidence.fine / evidence.coarse / through, through


def _by_pen(inks: Sequence[RowInk]) -> bool:
    """Ink far paler than the printed black, and even."""
    if not inks:
        return False
    return bool(np.median([ink.dark for ink in inks]) < PEN and np.median([ink.grain for ink in inks]) < EVEN)


def _soft_copier(pale: float, line: float, tone: Mapping[str, float]) -> bool:
    """Pale print gone and fine dots kept: no scanner does the one without the other."""
    return min(pale, line) > GONE and tone["fine"] / tone["coarse"] > FINE_TONE[0]


def _mottled(evidence: Evidence, inks: Sequence[RowInk]) -> float:
    """0 to 1: whether the hue of the ink is uneven, as the dots of a colour copier make it."""
    if evidence.page_chroma < GREY_SCAN or not inks:
        return 0.0
    rows = [-_turn(ink.mottle, MOTTLE if ink.chroma < 0.1 else MOTTLE_IN_COLOR) for ink in inks]
    return max(0.0, float(np.median(rows)))


def judge_page(evidence: Evidence) -> list[Signal]:
    """``copy`` of the page, in three answers with the evidence used; ``electronic`` when no scanner made it."""
    return [_copy(evidence, [r for r in evidence.rows.values() if r.area_mm2 > 8]), *_electronic(evidence)]


def judge_row(evidence: Evidence, row: int) -> list[Signal]:
    """The same for one row with ink: its own ink decides where it can."""
    ink = evidence.rows.get(row)
    return [] if ink is None else [_copy(evidence, [ink])]


def _copy(evidence: Evidence, inks: Sequence[RowInk]) -> Signal:
    if evidence.bilevel:
        return _unknown("Esta digitalización sólo tiene blanco y negro: no permite saber si es copia.")
    strip = weigh(evidence)
    grey = evidence.page_chroma < GREY_SCAN
    printed_in_color = not grey and _dropout_color(evidence) > COLORED
    ink_in_color = not grey and any(ink.chroma > COLORED for ink in inks)
    copied = strip.copied
    because = " y ".join(strip.because)
    if ink_in_color and not printed_in_color:
        if copied is not None and copied > 0.1:
            return _unknown(
                "La impresión parece copia y la tinta tiene color: pudo copiarse en blanco y firmarse después."
            )
        return Signal("copy", Answer.NO, 0.1, "Parece original: la tinta tiene color sobre impresión en negro.")
    if copied is None:
        return _unknown("Esta digitalización no permite saber si es copia: no se ve la franja de control.")
    score = float(np.clip(0.5 + copied / 2, 0, 1))
    if copied > LIKELY:
        return Signal("copy", Answer.YES, score, f"Parece copia: así lo indican {because}.")
    if copied < -LIKELY:
        return Signal("copy", Answer.NO, score, f"Parece original: se conservan {because}.")
    return _unknown("Esta digitalización no permite saber si es copia: los indicios no coinciden.", score)


def _unknown(sentence: str, score: float = 0.5) -> Signal:
    return Signal("copy", Answer.UNKNOWN, score, sentence)


def _dropout_color(evidence: Evidence) -> float:
    patch = evidence.patches.get("dropout")
    return evidence.print_chroma if patch is None else float(patch[0] - patch[2])


def _electronic(evidence: Evidence) -> list[Signal]:
    if evidence.noise < 0.05 and evidence.clipped > 0.999 and evidence.straight and not evidence.bilevel:
        return [
            Signal("electronic", Answer.YES, 0.95, "La página no pasó por un escáner: es un documento electrónico.")
        ]
    return []


def _turn(value: float, points: tuple[float, float]) -> float:
    """1 at or under the first point, -1 at or over the second, straight between."""
    low, high = points
    return float(np.clip(1 - 2 * (value - low) / (high - low), -1, 1))
