"""The acta of a hearing in PDF: what was notified, alleged and decided, with hashes; no names of electors."""

from __future__ import annotations

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Spacer

from service.access.words import class_word, folio_word, moment
from service.proceso.acta import BODY, HEAD, MONO, TITLE, build, safe, signatures, table
from service.store import Session
from service.store import audiencia as rows
from service.store.audiencia import HearingNotice
from service.store.proceso import Aspirante


def draw_acta(session: Session, notice: HearingNotice, aspirante: Aspirante, *, rehearsal: bool) -> bytes:
    """The acta as PDF bytes."""
    title = f"Acta de audiencia {notice.id}"
    story: list[Flowable] = [
        Paragraph(title, TITLE),
        Paragraph(f"Aspirante: {safe(aspirante.nombre)} ({aspirante.id}).", BODY),
        Paragraph(
            f"Notificada el {moment(notice.notified_at)}; el plazo de {notice.hours} horas terminó o termina el "
            f"{moment(notice.term_ends)} (hora de la Ciudad de México). Notificó: {safe(notice.by)}.",
            BODY,
        ),
        Paragraph(
            f"Se notificaron {notice.rows} renglones que no se cuentan, cada uno con todas sus causas. "
            f"SHA-256 de la relación: {notice.sha256}.",
            BODY,
        ),
    ]
    for claim in rows.claims_of(session, notice.id):
        story += _claim_part(session, claim)
    figures = rows.hearing_figures(session, aspirante.id)
    story += [
        Paragraph("Resultado", HEAD),
        Paragraph(
            f"Renglones alegados: {figures.claimed}. Concedidos: {figures.granted}. Negados: {figures.denied}.", BODY
        ),
        Spacer(1, 16 * mm),
        signatures("Persona oficial de audiencia", "Aspirante o representante"),
    ]
    return build(story, title, rehearsal=rehearsal)


def _claim_part(session: Session, claim: rows.Claim) -> list[Flowable]:
    part: list[Flowable] = [
        Paragraph(f"Alegato {claim.id}, {moment(claim.at)}, por {safe(claim.by)}", HEAD),
        Paragraph(safe(claim.text), BODY),
    ]
    for file in rows.evidence_of(session, claim.id):
        part.append(Paragraph(f"Prueba: {safe(file.name)}, SHA-256 {file.sha256}.", MONO))
    lines = []
    for line in rows.claim_lines(session, claim):
        folio = f"folio {folio_word(line.folio)}, renglón {line.record.row}<br/>"
        before = ", ".join(_cause(code) for code in (line.notified.reasons if line.notified else ()))
        now_is = _cause(line.ruling.clase) if line.ruling else ""
        decision = line.decision
        said = "Pendiente."
        if decision is not None:
            verb = "Concedido" if decision.granted else "Negado"
            cured = f" Se levanta: {', '.join(_cause(code) for code in decision.cured)}." if decision.cured else ""
            said = (
                f"<b>{verb}</b>, {moment(decision.at)}, {safe(decision.by)}.{cured} Motivo: {safe(decision.motive)}"
            )
        lines.append([f'{folio}<font size="6.5">{line.record.id}</font>', before or "—", now_is, said])
    part += [
        table(("Renglón", "Causas notificadas", "Como está", "Resolución"), lines, (44, 36, 30, 66)),
        Spacer(1, 4 * mm),
    ]
    return part


def _cause(code: str) -> str:
    """A class in words. Which baja it is stays out of a paper that travels: it is told in person at the hearing."""
    return class_word(code) if code.startswith("B") else f"{code} {class_word(code)}"
