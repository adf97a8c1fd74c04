"""A file that arrives in pieces: kept beside the database until its last byte, then taken like any other.

The size on disk is the one truth of how much came: bytes are added in order, under a lock, and reach the disk before
the answer. A connection, browser or server may break at any point; the sender asks how much stands and goes on.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from service.config import Settings
from service.errors import Refused
from service.intake.uploads import Receipt, plain_name, take_files
from service.proceso.register import require_aspirante
from service.store import Session, Store, now
from service.store.uploads import Delivery, PartialUpload, find_delivery, find_upload, open_uploads

EXPIRES = dt.timedelta(hours=24)
"""A file on its way to which nothing was added for this long is given up: a day lets a night pass."""

MOST_OPEN = 200
"""Files on their way of one aspirante at once; the page sends three at a time, the rest are broken attempts."""

OPEN_SIZES = 2
"""Files on their way of one aspirante may hold this many times the largest file admitted."""

PIECE = 1 << 20
TOKEN = re.compile(r"[0-9a-f]{32}")


class Busy(Exception):  # noqa: N818 - an answer to the sender, not a fault
    """Another request is adding to the same file at this moment."""


def open_delivery(
    session: Session,
    aspirante: str,
    by: str,
    *,
    declared_files: int | None = None,
    declared_sheets: int | None = None,
    received: dt.date | None = None,
) -> Delivery:
    """Announce a delivery: how many files and sheets are declared, and by staff the day it bears. Raises Refused."""
    require_aspirante(session, aspirante)
    delivery = Delivery(
        id=secrets.token_hex(16),
        aspirante=aspirante,
        declared_files=declared_files,
        declared_sheets=declared_sheets,
        received=received,
        batch=None,
        at=now(),
        by=by,
    )
    session.add(delivery)
    session.flush()
    return delivery


def path_of(settings: Settings, upload: str) -> Path:
    if not TOKEN.fullmatch(upload):
        raise ValueError("not an upload's id")
    return settings.data / "cargas" / upload


def begin_upload(session: Session, settings: Settings, delivery: Delivery, name: str, size: int) -> PartialUpload:
    """Make room for a file of ``size`` bytes. Raises Refused ARCHIVO_GRANDE, CARGAS_ABIERTAS."""
    largest = settings.max_upload_mb << 20
    if size > largest:
        raise Refused(
            "ARCHIVO_GRANDE", f"Un archivo admite hasta {settings.max_upload_mb} MB; divídalo y vuelva a cargar."
        )
    give_up_expired(session, settings)
    sweep(session, settings)
    waiting = open_uploads(session, delivery.aspirante)
    if len(waiting) >= MOST_OPEN or sum(one.size for one in waiting) + size > OPEN_SIZES * largest:
        raise Refused("CARGAS_ABIERTAS", "Hay demasiados archivos a medias; termínelos o retírelos y repita.")
    upload = PartialUpload(
        id=secrets.token_hex(16),
        delivery=delivery.id,
        aspirante=delivery.aspirante,
        name=plain_name(name),
        size=size,
        at=now(),
        by=delivery.by,
        ended_at=None,
        ending=None,
        receipts=None,
    )
    path = path_of(settings, upload.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    session.add(upload)
    session.flush()
    return upload


def offset_of(settings: Settings, upload: PartialUpload) -> int:
    """Bytes that stand on disk; the whole size once the file was taken."""
    if upload.ending == "taken":
        return upload.size
    path = path_of(settings, upload.id)
    return path.stat().st_size if path.is_file() else 0


def expires_at(settings: Settings, upload: PartialUpload) -> dt.datetime:
    """When the file will be given up if nothing is added."""
    path = path_of(settings, upload.id)
    touched = path.stat().st_mtime if path.is_file() else upload.at.timestamp()
    return dt.datetime.fromtimestamp(touched, dt.UTC) + EXPIRES


@contextmanager
def _alone(path: Path) -> Iterator[BinaryIO]:
    """The file, for one writer at a time. Raises Busy."""
    with path.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Busy from None
        yield file


def add_bytes(settings: Settings, upload: PartialUpload, offset: int, stream: BinaryIO) -> int:
    """Add what the stream brings at ``offset``, which must be where the file ends; the new size in bytes.

    What came before a broken connection stays. Raises Busy, FileNotFoundError when its bytes were given up, and
    ValueError when ``offset`` is not the end.
    """
    with _alone(path_of(settings, upload.id)) as file:
        at = file.seek(0, os.SEEK_END)
        if at != offset:
            raise ValueError("offset")
        try:
            while at < upload.size and (piece := stream.read(min(PIECE, upload.size - at))):
                file.write(piece)
                at += len(piece)
        finally:
            file.flush()
            os.fsync(file.fileno())
    return at


def finish_upload(store: Store, settings: Settings, upload_id: str, today: dt.date) -> PartialUpload:
    """Take the file if all its bytes are here and nobody took it yet; the upload as it stands then.

    The receipt is kept in the transaction that takes the file, so however often the end is announced the file is
    taken once. ``today`` is the day the file bears unless staff stated another. Raises Busy.
    """
    with store.reading() as session:
        upload = _known(session, upload_id)
        delivery = session.get_one(Delivery, upload.delivery)
    path = path_of(settings, upload_id)
    if upload.ended_at is not None:
        path.unlink(missing_ok=True)  # the process that took it may have died before its last line
        return upload
    if not path.is_file() or path.stat().st_size < upload.size:
        return upload
    with _alone(path) as file:
        with store.reading() as session:
            if _known(session, upload_id).ended_at is not None:
                return _known(session, upload_id)

        def note(session: Session, receipt: Receipt) -> None:
            row = _known(session, upload_id)
            row.ended_at, row.ending = now(), "taken"
            row.receipts = [one.as_json() for one in receipt.files]

        take_files(
            store, settings, aspirante=upload.aspirante, files=[(upload.name, file)],
            received=delivery.received or today, operator=upload.by, delivery=delivery.id, note=note,
        )  # fmt: skip
        path.unlink(missing_ok=True)
    with store.reading() as session:
        return _known(session, upload_id)


def _known(session: Session, upload_id: str) -> PartialUpload:
    upload = find_upload(session, upload_id)
    if upload is None:
        raise Refused("CARGA_DESCONOCIDA", "Esa carga no existe o ya se retiró; vuelva a elegir el archivo.")
    return upload


def withdraw_upload(session: Session, settings: Settings, upload: PartialUpload, ending: str = "withdrawn") -> None:
    """Give up a file on its way: its bytes are erased, its line stays so that nothing is silently skipped."""
    row = _known(session, upload.id)
    if row.ended_at is None:
        row.ended_at, row.ending = now(), ending
        path_of(settings, upload.id).unlink(missing_ok=True)


def sweep(session: Session, settings: Settings) -> int:
    """Erase bytes that no file on its way needs, left where a process died between two steps; how many files.

    They are images of people's papers: outside the content store nothing is kept. Bytes that no line knows of may
    belong to a file that is just being begun, so they are left for as long as a file may wait.
    """
    folder = settings.data / "cargas"
    needless = [path for path in folder.iterdir() if _is_needless(session, path)] if folder.is_dir() else []
    for path in needless:
        path.unlink(missing_ok=True)
    return len(needless)


def _is_needless(session: Session, path: Path) -> bool:
    row = find_upload(session, path.name)
    if row is not None:
        return row.ended_at is not None
    try:
        return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC) < now() - EXPIRES
    except FileNotFoundError:
        return False  # whoever took it erased it meanwhile


def give_up_expired(session: Session, settings: Settings) -> int:
    """Give up what nobody has added to for a day, also files whose bytes are gone; how many."""
    moment = now()
    late = [one for one in open_uploads(session) if expires_at(settings, one) < moment]
    for one in late:
        withdraw_upload(session, settings, one, "expired")
    return len(late)


def own_delivery(session: Session, delivery: str, aspirante: str, by: str) -> Delivery:
    """The delivery, if this person announced it for this aspirante. Raises Refused."""
    found = find_delivery(session, delivery) if TOKEN.fullmatch(delivery) else None
    if found is None or found.aspirante != aspirante or found.by != by:
        raise Refused("ENTREGA_AJENA", "Esa entrega no es suya o no existe; recargue la página y vuelva a cargar.")
    return found
