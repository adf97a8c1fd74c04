"""Every ruling in words: the label of a class, the paragraph it rests on, and one Spanish sentence.

No sentence names a person, and none names another aspirante.
"""

from __future__ import annotations

from service.law.records import Clase, Ruling

LABELS: dict[Clase, str] = {
    Clase.V: "Encontrado en la lista nominal: válido",
    Clase.D1: "Duplicado del mismo aspirante",
    Clase.D2: "Duplicado con otro aspirante, de fecha anterior",
    Clase.DT: "Empate de fecha o fecha no determinable",
    Clase.G: "Fuera del ámbito geográfico",
    Clase.P: "En el padrón, no en la lista nominal",
    Clase.B1: "Baja del padrón: defunción",
    Clase.B2: "Baja del padrón: suspensión de derechos",
    Clase.B3: "Baja del padrón: pérdida de vigencia",
    Clase.B4: "Baja del padrón: registro duplicado",
    Clase.B5: "Baja del padrón: datos personales irregulares",
    Clase.B6: "Baja del padrón: domicilio irregular",
    Clase.B7: "Baja del padrón: usurpación de identidad",
    Clase.B8: "Baja del padrón: determinación judicial",
    Clase.B9: "Baja del padrón: otra causa",
    Clase.N: "Datos no encontrados",
    Clase.I1: "Fotocopia del formato o de la firma",
    Clase.I2: "Presentación electrónica no admitida",
    Clase.I3: "Sin firma ni huella",
    Clase.I4: "Ilegible",
    Clase.I5: "La clave y el nombre no corresponden",
    Clase.I6: "Credencial no válida o no vigente",
    Clase.I7: "Sin copia de la credencial, o no corresponde",
    Clase.I8: "Tachadura o enmendadura",
    Clase.I9: "Formato no aprobado o folio ajeno",
    Clase.I10: "Datos simulados o firma presuntamente apócrifa",
    Clase.I11: "Fecha fuera del periodo",
    Clase.I12: "Quien aparece en él dice que no es suyo",
    Clase.Q1: "En procesamiento",
    Clase.Q2: "En mesa de control",
    Clase.Q3: "En audiencia",
}

_LISTA = "art. 323 párr. 1 y 9 fracc. X"
CITES: dict[Clase, str] = {
    Clase.V: "art. 323 párr. 1, 12 y 14",
    Clase.D1: "arts. 314 a 316 y art. 323 párr. 13",
    Clase.D2: "art. 323 párr. 13",
    Clase.DT: "art. 323 párr. 13",
    Clase.G: "art. 323 párr. 1",
    Clase.P: _LISTA,
    **{clase: _LISTA for clase in Clase if clase.value.startswith("B")},
    Clase.N: "art. 323 párr. 9 fracc. X y párr. 14 d)",
    Clase.I1: "art. 323 párr. 11",
    Clase.I2: "art. 323 párr. 11 y 16",
    Clase.I3: "art. 323 párr. 9 fracc. X",
    Clase.I4: "art. 323 párr. 9 fracc. X y párr. 12",
    Clase.I5: "art. 323 párr. 12 y párr. 14 d)",
    Clase.I6: "art. 323 párr. 9 fracc. X",
    Clase.I7: "art. 323 párr. 14 d)",
    Clase.I8: "art. 323 párr. 14 b)",
    Clase.I9: "art. 323 párr. 14 a)",
    Clase.I10: "art. 323 párr. 12",
    Clase.I11: "art. 312 y art. 323 párr. 6 fracc. IV",
    Clase.I12: "art. 323 párr. 12",
    Clase.Q1: "art. 323 párr. 12",
    Clase.Q2: "art. 323 párr. 12",
    Clase.Q3: "art. 323 párr. 12 y 14",
}

