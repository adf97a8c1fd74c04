"""Issuing a dictamen: from an expediente to a folder that anyone can check. All of it, or nothing."""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from service.dictamen import annexes, control, merkle
from service.dictamen.compose import compose
from service.dictamen.counting import Count, Counter
from service.dictamen.expediente import Expediente
from service.dictamen.finality import obstacles
from service.dictamen.freeze import SCHEMA_PATH, digest, digest_file, freeze, schema_faults
from service.dictamen.names import GROUPS
from service.dictamen.pdf import render
from service.dictamen.sign import Signer, sign_pdf
from service.errors import Refused
from service.law.errors import LawRefused
from service.law.plazos import parrafo_5_warnings, parrafo_18_dictamen_deadline
from service.law.proceso import Proceso, process_from_toml
from service.law.umbral import warn_between_roundings

JSON, PDF, ALONE = "dictamen.json", "dictamen.pdf", "verify_alone.py"
GROUP_NAMES = sorted(set(GROUPS.values()))


@dataclass(frozen=True)
class Issued:
    """A dictamen in its folder: what is to be kept in the store and published."""

    folder: Path
    folio: str
    outcome: str
    sha256: str  # of dictamen.json
    root: str
    document: bytes  # dictamen.json


def issue(expediente: Expediente, out_dir: Path, *, preliminary: bool, on: date, signer: Signer) -> Issued:
    """Write the dictamen of an expediente into ``out_dir`` (new or empty).

    Two issues of one expediente on one date give the same bytes, but for the signature of the PDF.
    Raises Refused with the first obstacle to a final dictamen (``finality``), ``CARPETA_OCUPADA`` when the
    folder holds something, and whatever the law refuses.
    """
    if out_dir.exists() and any(out_dir.iterdir()):
        raise Refused("CARPETA_OCUPADA", "La carpeta de salida no está vacía; indique otra.")
    out_dir.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{out_dir.name}-", dir=out_dir.parent))
    try:
        issued = _write(expediente, work, preliminary=preliminary, on=on, signer=signer)
        out_dir.mkdir(exist_ok=True)
        for file in sorted(work.iterdir()):
            shutil.move(str(file), out_dir / file.name)
    except LawRefused as cause:
        raise Refused(cause.code, cause.sentence) from cause
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Issued(out_dir, expediente.folio, *issued)


def _write(
    expediente: Expediente, work: Path, *, preliminary: bool, on: date, signer: Signer
) -> tuple[str, str, str, bytes]:
    proceso = process_from_toml(expediente.proceso)
    counter = Counter(proceso, expediente.marco, expediente.aspirante)
    leaves = _write_confidential(expediente, counter, work / annexes.CONFIDENTIAL)
    count = counter.count()
    annexes.write_public(work / annexes.PUBLIC, ((leaf[:-1], GROUP_NAMES[leaf[-1]]) for leaf in leaves))
    annexes.write_frame(work / annexes.FRAME, expediente.marco)
    seen = control.write_control(work / control.ANNEX, expediente.drawn)
    rows = {
        annexes.CONFIDENTIAL: count.own_rows + count.rival_rows,
        annexes.PUBLIC: count.own_rows,
        annexes.FRAME: len(expediente.marco),
        control.ANNEX: seen,
    }
    said = compose(
        expediente,
        proceso,
        count,
        preliminary=preliminary,
        on=on,
        annexes={name: {"renglones": n, "sha256": digest_file(work / name)} for name, n in rows.items()},
        signature={"titular": signer.subject, "certificado_sha256": signer.fingerprint},
        warnings=warnings_of(proceso, count, expediente, on, rehearsal=signer.rehearsal),
    )
    if not preliminary:
        for code, sentence in obstacles(said):
            raise Refused(code, sentence)
    document = seal(said, leaves)
    frozen = freeze(document)
    if faults := schema_faults(json.loads(frozen)):
        raise ValueError(f"the document leaves its own schema: {faults[0]}")
    (work / JSON).write_bytes(frozen)
    shutil.copy(SCHEMA_PATH, work / SCHEMA_PATH.name)
    shutil.copy(Path(__file__).with_name(ALONE), work / ALONE)
    reason = f"Dictamen {expediente.folio}"
    (work / PDF).write_bytes(sign_pdf(render(json.loads(frozen), digest(frozen)), signer, reason=reason))
    return said["resultado"]["sentido"], digest(frozen), document["integridad"]["raiz"], frozen


def seal(said: dict[str, Any], leaves: list[bytes]) -> dict[str, Any]:
    """The document with its root: first leaf the document itself, then the lines of the public annex.

    Each of ``leaves`` is a commitment and the number of its group (33 bytes), in ascending order.
    """
    first = annexes.document_leaf(freeze(said))

    def hashes() -> Iterator[bytes]:
        yield first
        for leaf in leaves:
            yield annexes.public_leaf(leaf[:-1], GROUP_NAMES[leaf[-1]])

    return {
        "documento": said,
        "integridad": {
            "algoritmo": "SHA-256; árbol de Merkle de RFC 6962; JSON canónico de RFC 8785",
            "hojas": len(leaves) + 1,
            "raiz": merkle.root_of(hashes()).hex(),
        },
    }


def warnings_of(
    proceso: Proceso, count: Count, expediente: Expediente, on: date, *, rehearsal: bool
) -> tuple[str, ...]:
    """What the reader must be told besides the tally's own warnings."""
    found = [*parrafo_5_warnings(proceso.ventana(expediente.aspirante.cargo))]
    found += warn_between_roundings(count.tally.valid, count.umbral)
    deadline = parrafo_18_dictamen_deadline(proceso)
    if on > deadline:
        found.append(
            f"El dictamen se emite después del {deadline.isoformat()}, último día que prevé el art. 323 párr. 19."
        )
    pages = expediente.pages
    if waiting := pages.unread + pages.unlaid:
        found.append(f"Hay {waiting} páginas sin procesar: lo que contengan no está en estas cifras.")
    if pages.unmatched or pages.open_jobs or pages.faults:
        found.append(
            f"Hay {pages.unmatched} registros sin compulsar, {pages.open_jobs} trabajos abiertos y {pages.faults} "
            "apartados con falla."
        )
    if not expediente.hearing.notices and count.tally.valid + count.tally.pending < count.tally.received:
        found.append("No consta notificación de audiencia sobre los registros que no se cuentan.")
    if rehearsal:
        found.append("Firmado con un certificado de ensayo: sin validez jurídica.")
    known = set(count.tally.warnings)
    return tuple(dict.fromkeys(one for one in found if one not in known))


def _write_confidential(expediente: Expediente, counter: Counter, path: Path) -> list[bytes]:
    """Write the confidential annex as a stream; gives the sorted commitments, each with its group's number."""
    leaves: list[bytes] = []
    numbers = {clase: bytes([GROUP_NAMES.index(group)]) for clase, group in GROUPS.items()}
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(annexes.COLUMNS)
        for entry, ruling in counter.feed(expediente.entries()):
            row = annexes.row_of(entry, ruling)
            writer.writerow(row)
            if entry.rival is None:
                if len(entry.salt) != annexes.SALT_BYTES:
                    raise ValueError("an own record came without its salt of 32 bytes")
                leaves.append(annexes.commit(row) + numbers[ruling.clase])
    leaves.sort()
    return leaves
