"""The words of the law room: what is ruled (Record), on whom (Aspirante), and what comes out (Ruling).

Plain frozen values. A record carries an elector *key* (the clave or any stable stand-in) and never a name,
an address or an image. Citations: CIPECDMX = Código de Instituciones y Procedimientos Electorales de la
Ciudad de México.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Cargo(StrEnum):
    """The three kinds of election (arts. 310, 314-316); art. 323 párr. 13 and 14 c) work within one kind."""

    JEFATURA = "jefatura"
    ALCALDIA = "alcaldia"
    DIPUTACION = "diputacion"


class Clase(StrEnum):
    """The taxonomy: what a record is, in the order in which one class prevails as the primary one.

    ``orden`` is that precedence (0 prevails over all).
    """

    orden: int

    def __new__(cls, value: str) -> Clase:
        member = str.__new__(cls, value)
        member._value_ = value
        member.orden = len(cls.__members__)
        return member

    I9 = "I9"  # formato no aprobado o folio ajeno
    I2 = "I2"  # presentación electrónica no admitida
    I1 = "I1"  # fotocopia
    I3 = "I3"  # sin firma
    I4 = "I4"  # ilegible
    N = "N"  # datos no encontrados
    B1 = "B1"  # baja: defunción
    B2 = "B2"  # baja: suspensión de derechos
    B3 = "B3"  # baja: pérdida de vigencia
    B4 = "B4"  # baja: duplicado
    B5 = "B5"  # baja: datos irregulares
    B6 = "B6"  # baja: domicilio irregular
    B7 = "B7"  # baja: usurpación de identidad
    B8 = "B8"  # baja: determinación judicial
    B9 = "B9"  # baja: otra causa
    P = "P"  # en el padrón, no en la lista nominal
    G = "G"  # fuera del ámbito
    I5 = "I5"  # clave y nombre no corresponden
    I6 = "I6"  # credencial no válida
    I7 = "I7"  # sin copia de la credencial
    I8 = "I8"  # tachadura o enmendadura
    I10 = "I10"  # datos simulados o firma presuntamente apócrifa
    I11 = "I11"  # fecha fuera del periodo
    I12 = "I12"  # desconocida por la persona
    Q1 = "Q1"  # en procesamiento, o sin original recibido
    Q2 = "Q2"  # en mesa de control
    Q3 = "Q3"  # en audiencia
    DT = "DT"  # empate de fecha
    D2 = "D2"  # duplicado con otro aspirante, de fecha anterior
    D1 = "D1"  # duplicado del mismo aspirante
    V = "V"  # válido

    @property
    def pending(self) -> bool:
        """Nobody has decided yet: it does not count and may still come to count."""
        return self in PENDING


PENDING = frozenset({Clase.Q1, Clase.Q2, Clase.Q3})


class Situacion(StrEnum):
    """Where the elector stands in the registry at the cut of the match (contracts.md, lista nominal)."""

    VIGENTE = "VIGENTE"
    PADRON = "PADRON"
    BAJA_DEFUNCION = "BAJA_DEFUNCION"
    BAJA_SUSPENSION = "BAJA_SUSPENSION"
    BAJA_VIGENCIA = "BAJA_VIGENCIA"
    BAJA_DUPLICADO = "BAJA_DUPLICADO"
    BAJA_DATOS_IRREGULARES = "BAJA_DATOS_IRREGULARES"
    BAJA_DOMICILIO_IRREGULAR = "BAJA_DOMICILIO_IRREGULAR"
    BAJA_USURPACION = "BAJA_USURPACION"
    BAJA_JUDICIAL = "BAJA_JUDICIAL"
    BAJA_OTRA = "BAJA_OTRA"


CLASE_OF_SITUACION: Mapping[Situacion, Clase] = {
    Situacion.PADRON: Clase.P,
    Situacion.BAJA_DEFUNCION: Clase.B1,
    Situacion.BAJA_SUSPENSION: Clase.B2,
    Situacion.BAJA_VIGENCIA: Clase.B3,
    Situacion.BAJA_DUPLICADO: Clase.B4,
    Situacion.BAJA_DATOS_IRREGULARES: Clase.B5,
    Situacion.BAJA_DOMICILIO_IRREGULAR: Clase.B6,
    Situacion.BAJA_USURPACION: Clase.B7,
    Situacion.BAJA_JUDICIAL: Clase.B8,
    Situacion.BAJA_OTRA: Clase.B9,
}

NONE: frozenset[Clase] = frozenset()  # share it: each empty frozenset() of one's own weighs 216 bytes


@dataclass(frozen=True, slots=True)
class Record:
    """One row of one received sheet that bears any ink: one support, as far as it is known today.

    ``elector`` is the key of the person in the list, or None while unknown; ``situacion`` and ``seccion``
    (an int, never what was handwritten) come with it from the list. ``fecha`` is the row's own date;
    ``sheet_date`` the sheet's. ``established`` holds what people found, ``suspected`` signals on which
    nobody has ruled, ``cleared`` what a person looked at and dismissed (it silences the proposals of the
    rule: I11, I7 for a missing copy, I2 for the channel). ``open_match``: a reading or a match is open, so
    ``elector`` is at most a proposal. ``prevails``: officials decided a tie of dates for this record (it is
    the last of its day, and settled records of unknown date came before it).
    ``credential_copy`` is None when nobody looked for it.
    """

    id: str
    aspirante: str
    received: date
    elector: str | None = None
    situacion: Situacion | None = None
    seccion: int | None = None
    fecha: date | None = None
    sheet_date: date | None = None
    original_received: bool = False
    unprocessed: bool = False
    open_match: bool = False
    in_hearing: bool = False
    established: frozenset[Clase] = NONE
    suspected: frozenset[Clase] = NONE
    cleared: frozenset[Clase] = NONE
    prevails: bool = False
    channel: str = "papel"
    credential_copy: bool | None = None
    batch: str = ""
    sheet: str = ""
    folio: str = ""
    page: int = 0
    row: int = 0

    def __repr__(self) -> str:
        return f"Record({self.id})"


@dataclass(frozen=True, slots=True)
class Aspirante:
    """Someone who seeks registration without a party, from the day of the constancia (art. 311)."""

    id: str
    cargo: Cargo
    ambito: str  # "" for jefatura, "002".."017" for alcaldía, "1".."33" for diputación
    constancia: date | None = None
    withdrawn_on: date | None = None

    def __repr__(self) -> str:
        return f"Aspirante({self.id})"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the law says of one record: one primary class, every reason, and nothing hidden.

    ``reasons`` are established (by people or by rule), ``suspected`` open signals, both in order of
    precedence. ``cita``, ``sentence`` and ``reasons_text`` are derived (service.law.sentences).
    """

    record: Record
    clase: Clase
    reasons: tuple[Clase, ...] = ()
    suspected: tuple[Clase, ...] = ()

    @property
    def counts(self) -> bool:
        """Only V counts."""
        return self.clase is Clase.V

    @property
    def secondary(self) -> tuple[Clase, ...]:
        """The established reasons besides the primary one: curing the first would reveal these."""
        return tuple(reason for reason in self.reasons if reason is not self.clase)

    @property
    def reasons_text(self) -> str:
        """Established reasons, then suspected ones with a question mark, as in ``I3;I8?`` (contracts.md)."""
        return ";".join([*self.reasons, *(f"{reason}?" for reason in self.suspected)])


class Resultado(StrEnum):
    """What may be said of an aspirante: the first two only if true in every completion (domain.md J.1)."""

    CUMPLE = "CUMPLE"
    NO_CUMPLE = "NO_CUMPLE"
    INDETERMINADO = "INDETERMINADO"


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the dispersion (art. 323 párr. 2): units reached, and whether that is enough."""

    reached: int
    meets: bool
    outcome: Resultado


@dataclass(frozen=True, slots=True)
class Tally:
    """The count of one aspirante; ``tally_to_json`` gives the document of contracts.md."""

    aspirante: str
    required: int
    valid: int
    pending: int
    ties: int
    received: int
    by_class: Mapping[str, int]
    dispersion: Mapping[str, int]
    n: int
    k: int
    readings: Mapping[str, Reading | None]
    outcome: Resultado
    sensitive_to_reading: bool
    least: int  # supports that count in every completion
    most: int  # supports that count in the best completion
    ties_decide: bool
    version: str  # of the parameters it was counted under
    warnings: tuple[str, ...] = field(default=())

    @property
    def margin(self) -> int:
        """Valid supports over (or, when negative, under) the required number."""
        return self.valid - self.required
