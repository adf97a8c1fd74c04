"""One million records of forty aspirantes ruled on one core: seconds, memory, growth.

    python -m bench.law [--records N] [--out FILE.json]

Each size runs in its own process. The records hold a tenth of rivals' duplicates, unknown dates, suspicions,
open matches, bajas and electors outside the scope. Time and memory count ruling, tallies and outcomes of all
aspirantes; building the synthetic records is timed apart and its memory is within the figure. The promise is
held to the processor's seconds, which other work on the machine does not stretch as it does the clock's.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from service.law import (
    NONE,
    Aspirante,
    Cargo,
    Clase,
    Record,
    Seccion,
    Situacion,
    impacts,
    marco_of,
    process_from_toml,
    rerule,
    rule,
    tally,
)

ROOM_SECONDS, ROOM_BYTES, FULL = 20, 1_000_000_000, 1_000_000
FIRST = date(2026, 11, 20)
DAYS = [FIRST + timedelta(days=n) for n in range(60)]
RECEIVED = date(2027, 1, 20)


def build(number: int, rng: random.Random) -> tuple[list[Record], list[Aspirante], list[Seccion]]:
    """Synthetic records of 40 aspirantes (8 for Jefatura, 16 for two alcaldías, 16 for four districts)."""
    secciones = [
        Seccion(n, str(1 + n % 33), f"{2 + n % 16:03d}", f"{2 + n % 16}-{n % 7}", 1400) for n in range(1, 5569)
    ]
    day = date(2026, 9, 1)
    aspirantes = [Aspirante(f"J{n}", Cargo.JEFATURA, "", day) for n in range(8)]
    aspirantes += [Aspirante(f"A{n}", Cargo.ALCALDIA, f"{2 + n % 2:03d}", day) for n in range(16)]
    aspirantes += [Aspirante(f"D{n}", Cargo.DIPUTACION, str(1 + n % 4), day) for n in range(16)]
    scope = {a.id: [s.seccion for s in secciones if in_scope(s, a)] for a in aspirantes}
    suspect, unsigned = frozenset({Clase.I1}), frozenset({Clase.I3})
    folio = ""
    pool = max(1, 1400 * number // FULL)  # so that every size holds the same share of duplicates
    records = []
    for n in range(number):
        folio = folio if n % 10 else f"{n // 10:06d}"
        aspirante = aspirantes[n % 40]
        inside = scope[aspirante.id]
        seccion = inside[rng.randrange(len(inside))] if rng.random() < 0.97 else rng.randrange(1, 5569)
        elector = f"{seccion:04d}ABCDEF{rng.randrange(pool):08d}"
        draw = rng.random()
        records.append(
            Record(
                id=f"{n % 4096:012x}-{n // 10:06d}-{n % 10:02d}",
                aspirante=aspirante.id,
                received=RECEIVED,
                elector=None if draw < 0.01 else elector,
                situacion=None if draw < 0.01 else Situacion.BAJA_VIGENCIA if draw < 0.03 else Situacion.VIGENTE,
                seccion=None if draw < 0.01 else seccion,
                fecha=None if 0.03 < draw < 0.05 else DAYS[rng.randrange(60)],
                original_received=True,
                open_match=draw < 0.01,
                suspected=suspect if 0.05 < draw < 0.08 else NONE,
                established=unsigned if 0.08 < draw < 0.1 else NONE,
                folio=folio,
                row=n % 10,
            )
        )
    return records, aspirantes, secciones


def in_scope(seccion: Seccion, aspirante: Aspirante) -> bool:
    """Whether the section lies in the aspirante's scope."""
    return aspirante.ambito in {"", seccion.distrito if aspirante.cargo is Cargo.DIPUTACION else seccion.demarcacion}


def measure(number: int) -> dict[str, float | int]:
    """One size, in this process."""
    rng = random.Random(20261121)
    started = time.perf_counter()
    records, aspirantes, secciones = build(number, rng)
    windows = [{"cargo": cargo.value, "desde": FIRST, "hasta": date(2027, 1, 18)} for cargo in Cargo]
    proceso = process_from_toml(
        {
            "proceso": {
                "clave": "bench",
                "nombre": "bench",
                "jornada": date(2027, 6, 6),
                "corte_umbral": date(2026, 8, 31),
                "apertura_registro": date(2027, 3, 22),
            },
            "ventana": windows,
        }
    )
    marco = marco_of(secciones)
    built, cpu = time.perf_counter(), time.process_time()
    state = rule(records, proceso, marco, aspirantes)
    ruled, cpu = time.perf_counter(), time.process_time() - cpu
    tallies = [tally(state, a.id) for a in aspirantes]
    tallied = time.perf_counter()
    order = impacts(state)
    ordered = time.perf_counter()
    suspects = [r for r in records if r.suspected][:200]
    for record in suspects:
        rerule(state, [replace(record, suspected=frozenset())])
    again = time.perf_counter()
    classes: dict[str, int] = {}
    for t in tallies:
        for clase, n in t.by_class.items():
            classes[clase] = classes.get(clase, 0) + n
    if sum(classes.values()) != number:
        raise SystemExit("the classes do not add up to what was received")
    return {
        "records": number,
        "build_seconds": round(built - started, 2),
        "rule_seconds": round(ruled - built, 2),
        "rule_cpu_seconds": round(cpu, 2),
        "tally_seconds": round(tallied - ruled, 3),
        "impact_seconds": round(ordered - tallied, 2),
        "open_records": len(order),
        "rerule_milliseconds_each": round((again - ordered) * 1000 / len(suspects), 3),
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        **{f"class_{clase}": n for clase, n in sorted(classes.items())},
    }


def main() -> int:
    """Measure a quarter, a half and the whole, print and write them, and hold them to the room's promise."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=FULL)
    parser.add_argument("--only", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("bench/law/ruling.json"))
    given = parser.parse_args()
    if given.only:
        sys.stdout.write(json.dumps(measure(given.only)))
        return 0
    runs = []
    for number in (given.records // 4, given.records // 2, given.records):
        command = [sys.executable, __file__, "--only", str(number)]
        run = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        sys.stdout.write(
            f"{run['records']:>9} records: ruled in {run['rule_cpu_seconds']} s of processor "
            f"({run['rule_seconds']} by the clock), tallies {run['tally_seconds']} s, "
            f"order of review {run['impact_seconds']} s, one decision {run['rerule_milliseconds_each']} ms, "
            f"peak {run['peak_bytes'] / 1e6:.0f} MB\n"
        )
        runs.append(run)
    whole = runs[-1]
    growth = whole["rule_cpu_seconds"] / max(0.01, runs[0]["rule_cpu_seconds"])
    met = whole["rule_cpu_seconds"] + whole["tally_seconds"] < ROOM_SECONDS and whole["peak_bytes"] < ROOM_BYTES
    result = {"promise": {"seconds": ROOM_SECONDS, "bytes": ROOM_BYTES}, "growth_quarter_to_whole": round(growth, 2)}
    given.out.write_text(json.dumps({**result, "met": met, "runs": runs}, indent=1) + "\n", "utf-8")
    sys.stdout.write(f"growth from a quarter to the whole: x{growth:.2f} (linear: x4); promise met: {met}\n")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
