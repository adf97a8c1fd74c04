"""What the reading of a page says at once to whoever delivered it: legible or not, a cell empty, a signature missing.

It comes from the ink alone, never from the list, so it may be told before the original is received.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

BLANK = "·"

CLEAR = 0.5
"""A field whose whole text is less likely than this is called hard to read. Not measured: it only advises to look."""

SENTENCES = {
    "folio": "No se leyó el folio de la hoja.",
    "otro_formato": "La hoja no tiene un formato registrado.",
    "en_blanco": "La página está en blanco.",
    "copia": "La hoja parece una fotocopia.",
    "sin_firma": "No se ve firma o huella.",
    "firma_dudosa": "No se distingue si hay firma o huella.",
    "sin_clave": "No se escribió la clave de elector ni el número OCR.",
    "clave_incompleta": "A la clave de elector le faltan casillas.",
    "clave_dudosa": "La clave de elector se lee con duda.",
    "numero_incompleto": "Al número OCR le faltan casillas y no hay clave completa.",
    "sin_nombre": "No se escribió el nombre.",
    "sin_seccion": "No se escribió la sección.",
    "sin_fecha": "No se escribió la fecha.",
    "tachadura": "Parece haber una tachadura o enmendadura.",
}
"""Code of a remark -> what people read."""


def remarks_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Remarks of a reading's document (``ocr.reading.page_to_json``): row (0 is the page) and code."""
    found = [{"row": 0, "code": code} for code in _of_page(document)]
    for row in document["rows"]:
        if row["has_ink"]:
            found += [{"row": row["row"], "code": code} for code in _of_row(row)]
    return found


def inked_rows(document: Mapping[str, Any]) -> int:
    """Rows with ink; a sheet whose form is not known counts as one, as when its records are made."""
    if document["kind"] not in ("sheet", "foreign"):
        return 0
    return sum(bool(row["has_ink"]) for row in document["rows"]) if document["rows"] else 1


def _of_page(document: Mapping[str, Any]) -> Iterator[str]:
    if document["kind"] == "blank":
        yield "en_blanco"
    if document["kind"] == "foreign":
        yield "otro_formato"
    if document["kind"] == "sheet" and not document["folio"]:
        yield "folio"
    if any(signal["code"] == "copy" and signal["answer"] == "yes" for signal in document["signals"]):
        yield "copia"


def _of_row(row: Mapping[str, Any]) -> Iterator[str]:
    answers = {signal["code"]: signal["answer"] for signal in row["signals"]}
    if answers.get("signature", "unknown") != "yes":
        yield "sin_firma" if answers.get("signature") == "no" else "firma_dudosa"
    yield from _of_keys(row["fields"])
    for field in ("nombre", "seccion", "fecha"):
        if field in row["fields"] and not _written(row["fields"][field]):
            yield f"sin_{field}"
    if "yes" in (answers.get("strike"), answers.get("overwrite")):
        yield "tachadura"


def _of_keys(fields: Mapping[str, Any]) -> Iterator[str]:
    """Art. 323 párr. 9 X asks for the clave or the OCR number: one of them whole is enough."""
    clave, number = fields.get("clave_elector", EMPTY), fields.get("numero_ocr", EMPTY)
    if not _written(clave) and not _written(number):
        yield "sin_clave"
    elif BLANK in clave["text"] and _written(clave):
        yield "clave_incompleta"
    elif _written(clave):
        if clave["p"] < CLEAR:
            yield "clave_dudosa"
    elif BLANK in number["text"].rstrip(BLANK)[:12]:
        yield "numero_incompleto"


EMPTY: dict[str, Any] = {"text": "", "p": 0.0}


def _written(field: Mapping[str, Any]) -> bool:
    return bool(field["text"].replace(BLANK, "").strip())
