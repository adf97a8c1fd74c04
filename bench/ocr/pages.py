"""Pages measured whole: registration, speed, signatures, rows with ink, copies.

``python -m bench.ocr.pages --out pages.json [--sheets 40] [--parts registration,speed,...]`` prints
tables and writes JSON. Sheets come from ``samples.sheets`` (our printer's own PDF, filled, printed, scanned) and
for registration, where the truth of every point is needed, from ``tests/ocr/paper.py``.
"""

from __future__ import annotations

import argparse
import functools
import importlib.util
import io
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
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from bench.ocr.pages_hands import measure_hands
from bench.ocr.pages_signals import measure_copies, measure_signatures
from bench.ocr.pages_strikes import measure_strikes
from ocr.decode import decode_page, iter_pages
from ocr.form import form_from_json, form_to_json, load_form
from ocr.page import scan_page
from ocr.register import register
from samples.sheets import draw_pages

ROOT = Path(__file__).resolve().parents[2]


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


def ten_rows():
    """The current form with ten rows: its own, and two more set in below, all a little flatter."""
    document = form_to_json(load_form())
    first, pitch = document["rows"][0]["frame"][1], 15.75
    for number in range(1, 11):
        row = json.loads(json.dumps(document["rows"][0]))
        row["row"] = number
        for box in [row["frame"], *(b for f in row["fields"].values() for b in f["boxes"])]:
            box[1] = round(first + (box[1] - first) * pitch / 19.7 + (number - 1) * pitch, 3)
            box[3] = round(box[3] * (pitch / 19.7 if box[3] > 8 else 0.83), 3)
        document["rows"] = [*(document["rows"] if number > 1 else []), row]
    return form_from_json({**document, "version": "cedula-10-renglones"})


def _processor_seconds():
    """Of this process and its living children: the decoder and Tesseract are kept warm and never reaped."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = time.process_time()
    for child in _children():
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / ticks
    return total


def _children():
    me = os.getpid()
    return [int(pid) for pid in Path(f"/proc/{me}/task/{me}/children").read_text().split()]


def _peak_mb():
    """Peak resident memory of this process and its children together."""
    peaks = [
        Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0] for pid in (os.getpid(), *_children())
    ]
    return sum(map(int, peaks)) / 1024


@functools.cache
def _forms(rows):
    return [load_form() if rows == 8 else ten_rows()]


def _read_file(job):
    path, rows = job
    start = _processor_seconds(), time.perf_counter()
    scan_page(decode_page(Path(path), 1), _forms(rows))
    return _processor_seconds() - start[0], time.perf_counter() - start[1], _peak_mb()


def measure_speed(sheets):
    """Seconds of one core per 300 dpi colour page, decoding, crops and Tesseract included; pages a minute of two."""
    with tempfile.TemporaryDirectory() as folder:
        jobs = {}
        for rows in (8, 10):
            drawn = draw_pages(max(6, sheets // 4), "fonts", 5, form=_forms(rows)[0])
            jobs[rows] = []
            for n, (image, _) in enumerate(drawn):
                path = Path(folder) / f"{rows}-{n}.jpg"
                cv2.imwrite(str(path), image, [cv2.IMWRITE_JPEG_QUALITY, 88])
                jobs[rows].append((str(path), rows))
        context = multiprocessing.get_context("spawn")
        with context.Pool(1) as pool:
            alone = {}
            for rows, some in jobs.items():
                pool.map(_read_file, some[:2])
                alone[rows] = pool.map(_read_file, some * 2, chunksize=1)
        with context.Pool(2) as pool:
            pool.map(_read_file, jobs[10][:4], chunksize=2)
            start = time.perf_counter()
            pool.map(_read_file, jobs[10] * 4, chunksize=1)
            two = time.perf_counter() - start
    return {
        "pages": len(jobs[10]),
        "cpu s a page of 8 rows": round(float(np.median([cpu for cpu, _, _ in alone[8]])), 3),
        "cpu s a page of 10 rows": round(float(np.median([cpu for cpu, _, _ in alone[10]])), 3),
        "wall s a page of 10 rows, one worker": round(float(np.median([wall for _, wall, _ in alone[10]])), 3),
        "pages of 10 rows a minute, two workers": round(len(jobs[10]) * 4 / two * 60, 1),
        "peak MB a worker with its children": round(max(peak for one in alone.values() for _, _, peak in one)),
        "load of the machine": round(os.getloadavg()[0], 1),
    }


def measure_stream(_sheets):
    """Memory of a worker and its children while a PDF of 2,000 scanned pages goes by (decoded, registered)."""
    pages, marks = 2000, {}
    with tempfile.TemporaryDirectory() as folder:
        (image, _), *_rest = draw_pages(1, "fonts", 5, dpi=150)
        data, path = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 70])[1].tobytes(), Path(folder) / "s.pdf"
        canvas = Canvas(str(path), pagesize=(792, 612))
        for n in range(pages):  # every page an image of its own, as a scanner writes it
            canvas.drawImage(ImageReader(io.BytesIO(data + n.to_bytes(4, "big"))), 0, 0, 792, 612)
            canvas.showPage()
        canvas.save()
        start = time.process_time()
        for number, page in iter_pages(path):
            if number % 20 == 0:
                register(page, [load_form()])
            if number in (100, 1000, pages):
                now = [Path(f"/proc/{pid}/statm").read_text().split()[1] for pid in (os.getpid(), *_children())]
                marks[f"resident MB at page {number}"] = round(sum(map(int, now)) * resource.getpagesize() / 1e6)
        size = round(path.stat().st_size / 1e6)
    return {"pages": pages, "file MB": size, **marks, "cpu s": round(time.process_time() - start, 1)}


PARTS = {
    "registration": measure_registration,
    "speed": measure_speed,
    "stream": measure_stream,
    "signatures": measure_signatures,
    "strikes": measure_strikes,
    "hands": measure_hands,
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
