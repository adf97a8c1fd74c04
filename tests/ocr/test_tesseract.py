"""Tesseract reads many lines in one process, and its faults come back as one word."""

from __future__ import annotations

import os
import signal

import numpy as np
import numpy.typing as npt
import pytesseract
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr import tesseract
from ocr.tesseract import TesseractError, read_cells, read_lines

Grey = npt.NDArray[np.uint8]
installed = pytest.mark.skipif(not tesseract.available(), reason="tesseract is not installed")


def line(text: str) -> Grey:
    picture = Image.new("L", (40 + 24 * len(text), 60), 250)
    ImageDraw.Draw(picture).text((12, 10), text, font=ImageFont.load_default(34), fill=20)
    return np.asarray(picture)


@installed
def test_lines_come_back_in_their_order_and_empty_ones_empty() -> None:
    texts = ["LUCERO CELESTE FARO", "", "QUETZALCO NUBE TOMAS"]
    answers = read_lines([line(t) if t else np.full((50, 200), 250, np.uint8) for t in texts])
    assert [a[0][0] if a else "" for a in answers] == texts
    assert all(0.5 < a[0][1] <= 1 for a in answers if a)


@installed
def test_allowed_characters_bind() -> None:
    ((text, _),) = read_lines([line("0999000000017")], language="eng", allowed="0123456789")[0]
    assert text == "0999000000017"


@installed
def test_single_characters() -> None:
    answers = read_cells([line("7"), line("4")], allowed="0123456789")
    assert [a[0][0] for a in answers] == ["7", "4"]


@installed
def test_the_library_is_kept_warm_and_answers_as_the_program_does() -> None:
    lines = [line("FARO CELESTE"), line("NUBE")]
    warm = read_lines(lines)
    child = tesseract._keeper.child
    read_lines(lines)
    assert tesseract._keeper.child is child, "no program is started for a page"
    cold = tesseract._ask_program([tesseract._framed(one, 7) for one in lines], "spa", None, 7)
    assert [a[0][0] for a in warm] == [text for text, _ in cold]
    assert [a[0][1] for a in warm] == pytest.approx([sure for _, sure in cold], abs=0.02)


@installed
def test_a_library_that_falls_or_stands_still_is_a_fault_and_the_next_page_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read_lines([line("FARO")])
    os.kill(tesseract._keeper.child.process.pid, signal.SIGKILL)
    with pytest.raises(TesseractError):
        read_lines([line("FARO")])
    assert read_lines([line("FARO")])[0][0][0] == "FARO"
    os.kill(tesseract._keeper.child.process.pid, signal.SIGSTOP)
    monkeypatch.setattr(tesseract, "START_SECONDS", 0.2)
    with pytest.raises(TesseractError):
        read_lines([line("FARO")])
    monkeypatch.undo()
    assert read_lines([line("FARO")])[0][0][0] == "FARO"


@pytest.mark.parametrize("said", [{}, {"lines": []}, {"lines": "FARO"}])
def test_an_answer_of_another_shape_is_a_fault(said: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract._keeper, "use", lambda deed: said)
    with pytest.raises(TesseractError):
        read_lines([line("FARO")])


@pytest.fixture
def no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has the program alone."""
    monkeypatch.setattr(tesseract._keeper, "use", lambda deed: {"absent": True})


@installed
def test_one_process_for_a_page_where_there_is_the_program_alone(
    monkeypatch: pytest.MonkeyPatch, no_library: None
) -> None:
    calls = []
    original = pytesseract.image_to_data
    monkeypatch.setattr(pytesseract, "image_to_data", lambda *a, **k: calls.append(1) or original(*a, **k))
    assert [a[0][0] for a in read_lines([line("FARO")] * 3)] == ["FARO"] * 3
    assert len(calls) == 1


def test_nothing_to_read_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract._keeper, "use", lambda deed: pytest.fail("started"))
    assert read_lines([]) == []
    assert read_lines([np.full((50, 200), 250, np.uint8), np.zeros((2, 2), np.uint8)]) == [[], []]


@pytest.mark.parametrize(
    "fault",
    [
        pytesseract.TesseractError(1, "secreto"),
        pytesseract.TesseractNotFoundError(),
        RuntimeError("Tesseract process timeout"),
        OSError("no space"),
    ],
)
def test_a_fault_says_its_kind_and_nothing_of_what_was_read(
    fault: Exception, monkeypatch: pytest.MonkeyPatch, no_library: None
) -> None:
    def fall(*_: object, **__: object) -> str:
        raise fault

    monkeypatch.setattr(pytesseract, "image_to_data", fall)
    with pytest.raises(TesseractError) as caught:
        read_lines([line("FARO")])
    assert "secreto" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "table", ["h\n5\tx\t1\t1\t1\t1\t0\t0\t9\t9\t90\tFARO", "h\n5\t9\t1\t1\t1\t1\t0\t0\t9\t9\t90\tFARO"]
)
def test_a_garbled_table_is_a_fault(table: str, monkeypatch: pytest.MonkeyPatch, no_library: None) -> None:
    monkeypatch.setattr(pytesseract, "image_to_data", lambda *_, **__: table)
    with pytest.raises(TesseractError):
        read_lines([line("FARO")])


def test_the_time_allowed_grows_with_the_lines(monkeypatch: pytest.MonkeyPatch, no_library: None) -> None:
    allowed = []
    monkeypatch.setattr(pytesseract, "image_to_data", lambda *_, **k: allowed.append(k["timeout"]) or "h")
    read_lines([line("FARO")])
    read_lines([line("FARO")] * 20)
    assert 0 < allowed[0] < allowed[1] < 60
