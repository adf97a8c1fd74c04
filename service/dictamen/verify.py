"""Verifying a dictamen from its folder alone: no database, no list, no network.

Every figure is recomputed from the annexes by the same law room; hashes, tree, root, schema, signature and the
PDF itself are checked. Each finding names the figure that does not hold, with what is stated and what comes out.
"""

from __future__ import annotations

import csv
import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from service.dictamen import annexes, merkle
from service.dictamen.code_version import drawing_version, law_version
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
from service.dictamen.finality import obstacles
from service.dictamen.freeze import digest, digest_file, freeze, schema_faults
from service.dictamen.intervals import clopper_pearson, rate
from service.dictamen.issue import GROUP_NAMES, JSON, PDF
from service.dictamen.names import GROUPS
from service.dictamen.pdf import render
from service.dictamen.sign import check_signature, stated_in
from service.errors import Refused
from service.law.errors import LawRefused
from service.law.frame import Marco
from service.law.proceso import Proceso, process_from_toml
from service.law.records import Aspirante, Cargo

PROSE = frozenset({"formula", "descripcion", "base", "fundamento", "concepto", "origen"})
ROW_FINDINGS = 20  # rows named one by one; the rest are counted
DATE_KEYS = frozenset({"jornada", "corte_umbral", "apertura_registro", "desde", "hasta", "vigente_desde"})


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


def verify(folder: Path, root: str | None = None) -> Report:
    """Check a dictamen's folder, and against the root as it was published, when given.

    Never raises on what the folder holds: whatever cannot be read is a finding.
    """
    report = Report()
    try:
        raw = (folder / JSON).read_bytes()
        frozen = json.loads(raw)
        faults = schema_faults(frozen)
    except (OSError, ValueError, RecursionError) as cause:
        report.add(JSON, "un documento", f"no se puede leer ({type(cause).__name__})")
        return report
    for fault in faults:
        report.add(f"{JSON} (esquema)", "conforme", fault)
    if faults:
        return report
    if freeze(frozen) != raw:
        report.add(JSON, "JSON canónico (RFC 8785)", "otra secuencia de bytes")
    said = frozen["documento"]
    report.same_words = said["versiones"].get("ley") == law_version()
    if not report.same_words:
        report.notes.append("Lo emitió otra versión de la ley en código: se comparan las cifras, no su redacción.")
    _check_hashes(report, folder, said)
    try:
        leaves = _check_records(report, folder, said)
        _check_tree(report, folder, frozen, leaves, root)
    except (OSError, ValueError, KeyError, csv.Error, Refused, LawRefused) as cause:
        report.add("anexos", "completos y legibles", f"{type(cause).__name__}: {str(cause)[:120]}")
    _check_statements(report, said)
    _check_pdf(report, folder, frozen, raw)
    return report


def faults_of(folder: Path, root: str | None = None) -> list[str]:
    """The findings as sentences; empty if the dictamen holds."""
    return [str(finding) for finding in verify(folder, root).findings]


def _check_hashes(report: Report, folder: Path, said: Mapping[str, Any]) -> None:
    for name, one in said["anexos"].items():
        path = folder / name
        if path.is_file():
            report.compare(f"anexos.{name}.sha256", one["sha256"], digest_file(path))
        else:
            report.add(f"anexos.{name}", "presente", "falta")


def _check_records(report: Report, folder: Path, said: Mapping[str, Any]) -> list[bytes]:
    """Rule every row again and compare every figure; gives the commitments with their groups, sorted."""
    proceso = process_from_toml(dated(said["proceso_archivo"]))
    who = said["aspirante"]
    aspirante = Aspirante(
        who["id"], Cargo(who["cargo"]), who["ambito"], _date(who["constancia"]), _date(who["desistimiento"])
    )
    marco = annexes.read_frame(folder / annexes.FRAME)
    counter = Counter(proceso, marco, aspirante)
    leaves = _check_rows(report, folder / annexes.CONFIDENTIAL, counter)
    count = counter.count()
    report.records = count.own_rows
    _check_figures(report, said, proceso, aspirante, marco, count)
    return leaves


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


