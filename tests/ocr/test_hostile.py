"""Files made to harm: each is refused or read within a time and a memory, nothing it carries is run, and the next one
is read by the same decoder."""

import struct
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr import decode
from ocr.decode import count_pages, decode_page
from ocr.errors import Refused

SECONDS, MEGABYTES = 12.0, 3 << 10


def read_all(path):
    """(page, shape or code of the refusal) of every page, or the code alone when the file is refused whole."""
    try:
        pages = count_pages(path)
    except Refused as refused:
        return refused.code
    out = []
    for number in range(1, min(pages, 12) + 1):
        try:
            out.append(decode_page(path, number).shape)
        except Refused as refused:
            out.append(refused.code)
    return out


def peak_mb():
    status = Path(f"/proc/{decode._decoder.child.process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


@pytest.fixture
def sound(tmp_path):
    path = tmp_path / "sound.png"
    Image.fromarray(np.full((40, 60, 3), 240, np.uint8)).save(path)
    return path


@pytest.fixture
def survives(sound, monkeypatch):
    """Whatever the test does, it does not take long nor much memory, and a sound file is read afterwards."""
    monkeypatch.setattr(decode, "PAGE_SECONDS", 2.0)  # 30 in service
    assert read_all(sound) == [(40, 60, 3)]
    started = time.monotonic()
    yield
    assert time.monotonic() - started < SECONDS
    if decode._decoder.child is not None:
        assert peak_mb() < MEGABYTES
    assert read_all(sound) == [(40, 60, 3)]


def pdf(objects, trailer="/Root 1 0 R"):
    """A PDF of numbered objects (bytes), with a sound cross-reference table."""
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    size = len(objects) + 1
    end = f"trailer << /Size {size} {trailer} >>\nstartxref\n{len(out)}\n%%EOF".encode()
    return out + f"xref\n0 {size}\n0000000000 65535 f \n".encode() + table + end


def stream(body, extra=""):
    packed = zlib.compress(body, 9)
    head = f"<< /Length {len(packed)} /Filter /FlateDecode {extra} >>".encode()
    return head + b"\nstream\n" + packed + b"\nendstream"


PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 150] /Contents 4 0 R >>"
TREE = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
READ = [(625, 834, 3)]
"""The page of 200 x 150 points at 300 dpi."""


def scripts(tmp_path):
    act = b"<< /S /JavaScript /JS (app.launchURL('http://example.invalid'); while\\(1\\){}) >>"
    launch = b"<< /S /Launch /F (touch) /Win << /F (cmd) >> >>"
    catalog = b"<< /Type /Catalog /Pages 2 0 R /OpenAction 5 0 R /AA << /WC 5 0 R >> >>"
    page = PAGE[:-2] + b"/AA << /O 6 0 R >> >>"
    return pdf([catalog, TREE, page, stream(b"0 0 100 100 re f"), act, launch])


def image_bomb(tmp_path):
    picture = stream(
        bytes(40 << 20),
        "/Type /XObject /Subtype /Image /Width 50000 /Height 50000 /ColorSpace /DeviceGray /BitsPerComponent 1",
    )
    page = PAGE[:-2] + b"/Resources << /XObject << /I 5 0 R >> >> >>"
    return pdf([CATALOG, TREE, page, stream(b"200 0 0 150 0 0 cm /I Do"), picture])


def content_bomb(tmp_path):
    return pdf([CATALOG, TREE, PAGE, stream(b"0 0 9 9 re f\n" * 4_000_000)])


def form_in_itself(tmp_path):
    inner = stream(
        b"/F Do /F Do /F Do /F Do", "/Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 5 0 R >> >>"
    )
    page = PAGE[:-2] + b"/Resources << /XObject << /F 5 0 R >> >> >>"
    return pdf([CATALOG, TREE, page, stream(b"/F Do"), inner])


