"""The exchange through the store: files made for each system, the compulsa sent and what came back of it.

What the DERFE answers never overwrites what the list said: it is kept beside it, and where the two differ a question
is raised. Two people who each adopt the answer settle it (one, where it gives a support); the desk may settle it too.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from service.access.roles import DESK
from service.audit.chain import record as record_deed
from service.audit.deeds import CompulsaAdopted, CompulsaTaken, ExchangeMade
from service.config import Settings
from service.dictamen.exchange import DEFAULT_LAYOUTS, Answer, Layout, load_layouts, read_answers, write_export
from service.dictamen.freeze import digest
from service.errors import Refused
from service.jobs.lawyer import is_in_scope
from service.law.records import Cargo
from service.proceso.register import law_proceso, require_proceso
from service.store import Session, Store, now
from service.store.dictamenes import last_final
from service.store.exchange import (
    CompulsaAnswer,
    CompulsaQuery,
    CompulsaReturn,
    ExchangeSent,
    answer_of_item,
    granted_document,
    queries_of,
    was_returned,
)
from service.store.findings import Review, ReviewItem, Settlement, standing_reviews, standing_settlement
from service.store.papers import Record
from service.store.proceso import Aspirante, aspirantes_of
from service.store.standing import Facts, facts_of
from service.store.work import add_job

OUT, BACK = "derfe_salida", "derfe_entrada"
NOTICES = ("snr", "candidaturas_locales", "utf_avisos", "utf_registro")
COUNTS = "VIGENTE"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a returned compulsa came to."""

    number: int
    rows: int
    differing: int
    sha256: str


def layouts_of(settings: Settings) -> dict[str, Layout]:
    """The layouts in force: ``DATA/intercambio/disenos.json`` where the agreement gave its own, else the house's."""
    own = settings.data / "intercambio" / "disenos.json"
    return {**load_layouts(DEFAULT_LAYOUTS), **(load_layouts(own) if own.is_file() else {})}


def send_notice(
    store: Store, settings: Settings, layout: str, proceso: str, out: Path, *, on: date, by: str
) -> dict[str, Any]:
    """Write the file of one system with every aspirante of a process, and its acta; gives the acta.

    Raises Refused ``DISENO_DESCONOCIDO``, ``SALIDA_OCUPADA`` and what ``write_export`` refuses.
    """
    if layout not in NOTICES:
        raise Refused("DISENO_DESCONOCIDO", f"Los avisos son: {', '.join(NOTICES)}; indique uno.")
    with _all_or_nothing(out), store.writing() as session:
        rows = list(_notices(session, proceso))
        return _write(session, settings, layout, proceso, rows, out, on=on, by=by)[1]


def send_compulsa(
    store: Store, settings: Settings, proceso: str, out: Path, *, on: date, by: str
) -> tuple[int, dict[str, Any]]:
    """Write the queries of a compulsa (key and OCR number of every record that has either); gives number and acta."""
    with _all_or_nothing(out), store.writing() as session:
        require_proceso(session, proceso)
        asked = [(facts.record, clave, ocr) for facts in facts_of(session, proceso) for clave, ocr in [_asked(facts)]]
        asked = [one for one in asked if one[1] or one[2]]
        rows = [
            {"consulta": str(number), "clave_elector": clave, "numero_ocr": ocr}
            for number, (_, clave, ocr) in enumerate(asked, start=1)
        ]
        sent, acta = _write(session, settings, OUT, proceso, rows, out, on=on, by=by)
        session.add_all(
            CompulsaQuery(sent_id=sent, number=number, record=record, clave=clave)
            for number, (record, clave, _) in enumerate(asked, start=1)
        )
        return sent, acta


