"""The dictamen as people read it: an executive page first, then every figure with where it comes from.

A pure function of the frozen document: the same document gives the same bytes, so that a verifier may draw the
PDF again and compare.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Spacer
from reportlab.platypus.flowables import Flowable

from service.dictamen import typography as look
from service.dictamen.dates import say_day
from service.dictamen.figures import Gauge, Verdict
from service.dictamen.pdf_count import count, duplicates, process, requirement
from service.dictamen.pdf_sections import (
    audience,
    defects,
    integrity,
    originals,
    parameters,
    signature_block,
    warnings_and_notices,
)
from service.dictamen.pdf_territory import dispersion
from service.dictamen.sign import REHEARSAL_NAME
from service.dictamen.typography import Section, escape, rich, table, text, thousands

OUTCOMES = {
    "CUMPLE": ("CUMPLE", look.GREEN, "con el mínimo de firmas de apoyo y con su distribución territorial"),
    "NO_CUMPLE": ("NO CUMPLE", look.RED, "con los requisitos de firmas de apoyo o de su distribución territorial"),
    "INDETERMINADO": ("INDETERMINADO", look.AMBER, "quedan decisiones pendientes que pueden cambiar el resultado"),
}


def render(frozen: Mapping[str, Any], sha256: str) -> bytes:
    """The PDF of a frozen document; ``sha256`` is that of dictamen.json, printed on it."""
    said = frozen["documento"]
    out = io.BytesIO()
    made = look.document(
        out,
        title=f"{_named(said)}: {said['aspirante']['nombre']}",
        subject="Dictamen sobre el respaldo ciudadano (artículo 323 del CIPECDMX)",
        keywords=[f"sha256={sha256}", f"raiz={frozen['integridad']['raiz']}"],
        furniture=_furniture(said, sha256),
    )
    made.build(
        [
            *_executive(said, frozen["integridad"]["raiz"]),
            PageBreak(),
            *process(said),
            *requirement(said),
            *count(said),
            *dispersion(said),
            *duplicates(said),
            *audience(said),
            *originals(said),
            *defects(said),
            *warnings_and_notices(said),
            *parameters(said),
            *integrity(frozen, sha256),
            *signature_block(said),
        ]
    )
    return out.getvalue()


def _named(said: Mapping[str, Any]) -> str:
    """The document by its kind and folio; a folio that names its kind is not told twice."""
    folio = str(said["folio"])
    return folio if folio.startswith(("DICTAMEN", "PRELIMINAR")) else f"Dictamen {folio}"


def _furniture(said: Mapping[str, Any], sha256: str) -> Any:
    def draw(canvas: Canvas, _: Any) -> None:
        canvas.saveState()
        width, height = look.PAGE
        canvas.setFont(look.SANS, 8)
        canvas.setFillColor(look.GREY)
        canvas.drawString(look.MARGIN_X, height - 14 * mm, _named(said))
        canvas.drawRightString(width - look.MARGIN_X, height - 14 * mm, said["proceso"]["nombre"])
        canvas.setStrokeColor(look.LINE)
        canvas.setLineWidth(0.5)
        canvas.line(look.MARGIN_X, height - 16 * mm, width - look.MARGIN_X, height - 16 * mm)
        canvas.drawString(look.MARGIN_X, 12 * mm, f"SHA-256 {sha256[:20]}…")
        canvas.drawRightString(width - look.MARGIN_X, 12 * mm, f"Página {canvas.getPageNumber()}")
        if said["tipo"] == "preliminar":
            canvas.setFillColor(look.AMBER)
            canvas.setFont(look.SANS_BOLD, 9)
            canvas.drawCentredString(width / 2, 12 * mm, "INFORME PRELIMINAR: no es un dictamen")
        elif said["firma"]["titular"] == REHEARSAL_NAME:
            canvas.setFillColor(look.AMBER)
            canvas.setFont(look.SANS_BOLD, 9)
            canvas.drawCentredString(width / 2, 12 * mm, "ENSAYO: sin validez jurídica")
        canvas.restoreState()

    return draw


def _executive(said: Mapping[str, Any], root: str) -> list[Flowable]:
    """One page: who, the result in one word, the two tests as bars, five figures, what it all hangs from."""
    word, colour, meaning = OUTCOMES[said["resultado"]["sentido"]]
    asked, counted, spread = said["requisito"], said["conteo"], said["dispersion"]
    reading = spread["lectura"]
    chosen = spread["lecturas"][reading]
    who = said["aspirante"]
    kind = "Dictamen" if said["tipo"] == "final" else "Informe preliminar"
    if said["tipo"] != "final":  # no green nor red before it is final
        word, colour = f"PRELIMINAR: {word}", look.AMBER
    flow: list[Flowable] = [
        Section("Hoja ejecutiva", "ejecutiva"),
        text(f"{kind} sobre el respaldo ciudadano", look.SUBTITLE),
        text(who["nombre"], look.TITLE),
        text(f"{who['cargo_nombre']}, {who['ambito_nombre']}. {said['proceso']['nombre']}", look.SUBTITLE),
        Verdict(word, meaning, colour),
        Spacer(1, 9 * mm),
        Gauge("Apoyos válidos", counted["validos"], asked["requeridos"], _enough(said)),
        Spacer(1, 4 * mm),
        Gauge(
            f"Unidades con respaldo (lectura {reading})",
            chosen["alcanzadas"],
            spread["k"],
            chosen["cumple"],
            counted="unidades",
        ),
        Spacer(1, 6 * mm),
        table(_key_figures(said), [52 * mm, 26 * mm, look.WIDTH - 78 * mm], head=False, padding=3.6),
        Spacer(1, 5 * mm),
        rich(_decision(said)),
        rich(
            "Los plazos, las cifras y los fundamentos están en las secciones que siguen. Cualquier persona con los "
            "anexos puede recalcular este documento con <b>verify_alone.py</b>.",
            look.NOTE,
        ),
        rich(f"Raíz publicada: <font face='Courier' size='8'>{root}</font>", look.SMALL),
    ]
    return flow


def _decision(said: Mapping[str, Any]) -> str:
    """The operative sentence, in the words of the Code."""
    who, result = said["aspirante"], said["resultado"]["sentido"]
    name = f"<b>{escape(who['nombre'])}</b>"
    office = f"{escape(who['cargo_nombre'])}, {escape(who['ambito_nombre'])}"
    basis = "Con fundamento en los artículos 310 inciso d), 314 a 316, 323 párrafos 1, 2, 13, 14 y 18 fracción V"
    day = say_day(said["emitido"])
    if said["tipo"] == "preliminar":
        return (
            f"{basis}, se informa el estado de la revisión al {day} de los apoyos de {name}, aspirante a {office}. "
            "Las cifras son preliminares, no causan estado y pueden cambiar con lo pendiente."
        )
    verb = "cumple" if result == "CUMPLE" else "no cumple"
    return (
        f"{basis}, y 383 fracción III del Código, se dictamina el {day} que {name}, aspirante a {office}, "
        f"<b>{verb}</b> con el mínimo de firmas de apoyo ciudadano y su distribución territorial."
    )


def _enough(said: Mapping[str, Any]) -> bool:
    return bool(said["conteo"]["validos"] >= said["requisito"]["requeridos"])


def _key_figures(said: Mapping[str, Any]) -> list[list[Flowable]]:
    counted, asked, spread = said["conteo"], said["requisito"], said["dispersion"]
    sensitive = "sí" if spread["sensible_a_la_lectura"] else "no"
    margin = said["resultado"]["margen"]
    lines = [
        ("Registros recibidos", counted["recibidos"], "renglones con tinta de las hojas recibidas"),
        ("Apoyos válidos", counted["validos"], f"{counted['porcentaje_lista']} % de la lista nominal del ámbito"),
        ("Requeridos", asked["requeridos"], asked["formula"]),
        ("Margen", margin, "válidos menos requeridos"),
        ("Pendientes", counted["pendientes"], "no cuentan mientras nadie los resuelva"),
        (
            "Empates de fecha",
            said["empates"]["registros"],
            "deciden el resultado" if said["empates"]["deciden"] else "no deciden el resultado",
        ),
        (
            "Unidades requeridas",
            spread["k"],
            f"de {spread['N']}; resultado sensible a la lectura: {sensitive}",
        ),
    ]
    return [
        [text(name, look.CELL_BOLD), text(thousands(n), look.CELL_RIGHT_BOLD), text(note, look.CELL)]
        for name, n, note in lines
    ]
