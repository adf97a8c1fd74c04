"""How deeds of the log read to an auditor: the kind of each event and the names of its facts, in Spanish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

DEEDS = {
    "ProcesoLoaded": _("Proceso cargado"),
    "MarcoLoaded": _("Marco geográfico cargado"),
    "MapLoaded": _("Mapa cargado"),
    "ListaLoaded": _("Lista nominal cargada"),
    "ListaReturned": _("Lista nominal devuelta"),
    "ListKeyDestroyed": _("Llave de la lista destruida"),
    "AspiranteAdded": _("Aspirante dado de alta"),
    "AspiranteWithdrew": _("Aspirante desistió"),
    "CedulasPrinted": _("Cédulas impresas"),
    "StubsPrinted": _("Talones impresos"),
    "FormAdded": _("Formato registrado"),
    "BatchTaken": _("Entrega recibida"),
    "PagesRetried": _("Páginas leídas de nuevo"),
    "OriginalsReceived": _("Originales recibidos"),
    "CotejoDrawn": _("Muestra de cotejo sorteada"),
    "CotejoChecked": _("Hoja cotejada"),
    "RemedyProposed": _("Acto sobre una entrega, propuesto"),
    "RemedyAnswered": _("Acto sobre una entrega, respondido"),
    "ActaDrawn": _("Acta elaborada"),
    "ListLookedUp": _("Consulta a la lista nominal"),
    "ReviewGiven": _("Respuesta de revisión"),
    "ReviewUndone": _("Respuesta deshecha"),
    "ReviewEscalated": _("Asunto pasado a supervisión"),
    "DecisionsTaken": _("Archivo de respuestas"),
    "CellsJudged": _("Celdas revisadas en grupo"),
    "CellsUndone": _("Grupo de celdas deshecho"),
    "RowCaptured": _("Renglón capturado"),
    "LawApplied": _("Ley aplicada"),
    "RecordsExported": _("Registros exportados"),
    "DictamenIssued": _("Dictamen emitido"),
    "UserAdded": _("Cuenta creada"),
    "UserChanged": _("Cuenta cambiada"),
    "SignInFailed": _("Entrada fallida"),
    "SignedIn": _("Entrada"),
    "CopyMade": _("Copia de respaldo"),
    "ImageSeen": _("Imagen vista"),
    "HearingNoticed": _("Audiencia notificada"),
    "HearingRead": _("Audiencia consultada por el aspirante"),
    "ClaimMade": _("Alegato recibido"),
    "HearingDecided": _("Alegato resuelto"),
    "RivalWarned": _("Aviso a otro aspirante"),
    "ParameterProposed": _("Parámetro propuesto"),
    "ParameterAnswered": _("Parámetro respondido"),
    "TokenMade": _("Llave de programa hecha"),
    "TokenReleased": _("Llave de programa entregada"),
    "TokenRevoked": _("Llave de programa retirada"),
    "ControlSealed": _("Marco de la muestra sellado"),
    "ControlDrawn": _("Muestra a ciegas sorteada"),
    "ControlSeen": _("Muestra vista a ciegas"),
    "NotFoundRateHigh": _("Alerta: claves no encontradas"),
    "AlertAnswered": _("Alerta atendida"),
    "ApplicationActed": _("Acto sobre una solicitud"),
    "CitizenAsked": _("Consulta de una persona"),
    "DisavowalFiled": _("Desconocimiento recibido"),
    "ExchangeMade": _("Envío a compulsa"),
    "CompulsaTaken": _("Compulsa recibida"),
    "CompulsaAdopted": _("Compulsa adoptada"),
}

FACTS = {
    "act": _("acto"),
    "alert": _("alerta"),
    "application": _("solicitud"),
    "approved": _("aprobado"),
    "batch": _("entrega"),
    "change": _("cambio"),
    "changed": _("cambiaron"),
    "channel": _("vía"),
    "character": _("carácter"),
    "claim": _("alegato"),
    "confirmed": _("confirmadas"),
    "decision": _("decisión"),
    "differing": _("difieren"),
    "digest": _("huella"),
    "digests": _("huellas"),
    "disavowal": _("acuse"),
    "expires": _("vence"),
    "features": _("polígonos"),
    "files": _("archivos"),
    "first": _("primero"),
    "form": _("formato"),
    "found": _("encontrados"),
    "frame": _("marco"),
    "granted": _("concedido"),
    "hashes": _("huellas"),
    "item": _("asunto"),
    "kind": _("tipo"),
    "last": _("último"),
    "layout": _("formato"),
    "limit_percent": _("límite en %"),
    "lines": _("renglones"),
    "mark": _("hoja"),
    "missing": _("no encontradas"),
    "name": _("nombre"),
    "notice": _("notificación"),
    "odd": _("distintas"),
    "on": _("fecha"),
    "outcomes": _("resultados"),
    "pages": _("páginas"),
    "preliminary": _("preliminar"),
    "proposal": _("propuesta"),
    "purpose": _("fin"),
    "received": _("recibida"),
    "record": _("registro"),
    "records": _("registros"),
    "refused": _("rechazados"),
    "remedy": _("acto"),
    "result": _("resultado"),
    "returned": _("respuesta"),
    "review": _("respuesta"),
    "role": _("papel"),
    "root": _("raíz"),
    "rows": _("renglones"),
    "run": _("aplicación"),
    "sample": _("muestra"),
    "scopes": _("alcances"),
    "seed": _("semilla"),
    "sent": _("envío"),
    "sheets": _("hojas"),
    "size": _("tamaño"),
    "stratum": _("estrato"),
    "taken": _("recibidos"),
    "term_ends": _("vence"),
    "token": _("llave"),
    "undoes": _("deshace"),
    "user": _("cuenta"),
    "version": _("versión"),
    "what": _("qué"),
}
"""Those that are the same word in both languages, or a word of the field, are left as they are."""


def deed_word(kind: str) -> str:
    return str(DEEDS.get(kind, kind))


def fact_words(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Facts of an event as (name, value) to read."""
    return [(str(FACTS.get(name, name)), _value(value)) for name, value in facts.items()]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("sí") if value else _("no"))
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {one}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
