"""The workbook for the Council: the figures of a frozen dictamen, and its records without names or claves.

Every text is written as text: a cell never becomes a formula or a link, whatever it begins with. The same dictamen
gives the same bytes: the workbook's own date is that of the dictamen.
"""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count, islice
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from service.access.words import folio_word
from service.dictamen.dates import say_day
from service.dictamen.names import CLASS_NAMES

ROW_LIMIT = 1_048_576  # of the format
FLAT_AND_LITERAL = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
"""Memory does not grow with the rows, and a text stays the text it is."""
DECIDED = {"auto": "máquina", "desk": "personas"}
OUTCOMES = {"CUMPLE": "CUMPLE", "NO_CUMPLE": "NO CUMPLE", "INDETERMINADO": "INDETERMINADO"}


@dataclass(frozen=True)
class Column:
    """One column: its head, its width in characters, and whether long texts are broken into lines."""

    head: str
    width: float = 18
    wraps: bool = False


RECORD_COLUMNS = (
    Column("Registro", 24), Column("Folio", 14), Column("Renglón", 9), Column("Clase", 8),
    Column("Clase en palabras", 44), Column("Motivos", 20), Column("Decidió", 10),
)  # fmt: skip
STEP_COLUMNS = (Column("Concepto", 58), Column("Registros", 12), Column("Subtotal", 12), Column("Fundamento", 34))
CLASS_COLUMNS = (Column("Clase", 8), Column("Nombre", 52), Column("Registros", 12))
READING_COLUMNS = (
    Column("Lectura", 10), Column("En qué consiste", 72, wraps=True), Column("Alcanzadas", 12),
    Column("Requeridas", 12), Column("Cumple", 10),
)  # fmt: skip
UNIT_COLUMNS = (
    Column("Unidad", 14), Column("Grupo", 10), Column("Lista nominal", 14), Column("Su 1 %", 10),
    Column("Válidos", 10),
)  # fmt: skip
ERROR_COLUMNS = (
    Column("Concepto", 50), Column("Errores", 10), Column("Casos", 10), Column("Tasa", 12),
    Column("Desde (95 %)", 13), Column("Hasta (95 %)", 13), Column("Cómo se midió", 70, wraps=True),
)  # fmt: skip
PARAMETER_COLUMNS = (
    Column("Parámetro", 30), Column("Valor", 22), Column("Acuerdo", 28), Column("Vigente desde", 14),
    Column("Fundamento", 60, wraps=True),
)  # fmt: skip


class Book:
    """A workbook in one look: heads shaded and kept in sight, thousands grouped, ready to be printed across."""

    def __init__(self, out: str | BinaryIO, said: Mapping[str, Any] | None = None) -> None:
        self.book = xlsxwriter.Workbook(out, FLAT_AND_LITERAL)
        make = self.book.add_format
        self.head = make({"bold": True, "bottom": 1, "bg_color": "#E9EEF2", "text_wrap": True, "valign": "vcenter"})
        self.number = make({"num_format": "#,##0", "valign": "top"})
        self.text = make({"valign": "top"})
        self.wrapped = make({"valign": "top", "text_wrap": True})
        self.title = make({"bold": True, "font_size": 14})
        self.label = make({"bold": True, "valign": "top"})
        self.folio = "" if said is None else said["folio"]
        if said is not None:
            self.book.set_properties(
                {
                    "title": f"{said['folio']}: {said['aspirante']['nombre']}",
                    "author": "Instituto Electoral de la Ciudad de México",
                    "created": datetime.fromisoformat(said["emitido"]),
                }
            )

    def sheet(self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> int:
        """A table with its head; gives how many rows were written."""
        sheet = self._blank(name)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.head, self.head)
        written = 0
        for written, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                self._cell(sheet, written, place, value, self.wrapped if columns[place].wraps else self.text)
        if written:
            sheet.autofilter(0, 0, written, len(columns) - 1)
        return written

    def summary(self, title: str, pairs: Iterable[tuple[str, object]]) -> None:
        """The first sheet: a title, then names and what they come to."""
        sheet = self._blank("Resumen")
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 74)
        left = self.book.add_format({"num_format": "#,##0", "align": "left", "text_wrap": True, "valign": "top"})
        sheet.write_string(0, 0, title, self.title)
        for line, (name, value) in enumerate(pairs, start=2):
            sheet.write_string(line, 0, name, self.label)
            self._cell(sheet, line, 1, value, left, left)

    def close(self) -> None:
        """Write the file out."""
        self.book.close()

    def _blank(self, name: str) -> Any:
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(1)  # letter, as the PDF
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{self.folio.replace('&', '&&')}&C&A&RPágina &P de &N")
        return sheet

    def _cell(self, sheet: Any, line: int, place: int, value: object, texts: Any, numbers: Any = None) -> None:
        if isinstance(value, int) and not isinstance(value, bool):
            sheet.write_number(line, place, value, numbers or self.number)
        elif value is not None:
            sheet.write_string(line, place, str(value), texts)


