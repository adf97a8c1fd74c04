"""Files for the systems of the agreement: SNR, UTF notices, DERFE compulsa out and in.

The real layouts are not public, so the columns are configuration (``exchange_layouts.json`` or a file of the
same shape). Each export leaves beside it an acta in JSON with rows, SHA-256 and legal basis.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from service.dictamen.freeze import digest_file, freeze
from service.errors import Refused

DEFAULT_LAYOUTS = Path(__file__).with_name("exchange_layouts.json")
BAJAS = (
    "DEFUNCION", "SUSPENSION", "VIGENCIA", "DUPLICADO", "DATOS_IRREGULARES", "DOMICILIO_IRREGULAR",
    "USURPACION", "JUDICIAL", "OTRA",
)  # fmt: skip
SITUATIONS = frozenset({"VIGENTE", "PADRON", "NO_ENCONTRADO", *(f"BAJA_{cause}" for cause in BAJAS)})
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column:
    """A column of a file: its header there, and the name of the datum here."""

    header: str
    datum: str
    meaning: str


@dataclass(frozen=True)
class Layout:
    """The columns of one exchange file, in order."""

    name: str
    system: str
    basis: str
    file_format: str  # "csv" | "json"
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Answer:
    """What the compulsa says of one query."""

    query: str
    situation: str
    section: str


def load_layouts(path: Path = DEFAULT_LAYOUTS) -> dict[str, Layout]:
    """The layouts by name. Raises Refused ``DISENO_INVALIDO`` where a file does not describe them."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return {
            name: Layout(
                name,
                one["sistema"],
                one["fundamento"],
                one["formato"],
                tuple(Column(c["columna"], c["dato"], c["descripcion"]) for c in one["columnas"]),
            )
            for name, one in raw.items()
            if isinstance(one, dict)
        }
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as cause:
        raise Refused("DISENO_INVALIDO", "El diseño de intercambio no tiene la forma esperada.") from cause


def neutralise(value: str) -> str:
    """A text that a spreadsheet will not run as a formula (OWASP, CSV injection): an apostrophe before it."""
    return "'" + value if value.startswith(FORMULA_STARTS) else value


def write_export(
    layout: Layout, rows: Iterable[Mapping[str, str]], out: Path, *, on: date, acta: Mapping[str, str]
) -> dict[str, Any]:
    """Write ``out`` in the layout, and ``out`` + ``.acta.json`` beside it; gives the acta.

    A row without one of the layout's data is refused (``DATO_FALTANTE``) and nothing is left behind.
    """
    count = 0
    partial = out.with_name(out.name + ".parcial")
    try:
        with partial.open("w", encoding="utf-8", newline="") as stream:
            if layout.file_format == "csv":
                writer = csv.writer(stream, lineterminator="\n")
                writer.writerow([column.header for column in layout.columns])
                for count, row in enumerate(rows, start=1):
                    writer.writerow([neutralise(value) for value in _values(layout, row, count)])
            else:
                listed = []
                for count, row in enumerate(rows, start=1):
                    headers = [column.header for column in layout.columns]
                    listed.append(dict(zip(headers, _values(layout, row, count), strict=True)))
                stream.write(freeze({"sistema": layout.system, "registros": listed}).decode() + "\n")
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    record = {
        "archivo": out.name,
        "diseno": layout.name,
        "sistema": layout.system,
        "fundamento": layout.basis,
        "fecha": on.isoformat(),
        "registros": count,
        "sha256": digest_file(out),
        **acta,
    }
    out.with_name(out.name + ".acta.json").write_bytes(freeze(record) + b"\n")
    return record


def read_answers(layout: Layout, data: bytes) -> Iterator[Answer]:
    """The answers of a returned compulsa file (UTF-8 CSV), in its order.

    Raises Refused with the number of the line and the cause: ``COMPULSA_COLUMNAS``, ``COMPULSA_RENGLON``.
    """
    try:
        reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    except UnicodeDecodeError as cause:
        raise Refused("COMPULSA_COLUMNAS", "La compulsa debe venir en UTF-8.") from cause
    rows = _rows(reader)
    headers = next(rows, [])
    expected = [column.header for column in layout.columns]
    if headers != expected:
        raise Refused("COMPULSA_COLUMNAS", f"La compulsa debe traer las columnas {', '.join(expected)}.")
    place = {column.datum: index for index, column in enumerate(layout.columns)}
    seen: set[str] = set()
    for number, row in enumerate(rows, start=2):
        if len(row) != len(expected):
            raise Refused("COMPULSA_RENGLON", f"Renglón {number}: faltan o sobran columnas.")
        query, situation = row[place["consulta"]], row[place["situacion"]]
        section = row[place["seccion"]]
        if query in seen or not query:
            raise Refused("COMPULSA_RENGLON", f"Renglón {number}: consulta vacía o repetida.")
        if situation not in SITUATIONS:
            raise Refused("COMPULSA_RENGLON", f"Renglón {number}: situación desconocida.")
        if not re.fullmatch(r"[0-9]{0,4}", section):
            raise Refused("COMPULSA_RENGLON", f"Renglón {number}: sección inválida.")
        seen.add(query)
        yield Answer(query, situation, section)


def _rows(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error:  # a null character, a field of more than 128 KiB
        raise Refused("COMPULSA_COLUMNAS", "La compulsa no se puede leer como CSV; revise el archivo.") from None


def _values(layout: Layout, row: Mapping[str, str], number: int) -> list[str]:
    missing = [column.datum for column in layout.columns if column.datum not in row]
    if missing:
        raise Refused("DATO_FALTANTE", f"Registro {number}: falta {', '.join(missing)}.")
    return [str(row[column.datum]) for column in layout.columns]
