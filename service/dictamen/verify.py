"""Verifying a dictamen from its folder alone: no database, no list, no network.

Every figure is recomputed from the annexes by the same law room; hashes, tree, root, schema, signature and the
PDF itself are checked. Each finding names the figure that does not hold, with what is stated and what comes out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from service.dictamen import control
from service.dictamen.code_version import drawing_version, law_version
from service.dictamen.expediente import Drawn, Sampled
from service.dictamen.finality import obstacles
from service.dictamen.freeze import digest, digest_file, freeze, schema_faults
from service.dictamen.intervals import clopper_pearson, rate
from service.dictamen.issue import JSON, PDF
from service.dictamen.pdf import render
from service.dictamen.report import Finding, Report
from service.dictamen.sample import ticket
from service.dictamen.sign import check_signature, stated_in
from service.dictamen.verify_records import check_records, check_tree

UNANCHORED = (
    "Sin la raíz publicada sólo se comprueba que la carpeta es coherente consigo misma: una falsificada entera "
    "también lo es. Compruébela con --root."
)

__all__ = ["Finding", "Report", "faults_of", "verify"]


def verify(folder: Path, root: str | None = None) -> Report:
    """Check a dictamen's folder, and against the root as it was published, when given.

    Never raises on what the folder holds: whatever cannot be read is a finding.
    """
    report = Report()
    if root is None:
        report.notes.append(UNANCHORED)
    raw, frozen = b"", None
    with report.reading(JSON):
        raw = (folder / JSON).read_bytes()
        frozen = json.loads(raw)
        for fault in schema_faults(frozen):
            report.add(f"{JSON} (esquema)", "conforme", fault)
    if frozen is None or report.findings:
        return report
    with report.reading(JSON):
        if freeze(frozen) != raw:
            report.add(JSON, "JSON canónico (RFC 8785)", "otra secuencia de bytes")
    said = frozen["documento"]
    report.same_words = said["versiones"].get("ley") == law_version()
    if not report.same_words:
        report.notes.append("Lo emitió otra versión de la ley en código: se comparan las cifras, no su redacción.")
    _check_hashes(report, folder, said)
    drawn: list[Drawn] = []
    with report.reading(control.ANNEX):
        drawn = control.read_control(folder / control.ANNEX)
        _check_statement(report, said, drawn)
    with report.reading("anexos", "completos y legibles"):
        wanted = frozenset(one.record for one in drawn)
        leaves, found = check_records(report, folder, said, wanted)
        if strangers := len(wanted - found):
            report.add("muestra", "registros del anexo confidencial", f"{strangers} no están en él")
        check_tree(report, folder, frozen, leaves, root)
    with report.reading(f"{JSON} (tipo)"):
        _check_finality(report, said)
    with report.reading(PDF):
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


def _check_statement(report: Report, said: Mapping[str, Any], drawn: Sequence[Drawn]) -> None:
    """The statement of error counted again from the sample, its arithmetic, and the sample from its seed."""
    report.compare(f"anexos.{control.ANNEX}.renglones", said["anexos"][control.ANNEX]["renglones"], len(drawn))
    samples = samples_of(said["errores"])
    for one in said["errores"]:
        name = f"errores[{one['medida']}]"
        if "casos" in one and one["errores"] <= one["casos"]:
            report.compare(f"{name}.tasa", one["tasa"], rate(one["errores"], one["casos"]))
            interval = list(clopper_pearson(one["errores"], one["casos"]))
            report.compare(f"{name}.intervalo_95", one["intervalo_95"], interval)
        elif "casos" in one:
            report.add(f"{name}.errores", one["errores"], f"más que los {one['casos']} casos")
    stated = [one for one in said["errores"] if one["medida"] in control.STRATA]
    report.compare("errores", stated, control.statement(samples, drawn))
    for stratum in (control.MACHINE, control.PEOPLE):
        mine = [one for one in drawn if one.stratum == stratum]
        sample = next((one for one in samples if one.stratum == stratum), None)
        report.compare(f"muestra.{stratum}.sorteados", 0 if sample is None else sample.drawn, len(mine))
        if sample is not None:
            tickets = [ticket(sample.seed, one.record) for one in sorted(mine, key=lambda one: one.place)]
            if tickets != sorted(set(tickets)) or [one.place for one in mine] != list(range(1, len(mine) + 1)):
                report.add(f"muestra.{stratum}", "en el orden de la semilla", "otro orden, o un registro repetido")


def samples_of(lines: Sequence[Mapping[str, Any]]) -> tuple[Sampled, ...]:
    """The samples that a statement of error names, one a stratum."""
    found = {}
    for one in lines:
        if one["muestra"] and one["medida"] in control.STRATA:
            origin, stratum = one["muestra"], control.STRATA[one["medida"]]
            found[stratum] = Sampled(
                stratum, origin["registros"], origin["marco_sha256"], origin["semilla"], origin["sorteados"],
                origin["sorteos_anteriores"], origin["ampliaciones"],
            )  # fmt: skip
    return tuple(found.values())


def _check_finality(report: Report, said: Mapping[str, Any]) -> None:
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
