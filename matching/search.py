"""Whom a row may be: ``find`` for one reading, ``find_many`` for thousands.

A query is what was read (lattices, not their best reading: the second best character of a cell is evidence
too). An answer is one of four outcomes with a probability and the candidates that explain it. Nothing here
decides: ``matching.policy`` says what may pass without a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from matching import details, evidence, names, score
from matching.alphabet import (
    ALPHABET,
    BLANK,
    BLANK_SIGN,
    CLAVE_CELLS,
    COLUMNS,
    OCR_CELLS,
    SECTION_CELLS,
    Lattice,
    best_text,
)
from matching.candidates import KEPT, Gatherer
from matching.csv_lines import SITUACIONES
from matching.evidence import Evidence
from matching.roll import Elector, Roll
from matching.tables import Tables, build_tables
from matching.weights import DEFAULT, Weights

BATCH: Final = 1024
"""Queries searched at once: enough to pay for handing pages back, few enough to stay under 300 MB resident."""

WEIGHED: Final = 6
"""Candidates per query whose names are compared."""

WITHIN: Final = 22.0
"""Nats behind the best within which a candidate's name could still matter (a name weighs up to 10 either way)."""

HOPELESS: Final = -20.0
"""Score, less the logarithm of the list's size, under which no name (at most 10 nats) brings a candidate to one in
10,000: he is not shown. Some row of an absent person always resembles somebody that much."""

SHOWN: Final = 5
LEAST: Final = 1e-5
"""Probability under which a candidate after the first is not worth a person's time."""

SURE: Final = 0.90
"""Probability from which an answer is Probable (or Exact, or Missing) and not Ambiguous. The policy asks far more."""


class Outcome(StrEnum):
    EXACT = "exact"
    PROBABLE = "probable"
    AMBIGUOUS = "ambiguous"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Query:
    """What was read in one row. Lattices of 18, 13, 4 and 3 cells by 37 columns; None where nothing was read.

    ``nombres``: readings of the name with their probabilities, best first. ``record`` comes back in the answer.
    """

    clave: Lattice | None = None
    numero_ocr: Lattice | None = None
    seccion: Lattice | None = None
    nombres: tuple[tuple[str, float], ...] = ()
    record: str = ""
    demarcacion: Lattice | None = None

    def __repr__(self) -> str:
        return f"Query({self.record})"


@dataclass(frozen=True, slots=True, repr=False)
class Candidate:
    """An elector the row may be. ``index`` holds within this version of the list only.

    ``off_clave``, ``off_ocr``: cells that speak against him once a slip is allowed for; ``slip``: 0 none,
    1 neighbours exchanged, 2 day and month exchanged; ``unread_clave``, ``unread_ocr``: cells that say nothing;
    ``section``, ``surnames``, ``given``: nats of those fields.
    """

    index: int
    clave: str
    probability: float
    elector: Elector
    evidence: tuple[Evidence, ...]
    off_clave: int
    off_ocr: int
    slip: int
    unread_clave: int
    unread_ocr: int
    section: float
    surnames: float
    given: float

    def __repr__(self) -> str:
        return f"Candidate({self.probability:.4f})"


@dataclass(frozen=True, slots=True, repr=False)
class Match:
    """The answer: ``probability`` is that of the first candidate being the signer; ``absent`` that of the signer
    not being in the list. Candidates, best first, at most five."""

    outcome: Outcome
    probability: float
    absent: float
    candidates: tuple[Candidate, ...]
    record: str = ""

    def __repr__(self) -> str:
        return f"Match({self.record}, {self.outcome}, {self.probability:.4f})"


def find(query: Query, roll: Roll, weights: Weights = DEFAULT) -> Match:
    """Whom one row may be."""
    return find_many((query,), roll, weights)[0]


def find_many(queries: Sequence[Query], roll: Roll, weights: Weights = DEFAULT) -> list[Match]:
    """Whom each row may be, in the order of the queries. Raises ValueError on a lattice of another shape."""
    found: list[Match] = []
    for begin in range(0, len(queries), BATCH):
        found += _find_batch(queries[begin : begin + BATCH], roll, weights)
    return found


def match_to_json(match: Match) -> dict[str, Any]:
    """The answer as a JSON document. Personal data."""
    return {
        "record": match.record,
        "outcome": match.outcome.value,
        "probability": round(match.probability, 6),
        "absent": round(match.absent, 6),
        "candidates": [
            {
                "clave": c.clave,
                "seccion": c.elector.seccion,
                "situacion": c.elector.situacion,
                "nombre": c.elector.nombre_completo,
                "probability": round(c.probability, 6),
                "evidence": [
                    {"field": e.field, "read": e.read, "listed": e.listed, "weight": e.weight, "sentence": e.sentence}
                    for e in c.evidence
                ],
            }
            for c in match.candidates
        ],
    }


