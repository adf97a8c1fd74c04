"""Who signs for whom: the story that the samples tell, row by row, before anybody draws it.

Four aspirantes. Renata reaches everything (CUMPLE). Tomás stays short whatever is still decided (NO_CUMPLE).
Lucero's result hangs on a sheet whose original has not come, on ties with Tomás and on rows left undecided
(INDETERMINADO). Gael, Renata's rival, stays short too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from samples.cast import City, Story
from samples.plan import CANDIDATES, GAEL, LUCERO, NOBODY, RENATA, ROWS, TOMAS, Candidate, SheetPlan, Support


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
