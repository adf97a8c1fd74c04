"""Why a candidate: per field, what was read, what the list says, what it weighs, and a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from matching.alphabet import BLANK_SIGN
from matching.details import DAY_MONTH, NO_SLIP, SWAPPED
from matching.names import Comparison
from matching.roll import Elector

_WHAT = {"clave_elector": "La clave", "numero_ocr": "El número OCR"}


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


class Cells(NamedTuple):
    """A field of cells: its best reading (``·`` where a cell says nothing; empty if nothing was written), its weight
    in nats, the cells that speak against the elector (as bits), and how it was shifted (1 right, -1 left)."""

    read: str
    weight: float
    off: int
    shifted: int


class Grounds(NamedTuple):
    """All that the evidence of one candidate is told from. Personal data."""

    clave: Cells
    numero: Cells
    slip: int
    slip_at: int
    section: str
    section_weight: float
    zone: str
    zone_listed: int
    zone_weight: float
    name: Comparison

    def __repr__(self) -> str:
        return "Grounds(…)"


def told(grounds: Grounds, elector: Elector) -> tuple[Evidence, ...]:
    """The evidence, field by field; fields that were not written have no word."""
    found = []
    if grounds.clave.read:
        written = _slipped(elector.clave, grounds.slip, grounds.slip_at)
        found.append(_of_cells("clave_elector", grounds.clave, written, grounds.slip, grounds.slip_at))
    if grounds.numero.read:
        found.append(_of_cells("numero_ocr", grounds.numero, elector.numero_ocr, NO_SLIP, 0))
    if grounds.section:
        found.append(_of_section(grounds.section, elector.seccion, grounds.section_weight))
    if grounds.zone and grounds.zone_listed:
        found.append(_of_zone(grounds.zone, grounds.zone_listed, grounds.zone_weight))
    if grounds.name.of:
        found.append(_of_name(grounds.name, elector.nombre_completo))
    return tuple(found)


def _slipped(clave: str, slip: int, at: int) -> str:
    """The elector's clave as the signer wrote it."""
    if slip == SWAPPED:
        return clave[:at] + clave[at + 1] + clave[at] + clave[at + 2 :]
    if slip == DAY_MONTH:
        return clave[:8] + clave[10:12] + clave[8:10] + clave[12:]
    return clave


def _of_cells(field: str, cells: Cells, listed: str, slip: int, slip_at: int) -> Evidence:
    what, text = _WHAT[field], cells.read
    if text.rstrip(BLANK_SIGN) == listed and slip == NO_SLIP and not cells.shifted:
        sentence = f"{what}: coincide en sus {len(listed)} lugares."
    else:
        sentence = _sentence(what, cells, listed, slip, slip_at)
    return Evidence(field, text, listed, round(cells.weight, 2), sentence)


def _sentence(what: str, cells: Cells, listed: str, slip: int, at: int) -> str:
    shown, signs = cells.read, listed.ljust(len(cells.read), BLANK_SIGN)
    unread = sum(sign == BLANK_SIGN for sign in shown[: len(listed)])
    if unread == len(listed):
        return f"{what} no se lee."
    parts = []
    if cells.shifted:
        side = "derecha" if cells.shifted > 0 else "izquierda"
        parts.append(f"se escribió un lugar a la {side} de sus casillas")
    if slip == SWAPPED:
        parts.append(f"los lugares {at + 1} y {at + 2} están intercambiados")
    elif slip == DAY_MONTH:
        parts.append("el día y el mes de nacimiento están intercambiados")
    off = [i for i in range(len(shown)) if cells.off >> i & 1]
    if len(off) > 3:
        parts.append(f"difiere en {len(off)} lugares")
    else:
        parts += [f"en el lugar {i + 1} se lee {shown[i]} y la lista dice {signs[i]}" for i in off]
    parts += [
        f"el lugar {i + 1} es dudoso (se lee {shown[i]}, la lista dice {signs[i]})"
        for i in range(len(shown))
        if shown[i] not in (signs[i], BLANK_SIGN) and i not in off and signs[i] != "Ñ"
    ][:3]
    if not parts:
        parts.append("coincide en todos los lugares leídos" if unread else f"coincide en sus {len(listed)} lugares")
    if unread:
        parts.append(f"{unread} lugares no se leen" if unread > 1 else "un lugar no se lee")
    return f"{what}: {'; '.join(parts)}."


def _of_section(read: str, listed: int, weight: float) -> Evidence:
    if weight > 0:
        sentence = "La sección coincide con la de la lista."
    else:
        sentence = "La sección escrita no es la de la lista: puede ser la de un domicilio anterior."
    return Evidence("seccion", read, f"{listed:04d}", round(weight, 2), sentence)


def _of_zone(read: str, listed: int, weight: float) -> Evidence:
    if weight > 0:
        sentence = "La demarcación coincide con la de su sección."
    else:
        sentence = "La demarcación escrita no es la de su sección: puede ser la de un domicilio anterior."
    return Evidence("demarcacion", read, f"{listed:03d}", round(weight, 2), sentence)


def _of_name(name: Comparison, listed: str) -> Evidence:
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