def _find_batch(queries: Sequence[Query], roll: Roll, weights: Weights) -> list[Match]:
    tables = build_tables(
        _stacked([q.clave for q in queries], CLAVE_CELLS),
        _stacked([q.numero_ocr for q in queries], OCR_CELLS),
        _stacked([q.seccion for q in queries], SECTION_CELLS),
        roll.frequencies,
        weights,
    )
    gatherer = Gatherer(roll, tables, weights)
    short = gatherer.run()
    rows = _ranked(short.rows, short.scores, HOPELESS + log(roll.rows))
    count = len(queries)
    codes, words = details.gather_records(roll, rows)
    groups = np.zeros((count, WEIGHED, details.GROUPS), np.float32)
    marks = np.zeros((count, WEIGHED, details.MARKS), np.int32)
    details.take_apart(
        codes, rows, tables.clave, tables.ocr, tables.has, tables.section, gatherer.ground,
        roll.array("section_offsets"), roll.frequencies, weights.swap, weights.day_month, groups, marks,
    )  # fmt: skip
    batch = _Batch(
        roll, tables, weights, rows.tolist(), codes, words.tolist(), groups.tolist(), marks.tolist(),
        _texts(codes[:, :, :18]), _texts(codes[:, :, 18:31]), _best_texts(tables.clave), _best_texts(tables.ocr),
    )  # fmt: skip
    matches = [batch.answer(i, query) for i, query in enumerate(queries)]
    roll.release()
    return matches


def _stacked(fields: list[Lattice | None], cells: int) -> npt.NDArray[np.float32]:
    out = np.full((len(fields), cells, COLUMNS), np.nan, np.float32)
    for i, field in enumerate(fields):
        if field is None:
            continue
        if field.shape != (cells, COLUMNS):
            raise ValueError(f"a lattice of {cells} cells has shape ({cells}, {COLUMNS}), not {field.shape}")
        if field[:, BLANK].min() < -0.7:  # else every cell is rather empty than not
            out[i] = field
    return out


def _ranked(rows: npt.NDArray[np.int64], scores: npt.NDArray[np.float32], least: float) -> npt.NDArray[np.int64]:
    """The best ``WEIGHED`` of each query, best first; those too far behind, or under ``least``, are -1."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :WEIGHED]
    rows, scores = np.take_along_axis(rows, order, 1), np.take_along_axis(scores, order, 1)
    rows[(scores < scores[:, :1] - WITHIN) | (scores < least)] = -1
    return np.ascontiguousarray(rows)


@dataclass(slots=True)
class _Batch:
    """What the compiled stages left, as plain lists: quicker to read one by one."""

    roll: Roll
    tables: Tables
    weights: Weights
    rows: list[list[int]]
    codes: npt.NDArray[np.uint8]
    words: list[list[list[int]]]
    groups: list[list[list[float]]]
    marks: list[list[list[int]]]
    claves: list[list[str]]
    ocr_numbers: list[list[str]]
    clave_read: list[str]
    ocr_read: list[str]

    def answer(self, i: int, query: Query) -> Match:
        found = [k for k in range(WEIGHED) if self.rows[i][k] >= 0]
        if not found:
            return Match(Outcome.MISSING, 0.0, 1.0, (), query.record)
        compared, present, resembling = [], [], []
        for k in found:
            name = names.NOTHING
            if query.nombres:
                name = names.compare(query.nombres, *(self.roll.word(w) for w in self.words[i][k]))
            own, others = score.hypotheses(self.groups[i][k], name, self.roll.rows, self.weights)
            compared.append(name)
            present.append(own)
            resembling.append(others)
        chances, missing = score.posterior(present, resembling, log(self.weights.absent))
        ranked = sorted(range(len(found)), key=lambda n: -chances[n])
        top = ranked[0]
        shown = [n for n in ranked if n == top or chances[n] > LEAST][:SHOWN]
        candidates = tuple(self._candidate(i, found[n], query, compared[n], chances[n]) for n in shown)
        outcome = _outcome(candidates[0], missing, self.clave_read[i], self.ocr_read[i])
        return Match(outcome, chances[top], missing, candidates, query.record)

    def _candidate(self, i: int, k: int, query: Query, name: names.Comparison, chance: float) -> Candidate:
        mark, group = self.marks[i][k], self.groups[i][k]
        slip, at = mark[details.SLIP], mark[details.SLIP_AT]
        record, words = self.codes[i, k], self.words[i][k]
        has = self.tables.has[i]
        elector = Elector(
            self.claves[i][k], self.ocr_numbers[i][k],
            self.roll.word(words[0]), self.roll.word(words[1]), self.roll.word(words[2]),
            mark[details.SECTION_LISTED], SITUACIONES[record[31]],
        )  # fmt: skip
        told: list[Evidence] = []
        if has[0]:
            codes = _slipped(record[:18], slip, at)
            text, weight = self.clave_read[i], sum(group[:7])
            told.append(evidence.of_cells("clave_elector", text, self.tables.clave[i], codes, weight, slip, at))
        if has[1]:
            text, weight = self.ocr_read[i], sum(group[7:10])
            told.append(evidence.of_cells("numero_ocr", text, self.tables.ocr[i], record[18:31], weight, 0, 0))
        if has[2] and query.seccion is not None:
            told.append(evidence.of_section(best_text(query.seccion), elector.seccion, group[details.SECTION]))
        if name.of:
            told.append(evidence.of_name(name, elector.nombre_completo))
        return Candidate(
            index=self.rows[i][k],
            clave=elector.clave,
            probability=chance,
            elector=elector,
            evidence=tuple(told),
            off_clave=mark[details.OFF_CLAVE],
            off_ocr=mark[details.OFF_OCR],
            slip=slip,
            unread_clave=mark[details.UNREAD_CLAVE] if has[0] else CLAVE_CELLS,
            unread_ocr=mark[details.UNREAD_OCR] if has[1] else OCR_CELLS,
            section=group[details.SECTION],
            surnames=name.surnames,
            given=name.given,
        )


def _outcome(first: Candidate, missing: float, clave: str, ocr: str) -> Outcome:
    """Exact: sure, and the best reading of the clave (or of the OCR number where no clave stands) is the list's."""
    if missing >= SURE:
        return Outcome.MISSING
    if first.probability < SURE:
        return Outcome.AMBIGUOUS
    if first.unread_clave < CLAVE_CELLS:
        same = clave == first.clave.replace("Ñ", "N") and first.off_ocr == 0
    else:
        same = ocr.rstrip(BLANK_SIGN) == first.elector.numero_ocr
    return Outcome.EXACT if same else Outcome.PROBABLE