def take_compulsa(store: Store, settings: Settings, sent: int, data: bytes, *, oficio: str, by: str) -> Taken:
    """Take a returned compulsa: every answer is kept, and each that differs from what stands raises a question.

    Raises Refused ``ENVIO_DESCONOCIDO``, ``OFICIO_FALTANTE``, ``COMPULSA_REPETIDA``, ``COMPULSA_RENGLON``,
    ``COMPULSA_COLUMNAS``; then nothing was taken.
    """
    if not oficio.strip():
        raise Refused("OFICIO_FALTANTE", "Indique el oficio o acta con que volvió la compulsa.")
    sha256 = digest(data)
    with store.writing() as session:
        row = session.get(ExchangeSent, sent)
        if row is None or row.layout != OUT:
            raise Refused("ENVIO_DESCONOCIDO", f"No hay un envío de compulsa {sent}; vea la lista de envíos.")
        if was_returned(session, sent, sha256):
            raise Refused("COMPULSA_REPETIDA", "Ese archivo ya se recibió para este envío; no se toma dos veces.")
        asked = queries_of(session, sent)
        answers = list(read_answers(layouts_of(settings)[BACK], data))
        if strange := [one.query for one in answers if one.query not in asked]:
            raise Refused("COMPULSA_RENGLON", f"La consulta {strange[0]} no es de este envío; revise el archivo.")
        back = CompulsaReturn(
            sent_id=sent, oficio=oficio.strip(), rows=len(answers), differing=0, sha256=sha256, document=data,
            at=now(), by=by,
        )  # fmt: skip
        session.add(back)
        session.flush()
        standing = {facts.record: facts for facts in facts_of(session, row.proceso)}
        for answer in answers:
            query = asked[answer.query]
            back.differing += _keep_answer(session, back, query, answer, standing[query.record])
        add_job(session, "rule", row.proceso, None, now())
        record_deed(session, by, CompulsaTaken(back.id, sent, back.rows, back.differing, sha256))
        return Taken(back.id, back.rows, back.differing, sha256)


def adopt(store: Store, item: int, *, by: str, roles: frozenset[str]) -> bool:
    """One person makes the DERFE's answer their own; True when that settles the question.

    Raises Refused ``SIN_FACULTAD``, ``ASUNTO_AJENO``, ``ASUNTO_RESUELTO``, ``MISMA_PERSONA``.
    """
    if not roles & DESK:
        raise Refused("SIN_FACULTAD", f"«{by}» no tiene función de revisión; pida a administración que la asigne.")
    with store.writing() as session:
        answer = answer_of_item(session, item)
        if answer is None:
            raise Refused("ASUNTO_AJENO", f"El asunto {item} no viene de una compulsa; respóndalo en la mesa.")
        if standing_settlement(session, item) is not None:
            raise Refused("ASUNTO_RESUELTO", f"El asunto {item} ya está resuelto; deshaga antes la respuesta.")
        given = standing_reviews(session, item)
        if any(one.by == by for one in given):
            raise Refused("MISMA_PERSONA", f"El asunto {item} necesita la revisión de otra persona.")
        aspirante = session.get_one(Aspirante, session.get_one(Record, answer.record).aspirante)
        gives = answer.situacion == COUNTS and is_in_scope(session, aspirante, answer.seccion)
        review = _review(answer, item, by, adverse=not gives)
        session.add(review)
        session.flush()
        settled = (gives and not given) or any(_same(review, one) for one in given)
        if settled:
            session.add(Settlement(item_id=item, review_id=review.id, at=now()))
            add_job(session, "rule", aspirante.proceso, None, now())
        record_deed(session, by, CompulsaAdopted(item, answer.record, answer.situacion))
        return settled


def _review(answer: CompulsaAnswer, item: int, by: str, *, adverse: bool) -> Review:
    found = answer.situacion != "NO_ENCONTRADO"
    return Review(
        item_id=item,
        decision="elector" if found else "not_in_list",
        reason=f"compulsa {answer.return_id}",
        clave=answer.clave if found else None,
        seccion=answer.seccion if found else None,
        situacion=answer.situacion if found else None,
        by=by,
        at=now(),
        rank="",
        adverse=adverse,
    )


def _same(one: Review, other: Review) -> bool:
    return (one.decision, one.clave, one.situacion, one.seccion) == (
        other.decision, other.clave, other.situacion, other.seccion,
    )  # fmt: skip


