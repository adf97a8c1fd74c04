"""Pages around the programs' door: the keys of programs, and the door's document as people read it."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from service.access import tokens
from service.access.context import person, store
from service.access.guard import admits, open_to_all, roles_of
from service.access.numbers import whole_number
from service.access.roles import PARTIES, Role
from service.access.tokens import DAYS, RELEASERS, SCOPE_LABELS, Scope
from service.store import api as rows
from service.store import now
from service.store.api import ApiToken

room = Blueprint("llaves", __name__, template_folder="templates")

METHODS = ("get", "post", "put", "patch", "delete")


@room.get("/api")
@open_to_all("la descripción de la API no tiene datos")
def about() -> str:
    """The door's document as a page: addresses, parameters, answers, documents."""
    document = door_document()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                one = methods[method]
                shared = methods.get("parameters", [])
                groups.setdefault(one["tags"][0], []).append(
                    {
                        **one,
                        "path": path,
                        "method": method.upper(),
                        "parameters": [*shared, *one.get("parameters", [])],
                    }
                )
    return render_template(
        "api/about.html", document=document, groups=groups, schemas=document["components"]["schemas"],
        scopes={scope.value: label for scope, label in SCOPE_LABELS.items()}, kind=kind_of, name_of=name_of,
    )  # fmt: skip


@room.get("/api/v1/openapi.json")
@open_to_all("la descripción de la API no tiene datos")
def document() -> Response:
    """The door's OpenAPI document, generated from the code."""
    return Response(json.dumps(door_document(), ensure_ascii=False, indent=1), mimetype="application/json")


def door_document() -> dict[str, Any]:
    """The OpenAPI document of this app's door."""
    found: dict[str, Any] = current_app.extensions["respaldo_api"].spec.to_dict()
    return found


def name_of(reference: str) -> str:
    """The last word of a reference inside the document."""
    return reference.rpartition("/")[2]


def kind_of(schema: dict[str, Any]) -> str:
    """What a schema says of its values, in a few words: type, format, limits; a reference by its name."""
    if "$ref" in schema:
        return name_of(schema["$ref"])
    if "anyOf" in schema:
        return " | ".join(kind_of(one) for one in schema["anyOf"])
    if schema.get("type") == "array" and "items" in schema:
        return f"[{kind_of(schema['items'])}]"
    types = schema.get("type", "")
    words = [" | ".join(types) if isinstance(types, list) else types or "object"]
    words += [str(schema[key]) for key in ("format", "contentMediaType", "pattern") if key in schema]
    if "minimum" in schema or "maximum" in schema:
        words.append(f"{schema.get('minimum', '')}…{schema.get('maximum', '')}")
    if "enum" in schema:
        words.append(", ".join(str(value) for value in schema["enum"] if value not in ("", None)))
    return " · ".join(words)


@room.get("/llaves")
@admits(*PARTIES, *RELEASERS, Role.ADMIN, Role.AUDITOR)
def index() -> str:
    """Keys: a party's own, or all of them for staff; the form for those who make them."""
    return _index(None, "")


def _index(made: ApiToken | None, given: str) -> str:
    roles = roles_of(current_user)
    party = bool(roles & PARTIES)
    with store().reading() as session:
        found = rows.tokens(session, made_by=person() if party else None)
    return render_template(
        "api/tokens.html", tokens=found, labels=SCOPE_LABELS, days=DAYS, now=now(), made=made, given=given,
        may_make=bool(roles & ({*PARTIES} | {Role.ADMIN})), may_release=bool(roles & RELEASERS), party=party,
        may_revoke=Role.AUDITOR not in roles,
    )  # fmt: skip


@room.post("/llaves")
@admits(*PARTIES, Role.ADMIN, fresh=True)
def make() -> ResponseReturnValue:
    """Make a key; its text is on this one answer and nowhere else."""
    form = request.form
    with store().writing() as session:
        made, given = tokens.make_token(
            session,
            by=person(),
            name=form.get("name", "").strip(),
            scopes=[scope for scope in form.getlist("scope") if scope in set(Scope)],
            days=whole_number(form.get("days", "")) or 0,
        )
    return _index(made, given)


@room.post("/llaves/<int:llave>/entregar")
@admits(*RELEASERS, fresh=True)
def release(llave: int) -> ResponseReturnValue:
    """Hand over a program's key to the person who answers for the records."""
    with store().writing() as session:
        found = _token_or_404(rows.find_token(session, llave))
        given = tokens.release_token(session, found, by=person())
    return _index(found, given)


@room.post("/llaves/<int:llave>/retirar")
@admits(*PARTIES, *RELEASERS, Role.ADMIN)
def revoke(llave: int) -> ResponseReturnValue:
    """Take a key back: the next request with it is refused."""
    with store().writing() as session:
        found = _token_or_404(rows.find_token(session, llave))
        tokens.revoke_token(session, found, by=person())
    flash(_("Llave retirada; desde ahora no abre nada."), "bien")
    return redirect(url_for("llaves.index"), 303)


def _token_or_404(token: ApiToken | None) -> ApiToken:
    """The key, if there is one and it is not somebody else's out of reach."""
    if token is None or (roles_of(current_user) & PARTIES and token.made_by != person()):
        abort(404)
    return token
