"""Official layouts: the ones that come with the program and those registered later, all as documents."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from ocr.errors import Refused as EyesRefused
from ocr.form import CURRENT, bundled_versions, form_from_json, form_to_json, load_form
from service.audit.chain import record
from service.audit.deeds import FormAdded
from service.errors import Refused
from service.store import Session, now
from service.store.proceso import FormDocument


def bundled_form(version: str | None) -> dict[str, Any] | None:
    """The document of a form that comes with the program (the current one if none is named), else None."""
    name = version or CURRENT
    return form_to_json(load_form(name)) if name in bundled_versions() else None


def registered_form(session: Session, version: str) -> dict[str, Any]:
    """The document of a registered form. Raises Refused when there is none."""
    form = session.get(FormDocument, version)
    if form is None:
        raise Refused(
            "FORMATO_DESCONOCIDO", f"No hay un formato «{version[:40]}»; regístrelo con «cedulas form add»."
        )
    return form.document


def add_form(session: Session, document: Any, operator: str) -> str:
    """Register a layout; returns its version. Raises Refused when it is broken or its version is taken."""
    try:
        form = form_from_json(document)
    except EyesRefused as refusal:
        raise Refused(refusal.code, refusal.sentence) from refusal
    if form.version in bundled_versions() or session.get(FormDocument, form.version) is not None:
        raise Refused("FORMATO_REPETIDO", f"Ya hay un formato «{form.version}»; dé otra versión al documento.")
    session.add(FormDocument(version=form.version, document=form_to_json(form), at=now(), by=operator))
    digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    record(session, operator, FormAdded(form.version, digest))
    return form.version
