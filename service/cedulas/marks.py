"""The registration marks and the QR, as black squares: where they lie, not how they are drawn.

The ArUco bits stand here as a table so that the service needs no OpenCV; a test holds the table equal to
OpenCV's dictionary (S. Garrido-Jurado et al., *Automatic generation and detection of highly reliable fiducial
markers under occlusion*, 2014).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import zxingcpp

# fmt: off
ARUCO_4X4_50 = (
    0xB532, 0x0F9A, 0x332D, 0x9946, 0x549E, 0x79CD, 0x9E2E, 0xC4F2, 0xFEDA, 0xCF56,
    0xF991, 0x11A7, 0x0EB7, 0x2A0F, 0x24B1, 0x263E, 0x4665, 0x6600, 0x6C5E, 0x76AF,
    0x868B, 0xB02B, 0xCCD5, 0xDD82, 0xFE47, 0x9471, 0xACE4, 0xA554, 0x2123, 0x346F,
    0x4415, 0x57B2, 0x9ECF, 0xF0CB, 0x08AE, 0x0929, 0x1875, 0x04FF, 0x0DF6, 0x1C5A,
    0x1718, 0x2A28, 0x328C, 0x38B2, 0x24E8, 0x2EEB, 0x2D3F, 0x4B64, 0x502E, 0x5013,
)
# fmt: on
"""The sixteen inner bits of each mark, row by row from the top left, 1 = white."""

Matrix = list[list[bool]]
"""Square, True = black, row by row from the top."""


def aruco_matrix(mark: int) -> Matrix:
    """The 6 x 6 modules of a mark, its black border included. Raises IndexError outside 0 to 49."""
    if mark < 0:
        raise IndexError("ArUco marks are numbered from 0")
    bits = ARUCO_4X4_50[mark]
    inner = [[not bits >> (15 - 4 * row - column) & 1 for column in range(4)] for row in range(4)]
    edge = [True] * 6
    return [edge, *([True, *row, True] for row in inner), edge]


def qr_matrix(payload: str, correction: str = "Q") -> Matrix:
    """The modules of a QR without quiet zone. ``correction`` is L, M, Q or H."""
    code = zxingcpp.create_barcode(payload, zxingcpp.BarcodeFormat.QRCode, ec_level=correction)
    modules = np.asarray(code.to_image(scale=1, add_quiet_zones=False))
    return [[bool(module) for module in row] for row in modules < 128]


def black_runs(matrix: Matrix) -> Iterator[tuple[int, int, int]]:
    """(row, first column, length) of each horizontal run of black modules."""
    for number, row in enumerate(matrix):
        start: int | None = None
        for column, black in enumerate([*row, False]):
            if black and start is None:
                start = column
            elif not black and start is not None:
                yield number, start, column - start
                start = None
