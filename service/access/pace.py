"""How often something may be done: moving windows, kept in this process's memory (another process has its own)."""

from __future__ import annotations

import math
import time

from flask import current_app
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter


def seconds_to_wait(limit: str, *names: str) -> int:
    """Count one act under these names; 0 while it is within ``limit`` ("600/minute"), else seconds until it is."""
    window = current_app.extensions.get("respaldo_pace")
    if window is None:
        window = current_app.extensions["respaldo_pace"] = MovingWindowRateLimiter(MemoryStorage())
    item = parse(limit)
    if window.hit(item, *names):
        return 0
    reset, _left = window.get_window_stats(item, *names)
    return max(1, math.ceil(reset - time.time()))
