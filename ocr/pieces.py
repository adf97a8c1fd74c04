"""Connected pieces of ink."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

MOST = 2**16 - 1
"""Pieces that 16 bits count."""


def find_pieces(
    mask: npt.NDArray[np.uint8], neighbours: int = 8
) -> tuple[int, npt.NDArray[Any], npt.NDArray[np.int32], npt.NDArray[np.float64]]:
    """Count (with the ground, number 0), labels (h, w), stats (count, 5) and middles (count, 2) of the pieces of a
    mask of zeros and ones, as OpenCV gives them. In 16 bits where they must suffice: a third of the time.
    """
    height, width = mask.shape
    bound = ((height + 1) // 2) * ((width + 1) // 2) if neighbours == 8 else (height * width + 1) // 2
    kind = cv2.CV_16U if bound < MOST else cv2.CV_32S
    count, labels, stats, middles = cv2.connectedComponentsWithStats(mask, connectivity=neighbours, ltype=kind)
    return count, np.asarray(labels), np.asarray(stats, np.int32), np.asarray(middles, np.float64)
