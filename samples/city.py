"""A fictional city in the frame of the real one.

The sixteen demarcaciones with their codes, the 33 local districts (six of them across two demarcaciones) and how
many circunscripciones each demarcación has are real (domain E); the sections, their numbers, their sizes and which
circunscripción each lies in are invented.
"""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

DEMARCACIONES = {
    "002": ("Azcapotzalco", 7),
    "003": ("Coyoacán", 9),
    "004": ("Cuajimalpa de Morelos", 6),
    "005": ("Gustavo A. Madero", 9),
    "006": ("Iztacalco", 7),
    "007": ("Iztapalapa", 9),
    "008": ("La Magdalena Contreras", 6),
    "009": ("Milpa Alta", 6),
    "010": ("Álvaro Obregón", 9),
    "011": ("Tláhuac", 7),
    "012": ("Tlalpan", 9),
    "013": ("Xochimilco", 7),
    "014": ("Benito Juárez", 7),
    "015": ("Cuauhtémoc", 9),
    "016": ("Miguel Hidalgo", 7),
    "017": ("Venustiano Carranza", 7),
}
"""Code: name and number of circunscripciones."""

UNITS = (
    *(("005", 1, 3), ("005", 2, 4), ("002", 3, 5), ("005", 4, 4), ("002", 5, 4), ("016", 5, 3)),
    *(("005", 6, 4), ("009", 7, 6), ("011", 7, 4), ("011", 8, 5), ("015", 9, 5), ("017", 10, 5)),
    *(("006", 11, 5), ("017", 11, 4), ("015", 12, 5), ("016", 13, 5), ("012", 14, 4), ("006", 15, 10)),
    *(("012", 16, 4), ("014", 17, 12), ("010", 18, 3), ("014", 18, 4), ("012", 19, 4), ("013", 19, 4)),
    *(("004", 20, 6), ("010", 20, 2), ("007", 21, 4), ("007", 22, 4), ("010", 23, 4), ("007", 24, 4)),
    *(("013", 25, 4), ("003", 26, 6), ("007", 27, 3), ("007", 28, 3), ("007", 29, 3), ("003", 30, 6)),
    *(("007", 31, 3), ("010", 32, 4), ("008", 33, 8)),
)
"""(demarcación, district, sections): where the real districts lie, with an invented number of sections."""

NUMBERS_PER_DEMARCACION = 350
"""Sections of one demarcación are numbered within a block of this size."""


@dataclass(frozen=True, slots=True)
class Section:
    """One invented section. ``electors`` counts everybody of the padrón who lives there."""

    number: int
    district: int
    demarcacion: str
    circunscripcion: int
    electors: int


def draw_city(seed: int, electors: int = 20_000) -> list[Section]:
    """The sections of the city, by number; together they hold exactly ``electors`` people."""
    rng = random.Random(f"city {seed}")
    sizes = _sizes(rng, sum(count for _, _, count in UNITS), electors)
    drawn: list[Section] = []
    for place, (code, (_, circunscripciones)) in enumerate(DEMARCACIONES.items()):
        districts = [district for dem, district, count in UNITS if dem == code for _ in range(count)]
        first = place * NUMBERS_PER_DEMARCACION + 1
        numbers = sorted(rng.sample(range(first, first + NUMBERS_PER_DEMARCACION), len(districts)))
        for index, (number, district) in enumerate(zip(numbers, districts, strict=True)):
            circunscripcion = index * circunscripciones // len(districts) + 1
            drawn.append(Section(number, district, code, circunscripcion, sizes.pop()))
    return drawn


def write_marco(sections: Iterable[Section], lista_nominal: Counter[int], out: Path) -> None:
    """The geographic frame of contracts.md; ``lista_nominal`` counts the electors of each section."""
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["seccion", "distrito_local", "demarcacion", "circunscripcion", "lista_nominal"])
        for s in sections:
            row = [s.number, s.district, s.demarcacion, s.circunscripcion, lista_nominal[s.number]]
            writer.writerow(row)


def write_map(sections: list[Section], out: Path) -> None:
    """An invented map as GeoJSON: each demarcación a block of square sections. Coordinates mean nothing."""
    features = []
    for place, code in enumerate(DEMARCACIONES):
        left, top = place % 4 * 6, place // 4 * 6
        for index, s in enumerate(s for s in sections if s.demarcacion == code):
            x, y = left + index % 5, top + index // 5
            square = [[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]]
            features.append(
                {
                    "type": "Feature",
                    "geometry": {"type": "Polygon", "coordinates": [square]},
                    "properties": {
                        "seccion": s.number,
                        "distrito_local": s.district,
                        "demarcacion": s.demarcacion,
                        "circunscripcion": s.circunscripcion,
                    },
                }
            )
    collection = {"type": "FeatureCollection", "name": "mapa inventado", "features": features}
    out.write_text(json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def _sizes(rng: random.Random, sections: int, electors: int) -> list[int]:
    """Sizes around the mean that add up to ``electors``."""
    mean = electors // sections
    sizes = [mean + rng.randint(-8, 8) for _ in range(sections)]
    step = 1 if sum(sizes) < electors else -1
    for place in range(abs(electors - sum(sizes))):
        sizes[place % sections] += step
    return sizes
