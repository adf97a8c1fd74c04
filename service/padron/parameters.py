"""Changing a parameter takes two people, an acuerdo, and a look at the effect before it is made."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Mapping
from typing import Any

from service.access.numbers import whole_number
from service.audit.chain import record
from service.audit.deeds import ParameterAnswered, ParameterProposed
from service.errors import Refused
from service.jobs.lawyer import law_aspirantes, law_marco, law_record
from service.law.parameters import bundled
from service.law.plazos import parrafo_6_periodo
from service.law.ruling import rule
from service.law.tally import tally, tally_to_json
from service.proceso.register import law_proceso, load_proceso, require_proceso
from service.store import Session, Store, now
from service.store.parametros import ParameterProposal, ProposalAnswer, answer_of
from service.store.proceso import marco_in_force
from service.store.standing import facts_of


def read_value(parametro: str, text: str) -> Any:
    """A parameter's value as typed on a form, in the type it takes. Raises Refused PARAMETRO or PARAMETRO_VALOR."""
    known = bundled()
    if parametro not in known:
        raise Refused("PARAMETRO", "Ese parámetro no existe; elija uno de la lista.")
    admitted = known[parametro]["admite"]
    given = text.strip()
    if admitted == "entero":
        number = whole_number(given)
        if number is None:
            raise Refused("PARAMETRO_VALOR", "Este parámetro lleva un número entero; corríjalo.")
        return number
    if admitted == "lista":
        return [word.strip() for word in given.split(",") if word.strip()]
    if given not in admitted:
        raise Refused("PARAMETRO_VALOR", f"Este parámetro admite: {', '.join(admitted)}; elija uno.")
    return given


def changed_text(text: str, parametro: str, valor: Any, acuerdo: str, since: dt.date, approved_by: str = "") -> str:
    """The process file with one parameter changed; everything else keeps its value (comments are not kept)."""
    document = tomllib.loads(text)
    document.setdefault("parametros", {})[parametro] = {
        "valor": valor,
        "acuerdo": acuerdo,
        "vigente_desde": since,
        **({"aprobo": approved_by} if approved_by else {}),
    }
    return write_toml(document)


def effect_of(session: Session, proceso: str, text: str) -> list[dict[str, Any]]:
    """What each aspirante's count would be: required, valid, pending, outcome, before and after. Changes nothing."""
    frame = marco_in_force(session, proceso)
    if frame is None:
        return []
    marco, aspirantes = law_marco(session, frame), law_aspirantes(session, proceso)
    counted: list[dict[str, dict[str, Any]]] = []
    facts = list(facts_of(session, proceso))
    for version in (require_proceso(session, proceso).text, text):
        law = law_proceso(version)
        periods = {aspirante.id: parrafo_6_periodo(aspirante, law) for aspirante in aspirantes}
        rulings = rule([law_record(f, periods[f.aspirante]) for f in facts], law, marco, aspirantes)
        counted.append({a.id: tally_to_json(tally(rulings, a.id)) for a in aspirantes})
    keys = ("required", "valid", "pending", "outcome")
    return [
        {
            "aspirante": a.id,
            "before": [counted[0][a.id][k] for k in keys],
            "after": [counted[1][a.id][k] for k in keys],
        }
        for a in aspirantes
    ]


def propose(store: Store, proceso: str, *, parametro: str, valor: Any, acuerdo: str, since: dt.date, by: str) -> int:
    """Put a change before a second person, with its effect; returns the proposal's number.

    The effect is ruled over a view of one moment that holds up nobody who writes; it is kept in a transaction of its
    own. Raises Refused (also what the law refuses).
    """
    if not acuerdo.strip():
        raise Refused("SIN_ACUERDO", "Escriba la clave del acuerdo que fija el parámetro; sin él no se cambia.")
    with store.reading() as session:
        version = require_proceso(session, proceso)
        text = changed_text(version.text, parametro, valor, acuerdo.strip(), since)
        law_proceso(text)
        effect = effect_of(session, proceso, text)
    with store.writing() as session:
        proposal = _keep(session, version.number, proceso, parametro, valor, acuerdo.strip(), since, effect, by)
        return proposal.id


def _keep(
    session: Session, over: int, proceso: str, parametro: str, valor: Any, acuerdo: str, since: dt.date,
    effect: list[dict[str, Any]], by: str,
) -> ParameterProposal:  # fmt: skip
    proposal = ParameterProposal(
        proceso=proceso,
        over_version=over,
        parametro=parametro,
        valor={"valor": valor},
        acuerdo=acuerdo,
        vigente_desde=since,
        effect=effect,
        by=by,
        at=now(),
    )
    session.add(proposal)
    session.flush()
    record(session, by, ParameterProposed(proposal.id, proceso, parametro, proposal.acuerdo))
    return proposal


def answer(session: Session, proposal: ParameterProposal, *, approved: bool, by: str) -> ProposalAnswer:
    """Approve or turn down another person's proposal. Raises Refused MISMA_PERSONA, YA_RESUELTO, VERSION_CAMBIO."""
    if answer_of(session, proposal.id) is not None:
        raise Refused("YA_RESUELTO", "Esa propuesta ya se resolvió; haga otra si hace falta.")
    if proposal.by == by:
        raise Refused("MISMA_PERSONA", "Un cambio de parámetro lo aprueba otra persona; pídaselo.")
    version = require_proceso(session, proposal.proceso)
    made = None
    if approved:
        if version.number != proposal.over_version:
            raise Refused(
                "VERSION_CAMBIO", "El proceso cambió desde la propuesta; hágala de nuevo para ver su efecto."
            )
        text = changed_text(
            version.text, proposal.parametro, proposal.valor["valor"], proposal.acuerdo, proposal.vigente_desde, by
        )
        made = load_proceso(session, text, by)
    answered = ProposalAnswer(
        proposal_id=proposal.id, approved=approved, version=made.number if made else None, by=by, at=now()
    )
    session.add(answered)
    record(session, by, ParameterAnswered(proposal.id, approved, made.number if made else version.number))
    return answered


def write_toml(document: Mapping[str, Any]) -> str:
    """A document of tables, arrays of tables and scalars as TOML (v1.0); tables inside tables become inline."""
    lines: list[str] = []
    for name, value in document.items():
        if isinstance(value, Mapping):
            lines += ["", f"[{_key(name)}]", *(f"{_key(k)} = {_toml(v)}" for k, v in value.items())]
        elif isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
            for item in value:
                lines += ["", f"[[{_key(name)}]]", *(f"{_key(k)} = {_toml(v)}" for k, v in item.items())]
        else:
            lines.insert(0, f"{_key(name)} = {_toml(value)}")
    return "\n".join(lines).lstrip("\n") + "\n"


def _key(name: str) -> str:
    bare = name.replace("_", "").replace("-", "")
    return name if bare.isascii() and bare.isalnum() else _quoted(name)


def _quoted(text: str) -> str:
    # JSON's escapes are TOML's, but for DEL, which TOML wants escaped and JSON leaves as it is.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date | dt.datetime | dt.time):
        return value.isoformat()
    if isinstance(value, int | float):
        return repr(value)
    return _quoted(str(value))
