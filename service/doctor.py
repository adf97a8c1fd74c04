"""The accounting identity and the hashes, checked over everything that is kept."""

from __future__ import annotations

import hashlib

from service.audit.chain import broken_links
from service.config import Settings
from service.store import Session, Store
from service.store.files import ContentStore
from service.store.findings import newest_tally, rulings_in_force
from service.store.papers import count_records, taken_scans
from service.store.proceso import all_listas, aspirantes_of, procesos
from service.store.work import aside_jobs, is_open


def examine(store: Store, settings: Settings) -> list[str]:
    """Spanish sentences, one a trouble; empty when all is in order. Holds no personal data."""
    with store.reading() as session:
        return [
            *_check_chain(session),
            *_check_scans(session, settings),
            *_check_listas(session, settings),
            *_check_accounts(session),
            *_check_jobs(session),
        ]


def _check_chain(session: Session) -> list[str]:
    return [f"Bitácora: el evento {number} está alterado." for number in broken_links(session)]


def _check_scans(session: Session, settings: Settings) -> list[str]:
    content = ContentStore(settings.scans)
    troubles = []
    for scan in taken_scans(session):
        path = content.path(scan.sha256)
        if not path.is_file():
            troubles.append(f"Falta el archivo digitalizado {scan.sha256[:12]} de la entrega {scan.batch}.")
            continue
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != scan.sha256:
                troubles.append(f"El archivo digitalizado {scan.sha256[:12]} de la entrega {scan.batch} cambió.")
    return troubles


def _check_listas(session: Session, settings: Settings) -> list[str]:
    troubles = []
    for lista, returned in all_listas(session):
        there = (settings.data / lista.path).exists()
        if returned and there:
            troubles.append(f"La lista {lista.id} consta como destruida y su índice sigue en disco.")
        if not returned and not there:
            troubles.append(f"Falta el índice de la lista {lista.id}.")
    return troubles


def _check_accounts(session: Session) -> list[str]:
    """Received = sum of the classes, per aspirante, in rulings and in tallies."""
    troubles = []
    for proceso in procesos(session):
        if is_open(session, "rule", proceso):
            continue  # a ruling is due: figures are about to change
        rulings = rulings_in_force(session, proceso)
        for aspirante in aspirantes_of(session, proceso):
            received, tally = count_records(session, aspirante.id), newest_tally(session, aspirante.id)
            if tally is None:
                continue
            by_class: dict[str, int] = tally.document["by_class"]
            if not received == tally.document["received"] == sum(by_class.values()):
                troubles.append(f"{aspirante.id}: recibidos {received}, suma de clases {sum(by_class.values())}.")
        if len(rulings) != sum(count_records(session, a.id) for a in aspirantes_of(session, proceso)):
            troubles.append(f"Proceso {proceso}: hay registros sin resolución.")
    return troubles


def _check_jobs(session: Session) -> list[str]:
    return [f"Trabajo apartado: {job.kind} {job.subject} ({job.code}): {job.sentence}" for job in aside_jobs(session)]
