"""Parameters of a process: value, in force from, acuerdo, who approved; one version for the whole set.

Defaults live in ``parameters.toml`` beside this module; a process file overrides them (contracts.md,
``[parametros]``: a value, or a table with ``valor``, ``acuerdo``, ``vigente_desde``, ``aprobo``).
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from service.law.errors import LawRefused

PAPEL = "papel"


@dataclass(frozen=True, slots=True)
class Parametro:
    """One parameter as it stands in a process: its value and where that value comes from."""

    clave: str
    valor: str | int | tuple[str, ...]
    base: str
    vigente_desde: date
    acuerdo: str = ""
    aprobo: str = ""
    por_defecto: bool = True


@dataclass(frozen=True, slots=True)
class Parametros:
    """All of contracts.md ``[parametros]``, typed; ``fuentes`` keeps where each value comes from."""

    redondeo: str
    dispersion_lectura: str
    dispersion_m: int
    base_dispersion_diputacion: str
    regla_empate: str
    fecha_supletoria: str
    canales_admitidos: tuple[str, ...]
    copia_credencial: str
    cotejo: str
    desistimientos: str
    plazo_audiencia_horas: int
    fuentes: Mapping[str, Parametro]

    def as_json(self) -> dict[str, Any]:
        """Every value with its source, as the version is computed from and the dictamen prints."""
        return {
            clave: {
                "valor": list(p.valor) if isinstance(p.valor, tuple) else p.valor,
                "acuerdo": p.acuerdo,
                "aprobo": p.aprobo,
                "vigente_desde": p.vigente_desde.isoformat(),
            }
            for clave, p in sorted(self.fuentes.items())
        }


@cache
def bundled() -> Mapping[str, Mapping[str, Any]]:
    """The defaults with what each admits and its base, as ``parameters.toml`` says them."""
    return tomllib.loads((files("service.law") / "parameters.toml").read_text("utf-8"))


def parametros_from_toml(given: Mapping[str, Any]) -> Parametros:
    """Defaults overridden by ``given``; refuses unknown keys, values out of the list, and R3 without m."""
    known = bundled()
    for clave in given:
        if clave not in known:
            raise LawRefused("parametro_desconocido", f"El parámetro «{clave}» no existe; revise su nombre.")
    fuentes = {clave: _read(clave, default, given.get(clave)) for clave, default in known.items()}
    parametros = Parametros(**{clave: p.valor for clave, p in fuentes.items()}, fuentes=fuentes)  # type: ignore[arg-type]  # each checked by _check
    if parametros.dispersion_lectura == "R3" and parametros.dispersion_m < 1:
        raise LawRefused("dispersion_sin_m", "La lectura R3 exige fijar dispersion_m (1 o más).")
    digital = [canal for canal in parametros.canales_admitidos if canal != PAPEL]
    if digital and not fuentes["canales_admitidos"].acuerdo:
        raise LawRefused(
            "canal_sin_acuerdo",
            "Admitir un canal distinto del papel exige el acuerdo del Consejo General (art. 323 párr. 16).",
        )
    return parametros


def version_of(document: Mapping[str, Any]) -> str:
    """Twelve hex digits of the SHA-256 of the canonical JSON: any change makes another version."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def _read(clave: str, default: Mapping[str, Any], given: Any) -> Parametro:
    table = given if isinstance(given, Mapping) else {} if given is None else {"valor": given}
    for key in table:
        if key not in {"valor", "acuerdo", "vigente_desde", "aprobo"}:
            raise LawRefused("parametro_llave", f"El parámetro «{clave}» no admite la llave «{key}».")
    since = table.get("vigente_desde", default["vigente_desde"])
    if not isinstance(since, date):
        raise LawRefused("parametro_fecha", f"La fecha «vigente_desde» del parámetro «{clave}» no es una fecha.")
    return Parametro(
        clave=clave,
        valor=_check(clave, table.get("valor", default["valor"]), default["admite"]),
        base=str(default["base"]),
        vigente_desde=since,
        acuerdo=str(table.get("acuerdo", "")),
        aprobo=str(table.get("aprobo", "")),
        por_defecto=given is None,
    )


def _check(clave: str, valor: Any, admite: Any) -> str | int | tuple[str, ...]:
    if admite == "entero":
        if isinstance(valor, int) and not isinstance(valor, bool) and valor >= 0:
            return valor
        raise LawRefused("parametro_valor", f"El parámetro «{clave}» debe ser un número entero, 0 o más.")
    if admite == "lista":
        if isinstance(valor, list) and valor and all(isinstance(item, str) and item for item in valor):
            return tuple(valor)
        raise LawRefused("parametro_valor", f"El parámetro «{clave}» debe ser una lista de textos, no vacía.")
    if valor in admite:
        return str(valor)
    raise LawRefused("parametro_valor", f"El parámetro «{clave}» admite solo: {', '.join(admite)}.")
