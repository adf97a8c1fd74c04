"""Noisy rows of people who are in the list, and of people who are not: strangers, siblings, twins, homonyms.

Every row is a query with its truth. What the signers do is stated here in shares, so that the figures can be read.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from bench.match.ink import Ink
from bench.match.people import People
from matching.clave import derive_letters
from matching.roll import Elector, Roll
from matching.search import Query

PRESENT = ("plain", "slip")
ABSENT = ("stranger", "sibling", "twin", "homonym", "namesake")
MOVED, UNREAD, DAY_MONTH = 0.05, 0.01, 0.002
"""Shares: rows with an old section, cells left unread, dates with day and month
exchanged (present electors)."""


@dataclass(frozen=True, slots=True)
class Row:
    """``truth``: the elector's number, or -1 when the signer is not in the list. ``near``: whom he resembles."""

    kind: str
    truth: int
    near: int
    query: Query
    with_ocr: bool


def draw_rows(
    roll: Roll,
    ink: Ink,
    kind: str,
    count: int,
    seed: int,
    slip_cells: int = 1,
    fields: str = "all",
    no_ocr: float = 0.0,
) -> Iterator[Row]:
    """``count`` rows of one kind, the same for the same seed; ``no_ocr``: share of rows without an OCR number."""
    rng = np.random.default_rng([seed, *kind.encode()])
    people = People(int(rng.integers(1 << 30)))
    electors = rng.integers(0, roll.rows, count)
    for near in electors.tolist():
        listed = roll.elector(near)
        if kind in PRESENT:
            person, truth = listed, near
        else:
            person, truth = _absent(kind, listed, people, rng), -1
            while roll.by_clave(person.clave) is not None:
                person = _absent(kind, listed, people, rng)
        yield _row(kind, truth, near, person, ink, people, rng, slip_cells if kind == "slip" else 0, fields, no_ocr)


def _row(
    kind: str, truth: int, near: int, person: Elector, ink: Ink, people: People, rng: np.random.Generator,
    slips: int, fields: str, no_ocr: float,
) -> Row:  # fmt: skip
    clave, ocr = person.clave.replace("Ñ", "X"), person.numero_ocr.ljust(13, "·")
    section = f"{person.seccion:04d}"
    with_ocr = fields == "all" and rng.random() >= no_ocr
    if truth >= 0:
        if rng.random() < MOVED:
            section = f"{int(rng.choice(people.sections)):04d}"
        if rng.random() < DAY_MONTH:
            clave = clave[:8] + clave[10:12] + clave[8:10] + clave[12:]
    written = [clave, ocr if with_ocr else "·" * 13, section if fields != "clave" else "·" * 4]
    for _ in range(slips):
        written = _slip(written, rng)
    written = ["".join("·" if rng.random() < UNREAD else c for c in text) for text in written]
    lattices = ink.write(written, rng)
    name = read_name(person, rng)
    return Row(
        kind, truth, near,
        Query(
            lattices[0], lattices[1] if with_ocr else None, lattices[2] if fields != "clave" else None,
            ((name, 0.8),) if fields == "all" else (), record=f"{kind}-{near}",
        ),
        with_ocr,
    )  # fmt: skip


def _slip(written: list[str], rng: np.random.Generator) -> list[str]:
    """One cell of all that is written becomes another character of its kind."""
    places = [(f, i) for f, text in enumerate(written) for i, c in enumerate(text) if c != "·"]
    field, at = places[rng.integers(len(places))]
    old = written[field][at]
    signs = "HM" if (field, at) == (0, 14) else (string.digits if old.isdigit() else string.ascii_uppercase)
    new = str(rng.choice([sign for sign in signs if sign != old]))
    written = list(written)
    written[field] = written[field][:at] + new + written[field][at + 1 :]
    return written


