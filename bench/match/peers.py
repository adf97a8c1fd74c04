"""The peers on the same list and rows: best readings only, as they take text. Three quarters of the rows are absent.

SQLite: an index on the section, electors of the read section and its one-digit neighbours, Levenshtein of the key
(at most 4 off, name in doubt). RapidFuzz: ``cdist`` of the key against every elector. Splink 5 on DuckDB: see
``splink_peer.py``; it runs in an interpreter of its own.
"""

from __future__ import annotations

import csv
import json
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from bench.match.figures import say
from bench.match.ink import Ink
from bench.match.rows import draw_rows
from matching.alphabet import best_text
from matching.clave import compact
from matching.roll import Roll
from matching.search import find_many

Texts = list[dict[str, Any]]


def compare(
    folder: Path, csv_path: Path, ink: Ink, wanted: list[str], rows: int, splink_python: str
) -> dict[str, Any]:
    """Runs ours and the peers asked for; returns and prints their figures."""
    roll = Roll.open(folder)
    share = rows // 4
    drawn = [
        row for kind in ("slip", "stranger", "twin", "sibling") for row in draw_rows(roll, ink, kind, share, 4242)
    ]
    texts = [
        {
            "clave": compact(best_text(row.query.clave)), "seccion": best_text(row.query.seccion).replace("·", "0"),
            "nombre": row.query.nombres[0][0],
            "truth": roll.elector(row.truth).clave if row.truth >= 0 else "",
        }
        for row in drawn
        if row.query.clave is not None and row.query.seccion is not None
    ]  # fmt: skip
    from matching import policy

    began = time.perf_counter()
    found = find_many([row.query for row in drawn], roll)
    answers = [m.candidates[0].clave if policy.accepts(m) else "" for m in found]
    out = {"ours": _figures("ours", answers, texts, time.perf_counter() - began)}
    if "sqlite" in wanted:
        out["sqlite"] = _sqlite(csv_path, texts)
    if "cdist" in wanted:
        out["cdist"] = _cdist(csv_path, texts[:: max(1, len(texts) // 40)])
    if "splink" in wanted and splink_python:
        out["splink"] = _splink(splink_python, csv_path, texts)
    return out


def _figures(name: str, answers: list[str], texts: Texts, seconds: float) -> dict[str, Any]:
    present = [(a, t["truth"]) for a, t in zip(answers, texts, strict=True) if t["truth"]]
    absent = [a for a, t in zip(answers, texts, strict=True) if not t["truth"]]
    right = sum(a == t for a, t in present)
    wrong = sum(a not in ("", t) for a, t in present)
    taken = sum(a != "" for a in absent)
    say(f"  {name:<8}{len(texts) / seconds:>9,.1f} rows/s  found {right}/{len(present)}  wrong {wrong}  "
        f"absent taken {taken}/{len(absent)}")  # fmt: skip
    return {"rows_per_second": len(texts) / seconds, "found": right, "present": len(present), "wrong": wrong,
            "absent_taken": taken, "absent": len(absent)}  # fmt: skip


def _sqlite(csv_path: Path, texts: Texts) -> dict[str, Any]:
    path = csv_path.with_suffix(".sqlite")
    if not path.exists():
        with sqlite3.connect(path) as made, csv_path.open(encoding="utf-8") as file:
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
    return _figures("sqlite", answers, texts, time.perf_counter() - began)


def _cdist(csv_path: Path, texts: Texts) -> dict[str, Any]:
    with csv_path.open(encoding="utf-8") as file:
        next(file)
        claves = [line[:18] for line in file]
    began, answers = time.perf_counter(), []
    for text in texts:
        off = process.cdist([text["clave"]], claves, scorer=Levenshtein.distance, dtype=np.uint8, score_cutoff=5)[0]
        best = int(off.argmin())
        answers.append(claves[best] if off[best] <= 4 and (off == off[best]).sum() == 1 else "")
    return _figures("cdist", answers, texts, time.perf_counter() - began)


def _splink(python: str, csv_path: Path, texts: Texts) -> dict[str, Any]:
    asked = csv_path.with_name("splink-rows.json")
    asked.write_text(json.dumps(texts))
    script = Path(__file__).with_name("splink_peer.py")
    done = subprocess.run(
        [python, str(script), str(csv_path), str(asked)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        say(f"  splink: did not run ({done.stderr.strip().splitlines()[-1][:120] if done.stderr else ''})")
        return {}
    answer = json.loads(done.stdout.splitlines()[-1])
    say(f"  splink held at most {answer['peak_mb']} MB; training {answer['training']:.1f} s apart")
    return _figures("splink", answer["answers"], texts, answer["seconds"]) | {"peak_mb": answer["peak_mb"]}