def tree_in_a_ring(tmp_path):
    return pdf([CATALOG, b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>", PAGE, stream(b"0 0 9 9 re f")])


def lost_pages(tmp_path):
    tree = b"<< /Type /Pages /Kids [3 0 R 77 0 R 3 0 R] /Count 3 >>"
    return pdf([CATALOG, tree, PAGE, stream(b"0 0 9 9 re f")])


def says_a_million_pages(tmp_path):
    return pdf([CATALOG, TREE.replace(b"/Count 1", b"/Count 1000000"), PAGE, stream(b"0 0 9 9 re f")])


PDFS = {
    "scripts and actions": (scripts, lambda seen: seen == READ),
    "an image of 50,000 pixels a side": (image_bomb, lambda seen: isinstance(seen, list) and len(seen) == 1),
    "52 MB of drawing in 50 kB": (content_bomb, lambda seen: seen in (READ, ["decode_slow"])),
    "a drawing that holds itself": (form_in_itself, lambda seen: seen in (READ, ["decode_fell"], ["decode_slow"])),
    "a page tree that bites its tail": (tree_in_a_ring, lambda seen: seen == "pdf_broken" or READ[0] in seen),
    "pages that are not there": (lost_pages, lambda seen: READ[0] in seen and "page_broken" in seen),
    "a count that is a lie": (says_a_million_pages, lambda seen: seen in ("too_many_pages", READ)),
}


@pytest.mark.usefixtures("survives")
@pytest.mark.parametrize("name", PDFS)
def test_a_hostile_pdf_is_refused_or_read_in_its_bounds(name, tmp_path):
    write, bounded = PDFS[name]
    path = tmp_path / "h.pdf"
    path.write_bytes(write(tmp_path))
    seen = read_all(path)
    assert bounded(seen), seen


def ifd(width, height, following, strip=(0, 0)):
    entries = [(256, 4, width), (257, 4, height), (258, 3, 8), (262, 3, 1), (273, 4, strip[0]), (279, 4, strip[1])]
    body = struct.pack("<H", len(entries))
    body += b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return body + struct.pack("<I", following)


def long_chain():
    size = len(ifd(9, 9, 0))
    return b"II*\0" + struct.pack("<I", 8) + b"".join(ifd(9, 9, 8 + size * (n + 1)) for n in range(20_050))


TIFFS = {
    "directories without end": (long_chain(), "too_many_pages"),
    "50,000 pixels a side": (
        b"II*\0" + struct.pack("<I", 8) + ifd(50_000, 50_000, 0, (200, 99)),
        ["image_too_large"],
    ),
    "a strip that is not there": (b"II*\0" + struct.pack("<I", 8) + ifd(900, 900, 0, (1 << 30, 1 << 30)), None),
    "a directory outside the file": (b"II*\0" + struct.pack("<I", 1 << 30), "tiff_broken"),
}


@pytest.mark.usefixtures("survives")
@pytest.mark.parametrize("name", TIFFS)
def test_a_hostile_tiff_is_refused(name, tmp_path):
    data, expected = TIFFS[name]
    path = tmp_path / "h.tif"
    path.write_bytes(data)
    seen = read_all(path)
    assert seen == expected if expected else all(isinstance(one, str) for one in seen), seen


@pytest.mark.usefixtures("survives")
def test_a_picture_that_swells_is_refused_or_stays_in_its_bounds(tmp_path):
    """A PNG of 19,000 pixels a side in 1 MB: more than any scan of a sheet."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 19_000, 19_000, 1, 0, 0, 0, 0)
    body = zlib.compress(bytes((1 + 19_000 // 8) * 19_000), 9)
    path = tmp_path / "h.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b""))
    assert read_all(path) == "image_too_large"


@pytest.mark.usefixtures("survives")
@pytest.mark.parametrize("seed", range(6))
def test_bytes_changed_at_random_never_take_the_decoder_down(seed, tmp_path):
    """Sound files with some bytes changed, each kind in turn."""
    rng = np.random.default_rng(seed)
    picture = Image.fromarray(rng.integers(0, 256, (90, 120, 3), np.uint8))
    path = tmp_path / "m"
    picture.save(path, ("JPEG", "PNG", "TIFF", "PDF")[seed % 4])
    raw = bytearray(path.read_bytes())
    for _ in range(12):
        mangled = raw.copy()
        for at in rng.integers(8, len(raw), 30):
            mangled[at] = int(rng.integers(256))
        path.write_bytes(bytes(mangled))
        seen = read_all(path)
        assert seen not in ("decode_fell", "decode_slow")
        assert "decode_fell" not in seen
