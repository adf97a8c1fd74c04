"""Made-up expedientes: fictional people and sections, drawn from a seed, with every kind of record.

Used by the tests of this room, by ``bench/dictamen`` and to draw the sample under ``samples/``.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from service.dictamen.expediente import (
    Drawn,
    Entry,
    Expediente,
    Hearing,
    Lista,
    Look,
    Measured,
    Notice,
    Originals,
    Pages,
    Recorded,
    Rival,
    Sampled,
)
from service.law.frame import Marco, Seccion, marco_of
from service.law.plazos import ZONA
from service.law.records import Aspirante, Cargo, Clase, Record, Situacion

START, END = date(2026, 11, 20), date(2027, 1, 18)
PROCESO: dict[str, Any] = {
    "proceso": {
        "clave": "2026-2027",
        "nombre": "Proceso electoral local 2026-2027",
        "jornada": date(2027, 6, 6),
        "corte_umbral": date(2026, 8, 31),
        "apertura_registro": date(2027, 3, 22),
    },
    "ventana": [
        {"cargo": "diputacion", "desde": START, "hasta": END},
        {"cargo": "alcaldia", "desde": START, "hasta": END},
        {"cargo": "jefatura", "desde": date(2026, 9, 21), "hasta": END},
    ],
    "parametros": {
        "redondeo": {"valor": "techo", "acuerdo": "IECM/ACU-CG-000/2026", "vigente_desde": date(2026, 9, 1)},
        "dispersion_lectura": "R1",
    },
}
ROLL_SHA = hashlib.sha256(b"lista ficticia").hexdigest()


def marco(sections: int = 60, electors: int = 400) -> Marco:
    """District 17 with ``sections`` sections of demarcación 014, and a few sections outside it."""
    inside = [
        Seccion(number, "17", "014", f"14-{number % 7 + 1}", electors + number % 9)
        for number in range(1, sections + 1)
    ]
    outside = [Seccion(9000 + number, "26", "003", "3-1", 900) for number in range(12)]
    return marco_of([*inside, *outside])


def entries(
    count: int,
    *,
    sections: int = 60,
    seed: int = 7,
    rivals: int = 2,
    contested: float = 0.06,
    pending: float = 0.0,
    aspirante: str = "A-001",
) -> Iterator[Entry]:
    """``count`` own records in order of the elector's key, with competing ones of rivals among them."""
    draw = random.Random(seed)
    number = 0

    def salt(record: str) -> bytes:
        return hashlib.sha256(f"{seed}/{record}".encode()).digest()

    def own(elector: str | None, **more: Any) -> Entry:
        nonlocal number
        number += 1
        page, row = divmod(number, 8)
        ident = f"{seed:012x}-{page + 1:04d}-{row + 1:02d}"
        facts: dict[str, Any] = {
            "elector": elector,
            "situacion": Situacion.VIGENTE if elector else None,
            "seccion": draw.randint(1, sections) if elector else None,
            "fecha": START + timedelta(days=draw.randint(0, 59)),
            "received": END,
            "original_received": True,
            "batch": "L-1",
            "sheet": f"{page + 1:06d}",
            "folio": f"001{page + 1:06d}5",
            "page": page + 1,
            "row": row + 1,
        }
        record = Record(id=ident, aspirante=aspirante, **{**facts, **more})
        return Entry(record, salt(ident), None, "auto" if draw.random() < 0.9 else "desk", elector or "", "")

    listless = max(1, count // 25)
    for _ in range(listless):
        found = frozenset({draw.choice([Clase.N, Clase.I4, Clase.I9])})
        if draw.random() < pending:
            yield own(None, open_match=True)
        else:
            yield own(None, established=found)
    made, key = listless, 0
    while made < count:
        key += draw.randint(1, 9)
        elector = f"FCTCNL{key:08d}H{key % 1000:03d}"
        kind = draw.random()
        more: dict[str, Any] = {}
        if kind < 0.05:
            more["situacion"] = draw.choice([Situacion.PADRON, Situacion.BAJA_DEFUNCION, Situacion.BAJA_VIGENCIA])
        elif kind < 0.08:
            more["seccion"] = 9000 + draw.randint(0, 11)
        elif kind < 0.12:
            more["established"] = frozenset({draw.choice([Clase.I1, Clase.I3, Clase.I8, Clase.I10])})
        elif kind < 0.12 + pending:
            more["suspected"] = frozenset({Clase.I8})
        first = own(elector, **more)
        yield first
        made += 1
        if kind > 0.97 and made < count:
            yield own(elector, seccion=first.record.seccion)
            made += 1
        if rivals and draw.random() < contested:
            yield _competing(first, draw, rivals)


def _competing(first: Entry, draw: random.Random, rivals: int) -> Entry:
    name = f"R-{draw.randint(1, rivals):02d}"
    record = replace(
        first.record,
        id=f"{name}/{first.record.id[-7:]}-{first.record.elector}",
        aspirante=name,
        established=frozenset(),
        suspected=frozenset(),
        fecha=START + timedelta(days=draw.randint(0, 59)),
        batch="",
        sheet="",
        folio="",
        page=0,
        row=0,
    )
    return Entry(record, rival=Rival(name, START - timedelta(days=1)))


SEED = "4 7 1 0 9 3 3 8 2 6 5 5 0 1 7 4 9 2 8 6"
SAMPLES = (Sampled("maquina", 300, hashlib.sha256(b"marco ficticio").hexdigest(), SEED, 40),)


def drawn(seed: int = 7) -> tuple[Drawn, ...]:
    """Forty records of the machine drawn from the first fifty, one of them wrongly accepted in two persons' eyes."""
    records = sorted((f"{seed:012x}-{n // 8 + 1:04d}-{n % 8 + 1:02d}" for n in range(1, 51)), key=_ticket)
    clave, other = "FCTCNL00000001H001", "FCTCNL00000002H002"
    right, wrong = Look(clave, "2026-12-01", True, True), Look(other, "2026-12-01", True, True, same=False)
    looks = {3: (wrong, wrong), 7: (wrong, right)}
    return tuple(
        Drawn("maquina", place, record, "", clave, clave, "2026-12-01", looks.get(place, (right,)))
        for place, record in enumerate(records[:40], start=1)
    )


def _ticket(record: str) -> str:
    return hashlib.sha256(f"{SEED}\n{record}".encode()).hexdigest()


def expediente(count: int = 400, *, sections: int = 60, electors: int = 400, **more: Any) -> Expediente:
    """A whole expediente of ``count`` records for a fictional diputación."""
    keep = {name: more.pop(name) for name in ("seed", "rivals", "contested", "pending") if name in more}
    found: dict[str, Any] = {
        "folio": "DICT-2026-2027-A-001-1",
        "proceso": PROCESO,
        "parametros_version": "1",
        "aspirante": Aspirante("A-001", Cargo.DIPUTACION, "17", date(2026, 11, 19)),
        "nombre": "LUCERO CELESTE FARO BRUMA",
        "marco": marco(sections, electors),
        "marco_source": "marco ficticio, versión 1",
        "lista": Lista("LN-1", date(2026, 12, 31), "lista ficticia de prueba", ROLL_SHA, 24_000),
        "entries": lambda: entries(count, sections=sections, **keep),
        "originals": Originals(declared=count // 8 + 1, scanned=count // 8 + 1, received=count // 8 + 1),
        "pages": Pages(received=count // 8 + 1),
        "hearing": Hearing(
            (Notice(datetime(2027, 1, 25, 10, 0, tzinfo=ZONA), datetime(2027, 1, 30, 10, 0, tzinfo=ZONA)),), 9, 4, 5
        ),
        "samples": SAMPLES,
        "drawn": drawn(),
        "measured": (
            Measured("desacuerdo", "Desacuerdo entre dos personas revisoras", 3, 120, "todos los pares"),
            Measured("primera_respuesta", "Primera respuesta que no prevaleció", 0, 0, "todas las respuestas"),
        ),
        "recorded": (Recorded("Informe de ingresos y gastos", "art. 321", "INE-UTF", date(2027, 2, 10)),),
        "versions": {"codigo": "0000000", "formato": "cedula-2027-v1", "lector": "glyphs-1"},
        "audit_head": "0" * 64,
    }
    return Expediente(**{**found, **more})


def sample() -> Expediente:
    """The expediente of samples/dictamen: the law's version is not named, so that later ones verify it too."""
    found = expediente(400)
    return replace(found, versions={**found.versions, "ley": "muestra"})
