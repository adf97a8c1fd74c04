"""The three tables beside the dictamen: confidential records, public commitments, geographic frame.

A record's commitment binds two halves, each hashed under a salt of its own drawn from the row's 32 random bytes: what
a receipt opens (where the record stands on the paper and how it was classed), and the whole confidential row. Without
the salt nobody can test a guess against it (hiding rests on the salt, binding on SHA-256). The leaf of the tree binds
the commitment together with the group that the public annex shows. The confidential annex holds the salts: whoever
holds it opens every commitment; who gets a receipt opens the first half of one row and learns nothing of the list.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TextIO

from service.dictamen.expediente import Entry, Rival
from service.dictamen.merkle import hash_leaf
from service.errors import Refused
from service.law.frame import Marco, Seccion, marco_of
from service.law.records import Clase, Record, Ruling, Situacion

CONFIDENTIAL, PUBLIC, FRAME = "annex_confidential.csv", "annex_public.csv", "annex_marco.csv"
COLUMNS = (
    "record", "party", "party_constancia", "party_withdrawn", "elector", "situacion", "seccion", "fecha",
    "sheet_date", "received", "original", "unprocessed", "open_match", "in_hearing", "established", "suspected",
    "cleared", "prevails", "channel", "credential_copy", "batch", "sheet", "folio", "page", "row", "clave_read",
    "numero_ocr_read", "decided_by", "class", "reasons", "salt",
)  # fmt: skip
PUBLIC_COLUMNS = ("commitment", "group")
FRAME_COLUMNS = ("seccion", "distrito_local", "demarcacion", "circunscripcion", "lista_nominal", "zero_source")
OPENED = ("record", "folio", "page", "row", "class", "reasons")
"""What a receipt opens of a row; bajas without their cause, which is told in person at the hearing."""
ROW_DOMAIN = b"respaldo/fila/2\n"
OPENED_DOMAIN = b"respaldo/fila/2/abierta\n"
CLOSED_DOMAIN = b"respaldo/fila/2/reservada\n"
LEAF_DOMAIN = b"respaldo/hoja/1\n"
SALT_BYTES = 32
LONGEST_LINE = 16_384  # characters; the longest row of the samples has 287
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
OPENED_PLACES = tuple(COLUMNS.index(name) for name in OPENED)
SITUACIONES: Mapping[str, Situacion | None] = {"": None, **{one.value: one for one in Situacion}}
TRUTH: Mapping[str, bool] = {"0": False, "1": True}


def row_of(entry: Entry, ruling: Ruling) -> list[str]:
    """The confidential row of an entry, in the order of ``COLUMNS``.

    A rival's row shows neither sheet nor reading: only what the ruling of the contested elector needs.
    """
    record, rival = entry.record, entry.rival
    own = rival is None
    return [
        record.id,
        "" if rival is None else rival.pseudonym,
        "" if rival is None else _day(rival.constancia),
        "" if rival is None else _day(rival.withdrawn_on),
        record.elector or "",
        record.situacion or "",
        "" if record.seccion is None else str(record.seccion),
        _day(record.fecha),
        _day(record.sheet_date),
        record.received.isoformat(),
        _flag(record.original_received),
        _flag(record.unprocessed),
        _flag(record.open_match),
        _flag(record.in_hearing),
        _classes(record.established),
        _classes(record.suspected),
        _classes(record.cleared),
        _flag(record.prevails),
        record.channel,
        "" if record.credential_copy is None else _flag(record.credential_copy),
        record.batch if own else "",
        record.sheet if own else "",
        record.folio if own else "",
        str(record.page) if own else "",
        str(record.row) if own else "",
        entry.clave_read if own else "",
        entry.numero_ocr_read if own else "",
        entry.decided_by if own else "",
        str(ruling.clase),
        ruling.reasons_text,
        entry.salt.hex() if own else "",
    ]


def entry_of(row: Sequence[str], aspirante: str) -> Entry:
    """The entry that a confidential row describes. Raises ValueError on a value that is none."""
    (
        ident, party, constancia, withdrawn, elector, situacion, seccion, fecha, sheet_date, received, original,
        unprocessed, open_match, in_hearing, established, suspected, cleared, prevails, channel, copy, batch, sheet,
        folio, page, line, clave_read, numero_ocr_read, decided_by, _, _, salt,
    ) = row  # fmt: skip
    day = _date(received)
    if day is None:
        raise ValueError("a record without its day of reception")
    record = Record(
        id=ident,
        aspirante=party or aspirante,
        received=day,
        elector=elector or None,
        situacion=SITUACIONES[situacion],
        seccion=int(seccion) if seccion else None,
        fecha=_date(fecha),
        sheet_date=_date(sheet_date),
        original_received=TRUTH[original],
        unprocessed=TRUTH[unprocessed],
        open_match=TRUTH[open_match],
        in_hearing=TRUTH[in_hearing],
        established=_class_set(established),
        suspected=_class_set(suspected),
        cleared=_class_set(cleared),
        prevails=TRUTH[prevails],
        channel=channel,
        credential_copy=TRUTH[copy] if copy else None,
        batch=batch,
        sheet=sheet,
        folio=folio,
        page=int(page) if page else 0,
        row=int(line) if line else 0,
    )
    return Entry(
        record=record,
        salt=bytes.fromhex(salt),
        rival=Rival(party, _date(constancia), _date(withdrawn)) if party else None,
        decided_by=decided_by,
        clave_read=clave_read,
        numero_ocr_read=numero_ocr_read,
    )


def commit(row: Sequence[str]) -> bytes:
    """The commitment of a confidential row (its last value is the salt): 32 bytes."""
    salt = bytes.fromhex(row[-1])
    return join_halves(hash_opened(opened_salt(salt), opened_of(row)), hash_closed(row))


def opened_of(row: Sequence[str]) -> list[str]:
    """What a receipt opens of a row, in the order of ``OPENED``."""
    record, folio, page, line, clase, reasons = (row[place] for place in OPENED_PLACES)
    plain = dict.fromkeys(_without_cause(code) for code in reasons.split(";"))
    return [record, folio, page, line, _without_cause(clase), ";".join(plain)]


def opened_salt(salt: bytes) -> bytes:
    """The salt of the half that a receipt opens; the row's own cannot be found from it."""
    return hashlib.sha256(b"respaldo/sal/2/abierta\n" + salt).digest()


