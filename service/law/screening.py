"""What the law says of one record by itself, before any other is looked at (art. 323 párr. 1, 6, 9, 11-14).

Each paragraph gives what it *establishes* (the list is a fact: P, B, G) or what it *proposes* (a suspicion that
waits for a person: I2, I7, I11). A signal excludes nobody by itself: it makes the record pending.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from service.law.parameters import PAPEL, Parametros
from service.law.records import CLASE_OF_SITUACION, PENDING, Clase, Record

# What a person's finding excludes by itself; DT only confirms a tie that the rule proposes (párr. 13).
FOUND = frozenset(Clase) - PENDING - {Clase.DT, Clase.V}


@dataclass(slots=True)
class Court:
    """What the screening of an aspirante's records needs: period, sections of the scope, parameters.

    ``known`` holds every section of the frame (None: no frame, so any section is known and ``unit_of`` is
    asked alone).
    """

    first: date
    last: date
    unit_of: Mapping[int, str]
    known: frozenset[int]
    parametros: Parametros


@dataclass(frozen=True, slots=True)
class Screen:
    """The outcome of the screening: primary class so far, established reasons and open suspicions."""

    clase: Clase
    reasons: tuple[Clase, ...] = ()
    suspected: tuple[Clase, ...] = ()


CLEAN = Screen(Clase.V)
OF_CLASE = {clase: Screen(clase, (clase,)) for clase in Clase if not clase.pending}
OPEN = {clase: Screen(clase) for clase in Clase if clase.pending}


def screen(record: Record, court: Court) -> Screen:
    """Class of a record by itself: its highest established reason, else Q1, Q2, Q3, else V (contracts.md)."""
    listed = parrafo_9_x_situacion(record)
    scope = parrafo_1_ambito(record, court)
    proposals = _proposals(record, court)
    if record.established or listed or scope:
        found = {reason for reason in record.established if reason in FOUND}
        if parrafo_16_admits(record, court.parametros):
            found.discard(Clase.I2)
        found.update(reason for reason in (listed, scope) if reason)
        if found:
            reasons = tuple(sorted(found, key=_orden))
            return Screen(reasons[0], reasons, proposals) if len(found) > 1 or proposals else OF_CLASE[reasons[0]]
    pending = parrafo_12_certeza(record, court, bool(proposals))
    if pending is None:
        return CLEAN
    return Screen(pending, (), proposals) if proposals else OPEN[pending]


def parrafo_1_ambito(record: Record, court: Court) -> Clase | None:
    """Art. 323 párr. 1: G when the elector's section of the list lies outside the scope."""
    if record.seccion is None or record.open_match or record.elector is None:
        return None
    if record.seccion in court.unit_of or record.seccion not in court.known:
        return None
    return Clase.G


def parrafo_6_fecha(record: Record, court: Court) -> Clase | None:
    """Art. 323 párr. 6 IV: I11 is proposed when the date lies outside the period or after the reception.

    An unknown date is outside only if the sheet was received before the period began.
    """
    if Clase.I11 in record.cleared or Clase.I11 in record.established:
        return None
    day = expressed_on(record, court.parametros.fecha_supletoria)
    if day is None:
        return Clase.I11 if record.received < court.first else None
    if day > record.received or day < court.first:
        return Clase.I11
    by_reception = record.fecha is None and record.sheet_date is None
    return Clase.I11 if day > court.last and not by_reception else None


def parrafo_9_x_situacion(record: Record) -> Clase | None:
    """Art. 323 párr. 9 X (and 314-316): P or B when the list says the elector is not in the lista nominal."""
    if record.situacion is None or record.open_match or record.elector is None:
        return None
    return CLASE_OF_SITUACION.get(record.situacion)


def parrafo_11_canal(record: Record, parametros: Parametros) -> Clase | None:
    """Art. 323 párr. 11: I2 is proposed for a support that came by a channel nobody admitted.

    Photocopies (I1) are found by people only, on the original; a signal of one comes as a suspicion.
    """
    if record.channel == PAPEL or parrafo_16_admits(record, parametros):
        return None
    return None if Clase.I2 in record.cleared or Clase.I2 in record.established else Clase.I2


def parrafo_12_certeza(record: Record, court: Court, suspected: bool) -> Clase | None:
    """Art. 323 párr. 12: without certainty a support is pending; the class that says why, or None.

    Q1: not processed, or its original not received (cotejo). Q2: a suspicion, a reading or a match is open,
    or the list's facts about the elector are missing. Q3: in hearing.
    """
    if record.unprocessed or (
        not record.original_received and record.channel == PAPEL and court.parametros.cotejo == "exigido"
    ):
        return Clase.Q1
    unknown = record.elector is None or record.situacion is None or record.seccion not in court.unit_of
    if suspected or record.open_match or unknown:
        return Clase.Q2
    return Clase.Q3 if record.in_hearing else None


def parrafo_14_copia(record: Record, parametros: Parametros) -> Clase | None:
    """Art. 323 párr. 14 d): I7 is proposed when the copy is demanded and a look found none."""
    if parametros.copia_credencial == "no_exigida" or record.credential_copy is not False:
        return None
    return None if Clase.I7 in record.cleared or Clase.I7 in record.established else Clase.I7


def parrafo_16_admits(record: Record, parametros: Parametros) -> bool:
    """Art. 323 párr. 16: whether an acuerdo admits the digital channel by which the support came."""
    return record.channel != PAPEL and record.channel in parametros.canales_admitidos


def expressed_on(record: Record, fecha_supletoria: str) -> date | None:
    """The date of the support: the row's; else the sheet's, else the reception, as far as the parameter goes."""
    if record.fecha is not None or fecha_supletoria == "ninguna":
        return record.fecha
    if record.sheet_date is not None:
        return record.sheet_date
    return record.received if fecha_supletoria == "recepcion" else None


def _proposals(record: Record, court: Court) -> tuple[Clase, ...]:
    """Open suspicions in order of precedence: signals nobody ruled on, and what the paragraphs propose."""
    canal = parrafo_11_canal(record, court.parametros)
    copia = parrafo_14_copia(record, court.parametros)
    fecha = parrafo_6_fecha(record, court)
    if not record.suspected and canal is None and copia is None and fecha is None:
        return ()
    found = {s for s in record.suspected if s not in record.cleared and s not in record.established}
    if court.parametros.copia_credencial == "no_exigida":
        found.discard(Clase.I7)  # nobody demands the copy: a signal about it blocks nothing
    found.update(proposal for proposal in (canal, copia, fecha) if proposal is not None)
    return tuple(sorted(found, key=_orden))


def _orden(clase: Clase) -> int:
    return clase.orden
