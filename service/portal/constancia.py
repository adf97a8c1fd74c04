"""The constancia that makes a person an aspirante (arts. 311 and 323 párr. 20), in PDF."""

from __future__ import annotations

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Spacer

from service.access.words import cargo_word, day, moment
from service.jobs.lawyer import collection_period
from service.portal.application import full_name, pairs_of
from service.proceso.acta import BODY, HEAD, SMALL, TITLE, build, safe, signatures, table
from service.proceso.register import law_proceso, require_proceso
from service.store import Session
from service.store.portal import Application, ApplicationVersion, acts_of, version_numbered
from service.store.proceso import Aspirante


def draw_constancia(session: Session, application: Application, aspirante: Aspirante, *, rehearsal: bool) -> bytes:
    """The constancia as PDF bytes, from the version that was granted."""
    granted = next(act for act in reversed(acts_of(session, application.id)) if act.kind == "granted")
    version = version_numbered(session, application.id, granted.version)
    assert version is not None
    process = law_proceso(require_proceso(session, aspirante.proceso).text)
    window = collection_period(session, aspirante)
    title = f"Constancia de aspirante {aspirante.id}"
    place = f" {aspirante.ambito}" if aspirante.ambito else ""
    story: list[Flowable] = [
        Paragraph("CONSTANCIA DE ASPIRANTE A CANDIDATURA SIN PARTIDO", TITLE),
        Paragraph(safe(process.nombre), HEAD),
        Paragraph(
            f"Se hace constar que <b>{safe(aspirante.nombre)}</b>, habiendo presentado su solicitud con los datos "
            "del "
            "artículo 323, párrafo 9, del Código de Instituciones y Procedimientos Electorales de la Ciudad de "
            "México, adquiere la calidad de <b>aspirante a candidatura sin partido</b> a "
            f"<b>{cargo_word(aspirante.cargo)}"
            f"{safe(place)}</b>, a partir del {day(aspirante.constancia)} (artículos 311 y 323, párrafo 20).",
            BODY,
        ),
        table(
            ("Dato", "Consta"),
            [
                ("Clave de expediente", aspirante.id),
                ("Solicitud", f"{application.id}, versión {version.number}, guardada el {moment(version.at)}"),
                ("Serie de folios de sus cédulas", f"{aspirante.series:03d}"),
                (
                    "Periodo para obtener apoyo",
                    f"del {day(window.first)} al {day(window.last)}, ambos días incluidos",
                ),
                ("Representante ante el Instituto", safe(str(version.document.get("representante", "")))),
                ("Responsable de los recursos", safe(str(version.document.get("responsable", "")))),
                *_pairs(version),
            ],
            (60, 116),
        ),
        Spacer(1, 4 * mm),
        Paragraph(
            "Puede realizar actos para obtener el apoyo desde el día siguiente al de esta constancia (artículo 311), "
            "sólo en las cédulas foliadas que imprime el Instituto. Las firmas presentadas en fotocopia o de forma "
            "electrónica se excluyen (artículo 323, párrafo 11); quien firma apoya una sola candidatura sin partido "
            "por elección.",
            BODY,
        ),
        Paragraph(f"Otorgó: {safe(granted.by)}, el {moment(granted.at)} (hora de la Ciudad de México).", SMALL),
        Spacer(1, 22 * mm),
        signatures("Por el Instituto Electoral", "Recibí: aspirante"),
    ]
    return build(story, title, rehearsal=rehearsal)


def _pairs(version: ApplicationVersion) -> list[tuple[str, str]]:
    return [
        (f"Fórmula {pair['numero']}", safe(f"{pair['propietario']} / suplente: {pair['suplente']}"))
        for pair in pairs_of(version.document)
    ]


def file_name(application: Application) -> str:
    return f"constancia-{application.aspirante}.pdf"


def applicant_name(version: ApplicationVersion | None) -> str:
    return full_name(version.document) if version else ""
