"""What the programs' door keeps: keys of programs (hashed), and answers given once to an idempotency key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.accounts import Account
from service.store.base import Base


class ApiToken(Base):
    """A key that a program shows. Only its SHA-256 is kept: the key itself is said once.

    With ``account_id`` it is a party's own key and can never do more than that account; without, a program's of
    the institute. ``hash`` is null until a second person hands a program's key over.
    """

    __tablename__ = "api_token"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    hash: Mapped[str | None] = mapped_column(unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    scopes: Mapped[list[Any]]
    made_by: Mapped[str]
    made_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    released_by: Mapped[str | None]
    revoked_by: Mapped[str | None]
    revoked_at: Mapped[dt.datetime | None]


class ApiAnswer(Base):
    """The answer given to an idempotency key; ``status`` is null while the first request is still being served."""

    __tablename__ = "api_answer"
    __table_args__ = (UniqueConstraint("token_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id"))
    key: Mapped[str]
    fingerprint: Mapped[str]
    """SHA-256 of what was asked: address, parameters, names and bytes of the files."""
    status: Mapped[int | None]
    body: Mapped[dict[str, Any] | None]
    at: Mapped[dt.datetime]


def token_of_hash(session: Session, digest: str) -> tuple[ApiToken, Account | None] | None:
    """A key by its SHA-256, with the account it speaks for; None if nobody holds such a key."""
    query = select(ApiToken, Account).outerjoin(Account, Account.id == ApiToken.account_id)
    found = session.execute(query.where(ApiToken.hash == digest)).one_or_none()
    return (found[0], found[1]) if found else None


def find_token(session: Session, token: int) -> ApiToken | None:
    return session.get(ApiToken, token)


def tokens(session: Session, *, made_by: str | None = None) -> list[ApiToken]:
    """Keys, the newest first; of parties and programs, or only those that one person made."""
    query = select(ApiToken).order_by(ApiToken.id.desc())
    return list(session.scalars(query if made_by is None else query.where(ApiToken.made_by == made_by)))


def program_named(session: Session, name: str, at: dt.datetime) -> ApiToken | None:
    """A program's key of that name that is in force."""
    query = select(ApiToken).where(ApiToken.name == name, ApiToken.account_id.is_(None))
    return session.scalar(query.where(ApiToken.revoked_at.is_(None), ApiToken.expires_at > at).limit(1))


def answer_under(session: Session, token: int, key: str) -> ApiAnswer | None:
    return session.scalar(select(ApiAnswer).where(ApiAnswer.token_id == token, ApiAnswer.key == key))


def forget_answers(session: Session, before: dt.datetime, *, ids: Collection[int] = ()) -> None:
    """Drop answers older than a moment, and these."""
    session.execute(delete(ApiAnswer).where((ApiAnswer.at < before) | ApiAnswer.id.in_(ids)))
