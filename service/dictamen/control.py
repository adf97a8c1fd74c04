"""The blind second look at a random sample, and the error that it measures: pure, from what people saw.

Two strata are sealed before the seed is known: records that the machine identified by itself, and records that
people rejected (each already by two persons, the second blind to the first: ``service.desk.decisions``). A person
who never answered about a drawn record writes what the paper says: key, date, whether it is signed and in order.
Only then, where the key written is not the elector's (a slip of the signer, another person), the same person is
shown the elector and says whether the row is theirs. Where that contradicts what was held, a second such person
looks, blind to the first; what was held counts as an error only if both contradict it. A sample is measured when
all of it was looked at: an unseen part is not a "no".

Sampling is without replacement, so the binomial interval of ``service.dictamen.intervals`` is if anything too wide.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.dictamen.annexes import read_rows
from service.dictamen.expediente import Drawn, Look, Sampled
from service.dictamen.intervals import clopper_pearson, rate

MACHINE, PEOPLE = "maquina", "personas"
ANNEX = "annex_control.csv"
LOOK_COLUMNS = ("clave", "fecha", "firma", "regla", "lista", "misma")
COLUMNS = (
    "stratum", "place", "record", "clase", "elector", "clave_read", "fecha_read",
    *(f"{name}_{number}" for number in (1, 2) for name in LOOK_COLUMNS),
)  # fmt: skip
IN_THE_LIST = frozenset({"N", "I4"})
"""Wrongly rejected if the key can be read and is that of somebody in the lista nominal of the scope."""
ON_THE_PAPER = frozenset({"I1", "I3", "I7", "I8", "I9"})
"""Wrongly rejected if the row is signed and in order."""
CONTRADICTABLE = IN_THE_LIST | ON_THE_PAPER
"""What people establish and the paper alone can contradict. It cannot contradict that data are simulated or a
credential void (I5, I6, I10), a date that people read (I11) or a disavowal (I12): those are outside the stratum."""
NOT_MEASURED = "no medido"


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of the statement: its stratum, and whether a look contradicts what was held."""

    key: str
    stratum: str
    concept: str
    contradicts: Callable[[Drawn, Look], bool]
    applies: Callable[[Drawn], bool] = lambda _: True
    reach: str = ""
    """What the method must say it cannot see."""


def is_whole(drawn: Drawn, look: Look) -> bool:
    """Whether the look is complete: the question on the person was answered where it had to be asked."""
    return not drawn.elector or look.clave == drawn.elector or look.same is not None


def of_another(drawn: Drawn, look: Look) -> bool:
    """The key written is not the elector's, and the row is not theirs in this person's eyes either."""
    return look.clave != drawn.elector and look.same is False


def not_this_person(drawn: Drawn, look: Look) -> bool:
    """The paper does not bear out an accepted record: of another person, not signed, or out of order."""
    return of_another(drawn, look) or not look.signed or not look.in_order


def should_count(drawn: Drawn, look: Look) -> bool:
    """The paper does not show the cause for which people rejected the record."""
    if drawn.clase in IN_THE_LIST:
        return bool(look.clave) and look.listed
    return drawn.clase in ON_THE_PAPER and look.signed and look.in_order


MEASURES = (
    Measure(
        "lectura_clave", MACHINE, "Clave de elector leída por la máquina", lambda d, look: look.clave != d.clave_read
    ),
    Measure(
        "lectura_fecha",
        MACHINE,
        "Fecha leída por la máquina",
        lambda d, look: look.fecha != d.fecha_read,
        lambda d: bool(d.fecha_read),
    ),
    Measure("aceptado", MACHINE, "Aceptado por la máquina sin que debiera", not_this_person),
    Measure(
        "rechazado",
        PEOPLE,
        "Rechazado por personas sin que debiera",
        should_count,
        reach="; sólo lo que el papel puede contradecir (N, I1, I3, I4, I7, I8, I9)",
    ),
)


STRATA = {measure.key: measure.stratum for measure in MEASURES}


def contradicts(drawn: Drawn, look: Look) -> bool:
    """Whether a look contradicts anything measured of this record: then a second person must look."""
    return any(m.stratum == drawn.stratum and m.applies(drawn) and m.contradicts(drawn, look) for m in MEASURES)


def is_seen(drawn: Drawn) -> bool:
    """Whether no look is missing: one that contradicts nothing suffices, else two."""
    if not drawn.looks or not all(is_whole(drawn, look) for look in drawn.looks):
        return False
    return len(drawn.looks) > 1 or not contradicts(drawn, drawn.looks[0])


def is_error(measure: Measure, drawn: Drawn) -> bool:
    """Whether two persons, blind to each other, both contradict what was held."""
    return len(drawn.looks) > 1 and all(measure.contradicts(drawn, look) for look in drawn.looks[:2])


