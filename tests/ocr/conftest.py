"""Sheets on paper, and a stand-in engine that knows no letters: what the page part of the eyes is tried on."""

import sys
from pathlib import Path

import cv2
import pytest

sys.path.insert(0, str(Path(__file__).parent))
cv2.setNumThreads(1)

from ocr.engine import doubt  # noqa: E402
from ocr.form import load_form  # noqa: E402


class StandIn:
    """Every inked cell is in doubt, every line says the same."""

    version = "stand-in"

    def read_cells(self, cells):
        return doubt(len(cells))

    def read_lines(self, lines):
        return [(("ALGO", 0.5),) for _ in lines]


@pytest.fixture(scope="session")
def form():
    return load_form()


@pytest.fixture(scope="session")
def blank(form):
    import paper

    return paper.blank_sheet(form)


@pytest.fixture(scope="session")
def blank_bw(form):
    import paper

    return paper.blank_sheet(form, ink="grey")


@pytest.fixture
def engine():
    return StandIn()
