"""Article 323, paragraph by paragraph in the order of the text: where each is coded, or why it is not.

The law itself is not pasted here; ``asunto`` says in our words what a paragraph is about. A test holds that the
twenty paragraphs stand here, each coded one with a function of its number and a table of cases of its name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from service.law.cargos import parrafo_8_formula
from service.law.dispersion import parrafo_2_units
from service.law.eligibility import parrafo_9_faltantes
from service.law.fates import parrafo_13_standing
from service.law.form import parrafo_9_x_renglon, parrafo_14_hoja
from service.law.plazos import (
    parrafo_5_warnings,
    parrafo_6_periodo,
    parrafo_18_dictamen_deadline,
    parrafo_19_prevencion,
    parrafo_20_warnings,
)
from service.law.screening import (
    parrafo_1_ambito,
    parrafo_6_fecha,
    parrafo_9_x_situacion,
    parrafo_11_canal,
    parrafo_12_certeza,
    parrafo_14_copia,
    parrafo_16_admits,
)
from service.law.umbral import parrafo_1_umbral


@dataclass(frozen=True, slots=True)
class Parrafo:
    """One paragraph: its number, what it is about, the functions that compute it, and what computes nothing."""

    numero: int
    asunto: str
    codigo: tuple[Callable[..., Any], ...] = ()
    sin_codigo: str = ""

    @property
    def cita(self) -> str:
        """The citation, as ``CIPECDMX art. 323 párr. 13``."""
        return f"CIPECDMX art. 323 párr. {self.numero}"


PARRAFOS: tuple[Parrafo, ...] = (
    Parrafo(1, "El uno por ciento de la lista nominal del ámbito", (parrafo_1_umbral, parrafo_1_ambito)),
    Parrafo(2, "Distribución en el treinta y cinco por ciento de las unidades", (parrafo_2_units,)),
    Parrafo(3, "Abre las reglas para recabar firmas", sin_codigo="Solo anuncia los párrafos que siguen."),
    Parrafo(
        4, "El Consejo General emite la convocatoria", sin_codigo="Acto del Consejo; sus fechas llegan como datos."
    ),
    Parrafo(
        5,
        "Lineamientos y Convocatoria, durante los plazos de las precampañas",
        (parrafo_5_warnings,),
        "La emisión de los Lineamientos es un acto del Consejo; aquí solo se advierte la duración.",
    ),
    Parrafo(
        6,
        "Publicación y contenido de la Convocatoria, fracciones I a VI",
        (parrafo_6_periodo, parrafo_6_fecha),
        "Se computa la fracción IV (periodo); I a III, V y VI son contenido del documento.",
    ),
    Parrafo(7, "Dónde se entrega la solicitud", sin_codigo="La instancia la señala la Convocatoria; no se calcula."),
    Parrafo(8, "Quién solicita solo y quién en fórmula del mismo género", (parrafo_8_formula,)),
    Parrafo(
        9,
        "Contenido de la solicitud (I a IX) y de la cédula de respaldo (X)",
        (parrafo_9_faltantes, parrafo_9_x_renglon, parrafo_9_x_situacion),
        "El parecido de emblemas y colores (IX) lo juzga una persona.",
    ),
    Parrafo(10, "Colores que no pueden usarse", sin_codigo="El parecido de colores lo juzga una persona."),
    Parrafo(
        11,
        "Se excluyen las firmas presentadas de forma electrónica o en fotocopia",
        (parrafo_11_canal,),
        "La fotocopia la comprueba una persona con el original a la vista: ninguna señal excluye por sí sola.",
    ),
    Parrafo(12, "Certeza de la autenticidad de las firmas", (parrafo_12_certeza,)),
    Parrafo(13, "Firmas de una misma persona para varios solicitantes: la última fecha", (parrafo_13_standing,)),
    Parrafo(
        14, "Dictamen del Instituto y contenido del formato, incisos a) a d)", (parrafo_14_hoja, parrafo_14_copia)
    ),
    Parrafo(
        15,
        "Recolección coincidente con las precampañas y su financiamiento",
        sin_codigo="El tiempo se computa en los párrafos 5 y 6; el financiamiento y su fiscalización son de otros.",
    ),
    Parrafo(16, "El Consejo puede privilegiar mecanismos digitales por acuerdo", (parrafo_16_admits,)),
    Parrafo(17, "Cuenta bancaria del aspirante", sin_codigo="La fiscalización es del Instituto Nacional."),
    Parrafo(
        18,
        "Lo que determina el Consejo, fracciones I a V",
        (parrafo_18_dictamen_deadline,),
        "Se computa el plazo de la fracción V; I a IV son topes, propaganda e informes de fiscalización.",
    ),
    Parrafo(
        19,
        "Una semana antes del registro; prevención de cuarenta y ocho horas",
        (parrafo_19_prevencion, parrafo_18_dictamen_deadline),
    ),
    Parrafo(20, "Constancias de aspirante antes de las precampañas", (parrafo_20_warnings,)),
)

# The neighbours of article 323 that compute something here, and where.
VECINOS: tuple[tuple[str, str, str], ...] = (
    ("275", "Duración de las precampañas, para advertir la contradicción con el 312", "plazos.DAYS_275"),
    ("310", "Cargos; militancia y procesos simultáneos solo se hacen constar", "records.Cargo, eligibility.Aviso"),
    (
        "311",
        "Calidad de aspirante y día en que puede empezar; ante quién",
        "plazos.parrafo_6_periodo, cargos.where_filed",
    ),
    ("312", "Duración de la ventana: 120 o 60 días", "plazos.DAYS_312"),
    ("314, 315, 316", "El uno por ciento con corte al 31 de agosto del año previo", "umbral.parrafo_1_umbral"),
    ("317, 319, 383", "Avisos que otros deciden", "eligibility.Aviso"),
    ("321", "Informe de ingresos y egresos: treinta días", "plazos.report_deadline"),
    ("357", "Todos los días y horas son hábiles", "plazos.add_days, plazos.add_hours"),
    ("380", "Plazos de registro", "plazos.registration_window"),
    ("384", "Setenta y dos horas para subsanar o elegir", "plazos.registration_prevencion"),
)
