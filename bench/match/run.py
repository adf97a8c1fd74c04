# ruff: noqa: E501
"""``python -m bench.match``: the search measured, beside the peers, in one run. Writes ``bench-out/match/``.

    --electors 1000000,8000000   sizes of the invented list
    --present 20000 --absent 60000   rows (present: half plain, half with one cell wrong by the signer)
    --peers sqlite,cdist,splink --peer-rows 1000 --splink-python PATH   (an interpreter that has Splink 5)
    --processes 2

Speed is given as wall clock and as processor time a row: on a machine that does other work too, the second says
more. Intervals are Clopper-Pearson's, 95 %.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import pickle
import shutil
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from bench.match import peers
from bench.match.figures import calibration, interval, say
from bench.match.ink import load_ink
from bench.match.people import write_list
from bench.match.rows import ABSENT, PRESENT, draw_rows
from matching import policy
from matching.roll import Roll, build_roll
from matching.search import BATCH, candidates_only, find_many

OUT = Path(__file__).resolve().parents[2] / "bench-out" / "match"
CORTE = date(2026, 8, 31)


def peak_mb() -> int:
    """Most memory this process ever held, MB."""
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) // 1024


def measure_build(csv: str, folder: str) -> dict[str, float]:
    """One build in a process of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    report = build_roll(Path(csv), Path(folder), corte=CORTE)
    began = time.perf_counter()
    roll = Roll.open(Path(folder))
    opened = time.perf_counter() - began
    picks = np.random.default_rng(1).integers(0, roll.rows, 100_000)
    claves, numbers = zip(*((e.clave, e.numero_ocr) for e in map(roll.elector, picks.tolist())), strict=True)
    rates = []
    for look_up, texts in ((roll.by_claves, claves), (roll.by_ocr_numbers, numbers)):
        look_up(texts[:10])
        began = time.perf_counter()
        found = look_up(texts)
        rates.append(len(texts) / (time.perf_counter() - began))
        assert (found == picks).mean() > 0.999
    return {
        "seconds": report.seconds, "peak_mb": peak_mb(), "disk_mb": report.bytes_on_disk / 1e6,
        "open_seconds": opened, "exact_clave_per_second": rates[0], "exact_ocr_per_second": rates[1],
    }  # fmt: skip


def measure_rows(job: tuple[str, str, int, int, int, float]) -> dict[str, Any]:
    """Draws and searches the rows of one kind; one process's part."""
    folder, kind, count, seed, slips, no_ocr = job
    roll, ink = Roll.open(Path(folder)), load_ink(OUT)
    got: dict[str, Any] = {"kind": kind, "rows": 0, "cpu": 0.0, "wall": 0.0, "outcomes": {}}
    cells: dict[str, list[Any]] = {"probability": [], "right": [], "passed": [], "in_blocks": []}
    drawn = draw_rows(roll, ink, "slip" if kind.startswith("slip") else kind, count, seed, slips, no_ocr=no_ocr)
    find_many([row.query for row in draw_rows(roll, ink, "twin", 8, 0)], roll)  # loads the compiled code
    while batch := [row for _, row in zip(range(BATCH), drawn, strict=False)]:
        queries = [row.query for row in batch]
        cpu, wall = time.process_time(), time.perf_counter()
        matches = find_many(queries, roll)
        got["cpu"] += time.process_time() - cpu
        got["wall"] += time.perf_counter() - wall
        got["rows"] += len(batch)
        for row, match in zip(batch, matches, strict=True):
            top = match.candidates[0].index if match.candidates else -2
            cells["probability"].append(match.probability)
            cells["right"].append(top == row.truth)
            cells["passed"].append(policy.accepts(match))
            got["outcomes"][match.outcome.value] = got["outcomes"].get(match.outcome.value, 0) + 1
        if batch[0].truth >= 0:
            cells["in_blocks"] += [
                row.truth in kept for row, kept in zip(batch, candidates_only(queries, roll), strict=True)
            ]
    return got | cells


