"""Signatures that no pen wrote here: one image in two rows, set into the scan with its own ground, drawn on the scan.

Each sheet bears signatures of a tablet (SVC2004, to measure only): six by pen, of them two the same image; after the
scan one is set in on a white ground and one is drawn, and the page goes through JPEG once more.
"""

from __future__ import annotations

import collections

import cv2
import numpy as np

from bench.ocr.pages_signals import PAPERS, SCANS, place_signature, tablet_signatures
from bench.ocr.shares import share
from ocr import folio as folio_number
from ocr.cells import cut_rows
from ocr.form import load_form
from ocr.ink import find_signatures
from ocr.pasted import find_pasted
from ocr.prints import mark_repeated
from ocr.reading import RowReading
from ocr.register import Placement, register
from samples import ink, scan
from samples.sheets import BlankSheets, Row, SheetAspirante, fill_row

TWICE, SET_IN, DRAWN = (5, 6), 7, 8


def _set_in(image: scan.Page, placement: Placement, row: int, mask: np.ndarray, *, ground: bool) -> None:
    """The signature laid into the picture itself, in flat ink, on white or on the paper as scanned."""
    box = placement.form.rows[row - 1].fields["firma"].box
    if ground:
        corners = [(1, 1), (box.w - 1, 1), (box.w - 1, box.h - 1), (1, box.h - 1)]
        patch = placement.pixels(np.array([[box.x + x, box.y + y] for x, y in corners]))
        cv2.fillPoly(image, [np.rint(patch).astype(np.int32)], (255, 255, 255))
    left, top, right, bottom = box.x + 6, box.y + 3, box.x + 40, box.y + box.h - 3
    aim = placement.pixels(np.array([[left, top], [right, top], [left, bottom]])).astype(np.float32)
    h, w = mask.shape
    lay = cv2.getAffineTransform(np.array([[0, 0], [w, 0], [0, h]], np.float32), aim)
    cover = cv2.warpAffine(mask, lay, image.shape[1::-1], flags=cv2.INTER_AREA)[..., None]
    image[...] = np.rint(image * (1 - cover) + np.array([120, 40, 20]) * cover).astype(np.uint8)


def measure_inserted(sheets: int) -> dict:
    """How many of each kind are asked about, and how many that a pen wrote."""
    form, rng, masks = load_form(), np.random.default_rng(606), tablet_signatures()
    folios = [folio_number.number(907, n) for n in range(1, max(8, sheets) + 1)]
    blanks = BlankSheets(SheetAspirante("PERSONA DE PRUEBA", "Alcaldía", "Prueba de firmas"), folios)
    asked, of = collections.Counter(), collections.Counter()
    for n, folio in enumerate(folios):
        page, chosen = blanks.image(folio, PAPERS[n % 4]), rng.choice(len(masks), 8, replace=False)
        hand = ink.draw_font_hand(rng)
        for number in range(1, 9):
            fill_row(page, form, number, Row({"clave_elector": "QTNBTM87041509H300"}), hand, rng)
            if number not in (*TWICE, SET_IN, DRAWN):
                place_signature(
                    page, form.rows[number - 1].fields["firma"].box, masks[chosen[number - 1]], hand.color, rng
                )
        state = rng.bit_generator.state
        for number in TWICE:
            rng.bit_generator.state = state  # the same image to the pixel
            place_signature(page, form.rows[number - 1].fields["firma"].box, masks[chosen[5]], hand.color, rng)
        grey, dpi, rough = SCANS[(n // 4) % 4]
        image = scan.scan(page, scan.draw_scanner(rng, dpi=dpi, grey=grey, rough=rough), rng)
        placement = register(image, [form])
        for row, ground in ((SET_IN, True), (DRAWN, False)):
            _set_in(image, placement, row, masks[chosen[row - 1]], ground=ground)
        strips = cut_rows(scan.through_jpeg(image, 88), placement)
        writings = find_signatures(strips)
        pasted = find_pasted(strips, writings)
        rows = mark_repeated(tuple(RowReading(s.row.row, True, {}) for s in strips), writings)
        repeated = {row.row for row in rows if row.signal("repeated_signature")}
        for row in range(1, 9):
            kind = {SET_IN: "set in", DRAWN: "drawn"}.get(row, "pen")
            of[kind] += 1
            asked[kind] += row in pasted
            of["twice" if row in TWICE else "once"] += 1
            asked["twice" if row in TWICE else "once"] += row in repeated
    return {
        "set in on white, asked about": share(asked["set in"], of["set in"]),
        "drawn on the scan, asked about": share(asked["drawn"], of["drawn"]),
        "written by pen, asked about": share(asked["pen"], of["pen"]),
        "one image in two rows, asked about": share(asked["twice"], of["twice"]),
        "signatures of their own, called one image": share(asked["once"], of["once"]),
    }