_SIGNS: Final = np.array(list(ALPHABET + "Ñ"))


def _texts(codes: npt.NDArray[np.uint8]) -> list[list[str]]:
    """Codes of shape (queries, kept, cells) as text; blanks at the end fall away."""
    grid = np.ascontiguousarray(_SIGNS[codes]).view(f"<U{codes.shape[2]}")[:, :, 0]
    return [[text.rstrip(BLANK_SIGN) for text in row] for row in grid.tolist()]


def _best_texts(tables: npt.NDArray[np.float32]) -> list[str]:
    """The best reading of each query's field, letters and digits in their places; ``·`` where a cell says nothing."""
    codes = tables.argmax(axis=2)
    codes[tables.max(axis=2) - tables.min(axis=2) < details.NOTHING_SAID] = BLANK
    grid = np.ascontiguousarray(_SIGNS[codes]).view(f"<U{codes.shape[1]}")[:, 0]
    return [text.ljust(codes.shape[1], BLANK_SIGN) for text in grid.tolist()]


def _slipped(codes: npt.NDArray[np.uint8], slip: int, at: int) -> npt.NDArray[np.uint8]:
    """The elector's codes as the signer wrote them."""
    if slip == details.NO_SLIP:
        return codes
    places = np.arange(18)
    if slip == details.SWAPPED:
        places[[at, at + 1]] = places[[at + 1, at]]
    else:
        places[[8, 9, 10, 11]] = [10, 11, 8, 9]
    return codes[places]


def candidates_only(
    queries: Sequence[Query], roll: Roll, weights: Weights = DEFAULT
) -> Iterator[npt.NDArray[np.int64]]:
    """Indices of up to ``KEPT`` electors the blocks bring up for each query, unranked: to measure recall with."""
    for begin in range(0, len(queries), BATCH):
        part = queries[begin : begin + BATCH]
        tables = build_tables(
            _stacked([q.clave for q in part], CLAVE_CELLS),
            _stacked([q.numero_ocr for q in part], OCR_CELLS),
            _stacked([q.seccion for q in part], SECTION_CELLS),
            roll.frequencies,
            weights,
        )
        yield from Gatherer(roll, tables, weights).run().rows


__all__ = [
    "KEPT", "Candidate", "Evidence", "Match", "Outcome", "Query", "candidates_only", "find", "find_many",
    "match_to_json",
]  # fmt: skip
