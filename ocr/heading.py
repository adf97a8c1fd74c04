"""The head of a sheet: the QR exactly as printed, and the folio in figures."""

from __future__ import annotations

import re
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp

from ocr import folio as folio_number
from ocr.engine import GuardedEngine
from ocr.pieces import find_pieces
from ocr.reading import Box
from ocr.register import Placement, cut
from ocr.upright import Image

QR_PX = (12.0, 18.0, 8.0)
"""Scales tried in turn, pixels a millimetre: a module of the current form is 0.54 mm."""


@dataclass(frozen=True, slots=True)
class Heading:
    """``qr`` the payload as decoded, ``folio`` ten digits whose check digit agrees; None when illegible."""

    qr: str | None
    folio: str | None


def read_heading(page: Image, placement: Placement, engine: GuardedEngine) -> Heading:
    """QR first; the printed folio only when the QR does not tell."""
    qr = read_qr(page, placement)
    folio = folio_of(qr) or _printed_folio(page, placement, engine)
    return Heading(qr, folio)


def read_qr(page: Image, placement: Placement) -> str | None:
    """The payload of the QR in its place on the form; None when there is none or it cannot be read."""
    box = placement.form.folio_qr
    if box is None:
        return None
    around = Box(box.x - 3, box.y - 3, box.w + 6, box.h + 6)
    for px in QR_PX:
        grey = cv2.cvtColor(cut(page, placement, around, px), cv2.COLOR_BGR2GRAY)
        found = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormat.QRCode)
        texts = [one.text for one in found if one.valid]
        if texts:
            return str(texts[0])[:200]
    return None


def folio_of(qr: str | None) -> str | None:
    """The ten digits a payload ``R1.<folio>.<form>.<seal>`` carries, when their check digit agrees."""
    match = re.match(r"R\d+\.(\d{10})\.", qr or "")
    return match.group(1) if match and _agrees(match.group(1)) else None


def _printed_folio(page: Image, placement: Placement, engine: GuardedEngine) -> str | None:
    box = placement.form.folio_text
    if box is None:
        return None
    grey = cv2.cvtColor(
        cut(page, placement, Box(box.x - 1, box.y - 1, box.w + 2, box.h + 2), 12.0), cv2.COLOR_BGR2GRAY
    )
    for text, _ in engine.read_lines([np.asarray(grey, np.uint8)])[0]:
        digits = re.sub(r"\D", "", text.replace("O", "0"))
        if len(digits) == folio_number.LENGTH and _agrees(digits):
            return digits
    return _from_glyphs(np.asarray(grey, np.uint8), engine)


def _from_glyphs(grey: Image, engine: GuardedEngine) -> str | None:
    """The likeliest ten digits whose check digit agrees, one at most changed from the best reading."""
    ink = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1]
    count, _, stats, _ = find_pieces(ink)
    tall = stats[1:count]
    if not len(tall):
        return None
    height = float(np.percentile(tall[:, cv2.CC_STAT_HEIGHT], 75))
    digits = sorted((s for s in tall if s[cv2.CC_STAT_HEIGHT] > 0.7 * height), key=lambda s: s[cv2.CC_STAT_LEFT])
    if len(digits) != folio_number.LENGTH:
        return None
    pad = 6
    framed = cv2.copyMakeBorder(grey, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=255)
    cells = [framed[y : y + h + 2 * pad, x : x + w + 2 * pad] for x, y, w, h, _ in digits]
    lattice = engine.read_cells(cells)[:, :10]
    text = "".join(str(n) for n in lattice.argmax(1))
    return text if _agrees(text) and float(lattice.max(1).min()) > np.log(0.6) else None


def _agrees(digits: str) -> bool:
    return folio_number.check_digit(digits) == 0
