"""What a final dictamen demands; a preliminary one demands none of it (issue: Compose)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from service.law.plazos import ZONA

OWN_WORK = ("sin_leer", "sin_registrar", "registros_sin_compulsar", "trabajos_abiertos", "trabajos_con_falla")
SENTENCES: Mapping[str, str] = {
    "TRABAJO_PENDIENTE": (
        "Hay trabajo sin terminar sobre sus hojas: {sin_leer} páginas sin leer, {sin_registrar} sin registrar, "
        "{registros_sin_compulsar} registros sin compulsar, {trabajos_abiertos} trabajos abiertos y "
        "{trabajos_con_falla} apartados con falla; espere o resuélvalos, o emita un informe preliminar."
    ),
    "TRABAJO_PENDIENTE_DE_OTROS": (
        "Hay {n} páginas o registros de otros aspirantes del mismo ámbito sin procesar, que pueden quitar apoyos; "
        "espere a que se procesen."
    ),
    "VENTANA_ABIERTA": "La ventana de obtención de firmas sigue abierta; emita el dictamen después del {hasta}.",
    "ORIGINALES_SIN_CONCILIAR": (
        "Los originales cotejados ({cotejados}) no concilian con las hojas {base} ({esperados}); concílielos antes."
    ),
    "AUDIENCIA_EN_PLAZO": "Hay un plazo de audiencia que vence el {vence}; emita el dictamen después.",
    "AUDIENCIA_PENDIENTE": "Hay {n} registros en audiencia sin resolver; resuélvalos antes.",
    "DECISION_PENDIENTE": (
        "El resultado es INDETERMINADO: {n} registros pendientes o en empate, propios o de otros aspirantes, "
        "pueden cambiarlo; resuélvalos o emita un informe preliminar."
    ),
}


def obstacles(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Why this document cannot be final: (code, Spanish sentence) in the order of the procedure, or none.

    It reads the document alone, so that a verifier applies the same test.
    """
    found: list[tuple[str, str]] = []
    on = date.fromisoformat(document["emitido"])
    until = document["ventana"]["hasta"]
    if on <= date.fromisoformat(until):
        found.append(_say("VENTANA_ABIERTA", hasta=until))
    pages = document["paginas"]
    if any(pages[name] for name in OWN_WORK):
        found.append(_say("TRABAJO_PENDIENTE", **{name: pages[name] for name in OWN_WORK}))
    # What is unread of others can only take supports away, so it cannot change a NO CUMPLE.
    if pages["de_otros_aspirantes_sin_procesar"] and document["resultado"]["sentido"] != "NO_CUMPLE":
        found.append(_say("TRABAJO_PENDIENTE_DE_OTROS", n=pages["de_otros_aspirantes_sin_procesar"]))
    originals = document["originales"]
    declared = originals["declarados"]
    expected = originals["digitalizados"] if declared is None else declared
    demanded = document["proceso_archivo"].get("parametros", {}).get("cotejo", "exigido")
    if isinstance(demanded, Mapping):
        demanded = demanded.get("valor", "exigido")
    if demanded == "exigido" and originals["cotejados"] != expected:
        base = "digitalizadas" if declared is None else "declaradas"
        found.append(
            _say("ORIGINALES_SIN_CONCILIAR", cotejados=originals["cotejados"], base=base, esperados=expected)
        )
    issued_at = datetime.combine(on, time.max, ZONA)
    for notice in document["audiencia"]["notificaciones"]:
        if datetime.fromisoformat(notice["vence"]) > issued_at:
            found.append(_say("AUDIENCIA_EN_PLAZO", vence=notice["vence"]))
            break
    in_hearing = document["conteo"]["por_clase"]["Q3"] + document["audiencia"]["en_curso"]
    if in_hearing:
        found.append(_say("AUDIENCIA_PENDIENTE", n=in_hearing))
    if document["resultado"]["sentido"] == "INDETERMINADO":
        open_ones = document["conteo"]["pendientes"] + document["empates"]["registros"]
        found.append(_say("DECISION_PENDIENTE", n=open_ones))
    return found


def _say(code: str, **facts: object) -> tuple[str, str]:
    return code, SENTENCES[code].format(**facts)
