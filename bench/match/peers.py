"""The peers on the same list and rows: best readings only, as they take text. Three quarters of the rows are absent.

SQLite: an index on the section, electors of the read section and its one-digit neighbours, Levenshtein of the key
(at most 4 off, name in doubt). RapidFuzz: ``cdist`` of the key against every elector. Splink 5 on DuckDB: see
``splink_peer.py``; it runs in an interpreter of its own. Each runs in a process of its own; what it held at most is
its figure of memory (VmHWM).
"""

from __future__ import annotations

import argparse
import csv
import json
import multiprocessing
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from bench.match.figures import interval, say
from bench.match.ink import Ink, load_ink
from bench.match.measure import OUT, memory_mb
from bench.match.rows import Row, draw_rows
from matching import policy
from matching.alphabet import best_text
from matching.clave import compact
from matching.roll import Roll
from matching.search import find_many

Texts = list[dict[str, Any]]
Answers = dict[str, Any]
KINDS = ("slip", "stranger", "twin", "sibling")


def compare(folder: Path, csv_path: Path, ink: Ink, args: argparse.Namespace) -> dict[str, Any]:
    """Runs ours and the peers asked for; returns and prints their figures."""
    with Roll.open(folder) as roll:
        texts = [_as_text(roll, row) for row in _drawn(roll, ink, args.peer_rows)]
    few = texts[:: max(1, len(texts) // args.cdist_rows)]
    context = multiprocessing.get_context("spawn")
    out = {}
    wanted = args.peers.split(",")
    for name, of, work, more in (
        ("ours", texts, _ours, (str(folder), args.peer_rows)),
        ("sqlite", texts, _sqlite, (str(csv_path),)),
        ("cdist", few, _cdist, (str(csv_path),)),
    ):
        if name == "ours" or name in wanted:
            with context.Pool(1) as pool:
                out[name] = _figures(name, of, pool.apply(work, (of, *more)))
    if "splink" in wanted and args.splink_python:
        found = _splink(args.splink_python, csv_path, texts)
        if found:
            out["splink"] = _figures("splink", texts, found) | {"training_seconds": found["training"]}
    return out


def _drawn(roll: Roll, ink: Ink, rows: int) -> list[Row]:
    drawn = [row for kind in KINDS for row in draw_rows(roll, ink, kind, rows // len(KINDS), 4242)]
    return [row for row in drawn if row.query.clave is not None and row.query.seccion is not None]


def _as_text(roll: Roll, row: Row) -> dict[str, Any]:
    assert row.query.clave is not None
    assert row.query.seccion is not None
    return {
        "clave": compact(best_text(row.query.clave)),
        "seccion": best_text(row.query.seccion).replace("·", "0"),
        "nombre": row.query.nombres[0][0],
        "truth": roll.elector(row.truth).clave if row.truth >= 0 else "",
    }


def _figures(name: str, texts: Texts, got: Answers) -> dict[str, Any]:
    pairs = [(answer, text["truth"]) for answer, text in zip(got["answers"], texts, strict=True)]
    present, absent = [pair for pair in pairs if pair[1]], [pair for pair in pairs if not pair[1]]
    right, wrong = sum(a == t for a, t in present), sum(a not in ("", t) for a, t in present)
    taken = sum(a != "" for a, _ in absent)
    rate = len(texts) / got["seconds"]
    say(f"  {name:<8}{rate:>9,.1f} rows/s  {got['peak_mb']} MB  found {right}/{len(present)}  wrong {wrong}  "
        f"absent taken {taken}/{len(absent)}")  # fmt: skip
    return {
        "rows": len(texts), "rows_per_second": rate, "peak_mb": got["peak_mb"],
        "found": right, "present": len(present), "found_interval": interval(right, len(present)),
        "wrong": wrong, "wrong_interval": interval(wrong, len(present)),
        "absent_taken": taken, "absent": len(absent), "absent_interval": interval(taken, len(absent)),
        "calibration": _bands(got, texts),
    }  # fmt: skip


def _bands(got: Answers, texts: Texts) -> str:
    """Said and seen of whoever gives probabilities, taken or not: from 5 to 99 %, and above."""
    if "chances" not in got:
        return "gives none"
    told = []
    for low, high in ((0.05, 0.99), (0.99, 1.01)):
        inside = [
            (chance, answer == text["truth"])
            for chance, answer, text in zip(got["chances"], got["likeliest"], texts, strict=True)
            if low <= chance < high
        ]
        if inside:
            said, seen = (float(np.mean([pair[k] for pair in inside])) for k in (0, 1))
            told.append(f"{said:.3f} → {seen:.3f} ({len(inside)})")
    return "; ".join(told)


def _ours(texts: Texts, folder: str, rows: int) -> Answers:
    roll = Roll.open(Path(folder))
    queries = [row.query for row in _drawn(roll, load_ink(OUT), rows)]
    find_many(queries[:8], roll)
    began = time.perf_counter()
    found = find_many(queries, roll)
    seconds = time.perf_counter() - began
    return {
        "answers": [m.candidates[0].clave if policy.accepts(m) else "" for m in found],
        "likeliest": [m.candidates[0].clave if m.candidates else "" for m in found],
        "chances": [m.probability for m in found],
        "seconds": seconds,
        "peak_mb": memory_mb()["peak"],
    }


def _sqlite(texts: Texts, csv_path: str) -> Answers:
    path = Path(csv_path).with_suffix(".sqlite")
    if not path.exists():
        with sqlite3.connect(path) as made, Path(csv_path).open(encoding="utf-8") as file:
            made.execute("create table e (clave text, nombre text, seccion int)")
            lines = csv.reader(file)
            next(lines)
            made.executemany(
                "insert into e values (?,?,?)", ((r[0], f"{r[4]} {r[2]} {r[3]}", int(r[5])) for r in lines)
            )
            made.execute("create index by_section on e (seccion)")
            made.execute("create index by_clave on e (clave)")
    store = sqlite3.connect(path)
    began, answers = time.perf_counter(), []
    for text in texts:
        exact = store.execute("select clave from e where clave=?", (text["clave"],)).fetchone()
        if exact:
            answers.append(exact[0])
            continue
        read = "".join(c if c.isdigit() else "0" for c in text["seccion"])
        near = {int(read)} | {int(read[:i] + d + read[i + 1 :]) for i in range(4) for d in "0123456789"}
        best, off = "", 5
        for section in near:
            for clave, name in store.execute("select clave, nombre from e where seccion=?", (section,)):
                found = Levenshtein.distance(text["clave"], clave, score_cutoff=4)
                if found < off and (found <= 2 or Levenshtein.normalized_similarity(text["nombre"], name) > 0.6):
                    best, off = clave, found
        answers.append(best)
    return {"answers": answers, "seconds": time.perf_counter() - began, "peak_mb": memory_mb()["peak"]}


def _cdist(texts: Texts, csv_path: str) -> Answers:
    with Path(csv_path).open(encoding="utf-8") as file:
        next(file)
        claves = [line[:18] for line in file]
    began, answers = time.perf_counter(), []
    for text in texts:
        off = process.cdist([text["clave"]], claves, scorer=Levenshtein.distance, dtype=np.uint8, score_cutoff=5)[0]
        best = int(off.argmin())
        answers.append(claves[best] if off[best] <= 4 and (off == off[best]).sum() == 1 else "")
    return {"answers": answers, "seconds": time.perf_counter() - began, "peak_mb": memory_mb()["peak"]}


def _splink(python: str, csv_path: Path, texts: Texts) -> Answers | None:
    asked = csv_path.with_name("splink-rows.json")
    asked.write_text(json.dumps(texts))
    script = Path(__file__).with_name("splink_peer.py")
    done = subprocess.run(
        [python, str(script), str(csv_path), str(asked)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        say(f"  splink: did not run ({done.stderr.strip().splitlines()[-1][:120] if done.stderr else ''})")
        return None
    answers: Answers = json.loads(done.stdout.splitlines()[-1])
    return answers
