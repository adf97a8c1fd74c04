"""The folio that a sheet carries signed in its QR, so that an invented one is known at once.

Payload: ``R1.<ten digits>.<form version>.<base32>``. The last part is HMAC-SHA256 (RFC 2104) of all that
stands before it, truncated to 80 bits (RFC 2104, section 5, allows half of the output and never under 80
bits), under a key of the electoral process. It says that the institute printed this folio; it says nothing
about the ink.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from ocr import folio as folio_number

PREFIX = "R1"
MAC_BYTES = 10
KEY_BYTES = 32
"""Length of a new process key; shorter ones are not taken."""

_PAYLOAD = re.compile(r"R1\.(\d{10})\.([A-Za-z0-9_-]{1,40})\.([A-Z2-7]{16})", re.ASCII)


@dataclass(frozen=True, slots=True)
class SignedFolio:
    """What a genuine QR says: the ten digits of the folio and the version of the printed form."""

    folio: str
    form: str


def sign(folio: str, form: str, key: bytes) -> str:
    """The payload of a sheet's QR. ``folio`` in any form ``ocr.folio.validate`` takes, ``key`` >= 32 bytes.

    Raises ValueError on a folio or form version that no reader would accept, or a short key.
    """
    if len(key) < KEY_BYTES:
        raise ValueError(f"the process key has at least {KEY_BYTES} bytes")
    payload = f"{PREFIX}.{folio_number.validate(folio)}.{form}"
    signed = f"{payload}.{_mac(payload, key)}"
    if _PAYLOAD.fullmatch(signed) is None:
        raise ValueError("a form version has 1 to 40 letters, digits, hyphens or underscores")
    return signed


def verify(payload: str, key: bytes) -> SignedFolio | None:
    """What the payload says if this key signed it, else None (another format, an invented or altered folio).

    The comparison takes the same time wherever the first difference lies.
    """
    match = _PAYLOAD.fullmatch(payload)
    if match is None:
        return None
    said, _, mac = payload.rpartition(".")
    if not hmac.compare_digest(mac.encode("ascii"), _mac(said, key).encode("ascii")):
        return None
    return SignedFolio(folio=match[1], form=match[2]) if folio_number.is_valid(match[1]) else None


def _mac(text: str, key: bytes) -> str:
    digest = hmac.new(key, text.encode("ascii"), hashlib.sha256).digest()[:MAC_BYTES]
    return base64.b32encode(digest).decode("ascii")


@dataclass(frozen=True, slots=True, repr=False)
class Receipt:
    """A receipt code as given: folio, row, and what should prove it. No repr: the code is its holder's secret."""

    folio: str
    row: int
    mac: str


NOBODY = Receipt("0000000000", 0, "A" * 16)
"""What a text that is no receipt code reads as: it proves nothing, and takes the same time to say so."""

_RECEIPT = re.compile(r"(\d{10})(\d{2})([A-Z2-7]{16})", re.ASCII)
_ALIKE = str.maketrans("018", "OIB")
"""Figures that base32 does not have, for the letters people take them for."""


def receipt_code(folio: str, row: int, key: bytes) -> str:
    """The code on the stub of a row: ``SSSNNNNNNC-RR-XXXX-XXXX-XXXX-XXXX``, 80 bits under the process's key."""
    digits = folio_number.validate(folio)
    mac = _mac(f"TALON.{digits}.{row:02d}", key)
    return "-".join([digits, f"{row:02d}", *(mac[i : i + 4] for i in range(0, 16, 4))])


def read_receipt(text: str) -> Receipt:
    """The code that a person typed, with or without hyphens and spaces, in either case; NOBODY where it is none."""
    bare = re.sub(r"[\s\u2010-\u2015-]", "", text[:100]).upper()
    match = _RECEIPT.fullmatch(bare[:12] + bare[12:].translate(_ALIKE))
    return Receipt(match[1], int(match[2]), match[3]) if match else NOBODY


def is_receipt(receipt: Receipt, key: bytes) -> bool:
    """Whether this key made the code; the comparison takes the same time wherever the first difference lies."""
    made = _mac(f"TALON.{receipt.folio}.{receipt.row:02d}", key)
    return hmac.compare_digest(made.encode("ascii"), receipt.mac.encode("ascii"))
