"""Electoral processes, their geographic frames, rolls, aspirantes and forms."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from service.store.base import Base


class Proceso(Base):
    """An electoral process; what rules it stands in its newest ``ProcesoVersion``."""

    __tablename__ = "proceso"
    clave: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[dt.datetime]
    key: Mapped[bytes]
    """32 random bytes that sign the folios of this process's sheets."""


class ProcesoVersion(Base):
    """The process file as loaded: dates, parameters and the acuerdo of each. A change is a new version."""

    __tablename__ = "proceso_version"
    __table_args__ = (UniqueConstraint("proceso", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    proceso: Mapped[str] = mapped_column(ForeignKey("proceso.clave"))
    number: Mapped[int]
    text: Mapped[str]
    """The TOML as it came."""
    loaded_at: Mapped[dt.datetime]
    loaded_by: Mapped[str]


class Marco(Base):
    """One version of the geographic frame of a process."""

    __tablename__ = "marco"
    __table_args__ = (UniqueConstraint("proceso", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    proceso: Mapped[str] = mapped_column(ForeignKey("proceso.clave"))
    number: Mapped[int]
    sha256: Mapped[str]
    loaded_at: Mapped[dt.datetime]
    loaded_by: Mapped[str]


class MarcoSeccion(Base):
    """A section in one version of the frame; ``lista_nominal`` is null where the figure is missing."""

    __tablename__ = "marco_seccion"
    marco_id: Mapped[int] = mapped_column(ForeignKey("marco.id"), primary_key=True)
    seccion: Mapped[int] = mapped_column(primary_key=True)
    distrito_local: Mapped[int]
    demarcacion: Mapped[str]
    circunscripcion: Mapped[str]
    lista_nominal: Mapped[int | None]


class ListaNominal(Base):
    """One sealed version of the lista nominal. The electors stand in its index on disk, never in tables."""

    __tablename__ = "lista_nominal"
    id: Mapped[str] = mapped_column(primary_key=True)
    proceso: Mapped[str] = mapped_column(ForeignKey("proceso.clave"))
    corte: Mapped[dt.date]
    path: Mapped[str]
    """Folder of the index, relative to the data folder."""
    sha256: Mapped[str]
    rows: Mapped[int]
    loaded_at: Mapped[dt.datetime]
    loaded_by: Mapped[str]


class ListaReturn(Base):
    """The return and destruction of a list (LGIPE 126.3), with the hashes its acta shows."""

    __tablename__ = "lista_return"
    lista_id: Mapped[str] = mapped_column(ForeignKey("lista_nominal.id"), primary_key=True)
    at: Mapped[dt.datetime]
    by: Mapped[str]
    hashes: Mapped[dict[str, Any]]


class Aspirante(Base):
    """An aspirante; ``series`` is the first three figures of every folio printed for them."""

    __tablename__ = "aspirante"
    __table_args__ = (UniqueConstraint("proceso", "series"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    proceso: Mapped[str] = mapped_column(ForeignKey("proceso.clave"))
    series: Mapped[int]
    nombre: Mapped[str]
    cargo: Mapped[str]
    ambito: Mapped[str]
    constancia: Mapped[dt.date]
    text: Mapped[str]
    """The TOML as it came."""
    created_at: Mapped[dt.datetime]


class Withdrawal(Base):
    """The day an aspirante withdrew (desistimiento)."""

    __tablename__ = "withdrawal"
    aspirante: Mapped[str] = mapped_column(ForeignKey("aspirante.id"), primary_key=True)
    on: Mapped[dt.date]
    at: Mapped[dt.datetime]
    by: Mapped[str]


class FolioRange(Base):
    """Serial numbers printed for an aspirante in one go."""

    __tablename__ = "folio_range"
    id: Mapped[int] = mapped_column(primary_key=True)
    aspirante: Mapped[str] = mapped_column(ForeignKey("aspirante.id"), index=True)
    form: Mapped[str]
    first: Mapped[int]
    last: Mapped[int]
    at: Mapped[dt.datetime]
    by: Mapped[str]


class FormDocument(Base):
    """A registered official layout besides the ones that come with the program."""

    __tablename__ = "form_document"
    version: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]
    at: Mapped[dt.datetime]
    by: Mapped[str]


def next_number(session: Session, column: InstrumentedAttribute[int], **where: Any) -> int:
    """One more than the greatest ``column`` among the rows where the named columns have the given values."""
    table = column.class_
    query = select(func.max(column)).where(*(getattr(table, name) == value for name, value in where.items()))
    return (session.scalar(query) or 0) + 1


def proceso_in_force(session: Session, clave: str) -> ProcesoVersion | None:
    """The newest version of a process, None if there is no such process."""
    query = select(ProcesoVersion).where(ProcesoVersion.proceso == clave).order_by(ProcesoVersion.number.desc())
    return session.scalar(query.limit(1))


def marco_in_force(session: Session, proceso: str) -> Marco | None:
    """The newest frame of a process."""
    return session.scalar(select(Marco).where(Marco.proceso == proceso).order_by(Marco.number.desc()).limit(1))


def secciones_of(session: Session, marco: Marco) -> list[MarcoSeccion]:
    query = select(MarcoSeccion).where(MarcoSeccion.marco_id == marco.id).order_by(MarcoSeccion.seccion)
    return list(session.scalars(query))


def demarcaciones_of(session: Session, marco: int) -> list[tuple[int, str]]:
    """Section and demarcación of every section of a frame."""
    query = select(MarcoSeccion.seccion, MarcoSeccion.demarcacion).where(MarcoSeccion.marco_id == marco)
    return [(seccion, demarcacion) for seccion, demarcacion in session.execute(query)]


def listas_of(session: Session, proceso: str) -> list[ListaNominal]:
    """The lists of a process that were not returned, the newest cut first."""
    query = (
        select(ListaNominal)
        .outerjoin(ListaReturn, ListaReturn.lista_id == ListaNominal.id)
        .where(ListaNominal.proceso == proceso, ListaReturn.lista_id.is_(None))
        .order_by(ListaNominal.corte.desc(), ListaNominal.loaded_at.desc())
    )
    return list(session.scalars(query))


def kept_listas(session: Session) -> list[str]:
    """Every list of any process that was not returned."""
    query = select(ListaNominal.id).outerjoin(ListaReturn, ListaReturn.lista_id == ListaNominal.id)
    return list(session.scalars(query.where(ListaReturn.lista_id.is_(None)).order_by(ListaNominal.id)))


def count_rows(session: Session, table: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def aspirantes_of(session: Session, proceso: str) -> list[Aspirante]:
    query = select(Aspirante).where(Aspirante.proceso == proceso).order_by(Aspirante.series)
    return list(session.scalars(query))


def withdrawals_of(session: Session, proceso: str) -> dict[str, dt.date]:
    query = select(Withdrawal).join(Aspirante, Aspirante.id == Withdrawal.aspirante)
    return {w.aspirante: w.on for w in session.scalars(query.where(Aspirante.proceso == proceso))}


def last_serial(session: Session, aspirante: str) -> int:
    """The greatest serial number printed for an aspirante, 0 if none was."""
    return session.scalar(select(func.max(FolioRange.last)).where(FolioRange.aspirante == aspirante)) or 0


def folio_was_printed(session: Session, aspirante: str, serial: int) -> bool:
    query = select(FolioRange.id).where(
        FolioRange.aspirante == aspirante, FolioRange.first <= serial, FolioRange.last >= serial
    )
    return session.scalar(query.limit(1)) is not None


def aspirante_of_series(session: Session, proceso: str, series: int) -> Aspirante | None:
    return session.scalar(select(Aspirante).where(Aspirante.proceso == proceso, Aspirante.series == series))


def form_documents(session: Session) -> dict[str, dict[str, Any]]:
    """The registered layouts by version."""
    return {form.version: form.document for form in session.scalars(select(FormDocument))}


def procesos(session: Session) -> list[str]:
    return list(session.scalars(select(Proceso.clave).order_by(Proceso.clave)))


def all_listas(session: Session) -> list[tuple[ListaNominal, bool]]:
    """Every list ever loaded, with whether it was returned."""
    query = select(ListaNominal, ListaReturn).outerjoin(ListaReturn, ListaReturn.lista_id == ListaNominal.id)
    return [(lista, returned is not None) for lista, returned in session.execute(query)]


def seccion_of(session: Session, marco: Marco, seccion: int) -> MarcoSeccion | None:
    return session.get(MarcoSeccion, (marco.id, seccion))
