"""Pages that are no sheet: simple copies of (invented) credentials, and a blank back.

Each copy shows a front with the printed clave and a back with the machine readable zone of domain D-4. No real
design is imitated: grey boxes and words.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from samples import fonts
from samples.ink import MM, Page
from samples.people import Elector

_WEIGHTS = (7, 3, 1)
_PLAIN = str.maketrans("ÁÉÍÓÚÜÑ", "AEIOUUX")
_CARD_MM = (85.6, 54.0)


def check_digit(text: str) -> str:
    """ICAO 9303's check digit: weights 7, 3, 1, sum modulo ten."""
    values = (0 if c == "<" else int(c, 36) for c in text)
    return str(sum(v * _WEIGHTS[i % 3] for i, v in enumerate(values)) % 10)


def mrz_lines(person: Elector, cic: int) -> tuple[str, str, str]:
    """The three lines of 30 characters of an invented credential (domain D-4)."""
    first = f"IDMEX{cic:09d}"
    first = f"{first}{check_digit(f'{cic:09d}')}<<{person.numero_ocr.ljust(13, '<')}"[:30]
    born, expiry = person.clave[6:12], "331231"
    second = f"{born}{check_digit(born)}{person.clave[14]}{expiry}{check_digit(expiry)}MEX<01<<{cic % 100000:05d}<"
    second += check_digit(first[5:30] + second[0:7] + second[8:15] + second[18:29])
    names = "<<".join(
        part.translate(_PLAIN).replace(" ", "<")
        for part in ("<".join(filter(None, (person.paterno, person.materno))), person.nombre)
    )
    return first, second, names[:30].ljust(30, "<")


def draw_credentials(people: Sequence[Elector], width_px: int, height_px: int) -> Page:
    """A copied page with the two faces of each person's credential, one person a line, at 300 dpi."""
    sheet = Image.new("L", (width_px, height_px), 252)
    pen = ImageDraw.Draw(sheet)
    for index, person in enumerate(people):
        top = round((24 + index * 66) * MM)
        _front(pen, round(30 * MM), top, person)
        _back(pen, round(140 * MM), top, person, 900_000_100 + index)
    grain = np.random.default_rng(len(people)).normal(0, 10, (height_px, width_px))
    grey = np.clip(np.asarray(sheet, np.float64) + grain, 0, 255).astype(np.uint8)
    soft = cv2.GaussianBlur(grey, (0, 0), 0.7)
    return np.repeat(soft[..., None], 3, axis=2)


def _front(pen: ImageDraw.ImageDraw, left: int, top: int, person: Elector) -> None:
    width, height = (round(v * MM) for v in _CARD_MM)
    pen.rounded_rectangle((left, top, left + width, top + height), 30, fill=225, outline=90, width=4)
    pen.rectangle((left + 40, top + 170, left + 300, top + 500), fill=170, outline=110, width=3)
    pen.ellipse((left + 110, top + 220, left + 230, top + 350), fill=120)
    title, small, bold = (_face(n, s) for n, s in (("DejaVuSans", 36), ("DejaVuSans", 22), ("DejaVuSansMono", 34)))
    pen.text((left + 40, top + 40), "CREDENCIAL FICTICIA PARA VOTAR", 30, font=title)
    lines = [("NOMBRE", small), (person.paterno, title), (person.materno, title), (person.nombre, title)]
    for number, (text, face) in enumerate(lines):
        pen.text((left + 340, top + 120 + number * 46), text, 25, font=face)
    pen.text((left + 340, top + 340), "CLAVE DE ELECTOR", 60, font=small)
    pen.text((left + 340, top + 368), person.clave, 20, font=bold)
    pen.text((left + 340, top + 430), f"SECCIÓN  {person.seccion:04d}    VIGENCIA 2033", 40, font=small)


def _back(pen: ImageDraw.ImageDraw, left: int, top: int, person: Elector, cic: int) -> None:
    width, height = (round(v * MM) for v in _CARD_MM)
    pen.rounded_rectangle((left, top, left + width, top + height), 30, fill=228, outline=90, width=4)
    pen.rectangle((left + 40, top + 50, left + width - 40, top + 140), fill=80)
    face = _face("DejaVuSansMono", 49)
    for number, line in enumerate(mrz_lines(person, cic)):
        pen.text((left + 52, top + 400 + number * 70), line, 25, font=face)


def _face(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(fonts.typed(name)), size)
