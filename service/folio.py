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
