"""The page of results of whole pages, from the figures of ``bench.ocr.pages``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

HEAD = """# Whole pages: laid, timed, and what their signals say

Written by `python -m bench.ocr.pages --out bench/ocr/results-pages.json --table bench/ocr/RESULTS-pages.md`
(`--parts speed,stream` renews those alone; `--sheets` sets how many). Brackets: 95 % interval (Wilson). Scans are our
own simulation (`samples/scan.py`): evaluation on other people's scans will differ.
"""
WORDS = {
    "registration": (
        "Registration",
        "Distance of the middles of all cells from where they are, on sheets that are written in; floor 0.3 mm "
        "(not for those cut off, curled or folded, which nothing asks for).",
    ),
    "signatures": (
        "Signatures and ink",
        "300 signatures drawn on a tablet, fingerprints, dashes, ticks and empty boxes, on offset, laser, inkjet and "
        "black-and-white prints, 200 and 300 dpi, colour and grey. Floors: recall and precision 99.5 %, no row with "
        "ink lost.",
    ),
    "copies": (
        "Originals and copies",
        "Every filled sheet scanned four ways, copied once and the copy scanned twice. Floors: black-and-white "
        "copies 99 %, colour copies of colour prints scanned in colour 90 %, at most 0.5 % of originals of every "
        "kind called copies.",
    ),
    "strikes": ("Strike-outs and overwriting", "Rows of real ink, clean and spoilt."),
    "inserted": (
        "Signatures set in, drawn, or the same image twice",
        "Signatures of a tablet; six of each sheet by pen, two of them one image; after the scan one set in, one "
        "drawn.",
    ),
    "hands": ("Rows in one hand", "Figures of writers never learned from, each writer's parted in two halves."),
    "speed": (
        "Speed and memory",
        "One JPEG of a colour page at 300 dpi: decoded, laid, read, judged, its pictures cut. Processor seconds of "
        "the worker and its children. Floors: 0.5 s a page of ten rows, 700 MB a worker, 240 pages a minute of two "
        "workers on two quiet cores.",
    ),
    "stream": (
        "A PDF of 2,000 pages",
        "Decoded page by page, every 20th laid; memory of decoder and of this bench, which drew the page, together. "
        "All pages show one image (the writer of the PDF keeps it once).",
    ),
}


def write_page(results: Mapping[str, Mapping[str, Any]], path: Path) -> None:
    """A section for each part that was measured."""
    sections = [_section(part, results[part]) for part in WORDS if part in results]
    path.write_text(HEAD + "".join(sections), "utf-8")


def _section(part: str, figures: Mapping[str, Any]) -> str:
    title, words = WORDS[part]
    out = f"\n## {title}\n\n{words} Measured {figures.get('measured', '')}.\n"
    plain = {name: value for name, value in figures.items() if not isinstance(value, Mapping) and name != "measured"}
    if plain:
        out += "\n| what | figure |\n|---|--:|\n"
        out += "".join(f"| {name.strip()} | {_said(value)} |\n" for name, value in plain.items())
    tables = {name: value for name, value in figures.items() if isinstance(value, Mapping)}
    if tables and not plain:
        return out + _grid(tables)
    for name, table in tables.items():
        rows = {key: value for key, value in table.items() if isinstance(value, Mapping)}
        if rows:
            out += f"\n{name.capitalize()}:\n" + _grid(rows)
        else:
            out += f"\n{name.capitalize()}:\n\n| | |\n|---|--:|\n"
            out += "".join(f"| {key} | {_said(value)} |\n" for key, value in table.items())
    return out


def _grid(rows: Mapping[str, Mapping[str, Any]]) -> str:
    columns = list(dict.fromkeys(key for row in rows.values() for key in row))
    out = "\n| | " + " | ".join(columns) + " |\n|---|" + "--:|" * len(columns) + "\n"
    for name, row in rows.items():
        out += f"| {name} | " + " | ".join(_said(row.get(column, 0)) for column in columns) + " |\n"
    return out


def _said(value: Any) -> str:
    return (
        " / ".join(map(str, value))
        if isinstance(value, list)
        else f"{value:,}"
        if isinstance(value, int)
        else str(value)
    )
