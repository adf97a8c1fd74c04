"""From the plan to files: each sheet written, scanned, and bound into PDF, TIFF, JPEG, PNG and ZIP."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image
from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ocr import folio as folio_number
from samples import fonts, ink, scan
from samples.credentials import draw_credentials
from samples.people import Elector
from samples.plan import Candidate, SheetPlan
from samples.sheets import BlankSheets, fill_row
from service.cedulas.printer import SheetAspirante

QUALITY = 56
"""JPEG quality of the committed scans: what office scanners write by default, 200 to 400 kB a page."""
CARGO_WORDS = {"alcaldia": "Alcaldía y concejalías", "diputacion": "Diputación de mayoría relativa"}


@dataclass(frozen=True, slots=True)
class Sheaf:
    """One page of a file: a planned sheet, or (plan None) a ``blank`` or ``credential`` page."""

    plan: SheetPlan | None
    kind: str = "sheet"
    dpi: int = 200
    grey: bool = False
    upside_down: bool = False
    skew: float | None = None
    again: bool = False
    people: tuple[Elector, ...] = ()


@dataclass(frozen=True, slots=True)
class FilePlan:
    """A file to write. ``name`` ends in pdf, tif, jpg, png or zip."""

    candidate: Candidate
    name: str
    pages: tuple[Sheaf, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A page as written: the file it is in (``zip/member`` for a ZIP), its SHA-256, the page number."""

    file: str
    sha256: str
    page: int
    sheaf: Sheaf


class Studio:
    """Draws sheets of all aspirantes. ``real`` hands, when given, write instead of the fonts."""

    def __init__(self, plans: Sequence[SheetPlan], names: dict[int, Candidate], seed: int) -> None:
        self.seed = seed
        self.real: Sequence[ink.RealHand] = ()
        self._blank: dict[int, BlankSheets] = {}
        for series in sorted({p.series for p in plans}):
            who = names[series]
            words = SheetAspirante(who.nombre, CARGO_WORDS[who.cargo], scope_words(who))
            serials = sorted({p.serial for p in plans if p.series == series})
            self._blank[series] = BlankSheets(words, [folio_number.number(series, s) for s in serials])

    def page(self, sheaf: Sheaf) -> scan.Page:
        """The page as scanned, BGR."""
        plan = sheaf.plan
        key = [self.seed, *(ord(c) for c in sheaf.kind), int(sheaf.again)]
        if plan is not None:
            key += [plan.series, plan.serial, int("other_ink" in plan.tags)]
        rng = np.random.default_rng(key)
        paper = self._filled(plan) if plan is not None else self._other(sheaf)
        rough = 0.6 if sheaf.plan is not None and not sheaf.again else 1.0
        scanner = scan.draw_scanner(rng, dpi=sheaf.dpi, grey=sheaf.grey, rough=rough)
        scanner = replace(scanner, upside_down=sheaf.upside_down, noise=min(scanner.noise, 1.3), texture=0.3)
        if sheaf.skew is not None:
            scanner = replace(scanner, skew=sheaf.skew)
        return scan.scan(paper, scanner, rng)

    def _filled(self, plan: SheetPlan) -> scan.Page:
        rng = np.random.default_rng([self.seed, 1, plan.series, plan.serial, int("other_ink" in plan.tags)])
        blank = self._blank[plan.series]
        page = blank.image(folio_number.number(plan.series, plan.serial), plan.paper)
        shared = self._hand(plan.hand, rng)
        for number, support in enumerate(plan.supports, start=1):
            if support is not None:
                hand = self._hand(plan.hand, rng) if plan.hand == "fonts" else shared
                fill_row(page, blank.form, number, support.row, hand, rng)
        if plan.copy == "bw":
            return scan.photocopy_bw(page, rng)
        return scan.photocopy_colour(page, rng) if plan.copy == "colour" else page

    def _hand(self, style: str, rng: ink.Rng) -> ink.Hand:
        if style == "typed":
            names = list(fonts.TYPED)
            return ink.TypedHand(names[int(rng.integers(len(names)))])
        if self.real:
            return self.real[int(rng.integers(len(self.real)))]
        return ink.draw_font_hand(rng)

    def _other(self, sheaf: Sheaf) -> scan.Page:
        size = 3300, 2550
        if sheaf.kind == "credential":
            return draw_credentials(sheaf.people, *size)
        return np.full((size[1], size[0], 3), 252, np.uint8)


