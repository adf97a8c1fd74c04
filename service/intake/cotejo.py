"""A random sample of the originals received, drawn so that anybody can draw it again.

Method: the marks of the originals received (ten figures of the folio, or the sheet's id) stand one a line in order;
that list is fixed by its SHA-256 before the seed is known. Each mark is ranked by SHA-256 of ``seed + "\\n" + mark``
(UTF-8, hexadecimal); the sample is the n least. ``sha256sum`` and ``sort`` are enough to repeat it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from service.audit.chain import record as record_deed
from service.audit.deeds import CotejoChecked, CotejoDrawn
from service.errors import Refused
from service.proceso.register import require_aspirante
from service.store import Session, now
from service.store.findings import ReviewItem, has_item
from service.store.papers import records_of_sheet
from service.store.reception import CotejoCheck, CotejoSample, checks_of, marks_of, samples_of, sheets_marked
from service.store.work import add_job

RESULTS = ("agrees", "copy", "differs")

QUESTIONS = {
    "copy": ("copy", "I1? En el cotejo con el papel, la hoja recibida resultó ser una fotocopia."),
    "differs": ("sheet", "I9? En el cotejo, la hoja de papel no corresponde a la digitalizada."),
}
"""What a check that does not agree asks of the desk: kind of question and reason."""


def list_text(marks: Sequence[str]) -> str:
    """The list as published: one mark a line, each with its line end."""
    return "".join(f"{mark}\n" for mark in marks)


def list_sha256(marks: Sequence[str]) -> str:
    return hashlib.sha256(list_text(marks).encode()).hexdigest()


def rank(seed: str, mark: str) -> str:
    """What a mark is ordered by."""
    return hashlib.sha256(f"{seed}\n{mark}".encode()).hexdigest()


def draw(marks: Sequence[str], seed: str, size: int) -> list[str]:
    """The ``size`` marks of least rank, in the order of rank; all of them where there are fewer."""
    return sorted(marks, key=lambda mark: rank(seed, mark))[:size]


def draw_sample(session: Session, aspirante: str, *, seed: str, source: str, size: int, by: str) -> CotejoSample:
    """Draw and keep a sample of the originals received so far.

    Raises Refused while an earlier sample waits for its sheets, without originals, seed or source.
    """
    require_aspirante(session, aspirante)
    marks = marks_of(session, aspirante)
    if not marks:
        raise Refused("SIN_ORIGINALES", "No se ha recibido ningún original; reciba las hojas antes de sortear.")
    if not seed.strip() or not source.strip():
        raise Refused("SEMILLA", "Escriba la semilla pública y dónde se publicó; sin ellas el sorteo no se repite.")
    if not 1 <= size <= len(marks):
        raise Refused("MUESTRA", f"La muestra lleva de 1 a {len(marks)} hojas; corrija el número.")
    for earlier in samples_of(session, aspirante):
        if len(checks_of(session, earlier.id)) < len(earlier.drawn):
            raise Refused("MUESTRA_ABIERTA", "Hay una muestra sin terminar de cotejar; termínela antes de otra.")
    sample = CotejoSample(
        aspirante=aspirante,
        seed=seed.strip(),
        source=source.strip(),
        population=marks,
        sha256=list_sha256(marks),
        drawn=draw(marks, seed.strip(), size),
        by=by,
        at=now(),
    )
    session.add(sample)
    session.flush()
    record_deed(session, by, CotejoDrawn(sample.id, aspirante, sample.seed, sample.sha256, len(sample.drawn)))
    return sample


def check_sheet(session: Session, sample: CotejoSample, mark: str, *, result: str, note: str, by: str) -> CotejoCheck:
    """Say what a drawn sheet gave, paper in hand; what does not agree is asked of the desk. Raises Refused."""
    if mark not in sample.drawn or result not in RESULTS:
        raise Refused("HOJA_NO_SORTEADA", "Esa hoja no salió en esta muestra; elija una de la lista.")
    if mark in checks_of(session, sample.id):
        raise Refused("HOJA_COTEJADA", "Esa hoja ya se cotejó; el resultado no se cambia.")
    if result != "agrees" and not note.strip():
        raise Refused("SIN_MOTIVO", "Escriba en qué difiere la hoja de papel.")
    check = CotejoCheck(sample_id=sample.id, mark=mark, result=result, note=note.strip()[:2000], by=by, at=now())
    session.add(check)
    if result in QUESTIONS:
        kind, reason = QUESTIONS[result]
        for sheet in sheets_marked(session, sample.aspirante, mark):
            for row in records_of_sheet(session, sheet.id):
                if not has_item(session, row.id, kind, f"cotejo:{sample.id}"):
                    cause = f"cotejo:{sample.id}"
                    session.add(ReviewItem(record=row.id, kind=kind, cause=cause, reasons=[reason], at=now()))
        add_job(session, "rule", require_aspirante(session, sample.aspirante).proceso, None, now())
    record_deed(session, by, CotejoChecked(sample.id, mark, result))
    return check
