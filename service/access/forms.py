"""What people type into forms, taken as the value it should be or as nothing."""

from __future__ import annotations

MOST = 2**31 - 1  # what every database keeps as a whole number


def whole(text: str | None, most: int = MOST) -> int | None:
    """A whole number from 0 to ``most`` in plain figures; None for anything else («²», a sign, a page of figures)."""
    digits = (text or "").strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > len(str(most)):
        return None
    return number if (number := int(digits)) <= most else None
