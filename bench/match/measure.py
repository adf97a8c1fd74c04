"""What is measured of our own search, each part in processes of its own."""

from __future__ import annotations

import multiprocessing
import pickle
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import numpy as np

from bench.match.ink import Ink, load_ink
from bench.match.rows import ABSENT, PRESENT, Row, draw_rows, read_name, shift
from matching import policy
from matching.roll import Roll, build_roll
from matching.search import BATCH, Query, candidates_only, find_many, match_to_json

OUT = Path(__file__).resolve().parents[2] / "bench-out" / "match"
CORTE = date(2026, 8, 31)
SPEED_ROWS = 2 * BATCH
"""Rows each process searches for the speed: a quarter present, half of these with one cell wrong."""


def memory_mb() -> dict[str, int]:
    """MB of this process now and at most: ``peak`` (VmHWM: private and every mapped page touched, shared or not),
    ``private`` and ``shared`` (pages of files, the index among them)."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    held = {name: int(status[key].split()[0]) // 1024 for name, key in
            (("peak", "VmHWM"), ("private", "RssAnon"), ("shared", "RssFile"))}  # fmt: skip
    return held


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
        "seconds": report.seconds, "cpu_seconds": time.process_time(), "peak_mb": memory_mb()["peak"],
        "disk_mb": report.bytes_on_disk / 1e6, "open_seconds": opened, "exact_clave_per_second": rates[0],
        "exact_ocr_per_second": rates[1],
    }  # fmt: skip


def rows_of(roll: Roll, ink: Ink, kind: str, count: int, seed: int, no_ocr: float) -> Iterator[Row]:
    """Rows of a kind of ``bench.match.rows``, or of one made of them: ``slip3`` (three slips), ``shifted`` (clave or
    OCR number one cell to the right), ``another's name`` (the numbers of a listed person, the name of another)."""
    if kind == "slip3":
        yield from draw_rows(roll, ink, "slip", count, seed, 3, no_ocr=no_ocr)
    elif kind == "shifted":
        for place, row in enumerate(draw_rows(roll, ink, "plain", count, seed, no_ocr=no_ocr)):
            yield replace(row, kind=kind, query=shift(row.query, place % 2 == 0))
    elif kind == "another's name":
        rng = np.random.default_rng(seed)
        for row in draw_rows(roll, ink, "plain", count, seed, no_ocr=no_ocr):
            name = read_name(roll.elector(int(rng.integers(roll.rows))), rng)
            yield replace(row, kind=kind, truth=-1, query=replace(row.query, nombres=((name, 0.8),)))
    else:
        yield from draw_rows(roll, ink, kind, count, seed, no_ocr=no_ocr)


def measure_rows(job: tuple[str, str, int, int, float]) -> dict[str, Any]:
    """Draws and searches the rows of one kind; one process's part."""
    folder, kind, count, seed, no_ocr = job
    roll, ink = Roll.open(Path(folder)), load_ink(OUT)
    got: dict[str, Any] = {"rows": 0, "cpu": 0.0, "outcomes": {}}
    cells: dict[str, list[Any]] = {"probability": [], "right": [], "passed": [], "in_blocks": []}
    drawn = rows_of(roll, ink, kind, count, seed, no_ocr)
    find_many([row.query for row in draw_rows(roll, ink, "twin", 8, 0)], roll)  # loads the compiled code
    while batch := [row for _, row in zip(range(BATCH), drawn, strict=False)]:
        queries = [row.query for row in batch]
        cpu = time.process_time()
        matches = find_many(queries, roll)
        got["cpu"] += time.process_time() - cpu
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


def measure_speed(folder: str, processes: int) -> dict[str, Any]:
    """Rows a second of so many processes that search at the same time, and what each holds; rows come from a file."""
    with (OUT / "queries.pickle").open("wb") as file, Roll.open(Path(folder)) as roll:
        ink, share = load_ink(OUT), SPEED_ROWS // 8
        kinds = [(kind, share) for kind in PRESENT] + [(kind, 6 * share // len(ABSENT)) for kind in ABSENT]
        drawn = [row.query for kind, count in kinds for row in draw_rows(roll, ink, kind, count, 99)]
        order = np.random.default_rng(0).permutation(len(drawn)).tolist()
        for begin in range(0, len(order), BATCH):
            pickle.dump([drawn[i] for i in order[begin : begin + BATCH]], file)
    context = multiprocessing.get_context("spawn")
    told: list[dict[str, Any]] = []
    for crew in (1, processes):  # the first may compile
        barrier, ends = context.Barrier(crew), [context.Pipe() for _ in range(crew)]
        crowd = [context.Process(target=_search_file, args=(folder, theirs, barrier)) for _, theirs in ends]
        for worker in crowd:
            worker.start()
        told = [ours.recv() for ours, _ in ends]
        for worker in crowd:
            worker.join()
    rows = sum(one["rows"] for one in told)
    return {
        "processes": processes,
        "rows": rows,
        "rows_per_second": rows / max(one["wall"] for one in told),
        "rows_per_second_cpu": processes * rows / sum(one["cpu"] for one in told),
        "rows_per_second_told": rows / max(one["wall_told"] for one in told),
        "memory": max((one["memory"] for one in told), key=lambda held: held["peak"]),
        "first_seconds": max(one["first"] for one in told),
    }


def _search_file(folder: str, sender: Connection, barrier: Barrier) -> None:
    """Searches the file twice: for the answers, and for the answers put into words (evidence, JSON)."""
    began = time.perf_counter()
    roll = Roll.open(Path(folder))
    for batch in _batches():
        find_many(batch[:64], roll)
        break
    got: dict[str, Any] = {"first": time.perf_counter() - began, "rows": 0, "cpu": 0.0}
    for name, tell in (("wall", False), ("wall_told", True)):
        barrier.wait()
        got[name] = 0.0
        for batch in _batches():
            cpu, wall = time.process_time(), time.perf_counter()
            found = find_many(batch, roll)
            if tell:
                found = [match_to_json(match) for match in found]
            else:
                got["cpu"] += time.process_time() - cpu
                got["rows"] += len(batch)
            got[name] += time.perf_counter() - wall
            del batch, found  # before the next is read: one batch of rows is held, as by whoever searches
        got["memory"] = got.get("memory", memory_mb())
    sender.send(got)


def _batches() -> Iterator[list[Query]]:
    """The rows of the file, a batch at a time: no more of them are held."""
    with (OUT / "queries.pickle").open("rb") as file:  # written by this run a moment ago
        for _ in range(SPEED_ROWS // BATCH):
            yield pickle.load(file)
