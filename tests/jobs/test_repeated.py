"""A signature image that comes on two sheets is asked about in both rows, once; other people's signatures are not."""

import struct
import zlib
from typing import Any

import cv2
import numpy as np

from ocr import folio as folios
from ocr.prints import SIGN_H, SIGN_W, Shelf

ONE, TWO, THREE = (folios.number(1, serial) for serial in (1, 2, 3))


def scribble(seed: int) -> np.ndarray:
    """A signature as a sheet's print keeps it."""
    rng = np.random.default_rng(seed)
    points = np.column_stack([np.linspace(2, 120, 25) + rng.normal(0, 9, 25), 30 + rng.normal(0, 13, 25)])
    out = np.zeros((SIGN_H, SIGN_W), np.uint8)
    cv2.polylines(out, [np.rint(points).astype(np.int32)], False, 1, 2)
    x, y, w, h = cv2.boundingRect(out)
    return np.pad(out[y : y + h, x : x + w], ((0, SIGN_H - h), (0, SIGN_W - w)))


def ink_print(*signatures: np.ndarray) -> bytes:
    """A print with nothing but signatures."""
    body = np.zeros((len(signatures), 1, 1), np.uint8).tobytes() + b"".join(
        np.packbits(s).tobytes() for s in signatures
    )
    return b"RP1" + struct.pack("<BHH", len(signatures), 1, 1) + zlib.compress(body)


def worn(signature: np.ndarray, seed: int) -> np.ndarray:
    """The same image scanned again: its edge frays."""
    edge = cv2.dilate(signature, np.ones((3, 3), np.uint8)) - cv2.erode(signature, np.ones((2, 2), np.uint8))
    flips = (np.random.default_rng(seed).random(signature.shape) < 0.12) & (edge > 0)
    return np.where(flips, 1 - signature, signature).astype(np.uint8)


def asked(bench: Any) -> list[tuple[str, str]]:
    from service.store.findings import open_items_of

    with bench.store.reading() as session:
        items = open_items_of(session, kind="authenticity")
        return sorted((item.record[-7:], item.reasons[0]) for item, *_ in items)


def test_a_signature_pasted_on_two_sheets_is_asked_about_in_both_rows_and_once(bench: Any, made: Any) -> None:
    mine, hers, other = scribble(1), scribble(2), scribble(3)
    first = made.sheet(ONE, made.row(1, *made.TOMAS), made.row(2, *made.LUCERO), ink=ink_print(mine, hers))
    second = made.sheet(TWO, made.row(1, *made.MARIA), made.row(2, *made.NOBODY), ink=ink_print(other, worn(mine, 4)))
    bench.deliver("a.tif", 1, first)
    bench.work()
    assert asked(bench) == []
    bench.deliver("b.tif", 2, second)
    bench.work()
    sentence = "I10? La firma es la misma imagen que la del renglón {} del folio {}."
    assert asked(bench) == [("0001-01", sentence.format(2, TWO)), ("0001-02", sentence.format(1, ONE))]
    bench.deliver("c.tif", 3, made.sheet(THREE, made.row(1, *made.MARIA), ink=ink_print(scribble(9))))
    bench.work()
    assert len(asked(bench)) == 2


def test_a_shelf_of_many_signatures_finds_one_image_and_no_other() -> None:
    shelf = Shelf()
    found = [shelf.add(f"s{n}", ink_print(scribble(100 + n), scribble(500 + n))) for n in range(120)]
    assert not any(found)
    ((row, sheet, other_row, alike),) = shelf.add("again", ink_print(scribble(999), worn(scribble(517), 3)))
    assert (row, sheet, other_row) == (2, "s17", 2)
    assert 0.94 <= alike <= 1
