"""Files become pages; hostile and broken ones become refusals, and the next file is read."""

import io
import os
import resource
import signal
import struct
import zipfile
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from ocr import decode
from ocr.decode import count_pages, decode_page, iter_members, iter_pages, kind_of
from ocr.errors import Refused


def picture(width=330, height=255):
    image = np.full((height, width, 3), 255, np.uint8)
    image[20:60, 30:90] = (10, 20, 200)
    return image


def code(deed, *arguments):
    with pytest.raises(Refused) as refused:
        deed(*arguments)
    assert refused.value.sentence.endswith(".")
    return refused.value.code


@pytest.fixture
def jpeg(tmp_path):
    path = tmp_path / "a"  # no extension: files are told by their bytes
    path.write_bytes(cv2.imencode(".jpg", picture())[1].tobytes())
    return path


@pytest.fixture
def pdf(tmp_path):
    path = tmp_path / "p"
    canvas = Canvas(str(path), pagesize=(792, 612), pageCompression=1)
    for number in range(3):
        canvas.setFillColorRGB(1, 0, 0)
        canvas.rect(72, 72, 72, 72 * (number + 1), fill=1)
        canvas.showPage()
    canvas.save()
    return path


def test_a_jpeg_is_one_page_in_its_own_pixels(jpeg):
    assert kind_of(jpeg) == "jpeg"
    assert count_pages(jpeg) == 1
    page = decode_page(jpeg, 1)
    assert page.shape == (255, 330, 3)
    assert page[40, 60, 2] > 150 > page[40, 60, 0], "channels are blue, green, red"


def test_a_png_with_transparency_or_sixteen_bits_is_a_page(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(cv2.imencode(".png", picture().astype(np.uint16) * 257)[1].tobytes())
    page = decode_page(path, 1)
    assert page.dtype == np.uint8
    assert page.shape == (255, 330, 3)


def test_pages_drawn_in_a_pdf_come_at_300_dpi(pdf):
    assert count_pages(pdf) == 3
    heights = [int((page[:, 400] < 100).any(axis=1).sum()) for _, page in iter_pages(pdf)]
    assert heights == pytest.approx([300, 600, 900], abs=4)


def test_a_scan_in_a_pdf_comes_at_its_own_resolution(tmp_path):
    path = tmp_path / "s"
    Image.fromarray(picture(2200, 1700)).save(path, "PDF", resolution=200)
    assert decode_page(path, 1).shape[:2] == pytest.approx((1700, 2200), abs=1)


@pytest.mark.parametrize("compression", ["jpeg", "tiff_lzw", "group4"])
def test_every_page_of_a_tiff_is_read(tmp_path, compression):
    path = tmp_path / "t"
    mode = "1" if compression == "group4" else "RGB"
    pages = [Image.fromarray(picture(300 + n, 200)).convert(mode) for n in range(4)]
    pages[0].save(path, "TIFF", save_all=True, append_images=pages[1:], compression=compression)
    assert count_pages(path) == 4
    assert [page.shape[1] for _, page in iter_pages(path)] == [300, 301, 302, 303]
    assert code(decode_page, path, 5) == "page_missing"


def test_a_fax_gets_its_lines_back(tmp_path):
    path = tmp_path / "f"
    Image.fromarray(picture(400, 100)).save(path, "TIFF", dpi=(204, 98))
    assert decode_page(path, 1).shape[0] == pytest.approx(208, abs=2)


def png_of(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 999)) + chunk(b"IEND", b"")
    )


def endless_tiff():
    """Two directories that point at each other."""
    one = struct.pack("<H", 1) + struct.pack("<HHII", 256, 3, 1, 10)
    return b"II*\0" + struct.pack("<I", 8) + one + struct.pack("<I", 26) + one + struct.pack("<I", 8)


HOSTILE = {
    "file_empty": b"",
    "file_unknown": b"hello, this is a text\n" * 50,
    "image_too_large": png_of(50_000, 50_000),
    "tiff_broken": endless_tiff(),
    "pdf_broken": b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n%%EOF",
    "file_truncated": b"\xff\xd8\xff\xe0" + b"\0" * 400,
    "file_polyglot": cv2.imencode(".jpg", picture())[1].tobytes()[:2]
    + b"\xff\xfe\x00\x10%PDF-1.7 hidden"
    + cv2.imencode(".jpg", picture())[1].tobytes()[2:],
}


@pytest.mark.parametrize("expected", HOSTILE)
def test_what_cannot_be_read_is_refused_by_its_code(tmp_path, expected, jpeg):
    path = tmp_path / "h"
    path.write_bytes(HOSTILE[expected])
    assert code(count_pages, path) == expected
    assert count_pages(jpeg) == 1, "the next file is read"


