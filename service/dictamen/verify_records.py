"""Every record ruled again, every figure compared, the tree rebuilt: the part of a verification that takes time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from service.dictamen import annexes, merkle
from service.dictamen.compose import (
    count_of,
    dispersion_of,
    parameters_of,
    process_of,
    requirement_of,
    result_of,
    ties_of,
    window_of,
)
from service.dictamen.counting import Count, Counter
from service.dictamen.expediente import Entry
from service.dictamen.freeze import freeze
from service.dictamen.issue import GROUP_NAMES
from service.dictamen.names import GROUPS
from service.dictamen.report import Report
from service.errors import Refused
from service.law.frame import Marco
from service.law.proceso import Proceso, process_from_toml
from service.law.records import Aspirante, Cargo

ROW_FINDINGS = 20  # rows named one by one; the rest are counted
COMMITMENT_BYTES = 32  # SHA-256
DATE_KEYS = frozenset({"jornada", "corte_umbral", "apertura_registro", "desde", "hasta", "vigente_desde"})


def check_records(
    report: Report, folder: Path, said: Mapping[str, Any], wanted: frozenset[str]
) -> tuple[list[bytes], set[str]]:
    """Rule every row again and compare every figure.

    Gives the commitments with their groups, sorted, and which of the ``wanted`` records are the aspirante's.
    """
    proceso = process_from_toml(dated(said["proceso_archivo"]))
    who = said["aspirante"]
    aspirante = Aspirante(
        who["id"], Cargo(who["cargo"]), who["ambito"], day_of(who["constancia"]), day_of(who["desistimiento"])
    )
    marco = annexes.read_frame(folder / annexes.FRAME)
    counter = Counter(proceso, marco, aspirante)
    leaves, found = _check_rows(report, folder / annexes.CONFIDENTIAL, counter, wanted)
    count = counter.count()
    report.records = count.own_rows
    _check_figures(report, said, proceso, aspirante, marco, count)
    return leaves, found


def _check_figures(
    report: Report,
    said: Mapping[str, Any],
    proceso: Proceso,
    aspirante: Aspirante,
    marco: Marco,
    count: Count,
) -> None:
    tally = count.tally
    report.compare("proceso", said["proceso"], process_of(proceso, aspirante))
    report.compare("ventana", said["ventana"], window_of(proceso, aspirante, count))
    report.compare("requisito", said["requisito"], requirement_of(count.umbral, proceso))
    report.compare("conteo", said["conteo"], count_of(tally, count.umbral))
    report.compare("dispersion", said["dispersion"], dispersion_of(tally, count.units, aspirante, proceso))
    report.compare("empates", said["empates"], ties_of(tally, proceso))
    report.compare("resultado", said["resultado"], result_of(tally))
    report.compare("parametros", said["parametros"], parameters_of(proceso))
    report.compare("versiones.parametros", said["versiones"]["parametros"], proceso.version)
    duplicates = said["duplicados"]
    report.compare("duplicados.mismo_aspirante", duplicates["mismo_aspirante"], tally.by_class.get("D1", 0))
    report.compare("duplicados.otro_aspirante", duplicates["otro_aspirante"], tally.by_class.get("D2", 0))
    report.compare("duplicados.electores_disputados", duplicates["electores_disputados"], count.contested)
    report.compare(
        "duplicados.registros_de_otros_aspirantes_en_el_anexo",
        duplicates["registros_de_otros_aspirantes_en_el_anexo"],
        count.rival_rows,
    )
    hearing = said["audiencia"]
    report.compare("audiencia.en_curso", hearing["en_curso"], count.in_hearing)
    report.compare("audiencia.plazo_horas", hearing["plazo_horas"], proceso.parametros.plazo_audiencia_horas)
    rows = {
        annexes.CONFIDENTIAL: count.own_rows + count.rival_rows,
        annexes.PUBLIC: count.own_rows,
        annexes.FRAME: len(marco),
    }
    for name, number in rows.items():
        report.compare(f"anexos.{name}.renglones", said["anexos"].get(name, {}).get("renglones"), number)
    for warning in tally.warnings if report.same_words else ():
        if warning not in said["advertencias"]:
            report.add("advertencias", "(nada)", warning)


def _check_rows(report: Report, path: Path, counter: Counter, wanted: frozenset[str]) -> tuple[list[bytes], set[str]]:
    """Read the confidential annex as a stream: class and reasons of each row against those ruled again."""
    leaves: list[bytes] = []
    found_here: set[str] = set()
    numbers = {name: bytes([GROUP_NAMES.index(group)]) for name, group in GROUPS.items()}
    clase_at, reasons_at = annexes.COLUMNS.index("class"), annexes.COLUMNS.index("reasons")
    waiting: deque[list[str]] = deque()  # rows read ahead of their ruling: one block at most
    wrong = 0

    def entries() -> Iterator[Entry]:
        with path.open(encoding="utf-8", newline="") as stream:
            for line, row in enumerate(annexes.read_rows(stream, annexes.COLUMNS), start=2):
                waiting.append(row)
                try:
                    entry = annexes.entry_of(row, counter.aspirante.id)
                except (ValueError, KeyError):
                    raise Refused(
                        "ANEXO_RENGLON", f"El renglón {line} del anexo confidencial trae un dato sin la forma debida."
                    ) from None
                yield entry

    for entry, ruling in counter.feed(entries()):
        row = waiting.popleft()
        if entry.rival is None:
            if len(entry.salt) != annexes.SALT_BYTES:
                raise Refused("ANEXO_RENGLON", f"La sal del registro {row[0]} no mide {annexes.SALT_BYTES} bytes.")
            leaves.append(annexes.commit(row) + numbers[ruling.clase])
            if row[0] in wanted:
                found_here.add(row[0])
        for at, found in ((clase_at, str(ruling.clase)), (reasons_at, ruling.reasons_text)):
            if row[at] != found:
                wrong += 1
                if wrong <= ROW_FINDINGS:
                    report.add(f"registro {row[0]}.{annexes.COLUMNS[at]}", row[at], found or "(ninguna)")
    if wrong > ROW_FINDINGS:
        report.add("registros", "clases y razones", f"{wrong - ROW_FINDINGS} diferencias más")
    leaves.sort()
    return leaves, found_here


def check_tree(
    report: Report, folder: Path, frozen: Mapping[str, Any], leaves: list[bytes], published: str | None
) -> None:
    """The public annex line by line against the commitments opened, and the root over what stands there."""
    stated = frozen["integridad"]
    mismatch = 0
    lines = 0

    def hashes() -> Iterator[bytes]:
        nonlocal mismatch, lines
        yield annexes.document_leaf(freeze(frozen["documento"]))
        with (folder / annexes.PUBLIC).open(encoding="utf-8", newline="") as stream:
            for commitment, group in annexes.read_rows(stream, annexes.PUBLIC_COLUMNS):
                expected = leaves[lines] if lines < len(leaves) else b""
                lines += 1
                if f"{commitment},{group}" != f"{expected[:-1].hex()},{_group(expected)}":
                    mismatch += 1
                yield annexes.public_leaf(_commitment(commitment, lines + 1), group)

    found = merkle.root_of(hashes()).hex()
    report.root = found
    if lines != len(leaves):
        report.add("annex_public.csv (registros)", lines, f"{len(leaves)} en el anexo confidencial")
    if mismatch:
        report.add("annex_public.csv (compromisos)", "los del anexo confidencial", f"{mismatch} no corresponden")
    report.compare("integridad.hojas", stated["hojas"], lines + 1)
    report.compare("integridad.raiz", stated["raiz"], found)
    if published is not None and published.strip().lower() != found:
        report.add("raíz publicada", published.strip().lower(), found)


def _commitment(text: str, line: int) -> bytes:
    """The bytes of a commitment. Raises Refused ``ANEXO_RENGLON`` unless it is 64 hexadecimal figures."""
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != COMMITMENT_BYTES:
        raise Refused("ANEXO_RENGLON", f"El renglón {line} del anexo público no trae un compromiso de 64 cifras.")
    return found


def _group(leaf: bytes) -> str:
    return GROUP_NAMES[leaf[-1]] if leaf else ""


def dated(value: Any, key: str = "") -> Any:
    """The process file with its dates as dates again (``compose.plain`` wrote them as texts)."""
    if isinstance(value, Mapping):
        return {name: dated(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [dated(inner) for inner in value]
    return date.fromisoformat(value) if key in DATE_KEYS and isinstance(value, str) else value


def day_of(value: str | None) -> date | None:
    """A date of the document, None where there is none."""
    return date.fromisoformat(value) if value else None
