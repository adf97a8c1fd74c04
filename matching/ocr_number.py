"""The OCR number on the back of the credencial: 13 digits, 12 on old cards.

The first four are the section where the card was issued, the rest identifies the citizen (domain.md D-2).
After a move or a redrawing of sections the four differ from the elector's section: a warning, never a reason
to reject.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

LENGTH: Final = 13

_SHAPE: Final = re.compile(r"\d{12,13}", re.ASCII)
_DIGIT_FOR: Final = str.maketrans(
    {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "G": "6", "B": "8"}
)


@dataclass(frozen=True, slots=True)
class Parts:
    """An OCR number taken apart: the section of issuance (as a number) and the citizen's identifier."""

    section: int
    citizen: str


def compact(text: str) -> str:
    """The number as it is compared: no spaces or marks, look-alike letters read as digits."""
    return re.sub(r"[\s.\-_/·]", "", text).upper().translate(_DIGIT_FOR)


def validate(text: str) -> bool:
    """Whether the text is 12 or 13 digits."""
    return _SHAPE.fullmatch(text) is not None


def parts(text: str) -> Parts:
    """The number taken apart. Raises ValueError when it is not 12 or 13 digits."""
    if not validate(text):
        raise ValueError("not the shape of an OCR number")
    return Parts(int(text[:4]), text[4:])


def agrees_with_section(text: str, section: int) -> bool | None:
    """Whether the card was issued in the section; None when the text is no OCR number."""
    return parts(text).section == section if validate(text) else None
