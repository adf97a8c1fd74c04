# ruff: noqa: E501
"""The page of results, as Markdown."""

from __future__ import annotations

import os
import platform
from datetime import date
from pathlib import Path
from typing import Any

BARS = (
    ("fuzzy rows a second, 2 processes at once", "≥ 8,000"),
    ("resident while searching, MB", "≤ 300"),
    ("recall of blocks, present", "≥ 99.9 %"),
    ("present electors passed", "≥ 99 %"),
    ("the same with one cell wrong by the signer", "≥ 98 %"),
    ("wrong or absent accepted, upper end of the 95 % interval", "≤ 0.01 %"),
)


def page(results: dict[str, Any], command: str) -> str:
    """The whole page; ``results`` as ``bench.match.run`` keeps them."""
    lines = [
        "# The search, measured",
        "",
        f"{date.today().isoformat()}, `{command}`, on {_machine()}. Written by the run itself; what is measured, and of"  # noqa: DTZ011
        " whom, is said in `rows.py` (the rows), `ink.py` (the lattices: writers the reader was never trained on) and"
        " `people.py` (the invented list). Intervals: Clopper-Pearson, 95 %.",
        "",
    ]
    for size, got in results["sizes"].items():
        lines += [f"## {int(size):,} electors", "", *_bars(got), *_about(got), *_kinds(got), *_calibration(got),
                  *_peers(got["peers"])]  # fmt: skip
    return "\n".join(lines)


def _bars(got: dict[str, Any]) -> list[str]:
    kinds, bad = got["kinds"], got["wrong_or_absent"]
    blocks = [kinds[k] for k in ("plain", "slip")]
    recall = sum(k["in_blocks"] * k["rows"] for k in blocks) / sum(k["rows"] for k in blocks)
    seen = (
        f"{got['speed']['rows_per_second']:,.0f} by the clock, {got['speed']['rows_per_second_cpu']:,.0f} by processor"
        f" time; {got['speed']['rows_per_second_told']:,.0f} with evidence in words",
        f"{got['speed']['memory']['peak']} at most (private {got['speed']['memory']['private']}, pages of files"
        f" {got['speed']['memory']['shared']} at its end)",
        f"{recall:.3%}",
        _share(kinds["plain"], "passed"),
        _share(kinds["slip"], "passed"),
        f"{bad['interval'][1]:.4%} ({bad['count']} of {bad['of']:,})",
    )
    return ["| what | bar | seen |", "|---|---|---|",
            *(f"| {name} | {bar} | {value} |" for (name, bar), value in zip(BARS, seen, strict=True)), ""]  # fmt: skip


def _about(got: dict[str, Any]) -> list[str]:
    built, speed = got["build"], got["speed"]
    return [
        f"Built in {built['seconds']:.1f} s with {built['peak_mb']:,} MB at most; {built['disk_mb']:,.0f} MB on disk;"
        f" opens in {built['open_seconds'] * 1000:.0f} ms; exact {built['exact_clave_per_second']:,.0f} a second by"
        f" clave, {built['exact_ocr_per_second']:,.0f} by OCR number. A process is ready for its first row in"
        f" {speed['first_seconds']:.1f} s. Load of the machine {speed['load']:.1f}. Wrong person accepted"
        f" {_count(got['wrong_person'])}; absent accepted {_count(got['absent_accepted'])}.",
        "",
    ]


def _kinds(got: dict[str, Any]) -> list[str]:
    lines = ["| rows of kind | rows | passed | wrongly passed | first is right | in blocks | µs a row |",
             "|---|---|---|---|---|---|---|"]  # fmt: skip
    for kind, own in got["kinds"].items():
        right, blocks = (f"{own[k]:.3%}" if own[k] is not None else "" for k in ("first_right", "in_blocks"))
        lines.append(f"| {kind} | {own['rows']:,} | {_share(own, 'passed')} | {own['wrong']} | {right} | {blocks} |"
                     f" {own['cpu_us']:.0f} |")  # fmt: skip
    return [*lines, ""]


def _calibration(got: dict[str, Any]) -> list[str]:
    held = got["calibration"]
    lines = [f"Calibration, rows weighted to the prior of absence (25 %): expected error {held['ece']:.5f}; among doubtful"
             f" rows (1 to 99 %) {held['ece_doubtful']:.3f}.", "", "| said | seen | rows |", "|---|---|---|"]  # fmt: skip
    return [*lines, *(f"| {b['said']:.5f} | {b['seen']:.5f} | {b['rows']:,} |" for b in held["bands"]), ""]


def _peers(peers: dict[str, Any]) -> list[str]:
    lines = ["Beside the peers, the same rows of each (a quarter present with one cell wrong, the rest strangers, twins and"
             " siblings; `cdist` on every n-th of them):", "",
             "| | rows | rows/s | MB | found and taken | wrong person | absent taken | said → seen |",
             "|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for name, own in peers.items():
        shares = (
            f"{own[key]}/{own[of]} ({own[interval][0]:.1%}–{own[interval][1]:.1%})"
            for key, of, interval in (("found", "present", "found_interval"), ("wrong", "present", "wrong_interval"),
                                      ("absent_taken", "absent", "absent_interval"))
        )  # fmt: skip
        lines.append(f"| {name} | {own['rows']} | {own['rows_per_second']:,.1f} | {own['peak_mb']:,} | {' | '.join(shares)} |"
                     f" {own['calibration']} |")  # fmt: skip
    return [*lines, ""]


def _share(own: dict[str, Any], key: str) -> str:
    low, high = own[f"{key}_interval"]
    return f"{own[key]:.2%} ({low:.2%}–{high:.2%})"


def _count(own: dict[str, Any]) -> str:
    return f"{own['count']} of {own['of']:,} (up to {own['interval'][1]:.4%})"


def _machine() -> str:
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GB, Python {platform.python_version()}"
