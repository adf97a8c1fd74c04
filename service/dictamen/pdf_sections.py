"""The later sections of the dictamen's PDF: hearing, originals, errors, notices, parameters, integrity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Spacer
from reportlab.platypus.flowables import Flowable

from service.dictamen import typography as look
from service.dictamen.dates import say_day, say_moment
from service.dictamen.intervals import percent
from service.dictamen.typography import Section, before_table, escape, rich, table, text, thousands

HOW_TO_CHECK = (
    "La primera hoja del árbol es el texto íntegro de este dictamen; las demás, el compromiso de cada registro con "
    "su grupo de clases, en el anexo público. Quien conoce la raíz publicada detecta cualquier cambio. Para "
    "comprobarlo basta Python 3: <font face='Courier' size='8.5'>python3 verify_alone.py CARPETA --root RAÍZ</font>. "
    "Con la constancia de su renglón, una persona prueba que su registro está y cómo se clasificó, sin ver los demás."
)


def audience(said: Mapping[str, Any]) -> list[Flowable]:
    """The record of the hearing."""
    hearing = said["audiencia"]
    flow: list[Flowable] = [
        Section("6. Garantía de audiencia", "audiencia"),
        text(
            f"Plazo: {hearing['plazo_horas']} horas. Registros reclamados {thousands(hearing['reclamados'])}, "
            f"procedentes {thousands(hearing['procedentes'])}, improcedentes {thousands(hearing['improcedentes'])}.",
            look.BODY,
        ),
    ]
    if hearing["notificaciones"]:
        rows: list[list[Flowable]] = [[text("Notificada", look.HEAD), text("Vence", look.HEAD)]]
        rows += [
            [text(say_moment(n["notificada"]), look.CELL), text(say_moment(n["vence"]), look.CELL)]
            for n in hearing["notificaciones"]
        ]
        flow.append(table(rows, [look.WIDTH / 2, look.WIDTH / 2]))
    else:
        flow.append(text("No consta notificación de audiencia.", look.NOTE))
    return [KeepTogether(flow)]


def originals(said: Mapping[str, Any]) -> list[Flowable]:
    """Sheets declared, scanned and checked in."""
    found = said["originales"]
    declared = found["declarados"]
    pages = said["paginas"]
    waiting = pages["sin_leer"] + pages["sin_registrar"]
    said_so = "sin declarar" if declared is None else thousands(declared)
    flow: list[Flowable] = [
        Section("7. Originales y páginas recibidas", "originales"),
        text(
            f"Hojas declaradas: {said_so}. Digitalizadas: {thousands(found['digitalizados'])}. "
            f"Cotejadas con su original: {thousands(found['cotejados'])}.",
            look.BODY,
        ),
        text(
            f"Páginas digitales recibidas: {thousands(pages['recibidas'])}; sin procesar: {thousands(waiting)}; "
            f"registros sin compulsar: {thousands(pages['registros_sin_compulsar'])}; trabajos apartados con falla: "
            f"{thousands(pages['trabajos_con_falla'])}.",
            look.BODY,
        ),
        text("La digitalización es una copia de trabajo; el apoyo consta en el original (párrafo 11).", look.NOTE),
    ]
    return [KeepTogether(flow)]


def defects(said: Mapping[str, Any]) -> list[Flowable]:
    """The error statement of reading and matching, with intervals; what was not measured says so."""
    head = ("Concepto", "Errores", "Casos", "Tasa", "Intervalo 95 %", "Cómo se midió")
    rows: list[list[Flowable]] = [[text(title, look.HEAD) for title in head]]
    for one in said["errores"]:
        if "casos" in one:
            low, high = (percent(limit) for limit in one["intervalo_95"])
            cells = [thousands(one["errores"]), thousands(one["casos"]), percent(one["tasa"]), f"{low} a {high}"]
        else:
            cells = ["–", "–", one["tasa"], "–"]
        middle = [text(cell, look.CELL) for cell in cells]
        rows.append([text(one["concepto"], look.CELL_BOLD), *middle, text(one["metodo"], look.SMALL)])
    widths = [48 * mm, 16 * mm, 16 * mm, 19 * mm, 29 * mm, look.WIDTH - 128 * mm]
    flow: list[Flowable] = [
        Section("8. Error de la lectura y de la compulsa", "errores"),
        text(
            "Medido sobre la muestra de doble revisión a ciegas; intervalos exactos de Clopper y Pearson al 95 %.",
            look.BODY,
        ),
    ]
    flow.append(table(rows, widths) if said["errores"] else text("No medido.", look.NOTE))
    origins = {one["muestra"]["marco_sha256"]: one["muestra"] for one in said["errores"] if one["muestra"]}
    flow += [Spacer(1, 2 * mm)] if origins else []
    flow += [
        text(
            f"Muestra de {thousands(one['sorteados'])} de {thousands(one['registros'])} registros; semilla pública "
            f"«{one['semilla']}»; lista sellada antes de conocerla, SHA-256 {sealed}.",
            look.SMALL,
        )
        for sealed, one in origins.items()
    ]
    return flow


def warnings_and_notices(said: Mapping[str, Any]) -> list[Flowable]:
    """What the reader must know, and what other authorities informed."""
    flow: list[Flowable] = [Section("9. Advertencias y avisos", "advertencias")]
    if said["advertencias"]:
        flow += [rich(f"• {escape(one)}") for one in said["advertencias"]]
    else:
        flow.append(text("Sin advertencias.", look.NOTE))
    for notice in said["avisos"]:
        said_by = f"{notice['fuente']}, {say_day(notice['fecha'])}"
        flow.append(text(f"• {notice['materia']} ({notice['fundamento']}). Informó: {said_by}.", look.BODY))
    if said["avisos"]:
        flow.append(text("Estos avisos se registran y no se deciden aquí.", look.NOTE))
    return flow


def parameters(said: Mapping[str, Any]) -> list[Flowable]:
    """Every parameter in force, and every version that was used."""
    head = ("Parámetro", "Valor", "Acuerdo", "Vigente desde", "Fundamento")
    rows: list[list[Flowable]] = [[text(title, look.HEAD) for title in head]]
    rows += [
        [
            text(p["nombre"], look.CELL_BOLD),
            text(p["valor"], look.CELL),
            text(p["acuerdo"] or ("por omisión" if p["por_defecto"] else "sin acuerdo"), look.CELL),
            text(p["vigente_desde"], look.CELL),
            text(p["base"], look.SMALL),
        ]
        for p in said["parametros"]
    ]
    versions: list[list[Flowable]] = [[text("Pieza", look.HEAD), text("Versión", look.HEAD)]]
    versions += [[text(name, look.CELL_BOLD), text(value, look.CELL)] for name, value in said["versiones"].items()]
    return [
        *before_table("10. Parámetros y versiones", "parametros"),
        table(rows, [43 * mm, 27 * mm, 36 * mm, 20 * mm, look.WIDTH - 126 * mm], padding=1.8),
        Spacer(1, 4 * mm),
        table(versions, [44 * mm, look.WIDTH - 44 * mm], padding=1.8),
    ]


def integrity(frozen: Mapping[str, Any], sha256: str) -> list[Flowable]:
    """Hashes, root, and how to check them without this system."""
    said = frozen["documento"]
    pieces: list[list[Flowable]] = [
        [text("Archivo", look.HEAD), text("Renglones", look.HEAD_RIGHT), text("SHA-256", look.HEAD)],
        [text("dictamen.json", look.CELL), text("–", look.CELL_RIGHT), text(sha256, look.MONO)],
    ]
    pieces += [
        [text(name, look.CELL), text(thousands(one["renglones"]), look.CELL_RIGHT), text(one["sha256"], look.MONO)]
        for name, one in said["anexos"].items()
    ]
    return [
        *before_table("11. Integridad y verificación", "integridad"),
        table(pieces, [44 * mm, 20 * mm, look.WIDTH - 64 * mm]),
        Spacer(1, 3 * mm),
        rich(f"Raíz del árbol ({thousands(frozen['integridad']['hojas'])} hojas):", look.SMALL),
        text(frozen["integridad"]["raiz"], look.MONO),
        text(f"Última huella de la bitácora: {said['bitacora'] or 'sin bitácora'}", look.SMALL),
        Spacer(1, 2 * mm),
        rich(HOW_TO_CHECK),
    ]


def signature_block(said: Mapping[str, Any]) -> list[Flowable]:
    """Who signs, and with which certificate."""
    signature = said["firma"]
    return [
        KeepTogether(
            [
                Section("12. Firma", "firma"),
                text(
                    "Dirección Ejecutiva de Asociaciones Políticas y Fiscalización. "
                    f"Firmado electrónicamente (PAdES) con el certificado de: {signature['titular']}.",
                    look.BODY,
                ),
                text(f"SHA-256 del certificado: {signature['certificado_sha256']}", look.SMALL),
                Spacer(1, 16 * mm),
                table(
                    [[text("Nombre, cargo y firma autógrafa, en su caso", look.SMALL)]],
                    [92 * mm],
                    head=False,
                    extra=[
                        ("LINEABOVE", (0, 0), (-1, 0), 0.8, look.INK),
                        ("LINEBELOW", (0, 0), (-1, 0), 0, look.WHITE),
                    ],
                ),
            ]
        )
    ]
