"""The records of an aspirante as a stream: lines a second, and memory that must not grow with the lines.

python bench/api/bench_stream.py [RECORDS ...]   (make bench-api: 20,000 and 200,000)
"""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from service.desk.tables import RECORD_COLUMNS, csv_lines, demarcaciones_of, record_lines
from service.dictamen.xlsx import write_table
from service.store import Store, now
from service.store.findings import Match, Ruling, RulingRun
from service.store.migrate import migrate
from service.store.papers import Batch, Page, Reading, Record, RowRead, Scan, Sheet
from service.store.proceso import Aspirante, ListaNominal, Marco, Proceso, ProcesoVersion

ROWS = 8
CLAVE = "QTNBTM87041509H300"


def fill(store: Store, records: int) -> None:
    """A made-up aspirante with this many read, matched and ruled records, without files."""
    at, day = now(), dt.date(2027, 1, 10)
    with store.writing() as session:
        session.add(Proceso(clave="P", created_at=at, key=bytes(32)))
        session.flush()
        version = ProcesoVersion(proceso="P", number=1, text="", loaded_at=at, loaded_by="b")
        marco = Marco(proceso="P", number=1, sha256="", loaded_at=at, loaded_by="b")
        lista = ListaNominal(id="L", proceso="P", corte=day, path="", sha256="", rows=0, loaded_at=at, loaded_by="b")
        session.add_all([version, marco, lista])
        session.add(
            Aspirante(
                id="A001", proceso="P", series=1, nombre="N", cargo="diputacion", ambito="1", constancia=day,
                text="", created_at=at,
            )
        )  # fmt: skip
        session.flush()
        run = RulingRun(proceso="P", proceso_version_id=version.id, marco_id=marco.id, at=at)
        session.add(run)
        session.add(Batch(id="L00001", aspirante="A001", received=day, declared_sheets=None, at=at, by="b"))
        session.flush()
        scan = Scan(batch="L00001", name="a.pdf", sha256="f" * 64, size=1, accepted=True, code=None, sentence=None)
        session.add(scan)
        session.flush()
        run_id, scan_id = run.id, scan.id
    sheets = iter(range(1, records // ROWS + 1))
    while some := list(islice(sheets, 500)):
        layers: dict[type, list[object]] = {
            table: [] for table in (Page, Reading, Sheet, Record, RowRead, Match, Ruling)
        }
        for number in some:
            lay(layers, scan_id, run_id, number, at, day)
        with store.writing() as session:
            for rows in layers.values():  # in the order in which they refer to each other
                session.add_all(rows)
                session.flush()


def lay(
    layers: dict[type, list[object]], scan_id: int, run_id: int, number: int, at: dt.datetime, day: dt.date
) -> None:
    """The rows of one sheet of ``ROWS`` records."""
    sheet = f"s{number}"
    layers[Page].append(Page(id=number, scan_id=scan_id, number=number))
    layers[Reading].append(
        Reading(id=number, page_id=number, engine="b", kind="sheet", form=None, folio=None, document={}, at=at)
    )
    layers[Sheet].append(
        Sheet(
            id=sheet,
            aspirante="A001",
            batch="L00001",
            page_id=number,
            folio=f"{number:010d}",
            ink_print=b"",
            doubts=[],
        )
    )
    for row in range(1, ROWS + 1):
        record, one = f"{sheet}-{row:02d}", number * ROWS + row
        layers[Record].append(Record(id=record, sheet=sheet, row=row, aspirante="A001"))
        layers[RowRead].append(
            RowRead(
                id=one, record=record, reading_id=number, clave=CLAVE, numero_ocr="9" * 13, seccion="0001",
                demarcacion="005", nombre="N", fecha_read="051226", fecha=day,
            )
        )  # fmt: skip
        layers[Match].append(
            Match(
                record=record, row_read_id=one, lista_id="L", outcome="exact", accepted=True, clave=CLAVE, seccion=1,
                situacion="VIGENTE", probability=0.99, candidates=[{"clave": CLAVE}] * 3, at=at,
            )
        )  # fmt: skip
        layers[Ruling].append(
            Ruling(
                run_id=run_id, record=record, clase="V", reasons=[], paragraph="", sentence="", clave=CLAVE,
                decided_by="auto", pivotal=False,
            )
        )  # fmt: skip


def peak_mb() -> float:
    """The greatest resident memory of this process so far (VmHWM: getrusage would count the parent's before exec)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def measure(url: str, kind: str) -> None:
    """Stream every record and print lines, CPU seconds and how much the peak memory grew meanwhile (MB)."""
    store = Store(url)
    before = peak_mb()
    start, lines = time.process_time(), 0
    with store.reading() as session:
        aspirante = session.get_one(Aspirante, "A001")
        rows = record_lines(session, aspirante, demarcaciones_of(session, "P"))
        if kind == "csv":
            lines = sum(1 for _line in csv_lines(RECORD_COLUMNS, (row.cells for row in rows))) - 1
        else:
            with tempfile.TemporaryFile() as out:
                lines = write_table(out, "R", RECORD_COLUMNS, (list(row.cells.values()) for row in rows))
    spent = time.process_time() - start
    grew = peak_mb() - before
    print(
        f"{kind:5} {lines:>8,} lines  {spent:6.1f} s CPU  {lines / spent:>7,.0f} lines/s  peak memory +{grew:.0f} MB"
    )


def main() -> None:
    if len(sys.argv) > 2 and sys.argv[1] == "--measure":
        measure(sys.argv[2], sys.argv[3])
        return
    for records in [int(word) for word in sys.argv[1:]] or [20_000, 200_000]:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder) / 'b.db'}"
            store = Store(url)
            migrate(store)
            fill(store, records)
            store.dispose()
            for kind in ("csv", "xlsx"):
                subprocess.run([sys.executable, __file__, "--measure", url, kind], check=True)


if __name__ == "__main__":
    main()
