"""A Merkle tree over the rows of a dictamen, with the hashing of RFC 6962 section 2.1.

Leaves and inner nodes are hashed under different first bytes, so that no inner node passes for a leaf.
The root is computed as a stream (memory grows with the logarithm of the number of leaves).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

LEAF = b"\x00"
NODE = b"\x01"


def hash_leaf(data: bytes) -> bytes:
    """SHA-256 of one leaf, 32 bytes."""
    return hashlib.sha256(LEAF + data).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """SHA-256 of an inner node over its two children, 32 bytes."""
    return hashlib.sha256(NODE + left + right).digest()


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes in order; of no leaves, the hash of nothing (RFC 6962)."""
    stack: list[tuple[int, bytes]] = []
    for leaf in leaves:
        height, value = 0, leaf
        while stack and stack[-1][0] == height:
            value = hash_node(stack.pop()[1], value)
            height += 1
        stack.append((height, value))
    if not stack:
        return hashlib.sha256(b"").digest()
    value = stack.pop()[1]
    while stack:
        value = hash_node(stack.pop()[1], value)
    return value


def path_to(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The inclusion path of leaf ``index`` (from 0), nearest sibling first.

    Raises IndexError when there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    path: list[bytes] = []
    low, high = 0, len(leaves)
    siblings: list[tuple[int, int]] = []
    while high - low > 1:
        split = low + _largest_power_below(high - low)
        if index < split:
            siblings.append((split, high))
            high = split
        else:
            siblings.append((low, split))
            low = split
    for start, end in reversed(siblings):
        path.append(root_of(leaves[start:end]))
    return path


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a leaf and its path lead to (RFC 9162 section 2.1.3.2), or None if they do not fit."""
    if not 0 <= index < size:
        return None
    position, last, value = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if position & 1 or position == last:
            value = hash_node(sibling, value)
            while position and not position & 1:
                position >>= 1
                last >>= 1
        else:
            value = hash_node(value, sibling)
        position >>= 1
        last >>= 1
    return value if last == 0 else None


def _largest_power_below(size: int) -> int:
    """The largest power of two smaller than ``size`` (size > 1)."""
    return 1 << (size - 1).bit_length() - 1
