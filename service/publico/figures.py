"""The public figures: aggregates only. Preliminary until the dictamen; then what the dictamen says, nothing beside.

Before the dictamen, what the list says of a sheet whose original was not received is not in them (``store.shown``),
and a figure by unit is told in steps of ``minimo_por_celda``: who looks every minute must not see one support of a
small section arrive. With the dictamen, small units are withheld with cover (``dictamen.aggregates``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from service.access.words import CITY, CLASSES
from service.dictamen.aggregates import public_aggregates
from service.dictamen.views import PUBLIC_FILES
from service.jobs.lawyer import collection_period
from service.law.plazos import days_left
from service.proceso.publico import PublicRules, public_rules
from service.proceso.register import law_proceso
from service.store import Session, now, pages
from service.store.dictamenes import last_final
from service.store.findings import Dictamen
from service.store.proceso import Aspirante, ProcesoVersion, aspirantes_of, proceso_in_force
from service.store.shown import at_least, party_tally

FORMAT = "respaldo/publico/1"
ALWAYS = ("annex_public.csv", "annex_marco.csv", "dictamen.schema.json", "verify_alone.py")
"""Files of a dictamen that tell of no unit and no person; the others print every unit."""


def overview(session: Session) -> dict[str, Any]:
    """Every process whose figures are open, with its aspirantes."""
    return {
        "formato": FORMAT,
        "calculado": now().astimezone(CITY).isoformat(timespec="minutes"),
        "procesos": [
            _process(session, version) for version in pages.procesos(session) if public_rules(version.text).cifras
        ],
    }


def _process(session: Session, version: ProcesoVersion) -> dict[str, Any]:
    law = law_proceso(version.text)
    return {
        "clave": law.clave,
        "nombre": law.nombre,
        "jornada": law.jornada.isoformat(),
        "apertura_registro": law.apertura_registro.isoformat(),
        "aspirantes": [
            _figures(session, one, public_rules(version.text)) for one in aspirantes_of(session, law.clave)
        ],
    }


def figures_of(session: Session, aspirante: str) -> dict[str, Any] | None:
    """The public figures of one aspirante; None if there is none or its process does not open them."""
    found = pages.find_aspirante(session, aspirante)
    version = proceso_in_force(session, found.proceso) if found else None
    if found is None or version is None or not public_rules(version.text).cifras:
        return None
    return _figures(session, found, public_rules(version.text))


def _figures(session: Session, aspirante: Aspirante, rules: PublicRules) -> dict[str, Any]:
    period = collection_period(session, aspirante)
    today = now().astimezone(CITY).date()
    final = last_final(session, aspirante.id)
    said = {
        "id": aspirante.id,
        "nombre": aspirante.nombre,
        "cargo": aspirante.cargo,
        "ambito": aspirante.ambito,
        "periodo": {
            "desde": period.first.isoformat(),
            "hasta": period.last.isoformat(),
            "dias_restantes": days_left(period, today),
        },
        "preliminar": final is None,
    }
    if final is not None:
        return {**said, **_as_ruled(final, rules)}
    return {**said, **_as_stands(party_tally(session, aspirante.id), rules)}


def _as_stands(tally: Mapping[str, Any] | None, rules: PublicRules) -> dict[str, Any]:
    """The count of the day, None where nothing was counted yet."""
    if tally is None:
        return {"cuenta": None, "por_clase": [], "unidades": None, "dictamen": None}
    order = list(CLASSES)
    return {
        "cuenta": _count(tally["received"], tally["valid"], tally["pending"], tally["required"]),
        "por_clase": [
            {"clase": code, "nombre": str(CLASSES[code]), "registros": tally["by_class"][code]}
            for code in sorted(tally["by_class"], key=order.index)
        ],
        "unidades": in_steps(tally["dispersion"], rules.minimo_por_celda),
        "dictamen": None,
    }


def _count(received: int, valid: int, pending: int, required: int) -> dict[str, int]:
    return {
        "recibidos": received,
        "revisados": received - pending,
        "validos": valid,
        "pendientes": pending,
        "no_se_cuentan": received - valid - pending,
        "requeridos": required,
    }


def in_steps(units: Mapping[str, int], step: int) -> dict[str, Any]:
    """Figures by unit told as "at least": multiples of ``step``; units under one step are only counted together."""
    told = [{"unidad": unit, "al_menos": valid} for unit, valid in at_least(units, step).items()]
    return {"paso": step, "unidades": told, "sin_detalle": len(units) - len(told)}


def _as_ruled(final: Dictamen, rules: PublicRules) -> dict[str, Any]:
    """What the final dictamen in force says, with small units withheld."""
    told = public_aggregates(json.loads(final.document)["documento"], minimum=rules.minimo_por_celda)
    count = told["conteo"]
    return {
        "cuenta": _count(count["recibidos"], count["validos"], count["pendientes"], told["requisito"]["requeridos"]),
        "por_clase": [
            *({"clase": "", "nombre": s["concepto"], "registros": s["n"]} for s in count["pasos"] if s["n"]),
            {"clase": "V", "nombre": str(CLASSES["V"]), "registros": count["validos"]},
        ],
        "unidades": None,
        "dictamen": {
            "numero": final.id,
            "sha256": final.sha256,
            "raiz": final.root,
            "archivos": list(public_names(told)),
            "cifras": told,
        },
    }


def public_names(told: Mapping[str, Any]) -> tuple[str, ...]:
    """The files of a dictamen that anyone may have: those with every unit only where no unit had to be withheld."""
    return tuple(PUBLIC_FILES) if told["documento_publicable"] else ALWAYS


def published(session: Session, dictamen: int) -> tuple[Dictamen, tuple[str, ...]] | None:
    """A final dictamen in force whose process opens its figures, with its public files; else None.

    One that was superseded is not given out here: two versions side by side tell by their difference.
    """
    found = pages.find_dictamen(session, dictamen)
    if found is None or found.preliminary:
        return None
    figures = figures_of(session, found.aspirante)
    if figures is None or figures["dictamen"] is None or figures["dictamen"]["numero"] != found.id:
        return None
    return found, tuple(figures["dictamen"]["archivos"])
