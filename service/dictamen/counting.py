"""Counting an expediente as a stream: the law rules elector by elector, so memory never holds all records.

An elector's records are settled together (art. 323 párr. 13) and apart from every other elector's, and the law's
running counts of a side are sums over electors. Entries therefore come in ascending order of the elector's key
and are ruled in blocks that never part an elector.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from service.dictamen.expediente import Entry
from service.errors import Refused
from service.law.contest import Side
from service.law.dispersion import Units
from service.law.frame import Marco
from service.law.plazos import Period, parrafo_6_periodo
from service.law.proceso import Proceso
from service.law.records import Aspirante, Clase, Ruling, Tally
from service.law.ruling import Rulings, rule
from service.law.tally import tally
from service.law.umbral import Umbral, parrafo_1_umbral

K = TypeVar("K")
BLOCK = 10_000  # records ruled at once: bench/dictamen, 200,000 records within 60 s and a flat peak


@dataclass(frozen=True)
class Count:
    """What the records come to for the aspirante."""

    tally: Tally
    umbral: Umbral
    units: Units
    period: Period
    contested: int  # electors with records of the aspirante and of another
    own_rows: int
    rival_rows: int
    in_hearing: int  # records of the aspirante in hearing whose primary class is not Q3


class Counter:
    """Rules a stream of entries and keeps the running counts of the aspirante's side."""

    def __init__(self, proceso: Proceso, marco: Marco, aspirante: Aspirante) -> None:
        self.proceso, self.marco, self.aspirante = proceso, marco, aspirante
        self.state: Rulings = rule([], proceso, marco, [aspirante])
        self.contested = self.own_rows = self.rival_rows = self.in_hearing = 0

    def feed(self, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Ruling]]:
        """Each entry with its ruling, in the order given.

        Raises Refused ``EXPEDIENTE_DESORDENADO`` when an elector's key is smaller than the one before it.
        """
        block: list[Entry] = []
        last = ""
        for entry in entries:
            key = entry.record.elector or ""
            if key < last:
                raise Refused("EXPEDIENTE_DESORDENADO", "Los registros no vienen en orden de la clave del elector.")
            if len(block) >= BLOCK and (key != last or not key):
                yield from self._rule(block)
                block = []
            block.append(entry)
            last = key
        if block:
            yield from self._rule(block)

    def count(self) -> Count:
        """The figures once the stream has ended."""
        return Count(
            tally=tally(self.state, self.aspirante.id),
            umbral=parrafo_1_umbral(self.aspirante, self.proceso, self.marco),
            units=self.state.side(self.aspirante.id).contest.units,
            period=parrafo_6_periodo(self.aspirante, self.proceso),
            contested=self.contested,
            own_rows=self.own_rows,
            rival_rows=self.rival_rows,
            in_hearing=self.in_hearing,
        )

    def _rule(self, block: list[Entry]) -> Iterator[tuple[Entry, Ruling]]:
        rivals = {entry.rival.pseudonym: entry.rival for entry in block if entry.rival is not None}
        others = [
            Aspirante(name, self.aspirante.cargo, self.aspirante.ambito, rival.constancia, rival.withdrawn_on)
            for name, rival in rivals.items()
        ]
        ruled = rule((entry.record for entry in block), self.proceso, self.marco, [self.aspirante, *others])
        for name in ruled.sides:
            self._add(ruled, name)
        self._count_contested(block)
        for entry, ruling in zip(block, ruled, strict=True):
            if entry.rival is None and entry.record.in_hearing and ruling.clase is not Clase.Q3:
                self.in_hearing += 1
            yield entry, ruling

    def _add(self, ruled: Rulings, name: str) -> None:
        part, own = ruled.sides[name], self.state.side(self.aspirante.id).contest
        whole = self.state.sides.get(name)
        if whole is None:
            competes = part.contest is ruled.side(self.aspirante.id).contest
            contest = own if competes else part.contest
            whole = Side(part.aspirante, len(contest.sides) if competes else part.index, contest, part.court)
            self.state.sides[name] = whole
            if competes:
                own.sides.append(whole)
        whole.by_class = [a + b for a, b in zip(whole.by_class, part.by_class, strict=True)]
        _sum(whole.valid, part.valid)
        _sum(whole.always, part.always)
        _sum(whole.maybe, part.maybe)
        _sum(whole.tied, part.tied)
        _sum(whole.wild, part.wild)

    def _count_contested(self, block: list[Entry]) -> None:
        own = {e.record.elector for e in block if e.rival is None and e.record.elector}
        contested = {e.record.elector for e in block if e.rival is not None} & own
        self.contested += len(contested)
        rivals = sum(entry.rival is not None for entry in block)
        self.rival_rows += rivals
        self.own_rows += len(block) - rivals


def _sum(whole: dict[K, int], part: dict[K, int]) -> None:
    for key, number in part.items():
        whole[key] = whole.get(key, 0) + number
