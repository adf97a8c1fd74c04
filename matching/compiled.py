"""Numba, set up once: compiled on first use, kept in a cache between runs where a cache can be written."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function compiled without Python objects; it lets other threads run while it works."""
    try:
        return cast("Callable[P, R]", numba.njit(cache=True, nogil=True, error_model="numpy")(function))
    except RuntimeError:  # no folder to cache in (a read-only installation): compiled anew in each process
        return cast("Callable[P, R]", numba.njit(nogil=True, error_model="numpy")(function))
