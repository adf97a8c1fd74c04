"""What a dictamen is made from: plain values, gathered from the store by ``assemble`` or made up by a test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from service.law.frame import Marco
from service.law.records import Aspirante, Record


@dataclass(frozen=True, slots=True)
class Rival:
    """Another aspirante of the same cargo and ámbito, under a pseudonym that holds for this annex only."""

    pseudonym: str
    constancia: date | None = None
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One record with what the annex adds to it. ``salt``: 32 random bytes, kept; empty for a rival's."""

    record: Record
    salt: bytes = b""
    rival: Rival | None = None
    decided_by: str = ""
    clave_read: str = ""
    numero_ocr_read: str = ""

    def __repr__(self) -> str:
        return f"Entry({self.record.id})"


@dataclass(frozen=True)
class Lista:
    """The lista nominal used in the match."""

    version: str
    corte: date
    fuente: str
    sha256: str
    renglones: int


@dataclass(frozen=True)
class Notice:
    """One notice of hearing: when it was given and when its term ended (local time of the city)."""

    notified_at: datetime
    term_ends: datetime


@dataclass(frozen=True)
class Hearing:
    """The hearing record: notices, and rows claimed, granted, denied."""

    notices: tuple[Notice, ...] = ()
    claimed: int = 0
    granted: int = 0
    denied: int = 0


@dataclass(frozen=True)
class Originals:
    """Sheets: declared by the aspirante on delivery (None if no count was declared), scanned, checked in."""

    declared: int | None
    scanned: int
    received: int


@dataclass(frozen=True)
class Pages:
    """How far the machine is with the pages: what nobody has read may hold records that nobody counted.

    ``unread``: received and never read; ``unlaid``: read, their records not yet taken from them; ``unmatched``:
    records never compared with the list; ``faults``: jobs put aside with a fault, and ``open_jobs`` still to do.
    ``rivals_waiting``: the same four of the rivals, summed.
    """

    received: int
    unread: int = 0
    unlaid: int = 0
    unmatched: int = 0
    open_jobs: int = 0
    faults: int = 0
    rivals_waiting: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Look:
    """What one person saw: ``clave`` and ``fecha`` (ISO) as written, empty where they cannot be read.

    ``listed``: the key written is that of somebody in the lista nominal of the scope. ``same``: where it is not the
    elector's, whether this person, shown the elector after writing, says that the row is of that elector (None: not
    asked, or not answered yet).
    """

    clave: str
    fecha: str
    signed: bool
    in_order: bool
    listed: bool = True
    same: bool | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Drawn:
    """One record drawn, what was held about it then (``elector`` empty: nobody), and the looks in their order."""

    stratum: str
    place: int
    record: str
    clase: str
    elector: str
    clave_read: str
    fecha_read: str
    looks: tuple[Look, ...] = ()


@dataclass(frozen=True, slots=True)
class Sampled:
    """Where a stratum's sample comes from: anyone with the sealed list and the seed draws it again."""

    stratum: str
    records: int
    frame_sha256: str
    seed: str
    drawn: int
    drawn_before: int = 0
    """Earlier frames of this stratum that were drawn too, and """
    enlarged: int = 0
    """times this sample was enlarged: a figure that was tried for must show it."""


@dataclass(frozen=True)
class Measured:
    """One more figure of the error statement: errors found among cases; no case = not measured."""

    key: str
    what: str
    errors: int
    cases: int
    method: str


@dataclass(frozen=True)
class Recorded:
    """An eligibility notice of another authority, recorded and never decided here (310, 317, 319, 321, 383)."""

    matter: str
    basis: str
    source: str
    on: date


@dataclass(frozen=True)
class Supersession:
    """The dictamen that this one replaces, and why."""

    folio: str
    sha256: str
    motive: str


@dataclass(frozen=True, repr=False)
class Expediente:
    """All that one dictamen is made from.

    ``entries`` is called once for each pass and yields the entries in ascending order of the elector's key,
    those without one first: that is what keeps memory flat. It holds every record of the aspirante, and of
    rivals (same cargo, same ámbito) those of an elector who also stands in a record of the aspirante, and
    those whose match is still open.
    ``proceso`` is the process file as loaded (contracts.md), ``parametros_version`` names its version.
    """

    folio: str
    proceso: Mapping[str, Any]
    parametros_version: str
    aspirante: Aspirante
    nombre: str
    marco: Marco
    marco_source: str
    lista: Lista
    entries: Callable[[], Iterable[Entry]]
    originals: Originals
    pages: Pages
    hearing: Hearing = Hearing()
    samples: tuple[Sampled, ...] = ()
    drawn: tuple[Drawn, ...] = ()
    measured: tuple[Measured, ...] = ()
    recorded: tuple[Recorded, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    audit_head: str = ""
    supersedes: Supersession | None = None
    outlines: Mapping[str, Any] = field(default_factory=dict)
    """Optional map: code of demarcación or district -> rings of whole-number points (``outlines.simplify``)."""