def test_a_file_that_is_also_a_zip_is_refused(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("x.txt", "x")
    path = tmp_path / "z"
    path.write_bytes(cv2.imencode(".jpg", picture())[1].tobytes() + buffer.getvalue())
    assert code(count_pages, path) == "file_polyglot"


def test_a_pdf_with_a_password_is_refused(tmp_path):
    from reportlab.lib.pdfencrypt import StandardEncryption

    path = tmp_path / "e"
    canvas = Canvas(str(path), encrypt=StandardEncryption("secret", ownerPassword="other"))
    canvas.drawString(10, 10, "x")
    canvas.save()
    assert code(count_pages, path) == "pdf_password"


def test_a_pdf_cut_short_is_refused_or_read_without_what_is_lost(pdf, tmp_path):
    path = tmp_path / "cut"
    path.write_bytes(pdf.read_bytes()[: pdf.stat().st_size // 3])
    assert code(count_pages, path) == "pdf_broken"


def test_a_damaged_page_leaves_the_others_readable(pdf, tmp_path):
    raw = pdf.read_bytes()
    path = tmp_path / "d"
    path.write_bytes(raw.replace(b"/Type /Page\n", b"/Type /Pagx\n", 1))
    codes = []
    for number in range(1, count_pages(path) + 1):
        try:
            decode_page(path, number)
        except Refused as refused:
            codes.append(refused.code)
    assert set(codes) <= {"page_broken", "page_missing"}
    assert count_pages(path) - len(codes) >= 2


def test_an_enormous_pdf_page_is_drawn_small(tmp_path):
    path = tmp_path / "big"
    canvas = Canvas(str(path), pagesize=(14_400, 14_400))
    canvas.rect(0, 0, 7_200, 7_200, fill=1)
    canvas.save()
    page = decode_page(path, 1)
    assert page.shape[0] * page.shape[1] <= 41_000_000


def test_a_decoder_that_falls_is_replaced(jpeg, monkeypatch):
    assert count_pages(jpeg) == 1
    os.kill(decode._decoder.child.process.pid, signal.SIGKILL)
    assert code(count_pages, jpeg) == "decode_fell"
    assert count_pages(jpeg) == 1


def test_a_decoder_that_dawdles_is_ended(jpeg, monkeypatch):
    assert count_pages(jpeg) == 1
    process = decode._decoder.child.process
    os.kill(process.pid, signal.SIGSTOP)
    monkeypatch.setattr(decode, "COUNT_SECONDS", 0.3)
    assert code(count_pages, jpeg) == "decode_slow"
    assert process.poll() is not None
    monkeypatch.undo()
    assert count_pages(jpeg) == 1


def test_the_decoder_may_not_take_all_memory(jpeg):
    assert count_pages(jpeg) == 1
    pid = decode._decoder.child.process.pid
    soft, _ = resource.prlimit(pid, resource.RLIMIT_AS)
    assert 0 < soft <= 4 << 30


def test_many_pages_stream_through_flat_memory(tmp_path):
    path = tmp_path / "many"
    canvas = Canvas(str(path), pagesize=(200, 150), pageCompression=1)
    for number in range(600):
        canvas.drawString(10, 10, str(number))
        canvas.showPage()
    canvas.save()

    def resident():
        with open(f"/proc/{decode._decoder.child.process.pid}/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()

    assert count_pages(path) == 600
    decode_page(path, 1)
    before = resident()
    assert sum(1 for _ in iter_pages(path)) == 600
    assert resident() < before + (60 << 20)


# ---------------------------------------------------------------- ZIP


def packed(tmp_path, members, **options):
    path = tmp_path / "m.zip"
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_the_files_of_a_zip_come_one_by_one(tmp_path):
    path = packed(tmp_path, {"a.jpg": b"one", "folder/b.pdf": b"two", "__MACOSX/._a.jpg": b"litter"})
    assert [(name, stream.read()) for name, stream in iter_members(path)] == [("a.jpg", b"one"), ("b.pdf", b"two")]


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "/etc/passwd", "a/../../b", "C:\\x.pdf", "..\\x.pdf"])
def test_a_path_that_leaves_the_zip_is_refused(tmp_path, name):
    path = packed(tmp_path, {"good.jpg": b"x"})
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("x")
        info.filename = name
        archive.writestr(info, b"x")
    assert code(list, iter_members(path)) == "zip_path"


def test_a_link_in_a_zip_is_refused(tmp_path):
    path = packed(tmp_path, {"good.jpg": b"x"})
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, b"/etc/passwd")
    assert code(list, iter_members(path)) == "zip_path"


def test_a_ratio_bomb_is_refused_before_it_is_opened(tmp_path):
    path = packed(tmp_path, {"bomb": bytes(80 << 20)}, compression=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 200_000
    assert code(list, iter_members(path)) == "zip_bomb"


def test_too_many_members_are_refused(tmp_path):
    assert code(list, iter_members(packed(tmp_path, {f"{n}": b"" for n in range(5_001)}))) == "zip_too_many"


def test_a_zip_with_a_password_is_refused(tmp_path):
    path = packed(tmp_path, {"a": b"x"})
    raw = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.find(signature) + offset] |= 1
    path.write_bytes(bytes(raw))
    assert code(list, iter_members(path)) == "zip_password"


def test_a_broken_zip_is_refused(tmp_path):
    path = packed(tmp_path, {"a": b"x" * 999})
    path.write_bytes(path.read_bytes()[:-30])
    assert code(list, iter_members(path)) == "zip_broken"
