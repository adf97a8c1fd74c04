"""Composing the dictamen: an expediente and its count become one document of texts and whole numbers.

The document is written in Spanish because it is the legal text itself; its schema is ``dictamen.schema.json``.
Nothing here decides: figures come from ``service.law``, words say what they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from service.dictamen.code_version import drawing_version, law_version
from service.dictamen.control import NOT_MEASURED, figure, statement
from service.dictamen.counting import Count
from service.dictamen.expediente import Expediente
from service.dictamen.names import CARGO_NAMES, CLASS_NAMES, STEPS, name_of_ambito
from service.law.dispersion import Units
from service.law.proceso import Proceso
from service.law.records import Aspirante, Tally
from service.law.umbral import Umbral, required_of

FORMAT = "respaldo/dictamen/1"
UNIT_NAMES = {
    "jefatura": "demarcación territorial",
    "alcaldia": "circunscripción de la demarcación",
    "diputacion": "sección electoral del distrito",
}
READING_NAMES = {
    "R1": "presencia: la unidad cuenta con al menos un apoyo válido",
    "R2": "uno por ciento propio: la unidad alcanza el 1 % de su propia lista nominal",
    "R3": "mínimo por unidad fijado por los Lineamientos",
}
ROUNDINGS = {
    "techo": ("el menor entero que no es inferior al 1 %", 99),
    "piso": ("el 1 % truncado", 0),
    "mitad": ("el 1 % redondeado al entero más cercano", 50),
}


def compose(
    expediente: Expediente,
    proceso: Proceso,
    count: Count,
    *,
    preliminary: bool,
    on: date,
    annexes: Mapping[str, Mapping[str, Any]],
    signature: Mapping[str, str],
    warnings: tuple[str, ...],
) -> dict[str, Any]:
    """The words and figures of the dictamen (the part that the first leaf of the tree binds)."""
    aspirante, tally = expediente.aspirante, count.tally
    return {
        "formato": FORMAT,
        "folio": expediente.folio,
        "tipo": "preliminar" if preliminary else "final",
        "emitido": on.isoformat(),
        "sustituye": _superseded(expediente),
        "proceso": process_of(proceso, aspirante),
        "aspirante": _aspirante(expediente),
        "ventana": window_of(proceso, aspirante, count),
        "lista_nominal": {
            "version": expediente.lista.version,
            "corte": expediente.lista.corte.isoformat(),
            "fuente": expediente.lista.fuente,
            "sha256": expediente.lista.sha256,
            "renglones": expediente.lista.renglones,
        },
        "requisito": requirement_of(count.umbral, proceso),
        "conteo": count_of(tally, count.umbral),
        "dispersion": dispersion_of(tally, count.units, aspirante, proceso),
        "duplicados": {
            "mismo_aspirante": tally.by_class.get("D1", 0),
            "otro_aspirante": tally.by_class.get("D2", 0),
            "electores_disputados": count.contested,
            "registros_de_otros_aspirantes_en_el_anexo": count.rival_rows,
        },
        "empates": ties_of(tally, proceso),
        "audiencia": _hearing(expediente, proceso, count),
        "paginas": {
            "recibidas": expediente.pages.received,
            "sin_leer": expediente.pages.unread,
            "sin_registrar": expediente.pages.unlaid,
            "registros_sin_compulsar": expediente.pages.unmatched,
            "trabajos_abiertos": expediente.pages.open_jobs,
            "trabajos_con_falla": expediente.pages.faults,
            "de_otros_aspirantes_sin_procesar": expediente.pages.rivals_waiting,
        },
        "originales": {
            "declarados": expediente.originals.declared,
            "digitalizados": expediente.originals.scanned,
            "cotejados": expediente.originals.received,
        },
        "errores": [
            *statement(expediente.samples, expediente.drawn),
            *(figure(one.key, one.what, one.errors, one.cases, one.method) for one in expediente.measured),
        ],
        "avisos": [
            {"materia": r.matter, "fundamento": r.basis, "fuente": r.source, "fecha": r.on.isoformat()}
            for r in expediente.recorded
        ],
        "resultado": result_of(tally),
        "advertencias": [*tally.warnings, *warnings],
        "parametros": parameters_of(proceso),
        "proceso_archivo": plain(expediente.proceso),
        "versiones": {
            "parametros": proceso.version,
            "proceso": expediente.parametros_version,
            "marco": expediente.marco_source,
            "ley": law_version(),
            "dibujo": drawing_version(),
            **expediente.versions,
        },
        "bitacora": expediente.audit_head,
        "mapa": expediente.outlines,
        "anexos": dict(annexes),
        "firma": dict(signature),
    }


def requirement_of(umbral: Umbral, proceso: Proceso) -> dict[str, Any]:
    """The requirement with its formula worked out in whole numbers."""
    rounding, base = proceso.parametros.redondeo, umbral.lista_nominal
    meaning, added = ROUNDINGS[rounding]
    top = f"({base:,} + {added})" if added else f"{base:,}"
    return {
        "lista_nominal": base,
        "origen": umbral.source,
        "corte": proceso.corte_umbral.isoformat(),
        "redondeo": rounding,
        "formula": f"{meaning}: {top} ÷ 100, división entera = {umbral.required:,}",
        "requeridos": umbral.required,
        "otras_lecturas": {name: required_of(base, name) for name in ROUNDINGS},
    }


def count_of(tally: Tally, umbral: Umbral) -> dict[str, Any]:
    """Received, the subtractions in their legal order with every subtotal, valid and its share of the list."""
    left = tally.received
    steps = []
    for order, step in enumerate(STEPS, start=1):
        taken = sum(tally.by_class.get(name, 0) for name in step.classes)
        left -= taken
        steps.append(
            {
                "orden": order,
                "concepto": step.name,
                "clases": {name: tally.by_class.get(name, 0) for name in step.classes},
                "n": taken,
                "subtotal": left,
                "fundamento": step.basis,
            }
        )
    return {
        "recibidos": tally.received,
        "revisados": tally.received - tally.by_class.get("Q1", 0),
        "pendientes": tally.pending,
        "por_clase": {name: tally.by_class.get(name, 0) for name in CLASS_NAMES},
        "pasos": steps,
        "validos": tally.valid,
        "porcentaje_lista": percent(tally.valid, umbral.lista_nominal),
    }


def dispersion_of(tally: Tally, units: Units, aspirante: Aspirante, proceso: Proceso) -> dict[str, Any]:
    """The dispersion by unit with k, under every reading."""
    own = units.least("R2", 0)
    readings: dict[str, Any] = {}
    for name, reading in tally.readings.items():
        readings[name] = (
            None
            if reading is None
            else {"alcanzadas": reading.reached, "cumple": reading.meets, "descripcion": READING_NAMES[name]}
        )
    return {
        "unidad": UNIT_NAMES[aspirante.cargo],
        "N": tally.n,
        "k": tally.k,
        "formula": f"(35 × {tally.n} + 99) ÷ 100, división entera = {tally.k}"
        if len(units.groups) == 1
        else "suma de los mínimos de cada demarcación",
        "grupos": [{"grupo": g.name, "N": len(g.units), "k": g.k} for g in units.groups],
        "lectura": proceso.parametros.dispersion_lectura,
        "minimo_m": proceso.parametros.dispersion_m,
        "lecturas": readings,
        "sensible_a_la_lectura": tally.sensitive_to_reading,
        "unidades": [
            {
                "unidad": unit,
                "grupo": group.name,
                "lista_nominal": units.electors[unit],
                "uno_por_ciento": own[unit],
                "validos": tally.dispersion.get(unit, 0),
            }
            for group in units.groups
            for unit in sorted(group.units, key=unit_order)
        ],
    }


def ties_of(tally: Tally, proceso: Proceso) -> dict[str, Any]:
    """Ties of dates, and whether they decide the outcome."""
    return {
        "registros": tally.ties,
        "deciden": tally.ties_decide,
        "regla": proceso.parametros.regla_empate,
    }


def result_of(tally: Tally) -> dict[str, Any]:
    """The outcome with its margin, and between which figures the count lies in every completion."""
    return {
        "sentido": str(tally.outcome),
        "validos": tally.valid,
        "requeridos": tally.required,
        "margen": tally.margin,
        "minimo_posible": tally.least,
        "maximo_posible": tally.most,
    }


def percent(part: int, whole: int) -> str:
    """``part`` as a percentage of ``whole``, cut (not rounded) after four decimals, as text."""
    if whole <= 0:
        return NOT_MEASURED
    scaled = part * 1_000_000 // whole
    return f"{scaled // 10_000}.{scaled % 10_000:04d}"


def unit_order(unit: str) -> tuple[int, str]:
    """Units in the order of their number."""
    return (int(unit), unit) if unit.isdigit() else (0, unit)


def plain(value: Any) -> Any:
    """The process file with its dates as ISO texts (TOML gives dates, JSON has none)."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, (datetime, date, float)):
        return str(value)  # as the law's own version of the parameters writes it
    return value


