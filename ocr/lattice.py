"""From the probabilities of single cells to the best reading of a field, with its probability.

Each segment of the grammar is weighed under three hypotheses: it keeps its grammar (cells and prior together,
summed exactly over every combination), it was left empty, or neither (every character as likely as any other).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ocr.grammar import EMPTY, FREE, Grammar, Segment
from ocr.reading import ALPHABET, FLOOR, Lattice

F64 = npt.NDArray[np.float64]
_SIZE = len(ALPHABET)
SAME_SECTION = 0.6
"""Share of electors whose card carries the section they live in (others moved, or were re-sectioned)."""


def _joint(cells: F64, segment: Segment) -> F64:
    """Weight of every combination under the grammar: likelihood ratios against an even draw, times prior."""
    ratio = np.exp(np.maximum(cells[:, segment.columns], FLOOR)) * _SIZE
    joint = segment.prior
    for axis in range(segment.width):
        shape = [1] * segment.width
        shape[axis] = -1
        joint = joint * ratio[axis].reshape(shape)
    return joint


def _best_segment(cells: F64, segment: Segment) -> tuple[str, float]:
    kept = (1 - FREE - EMPTY) * _joint(cells, segment)
    empty = EMPTY * _emptiness(cells)
    total = float(kept.sum()) + empty + FREE  # each cell's probabilities sum to 1: so does the free hypothesis
    at = np.unravel_index(int(kept.argmax()), kept.shape)
    kept_columns = [segment.columns.start + int(i) for i in at]
    free_columns = [int(i) for i in cells.argmax(1)]
    kept_weight = float(kept[at]) + FREE * float(np.exp(_along(cells, kept_columns)))
    free_weight = FREE * float(np.exp(_along(cells, free_columns)))
    if all(segment.columns.start <= c < segment.columns.stop for c in free_columns):
        free_weight += float(kept[tuple(c - segment.columns.start for c in free_columns)])
    blank_columns = [_SIZE - 1] * segment.width
    empty_weight = empty + FREE * float(np.exp(_along(cells, blank_columns)))
    if free_columns == blank_columns:
        free_weight = empty_weight
    columns, weight = max(
        ((kept_columns, kept_weight), (blank_columns, empty_weight), (free_columns, free_weight)),
        key=lambda option: option[1],
    )
    return "".join(ALPHABET[c] for c in columns), min(1.0, weight / total)


def _emptiness(cells: F64) -> float:
    """Likelihood ratio, against an even draw, of cells all left empty."""
    return float(np.exp(cells[:, -1].sum() + len(cells) * np.log(_SIZE)))


def _along(cells: F64, columns: list[int]) -> float:
    return float(cells[np.arange(len(columns)), columns].sum())


def _even_out(lattice: Lattice) -> F64:
    """The lattice in double precision, each row summing to 1."""
    cells = np.maximum(lattice.astype(np.float64), FLOOR)
    return np.asarray(cells - np.log(np.exp(cells).sum(1, keepdims=True)))


def best_path(lattice: Lattice, grammar: Grammar) -> tuple[str, float]:
    """The likeliest text (``·`` for an empty cell) and its probability, 0 to 1.

    ``lattice`` (cells, 37) natural log-probabilities as the glyph model gives them. Raises ValueError when the
    grammar has another number of cells.
    """
    if lattice.shape != (grammar.cells, _SIZE):
        raise ValueError(f"a lattice of shape {lattice.shape} for {grammar.cells} cells")
    cells, at, text, probability = _even_out(lattice), 0, "", 1.0
    for segment in grammar.segments:
        part, p = _best_segment(cells[at : at + segment.width], segment)
        text, probability, at = text + part, probability * p, at + segment.width
    return text, probability


def best_pair(
    seccion: Lattice, numero_ocr: Lattice, section_grammar: Grammar, number_grammar: Grammar
) -> tuple[tuple[str, float], tuple[str, float]]:
    """Section and OCR number read together: the number's first four digits are, for most, the section.

    A weak hint: where both are plainly written and differ, both stand as written.
    """
    ours, theirs = _even_out(seccion), _even_out(numero_ocr)
    own, issue = section_grammar.segments[0], number_grammar.segments[0]
    a, b = _joint(ours, own).ravel() * (1 - FREE), _joint(theirs[:4], issue).ravel() * (1 - FREE)
    section, number = best_path(seccion, section_grammar), best_path(numero_ocr, number_grammar)
    if not (section[0].isdigit() and number[0][:4].isdigit()):
        return section, number  # one of them is empty or breaks its grammar: no hint
    # same section: the prior of both is that of the section alone
    prior = own.prior.ravel()
    same = np.where(prior > 0, a * b / np.maximum(issue.prior.ravel(), 1e-12), 0.0) * SAME_SECTION
    other_a, other_b = (1 - SAME_SECTION) * b.sum(), (1 - SAME_SECTION) * a.sum()
    total = float(same.sum() + (1 - SAME_SECTION) * a.sum() * b.sum()) + FREE
    post_a, post_b = (same + a * other_a) / total, (same + b * other_b) / total
    best_a, best_b = int(post_a.argmax()), int(post_b.argmax())
    alone = _best_segment(theirs[:4], issue)[1]
    p_rest = number[1] / alone if alone > 0 else 0.0
    return (
        (f"{best_a:04d}", float(post_a[best_a])),
        (f"{best_b:04d}{number[0][4:]}", min(1.0, float(post_b[best_b]) * p_rest)),
    )
