"""Paper for the tests: prints a form, fills it with a pen, copies it, scans it. All from a seed, at 400 dpi.

Not a picture of any scanner: a stand-in that moves what scanners and copiers move (place, sharpness, tone,
colour, noise), so that the eyes are tried on known truth. Ink, print and paper are told apart by how they are
made: ink multiplies the paper's light with an uneven stroke, print is laid flat or in a halftone.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr.reading import Box

DPI = 400
PX = DPI / 25.4
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
BLUE, BLACK, RED, GREEN = (38, 52, 150), (38, 36, 40), (170, 30, 45), (20, 110, 70)
QR_PAYLOAD = "R1.1040000172.cedula-2027-v1.ABCDEFGHIJKLMNOP"


def px(value):
    return round(value * PX)


@functools.cache
def font(mm, path=FONT):
    return ImageFont.truetype(path, max(4, round(mm * PX)))


# ---------------------------------------------------------------- printing


def blank_sheet(form, qr=QR_PAYLOAD, folio="104-000017-2", ink="colour"):
    """A printed sheet, RGB uint8. ``ink``: colour, grey (a black-and-white printer's
    halftone) or flat (the same, too fine to be seen)."""
    size = (px(form.width_mm), px(form.height_mm))
    page = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(page)
    colors = form.print.get("colors", {})
    line, tint = colors.get("dropout", "#000000"), colors.get("tint")
    label, text = colors.get("label", "#000000"), colors.get("text", "#000000")
    names = form.print.get("labels", {})
    width = max(1, px(form.print.get("line_mm", {}).get("box", 0.22)))
    for row in form.rows:
        if tint:
            draw.rectangle(_corners(row.frame), fill=tint)
        draw.rectangle(_corners(row.frame), outline=line, width=width)
        draw.text((px(row.frame.x + 1.5), px(row.frame.y + 8)), str(row.row), fill=text, font=font(3))
        for f in row.fields.values():
            for b in f.boxes:
                draw.rectangle(_corners(b, width / 2), fill="white", outline=line, width=width)
            draw.text((px(f.box.x), px(f.box.y - 2.0)), names.get(f.name, f.name), fill=label, font=font(1.6))
    header = form.print.get("header", {})
    for name, (x, y, _, h) in header.items():
        draw.text((px(x), px(y)), f"{name} PROCESO LOCAL 2026-2027", fill=text, font=font(h * 0.6))
    for patch in form.print.get("control", ()):
        _draw_patch(draw, patch)
    for anchor in form.anchors:
        _draw_anchor(page, draw, anchor)
    if form.folio_text and folio:
        b = form.folio_text
        draw.text((px(b.x + 1), px(b.y + 1)), folio, fill=text, font=font(4.5))
    if form.folio_qr and qr:
        _draw_qr(page, form.folio_qr, qr)
    rgb = np.asarray(page).copy()
    if ink == "flat":  # a fine printer: its screen is finer than any scan
        grey = np.asarray(Image.fromarray(rgb).convert("L"))
        return np.repeat(grey[..., None], 3, axis=2).copy()
    return rgb if ink == "colour" else halftone_grey(rgb)


def _corners(b, grow=0.0):
    return (px(b.x) - grow, px(b.y) - grow, px(b.x + b.w) + grow, px(b.y + b.h) + grow)


def _draw_patch(draw, patch):
    x, y, w, h = patch["box"]
    if patch["kind"] == "solid":
        draw.rectangle((px(x), px(y), px(x + w), px(y + h)), fill=patch["color"])
        return
    pitch, r = patch["pitch_mm"], patch["dot_mm"] / 2
    for cy in np.arange(y + pitch / 2, y + h, pitch):
        for cx in np.arange(x + pitch / 2, x + w, pitch):
            box = ((cx - r) * PX, (cy - r) * PX, (cx + r) * PX - 0.5, (cy + r) * PX - 0.5)
            draw.ellipse(box, fill=patch["color"])


def _draw_anchor(page, draw, anchor):
    if anchor.kind == "aruco":
        dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
        mark = cv2.aruco.generateImageMarker(dictionary, anchor.id, 6 * 40)
        x0, y0, x1, y1 = (round(v) for v in _corners(anchor.box))
        page.paste(Image.fromarray(mark).resize((x1 - x0, y1 - y0), Image.Resampling.NEAREST), (x0, y0))
    elif anchor.kind == "square":
        draw.rectangle(_corners(anchor.box), fill="black")
    elif anchor.kind == "cross":
        b, half = anchor.box, 0.25
        draw.rectangle(_corners(Box(b.x + b.w / 2 - half, b.y, 2 * half, b.h)), fill="black")
        draw.rectangle(_corners(Box(b.x, b.y + b.h / 2 - half, b.w, 2 * half)), fill="black")


def _draw_qr(page, box, payload):
    import qrcode

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, border=0, box_size=20)
    code.add_data(payload)
    picture = code.make_image().get_image().convert("RGB")
    page.paste(picture.resize((px(box.w), px(box.h)), Image.Resampling.NEAREST), (px(box.x), px(box.y)))


def halftone_grey(rgb, cell=4, angle=45):
    """What a black-and-white laser printer makes of colours: clustered dots, black text solid."""
    grey = rgb @ np.array([0.299, 0.587, 0.114], np.float32)
    screen = _screen(grey.shape, cell, angle)
    dots = np.where(grey / 255 > screen, 250, 28)
    out = np.where(grey > 245, 252, np.where(grey < 60, 26, dots)).astype(np.uint8)
    return np.repeat(out[..., None], 3, axis=2)


@functools.cache
def _screen(shape, cell, angle):
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    t = np.deg2rad(angle)
    k = 2 * np.pi / cell
    u, v = (x * np.cos(t) + y * np.sin(t)) * k, (y * np.cos(t) - x * np.sin(t)) * k
    return (0.5 + 0.25 * (np.cos(u) + np.cos(v))).astype(np.float32)


# ---------------------------------------------------------------- writing


def fill(sheet, form, rows, pen=BLUE, seed=0, face=FONT, flat=False):
    """A copy of ``sheet`` with ``rows`` written: {row number: {field: text or ink drawing function}}."""
    rng = np.random.default_rng(seed)
    cover = Image.new("L", (sheet.shape[1], sheet.shape[0]), 0)
    for number, values in rows.items():
        for name, value in values.items():
            f = form.rows[number - 1].fields[name]
            if callable(value):
                value(cover, f.box, rng)
            else:
                _write(cover, f, value, rng, face)
    return lay_ink(sheet, np.asarray(cover), pen, rng, flat)


def _write(cover, f, text, rng, face):
    if f.kind == "comb":
        for box, character in zip(f.boxes, text, strict=False):
            if character.strip():
                _glyph(cover, character, box, rng, face)
        return
    ImageDraw.Draw(cover).text((px(f.box.x + 2), px(f.box.y + 1.5)), text, fill=255, font=font(3.6, face))


def _glyph(cover, character, box, rng, face):
    size = rng.uniform(4.2, 5.2)
    tile = Image.new("L", (px(8), px(8)), 0)
    ImageDraw.Draw(tile).text((px(4), px(4)), character, fill=255, font=font(round(size, 1), face), anchor="mm")
    tile = tile.rotate(rng.normal(0, 4), resample=Image.Resampling.BILINEAR)
    x = px(box.x + box.w / 2 - 4 + rng.normal(0, 0.25))
    y = px(box.y + box.h / 2 - 4 + rng.normal(0, 0.25))
    cover.paste(255, (x, y), tile)


def signature(cover, box, rng, width_mm=0.38, fit=0.8):
    """A scribble of loops, from left to right."""
    n = int(rng.integers(6, 13))
    t = np.linspace(0, 1, 400)
    x = np.interp(t, np.linspace(0, 1, n), np.sort(rng.uniform(0, 1, n))) + 0.06 * np.sin(t * 2 * np.pi * n * 0.8)
    y = 0.5 + sum(
        rng.normal(0, 0.16 / (k**0.5)) * np.sin(2 * np.pi * (k * t * 2 + rng.random())) for k in range(1, 7)
    )
    x = (x - x.min()) / np.ptp(x)
    w = box.w * rng.uniform(0.45, fit)
    x0 = box.x + rng.uniform(0.05, 0.95) * (box.w - w)
    points = np.stack([x0 + x * w, box.y + np.clip(y, 0.02, 1.05) * box.h], 1)
    _polyline(cover, points, width_mm)


def initials(cover, box, rng):
    """A very short signature."""
    t = np.linspace(0, 1, 100)
    w, h = rng.uniform(9, 14), rng.uniform(6, 10)
    x0, y0 = box.x + rng.uniform(2, box.w - w - 2), box.y + (box.h - h) / 2
    x = x0 + w * (0.5 + 0.5 * np.sin(2 * np.pi * 1.5 * t)) * (0.4 + 0.6 * t)
    y = y0 + h * (0.5 + 0.5 * np.cos(2 * np.pi * 2 * t + rng.random()))
    _polyline(cover, np.stack([x, y], 1), 0.38)


def tall(cover, box, rng):
    """One stroke from over the upper frame of the row, through some letters, to under its lower one."""
    points = [(3, 0), (1, 8), (0, 16), (4, 9), (6, 16), (8, 9), (10, 16), (12, 9), (14, 16), (16, 9), (18, 22)]
    _polyline(cover, np.array(points) + np.array([box.x + rng.uniform(8, 14), box.y - 3.4]), 0.26)


def set_apart(cover, box, rng):
    """Six small letters that do not touch: they wind no more than a dash."""
    turn, y = np.linspace(0, 1.7 * np.pi, 12), box.y + rng.uniform(0.4, 0.6) * box.h
    for n in range(6):
        ring = np.stack([np.cos(turn + rng.uniform(0, 6)), 1.3 * np.sin(turn)], 1) * 0.8
        _polyline(cover, ring + np.array([box.x + 10 + 3.4 * n, y]), 0.3)


def dash(cover, box, rng):
    x, y = box.x + rng.uniform(5, box.w - 20), box.y + rng.uniform(0.3, 0.7) * box.h
    _polyline(cover, np.array([[x, y], [x + rng.uniform(4, 14), y + rng.normal(0, 0.7)]]), 0.38)


def tick(cover, box, rng):
    x, y = box.x + rng.uniform(5, box.w - 15), box.y + 0.6 * box.h
    _polyline(cover, np.array([[x, y], [x + 2, y + 3], [x + rng.uniform(5, 8), y - 5]]), 0.38)


def line_through(cover, box, rng):
    y = box.y + rng.uniform(0.3, 0.7, 2) * box.h
    x = np.array([box.x + rng.uniform(0, 4), box.x + box.w - rng.uniform(0, 4)])
    _polyline(cover, np.stack([x, y], 1), 0.4)


def fingerprint(cover, box, rng):
    """Wavy ridges inside an oval."""
    tile = np.asarray(cover).copy()
    cx, cy = box.x + box.w * rng.uniform(0.3, 0.7), box.y + box.h / 2
    y, x = np.mgrid[: tile.shape[0], : tile.shape[1]][:, px(box.y) : px(box.y + box.h), px(box.x) : px(box.x + box.w)]
    x, y = x / PX - cx, y / PX - cy
    r = np.hypot(x, y * 0.8 + 1.5) + 0.5 * np.sin(x * 0.9 + rng.random() * 6)
    ridges = (np.sin(2 * np.pi * r / 0.55) > 0.1) & (np.hypot(x / 6.8, y / 7.6) < 1)
    ridges &= rng.random(ridges.shape) > 0.15
    view = tile[px(box.y) : px(box.y + box.h), px(box.x) : px(box.x + box.w)]
    view[ridges] = 230
    cover.paste(Image.fromarray(tile))


def strike(cover, box, rng):
    """A line through everything written in the box."""
    for _ in range(2):
        y = box.y + box.h * rng.uniform(0.35, 0.65, 2)
        points = np.stack([np.array([box.x + 0.5, box.x + box.w - 0.5]), y], 1)
        _polyline(cover, points, 0.38)


def scribble_out(cover, box, rng):
    """A dense zigzag over a box."""
    x = np.linspace(box.x, box.x + box.w, 14)
    y = np.where(np.arange(14) % 2, box.y + 0.1 * box.h, box.y + 0.9 * box.h) + rng.normal(0, 0.3, 14)
    _polyline(cover, np.stack([x, y], 1), 0.4)


def both(*drawings):
    def draw(cover, box, rng):
        for one in drawings:
            one(cover, box, rng)

    return draw


def _polyline(cover, points_mm, width_mm):
    canvas = np.asarray(cover).copy()
    points = np.rint(points_mm * PX * 16).astype(np.int32)
    cv2.polylines(canvas, [points], False, 255, max(1, px(width_mm)), cv2.LINE_AA, 4)
    cover.paste(Image.fromarray(canvas))


def lay_ink(sheet, cover, pen, rng, flat=False):
    """Ink of a pen where ``cover`` (0 to 255) says; ``flat`` for pixels that no pen laid."""
    amount = cover.astype(np.float32) / 255
    if not flat:
        small = rng.random((sheet.shape[0] // 6 + 1, sheet.shape[1] // 6 + 1), np.float32)
        uneven = cv2.resize(small, (sheet.shape[1], sheet.shape[0]), interpolation=cv2.INTER_LINEAR)
        amount = cv2.GaussianBlur(amount, (0, 0), 0.8) * (0.72 + 0.36 * uneven)
    out = sheet.astype(np.float32)
    where = amount > 0.004
    tone = np.array(pen, np.float32) / 255
    out[where] *= 1 - np.clip(amount[where][:, None], 0, 1) * (1 - tone)
    return np.clip(out, 0, 255).astype(np.uint8)


# ---------------------------------------------------------------- copying


def photocopy(sheet, rng, mode="text"):
    """A second generation on paper: seen by a copier, its tones pulled, printed again.

    ``mode``: text (strong contrast, halftone), photo (tones kept, halftone), soft (contrast and blur alone, as
    a digital copier of good quality), line (nearly one bit), colour (contrast, saturation, four screens),
    colour_soft (the same without screens).
    """
    sharpness = rng.uniform(0.8, 1.6)
    seen = cv2.GaussianBlur(sheet, (0, 0), sharpness)
    turn = cv2.getRotationMatrix2D(
        (sheet.shape[1] / 2, sheet.shape[0] / 2), rng.normal(0, 0.25), rng.normal(1, 0.004)
    )
    seen = cv2.warpAffine(seen, turn, (sheet.shape[1], sheet.shape[0]), borderValue=(255, 255, 255))
    contrast = {"text": (1.3, 1.7), "photo": (1.0, 1.12), "soft": (1.15, 1.6), "line": (3.0, 6.0)}.get(
        mode, (1.1, 1.4)
    )
    k = rng.uniform(*contrast)
    lift = rng.uniform(0.0, 0.06) if mode != "line" else 0.0
    if mode.startswith("colour"):
        out = _colour_copy(seen, rng, k, lift, screens=mode == "colour")
    else:
        grey = cv2.cvtColor(seen, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
        grey = (np.clip((grey - 0.5) * k + 0.5 + lift, 0, 1) * 255).astype(np.uint8)
        out = np.repeat(grey[..., None], 3, 2)
        if mode in ("text", "photo", "line"):
            out = halftone_grey(out, cell=int(rng.integers(3, 6)))
        out = np.maximum(out, int(rng.integers(20, 60)))
    out = out.copy()
    for _ in range(int(rng.integers(10, 250))):
        y, x = int(rng.integers(0, sheet.shape[0] - 4)), int(rng.integers(0, sheet.shape[1] - 4))
        out[y : y + int(rng.integers(1, 4)), x : x + int(rng.integers(1, 4))] = 40
    return out


def _colour_copy(seen, rng, k, lift, screens):
    tone = np.clip((seen.astype(np.float32) / 255 - 0.5) * k + 0.5 + lift, 0, 1)
    mean = tone.mean(2, keepdims=True)
    tone = np.clip(mean + (tone - mean) * rng.uniform(0.75, 1.35), 0, 1) * rng.uniform(0.96, 1.0, 3).astype(
        np.float32
    )
    if not screens:
        return (tone * 255).astype(np.uint8)
    layers = []
    for c, angle in ((0, 15), (1, 75), (2, 0)):
        screen = np.clip(_screen(tone.shape[:2], 4, angle) * 0.9 + 0.05, 0, 1)
        layers.append(np.where(tone[..., c] > 0.97, 252, np.where(tone[..., c] > screen, 250, 40)))
    return np.stack(layers, 2).astype(np.uint8)


# ---------------------------------------------------------------- scanning


@dataclass(frozen=True)
class Scan:
    """A scanned page (BGR uint8) and the truth: ``to_px`` maps millimetres of the form to its pixels, then ``bent``
    (u, v of the picture to the pixels by which what is seen there lies off) if the paper was not flat."""

    image: np.ndarray
    to_px: np.ndarray
    bent: object = None

    def pixels(self, mm):
        """Where points (n, 2) of the form are in the picture."""
        flat = cv2.perspectiveTransform(np.asarray(mm, float)[:, None], self.to_px)[:, 0]
        seen = flat.copy()
        for _ in range(40 if self.bent else 0):
            seen = flat - self._off(seen[:, 0], seen[:, 1])
        return seen

    def _off(self, x, y):
        return np.stack(np.broadcast_arrays(*self.bent(x / self.image.shape[1], y / self.image.shape[0])), -1)

    def bend(self, shape, mm):
        """The same of paper that does not lie flat; ``shape`` (u, v to shifts) times ``mm``."""
        px_per_mm = abs(np.linalg.det(self.to_px[:2, :2])) ** 0.5 * mm
        out = Scan(self.image, self.to_px, lambda u, v: [d * px_per_mm for d in shape(u, v)])
        h, w = self.image.shape[:2]
        x, y = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
        off = out._off(x, y).astype(np.float32)
        image = cv2.remap(
            self.image, x + off[..., 0], y + off[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return Scan(image, self.to_px, out.bent)

    def crop(self, left, right, top, bottom):
        """The same, cut off by so many millimetres of the picture."""
        px_per_mm = abs(np.linalg.det(self.to_px[:2, :2])) ** 0.5
        x0, x1, y0, y1 = (round(mm * px_per_mm) for mm in (left, right, top, bottom))
        kept = np.array([[1, 0, -x0], [0, 1, -y0], [0, 0, 1]]) @ self.to_px
        return Scan(np.ascontiguousarray(self.image[y0:-y1, x0:-x1]), kept)


def waved(u, v):
    """A curled sheet, bowed up on one side and down on the other."""
    return 0.3 * np.sin(2 * np.pi * u), np.sin(2 * np.pi * u + 0.5) + 0 * v


def folded(u, v):
    """Twice folded in a letter's way, the folds standing up."""
    return 0 * u, np.abs((u * 3) % 1 - 0.5) * 2 + 0 * v


