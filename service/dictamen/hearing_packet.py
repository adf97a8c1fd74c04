"""The hearing packet of an aspirante from the store: rows that do not count, their crops, their rulings.

It is told as the pages tell it (``service.store.shown``): which baja it is, in person at the hearing; what the list
says of a row, once its original was received.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from service.audit.chain import record as record_deed
from service.audit.deeds import RecordsExported
from service.config import Settings
from service.dictamen.packet import PacketHead, PacketRow, write_packet
from service.errors import Refused
from service.jobs.crops import crop_path
from service.law.plazos import ZONA
from service.law.sentences import NO_ORIGINAL
from service.proceso.register import law_proceso, require_aspirante, require_proceso
from service.store import Session, Store
from service.store.audiencia import hearing_figures
from service.store.dictamenes import FailingRow, failing_rows
from service.store.shown import WAITING, shown_class

CAUSE_OF_BAJA = re.compile(r"(baja del padrón(?: electoral)?)(?: \([^)]*\)|: [^;.]*)", re.IGNORECASE)
"""As the sentences of the law say it: «causó baja del padrón electoral (…)», «baja del padrón: …»."""


def packet_for(
    store: Store, settings: Settings, aspirante: str, *, out: Path, on: date, operator: str
) -> tuple[list[Path], int]:
    """Write the packet into ``out`` (new or empty) and note the export; gives its volumes and the number of rows.

    Raises Refused: ``CARPETA_OCUPADA``, or an unknown aspirante.
    """
    if out.exists() and any(out.iterdir()):
        raise Refused("CARPETA_OCUPADA", "La carpeta de salida no está vacía; indique otra.")
    count = 0

    def rows(session: Session) -> Iterator[PacketRow]:
        nonlocal count
        for found in failing_rows(session, aspirante):
            count += 1
            crop = crop_path(settings, found.scan, found.page, found.row)
            image = crop.read_bytes() if crop.is_file() else b""
            yield _as_shown(found, image)

    with store.reading() as session:
        row = require_aspirante(session, aspirante)
        notices = hearing_figures(session, aspirante).notices
        head = PacketHead(
            proceso=law_proceso(require_proceso(session, row.proceso).text).nombre,
            aspirante=row.id,
            nombre=row.nombre,
            on=on.isoformat(),
            term_ends=notices[-1][1].astimezone(ZONA).isoformat() if notices else "",
        )
        volumes = write_packet(out, head, rows(session))
    with store.writing() as session:
        record_deed(session, operator, RecordsExported(aspirante, count, "expediente de audiencia"))
    return volumes, count


def _as_shown(found: FailingRow, image: bytes) -> PacketRow:
    shown = [shown_class(code, original=found.original) for code in (found.clase, *found.reasons)]
    reasons = tuple(dict.fromkeys(code for code in shown[1:] if code != WAITING))
    sentence = CAUSE_OF_BAJA.sub(r"\1", found.sentence) if found.original else NO_ORIGINAL
    return PacketRow(found.record, found.folio, found.row, shown[0], reasons, sentence, image)
