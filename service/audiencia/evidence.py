"""What may be handed in as evidence: papers and pictures that anybody can open in ten years, told by their bytes."""

from __future__ import annotations

from typing import BinaryIO

from service.errors import Refused

KINDS = {
    ".pdf": (b"%PDF-",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".tif": (b"II*\x00", b"MM\x00*"),
    ".tiff": (b"II*\x00", b"MM\x00*"),
}
"""End of a name -> how the bytes of such a file begin."""


def check_evidence(name: str, stream: BinaryIO) -> None:
    """Refuse what is not what its name says, or of no kind that is taken. Raises Refused PRUEBA_TIPO."""
    begins = stream.read(16)
    stream.seek(0)
    end = f".{name.rpartition('.')[2].lower()}"
    if not begins.startswith(KINDS.get(end, ()) or (b"\0nothing",)):
        raise Refused(
            "PRUEBA_TIPO",
            f"«{name[-60:]}» no se puede recibir: las pruebas son PDF, JPEG, PNG o TIFF; conviértala y repita.",
        )
