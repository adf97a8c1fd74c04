"""The section of the dictamen's PDF on territorial distribution: readings, map or tiles, every unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Spacer
from reportlab.platypus.flowables import Flowable

from service.dictamen import typography as look
from service.dictamen.figures import Map, Tiles, Unit
from service.dictamen.names import DEMARCACION_NAMES
from service.dictamen.typography import Section, before_table, escape, rich, table, text, thousands

COLUMNS_OF_UNITS = 3
TILES_A_PAGE = 506  # 22 lines of 23 tiles


def dispersion(said: Mapping[str, Any]) -> list[Flowable]:
    """The readings, the map or the tiles, and every unit."""
    spread = said["dispersion"]
    units = [Unit(u["unidad"], u["validos"], u["uno_por_ciento"]) for u in spread["unidades"]]
    rows: list[list[Flowable]] = [
        [
            text("Lectura", look.HEAD),
            text("En qué consiste", look.HEAD),
            text("Alcanzadas", look.HEAD_RIGHT),
            text("Requeridas", look.HEAD_RIGHT),
            text("Cumple", look.HEAD),
        ]
    ]
    for name, reading in sorted(spread["lecturas"].items()):
        mark = " (aplicada)" if name == spread["lectura"] else ""
        if reading is None:
            cells = [text("no fijada en los Lineamientos", look.SMALL), text("–", look.CELL_RIGHT)]
            rows.append([text(name + mark, look.CELL_BOLD), *cells, text("–", look.CELL_RIGHT), text("–", look.CELL)])
            continue
        rows.append(
            [
                text(name + mark, look.CELL_BOLD),
                text(reading["descripcion"], look.CELL),
                text(thousands(reading["alcanzadas"]), look.CELL_RIGHT),
                text(thousands(spread["k"]), look.CELL_RIGHT),
                text("sí" if reading["cumple"] else "no", look.CELL_BOLD),
            ]
        )
    sensitive = "depende" if spread["sensible_a_la_lectura"] else "no depende"
    flow: list[Flowable] = [
        Section("4. Distribución territorial", "dispersion"),
        rich(
            f"Unidad: {escape(spread['unidad'])}. N = {spread['N']}; el 35 % exige k = {spread['k']} "
            f"({escape(spread['formula'])}). El resultado {sensitive} de la lectura del párrafo 2."
        ),
        table(
            rows,
            [28 * mm, look.WIDTH - 94 * mm, 22 * mm, 22 * mm, 22 * mm],
            extra=[("LEFTPADDING", (4, 0), (4, -1), 16)],
        ),
        Spacer(1, 4 * mm),
    ]
    if len(spread["grupos"]) > 1:
        groups = "; ".join(f"{g['grupo']}: k = {g['k']} de {g['N']}" for g in spread["grupos"])
        flow.append(text(f"Mínimos por demarcación: {groups}.", look.BODY))
    if said["mapa"]:
        by_name = {unit.name: unit for unit in units}
        outlines = {name: [[(x, y) for x, y in ring] for ring in rings] for name, rings in said["mapa"].items()}
        flow += [KeepTogether([Section("Mapa", "mapa", 1), Map(outlines, by_name), Spacer(1, 4 * mm)])]
    flow += [
        *([] if said["mapa"] else _tiles(units)),
        *before_table("Tabla por unidad", "tabla", 1),
        _units_table(spread["unidades"], DEMARCACION_NAMES if said["aspirante"]["cargo"] == "jefatura" else {}),
    ]
    return flow


def _tiles(units: list[Unit]) -> list[Flowable]:
    """The tiles, page by page where a scope has very many units."""
    flow: list[Flowable] = []
    for start in range(0, len(units), TILES_A_PAGE):
        some = Tiles(units[start : start + TILES_A_PAGE])
        title = [] if start else [Section("Unidades con respaldo", "unidades", 1)]
        flow += [KeepTogether([*title, some]), Spacer(1, 4 * mm)]
    return flow


def _units_table(units: list[Mapping[str, Any]], names: Mapping[str, str]) -> Flowable:
    """The units in blocks side by side, in the order of their numbers from left to right.

    ``names``: what a unit is called besides its code, where it has a name.
    """
    blocks = COLUMNS_OF_UNITS if len(units) > 20 else 1
    titles = ("Unidad", "Lista", "Su 1 %", "Válidos")
    gap = text("", look.CELL)

    def across(cells: list[list[Flowable]]) -> list[Flowable]:
        return [one for place, block in enumerate(cells) for one in ([gap, *block] if place else block)]

    head: list[Flowable] = [text(titles[0], look.HEAD), *(text(title, look.HEAD_RIGHT) for title in titles[1:])]
    rows = [across([head] * blocks)]
    for start in range(0, len(units), blocks):
        cells = [_unit_cells(unit, names) for unit in units[start : start + blocks]]
        rows.append(across(cells + [[gap] * len(titles)] * (blocks - len(cells))))
    space = 6 * mm if blocks > 1 else 0
    one = (look.WIDTH - space * (blocks - 1)) / blocks
    shares = [one * share for share in ((0.25, 0.27, 0.22, 0.26) if blocks > 1 else (0.4, 0.2, 0.2, 0.2))]
    widths = [*shares, *([space, *shares] * (blocks - 1))]
    gaps = [place * (len(titles) + 1) - 1 for place in range(1, blocks)]
    rules = [(name, (at, 0), (at, -1), 1, look.WHITE) for at in gaps for name in ("LINEBELOW", "LINEABOVE")]
    return table(rows, widths, padding=1.2, extra=rules)


def _unit_cells(unit: Mapping[str, Any], names: Mapping[str, str]) -> list[Flowable]:
    roll, code = unit["lista_nominal"], unit["unidad"]
    named = f"{code} {names[code]}" if code in names else code
    return [
        text(named, look.CELL_BOLD if unit["validos"] else look.CELL),
        text("sin cifra" if roll is None else thousands(roll), look.CELL_RIGHT),
        text("–" if roll is None else thousands(unit["uno_por_ciento"]), look.CELL_RIGHT),
        text(thousands(unit["validos"]), look.CELL_RIGHT_BOLD if unit["validos"] else look.CELL_RIGHT),
    ]
