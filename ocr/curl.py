"""Paper that does not lie flat: after folds, a curl or a slipping feeder, lines are followed by a grid of shifts."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from ocr.unmarked import draw_lines, thin_at_most

Floats = npt.NDArray[np.float64]
Grey = npt.NDArray[np.uint8]

BLOCK_PX = 2.0
"""Pixels a millimetre of the pictures in which blocks are compared."""
BLOCK_MM, FAR_MM = (34.0, 26.0), 4.5
"""Size of a block, more than a row high so that its lines are not taken for their neighbours, and its reach."""
LEAST_DRAWN = 0.05
"""Share of a block that its lines cover, under which it is not sought."""

NODES_X, NODES_Y = 15, 12
"""Nodes across and down the form: one in about 19 mm, the height of a row."""
STIFFNESS, BLOCK_STIFFNESS = 0.05, 0.2
"""Weight of bending (second differences of the shifts between nodes, mm) against that of one line's distance, and
against that of a block's, which may be taken for another."""
SHEET = 0.02
"""Weight of stretching, which only keeps nodes without lines where their neighbours are."""


def match_blocks(seen: Grey, ends: Floats, size_mm: tuple[float, float]) -> tuple[Floats, Floats, Floats]:
    """How far the blocks of a form lie from where they were laid: middles (2 n, 2), directions (2 n, 2) across and
    down, and shifts (2 n,) along these. Millimetres.

    ``seen`` is the form's area of the page at BLOCK_PX, dark lines on paper; ``ends`` (m, 2, 2) are those of its
    printed lines."""
    dark = cv2.morphologyEx(seen, cv2.MORPH_BLACKHAT, np.ones((5, 5), np.uint8)).astype(np.float32)
    dark, drawn = thin_at_most(dark, 93), draw_lines(ends, BLOCK_PX, dark.shape)
    far, half_w, half_h = (round(mm * BLOCK_PX) for mm in (FAR_MM, BLOCK_MM[0] / 2, BLOCK_MM[1] / 2))
    middles, shifts = [], []
    for y in np.linspace(0, size_mm[1], NODES_Y) * BLOCK_PX:
        for x in np.linspace(0, size_mm[0], NODES_X) * BLOCK_PX:
            x0, y0 = max(far, round(x) - half_w), max(far, round(y) - half_h)
            x1, y1 = min(dark.shape[1] - far, round(x) + half_w), min(dark.shape[0] - far, round(y) + half_h)
            block = drawn[y0:y1, x0:x1]
            if cv2.countNonZero(block) < LEAST_DRAWN * block.size:
                continue
            around = dark[y0 - far : y1 + far, x0 - far : x1 + far]
            at = cv2.minMaxLoc(cv2.matchTemplate(around, block, cv2.TM_CCOEFF_NORMED))[3]
            middles.append(((x0 + x1) / 2, (y0 + y1) / 2))
            shifts.append((at[0] - far, at[1] - far))
    directions = np.repeat(np.eye(2), len(middles), axis=0)
    where = np.array(middles).reshape(-1, 2) / BLOCK_PX
    return np.tile(where, (2, 1)), directions, np.array(shifts, np.float64).reshape(-1, 2).T.ravel() / BLOCK_PX


class Grid:
    """Shifts (mm) of points of a form of ``size`` (mm), linear between nodes. ``shifts`` (NODES_Y, NODES_X, 2)."""

    def __init__(self, size: tuple[float, float], shifts: Floats | None = None) -> None:
        self.size = size
        self.shifts = np.zeros((NODES_Y, NODES_X, 2)) if shifts is None else shifts

    def at(self, mm: Floats) -> Floats:
        """Shift (n, 2) of each point (n, 2)."""
        nodes, weights = self._around(mm)
        return np.asarray((self.shifts.reshape(-1, 2)[nodes] * weights[..., None]).sum(1), np.float64)

    def drawn_to(
        self, mm: Floats, normals: Floats, left: Floats, tolerance: float, stiffness: float = STIFFNESS
    ) -> Grid:
        """The grid after lines at ``mm`` (n, 2) were found ``left`` (n,) mm off along their ``normals`` (n, 2).

        Lines that disagree with their neighbours by more than ``tolerance`` lose their say."""
        nodes, weights = self._around(mm)
        n = NODES_X * NODES_Y
        rows = np.arange(len(mm))[:, None]
        a = np.zeros((len(mm), 2 * n))
        a[rows, nodes] = weights * normals[:, :1]
        a[rows, nodes + n] = weights * normals[:, 1:]
        now = self.shifts.reshape(-1, 2).T.ravel()
        stiff = np.kron(np.eye(2), _penalty(stiffness))
        off, total = left, now
        wanted = left + np.einsum("ij,j->i", a, now)
        for scale in (4.0, 2.0, 1.0):
            say = np.maximum(0, 1 - (off / (scale * tolerance)) ** 2) ** 2
            weighted = a * say[:, None]
            total = np.linalg.solve(
                np.einsum("ni,nj->ij", weighted, a) + stiff, np.einsum("ni,n->i", weighted, wanted)
            )
            off = wanted - np.einsum("ij,j->i", a, total)
        return Grid(self.size, total.reshape(2, -1).T.reshape(NODES_Y, NODES_X, 2))

    def _around(self, mm: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
        """The four nodes (n, 4) around each point, and their weights (n, 4)."""
        x = np.clip(mm[:, 0] / self.size[0], 0, 1) * (NODES_X - 1)
        y = np.clip(mm[:, 1] / self.size[1], 0, 1) * (NODES_Y - 1)
        left = np.minimum(x.astype(np.int64), NODES_X - 2)
        top = np.minimum(y.astype(np.int64), NODES_Y - 2)
        u, v = x - left, y - top
        first = top * NODES_X + left
        nodes = np.stack([first, first + 1, first + NODES_X, first + NODES_X + 1], 1)
        return nodes, np.stack([(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v], 1)


def _penalty(stiffness: float) -> Floats:
    def differences(n: int, order: int) -> Floats:
        return np.diff(np.eye(n), order, axis=0)

    across, down = np.eye(NODES_X), np.eye(NODES_Y)
    bends = np.vstack(
        [
            np.kron(down, differences(NODES_X, 2)),
            np.kron(differences(NODES_Y, 2), across),
            np.kron(differences(NODES_Y, 1), differences(NODES_X, 1)),
        ]
    )
    stretches = np.vstack([np.kron(down, differences(NODES_X, 1)), np.kron(differences(NODES_Y, 1), across)])
    return np.asarray(
        stiffness * np.einsum("ki,kj->ij", bends, bends)
        + SHEET * np.einsum("ki,kj->ij", stretches, stretches)
        + 1e-6 * np.eye(NODES_X * NODES_Y),
        np.float64,
    )
