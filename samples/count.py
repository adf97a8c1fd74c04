"""What the verification must come to, counted from the drawing's own truth.

A small counter written apart from ``service.law`` (which it must not import), straight from the text of Art. 323
of the CIPECDMX as domain.md A and B state it: who is right when the two differ is then a real question.
"""

from __future__ import annotations

import csv
import tomllib
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

BAJAS = {
    "BAJA_DEFUNCION": "B1",
    "BAJA_SUSPENSION": "B2",
    "BAJA_VIGENCIA": "B3",
    "BAJA_DUPLICADO": "B4",
    "BAJA_DATOS_IRREGULARES": "B5",
    "BAJA_DOMICILIO_IRREGULAR": "B6",
    "BAJA_USURPACION": "B7",
    "BAJA_JUDICIAL": "B8",
    "BAJA_OTRA": "B9",
}
ORDER = "I9 I2 I1 I3 I4 N B1 B2 B3 B4 B5 B6 B7 B8 B9 P G I5 I6 I7 I8 I10 I11 I12".split()  # noqa: SIM905
"""Which established reason comes first (domain B-2)."""
PENDING = ("Q1", "Q2", "Q3")

Row = dict[str, str]


def count_all(folder: Path) -> dict[str, Any]:
    """The tally of each aspirante by slug, and the class of each record."""
    marco = {int(r["seccion"]): r for r in _read(folder / "marco.csv")}
    people = {r["clave_elector"]: r for r in _read(folder / "lista_nominal.csv")}
    rows = _read(folder / "truth.csv")
    process = tomllib.loads((folder / "proceso.toml").read_text(encoding="utf-8"))
    windows = {v["cargo"]: (v["desde"], v["hasta"]) for v in process["ventana"]}
    aspirantes = {}
    for path in sorted((folder / "aspirantes").glob("*.toml")):
        slug = path.stem.split("-", 1)[1]
        aspirantes[slug] = tomllib.loads(path.read_text(encoding="utf-8"))["aspirante"]
    classes = classify(rows, aspirantes, people, marco, windows)
    counted = {
        slug: count_one(slug, aspirante, rows, classes, people, marco, aspirantes)
        for slug, aspirante in aspirantes.items()
    }
    return {"aspirantes": counted, "records": dict(sorted(classes.items()))}


def classify(
    rows: list[Row],
    aspirantes: dict[str, Any],
    people: dict[str, Row],
    marco: dict[int, Row],
    windows: dict[str, tuple[date, date]],
) -> dict[str, str]:
    """The primary class of every record once the reviewers have answered what they do answer."""
    classes, competing = {}, defaultdict(list)
    for row in rows:
        aspirante = aspirantes[row["aspirante"]]
        classes[row["record"]] = alone = class_alone(row, aspirante, people, marco, windows[aspirante["cargo"]])
        if alone == "V":
            competing[row["elector"], aspirante["cargo"]].append(row)
    for group in competing.values():
        classes.update(settle(group))
    return classes


def class_alone(
    row: Row, aspirante: Any, people: dict[str, Row], marco: dict[int, Row], window: tuple[date, date]
) -> str:
    """Class of a record before any other is looked at (párr. 1, 6, 9 X, 11, 12, 14)."""
    undecided, reasons = row["undecided"].split("+"), set()
    if row["foreign"] == "yes":
        reasons.add("I9")
    if row["copy"] != "none":
        reasons.add("I1")
    if row["signature"] not in ("signed", "print") and "signature" not in undecided:
        reasons.add("I3")
    if "match" not in undecided:
        reasons |= {"illegible": {"I4"}, "not_in_list": {"N"}, "mismatch": {"I5"}}.get(row["found"], set())
    if row["struck"] == "yes" and "strike" not in undecided:
        reasons.add("I8")
    if row["fecha"] and not window[0] <= date.fromisoformat(row["fecha"]) <= window[1]:
        reasons.add("I11")
    if row["found"] == "elector":
        person = people[row["elector"]]
        if person["situacion"] != "VIGENTE":
            reasons.add(BAJAS.get(person["situacion"], "P"))
        if not in_scope(marco[int(person["seccion"])], aspirante):
            reasons.add("G")
    if reasons:
        return min(reasons, key=ORDER.index)
    if row["original"] == "no":
        return "Q1"
    return "Q2" if row["undecided"] else "V"