def hash_opened(salt: bytes, values: Sequence[str]) -> bytes:
    """The hash of the half that a receipt opens."""
    return hashlib.sha256(OPENED_DOMAIN + salt + ENCODER.encode(list(values)).encode()).digest()


def hash_closed(row: Sequence[str]) -> bytes:
    """The hash of the half that a receipt keeps closed: the whole row."""
    salt = hashlib.sha256(b"respaldo/sal/2/reservada\n" + bytes.fromhex(row[-1])).digest()
    return hashlib.sha256(CLOSED_DOMAIN + salt + ENCODER.encode(list(row[:-1])).encode()).digest()


def join_halves(opened: bytes, closed: bytes) -> bytes:
    """The commitment from its two halves."""
    return hashlib.sha256(ROW_DOMAIN + opened + closed).digest()


def public_leaf(commitment: bytes, group: str) -> bytes:
    """The leaf hash of a line of the public annex."""
    return hash_leaf(LEAF_DOMAIN + commitment + group.encode())


def document_leaf(canonical: bytes) -> bytes:
    """The leaf hash of the dictamen's own words: the first leaf, so that the root binds every figure too."""
    return hash_leaf(b"respaldo/documento/1\n" + canonical)


def strip_rival(entry: Entry, number: str) -> Entry:
    """A rival's entry with nothing that names sheet, file or aspirante: its id becomes ``pseudonym/number``."""
    if entry.rival is None:
        raise ValueError("only a rival's record is stripped")
    pseudonym = entry.rival.pseudonym
    record = replace(
        entry.record,
        id=f"{pseudonym}/{number}",
        aspirante=pseudonym,
        batch="",
        sheet="",
        folio="",
        page=0,
        row=0,
    )
    return Entry(record=record, rival=entry.rival)


def write_public(path: Path, lines: Iterable[tuple[bytes, str]]) -> None:
    """The public annex: commitments in ascending order, so that its order tells nothing."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(",".join(PUBLIC_COLUMNS) + "\n")
        for commitment, group in lines:
            stream.write(f"{commitment.hex()},{group}\n")


def write_frame(path: Path, marco: Marco) -> None:
    """The geographic frame, all sections in order of their number."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(FRAME_COLUMNS)
        for seccion in sorted(marco, key=lambda one: one.seccion):
            where = [seccion.distrito, seccion.demarcacion, seccion.circunscripcion]
            electors = "" if seccion.electors is None else seccion.electors
            writer.writerow([seccion.seccion, *where, electors, seccion.zero_source])


def read_frame(path: Path) -> Marco:
    """The frame as written. Raises ValueError, KeyError or LawRefused where it is none."""
    with path.open(encoding="utf-8", newline="") as stream:
        return marco_of(
            Seccion(
                seccion=int(row["seccion"]),
                distrito=row["distrito_local"],
                demarcacion=row["demarcacion"],
                circunscripcion=row["circunscripcion"],
                electors=int(row["lista_nominal"]) if row["lista_nominal"] else None,
                zero_source=row["zero_source"],
            )
            for row in csv.DictReader(stream)
        )


def read_rows(stream: TextIO, columns: Sequence[str]) -> Iterator[list[str]]:
    """The rows of an annex; refuses (``ANEXO_COLUMNAS``) any other header or a row of another length."""
    reader = csv.reader(_lines(stream))
    if next(reader, None) != list(columns):
        raise Refused("ANEXO_COLUMNAS", f"El anexo debe traer las columnas {', '.join(columns)}.")
    for number, row in enumerate(reader, start=2):
        if len(row) != len(columns):
            raise Refused("ANEXO_COLUMNAS", f"El renglón {number} del anexo no trae {len(columns)} columnas.")
        yield row


def _lines(stream: TextIO) -> Iterator[str]:
    """The lines of a file, none longer than a row can be: a file without line ends must not fill the memory."""
    while line := stream.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise Refused("ANEXO_COLUMNAS", f"El anexo trae una línea de más de {LONGEST_LINE} caracteres.")
        yield line


def _day(value: date | None) -> str:
    return "" if value is None else value.isoformat()


@lru_cache(maxsize=4096)
def _date(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


def _without_cause(code: str) -> str:
    return "B" if code[:1] == "B" else code


def _flag(value: bool) -> str:
    return "1" if value else "0"


@lru_cache(maxsize=4096)
def _classes(found: frozenset[Clase]) -> str:
    return ";".join(one for one in Clase if one in found)


@lru_cache(maxsize=4096)
def _class_set(text: str) -> frozenset[Clase]:
    return frozenset(Clase(one) for one in text.split(";")) if text else frozenset()