def _check_rows(report: Report, path: Path, counter: Counter) -> list[bytes]:
    """Read the confidential annex as a stream: class and reasons of each row against those ruled again."""
    leaves: list[bytes] = []
    numbers = {name: bytes([GROUP_NAMES.index(group)]) for name, group in GROUPS.items()}
    clase_at, reasons_at = annexes.COLUMNS.index("class"), annexes.COLUMNS.index("reasons")
    waiting: deque[list[str]] = deque()  # rows read ahead of their ruling: one block at most
    wrong = 0

    def entries() -> Iterator[Entry]:
        with path.open(encoding="utf-8", newline="") as stream:
            for row in annexes.read_rows(stream, annexes.COLUMNS):
                waiting.append(row)
                yield annexes.entry_of(row, counter.aspirante.id)

    for entry, ruling in counter.feed(entries()):
        row = waiting.popleft()
        if entry.rival is None:
            if len(entry.salt) != annexes.SALT_BYTES:
                raise ValueError("a salt of another length")
            leaves.append(annexes.commit(row) + numbers[ruling.clase])
        for at, found in ((clase_at, str(ruling.clase)), (reasons_at, ruling.reasons_text)):
            if row[at] != found:
                wrong += 1
                if wrong <= ROW_FINDINGS:
                    report.add(f"registro {row[0]}.{annexes.COLUMNS[at]}", row[at], found or "(ninguna)")
    if wrong > ROW_FINDINGS:
        report.add("registros", "clases y razones", f"{wrong - ROW_FINDINGS} diferencias más")
    leaves.sort()
    return leaves


def _check_tree(
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
                yield annexes.public_leaf(bytes.fromhex(commitment), group)

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


def _group(leaf: bytes) -> str:
    return GROUP_NAMES[leaf[-1]] if leaf else ""


def _check_statements(report: Report, said: Mapping[str, Any]) -> None:
    """The error statement's arithmetic, and the demands on a final dictamen."""
    for one in said["errores"]:
        if "casos" in one:
            name = f"errores[{one['concepto']}]"
            report.compare(f"{name}.tasa", one["tasa"], rate(one["errores"], one["casos"]))
            interval = list(clopper_pearson(one["errores"], one["casos"]))
            report.compare(f"{name}.intervalo_95", one["intervalo_95"], interval)
    if said["tipo"] == "final":
        for code, sentence in obstacles(said):
            report.add("tipo", "final", f"{code}: {sentence}")


def _check_pdf(report: Report, folder: Path, frozen: Mapping[str, Any], raw: bytes) -> None:
    """The signature over the whole PDF, by the certificate of the dictamen, and the PDF drawn again."""
    try:
        pdf = (folder / PDF).read_bytes()
    except OSError:
        report.add(PDF, "presente", "falta")
        return
    check = check_signature(pdf, frozen["documento"]["firma"]["certificado_sha256"])
    if check.fault:
        report.add(f"{PDF} (firma)", "válida", check.fault)
    if stated_in(pdf) != (digest(raw), frozen["integridad"]["raiz"]):
        report.add(PDF, "la huella y la raíz de este dictamen.json", "las de otro")
    if frozen["documento"]["versiones"].get("dibujo") != drawing_version():
        report.notes.append("El PDF lo dibujó otra versión: se comprobó su firma y la huella que lleva.")
    elif not pdf.startswith(render(frozen, digest(raw))):
        report.add(PDF, "lo mismo que dictamen.json", "otro contenido al dibujarlo de nuevo")


def dated(value: Any, key: str = "") -> Any:
    """The process file with its dates as dates again (``compose.plain`` wrote them as texts)."""
    if isinstance(value, Mapping):
        return {name: dated(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [dated(inner) for inner in value]
    return date.fromisoformat(value) if key in DATE_KEYS and isinstance(value, str) else value


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 140 else text[:137] + "…"
