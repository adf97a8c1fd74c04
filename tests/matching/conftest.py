"""A small invented city: electors, and what a reader makes of their handwriting (a confusion model, no images)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from matching.alphabet import CHARACTERS
from matching.clave import derive_letters
from matching.roll import Roll, build_roll

HEADER = "clave_elector,numero_ocr,apellido_paterno,apellido_materno,nombre,seccion,situacion"
_SYLLABLES = "BA CE DRO FI GUE HU JA LI MON NA PE QUI RO SAL TO VA XI YA ZE MAR".split()  # noqa: SIM905


@dataclass(frozen=True)
class Person:
    clave: str
    ocr: str
    paterno: str
    materno: str
    nombre: str
    section: int

    @property
    def line(self) -> str:
        return f"{self.clave},{self.ocr},{self.paterno},{self.materno},{self.nombre},{self.section},VIGENTE"

    @property
    def name(self) -> str:
        return f"{self.nombre} {self.paterno} {self.materno}"


class City:
    """People drawn from few names, so that many share letters, as in life."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        words = ["".join(self.rng.choice(_SYLLABLES, 3)) for _ in range(400)]
        self.surnames, self.given = words[:300], words[300:]
        self.claves: set[str] = set()

    def person(self, **fixed: object) -> Person:
        """Somebody new whose clave nobody else bears; ``fixed`` names what is given."""
        rng = self.rng
        while True:
            got = {
                "paterno": self.surnames[int(300 * rng.random() ** 2)],
                "materno": self.surnames[int(300 * rng.random() ** 2)],
                "nombre": self.given[int(100 * rng.random() ** 1.5)],
                "birth": f"{rng.integers(100):02d}{rng.integers(1, 13):02d}{rng.integers(1, 29):02d}",
                "entity": "09" if rng.random() < 0.7 else f"{rng.integers(1, 33):02d}",
                "sex": "HM"[rng.integers(2)],
                "section": int(rng.integers(1, 400)) * 13 % 5200 + 1,
                "citizen": f"{rng.integers(10**9):09d}",
            } | fixed
            tail = f"{rng.integers(10)}{'00' if rng.random() < 0.8 else f'{rng.integers(100):02d}'}"
            letters = derive_letters(str(got["paterno"]), str(got["materno"]), str(got["nombre"]))
            clave = f"{letters}{got['birth']}{got['entity']}{got['sex']}{tail}"
            if clave not in self.claves:
                self.claves.add(clave)
                issued = got["section"] if rng.random() < 0.8 else int(rng.integers(1, 5200))
                return Person(
                    clave, f"{issued:04d}{got['citizen']}", str(got["paterno"]), str(got["materno"]),
                    str(got["nombre"]), int(str(got["section"])),
                )  # fmt: skip


def read(text: str, rng: np.random.Generator, wrong: float = 0.02) -> np.ndarray:
    """The lattice of a text: sure of most cells, in two minds about some, and wrong about ``wrong`` of them."""
    lattice = np.full((len(text), 37), np.log(2e-4))
    for i, sign in enumerate(text):
        if sign == "·":
            lattice[i, 36] = 0.0
            continue
        code = CHARACTERS.index(sign)
        other = int(rng.integers(10)) if code < 10 else int(rng.integers(10, 36))
        lattice[i, code] = 0.0
        if rng.random() < 0.1:
            lattice[i, other] = max(lattice[i, other], -rng.exponential(2))
        if rng.random() < wrong and other != code:
            lattice[i, other], lattice[i, code] = 0.0, -rng.exponential(3) - 0.5
    lattice -= np.log(np.exp(lattice).sum(axis=1, keepdims=True))
    return lattice.astype(np.float32)


def sure(text: str) -> np.ndarray:
    """The lattice of a text read without any doubt."""
    return read(text, np.random.default_rng(0), wrong=0.0)


@dataclass(frozen=True)
class Town:
    city: City
    people: list[Person]
    roll: Roll
    csv: Path


def write_csv(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder = tmp_path_factory.mktemp("town")
    city = City(1)
    people = [city.person() for _ in range(30_000)]
    csv = write_csv(folder / "lista.csv", [p.line for p in people])
    build_roll(csv, folder / "v1", corte=date(2026, 8, 31))
    return Town(city, people, Roll.open(folder / "v1"), csv)
