"""The hearing packet of an aspirante: each row that does not count, its picture, and every reason with its basis.

It names rows "de manera específica e identificable" (the demand of SUP-JDC-1550/2016 and others, domain fact 6).
It shows the aspirante's own rows only, and of the list nothing.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from PIL import Image as Picture
from PIL import UnidentifiedImageError
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Frame
from reportlab.platypus.flowables import Flowable

from service.access.words import folio_word
from service.dictamen import typography as look
from service.dictamen.dates import say_day, say_moment
from service.dictamen.names import CLASS_NAMES
from service.dictamen.typography import escape, rich
from service.law.records import Clase
from service.law.sentences import CITES

PER_PAGE = 5
PER_VOLUME = 2_000  # rows; a volume is held in memory while it is drawn: 2,000 crops of 30 kB are 60 MB
CARD = (look.PAGE[1] - look.MARGIN_TOP - look.MARGIN_BOTTOM) / PER_PAGE
PICTURE_HEIGHT = 22 * mm


@dataclass(frozen=True, repr=False)
class PacketRow:
    """One row to be heard about. ``image``: JPEG or PNG bytes of the row's crop, empty if none was kept."""

    record: str
    folio: str
    row: int
    clase: str
    reasons: tuple[str, ...]
    sentence: str
    image: bytes = b""


@dataclass(frozen=True)
class PacketHead:
    """Whose packet it is, and the term."""

    proceso: str
    aspirante: str
    nombre: str
    on: str  # ISO date of the packet
    term_ends: str  # ISO moment, or "" while nobody was notified


def write_packet(folder: Path, head: PacketHead, rows: Iterable[PacketRow]) -> list[Path]:
    """Write ``audiencia-001.pdf`` and so on into ``folder``; gives the volumes, one at least."""
    look.register_fonts()
    folder.mkdir(parents=True, exist_ok=True)
    volumes: list[Path] = []
    stream = iter(rows)
    while (volume := list(islice(stream, PER_VOLUME))) or not volumes:
        path = folder / f"audiencia-{len(volumes) + 1:03d}.pdf"
        _draw_volume(path, head, volume, len(volumes) + 1)
        volumes.append(path)
    return volumes


def _draw_volume(path: Path, head: PacketHead, rows: list[PacketRow], number: int) -> None:
    canvas = Canvas(str(path), pagesize=look.PAGE, invariant=1, lang="es-MX")
    canvas.setTitle(f"Expediente de audiencia de {head.nombre}, tomo {number}")
    canvas.setAuthor("Instituto Electoral de la Ciudad de México")
    _cover(canvas, head, rows, number)
    for page in _pages(rows):
        _furniture(canvas, head, number)
        for place, row in enumerate(page):
            _card(canvas, row, look.PAGE[1] - look.MARGIN_TOP - place * CARD)
        canvas.showPage()
    canvas.save()


def _pages(rows: list[PacketRow]) -> Iterator[list[PacketRow]]:
    for start in range(0, len(rows), PER_PAGE):
        yield rows[start : start + PER_PAGE]


def _cover(canvas: Canvas, head: PacketHead, rows: list[PacketRow], number: int) -> None:
    _bookmark(canvas, "portada", f"Tomo {number}", 0)
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.clase] = counts.get(row.clase, 0) + 1
    term = f"El plazo vence el {say_moment(head.term_ends)}." if head.term_ends else "Aún no se notifica un plazo."
    found: list[Flowable] = [
        rich("Expediente de audiencia", look.HEADING),
        rich(escape(head.nombre), look.TITLE),
        rich(f"{escape(head.proceso)}. Tomo {number}, {say_day(head.on)}", look.SUBTITLE),
        rich(
            f"Este tomo contiene {look.thousands(len(rows))} renglones que no se cuentan, cada uno con su imagen, "
            f"todas sus causas y el fundamento de cada una en el Código. {term} Puede alegar sobre cualquier "
            "renglón y aportar lo que a su derecho convenga; al subsanarse una causa subsisten las demás que aquí se "
            "muestran."
        ),
    ]
    found += [
        rich(f"<b>{escape(name)}</b> {escape(_named(name))}: {look.thousands(n)}")
        for name, n in sorted(counts.items())
    ]
    height = look.PAGE[1] - look.MARGIN_TOP - look.MARGIN_BOTTOM
    Frame(look.MARGIN_X, look.MARGIN_BOTTOM, look.WIDTH, height, 0, 0, 0, 0).addFromList(found, canvas)
    _furniture(canvas, head, number)
    canvas.showPage()


