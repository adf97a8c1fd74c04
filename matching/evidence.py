"""Why a candidate: per field, what was read, what the list says, what it weighs, and a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from matching.alphabet import ALPHABET, BLANK_SIGN
from matching.details import AGAINST, DAY_MONTH, NOTHING_SAID, SWAPPED
from matching.names import Comparison

_SIGNS: Final = ALPHABET + "Ñ"


@dataclass(frozen=True, slots=True, repr=False)
class Evidence:
    """One field's word on one candidate. ``weight`` in nats, positive for him. Personal data: no repr."""

    field: str
    read: str
    listed: str
    weight: float
    sentence: str

    def __repr__(self) -> str:
        return f"Evidence({self.field}, {self.weight:+.1f})"


def of_cells(
    field: str,
    text: str,
    table: npt.NDArray[np.float32],
    codes: npt.NDArray[np.uint8],
    weight: float,
    slip: int,
    slip_at: int,
) -> Evidence:
    """Evidence of a field of cells: its best reading, ``table`` (cells, 38) nats, the elector's slip undone."""
    signs = [_SIGNS[c] for c in codes.tolist()]
    listed = "".join(signs).rstrip(BLANK_SIGN)
    if text == listed and slip == 0:
        what = "La clave" if field == "clave_elector" else "El número OCR"
        return Evidence(field, text, listed, round(weight, 2), f"{what}: coincide en sus {len(text)} lugares.")
    places = np.arange(len(codes))
    off = np.flatnonzero(table[places, codes] < AGAINST).tolist()
    unread = np.flatnonzero(table.max(axis=1) - table.min(axis=1) < NOTHING_SAID).tolist()
    shown = list(text)
    for i in unread:
        shown[i] = BLANK_SIGN
    sentence = _sentence(field, shown, signs, off, len(unread), slip, slip_at)
    return Evidence(field, "".join(shown), listed, round(weight, 2), sentence)


def _sentence(
    field: str,
    shown: list[str],
    signs: list[str],
    off: list[int],
    unread: int,
    slip: int,
    at: int,
) -> str:
    what = "La clave" if field == "clave_elector" else "El número OCR"
    cells = len(signs)
    if unread == cells:
        return f"{what} no se lee."
    parts = []
    if slip == SWAPPED:
        parts.append(f"los lugares {at + 1} y {at + 2} están intercambiados")
    elif slip == DAY_MONTH:
        parts.append("el día y el mes de nacimiento están intercambiados")
    if len(off) > 3:
        parts.append(f"difiere en {len(off)} lugares")
    else:
        parts += [f"en el lugar {i + 1} se lee {shown[i]} y la lista dice {signs[i]}" for i in off]
    parts += [
        f"el lugar {i + 1} es dudoso (se lee {shown[i]}, la lista dice {signs[i]})"
        for i in range(cells)
        if shown[i] not in (signs[i], BLANK_SIGN) and i not in off and signs[i] != "Ñ"
    ][:3]
    if not parts:
        parts.append("coincide en todos los lugares leídos" if unread else f"coincide en sus {cells} lugares")
    if unread:
        parts.append(f"{unread} lugares no se leen" if unread > 1 else "un lugar no se lee")
    return f"{what}: {'; '.join(parts)}."


def of_section(read: str, listed: int, weight: float) -> Evidence:
    """Evidence of the section."""
    if weight > 0:
        sentence = "La sección coincide con la de la lista."
    else:
        sentence = "La sección escrita no es la de la lista: puede ser la de un domicilio anterior."
    return Evidence("seccion", read, f"{listed:04d}", round(weight, 2), sentence)


def of_name(name: Comparison, listed: str) -> Evidence:
    """Evidence of the name."""
    if name.off == 0:
        sentence = "El nombre coincide."
    elif name.given < -1 and name.surnames > 0:
        sentence = "Los apellidos concuerdan, pero el nombre de pila parece otro."
    elif name.given + name.surnames < -1:
        sentence = "El nombre leído parece el de otra persona."
    elif name.given + name.surnames > 2:
        sentence = f"El nombre concuerda ({name.off} de {name.of} letras difieren)."
    else:
        sentence = "El nombre leído no dice ni sí ni no."
    return Evidence("nombre", name.read, listed, round(name.given + name.surnames, 2), sentence)
