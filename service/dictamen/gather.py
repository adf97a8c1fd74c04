"""From the store to an expediente: everything a dictamen is made from, at one moment."""

from __future__ import annotations

import hashlib
import hmac
import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from service.dictamen.annexes import strip_rival
from service.dictamen.code_version import code_version
from service.dictamen.control_acts import sample_of
from service.dictamen.expediente import (
    Entry,
    Expediente,
    Hearing,
    Lista,
    Measured,
    Notice,
    Originals,
    Pages,
    Rival,
    Supersession,
)
from service.dictamen.outlines import outlines_of, unit_outlines
from service.dictamen.spool import Spool
from service.errors import Refused
from service.jobs.lawyer import decided_by, law_aspirante, law_marco, law_record
from service.law.dispersion import parrafo_2_units
from service.law.plazos import ZONA, parrafo_6_periodo
from service.law.proceso import Proceso as LawProceso
from service.law.records import Cargo
from service.law.records import Record as LawRecord
from service.proceso.register import law_proceso, require_aspirante, require_proceso
from service.store import Session
from service.store.audiencia import hearing_figures
from service.store.dictamenes import (
    count_dictamenes,
    double_answers,
    first_rejections,
    last_final,
    lista_matched,
    page_work,
    readers_and_forms,
    salts_of,
    sheets_counted,
)
from service.store.papers import RowRead
from service.store.portal import map_of
from service.store.proceso import Aspirante, Marco, Proceso, aspirantes_of, marco_in_force, withdrawals_of
from service.store.standing import Facts, facts_of
from service.store.work import last_event

NO_LIST = Lista("sin lista", date(1, 1, 1), "no hay lista nominal cargada", "0" * 64, 0)


@contextmanager
def gather(session: Session, data: Path, aspirante: str, preliminary: bool, motive: str) -> Iterator[Expediente]:
    """All that the dictamen is made from, at this moment of the store."""
    row = require_aspirante(session, aspirante)
    version = require_proceso(session, row.proceso)
    frame = marco_in_force(session, row.proceso)
    if frame is None:
        raise Refused("SIN_MARCO", f"El proceso {row.proceso} no tiene marco geográfico; cárguelo con «marco load».")
    withdrawn = withdrawals_of(session, row.proceso)
    spool = Spool(row.id)
    try:
        _fill(session, row, version.text, spool)
        samples, drawn = sample_of(session, row.id)
        yield Expediente(
            folio=_folio(session, row, preliminary),
            proceso=tomllib.loads(version.text),
            parametros_version=str(version.number),
            aspirante=law_aspirante(row, withdrawn.get(row.id)),
            nombre=row.nombre,
            marco=law_marco(session, frame),
            marco_source=f"versión {frame.number}, SHA-256 {frame.sha256}",
            lista=_lista(session, row),
            entries=spool.entries,
            originals=Originals(*sheets_counted(session, row.id)),
            pages=_pages(session, row),
            hearing=_hearing(session, row.id),
            samples=samples,
            drawn=drawn,
            measured=_measured(session, row.id),
            versions={"codigo": code_version(), **_versions_read(session, row.id)},
            audit_head=event.hash if (event := last_event(session)) else "",
            supersedes=None if preliminary else _superseded(session, row.id, motive),
            outlines=_outlines(session, data, row, frame, law_proceso(version.text)),
        )
    finally:
        spool.close()


def _fill(session: Session, row: Aspirante, text: str, spool: Spool) -> None:
    """Spool the aspirante's records with their salts, and those of the rivals under pseudonyms."""
    proceso = law_proceso(text)
    key = session.get_one(Proceso, row.proceso).key
    withdrawn = withdrawals_of(session, row.proceso)
    salts = salts_of(session, row.id)
    for other in aspirantes_of(session, row.proceso):
        if (other.cargo, other.ambito) != (row.cargo, row.ambito):
            continue
        period = parrafo_6_periodo(law_aspirante(other, None), proceso)
        facts = facts_of(session, row.proceso, other.id)
        if other.id == row.id:
            spool.add(_own(one, law_record(one, period), salts[one.record]) for one in facts)
        else:
            rival = Rival(_pseudonym(key, row.id, other.id), other.constancia, withdrawn.get(other.id))
            spool.add(_rivals(key, row.id, rival, law_record(one, period)) for one in facts)
    spool.seal()


def _own(facts: Facts, record: LawRecord, salt: bytes) -> Entry:
    read: RowRead | None = facts.read
    return Entry(
        record,
        salt,
        decided_by=decided_by(facts),
        clave_read=read.clave if read else "",
        numero_ocr_read=read.numero_ocr if read else "",
    )


