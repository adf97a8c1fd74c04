"""The process in which files are opened: ``python -m ocr.decode_child``. It may fall; nobody falls with it.

Answers as ``ocr.child`` asks; a page lies in the shared memory when its shape is said, blue-green-red.
"""

from __future__ import annotations

import contextlib
import mmap
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from ocr.child import serve
from ocr.errors import Refused
from ocr.filetypes import MAX_PAGES, check_size, kind_of, picture_size, tiff_pages

MEMORY = 3 << 30
"""Bytes of address space: PDFium with a 600 dpi colour page takes 0.6 GB."""
PDF_DPI = 300
MAX_RENDER_PIXELS = 40_000_000
Image = npt.NDArray[np.uint8]

_open_pdf: tuple[str, Any] | None = None


def count(path: Path) -> int:
    """Pages of a file. Raises Refused."""
    kind = kind_of(path)
    if kind == "pdf":
        pages = len(_pdf(path))
        if pages == 0:
            raise _pdf_broken()
        if pages > MAX_PAGES:
            raise Refused("too_many_pages", "El archivo tiene demasiadas páginas; divídalo.")
        return pages
    if kind == "tiff":
        return tiff_pages(path)
    if kind == "zip":
        raise Refused("file_zip", "El archivo es un ZIP dentro de otro; suba los archivos sueltos.")
    check_size(*picture_size(path, kind))
    return 1


def page(path: Path, number: int) -> Image:
    """Page ``number`` (from 1), (h, w, 3) uint8. Raises Refused."""
    kind = kind_of(path)
    readers: dict[str, Callable[[Path, int], Image]] = {"pdf": _pdf_page, "tiff": _tiff_page}
    image = readers[kind](path, number) if kind in readers else _picture(path, kind, number)
    return image


def _picture(path: Path, kind: str, number: int) -> Image:
    if kind == "zip":
        raise Refused("file_zip", "El archivo es un ZIP dentro de otro; suba los archivos sueltos.")
    if number != 1:
        raise _no_page()
    width, height = picture_size(path, kind)
    check_size(width, height)
    data = np.fromfile(path, np.uint8)
    flags = cv2.IMREAD_REDUCED_COLOR_2 if max(width, height) > 7000 else cv2.IMREAD_COLOR
    image = cv2.imdecode(data, flags)
    if image is None:
        raise Refused("image_broken", "La imagen está dañada; expórtela de nuevo desde el escáner.")
    return np.asarray(image, np.uint8)


def _tiff_page(path: Path, number: int) -> Image:
    from PIL import Image as Pillow
    from PIL import UnidentifiedImageError

    if number > tiff_pages(path):
        raise _no_page()
    Pillow.MAX_IMAGE_PIXELS = None  # our own limit is stricter in the side
    try:
        with Pillow.open(path, formats=["TIFF"]) as file:
            file.seek(number - 1)
            check_size(*file.size)
            across, down = file.info.get("dpi", (1, 1))
            rgb = np.asarray(file.convert("RGB"))
    except (OSError, SyntaxError, ValueError, EOFError, UnidentifiedImageError, TypeError, KeyError) as error:
        raise Refused("tiff_broken", "El TIFF está dañado; expórtelo de nuevo desde el escáner.") from error
    image = np.asarray(rgb[..., ::-1], np.uint8)
    with contextlib.suppress(ValueError, ZeroDivisionError, OverflowError):
        ratio = float(across) / float(down)
        if 1.1 < ratio < 4:  # fax: fewer lines than columns
            image = np.asarray(cv2.resize(np.ascontiguousarray(image), None, fx=1, fy=ratio))
    return image


def _pdf(path: Path) -> Any:
    """The document, kept open between pages of the same file."""
    import pypdfium2

    global _open_pdf
    if _open_pdf is not None and _open_pdf[0] == str(path):
        return _open_pdf[1]
    if _open_pdf is not None:
        _open_pdf[1].close()
        _open_pdf = None
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if "assword" in str(error) or "security" in str(error).lower():
            raise Refused("pdf_password", "El PDF tiene contraseña; guárdelo sin ella y súbalo otra vez.") from error
        raise _pdf_broken() from error
    _open_pdf = (str(path), document)
    return document


def _pdf_page(path: Path, number: int) -> Image:
    import pypdfium2

    document = _pdf(path)
    if number > len(document):
        raise _no_page()
    try:
        one = document[number - 1]
    except pypdfium2.PdfiumError as error:
        raise Refused("page_broken", "Una página del PDF está dañada; digitalícela de nuevo.") from error
    try:
        width, height = one.get_size()
        if not (0 < width < 1e6 and 0 < height < 1e6):
            raise Refused("page_broken", "Una página del PDF no tiene tamaño; digitalícela de nuevo.")
        scale = _dpi(one, width, height) / 72
        scale = min(scale, (MAX_RENDER_PIXELS / (width * height)) ** 0.5)
        bitmap = one.render(scale=scale, may_draw_forms=False, rev_byteorder=False)
        image = bitmap.to_numpy()
        if image.ndim == 2 or image.shape[2] == 1:
            image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
        return np.asarray(image[..., :3], np.uint8).copy()
    except pypdfium2.PdfiumError as error:
        raise Refused("page_broken", "Una página del PDF está dañada; digitalícela de nuevo.") from error
    finally:
        one.close()


def _dpi(one: Any, width: float, height: float) -> float:
    """300, or the resolution of the scan that fills the page."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    best = 0.0
    try:
        for thing in one.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
            left, bottom, right, top = thing.get_bounds()
            if (right - left) * (top - bottom) > 0.6 * width * height:
                across, down = thing.get_px_size()
                longest = max(across, down) / max(right - left, top - bottom) * 72
                best = max(best, longest)
    except (pypdfium2.PdfiumError, AttributeError, ZeroDivisionError, ValueError):
        return PDF_DPI
    return float(np.clip(best, 150, 600)) if best else PDF_DPI


def _pdf_broken() -> Refused:
    return Refused("pdf_broken", "El PDF está dañado o incompleto; expórtelo de nuevo desde el escáner.")


def _no_page() -> Refused:
    return Refused("page_missing", "El archivo no tiene esa página.")


def main() -> None:
    """Answers requests until standard input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it has nothing to write
    cv2.setNumThreads(1)
    serve(_answer)


def _answer(shared: mmap.mmap, request: dict[str, Any]) -> dict[str, Any]:
    try:
        path = Path(request["path"])
        if request["do"] == "count":
            return {"count": count(path)}
        image = page(path, int(request["page"]))
        check_size(image.shape[1], image.shape[0])
        np.frombuffer(shared, np.uint8, image.size).reshape(image.shape)[...] = image
        return {"shape": list(image.shape)}
    except Refused as refused:
        return {"code": refused.code, "sentence": refused.sentence}
    except MemoryError:
        too_large = "El archivo pide demasiada memoria; digitalícelo a 300 ppp."
        return {"code": "image_too_large", "sentence": too_large}
    except Exception as error:  # noqa: BLE001  whatever a hostile file makes a library raise is the file's fault
        broken = "El archivo está dañado; expórtelo de nuevo."
        return {"code": "file_broken", "sentence": broken, "kind": type(error).__name__}


if __name__ == "__main__":
    main()
