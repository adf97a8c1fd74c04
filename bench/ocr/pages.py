"""Pages measured whole: registration, speed, memory, signatures, strikes, hands, copies.

``python -m bench.ocr.pages [--out pages.json] [--table RESULTS-pages.md] [--sheets 40] [--parts speed,...]`` prints
figures as they come. Sheets are our printer's own PDF, filled, printed, scanned (``samples.sheets``); for
registration, where the truth of every point is needed, those of ``tests/ocr/paper.py``.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from bench.ocr.pages_copies import measure_copies
from bench.ocr.pages_hands import measure_hands
from bench.ocr.pages_inserted import measure_inserted
from bench.ocr.pages_report import write_page
from bench.ocr.pages_signals import measure_signatures
from bench.ocr.pages_speed import measure_speed, measure_stream
from bench.ocr.pages_strikes import measure_strikes
from ocr.form import load_form
from ocr.register import register

ROOT = Path(__file__).resolve().parents[2]


def load_paper():
    """The tests' own paper, which knows where every point of a scan lies."""
    spec = importlib.util.spec_from_file_location("paper", ROOT / "tests" / "ocr" / "paper.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["paper"] = module
    spec.loader.exec_module(module)
    return module


def _cut_off(scan, rng, paper):
    return scan.crop(*rng.uniform(16, 18, 2), *rng.uniform(16, 17, 2))


def _curled(scan, rng, paper):
    return scan.bend(paper.waved, rng.uniform(-2, 2))


def _folded(scan, rng, paper):
    return scan.bend(paper.folded, rng.uniform(-1.5, 1.5))


SPOILT = {
    f"{name}, {ink} print": spoil
    for name, spoil in {
        "all marks cut off": _cut_off,
        "curled by up to 2 mm": _curled,
        "folded, up to 1.5 mm": _folded,
    }.items()
    for ink in ("colour", "black")
}
"""Kinds of sheet that no floor speaks of: what is left of the registration then."""


def measure_registration(sheets):
    """Worst and usual distance (mm) of cell middles from the truth, per kind of scan."""
    paper, form = load_paper(), load_form()
    boxes = [b for row in form.rows for f in row.fields.values() for b in f.boxes]
    middles = np.array([[b.x + b.w / 2, b.y + b.h / 2] for b in boxes])
    kinds = {
        "skew up to 5 degrees": lambda r: {"skew": r.uniform(-5, 5)},
        "upside down": lambda r: {"turn": 2, "skew": r.normal(0, 1)},
        "scale up to 2 %": lambda r: {"scale": r.uniform(0.98, 1.02), "skew": r.normal(0, 1)},
        "folded corner": lambda r: {"fold": int(r.integers(4)), "skew": r.normal(0, 1)},
        "one mark missing": lambda r: {"cover": [form.anchors[int(r.integers(7))].box], "skew": r.normal(0, 1)},
        "200 dpi grey": lambda r: {"dpi": 200, "grey": True, "jpeg": 60, "skew": r.normal(0, 1)},
        "400 dpi": lambda r: {"dpi": 400, "skew": r.normal(0, 1)},
        "phone at an angle": lambda r: {
            "tilt": r.uniform(0.05, 0.2), "scale": 0.84, "bed": 70, "skew": r.uniform(-4, 4), "dpi": 250
        },
    } | dict.fromkeys(SPOILT, lambda r: {"skew": r.normal(0, 1)})  # fmt: skip
    table = {}
    pages = [
        paper.fill(paper.blank_sheet(form, ink=ink), form, paper.people(range(1, 9), n), seed=n)
        for n, ink in enumerate(("colour", "grey"))
    ]
    for name, draw in kinds.items():
        worst, usual, seconds, lost = [], [], [], 0
        for n in range(max(2, sheets // 4)):
            rng = np.random.default_rng([n, len(name)])
            ink = n % 2 if name not in SPOILT else name.endswith("black print")
            scan = paper.scan(pages[ink], seed=n, **draw(rng))
            scan = SPOILT[name](scan, rng, paper) if name in SPOILT else scan
            start = time.process_time()
            placement = register(scan.image, [form])
            seconds.append(time.process_time() - start)
            if placement is None:
                lost += 1
                continue
            error = np.linalg.norm(placement.pixels(middles) - scan.pixels(middles), axis=1) / placement.px_per_mm
            worst.append(float(error.max()))
            usual.append(float(np.percentile(error, 95)))
        table[name] = {
            "pages": len(worst) + lost,
            "not found": lost,
            "95 % of a page's cells, median, mm": round(float(np.median(usual)), 3),
            "median of the worst cell, mm": round(float(np.median(worst)), 3),
            "worst cell of all, mm": round(max(worst), 3),
            "cpu s": round(float(np.median(seconds)), 3),
        }
    return table


PARTS = {
    "registration": measure_registration,
    "speed": measure_speed,
    "stream": measure_stream,
    "signatures": measure_signatures,
    "strikes": measure_strikes,
    "inserted": measure_inserted,
    "hands": measure_hands,
    "copies": measure_copies,
}


def main(arguments: Sequence[str] | None = None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="JSON of the figures; parts not measured now stay as they are")
    parser.add_argument("--table", type=Path, help="page of results to write from them (needs --out)")
    parser.add_argument("--sheets", type=int, default=40)
    parser.add_argument("--parts", default=",".join(PARTS))
    args = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    results = json.loads(args.out.read_text("utf-8")) if args.out and args.out.exists() else {}
    for part in args.parts.split(","):
        results[part] = PARTS[part](args.sheets) | {"measured": time.strftime("%Y-%m-%d %H:%M")}
        print(json.dumps({part: results[part]}, indent=1, ensure_ascii=False), flush=True)
        if args.out:
            args.out.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
        if args.table:
            write_page(results, args.table)


if __name__ == "__main__":
    main()
