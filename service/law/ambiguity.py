"""The register of ambiguities: what the text leaves open, what this service takes by default, and what it changes.

Complete against domain.md A-11 and J. ``parametro`` names the parameter that settles it in a process, if any.
"""

from __future__ import annotations

from dataclasses import dataclass

from service.law.parameters import Parametro, Parametros


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """One open question: the provision, the readings, the default with its basis, and the effect."""

    clave: str
    asunto: str
    norma: str
    lecturas: str
    defecto: str
    base: str
    efecto: str
    parametro: str = ""


REGISTER: tuple[Ambiguity, ...] = (
    Ambiguity(
        "redondeo",
        "Redondeo del uno por ciento",
        "arts. 314 a 316; 323 párr. 1",
        "hacia arriba; truncado; al más cercano",
        "hacia arriba",
        "«cuando menos»: el menor entero n con 100 n ≥ lista nominal",
        "Cambia el umbral en un apoyo; se advierte cuando los válidos quedan entre las lecturas.",
        "redondeo",
    ),
    Ambiguity(
        "base_del_umbral",
        "Cifra de lista nominal para el umbral",
        "arts. 314 a 316; 323 párr. 1",
        "la del acuerdo del Consejo General; la suma de secciones del marco",
        "la del acuerdo, si lo hay; la suma, si no",
        "La cifra la fija quien convoca; la diferencia se advierte",
        "Cambia el umbral.",
        "base",
    ),
    Ambiguity(
        "dispersion_lectura",
        "Qué exige la distribución en el 35 %",
        "art. 323 párr. 2",
        "R1 presencia de un apoyo por unidad; R2 el 1 % propio de cada unidad; R3 un mínimo m por unidad",
        "R1",
        "El texto no pide el 1 % «en cada una», como sí la norma federal",
        "R1 y R2 se calculan siempre (R3 si se fija m) y el resultado dice si depende de la lectura.",
        "dispersion_lectura",
    ),
    Ambiguity(
        "dispersion_r4",
        "El 35 % de las firmas, y no de las unidades",
        "art. 323 párr. 2",
        "R4: se distribuye el 35 % del porcentaje",
        "no se aplica",
        "Lectura débil; solo si los Lineamientos la adoptan",
        "Ninguno: queda en este registro.",
    ),
    Ambiguity(
        "dispersion_m",
        "Mínimo por unidad",
        "art. 323 párr. 2",
        "sin mínimo; m apoyos por unidad",
        "sin mínimo",
        "Solo lo puede fijar la normatividad del Instituto",
        "Con m se calcula además R3.",
        "dispersion_m",
    ),
    Ambiguity(
        "base_dispersion_diputacion",
        "Unidades para las diputaciones",
        "art. 323 párr. 2",
        "secciones del distrito; «distritos electorales»; «secciones de la demarcación»",
        "secciones del distrito",
        "Es la lectura por defecto, no el texto: un solo distrito no puede distribuirse en distritos",
        "Cambia N y k de cada diputación.",
        "base_dispersion_diputacion",
    ),
    Ambiguity(
        "distritos_de_dos_demarcaciones",
        "Distritos que abarcan dos demarcaciones",
        "art. 323 párr. 2",
        "una sola prueba por distrito; una prueba por cada demarcación",
        "una sola prueba",
        "El párrafo remite a la normatividad del Instituto",
        "Con «secciones_por_demarcacion» cada parte debe alcanzar su 35 %.",
        "base_dispersion_diputacion",
    ),
    Ambiguity(
        "secciones_sin_electores",
        "Secciones que cuentan en N",
        "art. 323 párr. 2",
        "todas; solo las que tienen personas electoras",
        "todas, salvo las de cero confirmado con su fuente",
        "Una cifra que falta no es un cero",
        "Una sección sin cifra cuenta en N y se advierte; bajo R2 no se da por alcanzada.",
        "marco: fuente_cero",
    ),
    Ambiguity(
        "regla_empate",
        "Apoyos de la misma fecha a dos aspirantes",
        "art. 323 párr. 13",
        "ninguno cuenta; orden de recepción; se pregunta a la persona; cuentan ambos",
        "pendiente: no cuenta para nadie hasta que se decida",
        "La ley calla",
        "Con «ninguno» el empate es definitivo; se informa cuántos hay y si deciden.",
        "regla_empate",
    ),
    Ambiguity(
        "fecha_supletoria",
        "Apoyo sin fecha en el renglón",
        "art. 323 párr. 13 y 14",
        "fecha no determinable; la de la hoja; la de recepción",
        "no determinable: el intervalo del inicio del periodo a la recepción",
        "El contenido mínimo del formato no incluye fecha",
        "Hay empate solo donde los intervalos se traslapan; cambia quién conserva un apoyo.",
        "fecha_supletoria",
    ),
    Ambiguity(
        "canales_admitidos",
        "Presentación electrónica y mecanismos digitales",
        "art. 323 párr. 11 y 16",
        "toda firma electrónica se excluye; se admite el canal que apruebe un acuerdo",
        "solo papel",
        "El párrafo 16 («para ello») sigue al 15 y puede tratar solo de recolección y dinero; no deroga el 11",
        "Lo que llega por un canal no admitido queda pendiente (I2?) hasta que una persona resuelve.",
        "canales_admitidos",
    ),
    Ambiguity(
        "digitalizacion",
        "La imagen de una cédula es una copia",
        "art. 323 párr. 11 y 12",
        "basta la imagen; se exige el original cotejado",
        "original cotejado",
        "El objeto jurídico es el papel entregado; la imagen es de trabajo",
        "Sin original recibido el apoyo está en Q1 y no cuenta.",
        "cotejo",
    ),
    Ambiguity(
        "copia_credencial",
        "Copia de la credencial",
        "art. 323 párr. 14 d)",
        "indispensable; subsanable; no exigida",
        "no exigida",
        "El inciso pide correspondencia con la copia, sin sancionar su falta",
        "Si se exige, su falta es una sospecha (I7?) que se subsana exhibiéndola en audiencia.",
        "copia_credencial",
    ),
    Ambiguity(
        "tachadura",
        "Alcance de una tachadura o enmendadura",
        "art. 323 párr. 14 b)",
        "el renglón; la hoja entera",
        "el renglón; la hoja solo si se alteró el encabezado",
        "La leyenda habla del formato; anular firmas ajenas exige más que un renglón",
        "Cambia cuántos renglones quedan con la sospecha I8?.",
    ),
    Ambiguity(
        "solo_ocr",
        "Renglones con número OCR y sin clave",
        "art. 323 párr. 9 fracc. X; párr. 14 d)",
        "basta uno de los dos; se exige la clave",
        "basta uno de los dos",
        "La fracción X dice «o»; el inciso d) nombra solo la clave",
        "Sin ninguno de los dos la sospecha es I4?.",
    ),
    Ambiguity(
        "corte_de_la_compulsa",
        "Cuándo se mira la situación en la lista",
        "arts. 314 a 316; 323 párr. 9 fracc. X",
        "a la fecha de la firma; al corte entregado para la compulsa",
        "al corte entregado para la compulsa",
        "El Código fija el corte del umbral (31 de agosto) y calla sobre el de la compulsa",
        "Cambia las clases P y B; el dictamen imprime ambos cortes.",
    ),
    Ambiguity(
        "desistimientos",
        "Apoyos a quien se desiste",
        "art. 323 párr. 13",
        "dejan de competir; siguen compitiendo",
        "fuera: dejan de competir al desistirse antes del dictamen",
        "El párrafo compara «solicitantes de registro»",
        "Devuelve apoyos a otros aspirantes; quien fue negado y sigue en el procedimiento aún compite.",
        "desistimientos",
    ),
    Ambiguity(
        "firma_posterior_invalida",
        "Una firma posterior que no es válida",
        "art. 323 párr. 13",
        "vence a la anterior; no compite",
        "no compite",
        "«Una vez realizadas las compulsas»: se comparan apoyos por lo demás válidos",
        "Una fotocopia posterior no quita un apoyo válido anterior.",
    ),
    Ambiguity(
        "duplicado_del_mismo",
        "Varias firmas de una persona al mismo aspirante",
        "arts. 314 a 316",
        "cuenta una; no cuenta ninguna",
        "cuenta una, la última",
        "El porcentaje es de ciudadanos, no de firmas; lo mismo dice la norma federal",
        "Las demás son D1 y no cambian ningún total.",
    ),
    Ambiguity(
        "plazo_audiencia_horas",
        "Término de la audiencia sobre apoyos no contados",
        "el Código no lo fija",
        "48 horas; 5 días",
        "120 horas, nunca menos de 48",
        "Precedentes: 48 horas (2016), cinco días (2018)",
        "Cambia cuándo puede emitirse el dictamen.",
        "plazo_audiencia_horas",
    ),
    Ambiguity(
        "prevencion_48_horas",
        "Qué solicitud subsanan las 48 horas",
        "art. 323 párr. 19",
        "la de aspirante; la de registro de la candidatura",
        "se ofrece como término de horas; la autoridad dice a cuál se aplica",
        "El párrafo mezcla ambos momentos; el 384 da 72 horas para el registro",
        "Cambia la fecha límite que se notifica.",
    ),
    Ambiguity(
        "ventana",
        "Duración del periodo",
        "arts. 275 y 312; 323 párr. 5, 6 fracc. IV y 15",
        "120 o 60 días; la de las precampañas, 60 o 40",
        "las fechas de la Convocatoria, nunca antes del día siguiente a la constancia (art. 311)",
        "El Código se contradice; el Consejo puede ajustar (312)",
        "Fuera de esas fechas se propone I11; una duración inesperada se advierte.",
        "ventana",
    ),
    Ambiguity(
        "plazos_en_dias",
        "Primer día de un plazo en días",
        "art. 357",
        "el de la notificación; el siguiente",
        "el siguiente",
        "Días completos",
        "Cambia en un día las fechas límite.",
    ),
    Ambiguity(
        "residentes_en_el_extranjero",
        "Personas electoras en el extranjero",
        "art. 17 fracc. III; art. 314",
        "entran en la base de la Jefatura; no entran",
        "la cifra del acuerdo, sin calcularla aquí",
        "El Código no lo precisa",
        "Cambia el umbral de la Jefatura.",
        "base",
    ),
    Ambiguity(
        "diputacion_migrante",
        "Diputación migrante",
        "art. 17 fracc. I Bis",
        "con base y distribución propias",
        "fuera de este servicio",
        "El Código no fija su lista ni su distribución",
        "No se aceptan aspirantes de ese ámbito.",
    ),
    Ambiguity(
        "folio_desconocido",
        "Hoja de folio desconocido, de otro aspirante o de otro formato",
        "art. 323 párr. 14 a)",
        "se rechaza la hoja; se recibe con sospecha",
        "se recibe con I9? y una persona resuelve",
        "Rechazarla borraría firmas de lo recibido y de la audiencia",
        "Mismo folio y misma tinta es otra imagen de la hoja; con otra tinta, ambas quedan con I9?.",
    ),
    Ambiguity(
        "genero_de_la_formula",
        "Mismo género en la fórmula",
        "art. 323 párr. 8",
        "para todo cargo; para diputaciones y concejalías",
        "para diputaciones y concejalías",
        "Las titularidades se solicitan de manera individual",
        "Se hace notar en la solicitud; no afecta apoyos.",
    ),
    Ambiguity(
        "resultado_con_rivales",
        "Qué puede afirmarse mientras haya pendientes",
        "art. 323 párr. 13 y 14",
        "contar solo los pendientes propios; contar también los de rivales y los empates",
        "CUMPLE o NO CUMPLE solo si es cierto en todo desenlace, rivales incluidos",
        "Un apoyo posterior de un rival puede quitar uno válido, y su caída devolverlo",
        "En otro caso, INDETERMINADO. Un registro en audiencia está abierto aunque ya tenga causa establecida.",
    ),
    Ambiguity(
        "aprobacion_del_dictamen",
        "Quién aprueba el dictamen",
        "art. 323 párr. 14; art. 383 fracc. III",
        "el Instituto; la Dirección Ejecutiva (DEAPF); el Consejo General",
        "lo emite el Instituto; la aprobación del Consejo es práctica",
        "El párrafo 14 dice «el Instituto»; el 383 III, la DEAPF",
        "No cambia ninguna cuenta; el dictamen no afirma más que el texto.",
    ),
    Ambiguity(
        "remision_del_384",
        "El 384 remite a los artículos 366 y 367",
        "art. 384",
        "remisión vigente; remisión que quedó atrás (381 y 383)",
        "381 y 383",
        "Los artículos citados tratan de otra materia",
        "Ninguno en este servicio.",
    ),
)


