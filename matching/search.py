"""Whom a row may be: ``find`` for one reading, ``find_many`` for thousands.

What was read comes as lattices, not as their best reading: the second best character of a cell is evidence too.
The answer has one of four outcomes, a probability and the candidates that explain it. Nothing here decides:
``matching.policy`` says what may pass without a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

import numpy as np

from matching import calibration, details, names, score
from matching.alphabet import BLANK_SIGN, CLAVE_CELLS, OCR_CELLS, best_text
from matching.answers import Candidate, Match, Outcome, Query, match_to_json
from matching.arrays import F32, F64, I32, I64, U8, U16, U32
from matching.csv_lines import SITUACIONES
from matching.evidence import Cells, Grounds
from matching.gather import Gatherer
from matching.roll import Elector, Roll
from matching.shortlist import KEPT
from matching.tables import Tables, build_tables
from matching.weights import DEFAULT, Weights

BATCH: Final = 4096
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

Frame = U16
NO_FRAME: Final[Frame] = np.zeros(10_000, np.uint16)
"""The frame when the demarcación of no section is known."""

_SIGNS: Final = bytes.maketrans(bytes(range(38)), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ·Ñ".encode("latin-1"))


def find(query: Query, roll: Roll, weights: Weights = DEFAULT, frame: Frame = NO_FRAME) -> Match:
    """Whom one row may be."""
    return find_many((query,), roll, weights, frame)[0]


def find_many(
    queries: Sequence[Query], roll: Roll, weights: Weights = DEFAULT, frame: Frame = NO_FRAME
) -> list[Match]:
    """Whom each row may be, in the order of the queries.

    ``frame``: demarcación (2 to 17) of each section 0 to 9999, 0 where it is not known: without it a written
    demarcación says nothing. Raises ValueError on a lattice of another shape.
    """
    found: list[Match] = []
    for begin in range(0, len(queries), BATCH):
        found += _find_batch(queries[begin : begin + BATCH], roll, weights, frame)
    return found


def candidates_only(queries: Sequence[Query], roll: Roll, weights: Weights = DEFAULT) -> Iterator[I64]:
    """Indices of up to ``KEPT`` electors the blocks bring up for each query, unranked: to measure recall with."""
    for begin in range(0, len(queries), BATCH):
        tables = _tables(queries[begin : begin + BATCH], roll, weights)
        yield from Gatherer(roll, tables, weights).run().rows


def warm_up(roll: Roll) -> None:
    """Searches for nobody in every way there is: what is compiled on first use is compiled, and kept for others."""
    rng = np.random.default_rng(0)
    fields = [np.log(rng.dirichlet(np.full(37, 0.2), cells) + 1e-6).astype(np.float32) for cells in (18, 13, 4, 3)]
    frame = np.full(NO_FRAME.size, 9, np.uint16)
    for numero in (fields[1], None):
        find(Query(fields[0], numero, fields[2], (("NADIE", 1.0),), "", fields[3]), roll, frame=frame)
    find(Query(None, fields[1]), roll)
    roll.by_claves(["X"])
    roll.by_ocr_numbers(["X"])


def _tables(queries: Sequence[Query], roll: Roll, weights: Weights) -> Tables:
    return build_tables(
        [q.clave for q in queries],
        [q.numero_ocr for q in queries],
        [q.seccion for q in queries],
        [q.demarcacion for q in queries],
        roll.frequencies,
        weights,
    )


def _find_batch(queries: Sequence[Query], roll: Roll, weights: Weights, frame: Frame) -> list[Match]:
    tables = _tables(queries, roll, weights)
    gatherer = Gatherer(roll, tables, weights)
    short = gatherer.run()
    rows = _ranked(short.rows, short.scores, HOPELESS + log(roll.rows))
    codes, words = details.gather_records(roll, rows)
    groups = np.zeros((*rows.shape, details.GROUPS), np.float32)
    marks = np.zeros((*rows.shape, details.MARKS), np.int32)
    details.take_apart(
        codes, rows, tables.clave, tables.ocr, tables.section, tables.zone, tables.has, gatherer.ground,
        _zone_ground(tables, roll, frame), roll.array("section_offsets"), roll.hints, frame, roll.frequencies,
        weights.swap, weights.day_month, groups, marks,
    )  # fmt: skip
    compared, nats = _compare_names(queries, rows, words, roll)
    chances: F64 = np.zeros(rows.shape)
    missing: F64 = np.zeros(len(queries))
    score.posterior(groups, nats, rows, roll.rows, score.shares_of(weights), chances, missing)
    calibration.calibrate(chances, missing, tables.has[:, 1], weights)
    batch = _Batch(
        roll, tables, frame, rows.tolist(), _texts(codes), words, groups, marks,
        _texts(gatherer.clave_read), _texts(gatherer.ocr_read), compared, chances.tolist(), missing.tolist(),
    )  # fmt: skip
    matches = [batch.answer(i, query) for i, query in enumerate(queries)]
    roll.release()
    return matches


def _ranked(rows: I64, scores: F32, least: float) -> I64:
    """The best ``WEIGHED`` of each query, best first; those too far behind, or under ``least``, are -1."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :WEIGHED]
    rows, scores = np.take_along_axis(rows, order, 1), np.take_along_axis(scores, order, 1)
    rows[(scores < scores[:, :1] - WITHIN) | (scores < least)] = -1
    return np.ascontiguousarray(rows)


