"""Records and rulings as CSV, for ``respaldo law rule IN.csv --proceso FILE.toml`` (no database, no clock).

Input columns, UTF-8 with a header. Demanded:

- ``record`` a unique id; ``aspirante`` its id; ``cargo`` jefatura, alcaldia, diputacion; ``ambito`` empty,
  002..017 or 1..33 (the same in every row of an aspirante);
- ``clave`` any stable key of the elector, empty while unknown; ``situacion`` of the lista nominal, empty while
  unknown; ``seccion`` of the list; ``fecha`` AAAA-MM-DD or empty; ``recibido`` AAAA-MM-DD, the reception.

Optional: ``constancia``, ``desistimiento`` (dates of the aspirante); ``distrito_local``, ``demarcacion``,
``circunscripcion`` of the section, which may stand in for a frame; ``fecha_hoja``; ``original`` (si/no: received
and checked; ``si`` when the column is missing), ``sin_procesar``, ``lectura_abierta``, ``en_audiencia``,
``prevalece`` (si/no, empty is no); ``copia_credencial`` (si/no, empty is not looked at); ``canal`` (papel when
empty); ``establecidas``, ``sospechas``, ``descartadas`` (classes, ``;`` between: found by people, open signals,
dismissed by people); ``lote``, ``hoja``, ``folio``, ``pagina``, ``renglon``.

Unknown columns are refused by name, missing ones too; a bad value is refused by line and column, never shown.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from service.law.cargos import in_scope
from service.law.errors import LawRefused
from service.law.frame import Marco, Seccion, demarcacion_code, distrito_code, marco_of
from service.law.proceso import canonical_ambito
from service.law.records import NONE, Aspirante, Cargo, Clase, Record, Situacion
from service.law.ruling import Rulings
from service.law.sentences import cite, sentence

DEMANDED = ("record", "aspirante", "cargo", "ambito", "clave", "situacion", "seccion", "fecha", "recibido")
OPTIONAL = (
    *("constancia", "desistimiento", "distrito_local", "demarcacion", "circunscripcion", "fecha_hoja", "original"),
    *("sin_procesar", "lectura_abierta", "en_audiencia", "prevalece", "copia_credencial", "canal"),
    *("establecidas", "sospechas", "descartadas", "lote", "hoja", "folio", "pagina", "renglon"),
)
GEOGRAPHY = ("distrito_local", "demarcacion", "circunscripcion")
OUTPUT = ("record", "aspirante", "class", "counts", "reasons", "paragraph", "sentence")
YES_NO = {"si": True, "sí": True, "1": True, "true": True, "no": False, "0": False, "false": False}


@dataclass(frozen=True, slots=True)
class Table:
    """What a CSV of records says: records, their aspirantes, and the sections it places."""

    records: list[Record]
    aspirantes: list[Aspirante]
    marco: Marco


def read_records(text: str) -> Table:
    """Records, aspirantes and sections of a CSV; see the module for its columns and what is refused."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    header = list(reader.fieldnames or [])
    _check_header(header)
    records: list[Record] = []
    aspirantes: dict[str, Aspirante] = {}
    secciones: dict[int, Seccion] = {}
    ids: set[str] = set()
    for number, cells in enumerate(reader, start=2):
        row = Row(number, header, cells)
        aspirante = row.aspirante()
        if aspirantes.setdefault(aspirante.id, aspirante) != aspirante:
            raise row.refusal("aspirante", "contradice el cargo, ámbito o fechas de un renglón anterior")
        record = row.record()
        if record.id in ids:
            raise row.refusal("record", "repite el identificador de otro renglón")
        ids.add(record.id)
        records.append(record)
        seccion = row.seccion()
        if seccion and secciones.setdefault(seccion.seccion, seccion) != seccion:
            raise row.refusal("seccion", "contradice el distrito, demarcación o circunscripción de otro renglón")
    return Table(records, list(aspirantes.values()), marco_of(secciones.values()))


def frame_for(table: Table, given: Marco | None) -> Marco:
    """The frame to rule by: the given one, else the sections that the table itself places.

    With neither, a section cannot be placed: each record of a scope other than the city stays pending (Q2).
    """
    if given is not None:
        return given
    known = dict(table.marco.secciones)
    cities = [a for a in table.aspirantes if in_scope(Seccion(0, "", ""), a.cargo, a.ambito)]
    if cities:
        for record in table.records:
            if record.seccion is not None and record.seccion not in known:
                known[record.seccion] = Seccion(record.seccion, "", "")
    return Marco(known)


