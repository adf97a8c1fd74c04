"""The workbook for the Council: the figures of a frozen dictamen, and its records without names or claves.

Every text is written as text: a cell never becomes a formula or a link, whatever it begins with.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from itertools import count, islice
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from service.dictamen.names import CLASS_NAMES

RECORD_COLUMNS = ("record", "folio", "row", "class", "reasons", "decided_by")
ROW_LIMIT = 1_048_576  # of the format
FLAT_AND_LITERAL = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
"""Memory does not grow with the rows, and a text stays the text it is."""


def write_workbook(frozen: Mapping[str, Any], confidential: Path, out: Path) -> int:
    """Write ``out`` from a dictamen and its confidential annex; gives the number of records written.

    The records sheet holds ids, class and reasons only. Memory does not grow with the records
    (``constant_memory``). More records than a sheet can hold go on in a further sheet.
    """
    said = frozen["documento"]
    book = xlsxwriter.Workbook(str(out), FLAT_AND_LITERAL)
    bold = book.add_format({"bold": True, "bottom": 1})
    try:
        _sheet(book, bold, "Resumen", ("Concepto", "Valor"), _summary(frozen))
        steps = (
            (step["concepto"], step["n"], step["subtotal"], step["fundamento"]) for step in said["conteo"]["pasos"]
        )
        _sheet(book, bold, "Conteo", ("Concepto", "Registros", "Subtotal", "Fundamento"), steps)
        units = (
            (u["unidad"], u["lista_nominal"], u["uno_por_ciento"], u["validos"])
            for u in said["dispersion"]["unidades"]
        )
        _sheet(book, bold, "Dispersión", ("Unidad", "Lista nominal", "Su 1 %", "Válidos"), units)
        parameters = ((p["nombre"], p["valor"], p["acuerdo"], p["vigente_desde"]) for p in said["parametros"])
        _sheet(book, bold, "Parámetros", ("Parámetro", "Valor", "Acuerdo", "Vigente desde"), parameters)
        return _write_records(book, bold, confidential)
    finally:
        book.close()


def write_table(out: BinaryIO, name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write one table as a workbook, a further sheet where a sheet is full; gives the number of rows written."""
    book = xlsxwriter.Workbook(out, FLAT_AND_LITERAL)
    bold = book.add_format({"bold": True, "bottom": 1})
    written, left = 0, iter(rows)
    try:
        for number in count(1):
            title = name if number == 1 else f"{name} {number}"
            filled = _sheet(book, bold, title, head, islice(left, ROW_LIMIT - 1))
            written += filled
            if filled < ROW_LIMIT - 1:
                break
        return written
    finally:
        book.close()


def _summary(frozen: Mapping[str, Any]) -> list[tuple[str, object]]:
    said = frozen["documento"]
    return [
        ("Dictamen", said["folio"]),
        ("Tipo", said["tipo"]),
        ("Proceso", said["proceso"]["nombre"]),
        ("Aspirante", said["aspirante"]["nombre"]),
        ("Recibidos", said["conteo"]["recibidos"]),
        ("Válidos", said["conteo"]["validos"]),
        ("Requeridos", said["requisito"]["requeridos"]),
        ("Resultado", said["resultado"]["sentido"]),
        ("Raíz publicada", frozen["integridad"]["raiz"]),
    ]


def _sheet(book: Any, bold: Any, name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, 46)
    sheet.set_column(1, len(head), 18)
    for column, title in enumerate(head):
        sheet.write_string(0, column, title, bold)
    written = 0
    for written, row in enumerate(rows, start=1):
        _write_row(sheet, written, row)
    sheet.freeze_panes(1, 0)
    return written


def _write_row(sheet: Any, number: int, row: Sequence[object]) -> None:
    for column, value in enumerate(row):
        if isinstance(value, int) and not isinstance(value, bool):
            sheet.write_number(number, column, value)
        elif value is not None:
            sheet.write_string(number, column, str(value))


def _write_records(book: Any, bold: Any, confidential: Path) -> int:
    written = 0
    sheet, line = None, ROW_LIMIT
    with confidential.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["party"]:
                continue  # a rival's record: counted in the annex, never listed here
            if line >= ROW_LIMIT:
                sheet = book.add_worksheet(f"Registros {written // (ROW_LIMIT - 1) + 1}")
                for column, title in enumerate((*RECORD_COLUMNS, "clase en palabras")):
                    sheet.write_string(0, column, title, bold)
                line = 1
            cells = [row[column] for column in RECORD_COLUMNS]
            _write_row(sheet, line, [*cells, CLASS_NAMES.get(row["class"], "")])
            written, line = written + 1, line + 1
    return written