def register_markdown() -> str:
    """The register as a page, ``docs/ambiguedades.md`` (a test holds the two equal)."""
    lines = [
        "# Registro de ambigüedades",
        "",
        "Lo que el texto del Código deja abierto, lo que este servicio toma por defecto y lo que cambia. La página",
        "se genera del código (`service/law/ambiguity.py`) y una prueba la mantiene igual. En cada proceso, el",
        "parámetro nombrado puede fijar otra lectura con el acuerdo que la apruebe; el dictamen imprime la versión.",
        "",
        "Las citas son del CIPECDMX (reformas al 2 de junio de 2023); este registro no sustituye al texto oficial.",
        "",
    ]
    for number, item in enumerate(REGISTER, start=1):
        lines += [
            f"## {number}. {item.asunto} (`{item.clave}`)",
            "",
            f"- **Norma:** {item.norma}",
            f"- **Lecturas:** {item.lecturas}",
            f"- **Por defecto:** {item.defecto}",
            f"- **Base:** {item.base}",
            f"- **Efecto:** {item.efecto}",
            f"- **Se fija con:** {'`' + item.parametro + '`' if item.parametro else 'sin parámetro'}",
            "",
        ]
    return "\n".join(lines)


def _shown(chosen: Parametro | None) -> str:
    if chosen is None:
        return ""
    return "; ".join(chosen.valor) if isinstance(chosen.valor, tuple) else str(chosen.valor)


def register_rows(parametros: Parametros) -> list[dict[str, str]]:
    """The register for a process: each question with the value in force, its acuerdo, date and who approved."""
    rows = []
    for item in REGISTER:
        chosen = parametros.fuentes.get(item.parametro)
        rows.append(
            {
                "clave": item.clave,
                "asunto": item.asunto,
                "norma": item.norma,
                "lecturas": item.lecturas,
                "defecto": item.defecto,
                "base": item.base,
                "efecto": item.efecto,
                "parametro": item.parametro,
                "valor": _shown(chosen),
                "acuerdo": chosen.acuerdo if chosen else "",
                "aprobo": chosen.aprobo if chosen else "",
                "vigente_desde": chosen.vigente_desde.isoformat() if chosen else "",
            }
        )
    return rows