def scope_words(candidate: Candidate) -> str:
    """The scope as the printer writes it."""
    return (
        f"Demarcación {candidate.ambito}"
        if candidate.cargo == "alcaldia"
        else (f"Distrito electoral local {candidate.ambito}")
    )


def write_file(studio: Studio, plan: FilePlan, folder: Path) -> Iterator[Written]:
    """Draws the pages of a file, writes it, and says which page is where."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / plan.name
    kind = path.suffix.lstrip(".")
    images = [studio.page(sheaf) for sheaf in plan.pages]
    if kind == "zip":
        yield from _write_zip(path, plan, images)
        return
    if kind == "pdf":
        _write_pdf(path, images, plan.pages)
    elif kind == "tif":
        _write_tiff(path, images, plan.pages)
    elif kind == "png":
        _write_png(path, images[0], plan.pages[0])
    else:
        path.write_bytes(_jpeg(images[0], plan.pages[0]))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    for number, sheaf in enumerate(plan.pages, start=1):
        yield Written(plan.name, digest, number, sheaf)


def _pillow(image: scan.Page, sheaf: Sheaf) -> Image.Image:
    return Image.fromarray(image[:, :, 0]) if sheaf.grey else Image.fromarray(image[:, :, ::-1])


def _jpeg(image: scan.Page, sheaf: Sheaf) -> bytes:
    out = io.BytesIO()
    _pillow(image, sheaf).save(out, "JPEG", quality=QUALITY, dpi=(sheaf.dpi, sheaf.dpi), optimize=True)
    return out.getvalue()


def _write_pdf(path: Path, images: Sequence[scan.Page], pages: Sequence[Sheaf]) -> None:
    rl_config.useA85 = 0  # the JPEG as it is, not a quarter longer in printable characters
    canvas = Canvas(str(path), invariant=1, pageCompression=1)
    canvas.setTitle("Digitalización")
    for image, sheaf in zip(images, pages, strict=True):
        size = image.shape[1] * 72 / sheaf.dpi, image.shape[0] * 72 / sheaf.dpi
        canvas.setPageSize(size)
        canvas.drawImage(ImageReader(io.BytesIO(_jpeg(image, sheaf))), 0, 0, *size)
        canvas.showPage()
    canvas.save()


def _write_tiff(path: Path, images: Sequence[scan.Page], pages: Sequence[Sheaf]) -> None:
    shown = [_pillow(image, sheaf) for image, sheaf in zip(images, pages, strict=True)]
    first, *rest = [page if page.mode == "L" else page.convert("YCbCr") for page in shown]
    dpi = pages[0].dpi
    first.save(path, "TIFF", save_all=True, append_images=rest, compression="jpeg", quality=QUALITY, dpi=(dpi, dpi))


def _write_png(path: Path, image: scan.Page, sheaf: Sheaf) -> None:
    """Sixteen greys, as a scanner's 4-bit mode gives."""
    steps = (np.rint(image[:, :, 0].astype(np.float32) / 17) * 17).astype(np.uint8)
    Image.fromarray(steps).quantize(16).save(path, "PNG", optimize=True, dpi=(sheaf.dpi, sheaf.dpi))


def _write_zip(path: Path, plan: FilePlan, images: Sequence[scan.Page]) -> Iterator[Written]:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for number, (image, sheaf) in enumerate(zip(images, plan.pages, strict=True), start=1):
            name, data = f"hoja-{number:02d}.jpg", _jpeg(image, sheaf)
            archive.writestr(zipfile.ZipInfo(name, (2027, 1, 19, 9, 0, 0)), data)
            yield Written(f"{plan.name}/{name}", hashlib.sha256(data).hexdigest(), 1, sheaf)
