"""Names of classes and cargos for people, the groups of the public annex, and the legal order of subtraction.

The order is that of the precedence of classes (domain B-2): each record is taken away once, at the reason that
prevails; what is left at the end counts. The manner is that of Arizona's receipts (ARS 19-121.04): every step
states its subtotal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CLASS_NAMES: Mapping[str, str] = {
    "I9": "Formato no aprobado o folio ajeno",
    "I2": "Presentación electrónica no admitida",
    "I1": "Fotocopia",
    "I3": "Sin firma ni huella",
    "I4": "Ilegible",
    "N": "Datos no encontrados en la lista",
    "B1": "Baja: defunción",
    "B2": "Baja: suspensión de derechos",
    "B3": "Baja: pérdida de vigencia",
    "B4": "Baja: duplicado en el padrón",
    "B5": "Baja: datos personales irregulares",
    "B6": "Baja: domicilio irregular",
    "B7": "Baja: usurpación de identidad",
    "B8": "Baja: determinación judicial",
    "B9": "Baja: otra causa",
    "P": "En el padrón, no en la lista nominal",
    "G": "Fuera del ámbito geográfico",
    "I5": "Clave y nombre no corresponden",
    "I6": "Credencial no válida o no vigente",
    "I7": "Sin copia de la credencial",
    "I8": "Tachadura o enmendadura",
    "I10": "Datos simulados o firma presuntamente apócrifa",
    "I11": "Fecha fuera del periodo",
    "I12": "Desconocida por la persona",
    "Q1": "En procesamiento o sin original recibido",
    "Q2": "En mesa de control",
    "Q3": "En audiencia",
    "DT": "Empate de fecha con otro aspirante",
    "D2": "Duplicado con otro aspirante, de fecha anterior",
    "D1": "Duplicado del mismo aspirante",
    "V": "Encontrado en lista nominal: válido",
}

CARGO_NAMES: Mapping[str, str] = {
    "jefatura": "Jefatura de Gobierno",
    "alcaldia": "Alcaldía",
    "diputacion": "Diputación de mayoría relativa",
}

DEMARCACION_NAMES: Mapping[str, str] = {
    "002": "Azcapotzalco",
    "003": "Coyoacán",
    "004": "Cuajimalpa de Morelos",
    "005": "Gustavo A. Madero",
    "006": "Iztacalco",
    "007": "Iztapalapa",
    "008": "La Magdalena Contreras",
    "009": "Milpa Alta",
    "010": "Álvaro Obregón",
    "011": "Tláhuac",
    "012": "Tlalpan",
    "013": "Xochimilco",
    "014": "Benito Juárez",
    "015": "Cuauhtémoc",
    "016": "Miguel Hidalgo",
    "017": "Venustiano Carranza",
}


@dataclass(frozen=True)
class Step:
    """One subtraction: its name, the classes it takes away, and the provision it rests on."""

    name: str
    classes: tuple[str, ...]
    basis: str


STEPS: tuple[Step, ...] = (
    Step("Formato no aprobado o folio ajeno", ("I9",), "Art. 323 párr. 14 a)"),
    Step("Presentación electrónica no admitida", ("I2",), "Art. 323 párr. 11 y 16"),
    Step("Fotocopia", ("I1",), "Art. 323 párr. 11"),
    Step("Sin firma ni huella", ("I3",), "Art. 323 párr. 9 X"),
    Step("Ilegible", ("I4",), "Art. 323 párr. 9 X y 12"),
    Step("Datos no encontrados en la lista", ("N",), "Art. 323 párr. 1; 314 a 316"),
    Step(
        "Bajas del padrón electoral",
        ("B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B9"),
        "Art. 323 párr. 1; 314 a 316",
    ),
    Step("En el padrón, no en la lista nominal", ("P",), "Art. 323 párr. 1; 314 a 316"),
    Step("Fuera del ámbito geográfico", ("G",), "Art. 314 a 316"),
    Step("Clave y nombre no corresponden", ("I5",), "Art. 323 párr. 9 X y 14 d)"),
    Step("Credencial no válida o no vigente", ("I6",), "Art. 323 párr. 9 X"),
    Step("Sin copia de la credencial", ("I7",), "Art. 323 párr. 14 d)"),
    Step("Tachaduras o enmendaduras", ("I8",), "Art. 323 párr. 14 b)"),
    Step("Datos simulados o firma presuntamente apócrifa", ("I10",), "Art. 323 párr. 12"),
    Step("Fecha fuera del periodo", ("I11",), "Art. 312; 323 párr. 6 IV"),
    Step("Desconocidas por la persona", ("I12",), "Art. 323 párr. 12"),
    Step("Pendientes de resolver (no cuentan)", ("Q1", "Q2", "Q3"), "Art. 323 párr. 14 y 18 V"),
    Step("Empates de fecha con otro aspirante", ("DT",), "Art. 323 párr. 13"),
    Step("Duplicados con otro aspirante, de fecha anterior", ("D2",), "Art. 323 párr. 13 y 14 c)"),
    Step("Duplicados del mismo aspirante", ("D1",), "Art. 314 a 316; 323 párr. 13"),
)

GROUPS: Mapping[str, str] = {
    name: "valido"
    if name == "V"
    else "pendiente"
    if name in ("Q1", "Q2", "Q3")
    else "empate"
    if name == "DT"
    else "duplicado"
    if name in ("D1", "D2")
    else "lista"
    if name in ("N", "P", "G") or name.startswith("B")
    else "forma"
    for name in CLASS_NAMES
}
"""Group of classes of the public annex: valido, pendiente, empate, duplicado, lista, forma."""


def name_of_ambito(cargo: str, ambito: str) -> str:
    """The ámbito in words."""
    if cargo == "jefatura":
        return "Ciudad de México"
    if cargo == "alcaldia":
        return f"demarcación {DEMARCACION_NAMES.get(ambito, ambito)} ({ambito})"
    return f"distrito electoral local {ambito}"
