"""The web application: rooms put together behind one door that refuses to start while a route is unguarded."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_babel import Babel
from flask_security import current_user
from flask_wtf import CSRFProtect
from werkzeug.routing import IntegerConverter

from service.access import pages as access_pages
from service.access.guard import guard, roles_of
from service.access.headers import dress
from service.access.navigation import navigation
from service.access.refusals import answer_refusals
from service.access.roles import LABELS
from service.access.signin import set_up_sign_in
from service.access.texts import refuse_nul
from service.access.words import FILTERS
from service.api import pages as api_pages
from service.api.room import open_door
from service.api.room import room as door
from service.audiencia import views as audiencia
from service.config import Settings
from service.desk import cell_views as cells
from service.desk import group_views as group
from service.desk import paper_views as paper
from service.desk import progress_views as progress
from service.desk import views as desk
from service.dictamen import views as dictamen
from service.errors import Refused
from service.intake import images, live, tus
from service.intake import reception_views as reception
from service.intake import remedy_views as remedies
from service.intake import views as intake
from service.padron import views as padron
from service.portal import application_views as application
from service.portal import views as portal
from service.publico import citizens
from service.store import Store

ROOMS = (
    access_pages.room,
    intake.room,
    images.room,
    tus.room,
    live.room,
    portal.room,
    application.room,
    reception.room,
    remedies.room,
    desk.room,
    cells.room,
    group.room,
    paper.room,
    progress.room,
    dictamen.room,
    audiencia.room,
    padron.room,
    api_pages.room,
    citizens.room,
)


class StoredNumber(IntegerConverter):
    """A number in an address that a column can hold: a greater one is no page (404), and no fault of the database."""

    def __init__(self, map: Any, **limits: Any) -> None:
        super().__init__(map, **{"max": 2**31 - 1, **limits})


def create_app(settings: Settings, *, second_factor: bool | None = None) -> Flask:
    """The application over ``settings``.

    ``second_factor``: None asks it of staff except in rehearsal; False is refused outside rehearsal.
    Raises Refused SEGUNDO_FACTOR, and RuntimeError when a route does not say who may enter.
    """
    demanded = not settings.rehearsal if second_factor is None else second_factor
    if not demanded and not settings.rehearsal:
        raise Refused("SEGUNDO_FACTOR", "El segundo factor sólo se puede quitar en modo de ensayo; déjelo puesto.")
    app = Flask("service", template_folder="templates", static_folder="static")
    app.config.update(
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1024 * 1024,
        MAX_FORM_PARTS=5_000,
        BABEL_DEFAULT_LOCALE="es_MX",
        BABEL_DEFAULT_TIMEZONE="America/Mexico_City",
        BABEL_TRANSLATION_DIRECTORIES="translations",
    )
    store = Store(settings.database_url)
    app.extensions["respaldo_store"] = store
    app.extensions["respaldo_settings"] = settings
    Babel(app)
    csrf = CSRFProtect(app)
    set_up_sign_in(app, store, key=settings.secret_key(), second_factor=demanded)
    app.url_map.converters["int"] = StoredNumber
    for room in ROOMS:
        app.register_blueprint(room)
    open_door(app)
    csrf.exempt(door)  # programs show a key with each request; there is no cookie to ride on
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def every_page() -> dict[str, Any]:
        roles = roles_of(current_user)
        return {
            "rehearsal": settings.rehearsal,
            "navigation": navigation(roles),
            "my_roles": roles,
            "role_labels": LABELS,
        }

    answer_refusals(app)
    dress(app)
    guard(app)
    refuse_nul(app)
    return app
