"""How long the command takes on a process in the store: records gathered, ruled and issued, then verified.

    python bench/dictamen/bench_store.py [RECORDS]      (200,000 records of a process if none is given)

``bench_dictamen.py`` starts from an expediente in hand; this starts where ``respaldo dictamen issue`` does: two
aspirantes of one district in SQLite as reading and matching leave them, three quarters of the records of the one
whose dictamen is issued, one person in ten in both. Each step runs in a process of its own.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import insert

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "dictamen")]

from service.config import settings_from  # noqa: E402
from service.store import Store, now  # noqa: E402
from service.store.findings import Match  # noqa: E402
from service.store.migrate import migrate  # noqa: E402
from service.store.papers import Batch, Original, Page, Reading, Record, RowRead, Scan, Sheet  # noqa: E402

ROWS = 8
STEPS = ("rule", "issue", "verify")
ON = dt.date(2027, 2, 10)


def fill(store: Store, records: int) -> None:
    """The papers of both aspirantes, read, matched and received in paper; nothing is ruled yet."""
    import made_up_store

    made_up_store.RECORDS = 0
    made_up_store.build_house(store)
    for aspirante, number, own in (("A", 1, records * 3 // 4), ("B", 2, records // 4)):
        with store.writing() as session:
            session.add(Batch(id=f"G{number}", aspirante=aspirante, received=dt.date(2027, 1, 18),
                              declared_sheets=None, at=now(), by="b"))  # fmt: skip
            session.flush()
            scan = Scan(batch=f"G{number}", name="g.pdf", sha256=f"{number + 6}" * 64, size=1, accepted=True,
                        code=None, sentence=None)  # fmt: skip
            session.add(scan)
            session.flush()
            scan_id = scan.id
        sheets = range(1, own // ROWS + 1)
        for start in range(0, len(sheets), 1000):
            with store.writing() as session:
                layers = _lay(aspirante, number, scan_id, sheets[start : start + 1000])
                for table, rows in layers.items():
                    session.execute(insert(table), rows)


def _lay(aspirante: str, number: int, scan_id: int, sheets: range) -> dict[type, list[dict[str, object]]]:
    """The rows of these sheets, table by table in the order in which they refer to each other."""
    tables = (Page, Reading, Sheet, Original, Record, RowRead, Match)
    layers: dict[type, list[dict[str, object]]] = {table: [] for table in tables}
    at = now()
    for n in sheets:
        page, sheet = number * 10_000_000 + n, f"g{number}-{n}"
        layers[Page].append({"id": page, "scan_id": scan_id, "number": n})
        layers[Reading].append({"id": page, "page_id": page, "engine": "b", "kind": "sheet", "form": "f",
                                "folio": None, "document": {}, "at": at})  # fmt: skip
        layers[Sheet].append({"id": sheet, "aspirante": aspirante, "batch": f"G{number}", "page_id": page,
                              "folio": f"{number:03d}{n:06d}0", "ink_print": b"", "doubts": []})  # fmt: skip
        layers[Original].append({"aspirante": aspirante, "mark": sheet, "at": at, "by": "b"})
        for row in range(1, ROWS + 1):
            one = page * ROWS + row
            person = n * ROWS + row + (0 if number == 1 or n % 3 else 5_000_000)  # of B's, a third are of others
            record, clave, seccion = f"{page:012d}-0001-{row:02d}", f"FICTICIA{person:010d}", person % 10 + 1
            layers[Record].append({"id": record, "sheet": sheet, "row": row, "aspirante": aspirante})
            layers[RowRead].append({"id": one, "record": record, "reading_id": page, "clave": clave, "nombre": "",
                                    "numero_ocr": "", "seccion": str(seccion), "demarcacion": "014",
                                    "fecha_read": "", "fecha": dt.date(2026, 12, person % 28 + 1)})  # fmt: skip
            layers[Match].append({"record": record, "row_read_id": one, "lista_id": "LN-1", "outcome": "exact",
                                  "accepted": True, "clave": clave, "seccion": seccion, "situacion": "VIGENTE",
                                  "probability": 0.999, "candidates": [], "at": at})  # fmt: skip
    return layers


def step(name: str, data: Path) -> dict[str, object]:
    """One step in this process: seconds by the clock and of CPU, and the peak of its memory."""
    settings = settings_from({}, str(data))
    store = Store(settings.database_url)
    start, spent = time.perf_counter(), time.process_time()
    if name == "rule":
        from service.jobs.rule import rule_proceso

        with store.writing() as session:
            outcome = f"{rule_proceso(session, 'P').id}"
    elif name == "issue":
        from service.dictamen.assemble import issue_for

        issued = issue_for(store, settings, "A", preliminary=False, on=ON, operator="b", out=data / "out")
        outcome = issued.outcome
    else:
        from service.dictamen.verify import verify

        report = verify(data / "out")
        outcome = f"{'agrees' if report.agrees else report.findings[:3]}, {report.records} records"
    return {
        "step": name,
        "seconds": round(time.perf_counter() - start, 1),
        "cpu_seconds": round(time.process_time() - spent, 1),
        "peak_mib": _peak_mib(),
        "outcome": outcome,
    }


def _peak_mib() -> int:
    """The greatest resident memory of this process so far."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024


def steps(records: int) -> Iterator[dict[str, object]]:
    """Every step over one store of this many records."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        store = Store(settings_from({}, str(data)).database_url)
        migrate(store)
        fill(store, records)
        store.dispose()
        for name in STEPS:
            command = [sys.executable, __file__, "--step", name, folder]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            yield {**json.loads(done.stdout.splitlines()[-1]), "records": records}


def main() -> None:
    if sys.argv[1:2] == ["--step"]:
        print(json.dumps(step(sys.argv[2], Path(sys.argv[3]))))
        return
    for records in [int(word) for word in sys.argv[1:]] or [200_000]:
        for line in steps(records):
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
