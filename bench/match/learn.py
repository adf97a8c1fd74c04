"""``python -m bench.match.learn``: fits what can be fitted of ``matching/weights.py`` and prints it, to be put there.

    --electors 8000000   a list that ``bench.match`` has built before
    --rows 40000         rows to learn from; their seed is not that of the benchmark

Slip rates: the value under which the read cells of present electors are likeliest; that is how often the reader is
surely wrong about held-out ink. The signer's own slips cannot be learnt from ink: ``SIGNER`` is added, assumed.
Names: the share of letters that differ between two people drawn from the list, and between a name and its reading.
Calibration: pools of neighbouring log-odds (isotonic regression by pooling adjacent violators), rows weighted as if
``weights.absent`` of them were of people not listed; see ``matching/calibration.py``.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from bench.match.figures import odds, say, weigh_rows
from bench.match.ink import load_ink
from bench.match.rows import ABSENT, PRESENT, Row, draw_rows, read_name
from bench.match.run import OUT
from matching import names
from matching.alphabet import SEX_CELL, encode
from matching.roll import Roll
from matching.search import find_many
from matching.tables import build_tables
from matching.weights import DEFAULT, Weights

SEED = 7_001
SIGNER = 0.001
"""Share of cells a signer writes wrongly. Assumed: nobody has counted it."""

NO_NUMBER = 0.5
"""Share of the rows learnt from that bear no OCR number: they have a map of their own."""

LOW, HIGH = -4.6, 6.9
"""Log-odds between which the map is learnt: 1 % and 99.9 %."""

POOL = 30
"""Rows a pool has at least."""

Floats = npt.NDArray[np.float64]


def fit_slips(roll: Roll, rows: list[Row], weights: Weights) -> dict[str, float]:
    """Slip rates of digits and of letters: the likeliest of a ladder of values."""
    records = roll.array("records")[[row.truth for row in rows], :18]
    letters = np.array([c < 6 for c in range(18)])
    digits = ~letters & (np.arange(18) != SEX_CELL)
    found = {}
    for name, cells in (("slip_letter", letters), ("slip_digit", digits)):
        best = []
        for rate in np.geomspace(3e-4, 3e-2, 25):
            tables = build_tables(
                [row.query.clave for row in rows], [None] * len(rows), [None] * len(rows), [None] * len(rows),
                roll.frequencies, replace(weights, **{name: float(rate)}),
            )  # fmt: skip
            values = np.take_along_axis(tables.clave, records[:, :, None].astype(np.int64), 2)[:, cells, 0]
            best.append((float(values[records[:, cells] != encode("Ñ")[0]].mean()), float(rate)))
        value, rate = max(best)
        say(f"  {name}: {rate:.4f} of the reader (mean {value:.3f} nats a cell), {rate + SIGNER:.4f} with the signer")
        found[name] = rate + SIGNER
    return found


def fit_names(roll: Roll, count: int) -> None:
    """Beta laws of the share of letters off, by moments: of the same person's name as read, and of another's."""
    rng = np.random.default_rng(SEED)
    picks = rng.integers(0, roll.rows, (2, count))
    off: dict[str, list[float]] = {"SAME": [], "OTHER": []}
    for one, two in picks.T.tolist():
        mine = roll.elector(one)
        for law, signer in (("SAME", mine), ("OTHER", roll.elector(two))):
            read = ((read_name(signer, rng), 1.0),)
            fit = names.compare(read, mine.apellido_paterno, mine.apellido_materno, mine.nombre)
            off[law].append(min(1.0, fit.off / max(fit.of, 1)))
    for name, shares in off.items():
        mean, spread = float(np.mean(shares)), float(np.var(shares))
        size = mean * (1 - mean) / spread - 1
        say(f"  names.{name}: mean {mean:.3f}; Beta({mean * size:.1f}, {(1 - mean) * size:.1f})")


def fit_calibration(roll: Roll, rows: list[Row], weights: Weights) -> tuple[tuple[float, float], ...]:
    """Knots (said, seen) in log-odds."""
    bare = replace(weights, calibration=(), calibration_bare=())
    found = find_many([row.query for row in rows], roll, bare)
    said = odds(np.array([m.probability for m in found]))
    right = np.array(
        [bool(m.candidates) and m.candidates[0].index == r.truth for m, r in zip(found, rows, strict=True)]
    )
    share = weigh_rows([row.kind for row in rows], weights.absent)
    within = (said > LOW) & (said < HIGH)
    knots = pool(said[within], right[within], share[within] / share[within].mean())
    for one, two in knots:
        say(f"  said {1 / (1 + np.exp(-one)):.5f}  seen {1 / (1 + np.exp(-two)):.5f}")
    return knots


def pool(said: Floats, right: npt.NDArray[np.bool_], share: Floats) -> tuple[tuple[float, float], ...]:
    """Pools of at least ``POOL`` rows, merged while they fall. Each bears one more row that does as it says, so that
    none is ever sure; at its ends the map says what was said."""
    order = np.argsort(said)
    pools: list[tuple[float, float, float, int]] = []  # weight, right, said, rows
    for part in np.array_split(order, max(1, len(order) // POOL)):
        own = 1 / (1 + np.exp(-said[part].mean()))
        weight, hits = share[part].sum() + 1, (share[part] * right[part]).sum() + own
        pools.append((float(weight), float(hits), float(said[part].sum()), len(part)))
        while len(pools) > 1 and pools[-2][1] / pools[-2][0] >= pools[-1][1] / pools[-1][0]:
            one, two = pools.pop(-2), pools.pop()
            pools.append((one[0] + two[0], one[1] + two[1], one[2] + two[2], one[3] + two[3]))
    middle = [(total / rows, float(odds(np.array([hits / weight]))[0])) for weight, hits, total, rows in pools]
    held = [(round(a, 2), round(min(max(b, LOW), HIGH), 2)) for a, b in middle]
    return ((LOW, LOW), *held, (HIGH, HIGH))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.match.learn")
    parser.add_argument("--electors", type=int, default=8_000_000)
    parser.add_argument("--rows", type=int, default=40_000)
    args = parser.parse_args()
    roll, ink = Roll.open(OUT / f"roll-{args.electors}"), load_ink(OUT)
    share = args.rows // 8
    present = [row for kind in PRESENT for row in draw_rows(roll, ink, kind, 2 * share, SEED, no_ocr=NO_NUMBER)]
    absent = [row for kind in ABSENT for row in draw_rows(roll, ink, kind, share, SEED, no_ocr=NO_NUMBER)]
    slips = fit_slips(roll, [row for row in present if row.kind == "plain"], DEFAULT)
    fit_names(roll, 4000)
    say(f"  slips would be {slips}; the map is learnt with those in force")
    for name, with_ocr in (("calibration", True), ("calibration_bare", False)):
        rows = [row for row in present + absent if row.with_ocr == with_ocr]
        say(f"  {name} = {fit_calibration(roll, rows, DEFAULT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
