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
from reportlab.platypus import KeepTogether, PageBreak, Spacer
from reportlab.platypus.flowables import Flowable

from service.dictamen import typography as look
from service.dictamen.dates import say_day
from service.dictamen.figures import Gauge, Map, Tiles, Unit, Verdict
from service.dictamen.names import CLASS_NAMES
from service.dictamen.pdf_sections import (
    audience,
    defects,
    integrity,
    originals,
    parameters,
    signature_block,
    warnings_and_notices,
)
from service.dictamen.sign import REHEARSAL_NAME
from service.dictamen.typography import Section, escape, rich, table, text, thousands

OUTCOMES = {
    "CUMPLE": ("CUMPLE", look.GREEN, "con el mínimo de firmas de apoyo y con su distribución territorial"),
    "NO_CUMPLE": ("NO CUMPLE", look.RED, "con los requisitos de firmas de apoyo o de su distribución territorial"),
    "INDETERMINADO": ("INDETERMINADO", look.AMBER, "quedan decisiones pendientes que pueden cambiar el resultado"),
}
COLUMNS_OF_UNITS = 3
TILES_A_PAGE = 506  # 22 lines of 23 tiles


def render(frozen: Mapping[str, Any], sha256: str) -> bytes:
    """The PDF of a frozen document; ``sha256`` is that of dictamen.json, printed on it."""
    said = frozen["documento"]
    out = io.BytesIO()
    made = look.document(
        out,
        title=f"Dictamen {said['folio']}: {said['aspirante']['nombre']}",
        subject="Dictamen sobre el respaldo ciudadano (artículo 323 del CIPECDMX)",
        keywords=[f"sha256={sha256}", f"raiz={frozen['integridad']['raiz']}"],
        furniture=_furniture(said, sha256),
    )
    made.build(
        [
            *_executive(said, frozen["integridad"]["raiz"]),
            PageBreak(),
            *_process(said),
            *_requirement(said),
            *_count(said),
            *_dispersion(said),
            *_duplicates(said),
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


def _furniture(said: Mapping[str, Any], sha256: str) -> Any:
    def draw(canvas: Canvas, _: Any) -> None:
        canvas.saveState()
        width, height = look.PAGE
        canvas.setFont(look.SANS, 8)
        canvas.setFillColor(look.GREY)
        canvas.drawString(look.MARGIN_X, height - 14 * mm, f"Dictamen {said['folio']}")
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
    requirement, count, dispersion = said["requisito"], said["conteo"], said["dispersion"]
    reading = dispersion["lectura"]
    chosen = dispersion["lecturas"][reading]
    who = said["aspirante"]
    kind = "Dictamen" if said["tipo"] == "final" else "Informe preliminar"
    flow: list[Flowable] = [
        Section("Hoja ejecutiva", "ejecutiva"),
        text(f"{kind} sobre el respaldo ciudadano", look.SUBTITLE),
        text(who["nombre"], look.TITLE),
        text(f"{who['cargo_nombre']}, {who['ambito_nombre']}. {said['proceso']['nombre']}", look.SUBTITLE),
        Verdict(word, meaning, colour),
        Spacer(1, 9 * mm),
        Gauge("Apoyos válidos", count["validos"], requirement["requeridos"], _enough(said)),
        Spacer(1, 4 * mm),
        Gauge(f"Unidades con respaldo (lectura {reading})", chosen["alcanzadas"], dispersion["k"], chosen["cumple"]),
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
    count, requirement, dispersion = said["conteo"], said["requisito"], said["dispersion"]
    sensitive = "sí" if dispersion["sensible_a_la_lectura"] else "no"
    margin = said["resultado"]["margen"]
    lines = [
        ("Registros recibidos", count["recibidos"], "renglones con tinta de las hojas recibidas"),
        ("Apoyos válidos", count["validos"], f"{count['porcentaje_lista']} % de la lista nominal del ámbito"),
        ("Requeridos", requirement["requeridos"], requirement["formula"]),
        ("Margen", margin, "válidos menos requeridos"),
        ("Pendientes", count["pendientes"], "no cuentan mientras nadie los resuelva"),
        (
            "Empates de fecha",
            said["empates"]["registros"],
            "deciden el resultado" if said["empates"]["deciden"] else "no deciden el resultado",
        ),
        (
            "Unidades requeridas",
            dispersion["k"],
            f"de {dispersion['N']}; resultado sensible a la lectura: {sensitive}",
        ),
    ]
    return [
        [text(name, look.CELL_BOLD), text(thousands(n), look.CELL_RIGHT_BOLD), text(note, look.CELL)]
        for name, n, note in lines
    ]


def _process(said: Mapping[str, Any]) -> list[Flowable]:
    process, who, window = said["proceso"], said["aspirante"], said["ventana"]
    pairs = [
        ("Proceso", f"{process['nombre']} ({process['clave']})"),
        ("Jornada electoral", say_day(process["jornada"])),
        ("Aspirante", f"{who['nombre']} ({who['id']})"),
        ("Cargo y ámbito", f"{who['cargo_nombre']}, {who['ambito_nombre']}"),
        ("Constancia de aspirante", say_day(who["constancia"]) if who["constancia"] else "sin fecha"),
        (
            "Ventana de obtención de firmas",
            f"{say_day(window['desde'])} a {say_day(window['hasta'])} ({window['dias']} días)",
        ),
        ("Primer día para este aspirante", say_day(window["primer_dia"])),
        ("Fecha de emisión", say_day(said["emitido"])),
    ]
    if who["desistimiento"]:
        pairs.append(("Desistimiento", say_day(who["desistimiento"])))
    pairs += [("Acuerdo", f"{a['acuerdo']} ({a['materia']})") for a in process["acuerdos"]]
    flow: list[Flowable] = [
        Section("1. Proceso, aspirante y ventana", "proceso"),
        rich(
            "Este documento da cuenta de la verificación de las firmas de apoyo que exige el artículo 323 del Código "
            "de Instituciones y Procedimientos Electorales de la Ciudad de México (párrafos 14, 18 V y 19) para el "
            "registro a que se refiere su artículo 383, fracción III."
        ),
        _pairs(pairs),
    ]
    if said["sustituye"]:
        old = said["sustituye"]
        flow += [
            Section("Dictamen que se sustituye", "sustituye", 1),
            rich(f"Sustituye al dictamen {escape(old['folio'])}. Motivo: {escape(old['motivo'])}"),
            rich(f"SHA-256 del sustituido: {escape(old['sha256'])}", look.SMALL),
        ]
    return flow


def _requirement(said: Mapping[str, Any]) -> list[Flowable]:
    requirement, roll = said["requisito"], said["lista_nominal"]
    others = "; ".join(f"{name}: {thousands(n)}" for name, n in requirement["otras_lecturas"].items())
    return [
        Section("2. Lista nominal y número requerido", "requisito"),
        _pairs(
            [
                ("Lista nominal del ámbito", thousands(requirement["lista_nominal"])),
                ("Origen de la cifra", requirement["origen"]),
                ("Corte del umbral", say_day(requirement["corte"])),
                ("Fórmula", requirement["formula"]),
                ("Apoyos requeridos", thousands(requirement["requeridos"])),
                ("Con cada redondeo", others),
                ("Lista usada en la compulsa", f"versión {roll['version']}, corte del {say_day(roll['corte'])}"),
                ("Fuente", roll["fuente"]),
                ("Renglones y SHA-256", f"{thousands(roll['renglones'])}; {roll['sha256']}"),
            ]
        ),
    ]


def _count(said: Mapping[str, Any]) -> list[Flowable]:
    """Received to valid, in the legal order, every subtotal printed."""
    count = said["conteo"]
    head = [text("Concepto", look.HEAD), text("Fundamento", look.HEAD)]
    rows: list[list[Flowable]] = [
        [*head, text("Registros", look.HEAD_RIGHT), text("Quedan", look.HEAD_RIGHT)],
        [
            text("Recibidos", look.CELL_BOLD),
            text("Art. 323 párr. 14", look.CELL),
            text(thousands(count["recibidos"]), look.CELL_RIGHT_BOLD),
            text(thousands(count["recibidos"]), look.CELL_RIGHT_BOLD),
        ],
    ]
    for step in count["pasos"]:
        style = look.CELL if step["n"] else look.SMALL
        rows.append(
            [
                text(f"menos: {step['concepto']}", style),
                text(step["fundamento"], look.SMALL),
                text(f"−{thousands(step['n'])}" if step["n"] else "0", look.CELL_RIGHT),
                text(thousands(step["subtotal"]), look.CELL_RIGHT),
            ]
        )
    rows.append(
        [
            text("Válidos", look.CELL_BOLD),
            text(f"{count['porcentaje_lista']} % de la lista nominal (cuatro decimales, sin redondear)", look.SMALL),
            text(thousands(count["validos"]), look.CELL_RIGHT_BOLD),
            text(thousands(count["validos"]), look.CELL_RIGHT_BOLD),
        ]
    )
    shown = [(name, n) for name in CLASS_NAMES if (n := count["por_clase"][name])]
    by_class = [[text("Clase", look.HEAD), text("Nombre", look.HEAD), text("Registros", look.HEAD_RIGHT)]]
    by_class += [
        [text(name, look.CELL_BOLD), text(CLASS_NAMES[name], look.CELL), text(thousands(n), look.CELL_RIGHT)]
        for name, n in shown
    ]
    widths = [76 * mm, look.WIDTH - 76 * mm - 46 * mm, 23 * mm, 23 * mm]
    return [
        Section("3. De los recibidos a los válidos", "conteo"),
        rich(
            f"Recibidos {thousands(count['recibidos'])}, revisados {thousands(count['revisados'])}. Cada registro "
            "se resta una sola vez, en el orden de prelación de las causas; todas las causas de cada registro "
            "constan en el anexo confidencial."
        ),
        table(rows, widths, padding=1.7),
        Section("Por clase", "clases", 1),
        table(by_class, [18 * mm, look.WIDTH - 46 * mm, 28 * mm], padding=1.7),
    ]


def _dispersion(said: Mapping[str, Any]) -> list[Flowable]:
    dispersion = said["dispersion"]
    units = [Unit(u["unidad"], u["validos"], u["uno_por_ciento"]) for u in dispersion["unidades"]]
    rows: list[list[Flowable]] = [
        [
            text("Lectura", look.HEAD),
            text("En qué consiste", look.HEAD),
            text("Alcanzadas", look.HEAD_RIGHT),
            text("Requeridas", look.HEAD_RIGHT),
            text("Cumple", look.HEAD),
        ]
    ]
    for name, reading in sorted(dispersion["lecturas"].items()):
        mark = " (aplicada)" if name == dispersion["lectura"] else ""
        if reading is None:
            cells = [text("no fijada en los Lineamientos", look.SMALL), text("–", look.CELL_RIGHT)]
            rows.append([text(name + mark, look.CELL_BOLD), *cells, text("–", look.CELL_RIGHT), text("–", look.CELL)])
            continue
        rows.append(
            [
                text(name + mark, look.CELL_BOLD),
                text(reading["descripcion"], look.CELL),
                text(thousands(reading["alcanzadas"]), look.CELL_RIGHT),
                text(thousands(dispersion["k"]), look.CELL_RIGHT),
                text("sí" if reading["cumple"] else "no", look.CELL_BOLD),
            ]
        )
    sensitive = "depende" if dispersion["sensible_a_la_lectura"] else "no depende"
    flow: list[Flowable] = [
        Section("4. Distribución territorial", "dispersion"),
        rich(
            f"Unidad: {escape(dispersion['unidad'])}. N = {dispersion['N']}; el 35 % exige k = {dispersion['k']} "
            f"({escape(dispersion['formula'])}). El resultado {sensitive} de la lectura del párrafo 2."
        ),
        table(rows, [28 * mm, look.WIDTH - 94 * mm, 24 * mm, 24 * mm, 18 * mm]),
        Spacer(1, 4 * mm),
    ]
    if len(dispersion["grupos"]) > 1:
        groups = "; ".join(f"{g['grupo']}: k = {g['k']} de {g['N']}" for g in dispersion["grupos"])
        flow.append(text(f"Mínimos por demarcación: {groups}.", look.BODY))
    if said["mapa"]:
        by_name = {unit.name: unit for unit in units} if said["aspirante"]["cargo"] == "jefatura" else {}
        outlines = {name: [[(x, y) for x, y in ring] for ring in rings] for name, rings in said["mapa"].items()}
        flow += [
            KeepTogether(
                [Section("Mapa", "mapa", 1), Map(outlines, by_name, said["aspirante"]["ambito"]), Spacer(1, 4 * mm)]
            )
        ]
    flow += [
        *([] if said["mapa"] and said["aspirante"]["cargo"] == "jefatura" else _tiles(units)),
        Section("Tabla por unidad", "tabla", 1),
        _units_table(dispersion["unidades"]),
    ]
    return flow


def _tiles(units: list[Unit]) -> list[Flowable]:
    """The tiles, page by page where a scope has very many units."""
    flow: list[Flowable] = []
    for start in range(0, len(units), TILES_A_PAGE):
        some = Tiles(units[start : start + TILES_A_PAGE])
        title = [] if start else [Section("Unidades con respaldo", "unidades", 1)]
        flow += [KeepTogether([*title, some]), Spacer(1, 4 * mm)]
    return flow


def _units_table(units: list[Mapping[str, Any]]) -> Flowable:
    """The units in blocks side by side, read down each block page by page being told by their numbers."""
    blocks = COLUMNS_OF_UNITS if len(units) > 20 else 1
    titles = ("Unidad", "Lista", "Su 1 %", "Válidos")
    head: list[Flowable] = []
    for _ in range(blocks):
        head += [text(titles[0], look.HEAD), *(text(title, look.HEAD_RIGHT) for title in titles[1:])]
    rows = [head]
    for start in range(0, len(units), blocks):
        row: list[Flowable] = []
        for unit in units[start : start + blocks]:
            roll = unit["lista_nominal"]
            row += [
                text(unit["unidad"], look.CELL_BOLD if unit["validos"] else look.CELL),
                text("sin cifra" if roll is None else thousands(roll), look.CELL_RIGHT),
                text("–" if roll is None else thousands(unit["uno_por_ciento"]), look.CELL_RIGHT),
                text(thousands(unit["validos"]), look.CELL_RIGHT_BOLD if unit["validos"] else look.CELL_RIGHT),
            ]
        row += [text("", look.CELL)] * (4 * blocks - len(row))
        rows.append(row)
    one = look.WIDTH / blocks
    rules: list[tuple[Any, ...]] = []
    for block in range(1, blocks):
        edge = 4 * block
        rules.append(("RIGHTPADDING", (edge - 1, 0), (edge - 1, -1), 9))
        rules.append(("LEFTPADDING", (edge, 0), (edge, -1), 9))
    widths = [one * share for share in (0.25, 0.27, 0.22, 0.26)] * blocks
    return table(rows, widths, padding=1.2, extra=rules)


def _duplicates(said: Mapping[str, Any]) -> list[Flowable]:
    duplicates, ties = said["duplicados"], said["empates"]
    decide = "deciden" if ties["deciden"] else "no deciden"
    return [
        Section("5. Duplicados y empates", "duplicados"),
        _pairs(
            [
                ("Del mismo aspirante", thousands(duplicates["mismo_aspirante"])),
                ("Con otros aspirantes (fecha anterior)", thousands(duplicates["otro_aspirante"])),
                ("Personas con registros de más de un aspirante", thousands(duplicates["electores_disputados"])),
                ("Empates de fecha", f"{thousands(ties['registros'])}; {decide} el resultado"),
                ("Regla de empate", ties["regla"]),
            ]
        ),
        rich("Entre aspirantes cuenta la última fecha en que la persona expresó su apoyo (párrafo 13).", look.NOTE),
    ]


def _pairs(pairs: list[tuple[str, str]]) -> Flowable:
    rows: list[list[Flowable]] = [[text(name, look.HEAD), text(value, look.CELL)] for name, value in pairs]
    return table(rows, [56 * mm, look.WIDTH - 56 * mm], head=False)