def _keep_answer(session: Session, back: CompulsaReturn, query: CompulsaQuery, answer: Answer, facts: Facts) -> int:
    """Keep one answer beside what stands; 1 if it differs, and then a question asks people which one holds."""
    held, section = _held(facts)
    seccion = int(answer.section) if answer.section else section
    item_id = None
    if answer.situation != held or seccion != section:
        takes = "I6? " if held == COUNTS else ""  # what would stop counting waits for people, like any suspicion
        stated = f"«{held}», sección {section or 'sin dato'}"
        told = f"«{answer.situation}», sección {seccion or 'sin dato'}"
        item = ReviewItem(
            record=query.record, kind="match", cause=f"compulsa:{back.id}", at=now(),
            reasons=[f"{takes}La DERFE informa {told}; consta {stated} (oficio {back.oficio})."],
        )  # fmt: skip
        session.add(item)
        session.flush()
        item_id = item.id
    session.add(
        CompulsaAnswer(
            return_id=back.id, record=query.record, clave=query.clave, situacion=answer.situation, seccion=seccion,
            item_id=item_id,
        )
    )  # fmt: skip
    return int(item_id is not None)


def _held(facts: Facts) -> tuple[str, int | None]:
    """The status and section that stand for a record: people's last answer, else the accepted match."""
    answers = [one for one in facts.settled if one.kind == "match"]
    if answers:
        return answers[-1].situacion or "NO_ENCONTRADO", answers[-1].seccion
    match = facts.match
    if match is not None and match.accepted:
        return match.situacion or "NO_ENCONTRADO", match.seccion
    return "NO_ENCONTRADO", None


def _asked(facts: Facts) -> tuple[str, str]:
    """Key and OCR number to ask about: the elector's where one stands, else what was read."""
    answers = [one.clave for one in facts.settled if one.kind == "match" and one.clave]
    match = facts.match
    accepted = match.clave if match is not None and match.accepted else None
    read = facts.read
    return (answers[-1] if answers else accepted or (read.clave if read else "")), (read.numero_ocr if read else "")


def _notices(session: Session, proceso: str) -> Iterator[dict[str, str]]:
    """Every datum of an aspirante that some layout may ask for."""
    version = require_proceso(session, proceso)
    law = law_proceso(version.text)
    for row in aspirantes_of(session, proceso):
        window = law.ventana(Cargo(row.cargo))
        final = last_final(session, row.id)
        said = None if final is None else _figures(final.document)
        applied = granted_document(session, row.id) or _given(row.text)
        yield {
            "proceso": proceso,
            "aspirante": row.id,
            "nombre": row.nombre,
            "cargo": row.cargo,
            "ambito": row.ambito,
            "constancia": row.constancia.isoformat(),
            "ventana_desde": window.desde.isoformat(),
            "ventana_hasta": window.hasta.isoformat(),
            "representante": str(applied.get("representante", "")),
            "responsable": str(applied.get("responsable", applied.get("responsable_finanzas", ""))),
            "responsable_contacto": str(applied.get("responsable_contacto", "")),
            "resultado": final.outcome if final else "",
            "emitido": final.issued_on.isoformat() if final else "",
            "sha256": final.sha256 if final else "",
            "raiz": final.root if final else "",
            "requeridos": said[0] if said else "",
            "validos": said[1] if said else "",
        }


def _given(text: str) -> Mapping[str, Any]:
    """What the file of an aspirante added by command says beyond the keys that the command demands."""
    tables = tomllib.loads(text) if text else {}
    return {**tables, **tables.get("aspirante", {})}


def _figures(document: bytes) -> tuple[str, str]:
    said = json.loads(document)["documento"]["resultado"]
    return str(said["requeridos"]), str(said["validos"])


def _write(
    session: Session, settings: Settings, name: str, proceso: str, rows: list[dict[str, str]], out: Path,
    *, on: date, by: str,
) -> tuple[int, dict[str, Any]]:  # fmt: skip
    acta = write_export(layouts_of(settings)[name], rows, out, on=on, acta={"proceso": proceso, "entrega": by})
    sent = ExchangeSent(
        proceso=proceso, layout=name, name=out.name, rows=len(rows), sha256=acta["sha256"], at=now(), by=by
    )
    session.add(sent)
    session.flush()
    record_deed(session, by, ExchangeMade(sent.id, proceso, name, len(rows), acta["sha256"]))
    return sent.id, acta


@contextmanager
def _all_or_nothing(out: Path) -> Iterator[None]:
    """A new file, which goes again when what tells of it cannot be kept."""
    if out.exists():
        raise Refused("SALIDA_OCUPADA", f"Ya existe {out.name}; indique un archivo nuevo.")
    try:
        yield
    except BaseException:
        for path in (out, out.with_name(out.name + ".acta.json")):
            path.unlink(missing_ok=True)
        raise
