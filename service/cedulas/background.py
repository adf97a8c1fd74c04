"""What every sheet of one aspirante shows alike: header, legends, tinted rows, boxes, marks, footer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reportlab.lib.units import mm

from ocr.form import Anchor, Field, Form, FormRow
from ocr.reading import Box
from service.cedulas.marks import aruco_matrix
from service.cedulas.paper import BOLD, REGULAR, SEMIBOLD, Paper, fitted_size

if TYPE_CHECKING:
    from service.cedulas.printer import SheetAspirante, SheetProceso

TITLE = "CÉDULA DE RESPALDO CIUDADANO A CANDIDATURA SIN PARTIDO"
LEGENDS = (
    "No serán válidos los apoyos de esta cédula en caso de tachaduras o enmendaduras.",
    "Las firmas de esta cédula apoyan una sola candidatura sin partido por cada elección.",
)
"""Art. 323 párr. 14 b) and c), printed when the form document brings no wording of its own."""
INSTRUCTIONS = (
    "Escriba con bolígrafo azul o negro, en MAYÚSCULAS de molde, un carácter por casilla. Firme dentro del"
    " recuadro. Anexe copia simple de la credencial para votar vigente de cada persona."
)
DEMARCACIONES = (
    "002 Azcapotzalco · 003 Coyoacán · 004 Cuajimalpa · 005 Gustavo A. Madero · 006 Iztacalco · 007 Iztapalapa"
    " · 008 La Magdalena Contreras · 009 Milpa Alta · 010 Álvaro Obregón · 011 Tláhuac · 012 Tlalpan"
    " · 013 Xochimilco · 014 Benito Juárez · 015 Cuauhtémoc · 016 Miguel Hidalgo · 017 Venustiano Carranza"
)
"""Codes of the demarcaciones, which INEGI and INE share (002 to 017)."""
PRIVACY = (
    "AVISO DE PRIVACIDAD. El Instituto Electoral de la Ciudad de México es responsable de los datos de esta"
    " cédula. Los usa solo para verificar los apoyos a esta candidatura (artículo 323 del Código local), los"
    " coteja con la lista nominal, no los transfiere salvo mandato de ley y los guarda bajo llave hasta que el"
    " proceso sea definitivo. Sus derechos de acceso, rectificación, cancelación y oposición (ARCO) se ejercen"
    " ante la Unidad de Transparencia del Instituto, donde está el aviso íntegro."
)
MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)
_COLORS = {"dropout": "#F5A25A", "tint": "#DFF0F3", "text": "#1A1A1A", "label": "#7A4A1E"}
_WHITE = "#FFFFFF"
_MUTED = "#4A4A4A"
_REHEARSAL = "#7A1F5C"
_LABELS = {
    "nombre": "NOMBRE",
    "fecha": "FECHA",
    "demarcacion": "DEMARCACIÓN",
    "seccion": "SECCIÓN",
    "clave_elector": "CLAVE DE ELECTOR",
    "numero_ocr": "NÚMERO OCR",
    "firma": "FIRMA O HUELLA",
}


def draw_background(
    paper: Paper, form: Form, aspirante: SheetAspirante, proceso: SheetProceso, *, rehearsal: bool
) -> None:
    """Draws all of it in the order of the ink: tint below, boxes and words above, marks last."""
    for row in form.rows:
        _tint_row(paper, form, row)
    for row in form.rows:
        _draw_row(paper, form, row)
    _draw_header(paper, form, aspirante, proceso)
    _draw_footer(paper, form, proceso)
    if rehearsal:
        _draw_rehearsal(paper, form)
    for anchor in form.anchors:
        _draw_anchor(paper, anchor, _color(form, "text"))


def _tint_row(paper: Paper, form: Form, row: FormRow) -> None:
    if "frame" in form.print.get("line_mm", {}):
        paper.outline(row.frame, _color(form, "dropout"), _line(form, "frame"), paint=_color(form, "tint"))


def _draw_row(paper: Paper, form: Form, row: FormRow) -> None:
    for field in row.fields.values():
        _draw_field(paper, form, field)
    place = form.print.get("row_number")
    if place is not None:
        x, y = row.frame.x + place["dx_mm"], row.frame.y + place["dy_mm"]
        paper.text(x, y, str(row.row), place["font_pt"], _color(form, "label"), BOLD, align="center")


def _draw_field(paper: Paper, form: Form, field: Field) -> None:
    color, line = _color(form, "dropout"), _line(form, "box")
    if field.kind == "line":
        paper.fill(field.box, _WHITE)
        bottom = field.box.y + field.box.h
        paper.line(field.box.x, bottom, field.box.x + field.box.w, bottom, color, _line(form, "name"))
    else:
        for box in field.boxes:
            paper.outline(box, color, line, paint=_WHITE)
    label = form.print.get("label", {})
    text = str(form.print.get("labels", _LABELS).get(field.name, field.name))
    baseline = field.box.y - float(label.get("above_mm", 0.45))
    paper.text(field.box.x, baseline, text, float(label.get("font_pt", 4.6)), _color(form, "label"), SEMIBOLD)


def _draw_header(paper: Paper, form: Form, aspirante: SheetAspirante, proceso: SheetProceso) -> None:
    places = form.print.get("header", {})
    ink = _color(form, "text")
    if (title := _place(places, "title")) is not None:
        paper.fitted(Box(title.x, title.y, title.w, title.h * 0.92), TITLE, ink, BOLD)
    if (line := _place(places, "proceso")) is not None:
        paper.fitted(Box(line.x, line.y, line.w, line.h * 0.82), _process_line(proceso), _MUTED, REGULAR)
    if (name := _place(places, "aspirante")) is not None:
        people = aspirante.nombre + (f"   ·   Suplente: {aspirante.suplente}" if aspirante.suplente else "")
        _labelled(paper, name, "Aspirante", people, ink)
    if (office := _place(places, "cargo")) is not None:
        _labelled(paper, office, "Cargo", f"{aspirante.cargo}   ·   {aspirante.ambito}".strip(" ·"), ink)
    if (legends := _place(places, "legends")) is not None:
        _draw_legends(paper, form, legends)


def _draw_legends(paper: Paper, form: Form, box: Box) -> None:
    ink = _color(form, "text")
    text = "  ".join(form.print.get("legends", LEGENDS))
    paper.fitted(Box(box.x, box.y, box.w, box.h * 0.5), text, ink, BOLD)
    right = max(row.frame.x + row.frame.w for row in form.rows)
    codes = Box(box.x, box.y + box.h * 0.55, right - box.x, box.h * 0.45)
    paper.paragraph(codes, f"Códigos de demarcación: {DEMARCACIONES}.", _MUTED, REGULAR, largest=5.6)


def _draw_footer(paper: Paper, form: Form, proceso: SheetProceso) -> None:
    places = form.print.get("footer", {})
    if (box := _place(places, "privacy")) is not None:
        paper.paragraph(Box(box.x, box.y, box.w, 2.6), INSTRUCTIONS, _color(form, "text"), SEMIBOLD, largest=6.0)
        notice = Box(box.x, box.y + 2.9, box.w, box.h - 2.9)
        paper.paragraph(notice, proceso.aviso or PRIVACY, _MUTED, REGULAR, largest=6.0)
    for patch in form.print.get("control", ()):
        _draw_patch(paper, patch)
    if (control := _place(places, "control")) is not None:
        note = f"No escriba en esta franja: distingue un original de una copia.  Formato {form.version}"
        paper.text(control.x + 1.0, control.y + control.h, note, 5.0, _MUTED)


def _draw_patch(paper: Paper, patch: Mapping[str, Any]) -> None:
    box = Box(*patch["box"])
    if patch["kind"] == "dots":
        paper.dots(box, patch["color"], patch["dot_mm"], patch["pitch_mm"])
    else:
        paper.fill(box, patch["color"])


def _draw_anchor(paper: Paper, anchor: Anchor, ink: str) -> None:
    box = anchor.box
    if anchor.kind == "aruco" and anchor.id is not None:
        paper.modules(box, aruco_matrix(anchor.id), ink)
    elif anchor.kind == "square":
        paper.fill(box, ink)
    elif anchor.kind == "cross":
        middle_x, middle_y, line = box.x + box.w / 2, box.y + box.h / 2, min(box.w, box.h) / 8
        paper.line(box.x, middle_y, box.x + box.w, middle_y, ink, line)
        paper.line(middle_x, box.y, middle_x, box.y + box.h, ink, line)


def _draw_rehearsal(paper: Paper, form: Form) -> None:
    """A banner over the folio, or at the top of a form that says nothing of its header."""
    label = _place(form.print.get("header", {}), "folio_label")
    box = Box(form.width_mm / 2 - 30, 1.5, 60, 6.5)
    if label is not None:
        box = Box(label.x, max(label.y - 8.2, 1.5), label.w, 6.5)
    paper.fill(box, _REHEARSAL)
    inside = Box(box.x + 1.5, box.y + 0.4, box.w - 3, box.h - 0.8)
    paper.fitted(inside, "ENSAYO · SIN VALIDEZ", _WHITE, BOLD, align="center")


def _labelled(paper: Paper, box: Box, label: str, text: str, ink: str) -> None:
    indent = 15.0
    place = Box(box.x + indent, box.y, box.w - indent, box.h * 0.9)
    size = fitted_size(place, text, BOLD)
    baseline = place.y + place.h / 2 + 0.33 * size / mm
    paper.text(box.x, baseline, label, 8.5, _MUTED, REGULAR)
    paper.text(place.x, baseline, text, size, ink, BOLD)


def _process_line(proceso: SheetProceso) -> str:
    said = [proceso.nombre]
    if proceso.desde and proceso.hasta:
        said.append(f"Firmas del {_spoken(proceso.desde)} al {_spoken(proceso.hasta)}")
    if proceso.jornada:
        said.append(f"Jornada electoral: {_spoken(proceso.jornada)}")
    return "   ·   ".join([*said, "Artículo 323 del CIPECDMX"])


def _spoken(day: Any) -> str:
    return f"{day.day} de {MONTHS[day.month - 1]} de {day.year}"


def _place(places: Mapping[str, Any], name: str) -> Box | None:
    return Box(*places[name]) if name in places else None


def _color(form: Form, name: str) -> str:
    return str(form.print.get("colors", {}).get(name, _COLORS[name]))


def _line(form: Form, name: str) -> float:
    return float(form.print.get("line_mm", {}).get(name, 0.22))