def read_name(person: Elector, rng: np.random.Generator) -> str:
    """The name as a line reader gives it: order as on the form, parts left out, letters wrong at a rate of its own
    (Beta(0.8, 4), mean 0.17: between the engines of peers.md 2c and 2e)."""
    paterno, materno, nombre = person.apellido_paterno, person.apellido_materno, person.nombre
    if rng.random() < 0.05 and " " in nombre:
        nombre = nombre.split()[0] if rng.random() < 0.5 else nombre.replace("MARIA", "MA.")
    if rng.random() < 0.03:
        materno = ""
    text = f"{nombre} {paterno} {materno}" if rng.random() < 0.7 else f"{paterno} {materno} {nombre}"
    rate = rng.beta(0.8, 4)
    out = []
    for sign in text.strip():
        if rng.random() >= rate or sign == " ":
            out.append(sign)
        elif rng.random() < 0.7:
            out.append(chr(65 + int(rng.integers(26))))
        elif rng.random() < 0.5:
            out += [sign, chr(65 + int(rng.integers(26)))]
    return "".join(out)


def _absent(kind: str, listed: Elector, people: People, rng: np.random.Generator) -> Elector:
    """Somebody who is not in the list and stands to ``listed`` as ``kind`` says."""
    drawn = {k: v.tolist()[0] for k, v in people.draw(1).items()}
    sex = "H" if drawn["man"] else "M"
    given = people.given[sex][drawn["nombre"]]
    paterno, materno = people.surnames[drawn["paterno"]], people.surnames[drawn["materno"]]
    born = str(np.datetime64("1930-01-01") + np.timedelta64(int(drawn["day"]), "D"))[2:].replace("-", "")
    tail, entity = f"{drawn['tail']:03d}", f"{drawn['entity']:02d}"
    section, issued, citizen = drawn["section"], drawn["issued"], f"{drawn['citizen']:09d}"
    old = listed.clave
    if kind == "homonym":
        given, paterno, materno = listed.nombre, listed.apellido_paterno, listed.apellido_materno
        born, entity, sex = old[6:12], old[12:14], old[14]
        section = listed.seccion if rng.random() < 0.1 else section
    elif kind in ("twin", "sibling"):
        paterno, materno, entity = listed.apellido_paterno, listed.apellido_materno, old[12:14]
        section = listed.seccion if rng.random() < 0.9 else section
        issued = int(listed.numero_ocr[:4] or 0) if rng.random() < 0.8 else issued
        if kind == "twin":
            born = old[6:12]
            if rng.random() < 0.3 and listed.numero_ocr:
                citizen = f"{(int(listed.numero_ocr[4:]) + int(rng.integers(1, 10))) % 10**9:09d}"
        else:
            day = np.datetime64("1930-01-01") + np.timedelta64(int(rng.integers(0, 28_000)), "D")
            born = f"{(int(old[6:8]) + int(rng.integers(1, 7)) * (1 if rng.random() < 0.5 else -1)) % 100:02d}" + str(
                day
            )[5:].replace("-", "")
    elif kind == "namesake":
        given, paterno, sex = listed.nombre, listed.apellido_paterno, old[14]
        section = listed.seccion if rng.random() < 0.5 else section
    letters = old[:6] if kind == "homonym" else derive_letters(paterno, materno, given)
    return replace(
        listed,
        clave=f"{letters}{born}{entity}{sex}{tail}",
        numero_ocr=f"{issued:04d}{citizen}",
        apellido_paterno=paterno, apellido_materno=materno, nombre=given, seccion=section,
    )  # fmt: skip


def shift(query: Query, clave: bool) -> Query:
    """The row as written by somebody who began one cell late: the clave, or else the OCR number (if there is one)."""
    empty = np.full((1, 37), -15.9, np.float32)
    empty[0, 36] = 0
    held = query.clave if clave or query.numero_ocr is None else query.numero_ocr
    assert held is not None
    moved = np.concatenate([empty, held[:-1]])
    return replace(query, clave=moved) if held is query.clave else replace(query, numero_ocr=moved)
