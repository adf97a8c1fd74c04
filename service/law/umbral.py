"""The threshold: 1 % of the lista nominal of the scope (arts. 314-316; art. 323 párr. 1). Whole numbers only."""

from __future__ import annotations

from dataclasses import dataclass

from service.law.cargos import UMBRAL_ARTICLE, secciones_of
from service.law.frame import Marco
from service.law.proceso import Proceso
from service.law.records import Aspirante


@dataclass(frozen=True, slots=True)
class Umbral:
    """How many valid supports are required and from which figure that follows."""

    required: int
    lista_nominal: int
    source: str
    floor: int
    ceiling: int
    warnings: tuple[str, ...] = ()


def required_of(lista_nominal: int, redondeo: str) -> int:
    """The required number under a rounding (``techo``, ``piso``, ``mitad``), at least 1.

    ``techo`` is the smallest whole number not under 1 % («cuando menos»): the default.
    """
    if redondeo == "techo":
        number = (lista_nominal + 99) // 100
    elif redondeo == "piso":
        number = lista_nominal // 100
    else:
        number = (lista_nominal + 50) // 100
    return max(1, number)


def parrafo_1_umbral(aspirante: Aspirante, proceso: Proceso, marco: Marco) -> Umbral:
    """Art. 323 párr. 1 (and 314-316): required supports of an aspirante.

    The figure of the acuerdo prevails over the sum of the sections; a difference is a warning, and so is any
    section whose figure is missing when the sum is what there is (domain.md J.3).
    """
    secciones = secciones_of(marco, aspirante.cargo, aspirante.ambito)
    total = sum(seccion.electors or 0 for seccion in secciones)
    missing = sum(1 for seccion in secciones if not seccion.electors and not seccion.confirmed_empty)
    base = proceso.bases.get((aspirante.cargo, aspirante.ambito))
    warnings: list[str] = []
    if base is None:
        figure, source = total, f"suma de {len(secciones)} secciones del marco geográfico"
        if missing:
            warnings.append(
                f"La lista nominal del ámbito se sumó con {missing} secciones sin cifra confirmada: "
                "fije la base con el acuerdo del Consejo General."
            )
    else:
        figure, source = base.lista_nominal, base.acuerdo or "acuerdo sin número"
        if secciones and total != figure:
            warnings.append(
                f"La cifra del acuerdo ({figure}) difiere de la suma de secciones ({total}); prevalece el acuerdo."
            )
    if (proceso.corte_umbral.month, proceso.corte_umbral.day) != (8, 31) or (
        proceso.corte_umbral.year != proceso.jornada.year - 1
    ):
        warnings.append(
            f"El corte del umbral debe ser el 31 de agosto del año previo a la elección "
            f"(art. {UMBRAL_ARTICLE[aspirante.cargo]})."
        )
    return Umbral(
        required=required_of(figure, proceso.parametros.redondeo),
        lista_nominal=figure,
        source=source,
        floor=required_of(figure, "piso"),
        ceiling=required_of(figure, "techo"),
        warnings=tuple(warnings),
    )


def warn_between_roundings(valid: int, umbral: Umbral) -> tuple[str, ...]:
    """A warning when the count meets one rounding of 1 % and not another."""
    if umbral.floor <= valid < umbral.ceiling:
        return (
            f"Los apoyos válidos ({valid}) quedan entre el 1 % truncado ({umbral.floor}) y el redondeado hacia "
            f"arriba ({umbral.ceiling}): el resultado depende del redondeo.",
        )
    return ()
