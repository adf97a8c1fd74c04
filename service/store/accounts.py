"""Accounts, roles, what an account may see, and failed sign-ins (for the lockout)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

import sqlalchemy as sa
from flask import current_app
from flask_security import AsaList, RoleMixin, SQLAlchemySessionUserDatastore, UserMixin
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, scoped_session, sessionmaker

from service.store.base import Base, Store, now

account_role = sa.Table(
    "account_role",
    Base.metadata,
    sa.Column("account_id", ForeignKey("account.id"), primary_key=True),
    sa.Column("role_id", ForeignKey("role.id"), primary_key=True),
)


class RoleRow(Base, RoleMixin):
    """A role by the name of ``service.access.roles.Role``."""

    __tablename__ = "role"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


class Account(Base, UserMixin):
    """A person who signs in. ``username`` names them in decisions and in the audit log; no other data is kept."""

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    password_set: Mapped[bool] = mapped_column(default=False)
    """False until the person replaced the one-time password they were given."""
    created_at: Mapped[dt.datetime]
    created_by: Mapped[str]
    roles: Mapped[list[RoleRow]] = relationship(secondary=account_role, lazy="selectin")
    scopes: Mapped[list[AccountScope]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    def check_tf_required(
        self, tf_setup_methods: list[tuple[str, str]], tf_fresh: bool
    ) -> tuple[bool, list[tuple[str, str]]]:
        """Flask-Security asks here whether this person must give a second factor."""
        return bool(tf_setup_methods) or self.check_tf_required_setup(), tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        """True if one of the person's roles must hold a second factor under the settings in force."""
        demanding = current_app.config["RESPALDO_SECOND_FACTOR_ROLES"]
        return any(role.name in demanding for role in self.roles)


class AccountScope(Base):
    """What an account is limited to: ``aspirante`` (an id, parties) or ``distrito`` (a number, districts)."""

    __tablename__ = "account_scope"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[str] = mapped_column(String(64), primary_key=True)


class Recovery(Base):
    """A new one-time password asked for an account by one person; another answers."""

    __tablename__ = "recovery"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), index=True)
    motive: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime]
    answered_by: Mapped[str | None]
    answered_at: Mapped[dt.datetime | None]
    approved: Mapped[bool | None]


class FailedSignIn(Base):
    """One failed attempt under a hash of the name given, so that the table names nobody who mistyped."""

    __tablename__ = "failed_sign_in"
    __table_args__ = (Index("ix_failed_sign_in_key_at", "key", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime]


def account_sessions(store: Store, writes: Callable[[], bool]) -> scoped_session[Session]:
    """Sessions of Flask-Security, one per thread: writing ones only where ``writes()`` says so.

    A session that read and then writes would lose on SQLite against a writer in between, so the few requests
    that change an account begin as writers.
    """
    reading = sessionmaker(store.engine, expire_on_commit=False)
    writing = sessionmaker(store.engine.execution_options(writes=True), expire_on_commit=False)
    return scoped_session(lambda: writing() if writes() else reading())  # type: ignore[arg-type]


def account_datastore(sessions: scoped_session[Session]) -> SQLAlchemySessionUserDatastore:
    return SQLAlchemySessionUserDatastore(sessions, Account, RoleRow)


def find_account(session: Session, username: str) -> Account | None:
    return session.scalar(sa.select(Account).where(Account.username == username.strip().lower()))


def list_accounts(session: Session) -> list[Account]:
    return list(session.scalars(sa.select(Account).order_by(Account.username)))


def open_recoveries(session: Session) -> list[Recovery]:
    return list(session.scalars(sa.select(Recovery).where(Recovery.answered_at.is_(None)).order_by(Recovery.id)))


def find_recovery(session: Session, recovery: int) -> Recovery | None:
    return session.get(Recovery, recovery)


def role_rows(session: Session, names: Iterable[str]) -> list[RoleRow]:
    """The rows of these roles, made where missing."""
    rows = []
    for name in names:
        row = session.scalar(sa.select(RoleRow).where(RoleRow.name == name))
        if row is None:
            row = RoleRow(name=name)
            session.add(row)
        rows.append(row)
    return rows


def failures_since(session: Session, key: str, since: dt.datetime) -> int:
    count = sa.select(sa.func.count()).select_from(FailedSignIn)
    return session.scalar(count.where(FailedSignIn.key == key, FailedSignIn.at >= since)) or 0


def note_failure(session: Session, key: str) -> None:
    session.add(FailedSignIn(key=key, at=now()))


def forget_failures(session: Session, key: str) -> None:
    session.execute(sa.delete(FailedSignIn).where(FailedSignIn.key == key))


def accounts_with_scope(session: Session, kind: str, value: str) -> list[Account]:
    """The accounts bound to one thing: an aspirante, a district or an application."""
    query = sa.select(Account).join(AccountScope, AccountScope.account_id == Account.id)
    return list(session.scalars(query.where(AccountScope.kind == kind, AccountScope.value == value)))