def process_of(proceso: Proceso, aspirante: Aspirante) -> dict[str, Any]:
    """The process and the acuerdos that set what is used here."""
    acuerdos = {p.acuerdo: f"parámetro {p.clave}" for p in proceso.parametros.fuentes.values() if p.acuerdo}
    base = proceso.bases.get((aspirante.cargo, aspirante.ambito))
    if base is not None and base.acuerdo:
        acuerdos[base.acuerdo] = "lista nominal de base"
    return {
        "clave": proceso.clave,
        "nombre": proceso.nombre,
        "jornada": proceso.jornada.isoformat(),
        "corte_umbral": proceso.corte_umbral.isoformat(),
        "apertura_registro": proceso.apertura_registro.isoformat(),
        "acuerdos": [{"acuerdo": name, "materia": matter} for name, matter in sorted(acuerdos.items())],
    }


def _aspirante(expediente: Expediente) -> dict[str, Any]:
    aspirante = expediente.aspirante
    return {
        "id": aspirante.id,
        "nombre": expediente.nombre,
        "cargo": str(aspirante.cargo),
        "cargo_nombre": CARGO_NAMES[aspirante.cargo],
        "ambito": aspirante.ambito,
        "ambito_nombre": name_of_ambito(aspirante.cargo, aspirante.ambito),
        "constancia": aspirante.constancia.isoformat() if aspirante.constancia else None,
        "desistimiento": aspirante.withdrawn_on.isoformat() if aspirante.withdrawn_on else None,
    }


