# ruff: noqa: E501
"""``python -m bench.match``: the search measured, beside the peers, in one run.

    --electors 1000000,8000000   sizes of the invented list
    --present 20000 --absent 60000   rows (present: half plain, half with one cell wrong by the signer)
    --peers sqlite,cdist,splink --peer-rows 1000 --cdist-rows 40
    --splink-python PATH   an interpreter that has Splink 5 (or RESPALDO_SPLINK_PYTHON); without it Splink is left out
    --processes 2 --seed 0 --write   (--write: the tables go to bench/match/RESULTS.md too)

Figures go to ``bench-out/match/match.json``. Speed is given by the clock and by processor time: on a machine that
does other work too, the second says more. Intervals are Clopper-Pearson's, 95 %.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
from pathlib import Path
from typing import Any

import numpy as np

from bench.match import peers, report
from bench.match.figures import calibration, interval, say, weigh_rows
from bench.match.ink import load_ink
from bench.match.measure import OUT, measure_build, measure_rows, measure_speed
from bench.match.people import write_list
from bench.match.rows import ABSENT, PRESENT

EXTRA = ("plain", "slip", "twin", "homonym")
"""Kinds measured without an OCR number too."""


def measure_size(electors: int, args: argparse.Namespace) -> dict[str, Any]:
    """All of ours at one size."""
    csv, folder = OUT / f"lista-{electors}.csv", OUT / f"roll-{electors}"
    if not csv.exists():
        part = csv.with_suffix(".part")
        write_list(part, electors, 12)
        part.rename(csv)
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        built = pool.apply(measure_build, (str(csv), str(folder)))
    say(f"{electors:,} electors: built in {built['seconds']:.1f} s, {built['peak_mb']} MB, "
        f"{built['disk_mb']:.0f} MB on disk, opens in {built['open_seconds'] * 1000:.0f} ms; exact "
        f"{built['exact_clave_per_second']:,.0f}/s by clave, {built['exact_ocr_per_second']:,.0f}/s by OCR number")  # fmt: skip
    speed = measure_speed(str(folder), args.processes) | {"load": os.getloadavg()[0]}
    say(f"  {speed['rows_per_second']:,.0f} rows/s by the clock on {speed['processes']} processes at once, "
        f"{speed['rows_per_second_cpu']:,.0f} by processor time, {speed['rows_per_second_told']:,.0f} with evidence in "
        f"words; a process holds at most {speed['memory']['peak']} MB (load {speed['load']:.1f})")  # fmt: skip
    n, p, q = args.processes, args.present // 2, args.absent // len(ABSENT)
    kinds = [("plain", p, 0.0), ("slip", p, 0.0), ("slip3", p // 4, 0.0), *((kind, q, 0.0) for kind in ABSENT),
             ("shifted", p // 10, 0.0), ("another's name", p // 4, 0.0),
             *((kind, args.extra, 1.0) for kind in EXTRA)]  # fmt: skip
    names = [f"{kind}, no OCR number" if bare else kind for kind, _, bare in kinds]
    jobs = [(str(folder), k, c // n, 50 * args.seed + s, bare) for k, c, bare in kinds for s in range(n)]
    with context.Pool(n) as pool:
        parts = pool.map(measure_rows, jobs, chunksize=1)
    merged: dict[str, dict[str, Any]] = {}
    for place, part in enumerate(parts):
        whole = merged.setdefault(names[place // n], {"outcomes": {}})
        for key, value in part.items():
            if key == "outcomes":
                whole[key] = {k: whole[key].get(k, 0) + value.get(k, 0) for k in whole[key] | value}
            else:
                whole[key] = whole[key] + value if key in whole else value
    return {"build": built, "speed": speed, **summed(merged)}


def summed(merged: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Prints the tables of our figures and returns them."""
    out: dict[str, Any] = {"kinds": {}}
    say(
        f"  {'rows of kind':<24}{'rows':>7}{'passed':>18}{'wrong':>7}{'first right':>12}{'in blocks':>11}{'µs/row':>8}"
    )
    wrongs: dict[str, list[int]] = {"absent": [0, 0], "present": [0, 0]}
    for kind, got in merged.items():
        passed, right = np.array(got["passed"]), np.array(got["right"])
        wrong, inside = int((passed & ~right).sum()), got["in_blocks"]
        out["kinds"][kind] = own = {
            "rows": got["rows"], "passed": float(passed.mean()), "passed_interval": interval(int(passed.sum()), got["rows"]),
            "wrong": wrong, "wrong_interval": interval(wrong, got["rows"]), "outcomes": got["outcomes"],
            "cpu_us": got["cpu"] / got["rows"] * 1e6,
            "first_right": float(right.mean()) if inside else None,
            "in_blocks": float(np.mean(inside)) if inside else None,
            "in_blocks_interval": interval(int(np.sum(inside)), len(inside)) if inside else None,
        }  # fmt: skip
        low, high = own["passed_interval"]
        say(f"  {kind:<24}{got['rows']:>7}{own['passed']:>8.2%} {low:.2%}-{high:.2%}{wrong:>5}"
            f"{own['first_right'] if inside else float('nan'):>12.3%}"
            f"{own['in_blocks'] if inside else float('nan'):>11.3%}{own['cpu_us']:>8.0f}")  # fmt: skip
        if kind in PRESENT + ABSENT:
            group = wrongs["present" if kind in PRESENT else "absent"]
            group[0], group[1] = group[0] + wrong, group[1] + got["rows"]
    both = [sum(pair) for pair in zip(*wrongs.values(), strict=True)]
    for name, (bad, of) in (("wrong_person", wrongs["present"]), ("absent_accepted", wrongs["absent"]),
                            ("wrong_or_absent", both)):  # fmt: skip
        out[name] = {"count": bad, "of": of, "interval": interval(bad, of)}
        say(
            f"  {name}: {bad} of {of:,}; 95 % interval {out[name]['interval'][0]:.4%} to {out[name]['interval'][1]:.4%}"
        )
    told = [kind for kind in merged if kind.split(",")[0] in PRESENT + ABSENT]
    chances, rights = (np.concatenate([merged[k][key] for k in told]) for key in ("probability", "right"))
    kinds = [kind.split(",")[0] for kind in told for _ in range(merged[kind]["rows"])]
    out["calibration"] = calibration(chances, rights, weigh_rows(kinds, 0.25))
    return out


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.match")
    parser.add_argument("--electors", default="1000000,8000000")
    parser.add_argument("--present", type=int, default=20_000)
    parser.add_argument("--absent", type=int, default=60_000)
    parser.add_argument("--extra", type=int, default=4_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--peers", default="sqlite,cdist,splink")
    parser.add_argument("--peer-rows", type=int, default=1000)
    parser.add_argument("--cdist-rows", type=int, default=20)
    parser.add_argument("--splink-python", default=os.environ.get("RESPALDO_SPLINK_PYTHON", ""))
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    ink = load_ink(OUT)
    digits, letters = ink.accuracy()
    say(f"held-out ink: digits read right {digits:.2%}, capitals {letters:.2%} (best reading, place known)")
    results: dict[str, Any] = {"ink": {"digits": digits, "capitals": letters}, "sizes": {}}
    for electors in map(int, args.electors.split(",")):
        results["sizes"][str(electors)] = size = measure_size(electors, args)
        size["peers"] = peers.compare(OUT / f"roll-{electors}", OUT / f"lista-{electors}.csv", ink, args)
        (OUT / "match.json").write_text(json.dumps(results, indent=1))
    if args.write:
        command = f"make bench-match (--present {args.present} --absent {args.absent} --seed {args.seed})"
        Path(__file__).with_name("RESULTS.md").write_text(report.page(results, command), encoding="utf-8")
    return 0