def _zone_ground(tables: Tables, roll: Roll, frame: Frame) -> F64:
    """Likelihood of each read demarcación under a random elector's."""
    ground = np.ones(len(tables.has))
    held = frame[roll.sections]
    if held.any():
        codes = np.unique(held[held > 0]).astype(np.int64)
        shares = np.array([roll.section_shares[held == code].sum() for code in codes])
        details.weigh_zones(tables.zone, tables.has, codes, shares / shares.sum(), ground)
    return ground


def _compare_names(
    queries: Sequence[Query], rows: I64, words: U32, roll: Roll
) -> tuple[list[list[names.Comparison]], F32]:
    """Each candidate's name against the row's, and the nats of surnames and given name: (queries, kept, 2)."""
    nats = np.zeros((len(queries), WEIGHED, 2), np.float32)
    compared, word = [], roll.word
    for i, query in enumerate(queries):
        own: list[names.Comparison] = []
        if query.nombres:
            for k in range(int((rows[i] >= 0).sum())):  # the rest are -1
                one, two, three = words[i, k].tolist()
                name = names.compare(query.nombres, word(one), word(two), word(three))
                own.append(name)
                nats[i, k] = name.surnames, name.given
        compared.append(own)
    return compared, nats


def _texts(codes: U8) -> str:
    """Codes as text, one query's after another's; ``·`` where a cell says nothing."""
    return codes.tobytes().translate(_SIGNS).decode("latin-1")


