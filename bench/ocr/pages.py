"""Pages measured whole: registration, speed, signatures, rows with ink, copies.

``python -m bench.ocr.pages --out pages.json [--sheets 40] [--parts registration,speed,signals,copies]`` prints
tables and writes JSON. Sheets come from ``samples.sheets`` (our printer's own PDF, filled, printed, scanned) and
for registration, where the truth of every point is needed, from ``tests/ocr/paper.py``.
"""

from __future__ import annotations

import argparse
import collections
import importlib.util
import itertools
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from ocr.cells import cut_rows
from ocr.copies import judge_page, likeness, print_of
from ocr.decode import decode_page
from ocr.evidence import look
from ocr.form import load_form
from ocr.ink import find_signatures
from ocr.page import read_page, scan_page
from ocr.reading import Answer
from ocr.register import register
from samples.sheets import draw_pages

ROOT = Path(__file__).resolve().parents[2]
PAPERS = ("offset", "colour", "inkjet", "black")


def load_paper():
    """The tests' own paper, which knows where every point of a scan lies."""
    spec = importlib.util.spec_from_file_location("paper", ROOT / "tests" / "ocr" / "paper.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["paper"] = module
    spec.loader.exec_module(module)
    return module


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
    }  # fmt: skip
    table = {}
    pages = [
        paper.fill(paper.blank_sheet(form, ink=ink), form, paper.people(range(1, 9), n), seed=n)
        for n, ink in enumerate(("colour", "grey"))
    ]
    for name, draw in kinds.items():
        worst, seconds, lost = [], [], 0
        for n in range(max(2, sheets // 4)):
            rng = np.random.default_rng([n, len(name)])
            scan = paper.scan(pages[n % 2], seed=n, **draw(rng))
            start = time.process_time()
            placement = register(scan.image, [form])
            seconds.append(time.process_time() - start)
            if placement is None:
                lost += 1
                continue
            true = cv2.perspectiveTransform(middles[:, None], scan.to_px)[:, 0]
            error = np.linalg.norm(placement.pixels(middles) - true, axis=1) / placement.px_per_mm
            worst.append(float(error.max()))
        table[name] = {
            "pages": len(worst) + lost,
            "not found": lost,
            "median of the worst cell, mm": round(float(np.median(worst)), 3),
            "worst cell of all, mm": round(max(worst), 3),
            "cpu s": round(float(np.median(seconds)), 3),
        }
    return table


def _read_file(path):
    cv2.setNumThreads(1)
    start = time.process_time(), time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    image = decode_page(Path(path), 1)
    scan_page(image, [load_form()])
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    children_s = children.ru_utime + children.ru_stime - start[2].ru_utime - start[2].ru_stime
    status = Path("/proc/self/status").read_text()  # ru_maxrss would be that of the parent before exec
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    return time.process_time() - start[0] + children_s, time.perf_counter() - start[1], peak


def measure_speed(sheets):
    """Seconds of one core per 300 dpi colour page (decoding, reading, crops, Tesseract); pages a minute of two."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for n, (image, _) in enumerate(draw_pages(max(8, sheets // 2), "fonts", 5)):
            path = Path(folder) / f"{n}.jpg"
            cv2.imwrite(str(path), image, [cv2.IMWRITE_JPEG_QUALITY, 88])
            paths.append(str(path))
        context = multiprocessing.get_context("spawn")
        with context.Pool(1) as pool:
            pool.map(_read_file, paths[:2])
            alone = pool.map(_read_file, paths, chunksize=1)
        with context.Pool(2) as pool:
            pool.map(_read_file, paths[:4], chunksize=2)
            start = time.perf_counter()
            pool.map(_read_file, paths * 2, chunksize=1)
            two = time.perf_counter() - start
    return {
        "pages": len(paths),
        "cpu s a page": round(float(np.median([cpu for cpu, _, _ in alone])), 3),
        "wall s a page, one worker": round(float(np.median([wall for _, wall, _ in alone])), 3),
        "pages a minute, two workers": round(len(paths) * 2 / two * 60, 1),
        "peak MB a worker": round(max(peak for _, _, peak in alone)),
        "load of the machine": round(os.getloadavg()[0], 1),
    }


def measure_signals(sheets):
    """Rows with ink found, and signatures told, on drawn pages of every kind of paper."""
    form, rows, told = load_form(), collections.Counter(), collections.Counter()
    struck = 0
    for n, kind in enumerate(PAPERS):
        pages = draw_pages(max(2, sheets // 4), "fonts", 30 + n, paper=kind, dpi=(200, 300)[n % 2], unsigned=0.3)
        for image, truth in pages:
            reading = read_page(image, [form])
            for row, true in zip(reading.rows, truth.rows, strict=True):
                rows[true.has_ink, row.has_ink] += 1
                told[true.signature == "signed", row.signal("signature").answer] += 1
                struck += any(s.code in ("strike", "overwrite") for s in row.signals)
    signed = sum(count for (true, _), count in told.items() if true)
    found = told[True, Answer.YES]
    return {
        "rows with ink": rows[True, True] + rows[True, False],
        "of them lost": rows[True, False],
        "signatures": signed,
        "recall": round(found / signed, 4),
        "precision": round(found / (found + told[False, Answer.YES]), 4),
        "sent to a person": told[True, Answer.UNKNOWN] + told[False, Answer.UNKNOWN],
        "clean rows called struck": struck,
    }


def measure_copies(sheets):
    """The three answers on originals and copies of every paper and scan, and the likeness of ink prints."""
    form, table = load_form(), collections.defaultdict(collections.Counter)
    prints = {}
    jobs = [
        (paper, copy, grey, dpi, rough)
        for paper, copy in itertools.product(PAPERS, ("none", "bw", "colour"))
        for grey, dpi, rough in ((False, 300, 1.0), (False, 200, 0.5), (True, 300, 1.5))
        if not (copy == "colour" and paper == "black")
    ]
    each = max(1, sheets // 10)
    for number, (paper, copy, grey, dpi, rough) in enumerate(jobs):
        for image, truth in draw_pages(
            each, "fonts", 900 + number, paper=paper, copy=copy, grey=grey, dpi=dpi, rough=rough
        ):
            placement = register(image, [form])
            if placement is None:
                table["not laid"][f"{copy} of {paper}"] += 1
                continue
            strips = cut_rows(image, placement)
            answer = judge_page(look(image, placement, strips))[0].answer
            name = f"original, {paper}" if copy == "none" else f"copy in {copy}"
            table[f"{name}, scanned in {'grey' if grey else 'colour'}"][answer.value] += 1
            prints[number, truth.folio] = print_of(strips, find_signatures(strips))
    pairs = itertools.islice(itertools.combinations(prints.values(), 2), 400)
    others = [alike for a, b in pairs if (alike := likeness(a, b)) is not None]
    out = {name: dict(counts) for name, counts in sorted(table.items())}
    out["likeness of other people's sheets, highest"] = round(max(others), 3) if others else None
    return out


PARTS = {
    "registration": measure_registration,
    "speed": measure_speed,
    "signals": measure_signals,
    "copies": measure_copies,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--sheets", type=int, default=40)
    parser.add_argument("--parts", default=",".join(PARTS))
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    results = {}
    for part in arguments.parts.split(","):
        results[part] = PARTS[part](arguments.sheets)
        print(json.dumps({part: results[part]}, indent=1, ensure_ascii=False), flush=True)
    if arguments.out:
        arguments.out.write_text(json.dumps(results, indent=1, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main()
