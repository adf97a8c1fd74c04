"""The public page of a dictamen: totals for everyone, and no unit's figure that could point at a person.

A small cell points at people: "one valid support in a section of forty electors", or "all but two of them". Such a
cell is withheld (the threshold rule of Hundepool et al. 2012, *Statistical Disclosure Control*, ch. 4), and so are
as many others as it takes that nobody gets it back by subtracting what is shown from the total, even knowing this
rule (complementary suppression; the audit by feasible intervals is theirs too).

What is left public: the total, the figures by cause, and whether each reading of paragraph 2 is met. How many units
reached a reading that depends on withheld cells is withheld too, since it is one more sum over them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FORMAT = "respaldo/agregados/1"
SMALLEST = 10
"""Fewest people a shown cell may speak of. A choice of this house, on the cautious side of the 3 to 10 in use by
statistical offices (Hundepool et al. 2012, 4.2); an acuerdo of the Institute may set another."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Valid supports of one unit and the electors of its list (None: not known)."""

    unit: str
    valid: int
    electors: int | None = None


@dataclass(frozen=True, slots=True)
class Withheld:
    """What a table withholds. ``zeros``: even the empty units are withheld, since the rest gave no cover."""

    units: frozenset[str]
    zeros: bool = False


def withhold(cells: Sequence[Cell], minimum: int = SMALLEST) -> Withheld:
    """The units whose figure is not shown beside the table's total; pure, the same for the same table.

    Small cells first; then the smallest of the others, one at least, until no withheld figure can be told to within
    ``minimum // 2`` by who knows the total, the figures shown and this rule. If not even all of them suffice, the
    empty units go too.
    """
    small = [cell for cell in cells if is_small(cell, minimum)]
    if not small:
        return Withheld(frozenset())
    chosen = {cell.unit for cell in small}
    cover = sorted((c for c in cells if c.valid and c.unit not in chosen), key=lambda c: (c.valid, c.unit))
    for size in range(1, len(cover) + 1):  # one at least, so that adding it tells nothing of the small ones
        added, shown = cover[:size], cover[size:]
        if _is_safe([*small, *added], {c.unit for c in added}, shown, minimum):
            return Withheld(frozenset(chosen | {c.unit for c in added}))
    return Withheld(frozenset(cell.unit for cell in cells), zeros=True)


def is_small(cell: Cell, minimum: int) -> bool:
    """Whether a cell speaks of fewer than ``minimum`` supporters, or leaves fewer than that who are not."""
    if not cell.valid:
        return False
    return cell.valid < minimum or (cell.electors is not None and cell.electors - cell.valid < minimum)


def _is_safe(withheld: Sequence[Cell], added: set[str], shown: Sequence[Cell], minimum: int) -> bool:
    """Whether every withheld cell keeps a feasible interval of ``minimum // 2`` or wider."""
    total = sum(cell.valid for cell in withheld)
    roof = min((cell.valid for cell in shown), default=total)
    known = [_known(cell, cell.unit in added, roof, minimum) for cell in withheld]
    least, most = sum(low for low, _ in known), sum(high for _, high in known)
    for low, high in known:
        found_low, found_high = max(low, total - (most - high)), min(high, total - (least - low))
        if found_high - found_low < minimum // 2:
            return False
    return True


def _known(cell: Cell, added: bool, roof: int, minimum: int) -> tuple[int, int]:
    """Between which figures a withheld cell lies, for who knows why it was withheld: (least, most)."""
    if added:
        return minimum, roof  # taken in order: none of those shown is smaller
    if cell.valid < minimum:
        return 1, minimum - 1
    electors = cell.electors or cell.valid
    return max(minimum, electors - minimum + 1), electors


def public_aggregates(documento: Mapping[str, Any], *, minimum: int = SMALLEST) -> dict[str, Any]:
    """The public JSON of a dictamen: ``documento`` is that part of ``dictamen.json``.

    Texts and whole numbers only. In ``dispersion.unidades`` a withheld figure is None; in ``lecturas``,
    ``alcanzadas`` is None where it would help to find one. ``documento_publicable``: nothing was withheld, so the
    whole ``dictamen.json`` (which has every unit) may be handed out without sign-in.
    """
    dispersion, count = documento["dispersion"], documento["conteo"]
    cells = [Cell(u["unidad"], u["validos"], u["lista_nominal"]) for u in dispersion["unidades"]]
    withheld = withhold(cells, minimum)
    who = documento["aspirante"]
    return {
        "formato": FORMAT,
        "folio": documento["folio"],
        "tipo": documento["tipo"],
        "emitido": documento["emitido"],
        "sustituye": documento["sustituye"],
        "proceso": {name: documento["proceso"][name] for name in ("clave", "nombre", "jornada")},
        "aspirante": {name: who[name] for name in ("id", "nombre", "cargo", "cargo_nombre", "ambito_nombre")},
        "resultado": {name: documento["resultado"][name] for name in ("sentido", "validos", "requeridos", "margen")},
        "requisito": {name: documento["requisito"][name] for name in ("lista_nominal", "formula", "requeridos")},
        "conteo": {
            **{name: count[name] for name in ("recibidos", "revisados", "pendientes", "validos", "porcentaje_lista")},
            "pasos": [
                {key: step[key] for key in ("concepto", "fundamento", "n", "subtotal")} for step in count["pasos"]
            ],
        },
        "duplicados": {name: documento["duplicados"][name] for name in ("mismo_aspirante", "otro_aspirante")},
        "empates": {name: documento["empates"][name] for name in ("registros", "deciden")},
        "dispersion": _dispersion(dispersion, cells, withheld, minimum),
        "errores": documento["errores"],
        "documento_publicable": not withheld.units,
    }


def _dispersion(
    dispersion: Mapping[str, Any], cells: Sequence[Cell], withheld: Withheld, minimum: int
) -> dict[str, Any]:
    hidden = [cell for cell in cells if cell.unit in withheld.units]
    return {
        **{name: dispersion[name] for name in ("unidad", "N", "k", "formula", "lectura", "sensible_a_la_lectura")},
        "lecturas": {
            name: None if one is None else {**one, "alcanzadas": _reached(name, one["alcanzadas"], withheld)}
            for name, one in dispersion["lecturas"].items()
        },
        "unidades": [
            {
                "unidad": unit["unidad"],
                "grupo": unit["grupo"],
                "lista_nominal": unit["lista_nominal"],
                "validos": None if unit["unidad"] in withheld.units else unit["validos"],
            }
            for unit in dispersion["unidades"]
        ],
        "reservadas": {"unidades": len(hidden), "validos": sum(cell.valid for cell in hidden)},
        "minimo_por_celda": minimum,
        "regla": _rule(len(hidden), minimum),
    }


def _reached(reading: str, reached: int, withheld: Withheld) -> int | None:
    """R1 asks for one support, and which units have none is shown: its figure adds nothing to the table."""
    return reached if not withheld.units or (reading == "R1" and not withheld.zeros) else None


def _rule(hidden: int, minimum: int) -> str:
    if not hidden:
        return f"Ninguna unidad tiene entre 1 y {minimum - 1} apoyos válidos: se muestran todas."
    return (
        f"Se reservan {hidden} unidades: las que tienen entre 1 y {minimum - 1} apoyos válidos (o menos de {minimum} "
        "personas de la lista sin apoyo), y las que impiden obtenerlas por resta. Su suma se muestra junta."
    )