_BAJA = "No cuenta: la persona causó baja del padrón electoral ({})."
SENTENCES: dict[Clase, str] = {
    Clase.V: "Cuenta: la persona está en la lista nominal del ámbito y nada se opone a su apoyo.",
    Clase.D1: "No cuenta otra vez: ya se contó un apoyo de la misma persona a este aspirante.",
    Clase.D2: "No cuenta: la misma persona expresó después su apoyo a otro aspirante; vale la última fecha.",
    Clase.DT: ("No cuenta por ahora: la misma persona apoyó a otro aspirante y no se sabe cuál apoyo fue el último."),
    Clase.G: "No cuenta: según la lista nominal, la sección de la persona queda fuera del ámbito.",
    Clase.P: "No cuenta: la persona está en el padrón electoral, pero no en la lista nominal.",
    Clase.B1: _BAJA.format("defunción"),
    Clase.B2: _BAJA.format("suspensión de derechos"),
    Clase.B3: _BAJA.format("pérdida de vigencia de la credencial"),
    Clase.B4: _BAJA.format("registro duplicado"),
    Clase.B5: _BAJA.format("datos personales irregulares"),
    Clase.B6: _BAJA.format("domicilio irregular"),
    Clase.B7: _BAJA.format("usurpación de identidad"),
    Clase.B8: _BAJA.format("determinación judicial"),
    Clase.B9: _BAJA.format("otra causa"),
    Clase.N: "No cuenta: una persona buscó los datos del renglón y no los encontró en el padrón ni en la lista.",
    Clase.I1: "No cuenta: se comprobó, con el original a la vista, que es una fotocopia.",
    Clase.I2: "No cuenta: se presentó de forma electrónica y ningún acuerdo admite ese canal.",
    Clase.I3: "No cuenta: el renglón no tiene firma ni huella.",
    Clase.I4: "No cuenta: no se lee la clave de elector ni el número identificador (OCR).",
    Clase.I5: "No cuenta: la clave de elector y el nombre no corresponden a la misma persona.",
    Clase.I6: "No cuenta: la credencial no es válida o no estaba vigente.",
    Clase.I7: "No cuenta: falta la copia de la credencial, o no corresponde al renglón.",
    Clase.I8: "No cuenta: el renglón tiene tachaduras o enmendaduras.",
    Clase.I9: "No cuenta: la hoja no es del formato aprobado, o su folio no es de la serie del aspirante.",
    Clase.I10: "No cuenta: dos personas concluyeron que los datos son simulados o la firma, presuntamente apócrifa.",
    Clase.I11: "No cuenta: el apoyo se expresó fuera del periodo para obtener firmas.",
    Clase.I12: "No cuenta: la persona desconoció el apoyo, y así consta.",
    Clase.Q2: "Pendiente: una persona debe resolver lo que está en duda; mientras tanto no cuenta.",
    Clase.Q3: "Pendiente: el aspirante lo hace valer en audiencia; mientras tanto no cuenta.",
}
UNPROCESSED = "Pendiente: el renglón está en procesamiento; mientras tanto no cuenta."
NO_ORIGINAL = "Pendiente: no consta la recepción del original de la hoja; mientras tanto no cuenta."


def cite(ruling: Ruling) -> str:
    """The provision a ruling rests on, as ``CIPECDMX art. 323 párr. 13``."""
    return f"CIPECDMX {CITES[ruling.clase]}"


def sentence(ruling: Ruling) -> str:
    """One Spanish sentence that says whether the support counts and why; other reasons are named after it."""
    if ruling.clase is Clase.Q1:
        first = UNPROCESSED if ruling.record.unprocessed else NO_ORIGINAL
    else:
        first = SENTENCES[ruling.clase]
    parts = [first]
    if ruling.secondary:
        parts.append(f"Además: {'; '.join(LABELS[r].lower() for r in ruling.secondary)}.")
    if ruling.suspected:
        parts.append(f"Por resolver: {'; '.join(LABELS[r].lower() for r in ruling.suspected)}.")
    return " ".join(parts)
