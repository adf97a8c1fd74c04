"""``make bench-ocr``: cells and keys beside other engines, then whole scanned pages."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path

from bench.ocr import glyphs

RIVAL_MODULES = {"pytesseract": "pytesseract", "tesserocr": "tesserocr", "rapidocr": "rapidocr"}
SAMPLES = {"pytesseract": 30, "tesserocr": 200, "rapidocr": 120}
"""Rows that each slow engine reads, of the thousand that ours reads: they take up to a second a row."""


def main() -> None:
    engines = ["ours", *(name for name, module in RIVAL_MODULES.items() if importlib.util.find_spec(module))]
    missing = [name for name in RIVAL_MODULES if name not in engines]
    if missing:
        sys.stdout.write(f"not installed here, so not compared: {', '.join(missing)}\n")
    samples = [f"--sample={name}={rows}" for name, rows in SAMPLES.items()]
    table = [] if missing else ["--table", str(Path(__file__).parent / "RESULTS.md")]
    glyphs.main(["--engines", ",".join(engines), *samples, *table])
    if importlib.util.find_spec("bench.ocr.pages"):
        importlib.import_module("bench.ocr.pages").main()


if __name__ == "__main__":
    main()