def settle(group: list[Row]) -> dict[str, str]:
    """One elector, one kind of election (párr. 13): one record a side, the latest side wins, equal days tie."""
    result, best = {}, {}
    for side in sorted({r["aspirante"] for r in group}):
        mine = [r for r in group if r["aspirante"] == side]
        latest = max(r["fecha"] for r in mine)
        kept = min(
            (r for r in mine if r["fecha"] == latest), key=lambda r: (r["folio"], int(r["page"]), int(r["row"]))
        )
        result.update({r["record"]: "D1" for r in mine if r is not kept})
        best[side] = kept
    last = max(r["fecha"] for r in best.values())
    winners = [r for r in best.values() if r["fecha"] == last]
    for kept in best.values():
        if kept not in winners:
            result[kept["record"]] = "D2"
        else:
            result[kept["record"]] = "V" if len(winners) == 1 else "DT"
    return result


def count_one(
    slug: str,
    aspirante: Any,
    rows: list[Row],
    classes: dict[str, str],
    people: dict[str, Row],
    marco: dict[int, Row],
    aspirantes: dict[str, Any],
) -> dict[str, Any]:
    """Threshold (314 to 316), dispersion R1 (párr. 2) and outcome of one aspirante."""
    scope = {number: place for number, place in marco.items() if in_scope(place, aspirante)}
    lista = sum(int(place["lista_nominal"]) for place in scope.values())
    required = -(-lista // 100)
    units = {unit_of(number, place, aspirante) for number, place in scope.items()}
    k = -(-35 * len(units) // 100)
    mine = [r for r in rows if r["aspirante"] == slug]
    by_class = Counter(classes[r["record"]] for r in mine)
    spread = Counter(_unit(r, people, marco, aspirante) for r in mine if classes[r["record"]] == "V")
    pending = sum(by_class[c] for c in PENDING)
    rivals = [
        r
        for r in rows
        if r["aspirante"] != slug and aspirantes[r["aspirante"]]["cargo"] == aspirante["cargo"] and r["elector"]
    ]
    open_rivals = {r["elector"] for r in rivals if classes[r["record"]] in PENDING}
    losable = sum(1 for r in mine if classes[r["record"]] == "V" and r["elector"] in open_rivals)
    open_mine = [r for r in mine if classes[r["record"]] in (*PENDING, "DT")]
    highest = by_class["V"] + len(open_mine) + by_class["D2"]
    reach = set(spread) | {_unit(r, people, marco, aspirante) for r in open_mine if r["elector"]}
    if by_class["V"] - losable >= required and len(spread) - losable >= k:
        outcome = "CUMPLE"
    elif highest < required or len(reach) + sum(1 for r in open_mine if not r["elector"]) < k:
        outcome = "NO_CUMPLE"
    else:
        outcome = "INDETERMINADO"
    return {
        "nombre": aspirante["nombre"],
        "cargo": aspirante["cargo"],
        "lista_nominal": lista,
        "required": required,
        "received": len(mine),
        "valid": by_class["V"],
        "pending": pending,
        "by_class": dict(sorted(by_class.items())),
        "dispersion": {"N": len(units), "k": k, "reached": len(spread)},
        "outcome": outcome,
    }


def in_scope(place: Row, aspirante: Any) -> bool:
    """Whether a section lies in the scope: its demarcación for an alcaldía, its district for a diputación."""
    column = {"alcaldia": "demarcacion", "diputacion": "distrito_local"}[aspirante["cargo"]]
    return place[column] == aspirante["ambito"]


def unit_of(number: int, place: Row, aspirante: Any) -> str:
    """The unit of dispersion: circunscripción for an alcaldía, section for a diputación."""
    return place["circunscripcion"] if aspirante["cargo"] == "alcaldia" else str(number)


def _unit(row: Row, people: dict[str, Row], marco: dict[int, Row], aspirante: Any) -> str:
    if not row["elector"]:
        return ""
    number = int(people[row["elector"]]["seccion"])
    return unit_of(number, marco[number], aspirante)


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