def write_workbook(frozen: Mapping[str, Any], confidential: Path, out: Path) -> int:
    """Write ``out`` from a dictamen and its confidential annex; gives the number of records written.

    The records sheet holds ids, class and reasons only. Memory does not grow with the records
    (``constant_memory``). More records than a sheet can hold go on in a further sheet.
    """
    said = frozen["documento"]
    book = Book(str(out), said)
    try:
        book.summary("Dictamen sobre el respaldo ciudadano", _summary(frozen))
        book.sheet("Conteo", STEP_COLUMNS, _steps(said["conteo"]))
        by_class = said["conteo"]["por_clase"]
        book.sheet("Clases", CLASS_COLUMNS, ((c, CLASS_NAMES[c], by_class[c]) for c in CLASS_NAMES if by_class[c]))
        book.sheet("Lecturas", READING_COLUMNS, _readings(said["dispersion"]))
        book.sheet("Dispersión", UNIT_COLUMNS, _units(said["dispersion"]))
        book.sheet("Error medido", ERROR_COLUMNS, _errors(said["errores"]))
        parameters = (
            (p["nombre"], p["valor"], p["acuerdo"] or "sin acuerdo", p["vigente_desde"], p["base"])
            for p in said["parametros"]
        )
        book.sheet("Parámetros", PARAMETER_COLUMNS, parameters)
        with confidential.open(encoding="utf-8", newline="") as stream:
            return _write_pages(book, "Registros", RECORD_COLUMNS, _records(csv.DictReader(stream)))
    finally:
        book.close()


def write_table(out: BinaryIO, name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write one table as a workbook, a further sheet where a sheet is full; gives the number of rows written."""
    book = Book(out)
    try:
        return _write_pages(book, name, [Column(title, 46 if not n else 18) for n, title in enumerate(head)], rows)
    finally:
        book.close()


def _write_pages(book: Book, name: str, columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> int:
    written, left = 0, iter(rows)
    for number in count(1):
        filled = book.sheet(name if number == 1 else f"{name} {number}", columns, islice(left, ROW_LIMIT - 1))
        written += filled
        if filled < ROW_LIMIT - 1:
            break
    return written


def _summary(frozen: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    said = frozen["documento"]
    who, counted, asked, spread = said["aspirante"], said["conteo"], said["requisito"], said["dispersion"]
    yield "Folio", said["folio"]
    yield "Tipo", "dictamen" if said["tipo"] == "final" else "informe preliminar: no es un dictamen"
    yield "Emitido", say_day(said["emitido"])
    yield "Proceso", said["proceso"]["nombre"]
    yield "Aspirante", f"{who['nombre']} ({who['id']})"
    yield "Cargo y ámbito", f"{who['cargo_nombre']}, {who['ambito_nombre']}"
    yield "Resultado", OUTCOMES[said["resultado"]["sentido"]]
    yield "Lista nominal del ámbito", asked["lista_nominal"]
    yield "Apoyos requeridos", asked["requeridos"]
    yield "Fórmula", asked["formula"]
    yield "Registros recibidos", counted["recibidos"]
    yield "Apoyos válidos", counted["validos"]
    yield "Porcentaje de la lista", f"{counted['porcentaje_lista']} %"
    yield "Margen", said["resultado"]["margen"]
    yield "Pendientes", counted["pendientes"]
    ties = said["empates"]
    yield "Empates de fecha", f"{ties['registros']}; {'deciden' if ties['deciden'] else 'no deciden'} el resultado"
    reached = spread["lecturas"][spread["lectura"]]["alcanzadas"]
    reading = f"Unidades con respaldo (lectura {spread['lectura']})"
    yield reading, f"{reached} de {spread['k']} requeridas, N = {spread['N']}"
    yield "Sensible a la lectura", "sí" if spread["sensible_a_la_lectura"] else "no"
    if said["sustituye"]:
        yield "Sustituye a", f"{said['sustituye']['folio']}. Motivo: {said['sustituye']['motivo']}"
    yield "Raíz publicada", frozen["integridad"]["raiz"]


def _steps(counted: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    yield "Recibidos", counted["recibidos"], counted["recibidos"], "Art. 323 párr. 14"
    for step in counted["pasos"]:
        yield f"menos: {step['concepto']}", -step["n"], step["subtotal"], step["fundamento"]
    yield "Válidos", counted["validos"], counted["validos"], "Art. 314 a 316; 323 párr. 1"


def _readings(spread: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    for name, reading in sorted(spread["lecturas"].items()):
        named = f"{name} (aplicada)" if name == spread["lectura"] else name
        if reading is None:
            yield named, "no fijada en los Lineamientos", None, None, "no aplica"
        else:
            meets = "sí" if reading["cumple"] else "no"
            yield named, reading["descripcion"], reading["alcanzadas"], spread["k"], meets


def _units(spread: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    for unit in spread["unidades"]:
        roll = unit["lista_nominal"]
        own = None if roll is None else unit["uno_por_ciento"]
        yield unit["unidad"], unit["grupo"], "sin cifra" if roll is None else roll, own, unit["validos"]


def _errors(lines: Iterable[Mapping[str, Any]]) -> Iterator[tuple[object, ...]]:
    for one in lines:
        low, high = one.get("intervalo_95", (None, None))
        yield one["concepto"], one.get("errores"), one.get("casos"), one["tasa"], low, high, one["metodo"]


def _records(rows: Iterable[Mapping[str, str]]) -> Iterator[tuple[object, ...]]:
    """The own records in the order of the paper.

    The annex has them in the order of the electors' keys, which would tell who stands before whom; a temporary file
    sorts them, so that memory stays flat.
    """
    base = sqlite3.connect("")
    try:
        base.execute("CREATE TABLE own (folio, page INT, line INT, record, clase, reasons, by)")
        own = (
            (row["folio"], row["page"], row["row"], row["record"], row["class"], row["reasons"], row["decided_by"])
            for row in rows
            if not row["party"]  # a rival's record: counted in the annex, never listed here
        )
        base.executemany("INSERT INTO own VALUES (?, ?, ?, ?, ?, ?, ?)", own)
        ordered = base.execute("SELECT * FROM own ORDER BY folio, page, line, record")
        for folio, _, line, record, clase, reasons, by in ordered:
            yield record, folio_word(folio), line, clase, CLASS_NAMES.get(clase, ""), reasons, DECIDED.get(by, by)
    finally:
        base.close()
