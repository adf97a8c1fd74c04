"""Every route says who may enter; the app refuses to start while one does not.

A view declares its rule with ``@admits(Role.X, ...)`` or ``@open_to_all("reason")``. Routes that come from
a library stand in ``LIBRARY_ROUTES`` with a reason each. ``guard`` checks the whole map at start and each
request before its view runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from service.access.context import store
from service.access.fresh import signed_in_recently
from service.access.problems import problem
from service.access.roles import Role
from service.access.tokens import Scope, caller_of

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Rule:
    """Who may enter a route: ``roles`` (any of them), anyone signed in, everyone, nobody, or a key with ``scope``."""

    roles: frozenset[Role] = frozenset()
    everyone: bool = False
    signed_in: bool = False
    closed: bool = False
    fresh: bool = False
    reason: str = ""
    scope: Scope | None = None


LIBRARY_ROUTES: dict[str, Rule] = {
    "static": Rule(everyone=True, reason="hoja de estilo y programas de la propia casa, sin datos"),
    "security.static": Rule(closed=True, reason="ninguna página usa los archivos de la biblioteca"),
    "security.login": Rule(everyone=True, reason="la entrada"),
    "security.logout": Rule(everyone=True, reason="salir nunca se niega"),
    "security.verify": Rule(signed_in=True, reason="confirmar la identidad antes de un acto sensible"),
    "security.change_password": Rule(signed_in=True, reason="cada quien cambia su contraseña"),
    "security.two_factor_setup": Rule(
        everyone=True, reason="se usa a media entrada; la biblioteca comprueba el estado"
    ),
    "security.two_factor_setup_validate": Rule(signed_in=True, reason="termina el alta del segundo factor"),
    "security.two_factor_token_validation": Rule(
        everyone=True, reason="segundo paso de la entrada; la biblioteca comprueba el primero"
    ),
    "security.two_factor_rescue": Rule(closed=True, reason="sin correo: se usan los códigos de recuperación"),
    "security.tf_select": Rule(everyone=True, reason="elegir el segundo factor a media entrada"),
    "security.mf_recovery_codes": Rule(signed_in=True, reason="cada quien ve sus códigos de recuperación"),
    "security.mf_recovery": Rule(everyone=True, reason="entrar con un código de recuperación a media entrada"),
}


WHILE_PASSWORD_IS_BORROWED = ("security.change_password", "security.logout", "static")
"""All that a person may reach until the one-time password they were given is replaced."""


def admits(*roles: Role, fresh: bool = False) -> Callable[[View], View]:
    """Admit people holding any of ``roles``; ``fresh`` also asks for a sign-in of a few minutes ago."""
    if not roles:
        raise ValueError("admits() sin ningún papel no admite a nadie")
    return _mark(Rule(roles=frozenset(roles), fresh=fresh))


def admits_signed_in(reason: str) -> Callable[[View], View]:
    """Admit any signed-in person; the reason says why no role is needed."""
    return _mark(Rule(signed_in=True, reason=reason))


def open_to_all(reason: str) -> Callable[[View], View]:
    """Admit everyone, signed in or not; the reason says why that is right."""
    return _mark(Rule(everyone=True, reason=reason))


def admits_key(scope: Scope) -> Callable[[View], View]:
    """Admit programs that show a key with this scope; a person's session opens nothing here."""
    return _mark(Rule(scope=scope))


def _mark(rule: Rule) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined]
        return view

    return mark


def rule_of(app: Flask, endpoint: str) -> Rule | None:
    """The declared rule of ``endpoint``, or None when nobody declared one."""
    declared = getattr(app.view_functions[endpoint], "access_rule", None)
    return declared if isinstance(declared, Rule) else LIBRARY_ROUTES.get(endpoint)


def rules(app: Flask) -> dict[str, Rule | None]:
    """Endpoint -> rule for the whole map."""
    return {r.endpoint: rule_of(app, r.endpoint) for r in app.url_map.iter_rules()}


def guard(app: Flask) -> None:
    """Refuse to start while a route has no rule; then hold every request to its rule.

    Raises RuntimeError naming the routes without a rule.
    """
    bare = sorted(endpoint for endpoint, rule in rules(app).items() if rule is None)
    if bare:
        raise RuntimeError(f"Rutas que no dicen quién entra: {', '.join(bare)}")
    app.before_request(_hold_request)


def _hold_request() -> Any:
    if request.endpoint is None:
        return None  # no such page: 404 says nothing about anybody
    rule = rule_of(current_app._get_current_object(), request.endpoint)  # type: ignore[attr-defined]
    if rule is None or rule.closed:
        abort(404)
    if rule.everyone:
        return None
    if rule.scope is not None:
        return _hold_key(rule.scope)
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    if not current_user.password_set and request.endpoint not in WHILE_PASSWORD_IS_BORROWED:
        flash(_("Antes de seguir, cambie la contraseña de un solo uso por una suya."), "aviso")
        return redirect(url_for("security.change_password"))
    if rule.roles and not (rule.roles & roles_of(current_user)):
        abort(403)
    if rule.fresh and not signed_in_recently():
        return redirect(url_for("security.verify", next=_safe_return()))
    return None


def _hold_key(scope: Scope) -> Response | None:
    """Let a key of this scope through and leave its caller in ``g.caller``; a problem document otherwise."""
    kind, _space, given = request.headers.get("Authorization", "").partition(" ")
    with store().reading() as session:
        caller = caller_of(session, given.strip()) if kind.lower() == "bearer" else None
    if caller is None:
        sentence = "Falta una llave en vigor: preséntela como «Authorization: Bearer …»."
        return problem(401, "SIN_LLAVE", sentence, {"WWW-Authenticate": 'Bearer realm="respaldo"'})
    if scope not in caller.scopes:
        sentence = f"Esta llave no tiene el alcance «{scope}»; pida una que lo tenga."
        told = {"WWW-Authenticate": f'Bearer realm="respaldo", error="insufficient_scope", scope="{scope}"'}
        return problem(403, "ALCANCE", sentence, told)
    g.caller = caller
    return None


def _ask_to_sign_in() -> Any:
    if request.headers.get("HX-Request"):
        response = current_app.response_class("", 401)
        response.headers["HX-Redirect"] = url_for("security.login")
        return response
    return redirect(url_for("security.login", next=_safe_return()))


def _safe_return() -> str:
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    referrer = request.referrer or ""
    return referrer.removeprefix(request.host_url.rstrip("/")) if referrer.startswith(request.host_url) else "/"


def roles_of(user: Any) -> frozenset[Role]:
    """The roles a signed-in person holds; empty for anybody else."""
    if not getattr(user, "is_authenticated", False):
        return frozenset()
    known = set(Role)
    return frozenset(Role(role.name) for role in user.roles if role.name in known)
