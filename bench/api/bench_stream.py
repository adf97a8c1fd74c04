"""The records of an aspirante as a stream: lines a second, and memory that must not grow with the lines.

python bench/api/bench_stream.py [RECORDS ...]   (make bench-api: 20,000 and 200,000)
"""

from __future__ import annotations

import datetime as dt
import resource
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
        with store.writing() as session:
            for number in some:
                page = Page(scan_id=scan_id, number=number)
                session.add(page)
                session.flush()
                reading = Reading(
                    page_id=page.id, engine="b", kind="sheet", form=None, folio=None, document={}, at=at
                )
                sheet = Sheet(
                    id=f"s{number}", aspirante="A001", batch="L00001", page_id=page.id, folio=f"{number:010d}",
                    ink_print=b"", doubts=[],
                )  # fmt: skip
                session.add_all([reading, sheet])
                session.flush()
                for row in range(1, ROWS + 1):
                    record = f"s{number}-{row:02d}"
                    session.add(Record(id=record, sheet=sheet.id, row=row, aspirante="A001"))
                    session.flush()
                    read = RowRead(
                        record=record, reading_id=reading.id, clave="QTNBTM87041509H300", numero_ocr="9" * 13,
                        seccion="0001", demarcacion="005", nombre="N", fecha_read="051226", fecha=day,
                    )  # fmt: skip
                    session.add(read)
                    session.flush()
                    session.add(
                        Match(
                            record=record, row_read_id=read.id, lista_id="L", outcome="exact", accepted=True,
                            clave="QTNBTM87041509H300", seccion=1, situacion="VIGENTE", probability=0.99,
                            candidates=[{"clave": "QTNBTM87041509H300"}] * 3, at=at,
                        )
                    )  # fmt: skip
                    session.add(
                        Ruling(
                            run_id=run_id, record=record, clase="V", reasons=[], paragraph="", sentence="",
                            clave="QTNBTM87041509H300", decided_by="auto", pivotal=False,
                        )
                    )  # fmt: skip


def measure(url: str, kind: str) -> None:
    """Stream every record and print lines, CPU seconds and how much the peak memory grew meanwhile (MB)."""
    store = Store(url)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
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
    grew = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
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
