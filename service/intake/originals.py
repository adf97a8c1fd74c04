"""Paper originals received and checked in (cotejo): only then may a support count (323 párr. 11 and 12)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ocr import folio as folios
from service.audit.chain import record
from service.audit.deeds import OriginalsReceived
from service.errors import Refused
from service.folio import PREFIX, verify
from service.proceso.register import require_aspirante
from service.store import Session, now
from service.store.papers import Original, marks_received
from service.store.proceso import Aspirante, Proceso, folio_was_printed
from service.store.work import add_job

SHEET_ID = re.compile(r"[0-9a-f]{12}-\d{4}")
"""A sheet whose folio cannot be read is received by its id (first image's file and page)."""


@dataclass(frozen=True, slots=True)
class Received:
    """What a reception added: ``marks`` new ones in order, ``known`` how many had been received before."""

    marks: tuple[str, ...]
    known: int


def folio_range(aspirante: Aspirante, text: str) -> list[str]:
    """Folios of the aspirante's series from ``A-B``, serial numbers. Raises Refused."""
    match = re.fullmatch(r"\s*(\d{1,6})\s*-\s*(\d{1,6})\s*", text)
    if match is None or int(match[1]) > int(match[2]) or int(match[1]) == 0:
        raise Refused("RANGO", "Escriba el rango de números consecutivos como A-B, por ejemplo 1-40.")
    return [folios.number(aspirante.series, serial) for serial in range(int(match[1]), int(match[2]) + 1)]


def process_key(session: Session, aspirante: Aspirante) -> bytes:
    """The key that the folios of the aspirante's process are signed with."""
    return session.get_one(Proceso, aspirante.proceso).key


def folio_lines(text: str, key: bytes) -> list[str]:
    """Folios (or sheet ids, or what a scanner gun types off a sheet's QR), one a line. ``key``: the process's.

    Raises Refused FOLIO with the number of the line that is none, FOLIO_FALSO for a QR the institute did not sign.
    """
    marks = []
    for number, line in enumerate(text.splitlines(), start=1):
        said = line.strip()
        if not said:
            continue
        if SHEET_ID.fullmatch(said):
            marks.append(said)
        elif folios.is_valid(said):
            marks.append(folios.compact(said))
        elif said[:3].upper() == f"{PREFIX}.":
            marks.append(_folio_of_qr(said, key, number))
        else:
            raise Refused("FOLIO", f"La línea {number} no es un folio válido; revise el dígito verificador.")
    return marks


def _folio_of_qr(typed: str, key: bytes, number: int) -> str:
    """The folio of a QR that a gun typed like a keyboard: with capitals locked its letters come turned, and on a
    Spanish keyboard the hyphen comes as an apostrophe."""
    with_hyphens = typed.replace("'", "-")
    signed = verify(with_hyphens, key) or verify(with_hyphens.swapcase(), key)
    if signed is None:
        raise Refused(
            "FOLIO_FALSO",
            f"El código de la línea {number} no lo firmó el instituto para este proceso; aparte la hoja y revísela.",
        )
    return signed.folio


def receive_originals(session: Session, aspirante_id: str, marks: Iterable[str], operator: str) -> Received:
    """Check originals in. A folio of the own series must have been printed. Raises Refused, with nothing received."""
    aspirante = require_aspirante(session, aspirante_id)
    wanted = list(dict.fromkeys(marks))
    if not wanted:
        raise Refused("SIN_FOLIOS", "No se indicó ningún folio; dé un rango o un archivo.")
    for mark in wanted:
        if SHEET_ID.fullmatch(mark):
            continue
        parts = folios.parts(mark)
        if parts.series == aspirante.series and not folio_was_printed(session, aspirante.id, parts.serial):
            raise Refused("FOLIO_NO_EMITIDO", f"El folio {folios.format(mark)} no se ha emitido; revise el rango.")
    known = marks_received(session, aspirante.id, wanted)
    fresh = [mark for mark in wanted if mark not in known]
    session.add_all(Original(aspirante=aspirante.id, mark=mark, at=now(), by=operator) for mark in fresh)
    if fresh:
        record(session, operator, OriginalsReceived(aspirante.id, len(fresh), fresh[0], fresh[-1]))
        add_job(session, "rule", aspirante.proceso, None, now())
    return Received(tuple(fresh), len(known))
