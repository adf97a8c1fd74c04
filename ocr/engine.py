"""Who reads: the seam behind which engines are exchanged, and the guard that no engine gets past.

An engine that falls, stands still, answers nonsense or is not there must not take a page down: what it was asked for
comes back as doubt (every character as likely as any other), and the reading says so in its engine's name.
"""

from __future__ import annotations

import hashlib
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from ocr.reading import ALPHABET, FLOOR, Lattice

Grey = npt.NDArray[np.uint8]
Alternatives = tuple[tuple[str, float], ...]

CODE_VERSION = "2"
"""Raise it when a change of code changes what is read."""

ENGINE_SECONDS = 60.0
"""What an engine may take for one page's cells or lines: our own takes 0.1 s, Tesseract 4 s at worst."""

T = TypeVar("T")
log = logging.getLogger(__name__)


class Engine(Protocol):
    """What reads characters and lines. ``version`` changes with weights or code."""

    @property
    def version(self) -> str: ...

    def read_cells(self, cells: Sequence[Grey]) -> Lattice:
        """Log-probabilities (n, 37) of n crops, uint8, ink dark on white, one character or none in each."""
        ...

    def read_lines(self, lines: Sequence[Grey]) -> list[Alternatives]:
        """(text, probability) best first, for each of n lines of writing, uint8, ink dark on white."""
        ...


class HouseEngine:
    """Our own glyph model for cells, Tesseract for lines of print."""

    def __init__(self) -> None:
        from ocr.glyphs import GlyphModel

        self._glyphs = GlyphModel.load()
        self.version = f"casa-{CODE_VERSION}+{self._glyphs.version}"

    def read_cells(self, cells: Sequence[Grey]) -> Lattice:
        return self._glyphs.read(list(cells))

    def read_lines(self, lines: Sequence[Grey]) -> list[Alternatives]:
        from ocr.tesseract import read_lines

        return [tuple(alternatives) for alternatives in read_lines(list(lines))]


class GuardedEngine:
    """Any engine, its faults turned into doubt for the one page it is made for. ``faults`` counts them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stuck = False
        self.faults = 0

    @property
    def version(self) -> str:
        return self._engine.version

    def read_cells(self, cells: Sequence[Grey]) -> Lattice:
        """As the engine, or doubt. Cells without any ink are blank and never shown to the engine."""
        out = np.full((len(cells), len(ALPHABET)), FLOOR, np.float32)
        out[:, -1] = 0.0
        inked = [n for n, cell in enumerate(cells) if cell.size and int(cell.min()) < 250]
        if not inked:
            return out
        try:
            shown = [cells[n] for n in inked]
            answer = np.asarray(self._ask(lambda: self._engine.read_cells(shown)), np.float32)
            out[inked] = _checked(answer, len(inked))
        except Exception as error:  # noqa: BLE001  an engine's fault is a doubt, whatever it is
            self._fault(error)
            out[inked] = doubt(len(inked))
        return out

    def read_lines(self, lines: Sequence[Grey]) -> list[Alternatives]:
        if not lines:
            return []
        try:
            answer = list(self._ask(lambda: self._engine.read_lines(lines)))
            if len(answer) != len(lines):
                raise ValueError(f"{len(answer)} answers for {len(lines)} lines")
            return [_alternatives(one) for one in answer]
        except Exception as error:  # noqa: BLE001
            self._fault(error)
            return [() for _ in lines]

    def _ask(self, read: Callable[[], T]) -> T:
        """What the engine answers within its time. Raises TimeoutError; one that stood still is not asked again."""
        if self._stuck:
            raise TimeoutError("the engine stands still")
        answers: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()

        def work() -> None:
            try:
                answers.put((True, read()))
            except BaseException as error:  # noqa: BLE001  risen again by whoever asked
                answers.put((False, error))

        threading.Thread(target=work, name="engine", daemon=True).start()
        try:
            sound, answer = answers.get(timeout=ENGINE_SECONDS)
        except queue.Empty:
            self._stuck = True
            raise TimeoutError("the engine stands still") from None
        if not sound:
            raise answer
        done: T = answer
        return done

    def _fault(self, error: Exception) -> None:
        self.faults += 1
        log.warning("engine %s failed: %s", self.version, type(error).__name__)  # never what it read


def doubt(cells: int) -> Lattice:
    """(cells, 37): every character but blank as likely as any other."""
    out = np.full((cells, len(ALPHABET)), -float(np.log(len(ALPHABET) - 1)), np.float32)
    out[:, -1] = FLOOR
    return out


@cache
def default_engine() -> Engine:
    """The engine of this process, made on first use. Raises OSError when the weights are not there."""
    return HouseEngine()


def _checked(answer: Lattice, cells: int) -> Lattice:
    if answer.shape != (cells, len(ALPHABET)) or not np.isfinite(answer).all():
        raise ValueError("the engine's answer is not a lattice")
    mass = np.exp(answer.astype(np.float64)).sum(1)
    if np.abs(mass - 1).max() > 0.02 or answer.max() > 1e-3:
        raise ValueError("the engine's probabilities do not sum to one")
    return np.maximum(answer, FLOOR)


def _alternatives(answer: Sequence[tuple[str, float]]) -> Alternatives:
    kept = tuple((str(text)[:120], float(p)) for text, p in answer)
    if any(not 0 <= p <= 1 for _, p in kept):
        raise ValueError("the engine's probabilities lie outside 0 to 1")
    return kept


def fingerprint(parts: Sequence[bytes]) -> str:
    """Eight hexadecimal figures that change with any of the parts."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:8]
