"""What went to the systems of the agreement and what came back: files by hash, answers beside what we held."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import Base
from service.store.findings import ReviewItem
from service.store.portal import Application, acts_of, version_numbered


class ExchangeSent(Base):
    """One file made for another system, with the hash its acta shows."""

    __tablename__ = "exchange_sent"
    id: Mapped[int] = mapped_column(primary_key=True)
    proceso: Mapped[str] = mapped_column(ForeignKey("proceso.clave"), index=True)
    layout: Mapped[str]
    name: Mapped[str]
    rows: Mapped[int]
    sha256: Mapped[str]
    at: Mapped[dt.datetime]
    by: Mapped[str]


class CompulsaQuery(Base):
    """One query of a compulsa sent to the DERFE: its number in the file and the record it is about."""

    __tablename__ = "compulsa_query"
    sent_id: Mapped[int] = mapped_column(ForeignKey("exchange_sent.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[str] = mapped_column(ForeignKey("record.id"), index=True)
    clave: Mapped[str]


class CompulsaReturn(Base):
    """A returned file, its bytes as they came and the oficio it came with."""

    __tablename__ = "compulsa_return"
    __table_args__ = (UniqueConstraint("sent_id", "sha256"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    sent_id: Mapped[int] = mapped_column(ForeignKey("exchange_sent.id"), index=True)
    oficio: Mapped[str]
    rows: Mapped[int]
    differing: Mapped[int]
    sha256: Mapped[str]
    document: Mapped[bytes] = mapped_column(deferred=True)
    at: Mapped[dt.datetime]
    by: Mapped[str]


class CompulsaAnswer(Base):
    """What the DERFE says of one record. It stands beside the match; ``item_id`` asks people where they differ."""

    __tablename__ = "compulsa_answer"
    return_id: Mapped[int] = mapped_column(ForeignKey("compulsa_return.id"), primary_key=True)
    record: Mapped[str] = mapped_column(ForeignKey("record.id"), primary_key=True)
    clave: Mapped[str]
    situacion: Mapped[str]
    seccion: Mapped[int | None]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("review_item.id"), index=True)


def sent_files(session: Session, proceso: str | None = None) -> list[ExchangeSent]:
    """Files sent, the newest first."""
    query = select(ExchangeSent).order_by(ExchangeSent.id.desc())
    return list(session.scalars(query if proceso is None else query.where(ExchangeSent.proceso == proceso)))


def queries_of(session: Session, sent: int) -> dict[str, CompulsaQuery]:
    """The queries of a file by their number as written there."""
    query = select(CompulsaQuery).where(CompulsaQuery.sent_id == sent)
    return {str(one.number): one for one in session.scalars(query)}


def returns_of(session: Session) -> list[CompulsaReturn]:
    """Returned files, the newest first."""
    return list(session.scalars(select(CompulsaReturn).order_by(CompulsaReturn.id.desc())))


def was_returned(session: Session, sent: int, sha256: str) -> bool:
    query = select(func.count()).where(CompulsaReturn.sent_id == sent, CompulsaReturn.sha256 == sha256)
    return bool(session.scalar(query))


def answer_of_item(session: Session, item: int) -> CompulsaAnswer | None:
    """The answer that raised a question, None for any other question."""
    return session.scalar(select(CompulsaAnswer).where(CompulsaAnswer.item_id == item))


def answers_in_question(session: Session) -> list[tuple[CompulsaAnswer, ReviewItem]]:
    """Answers that differ from what was held, with the question each raised."""
    query = select(CompulsaAnswer, ReviewItem).join(ReviewItem, ReviewItem.id == CompulsaAnswer.item_id)
    return [(answer, item) for answer, item in session.execute(query.order_by(ReviewItem.id))]


def granted_document(session: Session, aspirante: str) -> dict[str, Any]:
    """The application (art. 323 párr. 9) of an aspirante as it was granted; empty where none came by the portal."""
    application = session.scalar(select(Application).where(Application.aspirante == aspirante))
    if application is None:
        return {}
    granted = [act.version for act in acts_of(session, application.id) if act.kind == "granted"]
    version = version_numbered(session, application.id, granted[-1]) if granted else None
    return {} if version is None else version.document
