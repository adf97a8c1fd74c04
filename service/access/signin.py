"""Sign-in with Flask-Security: argon2 passwords, TOTP second factor, recovery codes, lockout, fresh sign-in."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from typing import Any

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import (
    LoginForm,
    Security,
    password_changed,
    user_authenticated,
    user_failed_authn,
)
from wtforms import StringField
from wtforms.validators import InputRequired

from service.access.accounts import failure_key, is_locked
from service.access.fresh import FRESH_SECONDS
from service.access.roles import STAFF
from service.audit.chain import record
from service.audit.deeds import SignedIn, SignInFailed
from service.store import Store, accounts

SESSION_HOURS = 10
"""A working day: the signed cookie says no more after it."""

MESSAGES = {
    "GENERIC_AUTHN_FAILED": ("Usuario o contraseña incorrectos.", "error"),
    "UNAUTHORIZED": ("Su cuenta no tiene permiso para ver esta página.", "error"),
    "UNAUTHENTICATED": ("Entre con su cuenta para ver esta página.", "error"),
    "REAUTHENTICATION_REQUIRED": ("Confirme su contraseña para seguir.", "aviso"),
    "REAUTHENTICATION_SUCCESSFUL": ("Identidad confirmada.", "bien"),
    "DISABLED_ACCOUNT": ("Usuario o contraseña incorrectos.", "error"),
    "USER_DOES_NOT_EXIST": ("Usuario o contraseña incorrectos.", "error"),
    "INVALID_PASSWORD": ("Usuario o contraseña incorrectos.", "error"),
    "PASSWORD_NOT_PROVIDED": ("Escriba la contraseña.", "error"),
    "PASSWORD_INVALID_LENGTH": ("La contraseña debe tener al menos %(length)s caracteres.", "error"),
    "PASSWORD_IS_THE_SAME": ("La contraseña nueva debe ser distinta de la anterior.", "error"),
    "PASSWORD_CHANGE": ("Contraseña cambiada.", "bien"),
    "RETYPE_PASSWORD_MISMATCH": ("Las dos contraseñas no coinciden.", "error"),
    "INVALID_RECOVERY_CODE": ("Ese código de recuperación no es válido o ya se usó.", "error"),
    "NO_RECOVERY_CODES_SETUP": ("Todavía no hay códigos de recuperación.", "aviso"),
    "TWO_FACTOR_INVALID_TOKEN": ("El código no es válido; espere el siguiente y escríbalo.", "error"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": ("Código confirmado.", "bien"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": ("Segundo factor listo.", "bien"),
    "TWO_FACTOR_PERMISSION_DENIED": ("Vuelva a entrar con su usuario y contraseña.", "error"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": ("Elija una de las opciones.", "error"),
    "TWO_FACTOR_SETUP_EXPIRED": ("Pasó demasiado tiempo; comience de nuevo.", "error"),
    "INVALID_CODE": ("El código no es válido.", "error"),
    "LOGIN": ("Entre con su cuenta para ver esta página.", "aviso"),
    "REFRESH": ("Confirme su contraseña para seguir.", "aviso"),
    "ANONYMOUS_USER_REQUIRED": ("Ya está dentro con su cuenta.", "aviso"),
}


class SignInForm(LoginForm):
    """Username and password; a name with too many failures waits, whether it exists or not."""

    email = None
    remember = None
    username = StringField(
        lazy_gettext("Usuario"),
        validators=[InputRequired(lazy_gettext("Escriba su usuario."))],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )

    def validate(self, **kwargs: Any) -> bool:
        from flask_security.proxies import _datastore

        name = (self.username.data or "").strip().lower()
        self.ifield = self.username
        session = _datastore.db.session
        if name and is_locked(session, name):
            self.form_errors.append(
                _("Demasiados intentos con este usuario; espere un cuarto de hora o avise a la administración.")
            )
            return False
        self.user = _datastore.find_user(username=name) if name else None
        if super().validate(**kwargs):
            accounts.forget_failures(session, failure_key(name))
            session.commit()
            return True
        if name:
            accounts.note_failure(session, failure_key(name))
            session.commit()
        return False


class CookieInterface(SecureCookieSessionInterface):
    """The session cookie is Secure wherever the page came over TLS; plain HTTP is for this machine only."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def set_up_sign_in(app: Flask, store: Store, *, key: str, second_factor: bool) -> Security:
    """Put Flask-Security on the app.

    ``key`` (random, kept in the data folder) signs sessions and seals the TOTP secrets; ``second_factor``
    False is for rehearsal mode only: the caller checks that.
    """
    app.session_interface = CookieInterface()
    app.config.update(
        SECRET_KEY=_derive(key, "session"),
        SESSION_COOKIE_NAME="respaldo",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=dt.timedelta(hours=SESSION_HOURS),
        RESPALDO_SECOND_FACTOR_ROLES=frozenset(role.value for role in STAFF) if second_factor else frozenset(),
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_PASSWORD_LENGTH_MIN=12,
        SECURITY_USER_IDENTITY_ATTRIBUTES=[{"username": {"mapper": _normal_name}}],
        SECURITY_RETURN_GENERIC_RESPONSES=False,
        SECURITY_CHANGEABLE=True,
        SECURITY_SEND_PASSWORD_CHANGE_EMAIL=False,
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TWO_FACTOR_RESCUE_EMAIL=False,
        SECURITY_TWO_FACTOR_ALWAYS_VALIDATE=True,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True,
        SECURITY_TOTP_SECRETS={"1": _derive(key, "totp")},
        SECURITY_TOTP_ISSUER="respaldo",
        SECURITY_FRESHNESS=dt.timedelta(seconds=FRESH_SECONDS),
        SECURITY_FRESHNESS_GRACE_PERIOD=dt.timedelta(0),
        SECURITY_API_ENABLED_METHODS=["session"],
        SECURITY_LOGIN_URL="/entrar",
        SECURITY_LOGOUT_URL="/salir",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_VERIFY_URL="/confirmar-identidad",
        SECURITY_CHANGE_URL="/cuenta/contrasena",
        SECURITY_TWO_FACTOR_SETUP_URL="/cuenta/segundo-factor",
        SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL="/entrar/codigo",  # noqa: S106
        SECURITY_TWO_FACTOR_RESCUE_URL="/entrar/rescate",
        SECURITY_TWO_FACTOR_SELECT_URL="/entrar/elegir",
        SECURITY_TWO_FACTOR_POST_SETUP_VIEW="/",
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL="/cuenta/codigos",
        SECURITY_MULTI_FACTOR_RECOVERY_URL="/entrar/recuperar",
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/entrar",
        SECURITY_POST_CHANGE_VIEW="/",
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session it belongs to
        **{f"SECURITY_MSG_{name}": message for name, message in MESSAGES.items()},
    )
    sessions = accounts.account_sessions(store, writes=_may_change_an_account)
    security = Security(app, accounts.account_datastore(sessions), login_form=SignInForm)

    @app.teardown_appcontext
    def close_session(_fault: BaseException | None) -> None:
        sessions.remove()

    @password_changed.connect_via(app)
    def own_the_password(_sender: Flask, user: Any, **_kwargs: Any) -> None:
        user.password_set = True
        sessions.commit()

    # The deed goes through the session that the sign-in itself writes with: another would wait for its lock.
    @user_authenticated.connect_via(app)
    def entered(_sender: Flask, user: Any, **_kwargs: Any) -> None:
        record(sessions(), user.username, SignedIn(user.username))
        sessions.commit()

    @user_failed_authn.connect_via(app)
    def failed(_sender: Flask, user: Any, **_kwargs: Any) -> None:
        record(sessions(), user.username, SignInFailed(user.username))
        sessions.commit()

    # blinker holds only weak references
    app.extensions["respaldo_signals"] = (own_the_password, entered, failed)
    return security


def _may_change_an_account() -> bool:
    return bool(request) and request.method == "POST" and request.blueprint == "security"


def _normal_name(value: str) -> str | None:
    return value.strip().lower() or None


def _derive(key: str, purpose: str) -> str:
    digest = hmac.new(key.encode(), f"respaldo:{purpose}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
