"""Who signs for whom: the story that the samples tell, row by row, before anybody draws it.

Four aspirantes. Renata reaches everything (CUMPLE). Tomás stays short whatever is still decided (NO_CUMPLE).
Lucero's result hangs on a sheet whose original has not come, on ties with Tomás and on rows left undecided
(INDETERMINADO). Gael, Renata's rival, stays short too.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from samples.city import Section
from samples.people import Elector, twin_of
from samples.sheets import Row, texts_of

FIRST_DAY, LAST_DAY = date(2026, 11, 20), date(2027, 1, 18)
RECEIVED = date(2027, 1, 19)
ROWS = 8


@dataclass(frozen=True, slots=True)
class Candidate:
    """An aspirante of the samples; ``number`` is also the series of their folios."""

    number: int
    slug: str
    nombre: str
    cargo: str
    ambito: str
    constancia: date = date(2026, 11, 19)


RENATA = Candidate(1, "renata", "RENATA AURORA CAUCE LAGUNA", "alcaldia", "006")
TOMAS = Candidate(2, "tomas", "TOMÁS QUETZALCO NUBE", "diputacion", "17")
LUCERO = Candidate(3, "lucero", "LUCERO CELESTE FARO BRUMA", "diputacion", "17")
GAEL = Candidate(4, "gael", "GAEL SILVESTRE MONTE RIVERA", "alcaldia", "006")
CANDIDATES = (RENATA, TOMAS, LUCERO, GAEL)
NOBODY = Candidate(77, "nadie", "CORNELIA ARENA FINGIDA", "diputacion", "17")
"""On whose name, and series, no sheet was ever issued."""


@dataclass(frozen=True, slots=True)
class Support:
    """One inked row as it truly is. ``elector`` is the clave of whoever signed, if they are on the list.

    ``found`` is what an honest reviewer sees: elector, not_in_list, illegible or mismatch (clave and name of two
    people). ``case`` says in a word why the row is here; ``undecided`` names the questions left unanswered.
    """

    row: Row
    case: str = "valid"
    elector: str = ""
    fecha: date | None = None
    found: str = "elector"
    struck: bool = False
    undecided: tuple[str, ...] = ()

    @property
    def signed(self) -> bool:
        return self.row.signature in ("signed", "print")


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """One sheet of paper. ``series`` and ``serial`` are what is printed on it; ``uploaded_by`` whose batch it is
    in. ``copy``: none, bw, colour. ``foreign``: its folio is not this aspirante's own (or is used twice).
    ``supports`` has one place a row, None where the row is blank. ``style``: how it is written and scanned."""

    uploaded_by: Candidate
    series: int
    serial: int
    supports: tuple[Support | None, ...]
    hand: str = "fonts"
    copy: str = "none"
    foreign: bool = False
    original: bool = True
    paper: str = "offset"
    tags: frozenset[str] = frozenset()


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


def tell(city: City) -> list[SheetPlan]:
    """Every sheet of the four, in the order of their folios, then the odd ones."""
    renata, tomas, lucero, gael = (Story(city, candidate) for candidate in CANDIDATES)
    shared = _alcaldia_rivals(city, renata, gael)
    _renata(city, renata)
    _gael(gael)
    _diputacion_rivals(city, tomas, lucero)
    _tomas(city, tomas)
    _lucero(city, lucero)
    late = Story(city, LUCERO)
    late.valid(ROWS)
    plans = [
        *_bind(renata, hands=("typed", "fonts", "fonts", "aide"), blanks=shared),
        *_bind(tomas, hands=("fonts", "typed", "aide"), blanks=0),
        *_bind(lucero, hands=("fonts", "fonts", "typed"), blanks=1),
        *_bind(gael, hands=("fonts", "typed"), blanks=0),
    ]
    last = max(p.serial for p in plans if p.uploaded_by is LUCERO)
    plans.append(
        SheetPlan(LUCERO, LUCERO.number, last + 1, tuple(late.made), original=False, tags=frozenset({"late"}))
    )
    return plans + _odd_sheets(city, plans)


def _alcaldia_rivals(city: City, renata: Story, gael: Story) -> int:
    """Electors who signed for both candidates of the alcaldía. Returns how many rows stay blank (one)."""
    for _ in range(4):  # Gael's signature is the later one: it counts for him
        person, day = city.listed_in(RENATA), city.day(late=date(2027, 1, 4))
        renata.sign(person, "rival_later", day)
        gael.sign(person, "latest_of_two", day + timedelta(days=city.rng.randint(1, 12)))
    for _ in range(3):
        person, day = city.listed_in(RENATA), city.day(late=date(2027, 1, 4))
        gael.sign(person, "rival_later", day)
        renata.sign(person, "latest_of_two", day + timedelta(days=city.rng.randint(1, 12)))
    for _ in range(2):
        person, day = city.listed_in(RENATA), city.day()
        renata.sign(person, "tie", day)
        gael.sign(person, "tie", day)
    return 1


def _renata(city: City, story: Story) -> None:
    story.valid(58)
    for _ in range(2):
        story.ordinary_trouble()
    for situacion, case in (("BAJA_DEFUNCION", "baja_defuncion"), ("BAJA_SUSPENSION", "baja_suspension")):
        try:
            story.sign(city.listed_in(RENATA, situacion), case)
        except LookupError:
            story.sign(city.take(lambda p, s=situacion: p.situacion == s), case)
    for gap in (-6, 0, 9):  # somebody who signed twice for the same candidate
        person, day = city.listed_in(RENATA), city.day(date(2026, 12, 1), date(2027, 1, 5))
        story.sign(person, "twice", day)
        story.sign(person, "twice", day + timedelta(days=gap))
    for twin in city.twins(RENATA):
        story.sign(twin, "listed_twin")
    story.unlisted(city.near_twin(RENATA), "near_twin")
    story.mistaken_clave()
    story.mistaken_clave()
    story.spoil(story.sign(city.listed_in(RENATA), "fingerprint"), signature="print")
    story.spoil(story.sign(city.listed_in(RENATA), "dash_for_signature"), signature="dash")
    story.spoil(story.sign(city.listed_in(RENATA), "row_struck", struck=True), strike="row")
    story.spoil(story.sign(city.listed_in(RENATA), "clave_struck", struck=True), strike="clave_elector")
    spoilt = ("nombre", "clave_elector", "numero_ocr")
    support = story.sign(city.listed_in(RENATA), "illegible", found="illegible", struck=True)
    story.spoil(support, blot=spoilt)
    story.made[-1] = replace(story.made[-1], elector="")
    story.sign(city.listed_in(RENATA), "before_window", date(2026, 11, 12))
    story.sign(city.listed_in(RENATA), "after_window", date(2027, 1, 21))
    mixed = story.sign(city.listed_in(RENATA), "clave_of_another", found="mismatch")
    story.rewrite(mixed, nombre=city.listed_in(RENATA).full_name)
    story.rewrite(story.sign(city.listed_in(RENATA), "no_ocr_number"), numero_ocr=None)
    story.rewrite(story.sign(city.listed_in(RENATA), "no_ocr_number"), numero_ocr=None)
    with_number = city.take(
        lambda p: p.situacion == "VIGENTE" and len(p.numero_ocr) == 13 and city.in_scope(p, RENATA)
    )
    story.rewrite(story.sign(with_number, "no_clave"), clave_elector=None)
    undated = story.rewrite(story.sign(city.listed_in(RENATA), "no_date"), fecha=None)
    story.made[story.made.index(undated)] = replace(undated, fecha=None)


def _gael(story: Story) -> None:
    story.valid(5)
    story.ordinary_trouble()


def _diputacion_rivals(city: City, tomas: Story, lucero: Story) -> None:
    for _ in range(3):  # the same day for both: nobody's until it is decided
        person, day = city.listed_in(LUCERO), city.day()
        tomas.sign(person, "tie", day)
        lucero.sign(person, "tie", day)
    for _ in range(2):
        person, day = city.listed_in(LUCERO), city.day(late=date(2027, 1, 4))
        tomas.sign(person, "rival_later", day)
        lucero.sign(person, "latest_of_two", day + timedelta(days=city.rng.randint(1, 10)))
    person, day = city.listed_in(LUCERO), city.day(late=date(2027, 1, 4))
    lucero.sign(person, "rival_later", day)
    tomas.sign(person, "latest_of_two", day + timedelta(days=5))


def _tomas(city: City, story: Story) -> None:
    story.valid(3)
    for _ in range(3):
        story.ordinary_trouble()
    for _ in range(6):
        story.sign(city.outside(TOMAS), "out_of_scope")
    story.unlisted(city.near_twin(TOMAS), "near_twin")
    story.spoil(story.sign(city.listed_in(TOMAS), "tick_for_signature"), signature="tick")


def _lucero(city: City, story: Story) -> None:
    story.valid(7)
    for _ in range(2):
        story.ordinary_trouble()
    for _ in range(2):
        support = story.sign(
            city.listed_in(LUCERO),
            "illegible_undecided",
            found="illegible",
            struck=True,
            undecided=("match", "strike"),
        )
        story.spoil(support, blot=("nombre", "clave_elector", "numero_ocr"))
        story.made[-1] = replace(story.made[-1], elector="")
    unsigned = story.sign(city.listed_in(LUCERO), "no_signature_undecided", undecided=("signature",))
    story.spoil(unsigned, signature="none")
    person, day = city.listed_in(LUCERO), date(2026, 12, 3)
    story.sign(person, "twice", day)
    story.sign(person, "twice", day + timedelta(days=20))


def _bind(story: Story, *, hands: tuple[str, ...], blanks: int) -> Iterator[SheetPlan]:
    """The supports in the order people met the table, eight a sheet, with a blank row here and there."""
    rng, places = story.city.rng, list[Support | None](story.made)
    rng.shuffle(places)
    for _ in range(blanks):
        places.insert(rng.randrange(2, len(places) - 2), None)
    for number, start in enumerate(range(0, len(places), ROWS)):
        rows = places[start : start + ROWS]
        supports = tuple(rows + [None] * (ROWS - len(rows)))
        paper = ("offset", "colour", "offset", "inkjet", "offset", "black")[number % 6]
        me = story.candidate
        yield SheetPlan(me, me.number, number + 1, supports, hands[number % len(hands)], paper=paper)


def _odd_sheets(city: City, plans: list[SheetPlan]) -> list[SheetPlan]:
    """Copies, strangers' folios, one folio with other ink."""

    def next_serial(candidate: Candidate) -> int:
        return max(p.serial for p in [*plans, *odd] if p.series == candidate.number) + 1

    def supports(candidate: Candidate, count: int, case: str) -> tuple[Support | None, ...]:
        story = Story(city, candidate)
        for _ in range(count):
            story.sign(city.listed_in(candidate), case)
        return tuple(story.made) + (None,) * (ROWS - count)

    odd: list[SheetPlan] = []
    bw = supports(RENATA, 7, "photocopy_bw")
    odd.append(SheetPlan(RENATA, 1, next_serial(RENATA), bw, "fonts", "bw", tags=frozenset({"copy"})))
    colour = supports(TOMAS, 5, "photocopy_colour")
    odd.append(SheetPlan(TOMAS, 2, next_serial(TOMAS), colour, "fonts", "colour", tags=frozenset({"copy"})))
    other = supports(RENATA, 4, "anothers_sheet")
    odd.append(SheetPlan(RENATA, 4, next_serial(GAEL), other, "fonts", foreign=True, tags=frozenset({"foreign"})))
    unknown = supports(TOMAS, 3, "unknown_folio")
    odd.append(SheetPlan(TOMAS, NOBODY.number, 5, unknown, "aide", foreign=True, tags=frozenset({"foreign"})))
    first = next(p for p in plans if p.uploaded_by is RENATA and p.serial == 3)
    ink = supports(RENATA, 5, "same_folio_other_ink")
    odd.append(
        SheetPlan(RENATA, 1, first.serial, ink, "fonts", foreign=True, paper="black", tags=frozenset({"other_ink"}))
    )
    return odd