def rulings_to_csv(rulings: Rulings) -> str:
    """One line a record, in the order given: class, reasons, paragraph and sentence (columns ``OUTPUT``)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(OUTPUT)
    for ruling in rulings:
        counts = "si" if ruling.counts else "no"
        record = ruling.record
        texts = (ruling.reasons_text, cite(ruling), sentence(ruling))
        writer.writerow([record.id, record.aspirante, ruling.clase.value, counts, *texts])
    return out.getvalue()


def rulings_to_json(rulings: Rulings) -> list[dict[str, object]]:
    """The same as objects, with reasons as lists."""
    return [
        {
            "record": ruling.record.id,
            "aspirante": ruling.record.aspirante,
            "class": ruling.clase.value,
            "counts": ruling.counts,
            "reasons": [reason.value for reason in ruling.reasons],
            "suspected": [reason.value for reason in ruling.suspected],
            "paragraph": cite(ruling),
            "sentence": sentence(ruling),
        }
        for ruling in rulings
    ]


def _check_header(header: Iterable[str]) -> None:
    header = list(header)
    for column in header:
        if column not in (*DEMANDED, *OPTIONAL):
            raise LawRefused("columna_desconocida", f"La columna «{column}» no existe en un CSV de registros.")
        if header.count(column) > 1:
            raise LawRefused("columna_repetida", f"La columna «{column}» aparece más de una vez.")
    for column in DEMANDED:
        if column not in header:
            raise LawRefused("columna_falta", f"Falta la columna «{column}» en el CSV de registros.")


class Row:
    """One line of the CSV, read column by column; refusals name line and column and never show the value."""

    def __init__(self, number: int, header: list[str], cells: dict[str, str | None]) -> None:
        self.number = number
        self.header = header
        self.cells = {name: (cells.get(name) or "").strip() for name in header}
        if None in cells or any(value is None for value in cells.values()):
            raise LawRefused("renglon_ancho", f"El renglón {number} no tiene las columnas del encabezado.")

    def refusal(self, column: str, cause: str) -> LawRefused:
        """The refusal of this line for one column."""
        return LawRefused("renglon", f"Renglón {self.number}, columna «{column}»: {cause}.")

    def aspirante(self) -> Aspirante:
        """The aspirante as this line says it."""
        try:
            cargo = Cargo(self.cells["cargo"])
        except ValueError:
            raise self.refusal("cargo", "debe ser jefatura, alcaldia o diputacion") from None
        try:
            ambito = canonical_ambito(cargo, self.cells["ambito"])
        except LawRefused as refused:
            raise self.refusal("ambito", refused.sentence.rstrip(".")) from None
        ident = self.demand("aspirante")
        return Aspirante(ident, cargo, ambito, self.day("constancia"), self.day("desistimiento"))

    def record(self) -> Record:
        """The record of this line."""
        received = self.day("recibido")
        if received is None:
            raise self.refusal("recibido", "falta la fecha de recepción")
        return Record(
            id=self.demand("record"),
            aspirante=self.demand("aspirante"),
            received=received,
            elector=self.cells["clave"] or None,
            situacion=self.situacion(),
            seccion=self.number_in("seccion"),
            fecha=self.day("fecha"),
            sheet_date=self.day("fecha_hoja"),
            original_received="original" not in self.header or self.flag("original") is True,
            unprocessed=self.flag("sin_procesar") is True,
            open_match=self.flag("lectura_abierta") is True,
            in_hearing=self.flag("en_audiencia") is True,
            established=self.classes("establecidas"),
            suspected=self.classes("sospechas"),
            cleared=self.classes("descartadas"),
            prevails=self.flag("prevalece") is True,
            channel=self.cells.get("canal") or "papel",
            credential_copy=self.flag("copia_credencial"),
            batch=self.cells.get("lote", ""),
            sheet=self.cells.get("hoja", ""),
            folio=self.cells.get("folio", ""),
            page=self.number_in("pagina") or 0,
            row=self.number_in("renglon") or 0,
        )

    def seccion(self) -> Seccion | None:
        """The section as this line places it, or None when it does not."""
        number = self.number_in("seccion")
        distrito, demarcacion, circunscripcion = (self.cells.get(name, "") for name in GEOGRAPHY)
        if number is None or not (distrito or demarcacion):
            return None
        return Seccion(number, distrito_code(distrito), demarcacion_code(demarcacion), circunscripcion)

    def situacion(self) -> Situacion | None:
        """The elector's standing in the list, or None."""
        text = self.cells["situacion"]
        if not text:
            return None
        try:
            return Situacion(text)
        except ValueError:
            raise self.refusal("situacion", "no es una situación de la lista nominal") from None

    def demand(self, column: str) -> str:
        """A text that may not be empty."""
        if not self.cells[column]:
            raise self.refusal(column, "no puede ir vacía")
        if self.cells[column][0] in "=+-@":  # a spreadsheet would run it when the rulings are opened
            raise self.refusal(column, "no puede empezar con =, +, - o @")
        return self.cells[column]

    def day(self, column: str) -> date | None:
        """An ISO date, or None when empty or absent."""
        text = self.cells.get(column, "")
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise self.refusal(column, "no es una fecha AAAA-MM-DD") from None

    def number_in(self, column: str) -> int | None:
        """A whole number, or None when empty or absent."""
        text = self.cells.get(column, "")
        if text and not (text.isascii() and text.isdigit()):
            raise self.refusal(column, "no es un número entero")
        return int(text) if text else None

    def flag(self, column: str) -> bool | None:
        """``si`` or ``no``, or None when empty or absent."""
        text = self.cells.get(column, "").lower()
        if text and text not in YES_NO:
            raise self.refusal(column, "debe ser si o no")
        return YES_NO[text] if text else None

    def classes(self, column: str) -> frozenset[Clase]:
        """Classes of the taxonomy with ``;`` between them; pending ones and V are no finding."""
        found = set()
        for text in filter(None, (part.strip() for part in self.cells.get(column, "").split(";"))):
            if text not in set(Clase) or Clase(text).pending or text == Clase.V:
                raise self.refusal(column, "nombra una clase que no existe o que no es una causa")
            found.add(Clase(text))
        return frozenset(found) if found else NONE
