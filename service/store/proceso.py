"""Electoral processes, their geographic frames, rolls, aspirantes and forms."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

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
    document: Mapped[dict[str, Any]]
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
    document: Mapped[dict[str, Any]]
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
