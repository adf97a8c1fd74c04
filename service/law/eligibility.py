"""What others decide about an aspirante and this service only records: never a ruling here.

Shown on the dictamen as recorded: arts. 310, 317, 319, 321, 383, 384, and the contents of the application
(art. 323 párr. 9 I-IX), of which only the presence is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Aviso(StrEnum):
    """Kinds of notices, each with the article that gives its effect to another authority."""

    ACTOS_ANTICIPADOS = "art. 317"
    RADIO_Y_TELEVISION = "art. 317 párr. 2"
    MILITANCIA = "art. 310 párr. 3"
    PROCESO_SIMULTANEO = "art. 310 párr. 5"
    TOPE_DE_GASTOS = "art. 319"
    INFORME_NO_ENTREGADO = "art. 321"
    DICTAMEN_DE_FISCALIZACION = "art. 383 fracc. II"
    VARIOS_REGISTROS = "art. 384 párr. 5"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as some authority gave it: kind, day, document, and its words."""

    kind: Aviso
    recorded_on: date
    source: str
    text: str


# Art. 323 párr. 9, fracciones I a IX, as keys of the application's data.
SOLICITUD: Mapping[str, str] = {
    "nombre": "I",
    "nacimiento": "II",
    "domicilio": "III",
    "ocupacion": "IV",
    "clave_credencial": "V",
    "cargo_y_ambito": "VI",
    "representante": "VIII",
    "emblema_y_colores": "IX",
}


def parrafo_9_faltantes(solicitud: Mapping[str, object], *, formula: bool) -> tuple[str, ...]:
    """Art. 323 párr. 9: the fracciones whose data are missing from an application (VII only for a fórmula)."""
    missing = [fraccion for key, fraccion in SOLICITUD.items() if not solicitud.get(key)]
    if formula and not solicitud.get("formula"):
        missing.append("VII")
    return tuple(f"fracc. {fraccion}" for fraccion in missing)


def notice_lines(notices: Iterable[Notice]) -> list[str]:
    """Notices for the dictamen, oldest first: what was recorded, by whom, and that it is not decided here."""
    ordered = sorted(notices, key=lambda n: (n.recorded_on, n.kind.name, n.source))
    return [
        f"{n.recorded_on.isoformat()} · CIPECDMX {n.kind.value} · {n.source}: {n.text} "
        "(se hace constar; no lo resuelve este dictamen)"
        for n in ordered
    ]
