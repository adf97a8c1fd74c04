"""Making and changing accounts: one-time passwords, roles, scope, lockout."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from argon2 import PasswordHasher

from service.access.roles import PARTIES, Role
from service.access.tokens import revoke_keys_of
from service.audit.chain import record
from service.audit.deeds import UserAdded, UserChanged
from service.errors import Refused
from service.store import Session
from service.store import accounts as rows
from service.store.accounts import Account, AccountScope
from service.store.base import now

FAILURES_BEFORE_LOCK = 5
LOCK_MINUTES = 15
"""Five mistakes lock a name for a quarter of an hour: 480 guesses a day at most against one-time passwords of
80 random bits; NIST SP 800-63B-4 (3.2.2) allows up to 100 in a row."""

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}")


@dataclass(frozen=True)
class DemoAccount:
    """An account that exists only in rehearsal mode, with its published password."""

    username: str
    role: Role
    aspirante: str = ""


DEMO_PASSWORD = "ensayo-2027-apoyo"  # noqa: S105 - published on purpose: these accounts live only in rehearsal
DEMO_STAFF = (
    DemoAccount("captura", Role.CAPTURISTA),
    DemoAccount("revisora1", Role.REVISOR),
    DemoAccount("revisora2", Role.REVISOR),
    DemoAccount("supervisora", Role.SUPERVISOR),
    DemoAccount("audiencia", Role.AUDIENCIA),
    DemoAccount("deapf", Role.DEAPF),
    DemoAccount("auditora", Role.AUDITOR),
    DemoAccount("observa", Role.OBSERVADOR),
    DemoAccount("admin", Role.ADMIN),
    DemoAccount("admin2", Role.ADMIN),
)


def add_account(
    session: Session,
    username: str,
    roles: Iterable[str],
    *,
    by: str,
    aspirantes: Sequence[str] = (),
    districts: Sequence[int] = (),
    applications: Sequence[str] = (),
    password: str | None = None,
) -> str:
    """Add an account; return the password to hand over (a one-time one unless ``password`` is given).

    Raises ``Refused`` USUARIO_NOMBRE, USUARIO_EXISTE, USUARIO_PAPEL or USUARIO_AMBITO.
    """
    name = username.strip().lower()
    wanted = _known_roles(roles)
    if not _USERNAME.fullmatch(name):
        raise Refused(
            "USUARIO_NOMBRE",
            "El nombre de usuario lleva de 3 a 64 letras sin acento, números, punto o guion; escriba otro.",
        )
    if rows.find_account(session, name) is not None:
        raise Refused("USUARIO_EXISTE", "Ya existe una cuenta con ese nombre; elija otro o cambie sus papeles.")
    _check_roles(wanted, [*aspirantes, *applications])
    given = password or one_time_password()
    session.add(
        Account(
            username=name,
            password=PasswordHasher().hash(given),
            password_set=password is not None,
            active=True,
            fs_uniquifier=uuid.uuid4().hex,
            created_at=now(),
            created_by=by,
            roles=rows.role_rows(session, [role.value for role in wanted]),
            scopes=[AccountScope(kind="aspirante", value=a) for a in aspirantes]
            + [AccountScope(kind="distrito", value=str(d)) for d in districts]
            + [AccountScope(kind="solicitud", value=one) for one in applications],
        )
    )
    record(session, by, UserAdded(name, ",".join(wanted)))
    return given


def _known_roles(names: Iterable[str]) -> tuple[Role, ...]:
    known = {role.value: role for role in Role}
    wanted = tuple(dict.fromkeys(names))
    if any(name not in known for name in wanted):
        raise Refused("USUARIO_PAPEL", f"No existe ese papel; elija entre: {', '.join(known)}.")
    return tuple(known[name] for name in wanted)


def _check_roles(roles: tuple[Role, ...], aspirantes: Sequence[str]) -> None:
    if not roles:
        raise Refused("USUARIO_PAPEL", "Una cuenta necesita al menos un papel; elija uno.")
    is_party = bool(PARTIES & set(roles))
    if is_party and set(roles) - PARTIES:
        raise Refused("USUARIO_PAPEL", "Quien aspira o representa no puede tener otro papel; cree una cuenta aparte.")
    if is_party and not aspirantes:
        raise Refused(
            "USUARIO_AMBITO", "La cuenta de aspirante o representante necesita el id de su aspirante (--aspirante)."
        )


def one_time_password() -> str:
    """80 random bits in four groups that can be read aloud."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))


