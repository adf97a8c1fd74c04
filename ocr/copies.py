"""Signs of a copy: signals with three answers, and the evidence each rests on. Never a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ocr.cells import Strip
from ocr.ink import Writing
from ocr.reading import Answer, RowReading, Signal
from ocr.register import Placement
from ocr.upright import Image


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    chroma: float


def look(page: Image, placement: Placement, strips: Sequence[Strip]) -> Evidence:
    return Evidence(0.0)


def judge_page(evidence: Evidence) -> list[Signal]:
    return [Signal("copy", Answer.UNKNOWN, 0.5, "Esta digitalización no permite saber si es copia.")]


def judge_row(evidence: Evidence, row: int) -> list[Signal]:
    return []


def mark_repeated(rows: tuple[RowReading, ...], writings: Mapping[int, Writing]) -> tuple[RowReading, ...]:
    return rows


def print_of(strips: Sequence[Strip]) -> bytes:
    return b""
