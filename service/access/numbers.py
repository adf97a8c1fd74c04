"""Whole numbers that come as text from outside."""

from __future__ import annotations

LARGEST = 2**31 - 1
"""What a column of numbers holds in both databases; a greater one names nothing that is kept."""


def whole_number(text: str, most: int = LARGEST) -> int | None:
    """The number a text of ASCII figures says, from 0 to ``most``; None for any other text.

    ``str.isdigit`` alone admits «²», and ``int`` breaks on thousands of figures.
    """
    if not (text.isascii() and text.isdigit()) or len(text.lstrip("0")) > len(str(most)):
        return None
    number = int(text)
    return number if number <= most else None


def whole_numbers(texts: list[str]) -> list[int]:
    """The numbers among some texts; what is none is left out."""
    return [number for text in texts if (number := whole_number(text)) is not None]
