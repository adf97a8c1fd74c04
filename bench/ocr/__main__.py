"""``make bench-ocr``: cells and keys beside other engines, then whole scanned pages."""

from __future__ import annotations

import importlib
import importlib.util
import sys

from bench.ocr import glyphs

RIVAL_MODULES = {"pytesseract": "pytesseract", "tesserocr": "tesserocr", "rapidocr": "rapidocr"}


def main() -> None:
    engines = ["ours", *(name for name, module in RIVAL_MODULES.items() if importlib.util.find_spec(module))]
    missing = [name for name in RIVAL_MODULES if name not in engines]
    if missing:
        sys.stdout.write(f"not installed here, so not compared: {', '.join(missing)}\n")
    glyphs.main(["--engines", ",".join(engines)])
    if importlib.util.find_spec("bench.ocr.pages"):
        importlib.import_module("bench.ocr.pages").main()


if __name__ == "__main__":
    main()
