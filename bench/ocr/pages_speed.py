"""Seconds of processor and memory a page, and a long PDF that goes by.

``python -m bench.ocr.pages --parts speed,stream``. Wall times mean something on a quiet machine only; processor
seconds do on any.
"""

from __future__ import annotations

import functools
import io
import json
import multiprocessing
import os
import resource
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ocr.decode import decode_page, iter_pages
from ocr.form import form_from_json, form_to_json, load_form
from ocr.page import scan_page
from ocr.register import register
from samples.sheets import draw_pages


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
        os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as ``respaldo`` sets it for its workers
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
        for n in range(pages):
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
