"""The people of the story: electors to draw from, and supports built one by one for a candidate."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from samples.city import Section
from samples.people import Elector, twin_of
from samples.plan import FIRST_DAY, LAST_DAY, Candidate, Support
from samples.sheets import Row, texts_of


class City:
    """Electors to draw from, each at most once unless a story wants them twice."""

    def __init__(self, people: Iterable[Elector], sections: Iterable[Section], seed: int) -> None:
        self.rng = random.Random(f"plan {seed}")
        self.section = {s.number: s for s in sections}
        self.people = list(people)
        self.claves = {p.clave for p in self.people}
        self._order = self.people.copy()
        self.rng.shuffle(self._order)
        self._used: set[str] = set()

    def take(self, fits: Callable[[Elector], bool]) -> Elector:
        """Somebody who fits and has not signed yet."""
        for person in self._order:
            if person.clave not in self._used and fits(person):
                self._used.add(person.clave)
                return person
        raise LookupError("nobody fits")

    def listed_in(self, candidate: Candidate, situacion: str = "VIGENTE") -> Elector:
        """Somebody of the candidate's scope with that situation."""
        return self.take(lambda p: p.situacion == situacion and self.in_scope(p, candidate))

    def outside(self, candidate: Candidate) -> Elector:
        return self.take(lambda p: p.situacion == "VIGENTE" and not self.in_scope(p, candidate))

    def in_scope(self, person: Elector, candidate: Candidate) -> bool:
        section = self.section[person.seccion]
        if candidate.cargo == "alcaldia":
            return section.demarcacion == candidate.ambito
        return str(section.district) == candidate.ambito

    def twins(self, candidate: Candidate) -> tuple[Elector, Elector]:
        """Two listed people of the scope, born on one day with the same surnames."""
        by_birth: dict[tuple[str, str, str, int], list[Elector]] = {}
        for p in self.people:
            if p.situacion == "VIGENTE" and p.clave not in self._used and self.in_scope(p, candidate):
                by_birth.setdefault((p.clave[6:12], p.paterno, p.materno, p.seccion), []).append(p)
        first, second = next(pair[:2] for pair in by_birth.values() if len(pair) > 1)
        self._used |= {first.clave, second.clave}
        return first, second

    def near_twin(self, candidate: Candidate) -> Elector:
        """Somebody who is not on the list, born on one day with somebody who is."""
        model = self.listed_in(candidate)
        given = "OFELIA" if model.clave[14] == "M" else "OCTAVIO"
        return twin_of(model, given, set(self.claves))

    def stranger(self, candidate: Candidate) -> Elector:
        """Somebody who lives in the scope and is on no list."""
        a, b = self.listed_in(candidate), self.rng.choice(self.people)
        other = replace(a, paterno=b.paterno, numero_ocr=f"{a.seccion:04d}{self.rng.randint(10**7, 10**8):09d}")
        letters = b.clave[:2] + a.clave[2:6]
        digits = f"{int(a.clave[6:8]) ^ 1:02d}{a.clave[8:10]}{self.rng.randint(1, 28):02d}"
        clave = f"{letters}{digits}{a.clave[12:15]}{self.rng.randint(0, 9)}00"
        return replace(other, clave=clave)

    def day(self, early: date = FIRST_DAY, late: date = LAST_DAY) -> date:
        return early + timedelta(days=self.rng.randrange((late - early).days + 1))

    def written(self, person: Elector, on: date | None) -> dict[str, str]:
        return texts_of(person, self.section[person.seccion].demarcacion, on)


@dataclass
class Story:
    """Builds supports; ``day`` None draws one."""

    city: City
    candidate: Candidate
    made: list[Support] = field(default_factory=list)

    def sign(self, person: Elector, case: str = "valid", on: date | None = None, **more: object) -> Support:
        """One signed row of a listed person."""
        day = on or self.city.day()
        row = Row(self.city.written(person, day), "signed")
        support = replace(Support(row, case, person.clave, day), **more)  # type: ignore[arg-type]
        self.made.append(support)
        return support

    def spoil(self, support: Support, **row: object) -> Support:
        """The last row changed on paper."""
        changed = replace(support, row=replace(support.row, **row))  # type: ignore[arg-type]
        self.made[self.made.index(support)] = changed
        return changed

    def rewrite(self, support: Support, **texts: str | None) -> Support:
        """The last row with other words in some fields; None empties a field."""
        kept = {k: v for k, v in {**support.row.texts, **texts}.items() if v is not None}
        return self.spoil(support, texts=kept)

    def valid(self, count: int) -> None:
        for _ in range(count):
            self.sign(self.city.listed_in(self.candidate))

    def unlisted(self, person: Elector, case: str) -> None:
        support = self.sign(person, case, found="not_in_list")
        self.made[-1] = replace(support, elector="")

    def ordinary_trouble(self) -> None:
        """What every campaign's sheets hold: one or two of each."""
        city, me = self.city, self.candidate
        for _ in range(2):
            self.sign(city.outside(me), "out_of_scope")
        self.sign(city.listed_in(me, "BAJA_VIGENCIA"), "baja_vigencia")
        self.sign(city.listed_in(me, "PADRON"), "padron")
        self.spoil(self.sign(city.listed_in(me), "no_signature"), signature="none")
        self.unlisted(city.stranger(me), "not_in_list")

    def mistaken_clave(self) -> None:
        """The signer wrote one character of their own clave wrong; everything else is right."""
        person = self.city.listed_in(self.candidate)
        support = self.sign(person, "signers_mistake")
        place = self.city.rng.choice([7, 9, 11])
        wrong = str((int(person.clave[place]) + 3) % 10)
        self.rewrite(support, clave_elector=person.clave[:place] + wrong + person.clave[place + 1 :])