def reset_password(session: Session, username: str) -> str:
    """Give a new one-time password, end the account's sessions and its keys, and forget its second factor."""
    account = _existing(session, username)
    revoke_keys_of(session, account)
    given = one_time_password()
    account.password = PasswordHasher().hash(given)
    account.password_set = False
    account.fs_uniquifier = uuid.uuid4().hex  # every session of the account ends
    account.tf_primary_method = None
    account.tf_totp_secret = None
    account.mf_recovery_codes = None
    return given


SHORTEST_MOTIVE = 10
RECOVERY_HOURS = 24
"""A request nobody answered in a day is asked for anew: whoever asked knew then that the person stood before them."""


def ask_recovery(session: Session, username: str, *, motive: str, by: str) -> rows.Recovery:
    """Ask a new one-time password for somebody who lost theirs or the second factor; another person answers.

    Raises Refused USUARIO_DESCONOCIDO, SIN_MOTIVO or RECUPERACION_PENDIENTE.
    """
    account = _existing(session, username)
    if len(motive.strip()) < SHORTEST_MOTIVE:
        raise Refused("SIN_MOTIVO", "Escriba qué perdió la persona y cómo se comprobó que es ella.")
    if any(asked.username == account.username for asked in standing_recoveries(session)):
        raise Refused("RECUPERACION_PENDIENTE", "Ya se pidió para esa cuenta; falta que otra persona responda.")
    asked = rows.Recovery(username=account.username, motive=motive.strip()[:1000], by=by, at=now())
    session.add(asked)
    record(session, by, UserChanged(account.username, "pedir restablecer"))
    return asked


def answer_recovery(session: Session, recovery: int, *, approved: bool, by: str) -> str:
    """Answer another person's request; the one-time password when approved, else empty. Raises Refused."""
    asked = rows.find_recovery(session, recovery)
    if asked is None or asked not in standing_recoveries(session):
        raise Refused("YA_RESUELTO", "Esa petición ya se respondió o venció; pídala de nuevo.")
    if by in (asked.by, asked.username):
        raise Refused("MISMA_PERSONA", "La debe aprobar otra persona de administración; pídaselo.")
    asked.answered_by, asked.answered_at, asked.approved = by, now(), approved
    record(session, by, UserChanged(asked.username, "restablecer" if approved else "no restablecer"))
    return reset_password(session, asked.username) if approved else ""


def standing_recoveries(session: Session) -> list[rows.Recovery]:
    """Requests that wait for a second person and have not expired."""
    since = now() - dt.timedelta(hours=RECOVERY_HOURS)
    return [asked for asked in rows.open_recoveries(session) if asked.at >= since]


def set_active(session: Session, username: str, active: bool) -> None:
    """Switch an account on or off; switching off ends its sessions."""
    account = _existing(session, username)
    account.active = active
    account.fs_uniquifier = uuid.uuid4().hex


def _existing(session: Session, username: str) -> Account:
    account = rows.find_account(session, username)
    if account is None:
        raise Refused("USUARIO_DESCONOCIDO", "No existe una cuenta con ese nombre; revise la lista de usuarios.")
    return account


def add_demo_accounts(session: Session, aspirantes: Iterable[str]) -> list[DemoAccount]:
    """The rehearsal's accounts, one a role and one an aspirante; those already there stay as they are."""
    demo = [*DEMO_STAFF]
    for number, aspirante in enumerate(aspirantes, start=1):
        demo.append(DemoAccount(f"aspirante{number}", Role.ASPIRANTE, aspirante))
    for one in demo:
        if rows.find_account(session, one.username) is None:
            add_account(
                session,
                one.username,
                [one.role],
                by="ensayo",
                aspirantes=[one.aspirante] if one.aspirante else [],
                password=DEMO_PASSWORD,
            )
    return demo


def failure_key(username: str) -> str:
    """What failed attempts are counted under: a hash, so that a mistyped secret is not kept in clear."""
    return hashlib.sha256(username.strip().lower().encode()).hexdigest()


def is_locked(session: Session, username: str) -> bool:
    """True while ``FAILURES_BEFORE_LOCK`` failures fall within the last ``LOCK_MINUTES``."""
    since = now() - dt.timedelta(minutes=LOCK_MINUTES)
    return rows.failures_since(session, failure_key(username), since) >= FAILURES_BEFORE_LOCK


def roles_named(session: Session, username: str) -> frozenset[str]:
    """The roles an active account holds; empty when there is none of that name."""
    account = rows.find_account(session, username)
    return frozenset(role.name for role in account.roles) if account and account.active else frozenset()
