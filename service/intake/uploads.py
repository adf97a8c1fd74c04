"""Take the files of a delivery: bytes on disk first, then one transaction with rows, jobs and the deed.

Page, command and programs all come through ``take_files``. A ZIP is opened and each member is a file of its own.
Files that arrive one by one (``delivery``) join one batch, each taken at once in a transaction of its own.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO

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
from service.store.uploads import Delivery
from service.store.work import add_job

LONGEST_NAME = 160
"""Characters of a file's name that are kept, its folders included."""


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

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


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
    delivery: str | None = None,
    note: Callable[[Session, Receipt], None] | None = None,
) -> Receipt:
    """Take a delivery. Each file is atomic: taken whole or refused with its reason.

    ``delivery``: the announced delivery (``intake.deliveries``) whose batch the files join. ``note`` is called with
    the receipt inside the transaction that takes the files, so that what it writes stands or falls with them.
    Raises Refused when the aspirante is unknown or when there is no file at all.
    """
    with store.reading() as session:
        require_aspirante(session, aspirante)
    content = ContentStore(settings.scans)
    with ExitStack() as stack:
        candidates = []
        for name, stream in files:
            for candidate in _examine(content, plain_name(name), stream):
                candidates.append(candidate)
                if candidate.staged is not None:
                    stack.callback(content.discard, candidate.staged)
        if not candidates:
            raise Refused("SIN_ARCHIVOS", "No se recibió ningún archivo; elija al menos uno.")
        with store.writing() as session:
            batch = _batch_for(session, aspirante, received, operator, declared_sheets, delivery)
            receipt = _commit(session, content, candidates, batch, operator)
            if delivery is not None and receipt.batch:
                session.get_one(Delivery, delivery).batch = receipt.batch
            if note is not None:
                note(session, receipt)
            return receipt


def plain_name(name: str) -> str:
    """A file's name with the folders it came in, without what could climb, hide or break a line."""
    parts = [re.sub(r"[\x00-\x1f\x7f]", "", part).strip() for part in PurePosixPath(name.replace("\\", "/")).parts]
    kept = [part for part in parts if part.strip("./ ")]
    return "/".join(kept)[-LONGEST_NAME:] or "archivo"


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


def _batch_for(
    session: Session, aspirante: str, received: dt.date, operator: str, declared: int | None, delivery: str | None
) -> Batch:
    """The batch that the files join: the delivery's own while the day is the same, else a new one (not yet added).

    Also a new one when the delivery's own was moved to another aspirante since.
    """
    announced = session.get_one(Delivery, delivery) if delivery else None
    if announced is not None and announced.aspirante != aspirante:
        raise Refused("ENTREGA_AJENA", "Esa entrega es de otro expediente; abra una nueva.")
    if announced is not None and announced.batch is not None:
        batch = session.get_one(Batch, announced.batch)
        if (batch.received, batch.aspirante) == (received, aspirante):
            return batch
        declared = None  # it stands on the first day's batch
    elif announced is not None:
        declared = announced.declared_sheets if declared is None else declared
    return Batch(
        id=f"L{count_rows(session, Batch) + 1:05d}",
        aspirante=aspirante,
        received=received,
        declared_sheets=declared,
        at=now(),
        by=announced.by if announced else operator,
    )


def _commit(
    session: Session, content: ContentStore, candidates: list[_Candidate], batch: Batch, operator: str
) -> Receipt:
    receipts: list[FileReceipt] = []
    scans: list[tuple[Scan, int]] = []
    seen: dict[str, str] = {}
    for candidate in candidates:
        refusal = candidate.refusal or _duplicate(session, candidate, batch.aspirante, seen)
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
    known = batch in session
    if not taken and not known:
        return Receipt("", batch.aspirante, batch.received, tuple(receipts))
    session.add(batch)
    session.flush()
    for scan, pages in scans:
        session.add(scan)
        session.flush()
        rows = [Page(scan_id=scan.id, number=number) for number in range(1, pages + 1)]
        session.add_all(rows)
        session.flush()
        for page in rows:
            add_job(session, "read_page", str(page.id), batch.id, now())
    digests = [receipt.sha256 for receipt in taken]
    refused, day = len(receipts) - len(taken), batch.received
    record(session, operator, BatchTaken(batch.id, batch.aspirante, day.isoformat(), len(taken), refused, digests))
    return Receipt(batch.id, batch.aspirante, day, tuple(receipts))


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