def scan(
    sheet, *, dpi=300, turn=0, skew=0.0, scale=1.0, shift=(0.0, 0.0), tilt=0.0, fold=None, cover=(), blur=0.45,
    noise=2.5, jpeg=88, grey=False, bright=1.0, gamma=1.0, bed=250, seed=0,
):  # fmt: skip
    """``turn`` in quarter turns, ``skew`` degrees, ``shift`` mm, ``tilt`` 0 to 0.2 for a phone at an angle,
    ``fold`` a corner 0-3 folded over, ``cover`` boxes of mm hidden (a mark missing), ``blur`` sigma in px."""
    sheet = sheet.copy()
    for b in cover:
        sheet[px(b.y) : px(b.y + b.h), px(b.x) : px(b.x + b.w)] = 250
    if fold is not None:
        _fold(sheet, fold)
    h, w = sheet.shape[:2]
    ratio = dpi / DPI * scale
    to_scan = np.array([[ratio, 0, 0], [0, ratio, 0], [0, 0, 1]])
    out_w, out_h = round(w * dpi / DPI), round(h * dpi / DPI)
    middle = np.array([[1, 0, -out_w / 2], [0, 1, -out_h / 2], [0, 0, 1]])
    a = np.deg2rad(skew)
    lean = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    view = np.array([[1, 0, 0], [0, 1, 0], [tilt / out_w, tilt * 0.6 / out_h, 1]])
    place = np.array([[1, 0, shift[0] * dpi / 25.4], [0, 1, shift[1] * dpi / 25.4], [0, 0, 1]])
    m = np.linalg.inv(middle) @ place @ view @ lean @ middle @ to_scan
    soft = cv2.GaussianBlur(sheet, (0, 0), max(0.3, 0.45 * DPI / dpi))
    image = cv2.warpPerspective(soft, m, (out_w, out_h), flags=cv2.INTER_LINEAR, borderValue=(bed,) * 3)
    for _ in range(turn % 4):
        image = np.ascontiguousarray(np.rot90(image, -1))
        m = np.array([[0, -1, image.shape[1] - 1], [1, 0, 0], [0, 0, 1]]) @ m
    image = cv2.GaussianBlur(image, (0, 0), blur) if blur else image
    table = np.clip(255 * (np.arange(256) / 255 * bright) ** gamma, 0, 255)
    speck = np.empty(image.shape[:2], np.float32)
    cv2.setRNGSeed(seed + 1)
    cv2.randn(speck, 0, noise)
    image = np.clip(table[image] + speck[..., None], 0, 255).astype(np.uint8)
    image = image[..., ::-1]
    if grey:
        one = cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_BGR2GRAY)
        image = cv2.merge([one, one, one])
    if jpeg:
        data = cv2.imencode(".jpg", np.ascontiguousarray(image), [cv2.IMWRITE_JPEG_QUALITY, jpeg])[1]
        image = cv2.imdecode(data, cv2.IMREAD_COLOR)
    to_mm = np.array([[PX, 0, 0], [0, PX, 0], [0, 0, 1]])
    return Scan(np.ascontiguousarray(image), m @ to_mm)