@dataclass(slots=True)
class _Batch:
    """What the compiled stages left: as lists and texts what every row needs, quicker to read one by one; what only
    the few shown need as it came (as lists of lists it cost more than the search)."""

    roll: Roll
    tables: Tables
    frame: Frame
    rows: list[list[int]]
    records: str
    words: U32
    groups: F32
    marks: I32
    claves: str
    numbers: str
    names: list[list[names.Comparison]]
    chances: list[list[float]]
    missing: list[float]

    def answer(self, i: int, query: Query) -> Match:
        chances, rows, missing = self.chances[i], self.rows[i], self.missing[i]
        if rows[0] < 0:
            return Match(Outcome.MISSING, 0.0, 1.0, (), query.record)
        ranked = sorted((k for k in range(WEIGHED) if rows[k] >= 0), key=lambda k: -chances[k])
        top = ranked[0]
        shown = [k for k in ranked if k == top or chances[k] > LEAST][:SHOWN]
        candidates = tuple(self._candidate(i, k, query) for k in shown)
        return Match(_outcome(candidates[0], missing), chances[top], missing, candidates, query.record)

    def _candidate(self, i: int, k: int, query: Query) -> Candidate:
        slip, slip_at, lives, off_clave, off_ocr = self.marks[i, k].tolist()
        group = self.groups[i, k].tolist()
        has_clave, has_ocr, has_section, has_zone = self.tables.has[i].tolist()
        clave = self.claves[i * CLAVE_CELLS : (i + 1) * CLAVE_CELLS] if has_clave else ""
        number = self.numbers[i * OCR_CELLS : (i + 1) * OCR_CELLS] if has_ocr else ""
        elector = self._elector(i, k, lives)
        shifted_clave, shifted_ocr = self.tables.shifted[i].tolist()
        name = self.names[i][k] if self.names[i] else names.NOTHING
        zone = int(self.frame[lives]) if has_zone else 0
        grounds = Grounds(
            Cells(clave, sum(group[:7]), off_clave, shifted_clave),
            Cells(number, sum(group[7:10]), off_ocr, shifted_ocr), slip, slip_at,
            best_text(query.seccion) if has_section and query.seccion is not None else "", group[details.SECTION],
            best_text(query.demarcacion) if zone and query.demarcacion is not None else "", zone, group[details.ZONE],
            name,
        )  # fmt: skip
        foreign = 0
        if name.off > 2 and self.chances[i][k] >= SURE:
            foreign = names.foreign_words(
                query.nombres[0][0], elector.apellido_paterno, elector.apellido_materno, elector.nombre,
                self.roll.vocabulary,
            )  # fmt: skip
        return Candidate(
            index=self.rows[i][k],
            clave=elector.clave,
            probability=self.chances[i][k],
            elector=elector,
            grounds=grounds,
            off_clave=off_clave.bit_count(),
            off_ocr=off_ocr.bit_count(),
            off_tail=(off_clave >> 15).bit_count(),
            slip=slip,
            unread_clave=clave.count(BLANK_SIGN) if clave else CLAVE_CELLS,
            unread_ocr=number[: len(elector.numero_ocr)].count(BLANK_SIGN) if number else OCR_CELLS,
            unread_tail=clave[15:].count(BLANK_SIGN),
            section=group[details.SECTION],
            surnames=name.surnames,
            given=name.given,
            foreign=foreign,
        )

    def _elector(self, i: int, k: int, lives: int) -> Elector:
        at = (i * WEIGHED + k) * 32
        record, (one, two, three) = self.records[at : at + 32], self.words[i, k].tolist()
        word = self.roll.word
        return Elector(
            record[:18], record[18:31].rstrip(BLANK_SIGN), word(one), word(two), word(three), lives,
            SITUACIONES[_PLACE[record[31]]],
        )  # fmt: skip


_PLACE: Final = {sign: place for place, sign in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}


def _outcome(first: Candidate, missing: float) -> Outcome:
    """Exact: sure, and the best reading of the clave (or of the OCR number where no clave stands) is the list's."""
    if missing >= SURE:
        return Outcome.MISSING
    if first.probability < SURE:
        return Outcome.AMBIGUOUS
    clave, number = first.grounds.clave.read, first.grounds.numero.read
    if first.unread_clave < CLAVE_CELLS:
        same = clave == first.clave.replace("Ñ", "N") and first.off_ocr == 0
    else:
        same = number.rstrip(BLANK_SIGN) == first.elector.numero_ocr
    return Outcome.EXACT if same else Outcome.PROBABLE


__all__ = [
    "BATCH",
    "KEPT",
    "NO_FRAME",
    "Candidate",
    "Frame",
    "Match",
    "Outcome",
    "Query",
    "candidates_only",
    "find",
    "find_many",
    "match_to_json",
    "warm_up",
]  # fmt: skip
