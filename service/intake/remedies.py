"""Mending a delivery by two people: a page no eyes can read is closed by hand; a delivery goes to whose it is."""

from __future__ import annotations

from ocr.reading import PageKind, PageReading, RowReading, page_from_json, page_to_json
from service.audit.chain import record as record_deed
from service.audit.deeds import RemedyAnswered, RemedyProposed
from service.errors import Refused
from service.jobs.lay import folio_doubts
from service.proceso.register import require_aspirante
from service.store import Session, now
from service.store.audiencia import items_of_kind
from service.store.dictamenes import last_final
from service.store.findings import Review, ReviewItem, Settlement, VoidedSettlement, standing_settlement
from service.store.papers import Batch, Reading, newest_reading, page_with_scan, records_of_sheet
from service.store.proceso import Aspirante
from service.store.remedies import (
    Remedy,
    RemedyAnswer,
    hand_over,
    has_open_work,
    is_in_a_hearing,
    job_of_page,
    remedies_of,
    remedy_answer,
    shares_sheets,
    sheets_of_batch,
)
from service.store.work import add_job

MOST_ROWS = 40
"""Rows a person may declare on a page: more than any sheet ever printed bears."""

SHORTEST_MOTIVE = 10


def propose_closing(session: Session, page_id: int, *, rows: int, motive: str, by: str) -> Remedy:
    """Declare that a page put aside bears no rows (0) or so many, which people will then read. Raises Refused."""
    _page, _scan, batch = page_with_scan(session, page_id)
    job = job_of_page(session, page_id)
    if job is None or job.code is None:
        raise Refused("PAGINA_LEIDA", "Esa página no está apartada; no hace falta cerrarla a mano.")
    if not 0 <= rows <= MOST_ROWS:
        raise Refused("RENGLONES", f"Una hoja lleva de 0 a {MOST_ROWS} renglones; corrija el número.")
    if any(r.page_id == page_id and answer is None for r, answer in remedies_of(session, batch.id)):
        raise Refused("ACTO_PENDIENTE", "Ya se propuso cerrar esa página; falta que otra persona responda.")
    return _propose(session, Remedy(batch=batch.id, kind="close", page_id=page_id, rows=rows), motive, by)


def propose_move(session: Session, batch: Batch, to: str, *, motive: str, by: str) -> Remedy:
    """Propose that a delivery uploaded under one aspirante is another's. Raises Refused."""
    _require_movable(session, batch, to)
    if any(r.kind == "move" and answer is None for r, answer in remedies_of(session, batch.id)):
        raise Refused("ACTO_PENDIENTE", "Ya se propuso mover esta entrega; falta que otra persona responda.")
    return _propose(session, Remedy(batch=batch.id, kind="move", origin=batch.aspirante, to=to), motive, by)


def _propose(session: Session, remedy: Remedy, motive: str, by: str) -> Remedy:
    if len(motive.strip()) < SHORTEST_MOTIVE:
        raise Refused("SIN_MOTIVO", "Escriba el motivo del acto: qué se vio en el papel y por qué.")
    remedy.motive, remedy.by, remedy.at = motive.strip()[:4000], by, now()
    session.add(remedy)
    session.flush()
    record_deed(session, by, RemedyProposed(remedy.id, remedy.batch, remedy.kind))
    return remedy


def answer_remedy(session: Session, remedy: Remedy, *, approved: bool, by: str) -> RemedyAnswer:
    """Approve or turn down another person's act; an approved one takes effect now. Raises Refused."""
    if remedy_answer(session, remedy.id) is not None:
        raise Refused("YA_RESUELTO", "Ese acto ya se respondió; proponga otro si hace falta.")
    if remedy.by == by:
        raise Refused("MISMA_PERSONA", "Lo debe aprobar otra persona; pídaselo.")
    if approved and remedy.kind == "close":
        _close(session, remedy)
    elif approved:
        _move(session, remedy)
    answered = RemedyAnswer(remedy_id=remedy.id, approved=approved, by=by, at=now())
    session.add(answered)
    record_deed(session, by, RemedyAnswered(remedy.id, remedy.batch, remedy.kind, approved))
    return answered


