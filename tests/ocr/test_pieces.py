"""Connected pieces are counted alike in 16 and in 32 bits."""

import numpy as np
import pytest

from ocr.pieces import find_pieces


@pytest.mark.parametrize(("side", "pieces"), [(100, 2500), (520, 67600)])
def test_pieces_are_counted_beyond_sixteen_bits(side, pieces):
    mask = np.zeros((side, side), np.uint8)
    mask[::2, ::2] = 1
    count, labels, stats, _ = find_pieces(mask)
    assert (count - 1, int(labels.max()), len(stats)) == (pieces, pieces, pieces + 1)


def test_by_four_neighbours_a_chessboard_is_beyond_sixteen_bits_sooner():
    board = (np.indices((370, 370)).sum(0) % 2).astype(np.uint8)
    assert find_pieces(board, neighbours=4)[0] == 1 + 370 * 370 // 2
    assert find_pieces(board)[0] == 2
