"""``make bench-ocr``: keys beside other engines (RESULTS.md), then whole scanned pages (RESULTS-pages.md).

``--keys`` or ``--pages`` for one of the two. Other engines are no dependencies of the project: what is not installed
in the environment that runs this is named and left out, and RESULTS.md is renewed only when all are there.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from bench.ocr import glyphs, pages

HERE = Path(__file__).parent
RIVAL_MODULES = {"pytesseract": "pytesseract", "tesserocr": "tesserocr", "rapidocr": "rapidocr"}
SAMPLES = {"pytesseract": 50, "tesserocr": 300, "rapidocr": 200}
"""Rows that each slow engine reads, of the thousand that ours reads: they take up to a second a row."""


def compare_keys() -> None:
    engines = ["ours", *(name for name, module in RIVAL_MODULES.items() if importlib.util.find_spec(module))]
    missing = [name for name in RIVAL_MODULES if name not in engines]
    if missing:
        sys.stdout.write(f"not installed here, so not compared: {', '.join(missing)}\n")
    samples = [f"--sample={name}={rows}" for name, rows in SAMPLES.items()]
    table = [] if missing else ["--table", str(HERE / "RESULTS.md"), "--json", str(HERE / "results.json")]
    glyphs.main(["--engines", ",".join(engines), *samples, *table])


def main(arguments: list[str]) -> None:
    if "--pages" not in arguments:
        compare_keys()
    if "--keys" not in arguments:
        pages.main(["--table", str(HERE / "RESULTS-pages.md"), "--out", str(HERE / "results-pages.json")])


if __name__ == "__main__":
    main(sys.argv[1:])
