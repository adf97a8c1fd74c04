"""Keys of programs: who makes them, what they may do, how they are shown, checked and taken back.

A party makes keys for their own data; they never do more than the account they speak for. The institute's programs
get theirs from administration, and a second person who answers for the records hands them over: administration makes
accounts and parameters, and by itself neither reads nor delivers anything.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _

from service.access.roles import PARTIES, Role
from service.audit.chain import record
from service.audit.deeds import TokenMade, TokenReleased, TokenRevoked
from service.errors import Refused
from service.store import Session, now
from service.store import api as rows
from service.store.accounts import Account, find_account
from service.store.api import ApiToken


class Scope(StrEnum):
    """What a key opens; each route of the programs' door names one."""

    UPLOAD = "upload"
    BATCHES = "batches"
    RECORDS = "records"
    TALLY = "tally"
    DICTAMEN = "dictamen"
    PARAMETERS = "parameters"


SCOPE_LABELS = {
    Scope.UPLOAD: _("Entregar archivos"),
    Scope.BATCHES: _("Ver el avance de las entregas"),
    Scope.RECORDS: _("Leer los registros (datos personales)"),
    Scope.TALLY: _("Leer el conteo"),
    Scope.DICTAMEN: _("Leer los dictámenes y sus archivos públicos"),
    Scope.PARAMETERS: _("Leer los parámetros del proceso"),
}
RELEASERS = frozenset({Role.DEAPF, Role.SUPERVISOR})
DAYS = (1, 7, 30, 90, 365)
PREFIX = "rsp_"
SECRET_BYTES = 32
"""256 random bits: nothing to guess, so SHA-256 suffices (NIST SP 800-63B: look-up secrets of 112 bits or more)."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls through the programs' door. ``aspirantes`` is None for a program without that limit."""

    token: int
    actor: str
    scopes: frozenset[Scope]
    party: bool
    aspirantes: frozenset[str] | None

    def sees(self, aspirante: str) -> bool:
        return self.aspirantes is None or aspirante in self.aspirantes


def make_token(session: Session, *, by: str, name: str, scopes: Iterable[str], days: int) -> tuple[ApiToken, str]:
    """A new key and the text to show once (empty for a program's, which a second person hands over).

    A party's key speaks for their account; an administrator's for a program. Raises Refused LLAVE_NOMBRE,
    LLAVE_ALCANCE, LLAVE_PLAZO or LLAVE_SIN_FACULTAD.
    """
    account = find_account(session, by)
    roles = {role.name for role in account.roles} if account and account.active else set()
    party = bool(roles & PARTIES)
    if account is None or not (party or Role.ADMIN in roles):
        raise Refused("LLAVE_SIN_FACULTAD", "Las llaves las hace administración, o cada aspirante la suya.")
    wanted = _known_scopes(scopes)
    if not _NAME.fullmatch(name):
        raise Refused("LLAVE_NOMBRE", "El nombre lleva de 3 a 40 minúsculas sin acento, números, punto o guion.")
    if not party and rows.program_named(session, name, now()) is not None:
        raise Refused("LLAVE_NOMBRE", "Ya hay una llave en vigor con ese nombre; retírela o elija otro.")
    if days not in DAYS:
        raise Refused("LLAVE_PLAZO", f"Una llave dura {', '.join(map(str, DAYS))} días; elija uno de esos plazos.")
    given = _fresh_secret() if party else ""
    token = ApiToken(
        name=name,
        hash=digest_of(given) if given else None,
        account_id=account.id if party else None,
        scopes=[scope.value for scope in wanted],
        made_by=by,
        made_at=now(),
        expires_at=now() + dt.timedelta(days=days),
    )
    session.add(token)
    session.flush()
    record(session, by, TokenMade(token.id, name, ",".join(wanted), token.expires_at.isoformat()))
    return token, given


def release_token(session: Session, token: ApiToken, *, by: str) -> str:
    """Hand over a program's key: the text to show once, to who answers for the records.

    Raises Refused LLAVE_SIN_FACULTAD, MISMA_PERSONA, LLAVE_ENTREGADA or LLAVE_VENCIDA.
    """
    account = find_account(session, by)
    if account is None or not ({role.name for role in account.roles} & RELEASERS):
        raise Refused("LLAVE_SIN_FACULTAD", "La llave de un programa la entrega la DEAPF o supervisión.")
    if token.made_by == by:
        raise Refused("MISMA_PERSONA", "La llave de un programa la entrega otra persona que quien la hizo; pídaselo.")
    if token.hash is not None:
        raise Refused("LLAVE_ENTREGADA", "Esa llave ya se entregó; si se perdió, retírela y haga otra.")
    if token.revoked_at is not None or token.expires_at <= now():
        raise Refused("LLAVE_VENCIDA", "Esa llave ya no está en vigor; pida otra.")
    given = _fresh_secret()
    token.hash, token.released_by = digest_of(given), by
    record(session, by, TokenReleased(token.id))
    return given


def revoke_token(session: Session, token: ApiToken, *, by: str) -> None:
    """Take a key back for good, at once. Doing it twice changes nothing."""
    if token.revoked_at is None:
        token.revoked_at, token.revoked_by = now(), by
        record(session, by, TokenRevoked(token.id))


def revoke_keys_of(session: Session, account: Account) -> None:
    """Take back every key that speaks for an account: with its password lost, its keys may be too."""
    for token in rows.tokens(session, made_by=account.username):
        if token.account_id == account.id:
            revoke_token(session, token, by=account.username)


def caller_of(session: Session, given: str) -> Caller | None:
    """Who shows this key; None if it is unknown, expired, taken back, or its account may no longer enter."""
    found = rows.token_of_hash(session, digest_of(given)) if given.startswith(PREFIX) else None
    if found is None:
        return None
    token, account = found
    if token.revoked_at is not None or token.expires_at <= now():
        return None
    scopes = frozenset(Scope(scope) for scope in token.scopes)
    if token.account_id is None:
        return Caller(token.id, f"programa:{token.name}", scopes, False, None)
    if account is None or not account.active or not ({role.name for role in account.roles} & PARTIES):
        return None
    return Caller(token.id, account.username, scopes, True, _own(account))


def digest_of(given: str) -> str:
    return hashlib.sha256(given.encode()).hexdigest()


def _own(account: Account) -> frozenset[str]:
    return frozenset(scope.value for scope in account.scopes if scope.kind == "aspirante")


def _fresh_secret() -> str:
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def _known_scopes(scopes: Iterable[Any]) -> tuple[Scope, ...]:
    given = tuple(dict.fromkeys(scopes))
    if not given or any(scope not in set(Scope) for scope in given):
        raise Refused("LLAVE_ALCANCE", f"Elija al menos un alcance entre: {', '.join(Scope)}.")
    return tuple(Scope(scope) for scope in given)
