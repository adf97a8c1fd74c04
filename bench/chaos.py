"""``make chaos``: the sample scans read with workers killed again and again, beside a run in peace.

Prints both runs' records, rulings and seconds; exit 1 when they differ.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
KILLS = 12


def respaldo(data: Path, *words: object) -> None:
    """One verb."""
    environment = {**os.environ, "RESPALDO_DATA": str(data), "RESPALDO_OPERATOR": "caos", "RESPALDO_REHEARSAL": "1"}
    command = [sys.executable, "-m", "service.cli", *map(str, words)]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def prepare(data: Path) -> None:
    """A house with one aspirante and their scans in the queue."""
    respaldo(data, "init")
    respaldo(data, "proceso", "load", SAMPLES / "proceso.toml", "--folio-key", SAMPLES / "proceso.key")
    respaldo(data, "marco", "load", SAMPLES / "marco.csv", "--proceso", "2026-2027")
    lista = ("--proceso", "2026-2027", "--corte", "2026-08-31")
    respaldo(data, "lista-nominal", "load", SAMPLES / "lista_nominal.csv", *lista)
    respaldo(data, "aspirante", "add", next((SAMPLES / "aspirantes").glob("1-*")), "--proceso", "2026-2027")
    respaldo(data, "cedulas", "print", "--aspirante", "A001", "--sheets", 60, "--out", data / "c.pdf")
    scans = sorted(next((SAMPLES / "scans").glob("1-*")).iterdir())
    respaldo(data, "upload", "--aspirante", "A001", "--received", "2027-01-19", *scans)


def work(data: Path, kills: int, seed: int) -> int:
    """Work until idle, killing the whole group of workers at random moments; returns how often."""
    randomly, killed = random.Random(seed), 0
    environment = {**os.environ, "RESPALDO_DATA": str(data)}
    command = [sys.executable, "-m", "service.cli", "work", "--until-idle", "--processes", "2"]
    while True:
        running = subprocess.Popen(command, env=environment, start_new_session=True, stderr=subprocess.DEVNULL)
        try:
            running.wait(timeout=randomly.uniform(3, 9) if killed < kills else None)
            return killed
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
            killed += 1
            with sqlite3.connect(data / "respaldo.db") as database:  # what a restarted machine does at once
                database.execute("UPDATE job SET leased_until = NULL WHERE finished_at IS NULL")
            database.close()


def outcome(data: Path) -> dict[str, object]:
    """What must be equal: every record with its class, every count of rows, no job put aside."""
    database = sqlite3.connect(data / "respaldo.db")
    rulings = dict(database.execute("SELECT record, clase FROM ruling ORDER BY id"))
    counts = {
        table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("page", "reading", "sheet", "sheet_image", "record", "row_read", "match", "review_item")
    }
    aside = database.execute("SELECT count(*) FROM job WHERE code IS NOT NULL").fetchone()[0]
    database.close()
    return {"rulings": rulings, "counts": counts, "aside": aside}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seed", type=int, default=323)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = {}
        for name, kills in (("en paz", 0), ("con muertes", arguments.kills)):
            data = Path(folder) / name.replace(" ", "-")
            data.mkdir()
            prepare(data)
            start = time.monotonic()
            killed = work(data, kills, arguments.seed)
            found[name] = outcome(data)
            counts = json.dumps(found[name]["counts"])
            print(f"{name:12} {time.monotonic() - start:6.1f} s  {killed} muertes  {counts}", flush=True)
    same = found["en paz"] == found["con muertes"]
    print("IGUALES" if same else "DISTINTAS")
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
