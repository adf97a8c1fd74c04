"""Take the files of a delivery: bytes on disk first, then one transaction with rows, jobs and the deed.

The web page and the command both come through ``take_files``. A ZIP is opened and each member is a file of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from service.audit.chain import record
from service.audit.deeds import BatchTaken
from service.config import Settings
from service.errors import Refused
from service.jobs.decoding import count_pages, is_zip, iter_members
from service.proceso.register import require_aspirante
from service.store import Session, Store, now
from service.store.files import ContentStore, Staged
from service.store.papers import Batch, Page, Scan, taken_scan
from service.store.proceso import count_rows
from service.store.work import add_job


@dataclass(frozen=True, slots=True)
class FileReceipt:
    """What became of one file: ``code`` and ``sentence`` say why it was not taken."""

    name: str
    sha256: str
    size: int
    pages: int
    accepted: bool
    code: str | None = None
    sentence: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The acuse of a delivery. ``batch`` is empty when no file was taken."""

    batch: str
    aspirante: str
    received: dt.date
    files: tuple[FileReceipt, ...]

    @property
    def taken(self) -> int:
        return sum(file.accepted for file in self.files)

    @property
    def refused(self) -> int:
        return len(self.files) - self.taken


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    staged: Staged | None
    pages: int
    refusal: Refused | None


def take_files(
    store: Store,
    settings: Settings,
    *,
    aspirante: str,
    files: Iterable[tuple[str, BinaryIO]],
    received: dt.date,
    operator: str,
    declared_sheets: int | None = None,
) -> Receipt:
    """Take a delivery. Each file is atomic: taken whole or refused with its reason.

    Raises Refused when the aspirante is unknown or when there is no file at all.
    """
    with store.reading() as session:
        require_aspirante(session, aspirante)
    content = ContentStore(settings.scans)
    with ExitStack() as stack:
        candidates = []
        for name, stream in files:
            for candidate in _examine(content, PurePosixPath(name.replace("\\", "/")).name, stream):
                candidates.append(candidate)
                if candidate.staged is not None:
                    stack.callback(content.discard, candidate.staged)
        if not candidates:
            raise Refused("SIN_ARCHIVOS", "No se recibió ningún archivo; elija al menos uno.")
        with store.writing() as session:
            return _commit(session, content, candidates, aspirante, received, operator, declared_sheets)


def _examine(content: ContentStore, name: str, stream: BinaryIO) -> Iterator[_Candidate]:
    """Stage a file (or each member of a ZIP) and find out whether it can be taken."""
    staged = content.stage(stream)
    try:
        if is_zip(staged.path):
            try:
                for member, inner in iter_members(staged.path):
                    yield from _examine_one(content, f"{name}/{member}", content.stage(inner))
            except Refused as refusal:
                yield _Candidate(name, None, 0, refusal)
            content.discard(staged)
        else:
            yield from _examine_one(content, name, staged)
    except BaseException:
        content.discard(staged)
        raise


def _examine_one(content: ContentStore, name: str, staged: Staged) -> Iterator[_Candidate]:
    try:
        yield _Candidate(name, staged, count_pages(staged.path), None)
    except Refused as refusal:
        yield _Candidate(name, staged, 0, refusal)


def _commit(
    session: Session,
    content: ContentStore,
    candidates: list[_Candidate],
    aspirante: str,
    received: dt.date,
    operator: str,
    declared_sheets: int | None,
) -> Receipt:
    batch = Batch(
        id=f"L{count_rows(session, Batch) + 1:05d}",
        aspirante=aspirante,
        received=received,
        declared_sheets=declared_sheets,
        at=now(),
        by=operator,
    )
    receipts: list[FileReceipt] = []
    scans: list[tuple[Scan, int]] = []
    seen: dict[str, str] = {}
    for candidate in candidates:
        refusal = candidate.refusal or _duplicate(session, candidate, aspirante, seen)
        sha256, size = (candidate.staged.sha256, candidate.staged.size) if candidate.staged else ("", 0)
        receipts.append(
            FileReceipt(
                name=candidate.name,
                sha256=sha256,
                size=size,
                pages=candidate.pages,
                accepted=refusal is None,
                code=refusal.code if refusal else None,
                sentence=refusal.sentence if refusal else None,
            )
        )
        scan = Scan(
            batch=batch.id,
            name=candidate.name,
            sha256=sha256,
            size=size,
            accepted=refusal is None,
            code=refusal.code if refusal else None,
            sentence=refusal.sentence if refusal else None,
        )
        scans.append((scan, candidate.pages if refusal is None else 0))
        if refusal is None and candidate.staged:
            seen[sha256] = candidate.name
            content.keep(candidate.staged)
    taken = [receipt for receipt in receipts if receipt.accepted]
    if not taken:
        return Receipt("", aspirante, received, tuple(receipts))
    session.add(batch)
    session.flush()
    for scan, pages in scans:
        session.add(scan)
        session.flush()
        rows = [Page(scan_id=scan.id, number=number) for number in range(1, pages + 1)]
        session.add_all(rows)
        session.flush()
        for page in rows:
            add_job(session, "read_page", str(page.id), batch.id, batch.at)
    digests = [receipt.sha256 for receipt in taken]
    record(
        session,
        operator,
        BatchTaken(batch.id, aspirante, received.isoformat(), len(taken), len(receipts) - len(taken), digests),
    )
    return Receipt(batch.id, aspirante, received, tuple(receipts))


def _duplicate(session: Session, candidate: _Candidate, aspirante: str, seen: dict[str, str]) -> Refused | None:
    """A refusal that names where these bytes stand already, unless that would tell about another aspirante."""
    if candidate.staged is None:
        return None
    sha256 = candidate.staged.sha256
    if sha256 in seen:
        return Refused(
            "ARCHIVO_REPETIDO", f"Es el mismo archivo que «{seen[sha256]}» de esta entrega; se tomó una vez."
        )
    before = taken_scan(session, sha256)
    if before is None:
        return None
    batch = session.get_one(Batch, before.batch)
    if batch.aspirante != aspirante:
        return Refused("ARCHIVO_REPETIDO", "Este mismo archivo ya se recibió en otro expediente; acuda al instituto.")
    return Refused(
        "ARCHIVO_REPETIDO",
        f"Este archivo ya se recibió como «{before.name}» en la entrega {batch.id}; no se duplica.",
    )
