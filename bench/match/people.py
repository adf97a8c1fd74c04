"""Invented electors: names by real frequencies of surnames and given names, sections by their real size.

The names come from the CSV files of the evaluation data (``RESPALDO_DATOS``, by default ``../shared/datos``
beside the project); nobody listed exists. Everything follows from a seed.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import numpy.typing as npt

from matching.clave import derive_letters

SITUATIONS = ("VIGENTE", "PADRON", "BAJA_DEFUNCION", "BAJA_SUSPENSION", "BAJA_VIGENCIA", "BAJA_DOMICILIO_IRREGULAR")
SITUATION_SHARES = (0.965, 0.015, 0.008, 0.003, 0.006, 0.003)


def datos() -> Path:
    """The folder of the evaluation data."""
    here = Path(__file__).resolve().parents[2]
    return Path(os.environ.get("RESPALDO_DATOS", here.parent / "shared" / "datos"))


def _column(path: Path, *names: str) -> list[list[str]]:
    with path.open(encoding="utf-8") as file:
        return [[row[name] for name in names] for row in csv.DictReader(file)]


class People:
    """A source of invented electors, drawn as columns of numbers; ``line`` turns one into text."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        surnames = _column(datos() / "nombres" / "apellidos.csv", "apellido", "frec_pri", "frec_seg")
        self.surnames = [row[0] for row in surnames]
        self.paternal = _shares([row[1] for row in surnames])
        self.maternal = _shares([row[2] for row in surnames])
        men = _column(datos() / "nombres" / "hombres.csv", "nombre", "frec")
        women = _column(datos() / "nombres" / "mujeres.csv", "nombre", "frec")
        self.given = {"H": [row[0] for row in men], "M": [row[0] for row in women]}
        self.given_shares = {"H": _shares([row[1] for row in men]), "M": _shares([row[1] for row in women])}
        marco = _column(datos() / "marco" / "secciones_cdmx_2024.csv", "seccion", "lista_nominal_est")
        self.sections = np.array([int(row[0]) for row in marco])
        self.section_shares = _shares([row[1] for row in marco])
        self._letters: dict[tuple[str, int], str] = {}

    def draw(self, count: int) -> dict[str, npt.NDArray[np.int64]]:
        """Columns of ``count`` people: numbers of names, days of birth (from 1930), sections and so on."""
        rng = self.rng
        men = rng.random(count) < 0.48
        given = np.where(
            men,
            rng.choice(len(self.given["H"]), count, p=self.given_shares["H"]),
            rng.choice(len(self.given["M"]), count, p=self.given_shares["M"]),
        )
        section = self.sections[rng.choice(len(self.sections), count, p=self.section_shares)]
        return {
            "man": men.astype(np.int64),
            "paterno": rng.choice(len(self.surnames), count, p=self.paternal),
            "materno": rng.choice(len(self.surnames), count, p=self.maternal),
            "nombre": given,
            # age pyramid of an adult city: 18 to 95, thinning out
            "day": (28_000 * rng.beta(2.2, 1.35, count)).astype(np.int64) + 500,
            "entity": np.where(rng.random(count) < 0.7, 9, rng.integers(1, 33, count)),
            "tail": np.where(
                rng.random(count) < 0.85, rng.integers(0, 10, count) * 100, rng.integers(0, 1000, count)
            ),
            "section": section,
            "issued": np.where(rng.random(count) < 0.8, section, rng.choice(self.sections, count)),
            "citizen": rng.integers(0, 200_000_000, count),
            "situation": rng.choice(len(SITUATIONS), count, p=SITUATION_SHARES),
        }

    def letters(self, kind: str, number: int) -> str:
        """The two letters a surname (``A``) or a given name (``H``, ``M``) gives."""
        held = self._letters.get((kind, number))
        if held is None:
            name = self.surnames[number] if kind == "A" else self.given[kind][number]
            held = derive_letters(name, "", "")[:2] if kind == "A" else derive_letters("", "", name)[4:]
            self._letters[kind, number] = held
        return held


def clave_of(people: People, person: dict[str, int]) -> str:
    """The clave of one drawn person."""
    sex = "H" if person["man"] else "M"
    born = np.datetime64("1930-01-01") + np.timedelta64(int(person["day"]), "D")
    yymmdd = str(born)[2:].replace("-", "")
    letters = (
        people.letters("A", person["paterno"])
        + people.letters("A", person["materno"])
        + people.letters(sex, person["nombre"])
    )
    return f"{letters}{yymmdd}{person['entity']:02d}{sex}{person['tail']:03d}"


def write_list(path: Path, rows: int, seed: int) -> int:
    """Writes a lista nominal of about ``rows`` lines, claves unique; returns the lines written."""
    people = People(seed)
    seen: set[bytes] = set()
    days = np.arange("1930-01-01", "2012-01-01", dtype="datetime64[D]")
    dates = np.array([str(d)[2:].replace("-", "") for d in days])
    written = 0
    with path.open("w", encoding="utf-8") as out:
        out.write("clave_elector,numero_ocr,apellido_paterno,apellido_materno,nombre,seccion,situacion\n")
        while written < rows:
            drawn = {k: v.tolist() for k, v in people.draw(min(200_000, rows - written)).items()}
            lines = []
            for i in range(len(drawn["man"])):
                sex = "H" if drawn["man"][i] else "M"
                p, m, n = drawn["paterno"][i], drawn["materno"][i], drawn["nombre"][i]
                clave = (
                    f"{people.letters('A', p)}{people.letters('A', m)}{people.letters(sex, n)}"
                    f"{dates[drawn['day'][i]]}{drawn['entity'][i]:02d}{sex}{drawn['tail'][i]:03d}"
                )
                key = clave.encode()
                if key in seen:
                    continue
                seen.add(key)
                lines.append(
                    f"{clave},{drawn['issued'][i]:04d}{drawn['citizen'][i]:09d},{people.surnames[p]},"
                    f"{people.surnames[m]},{people.given[sex][n]},{drawn['section'][i]},"
                    f"{SITUATIONS[drawn['situation'][i]]}\n"
                )
            out.write("".join(lines))
            written += len(lines)
    return written


def _shares(counts: list[str]) -> npt.NDArray[np.float64]:
    values = np.array([max(float(c or 0), 0.0) for c in counts])
    return values / values.sum()
