"""Pages that are no sheet: the copy of a credential (its MRZ with check digits), a blank page, anything else."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from ocr.engine import GuardedEngine
from ocr.pieces import find_pieces
from ocr.reading import PageKind, PageReading
from ocr.upright import Image

Grey = npt.NDArray[np.uint8]

Band = tuple[int, int, int, int]
"""Rows and columns of a line of print: y0, y1, x0, x1."""

MAX_BANDS = 60
TO_DIGITS = str.maketrans("ODQILZSBGT", "0001125867")
CLAVE = re.compile(r"[A-Z]{6}\d{8}[HM]\d{3}")
SHEET = re.compile("RESPALDO|HUELLA|CEDULA|CARACTERES")
"""Words that support sheets print and credentials do not."""
BLANK_INK = 0.0006
"""Share of a page that ink covers below which it is blank: backs of sheets 0.0001, a single line of text 0.002."""


def read_other(page: Image, engine: GuardedEngine) -> PageReading:
    """A page on which no form lies: credential (with what it says), blank or foreign."""
    small = cv2.cvtColor(_at_most(page, 1600), cv2.COLOR_BGR2GRAY)
    if _is_blank(small):
        return PageReading(PageKind.BLANK, engine.version)
    grey = cv2.cvtColor(_at_most(page, 3400), cv2.COLOR_BGR2GRAY)
    for turn in (0, 2, 1, 3):
        said = read_credentials(np.ascontiguousarray(np.rot90(grey, turn)), engine)
        if said:
            return PageReading(PageKind.CREDENTIAL, engine.version, credential=_flat(said))
    return PageReading(PageKind.FOREIGN, engine.version)


def credentials_of(flat: Mapping[str, str]) -> list[dict[str, str]]:
    """The credentials of ``PageReading.credential``, one a dictionary (its keys are ``1.numero_ocr`` and so on)."""
    out: dict[str, dict[str, str]] = {}
    for key, value in flat.items():
        number, _, name = key.partition(".")
        out.setdefault(number, {})[name] = value
    return [out[number] for number in sorted(out, key=int)]


def _flat(said: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {f"{n}.{name}": value for n, one in enumerate(said, 1) for name, value in one.items()}


def read_credentials(grey: Grey, engine: GuardedEngine) -> list[dict[str, str]]:
    """What the credentials copied on a page say, upright: of each ``numero_ocr``, ``cic``, ``nacimiento`` (YYMMDD),
    ``sexo``, ``vigencia`` (YYMMDD), ``nombre``, ``clave_elector``, ``mrz`` (``valid`` when all check digits agree,
    else ``doubtful``); what is not legible is left out. Empty when there is no credential."""
    bands = list(itertools.islice(find_bands(grey), MAX_BANDS))
    if not bands:
        return []
    answers = engine.read_lines([grey[y0:y1, x0:x1] for y0, y1, x0, x1 in bands])
    lines = [(band, _letters(answer[0][0])) for band, answer in zip(bands, answers, strict=True) if answer]
    found = [one for band, text in lines if (first := _first_line(text)) and (one := _zone(first, band, lines))]
    if not found and any(SHEET.search(text) for _, text in lines):
        return []  # claves typed on a sheet that no form lies on
    claves = [match.group() for _, text in lines if (match := CLAVE.search(text))]
    for clave in dict.fromkeys(claves):
        owner = next((one for one in found if _same_person(clave, one) and "clave_elector" not in one), None)
        if owner is None:
            found.append({"clave_elector": clave})
        else:
            owner["clave_elector"] = clave
    return found


def _zone(first: str, band: Band, lines: Sequence[tuple[Band, str]]) -> dict[str, str]:
    """The zone whose first line this is: its other lines stand right below it."""
    said = {"cic": first[5:14], "numero_ocr": first[17:30].replace("<", ""), "mrz": "doubtful"}
    height = band[1] - band[0]
    below = sorted(
        (other, text)
        for other, text in lines
        if 0.4 * height < other[0] - band[0] < 4.5 * height and other[2] < band[3] and other[3] > band[2]
    )
    second = next((line for _, text in below if (line := _second_line(text))), None)
    if second is None:
        return said
    said |= {"nacimiento": second[0:6], "sexo": second[7], "vigencia": second[8:14]}
    third = next((text for _, text in below if re.fullmatch(r"[A-Z<]{20,32}", text) and "<<" in text), "")
    said["nombre"] = " ".join(part for part in re.split("<+", third) if part)
    composite = first[5:30] + second[0:7] + second[8:15] + second[18:29]
    if (
        check_digit(first[5:14]) == int(first[14])
        and check_digit(second[8:14]) == int(second[14])
        and check_digit(composite) == int(second[29])
    ):
        said["mrz"] = "valid"
    return said


def _letters(text: str) -> str:
    """Upper case without spaces, and without what no credential prints."""
    return re.sub(r"[^A-Z0-9<]", "", text.upper().replace("«", "<<"))


def _first_line(text: str) -> str | None:
    match = re.search(r"[I1L]DMEX(.{10})<<(.{12,13})", text)
    if match is None:
        return None
    number, issue = match.group(1).translate(TO_DIGITS), match.group(2).translate(TO_DIGITS)
    line = f"IDMEX{number}<<{issue.ljust(13, '<')}"
    return line if re.fullmatch(r"IDMEX\d{10}<<\d{12}[\d<]", line) else None


def _second_line(text: str) -> str | None:
    """The second line when its birth date agrees with its check digit; a lost first digit is found by it."""
    match = re.search(r"(.{5,6})(.)([HMX])(.{6})(.)MEX<(.{2})<<(.{5})<(.)", text)
    if match is None:
        return None
    birth, check, sex, expiry, second_check, emission, serial, last = match.groups()
    birth, check, expiry, second_check, emission, serial, last = (
        part.translate(TO_DIGITS) for part in (birth, check, expiry, second_check, emission, serial, last)
    )
    if not (birth + check + expiry + second_check + emission + serial + last).isdigit():
        return None
    years = [birth] if len(birth) == 6 else [f"{digit}{birth}" for digit in range(10)]
    birth = next((year for year in years if check_digit(year) == int(check)), "")
    return f"{birth}{check}{sex}{expiry}{second_check}MEX<{emission}<<{serial}<{last}" if birth else None


def _same_person(clave: str, said: Mapping[str, str]) -> bool:
    return clave[6:12] == said.get("nacimiento") and clave[14] == said.get("sexo")


def check_digit(text: str) -> int:
    """ICAO 9303 part 3, 4.9: weights 7, 3, 1; digits their value, A = 10 ... Z = 35, filler 0."""
    weights = (7, 3, 1)
    return sum((int(c, 36) if c != "<" else 0) * weights[n % 3] for n, c in enumerate(text)) % 10


def find_bands(grey: Grey) -> Iterator[Band]:
    """Rows and columns (y0, y1, x0, x1) of long single lines of print, top to bottom: candidates for an MRZ."""
    ratio = min(1.0, 1600 / max(grey.shape))
    small = cv2.resize(grey, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
    dark = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((15, 15), np.uint8))
    mask = cv2.threshold(dark, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1]
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, 25), np.uint8))
    joined = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((3, 9), np.uint8))
    count, _, stats, _ = find_pieces(joined)
    for x, y, w, h, _area in sorted(stats[1:count].tolist(), key=lambda s: (s[1], s[0])):
        if w > 8 * h and 6 <= h <= 40 and w > 150:
            pad = 5
            yield (
                max(0, int((y - pad) / ratio)),
                min(grey.shape[0], int((y + h + pad) / ratio)),
                max(0, int((x - pad) / ratio)),
                min(grey.shape[1], int((x + w + pad) / ratio)),
            )


def _is_blank(grey: Grey) -> bool:
    inner = grey[grey.shape[0] // 25 : -grey.shape[0] // 25, grey.shape[1] // 25 : -grey.shape[1] // 25]
    paper = float(np.percentile(inner, 60))
    dark = cv2.medianBlur(inner, 3) < paper - 45
    return float(dark.mean()) < BLANK_INK


def _at_most(page: Image, side: int) -> Image:
    ratio = side / max(page.shape[:2])
    return (
        page if ratio >= 1 else np.asarray(cv2.resize(page, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA))
    )