def count_errors(measure: Measure, drawn: Iterable[Drawn]) -> tuple[int, int, bool]:
    """(errors, cases, whether every drawn record of the stratum has been seen)."""
    errors = cases = 0
    whole = True
    for one in drawn:
        if one.stratum != measure.stratum:
            continue
        whole &= is_seen(one)
        if measure.applies(one):
            cases += 1
            errors += is_error(measure, one)
    return errors, cases, whole


def statement(samples: Sequence[Sampled], drawn: Sequence[Drawn]) -> list[dict[str, Any]]:
    """The lines of the error statement that the sample gives; a stratum without sample, or half seen, says so."""
    by_stratum = {one.stratum: one for one in samples}
    lines = []
    for measure in MEASURES:
        sample = by_stratum.get(measure.stratum)
        mine = [one for one in drawn if one.stratum == measure.stratum]
        errors, cases, whole = count_errors(measure, mine)
        method = _method(sample, sum(is_seen(one) for one in mine), whole) + measure.reach
        origin = None if sample is None else _origin(sample)
        measured = sample is not None and whole
        lines.append(figure(measure.key, measure.concept, errors, cases if measured else 0, method, origin))
    return lines


def figure(
    key: str, concept: str, errors: int, cases: int, method: str, origin: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A line of the statement; without cases it says that it was not measured."""
    head = {"medida": key, "concepto": concept, "metodo": method, "muestra": None if origin is None else dict(origin)}
    if not cases:
        return {**head, "tasa": NOT_MEASURED}
    interval = list(clopper_pearson(errors, cases))
    return {**head, "errores": errors, "casos": cases, "tasa": rate(errors, cases), "intervalo_95": interval}


def _origin(sample: Sampled) -> dict[str, Any]:
    return {
        "registros": sample.records,
        "sorteados": sample.drawn,
        "semilla": sample.seed,
        "sorteos_anteriores": sample.drawn_before,
        "ampliaciones": sample.enlarged,
        "marco_sha256": sample.frame_sha256,
    }


def _method(sample: Sampled | None, seen: int, whole: bool) -> str:
    if sample is None:
        return "no se ha sorteado una muestra de estos registros"
    if not whole:
        return f"muestra incompleta: vistos {seen} de {sample.drawn} sorteados"
    tries = [f"marco {sample.drawn_before + 1} de {sample.drawn_before + 1} sorteados"] if sample.drawn_before else []
    if sample.enlarged:
        tries.append(f"ampliada {sample.enlarged} {'vez' if sample.enlarged == 1 else 'veces'}")
    return (
        f"muestra al azar de {sample.drawn} de {sample.records} registros, vistos a ciegas; es error lo que "
        f"contradicen dos personas{'; ' + ', '.join(tries) if tries else ''}"
    )


def rows_of(drawn: Iterable[Drawn]) -> Iterator[list[str]]:
    """The rows of the annex of the sample, in the order of ``COLUMNS``."""
    for one in drawn:
        looks = [[x.clave, x.fecha, *map(_flag, (x.signed, x.in_order, x.listed, x.same))] for x in one.looks[:2]]
        looks += [[""] * len(LOOK_COLUMNS)] * (2 - len(looks))
        held = [one.stratum, str(one.place), one.record, one.clase, one.elector, one.clave_read, one.fecha_read]
        yield [*held, *looks[0], *looks[1]]


def write_control(path: Path, drawn: Iterable[Drawn]) -> int:
    """Write the annex of the sample; gives its number of rows."""
    rows = list(rows_of(drawn))
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([COLUMNS, *rows])
    return len(rows)


def read_control(path: Path) -> list[Drawn]:
    """The sample as its annex tells it. Raises Refused (columns) or ValueError where a row is none."""
    found = []
    with path.open(encoding="utf-8", newline="") as stream:
        for row in read_rows(stream, COLUMNS):
            stratum, place, record, clase, elector, clave_read, fecha_read, *said = row
            if stratum not in (MACHINE, PEOPLE):
                raise ValueError("un estrato desconocido en la muestra")
            looks = tuple(
                Look(clave, fecha, _truth(signed), _truth(in_order), _truth(listed), _truth(same) if same else None)
                for clave, fecha, signed, in_order, listed, same in (said[:6], said[6:])
                if signed
            )
            found.append(Drawn(stratum, int(place), record, clase, elector, clave_read, fecha_read, looks))
    return found


def _flag(value: bool | None) -> str:
    return "" if value is None else "1" if value else "0"


def _truth(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("un sí o no de la muestra que no es 0 ni 1")
    return text == "1"