def measure_memory(folder: str, rows: int, sender: Any) -> None:
    """Peak of a process that only searches; its queries come from a file."""
    roll = Roll.open(Path(folder))
    with (OUT / "queries.pickle").open("rb") as file:  # written by this run a moment ago
        for _ in range(rows // BATCH):
            find_many(pickle.load(file), roll)
    sender.send(peak_mb())


def peak_of_search(folder: str) -> int:
    """MB a searching process holds at most."""
    with (OUT / "queries.pickle").open("wb") as file, Roll.open(Path(folder)) as roll:
        for kind in (*PRESENT, *ABSENT):
            pickle.dump([row.query for row in draw_rows(roll, load_ink(OUT), kind, BATCH, 99)], file)
    context = multiprocessing.get_context("spawn")
    for _ in range(2):  # the first may compile
        ours, theirs = context.Pipe()
        child = context.Process(target=measure_memory, args=(folder, BATCH * len(PRESENT + ABSENT), theirs))
        child.start()
        peak = int(ours.recv())
        child.join()
    return peak


def measure_size(electors: int, args: argparse.Namespace) -> dict[str, Any]:
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
    peak = peak_of_search(str(folder))
    say(f"  a searching process holds at most {peak} MB")
    n, p = args.processes, args.present // 2
    share = [(k, args.absent // len(ABSENT), 1, 0.0) for k in ABSENT]
    kinds = [("plain", p, 1, 0.0), ("slip", p, 1, 0.0), ("slip3", p // 4, 3, 0.0), *share]
    jobs = [(str(folder), k, c // n, seed, s, o) for k, c, s, o in kinds for seed in range(n)]
    jobs += [
        (str(folder), k, args.extra // n, 50 + s, 1, 1.0)
        for k in ("plain", "slip", "twin", "homonym")
        for s in range(n)
    ]
    names = [k for k, *_ in kinds for _ in range(n)] + [
        f"{k}, no OCR number" for k in ("plain", "slip", "twin", "homonym") for _ in range(n)
    ]
    with context.Pool(n) as pool:
        parts = pool.map(measure_rows, jobs, chunksize=1)
    merged: dict[str, dict[str, Any]] = {}
    for name, part in zip(names, parts, strict=True):
        whole = merged.setdefault(name, {"rows": 0, "cpu": 0.0, "wall": 0.0, "outcomes": {}} | {
            k: [] for k in ("probability", "right", "passed", "in_blocks")})  # fmt: skip
        for key in ("rows", "cpu", "wall", "probability", "right", "passed", "in_blocks"):
            whole[key] += part[key]
        for key, value in part["outcomes"].items():
            whole["outcomes"][key] = whole["outcomes"].get(key, 0) + value
    return {"build": built, "peak_mb": peak, "kinds": report(merged, n)}


def report(merged: dict[str, dict[str, Any]], processes: int) -> dict[str, Any]:
    """Prints the tables of our figures and returns them."""
    out: dict[str, Any] = {}
    say(
        f"  {'rows of kind':<24}{'rows':>7}{'passed':>18}{'wrong':>7}{'first right':>12}{'in blocks':>11}{'µs/row':>8}"
    )
    counted = {"rows": 0, "wrong": 0, "cpu": 0.0, "wall": 0.0, "absent": 0, "absent_wrong": 0}
    for kind, got in merged.items():
        passed, right = np.array(got["passed"]), np.array(got["right"])
        wrong = int((passed & ~right).sum())
        low, high = interval(int(passed.sum()), got["rows"])
        present = bool(got["in_blocks"])
        say(f"  {kind:<24}{got['rows']:>7}{passed.mean():>8.2%} {low:.2%}-{high:.2%}{wrong:>5}"
            f"{right.mean() if present else float('nan'):>12.3%}"
            f"{np.mean(got['in_blocks']) if present else float('nan'):>11.3%}{got['cpu'] / got['rows'] * 1e6:>8.0f}")  # fmt: skip
        out[kind] = {"rows": got["rows"], "passed": float(passed.mean()), "passed_interval": (low, high), "wrong": wrong,
                     "cpu_us": got["cpu"] / got["rows"] * 1e6, "outcomes": got["outcomes"],
                     "in_blocks": float(np.mean(got["in_blocks"])) if present else None}  # fmt: skip
        if kind in PRESENT + ABSENT:
            counted["rows"] += got["rows"]
            counted["wrong"] += wrong
            counted["cpu"] += got["cpu"]
            counted["wall"] += got["wall"]
            if not present:
                counted["absent"] += got["rows"]
                counted["absent_wrong"] += wrong
    for name, bad, of in (("absent accepted", counted["absent_wrong"], counted["absent"]),
                          ("wrong or absent accepted", counted["wrong"], counted["rows"])):  # fmt: skip
        low, high = interval(int(bad), int(of))
        say(f"  {name}: {bad} of {of:,}; 95 % interval {low:.4%} to {high:.4%}")
        out[name] = {"count": bad, "of": of, "interval": (low, high)}
    speed = counted["rows"] / counted["wall"] * processes
    by_cpu = counted["rows"] / counted["cpu"] * processes
    say(f"  {speed:,.0f} rows/s by the clock on {processes} processes; {by_cpu:,.0f} rows/s by processor time "
        f"(load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)")  # fmt: skip
    out["speed"] = {"rows_per_second": speed, "rows_per_second_cpu": by_cpu, "load": os.getloadavg()[0]}
    out["calibration"] = calibration(
        np.concatenate([merged[k]["probability"] for k in merged]),
        np.concatenate([merged[k]["right"] for k in merged]),
    )
    return out


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.match")
    parser.add_argument("--electors", default="1000000,8000000")
    parser.add_argument("--present", type=int, default=20_000)
    parser.add_argument("--absent", type=int, default=60_000)
    parser.add_argument("--extra", type=int, default=4_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--peers", default="sqlite,cdist,splink")
    parser.add_argument("--peer-rows", type=int, default=1000)
    parser.add_argument("--splink-python", default="")
    args = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    ink = load_ink(OUT)
    digits, letters = ink.accuracy()
    say(f"held-out ink: digits read right {digits:.2%}, capitals {letters:.2%} (best reading, place known)")
    results: dict[str, Any] = {"ink": {"digits": digits, "capitals": letters}}
    for electors in map(int, args.electors.split(",")):
        results[str(electors)] = measure_size(electors, args)
        folder = OUT / f"roll-{electors}"
        results[str(electors)]["peers"] = peers.compare(
            folder, OUT / f"lista-{electors}.csv", ink, args.peers.split(","), args.peer_rows, args.splink_python
        )
        (OUT / "match.json").write_text(json.dumps(results, indent=1))
    return 0
