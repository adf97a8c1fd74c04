"""The acta of reception in PDF: what was declared, scanned and received, first and last folio, hashes, the sample."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Spacer

from service.access.words import day, folio_word, moment
from service.intake.cotejo import list_sha256
from service.proceso.acta import BODY, HEAD, MONO, TITLE, build, safe, signatures, table
from service.store import Session, now, pages
from service.store.proceso import Aspirante
from service.store.reception import DeliveryFigures, checks_of, deliveries_of, samples_of

WORDS = {"agrees": "coincide", "copy": "es fotocopia", "differs": "no corresponde"}


def batch_sha256(delivery: DeliveryFigures) -> str:
    """The hash of a delivery: SHA-256 of the hashes of its files in the order taken, one a line."""
    return hashlib.sha256("".join(f"{digest}\n" for digest in delivery.sha256s).encode()).hexdigest()


def draw_acta(session: Session, aspirante: Aspirante, *, by: str, rehearsal: bool) -> bytes:
    """The acta as it stands at this moment."""
    title = f"Acta de recepción de originales {aspirante.id}"
    deliveries = deliveries_of(session, aspirante.id)
    sheets = pages.sheets_of(session, aspirante.id)
    marks = [original.mark for original in pages.originals_of(session, aspirante.id)]
    scanned = {mark for sheet, _rows, _came in sheets for mark in (sheet.folio, sheet.id)}
    missing = [sheet.folio or sheet.id for sheet, _rows, came in sheets if not came]
    unscanned = [mark for mark in marks if mark not in scanned]
    story: list[Flowable] = [
        Paragraph("Acta de recepción de originales", TITLE),
        Paragraph(
            f"Aspirante: {safe(aspirante.nombre)} ({aspirante.id}), {aspirante.cargo} {aspirante.ambito}.", BODY
        ),
        Paragraph(f"Estado al {moment(now())} (hora de la Ciudad de México). La levantó: {safe(by)}.", BODY),
        Paragraph("Entregas y lo que se digitalizó", HEAD),
        _deliveries(deliveries),
        Paragraph(
            "La huella de cada entrega es el SHA-256 de las huellas SHA-256 de sus archivos, en el orden en que se "
            "tomaron, una por línea.",
            BODY,
        ),
        Paragraph("Conciliación", HEAD),
        _reconciled(deliveries, len(sheets), len(marks), len(missing), len(unscanned)),
        Spacer(1, 2 * mm),
        Paragraph(_folios(marks), BODY),
        Paragraph(f"SHA-256 de la relación de originales recibidos, un folio por línea: {list_sha256(marks)}.", MONO),
        *_listed("Hojas digitalizadas cuyo original falta", missing),
        *_listed("Originales recibidos que no se han digitalizado", unscanned),
        *_samples(session, aspirante),
        Spacer(1, 16 * mm),
        signatures("Recibe por el Instituto", "Entrega por la persona aspirante"),
    ]
    return build(story, title, rehearsal=rehearsal)


def _deliveries(deliveries: Sequence[DeliveryFigures]) -> Flowable:
    lines = [
        [
            d.batch.id,
            day(d.batch.received),
            "—" if d.batch.declared_sheets is None else str(d.batch.declared_sheets),
            str(d.files),
            str(d.pages),
            str(d.sheets),
            str(d.repeated),
            f'<font face="Courier" size="6.5">{batch_sha256(d)}</font>',
        ]
        for d in deliveries
    ]
    head = ("Entrega", "Recibida", "Hojas declaradas", "Archivos", "Páginas", "Hojas", "Repetidas", "SHA-256")
    return table(head, lines, (17, 20, 20, 17, 16, 14, 19, 53))


def _reconciled(
    deliveries: Sequence[DeliveryFigures], sheets: int, marks: int, missing: int, unscanned: int
) -> Flowable:
    declared = sum(d.batch.declared_sheets or 0 for d in deliveries)
    lines = [
        ["Hojas declaradas", str(declared) if declared else "sin declarar", "", ""],
        [
            "Hojas digitalizadas",
            str(sheets),
            "diferencia con lo declarado",
            f"{sheets - declared:+d}" if declared else "—",
        ],
        [
            "Originales recibidos y cotejados por folio",
            str(marks),
            "diferencia con lo digitalizado",
            f"{marks - sheets:+d}",
        ],
        ["Hojas digitalizadas sin original", str(missing), "sus apoyos no se cuentan mientras falte", ""],
        ["Originales sin digitalizar", str(unscanned), "", ""],
    ]
    return table(("Concepto", "Cuenta", "", ""), lines, (66, 18, 66, 26))


def _folios(marks: Sequence[str]) -> str:
    figures = [mark for mark in marks if mark.isdigit()]
    if not figures:
        return "No se ha recibido ningún original con folio legible."
    return f"Primer folio recibido: {folio_word(figures[0])}. Último folio recibido: {folio_word(figures[-1])}."


def _listed(title: str, marks: Sequence[str]) -> list[Flowable]:
    if not marks:
        return []
    return [Paragraph(title, HEAD), Paragraph(", ".join(folio_word(mark) for mark in marks), MONO)]


def _samples(session: Session, aspirante: Aspirante) -> list[Flowable]:
    part: list[Flowable] = []
    for sample in samples_of(session, aspirante.id):
        checks = checks_of(session, sample.id)
        part += [
            Paragraph(f"Cotejo por muestra {sample.id}", HEAD),
            Paragraph(
                f"Semilla pública: «{safe(sample.seed)}» ({safe(sample.source)}). Sorteada el {moment(sample.at)} "
                f"entre {len(sample.population)} originales; SHA-256 de su relación: {sample.sha256}. "
                "Salen los folios con menor SHA-256 de la semilla, un salto de línea y el folio.",
                BODY,
            ),
            table(
                ("Lugar", "Folio", "Resultado", "Observación", "Cotejó"),
                [
                    [
                        str(place),
                        folio_word(mark),
                        WORDS[checks[mark].result] if mark in checks else "pendiente",
                        safe(checks[mark].note) if mark in checks else "",
                        f"{safe(checks[mark].by)}, {moment(checks[mark].at)}" if mark in checks else "",
                    ]
                    for place, mark in enumerate(sample.drawn, 1)
                ],
                (15, 37, 28, 56, 40),
            ),
        ]
    return part