def window_of(proceso: Proceso, aspirante: Aspirante, count: Count) -> dict[str, Any]:
    """The window of the Convocatoria and the aspirante's own first day (311)."""
    ventana = proceso.ventana(aspirante.cargo)
    return {
        "desde": ventana.desde.isoformat(),
        "hasta": ventana.hasta.isoformat(),
        "primer_dia": count.period.first.isoformat(),
        "dias": (ventana.hasta - ventana.desde).days + 1,
    }


def _hearing(expediente: Expediente, proceso: Proceso, count: Count) -> dict[str, Any]:
    hearing = expediente.hearing
    return {
        "plazo_horas": proceso.parametros.plazo_audiencia_horas,
        "notificaciones": [
            {"notificada": n.notified_at.isoformat(), "vence": n.term_ends.isoformat()} for n in hearing.notices
        ],
        "en_curso": count.in_hearing,
        "reclamados": hearing.claimed,
        "procedentes": hearing.granted,
        "improcedentes": hearing.denied,
    }


def parameters_of(proceso: Proceso) -> list[dict[str, Any]]:
    """Every parameter in force with its source."""
    return [
        {
            "nombre": name,
            "valor": ", ".join(p.valor) if isinstance(p.valor, tuple) else str(p.valor),
            "acuerdo": p.acuerdo,
            "aprobo": p.aprobo,
            "vigente_desde": p.vigente_desde.isoformat(),
            "base": p.base,
            "por_defecto": p.por_defecto,
        }
        for name, p in sorted(proceso.parametros.fuentes.items())
    ]


def _superseded(expediente: Expediente) -> dict[str, str] | None:
    old = expediente.supersedes
    return None if old is None else {"folio": old.folio, "sha256": old.sha256, "motivo": old.motive}
