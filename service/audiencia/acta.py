"""The acta of a hearing in PDF: what was notified, alleged and decided, with hashes; no names of electors."""

from __future__ import annotations

import io

from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from service.access.words import class_word, moment
from service.store import Session, pages
from service.store import audiencia as rows
from service.store.audiencia import HearingNotice
from service.store.proceso import Aspirante


def draw_acta(session: Session, notice: HearingNotice, aspirante: Aspirante, *, rehearsal: bool) -> bytes:
    """The acta as PDF bytes."""
    body, title = _styles()
    story: list[Flowable] = []
    if rehearsal:
        story.append(Paragraph("ENSAYO — datos ficticios, sin efectos legales", title))
    story += [
        Paragraph(f"Acta de audiencia {notice.id}", title),
        Paragraph(f"Aspirante: {_safe(aspirante.nombre)} ({aspirante.id}).", body),
        Paragraph(
            f"Notificada el {moment(notice.notified_at)}; el plazo de {notice.hours} horas terminó o termina el "
            f"{moment(notice.term_ends)} (hora de la Ciudad de México). Notificó: {_safe(notice.by)}.",
            body,
        ),
        Paragraph(
            f"Se notificaron {notice.rows} renglones que no se cuentan, cada uno con todas sus causas. "
            f"SHA-256 de la relación: {notice.sha256}.",
            body,
        ),
        Spacer(1, 4 * mm),
    ]
    for claim in rows.claims_of(session, notice.id):
        story += _claim_part(session, claim, body)
    figures = rows.hearing_figures(session, aspirante.id)
    story.append(
        Paragraph(
            f"Renglones alegados: {figures.claimed}. Concedidos: {figures.granted}. Negados: {figures.denied}.", body
        )
    )
    story += [Spacer(1, 14 * mm), _signatures(body)]
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=letter, leftMargin=20 * mm, rightMargin=20 * mm, topMargin=18 * mm, bottomMargin=18 * mm,
        title=f"Acta de audiencia {notice.id}", lang="es-MX",
    )  # fmt: skip
    document.build(story)
    return out.getvalue()


def _claim_part(session: Session, claim: rows.Claim, body: ParagraphStyle) -> list[Flowable]:
    part: list[Flowable] = [
        Paragraph(f"<b>Alegato {claim.id}</b>, {moment(claim.at)}, por {_safe(claim.by)}:", body),
        Paragraph(_safe(claim.text), body),
    ]
    for file in rows.evidence_of(session, claim.id):
        part.append(Paragraph(f"Prueba: {_safe(file.name)}, SHA-256 {file.sha256}.", body))
    decided = {decision.record: decision for decision in rows.decisions_of(session, claim.id)}
    lines: list[list[Flowable]] = [[Paragraph(f"<b>{w}</b>", body) for w in ("Renglón", "Causas", "Resolución")]]
    for record in rows.rows_of_claim(session, claim.id):
        view = pages.record_view(session, record)
        now_is = f"{view.ruling.clase}: {class_word(view.ruling.clase)}" if view and view.ruling else ""
        decision = decided.get(record)
        said = "Pendiente."
        if decision is not None:
            verb = "Concedido" if decision.granted else "Negado"
            cured = f" Se levanta: {', '.join(decision.cured)}." if decision.cured else ""
            said = f"{verb}, {moment(decision.at)}, {_safe(decision.by)}.{cured} Motivo: {_safe(decision.motive)}"
        lines.append([Paragraph(record, body), Paragraph(now_is, body), Paragraph(said, body)])
    table = Table(lines, colWidths=[42 * mm, 45 * mm, 88 * mm], repeatRows=1)
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.4, "#888888"), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return [*part, table, Spacer(1, 5 * mm)]


def _signatures(body: ParagraphStyle) -> Table:
    return Table(
        [[Paragraph("_" * 34 + "<br/>Persona oficial de audiencia", body),
          Paragraph("_" * 34 + "<br/>Aspirante o representante", body)]]
    )  # fmt: skip


def _styles() -> tuple[ParagraphStyle, ParagraphStyle]:
    body = ParagraphStyle("body", fontName="Helvetica", fontSize=9.5, leading=13, spaceAfter=4)
    return body, ParagraphStyle("title", parent=body, fontSize=15, leading=19, spaceAfter=8)


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br/>")