def _fold(sheet, corner):
    h, w = sheet.shape[:2]
    size = px(24)
    points = {0: [(0, 0), (size, 0), (0, size)], 1: [(w, 0), (w - size, 0), (w, size)],
              2: [(w, h), (w - size, h), (w, h - size)], 3: [(0, h), (size, h), (0, h - size)]}[corner]  # fmt: skip
    cv2.fillPoly(sheet, [np.array(points, np.int32)], (236, 236, 232))


# ---------------------------------------------------------------- another form


def other_document():
    """Portrait, one person a sheet, squares as marks, no QR, no folio, no colours."""

    def comb(x, y, cells, alphabet):
        return {"kind": "comb", "alphabet": alphabet, "boxes": [[x + n * 7.0, y, 7.0, 8.0] for n in range(cells)]}

    fields = {
        "nombre": {"kind": "line", "boxes": [[25, 80, 165, 9]]},
        "clave_elector": comb(25, 105, 18, "clave"),
        "numero_ocr": comb(25, 130, 13, "digits"),
        "demarcacion": comb(25, 155, 3, "digits"),
        "seccion": comb(60, 155, 4, "digits"),
        "fecha": {**comb(110, 155, 8, "digits"), "format": "DDMMAAAA"},
        "firma": {"kind": "ink", "boxes": [[60, 190, 90, 35]]},
    }
    squares = [[12, 12, 7, 7], [197, 12, 7, 7], [12, 260, 7, 7], [197, 260, 7, 7]]
    return {
        "version": "individual-prueba",
        "page": {"width_mm": 215.9, "height_mm": 279.4},
        "anchors": [{"kind": "square", "box": box} for box in squares],
        "rows": [{"row": 1, "fields": fields}],
    }


# ---------------------------------------------------------------- people who do not exist

NAMES = ("FARO BRUMA LUCERO CELESTE", "NUBE MONTE TOMAS", "RIO CLARO ANDREA", "PEÑA OLMO JACINTO", "LAGO VERDE INES")


def person(rng):
    """The texts of one row."""
    letters = "".join(rng.choice(list("BCDFGHLMNPRSTV"), 6))
    date = f"{rng.integers(40, 99):02d}{rng.integers(1, 13):02d}{rng.integers(1, 29):02d}"
    seccion = f"{rng.integers(1, 5625):04d}"
    return {
        "nombre": NAMES[int(rng.integers(len(NAMES)))],
        "clave_elector": f"{letters}{date}09{rng.choice(list('HM'))}{rng.integers(0, 1000):03d}",
        "numero_ocr": seccion + f"{rng.integers(0, 10**9):09d}",
        "demarcacion": f"{rng.integers(2, 18):03d}",
        "seccion": seccion,
        "fecha": f"{rng.integers(1, 29):02d}{rng.integers(1, 13):02d}26",
        "firma": signature,
    }


def people(rows, seed=0):
    rng = np.random.default_rng(seed)
    return {n: person(rng) for n in rows}