def _close(session: Session, remedy: Remedy) -> None:
    """A person was the reader: the page has a reading that says so, and its rows, if any, are read at the desk."""
    page_id, rows = remedy.page_id, remedy.rows or 0
    if page_id is None:
        raise ValueError("a closing names its page")
    job = job_of_page(session, page_id)
    if job is None or job.code is None:
        raise Refused("PAGINA_LEIDA", "Esa página se leyó mientras tanto; ya no hay que cerrarla.")
    reading = PageReading(
        kind=PageKind.FOREIGN if rows else PageKind.BLANK,
        engine=f"persona:{remedy.id}",
        rows=tuple(RowReading(number, True, {}) for number in range(1, rows + 1)),
    )
    session.add(
        Reading(
            page_id=page_id,
            engine=reading.engine,
            kind=reading.kind.value,
            form=None,
            folio=None,
            document=page_to_json(reading),
            at=now(),
        )
    )
    job.code = job.sentence = None
    session.flush()
    add_job(session, "lay", remedy.batch, remedy.batch, now())


def _require_movable(session: Session, batch: Batch, to: str) -> Aspirante:
    own, other = session.get_one(Aspirante, batch.aspirante), require_aspirante(session, to)
    if other.id == own.id or other.proceso != own.proceso:
        raise Refused("DESTINO", "Elija a otra persona aspirante del mismo proceso.")
    if has_open_work(session, batch.id):
        raise Refused("ENTREGA_EN_TRABAJO", "La entrega todavía se está leyendo; espere a que termine.")
    if is_in_a_hearing(session, batch.id):
        raise Refused("ENTREGA_EN_AUDIENCIA", "Hay renglones de esta entrega en una audiencia; resuélvase ahí.")
    if shares_sheets(session, batch.id):
        raise Refused("HOJAS_COMPARTIDAS", "Hay hojas de esta entrega que también muestra otra; muévalas juntas.")
    if last_final(session, own.id) is not None or last_final(session, other.id) is not None:
        raise Refused("CON_DICTAMEN", "Ya hay un dictamen definitivo de una de las dos personas; no se mueve.")
    return other


def _move(session: Session, remedy: Remedy) -> None:
    """Put the delivery under its aspirante, look at each folio again, and rule anew."""
    batch = session.get_one(Batch, remedy.batch)
    if batch.aspirante != remedy.origin or remedy.to is None:
        raise Refused("ENTREGA_MOVIDA", "La entrega cambió desde la propuesta; hágala de nuevo.")
    other = _require_movable(session, batch, remedy.to)
    hand_over(session, batch, other.id)
    session.expire_all()
    for sheet in sheets_of_batch(session, batch.id):
        reading = newest_reading(session, sheet.page_id)
        doubts = folio_doubts(session, other, page_from_json(reading.document)) if reading is not None else []
        if doubts:
            _ask(session, sheet.id, remedy, doubts)
        elif sheet.doubts:
            _dismiss(session, sheet.id, remedy)
        sheet.doubts = doubts
    add_job(session, "rule", other.proceso, None, now())


def _ask(session: Session, sheet: str, remedy: Remedy, doubts: list[str]) -> None:
    """A folio that is strange where the sheet now is: people rule on it, as if it had been delivered there."""
    for row in records_of_sheet(session, sheet):
        reasons = [f"I9? {doubt}" for doubt in doubts]
        item = ReviewItem(record=row.id, kind="sheet", cause=f"move:{remedy.id}", reasons=reasons, at=now())
        session.add(item)


def _dismiss(session: Session, sheet: str, remedy: Remedy) -> None:
    """The folio was only strange under the wrong aspirante: this act answers what is open about it, and anew what
    was found against it there."""
    for row in records_of_sheet(session, sheet):
        for item in items_of_kind(session, row.id, "sheet"):
            if not item.cause.startswith(("read:", "move:")):
                continue
            settlement = standing_settlement(session, item.id)
            if settlement is not None:
                if session.get_one(Review, settlement.review_id).reason != "I9":
                    continue
                motive = f"entrega movida, acto {remedy.id}"
                voided = VoidedSettlement(settlement_id=settlement.id, by=remedy.by, at=now(), motive=motive)
                session.add(voided)
            review = Review(
                item_id=item.id, decision="accept", reason=f"entrega movida, acto {remedy.id}", clave=None,
                seccion=None, situacion=None, by=remedy.by, at=now(), rank="supervisor", adverse=False,
            )  # fmt: skip
            session.add(review)
            session.flush()
            session.add(Settlement(item_id=item.id, review_id=review.id, at=now()))