def _furniture(canvas: Canvas, head: PacketHead, number: int) -> None:
    canvas.setFont(look.SANS, 8)
    canvas.setFillColor(look.GREY)
    canvas.drawString(look.MARGIN_X, look.PAGE[1] - 14 * mm, f"Expediente de audiencia, tomo {number}")
    canvas.drawRightString(look.PAGE[0] - look.MARGIN_X, look.PAGE[1] - 14 * mm, f"Aspirante {head.aspirante}")
    canvas.drawString(
        look.MARGIN_X, 12 * mm, "Contiene datos personales: sólo para la persona aspirante y su defensa."
    )
    canvas.drawRightString(look.PAGE[0] - look.MARGIN_X, 12 * mm, f"Página {canvas.getPageNumber()}")


def _card(canvas: Canvas, row: PacketRow, top: float) -> None:
    """One row: what it is, its picture, its reasons."""
    _bookmark(canvas, row.record, _place(row), 1)
    canvas.setStrokeColor(look.LINE)
    canvas.setLineWidth(0.5)
    canvas.line(look.MARGIN_X, top, look.MARGIN_X + look.WIDTH, top)
    canvas.setFillColor(look.INK)
    canvas.setFont(look.SANS_BOLD, 9.5)
    canvas.drawString(look.MARGIN_X, top - 12, _place(row))
    canvas.setFont(look.SANS, 8)
    canvas.setFillColor(look.GREY)
    canvas.drawRightString(look.MARGIN_X + look.WIDTH, top - 12, row.record)
    bottom = top - 17 - PICTURE_HEIGHT
    if not _picture(canvas, row.image, bottom):
        canvas.drawString(look.MARGIN_X, bottom + PICTURE_HEIGHT / 2, "No se conserva imagen de este renglón.")
    reasons = "; ".join(
        f"<b>{escape(code)}</b> {escape(_named(code))}, {_basis(code)}" for code in row.reasons or (row.clase,)
    )
    said: list[Flowable] = [rich(reasons, look.CELL), rich(escape(row.sentence), look.CELL)]
    floor = top - CARD + 4
    Frame(look.MARGIN_X, floor, look.WIDTH, bottom - floor - 2, 0, 0, 0, 0).addFromList(said, canvas)


def _named(code: str) -> str:
    """A class or a suspicion (``I8?``) in words; a baja whose cause is not told, as such."""
    bare = code.rstrip("?")
    named = "Baja del padrón" if bare == "B" else CLASS_NAMES.get(bare, "")
    return f"{named}, por resolver" if code.endswith("?") else named


def _basis(code: str) -> str:
    bare = code.rstrip("?")
    return CITES[Clase.B9 if bare == "B" else Clase(bare)]


def _place(row: PacketRow) -> str:
    """Where a row stands, its folio as it is printed on the sheet: SSS-NNNNNN-C."""
    folio = folio_word(row.folio) if row.folio else "sin folio"
    return f"Folio {folio}, renglón {row.row}"


def _picture(canvas: Canvas, image: bytes, bottom: float) -> bool:
    """Draw the crop within its box; a picture that cannot be read is said, never a fault."""
    if not image:
        return False
    try:
        with Picture.open(io.BytesIO(image)) as opened:
            opened.verify()
        reader = ImageReader(io.BytesIO(image))
    except (UnidentifiedImageError, OSError, SyntaxError):
        return False
    width, height = reader.getSize()
    scale = min(look.WIDTH / width, PICTURE_HEIGHT / height)
    shown = PICTURE_HEIGHT - height * scale
    canvas.drawImage(reader, look.MARGIN_X, bottom + shown, width * scale, height * scale)
    return True


def _bookmark(canvas: Canvas, key: str, title: str, level: int) -> None:
    canvas.bookmarkPage(key)
    canvas.addOutlineEntry(title, key, level, 1 if level == 0 else 0)
