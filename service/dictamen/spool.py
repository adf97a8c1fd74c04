"""A temporary file of entries sorted by elector, so that a dictamen of any size is made in flat memory."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from service.dictamen.annexes import entry_of, row_of
from service.dictamen.expediente import Entry
from service.law.records import Clase, Ruling

BATCH = 2_000


class Spool:
    """Entries on disk. ``entries`` gives them in the order ``Expediente.entries`` asks for, as often as needed.

    Of rivals it gives those whose elector also stands in a record of the aspirante, and those still open as to
    whose they are. The file holds personal data: it lies in a folder of its owner alone and goes with ``close``.
    """

    def __init__(self, aspirante: str) -> None:
        self.aspirante = aspirante
        self._folder = tempfile.TemporaryDirectory(prefix="respaldo-dictamen-")
        self._base = sqlite3.connect(Path(self._folder.name) / "spool.db", isolation_level=None)
        self._base.execute("PRAGMA journal_mode=OFF")
        self._base.execute("PRAGMA synchronous=OFF")
        self._base.execute("CREATE TABLE entry (elector TEXT, rank TEXT, own INTEGER, open INTEGER, row TEXT)")

    def add(self, entries: Iterable[Entry]) -> None:
        """Write entries, in any order."""
        self._base.execute("BEGIN")
        self._base.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", (_line(entry) for entry in entries))
        self._base.execute("COMMIT")

    def seal(self) -> None:
        """Sort for reading; call once after the last ``add``."""
        self._base.execute("CREATE INDEX by_elector ON entry (elector, rank)")
        self._base.execute("CREATE INDEX by_own ON entry (own, elector)")

    def entries(self) -> Iterator[Entry]:
        """The entries in ascending order of the elector's key, own ones first within a key."""
        cursor = self._base.execute(
            "SELECT row FROM entry WHERE own OR open OR elector IN "
            "(SELECT elector FROM entry WHERE own AND elector != '') ORDER BY elector, rank"
        )
        while rows := cursor.fetchmany(BATCH):
            for (text,) in rows:
                yield entry_of(json.loads(text), self.aspirante)

    def close(self) -> None:
        """Remove the file."""
        self._base.close()
        self._folder.cleanup()


def is_open(entry: Entry) -> bool:
    """Whether it may still turn out to be any elector's, and so bears on everyone (``service.law.ruling``)."""
    record = entry.record
    if record.established and not record.in_hearing:
        return False
    unknown = record.elector is None or record.situacion is None or record.seccion is None
    return record.unprocessed or record.open_match or unknown or record.in_hearing


def _line(entry: Entry) -> tuple[str, str, int, int, str]:
    record, own = entry.record, entry.rival is None
    row = row_of(entry, Ruling(record, Clase.V))  # the class is ruled when the annex is written
    return record.elector or "", f"{int(not own)}{record.id}", own, is_open(entry), json.dumps(row)
