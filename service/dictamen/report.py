"""What a verification found, in sentences: the figure that does not hold, what is stated, what comes out."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from service.errors import Refused
from service.law.errors import LawRefused

PROSE = frozenset({"formula", "descripcion", "base", "fundamento", "concepto", "origen", "metodo"})
BROKEN = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    csv.Error,
)
"""What a damaged file makes of honest code: a value of no such form, a datum that is not there."""


@dataclass(frozen=True)
class Finding:
    """One thing that does not hold: the figure (a path into dictamen.json, or a file), stated, recomputed."""

    figure: str
    stated: str
    found: str

    def __str__(self) -> str:
        return f"{self.figure}: el dictamen dice {self.stated}; resulta {self.found}"


@dataclass
class Report:
    """What a verification found. ``agrees`` only if there is no finding.

    ``same_words``: the law room here is the one that wrote the dictamen, so that its prose is compared too;
    ``notes`` say what was not compared.
    """

    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    root: str = ""
    records: int = 0
    same_words: bool = True

    @property
    def agrees(self) -> bool:
        """Whether everything holds."""
        return not self.findings

    def add(self, figure: str, stated: object, found: object) -> None:
        """Note a finding."""
        self.findings.append(Finding(figure, _short(stated), _short(found)))

    def compare(self, figure: str, stated: Any, found: Any) -> None:
        """Note each leaf where two documents differ."""
        if isinstance(stated, Mapping) and isinstance(found, Mapping):
            for key in [*stated, *(key for key in found if key not in stated)]:
                if key in PROSE and not self.same_words:
                    continue
                self.compare(f"{figure}.{key}", stated.get(key, "(nada)"), found.get(key, "(nada)"))
        elif isinstance(stated, list) and isinstance(found, list) and len(stated) == len(found):
            for number, (one, other) in enumerate(zip(stated, found, strict=True)):
                name = one.get("unidad", one.get("concepto", number)) if isinstance(one, Mapping) else number
                self.compare(f"{figure}[{name}]", one, other)
        elif stated != found or type(stated) is not type(found):
            self.add(figure, stated, found)

    @contextmanager
    def reading(self, what: str, stated: str = "completo y legible") -> Iterator[None]:
        """Whatever cannot be read within is a finding about ``what``, never a fault of the verifier."""
        try:
            yield
        except (Refused, LawRefused) as cause:
            self.add(what, stated, cause.sentence)
        except BROKEN as cause:
            self.add(what, stated, say_broken(cause))


@contextmanager
def usable() -> Iterator[None]:
    """For who works with the folder of a dictamen: what of it cannot be read is refused (``CARPETA_ILEGIBLE``)."""
    try:
        yield
    except BROKEN as cause:
        raise Refused(
            "CARPETA_ILEGIBLE",
            f"La carpeta no trae un dictamen que se pueda usar ({say_broken(cause)}); verifíquelo antes.",
        ) from cause


def say_broken(cause: BaseException) -> str:
    """Why something could not be read, in Spanish; the code's own word only as a reference."""
    if isinstance(cause, FileNotFoundError):
        return "falta un archivo"
    if isinstance(cause, UnicodeDecodeError):
        return "no está en UTF-8"
    if isinstance(cause, json.JSONDecodeError):
        return f"no es JSON (renglón {cause.lineno})"
    if isinstance(cause, OSError):
        return "no se puede leer"
    return f"un dato falta o no tiene la forma debida ({type(cause).__name__})"


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 140 else text[:137] + "…"
