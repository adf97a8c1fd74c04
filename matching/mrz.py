"""The machine readable zone of a credencial with CIC: three lines of 30 (ICAO Doc 9303 part 5, TD1).

    IDMEX + CIC(9) + digit + << + OCR(13)
    YYMMDD + digit + sex H/M/X + expiry YYMMDD + digit + MEX< + emisión(2) + << + 5 digits + < + composite
    PATERNO<MATERNO<<NOMBRES

Sources: domain.md D-3 and D-4. Check digits are ICAO's 7-3-1. A failing digit is a doubt about the reading or
the copy, to be looked at by a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 30

_FIRST: Final = re.compile(r"IDMEX(\d{9})(\d)<<(\d{13})", re.ASCII)
_SECOND: Final = re.compile(r"(\d{6})(\d)([HMX])(\d{6})(\d)MEX<(\d{2})<<(\d{5})<(\d)", re.ASCII)
_THIRD: Final = re.compile(r"[A-Z<]{30}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Zone:
    """What a zone says. ``failed`` names the check digits that do not hold: cic, birth, expiry, composite."""

    cic: str
    ocr_number: str
    birth: str
    sex: str
    expiry: str
    emission: str
    apellido_paterno: str
    apellido_materno: str
    nombre: str
    failed: tuple[str, ...]


def compact(text: str) -> tuple[str, ...]:
    """The lines of a zone: capitals, no blanks, guillemets and brackets read as the filler."""
    filler = text.upper().replace("«", "<<").replace("‹", "<").replace("〈", "<")
    return tuple(line for line in (re.sub(r"\s", "", raw) for raw in filler.splitlines()) if line)


def check_digit(field: str) -> int:
    """ICAO's check digit: weights 7, 3, 1; digits as themselves, A = 10 to Z = 35, filler 0."""
    return sum(_value(c) * (7, 3, 1)[i % 3] for i, c in enumerate(field)) % 10


def validate(text: str) -> bool:
    """Whether the text is a zone whose check digits all hold."""
    try:
        return not parts(text).failed
    except ValueError:
        return False


def parts(text: str) -> Zone:
    """The zone taken apart. Raises ValueError when the lines have not its shape."""
    lines = compact(text)
    if len(lines) != 3:
        raise ValueError("a zone has three lines")
    first, second, third = _FIRST.fullmatch(lines[0]), _SECOND.fullmatch(lines[1]), _THIRD.fullmatch(lines[2])
    if first is None or second is None or third is None:
        raise ValueError("not the shape of a credencial's zone")
    birth, birth_digit, sex, expiry, expiry_digit, emission, _, composite = second.groups()
    body = lines[0][5:30] + lines[1][0:7] + lines[1][8:15] + lines[1][18:29]
    checks = (
        ("cic", first[1], first[2]),
        ("birth", birth, birth_digit),
        ("expiry", expiry, expiry_digit),
        ("composite", body, composite),
    )
    surnames, _, given = lines[2].partition("<<")
    paterno, _, materno = surnames.partition("<")
    return Zone(
        cic=first[1],
        ocr_number=first[3],
        birth=birth,
        sex=sex,
        expiry=expiry,
        emission=emission,
        apellido_paterno=paterno.replace("<", " ").strip(),
        apellido_materno=materno.replace("<", " ").strip(),
        nombre=given.replace("<", " ").strip(),
        failed=tuple(name for name, field, digit in checks if check_digit(field) != int(digit)),
    )


def _value(sign: str) -> int:
    if sign == "<":
        return 0
    return int(sign) if sign.isdigit() else ord(sign) - 55
