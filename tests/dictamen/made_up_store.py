"""A store with two fictional aspirantes, as reading and matching would have left it."""

from __future__ import annotations

import datetime as dt

from service.store import Session, Store, now
from service.store.findings import Match
from service.store.papers import Batch, Original, Page, Reading, Record, RowRead, Scan, Sheet
from service.store.proceso import Aspirante, ListaNominal, Marco, MarcoSeccion, Proceso, ProcesoVersion

PROCESO = """
[proceso]
clave = "P"
nombre = "Proceso de prueba"
jornada = 2027-06-06
corte_umbral = 2026-08-31
apertura_registro = 2027-03-22
[[ventana]]
cargo = "diputacion"
desde = 2026-11-20
hasta = 2027-01-18
"""
AFTER = dt.date(2027, 2, 10)
RECORDS = 12


def build_house(store: Store) -> Store:
    """Two aspirantes of one district: A with twelve supports of as many people, B with two of the same people."""
    with store.writing() as session:
        session.add(Proceso(clave="P", created_at=now(), key=b"k" * 32))
        session.flush()
        version = ProcesoVersion(proceso="P", number=1, text=PROCESO, loaded_at=now(), loaded_by="lectura")
        marco = Marco(proceso="P", number=1, sha256="a" * 64, loaded_at=now(), loaded_by="lectura")
        lista = ListaNominal(
            id="LN-1", proceso="P", corte=dt.date(2026, 12, 31), path="x", sha256="b" * 64, rows=1000,
            loaded_at=now(), loaded_by="lectura",
        )  # fmt: skip
        session.add_all([version, marco, lista])
        session.flush()
        session.add_all(
            MarcoSeccion(
                marco_id=marco.id, seccion=n, distrito_local=17, demarcacion="014", circunscripcion="1",
                lista_nominal=100,
            )
            for n in range(1, 11)
        )  # fmt: skip
        for number, name in enumerate(("A", "B"), start=1):
            session.add(
                Aspirante(
                    id=name, proceso="P", series=number, nombre=f"PERSONA {name}", cargo="diputacion", ambito="17",
                    constancia=dt.date(2026, 11, 19), text="", created_at=now(),
                )
            )  # fmt: skip
        session.flush()
        _support(session, "A", 1, [(f"ELECTORFICTICIO{n:03d}", n % 10 + 1, 10) for n in range(RECORDS)])
        _support(session, "B", 2, [("ELECTORFICTICIO000", 1, 20), ("ELECTORFICTICIO001", 2, 5)])
    return store


def _support(session: Session, aspirante: str, number: int, people: list[tuple[str, int, int]]) -> None:
    batch = Batch(
        id=f"L{number}", aspirante=aspirante, received=dt.date(2027, 1, 18), declared_sheets=None, at=now(), by="x"
    )
    session.add(batch)
    session.flush()
    scan = Scan(
        batch=batch.id, name="a.pdf", sha256=f"{number}" * 64, size=1, accepted=True, code=None, sentence=None
    )
    session.add(scan)
    session.flush()
    page = Page(scan_id=scan.id, number=1)
    session.add(page)
    session.flush()
    reading = Reading(
        page_id=page.id, engine="ojos-1", kind="sheet", form="cedula-2027-v1", folio="0010000015", document={},
        at=now(),
    )  # fmt: skip
    sheet = Sheet(
        id=f"h{number}", aspirante=aspirante, batch=batch.id, page_id=page.id, folio=f"00{number}0000015",
        ink_print=b"x", doubts=[],
    )  # fmt: skip
    session.add_all([reading, sheet, Original(aspirante=aspirante, mark=sheet.id, at=now(), by="x")])
    session.flush()
    for row, (clave, seccion, day) in enumerate(people, start=1):
        record = Record(id=f"{number:012d}-0001-{row:02d}", sheet=sheet.id, row=row, aspirante=aspirante)
        session.add(record)
        session.flush()
        read = RowRead(
            record=record.id, reading_id=reading.id, clave=clave, numero_ocr="", seccion=str(seccion),
            demarcacion="014", nombre="", fecha_read="", fecha=dt.date(2026, 12, day),
        )  # fmt: skip
        session.add(read)
        session.flush()
        session.add(
            Match(
                record=record.id, row_read_id=read.id, lista_id="LN-1", outcome="exact", accepted=True, clave=clave,
                seccion=seccion, situacion="VIGENTE", probability=0.999, candidates=[], at=now(),
            )
        )  # fmt: skip
