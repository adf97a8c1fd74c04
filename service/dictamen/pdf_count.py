"""The sections of the dictamen's PDF on process, requirement, count and duplicates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Spacer
from reportlab.platypus.flowables import Flowable

from service.dictamen import typography as look
from service.dictamen.dates import say_day
from service.dictamen.figures import Step
from service.dictamen.names import CLASS_NAMES
from service.dictamen.typography import Section, before_table, escape, rich, table, text, thousands

BAR = 30 * mm


def process(said: Mapping[str, Any]) -> list[Flowable]:
    """Which process, who, and when."""
    held, who, window = said["proceso"], said["aspirante"], said["ventana"]
    pairs = [
        ("Proceso", f"{held['nombre']} ({held['clave']})"),
        ("Jornada electoral", say_day(held["jornada"])),
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
    pairs += [("Acuerdo", f"{a['acuerdo']} ({a['materia']})") for a in held["acuerdos"]]
    flow: list[Flowable] = [
        Section("1. Proceso, aspirante y ventana", "proceso"),
        rich(
            "Este documento da cuenta de la verificación de las firmas de apoyo que exige el artículo 323 del Código "
            "de Instituciones y Procedimientos Electorales de la Ciudad de México (párrafos 14, 18 V y 19) para el "
            "registro a que se refiere su artículo 383, fracción III."
        ),
        pairs_table(pairs),
    ]
    if said["sustituye"]:
        old = said["sustituye"]
        flow += [
            Section("Dictamen que se sustituye", "sustituye", 1),
            rich(f"Sustituye al dictamen {escape(old['folio'])}. Motivo: {escape(old['motivo'])}"),
            rich(f"SHA-256 del sustituido: {escape(old['sha256'])}", look.SMALL),
        ]
    return flow


def requirement(said: Mapping[str, Any]) -> list[Flowable]:
    """The list with its cut, and the required number with its formula."""
    asked, roll = said["requisito"], said["lista_nominal"]
    others = "; ".join(f"{name}: {thousands(n)}" for name, n in asked["otras_lecturas"].items())
    return [
        Section("2. Lista nominal y número requerido", "requisito"),
        pairs_table(
            [
                ("Lista nominal del ámbito", thousands(asked["lista_nominal"])),
                ("Origen de la cifra", asked["origen"]),
                ("Corte del umbral", say_day(asked["corte"])),
                ("Fórmula", asked["formula"]),
                ("Apoyos requeridos", thousands(asked["requeridos"])),
                ("Con cada redondeo", others),
                ("Lista usada en la compulsa", f"versión {roll['version']}, corte del {say_day(roll['corte'])}"),
                ("Fuente", roll["fuente"]),
                ("Renglones y SHA-256", f"{thousands(roll['renglones'])}; {roll['sha256']}"),
            ]
        ),
    ]


def count(said: Mapping[str, Any]) -> list[Flowable]:
    """Received to valid, in the legal order, every subtotal printed."""
    counted = said["conteo"]
    received = counted["recibidos"]

    def line(name: Flowable, basis: str, taken: Flowable, left: int, gone: int) -> list[Flowable]:
        bar = Step(left, gone, received, width=BAR)
        return [name, text(basis, look.SMALL), taken, text(thousands(left), look.CELL_RIGHT), bar]

    rows: list[list[Flowable]] = [
        [
            text("Concepto", look.HEAD),
            text("Fundamento", look.HEAD),
            text("Registros", look.HEAD_RIGHT),
            text("Quedan", look.HEAD_RIGHT),
            text("", look.HEAD),
        ]
    ]
    whole = text(thousands(received), look.CELL_RIGHT_BOLD)
    rows.append(line(text("Recibidos", look.CELL_BOLD), "Art. 323 párr. 14", whole, received, 0))
    for step in counted["pasos"]:
        name = text(f"menos: {step['concepto']}", look.CELL if step["n"] else look.SMALL)
        taken = text(thousands(-step["n"]), look.CELL_RIGHT if step["n"] else look.SMALL_RIGHT)
        rows.append(line(name, step["fundamento"], taken, step["subtotal"], step["n"]))
    share = f"{counted['porcentaje_lista']} % de la lista nominal"
    valid = text(thousands(counted["validos"]), look.CELL_RIGHT_BOLD)
    rows.append(line(text("Válidos", look.CELL_BOLD), share, valid, counted["validos"], 0))
    shown = [(name, n) for name in CLASS_NAMES if (n := counted["por_clase"][name])]
    by_class = [[text("Clase", look.HEAD), text("Nombre", look.HEAD), text("Registros", look.HEAD_RIGHT)]]
    by_class += [
        [text(name, look.CELL_BOLD), text(CLASS_NAMES[name], look.CELL), text(thousands(n), look.CELL_RIGHT)]
        for name, n in shown
    ]
    widths = [66 * mm, look.WIDTH - 66 * mm - 36 * mm - BAR - 4 * mm, 18 * mm, 18 * mm, BAR + 4 * mm]
    return [
        Section("3. De los recibidos a los válidos", "conteo"),
        rich(
            f"Recibidos {thousands(counted['recibidos'])}, revisados {thousands(counted['revisados'])}. Cada "
            "registro se resta una sola vez, en el orden de prelación de las causas; todas las de cada registro "
            "constan en el anexo confidencial."
        ),
        table(rows, widths, padding=1.7, extra=[("LEFTPADDING", (4, 0), (4, -1), 8)]),
        rich("El porcentaje se corta, sin redondear, a cuatro decimales.", look.NOTE),
        *before_table("Por clase", "clases", 1),
        table(by_class, [18 * mm, look.WIDTH - 46 * mm, 28 * mm], padding=1.7),
    ]


def duplicates(said: Mapping[str, Any]) -> list[Flowable]:
    """Counts only: nobody else's record is told."""
    twice, ties = said["duplicados"], said["empates"]
    decide = "deciden" if ties["deciden"] else "no deciden"
    return [
        Section("5. Duplicados y empates", "duplicados"),
        pairs_table(
            [
                ("Del mismo aspirante", thousands(twice["mismo_aspirante"])),
                ("Con otros aspirantes (fecha anterior)", thousands(twice["otro_aspirante"])),
                ("Personas con registros de más de un aspirante", thousands(twice["electores_disputados"])),
                ("Empates de fecha", f"{thousands(ties['registros'])}; {decide} el resultado"),
                ("Regla de empate", ties["regla"]),
            ]
        ),
        Spacer(1, 2 * mm),
        rich("Entre aspirantes cuenta la última fecha en que la persona expresó su apoyo (párrafo 13).", look.NOTE),
    ]


def pairs_table(pairs: list[tuple[str, str]]) -> Flowable:
    rows: list[list[Flowable]] = [[text(name, look.HEAD), text(value, look.CELL)] for name, value in pairs]
    return table(rows, [56 * mm, look.WIDTH - 56 * mm], head=False)