def _rivals(key: bytes, aspirante: str, rival: Rival, record: LawRecord) -> Entry:
    return strip_rival(Entry(record, rival=rival), _pseudonym(key, aspirante, record.id)[2:])


def _pseudonym(key: bytes, aspirante: str, of: str) -> str:
    """A name that holds within one aspirante's annexes: nobody without the key can tell or link it."""
    text = f"respaldo/seudonimo/1\n{aspirante}\n{of}"
    return "R-" + hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:12]


def _folio(session: Session, row: Aspirante, preliminary: bool) -> str:
    number = count_dictamenes(session, row.id, preliminary=preliminary) + 1
    return f"{'PRELIMINAR' if preliminary else 'DICTAMEN'}/{row.proceso}/{row.id}/{number}"


def _superseded(session: Session, aspirante: str, motive: str) -> Supersession | None:
    old = last_final(session, aspirante)
    if old is None:
        return None
    if not motive.strip():
        raise Refused("FALTA_MOTIVO", "Ya hay un dictamen final; diga con --motive por qué se sustituye.")
    return Supersession(json.loads(old.document)["documento"]["folio"], old.sha256, motive.strip())


def _lista(session: Session, row: Aspirante) -> Lista:
    found = lista_matched(session, row.id, row.proceso)
    if found is None:
        return NO_LIST
    return Lista(found.id, found.corte, "lista nominal entregada por la DERFE", found.sha256, found.rows)


def _outlines(session: Session, data: Path, row: Aspirante, frame: Marco, proceso: LawProceso) -> dict[str, Any]:
    """The map of the contest's units, from the geometry loaded with the frame.

    Without it: for the Jefatura the demarcaciones of ``DATA/mapas/demarcaciones.geo.json`` where there is one,
    else tiles are drawn.
    """
    loaded = map_of(session, frame)
    if loaded is not None:
        base = proceso.parametros.base_dispersion_diputacion
        units = parrafo_2_units(law_marco(session, frame), Cargo(row.cargo), row.ambito, base)
        return unit_outlines(loaded.document["features"], units.unit_of)
    path = data / "mapas" / "demarcaciones.geo.json"
    if row.cargo != "jefatura" or not path.is_file():
        return {}
    try:
        return outlines_of(path, lambda properties: str(properties["cve_mun"]))
    except (ValueError, KeyError, TypeError) as cause:
        raise Refused("MAPA_ILEGIBLE", f"{path.name} no trae polígonos con la clave cve_mun; quítelo.") from cause


def _pages(session: Session, row: Aspirante) -> Pages:
    own = page_work(session, [row.id])
    others = [
        other.id
        for other in aspirantes_of(session, row.proceso)
        if (other.cargo, other.ambito) == (row.cargo, row.ambito) and other.id != row.id
    ]
    theirs = page_work(session, others)
    return Pages(
        received=own.received,
        unread=own.received - own.read,
        unlaid=own.unlaid,
        unmatched=own.unmatched,
        open_jobs=own.open_jobs,
        faults=own.faults,
        rivals_waiting=theirs.received
        - theirs.read
        + theirs.unlaid
        + theirs.unmatched
        + theirs.open_jobs
        + theirs.faults,
    )


def _hearing(session: Session, aspirante: str) -> Hearing:
    figures = hearing_figures(session, aspirante)
    notices = tuple(Notice(given.astimezone(ZONA), ends.astimezone(ZONA)) for given, ends in figures.notices)
    return Hearing(notices, figures.claimed, figures.granted, figures.denied)


def _measured(session: Session, aspirante: str) -> tuple[Measured, ...]:
    """How the answers of two people at the desk compare, which no sample is needed for: every pair is counted."""
    cases, differing = double_answers(session, aspirante)
    taken, overturned = first_rejections(session, aspirante)
    return (
        Measured(
            "desacuerdo",
            "Desacuerdo entre dos personas revisoras",
            differing,
            cases,
            "todos los asuntos que contestaron dos personas, la segunda sin ver a la primera",
        ),
        Measured(
            "primera_respuesta",
            "Primera respuesta que quita un apoyo y no prevaleció",
            overturned,
            taken,
            "todas las respuestas que quitan un apoyo: las ve a ciegas una segunda persona",
        ),
    )


def _versions_read(session: Session, aspirante: str) -> dict[str, str]:
    pairs = readers_and_forms(session, aspirante)
    return {
        "lector": ", ".join(sorted({engine for engine, _ in pairs})) or "ninguno",
        "formato": ", ".join(sorted({form for _, form in pairs if form})) or "ninguno",
    }
