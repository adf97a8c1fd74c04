"""The folio of a sheet: ``SSS-NNNNNN-C``, the series of an aspirante, a serial and a check digit.

The check digit is Damm's (H. M. Damm, *Total anti-symmetrische Quasigruppen*, Marburg 2004): it detects every
single wrong digit and every swap of neighbours, the two slips of people who copy a number by hand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SERIES_DIGITS = 3
SERIAL_DIGITS = 6
LENGTH = SERIES_DIGITS + SERIAL_DIGITS + 1

_QUASIGROUP = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
"""Damm's totally anti-symmetric quasigroup of order ten, row = interim digit, column = next digit."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A folio taken apart: ``series`` 0 to 999, ``serial`` 0 to 999,999, ``check`` 0 to 9."""

    series: int
    serial: int
    check: int


def check_digit(digits: str) -> int:
    """Damm's check digit (0 to 9) of a run of decimal digits."""
    interim = 0
    for digit in digits:
        interim = _QUASIGROUP[interim][int(digit)]
    return interim


def number(series: int, serial: int) -> str:
    """The ten digits of a folio. Raises ValueError when series or serial does not fit its digits."""
    if not 0 <= series < 10**SERIES_DIGITS or not 0 <= serial < 10**SERIAL_DIGITS:
        raise ValueError("series is 0 to 999 and serial 0 to 999999")
    digits = f"{series:03d}{serial:06d}"
    return f"{digits}{check_digit(digits)}"


def compact(text: str) -> str:
    """The ten digits of a folio as people write it: with or without hyphens, spaces around or between.

    Raises ValueError when what is left is not ten decimal digits (the check digit is not looked at).
    """
    digits = re.sub(r"[\s\u2010-\u2015-]", "", text)
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdigit()):
        raise ValueError("a folio has ten digits")
    return digits


def validate(text: str) -> str:
    """The ten digits of a folio whose check digit agrees. Raises ValueError otherwise."""
    digits = compact(text)
    if check_digit(digits) != 0:
        raise ValueError("the check digit of the folio does not agree")
    return digits


def is_valid(text: str) -> bool:
    """Whether the text is a folio whose check digit agrees."""
    try:
        validate(text)
    except ValueError:
        return False
    return True


def parts(text: str) -> Parts:
    """Series, serial and check digit of a valid folio. Raises ValueError otherwise."""
    digits = validate(text)
    return Parts(int(digits[:3]), int(digits[3:9]), int(digits[9]))


def format(text: str) -> str:
    """A folio as it is printed, ``SSS-NNNNNN-C``. Raises ValueError when it has not ten digits."""
    digits = compact(text)
    return f"{digits[:3]}-{digits[3:9]}-{digits[9]}"
