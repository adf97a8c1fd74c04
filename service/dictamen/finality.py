"""What a final dictamen demands; a preliminary one demands none of it (issue: Compose)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from service.law.plazos import ZONA

SENTENCES: Mapping[str, str] = {
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
