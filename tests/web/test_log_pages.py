"""The log as an auditor reads it: in Spanish, by kind of deed and by who did it, checked link by link."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from service.access.deed_words import DEEDS, FACTS
from service.audit import deeds

KINDS = [
    one
    for one in vars(deeds).values()
    if isinstance(one, type) and issubclass(one, deeds.Deed) and one is not deeds.Deed
]
SAME = {"acuerdo", "ambito", "aspirante", "cargo", "corte", "dictamen", "lista", "marco", "parametro", "proceso",
        "secciones", "sha256", "situacion"}  # fmt: skip


def test_every_deed_and_every_fact_has_its_spanish_word() -> None:
    assert {kind.__name__ for kind in KINDS} == set(DEEDS)
    facts = {field.name for kind in KINDS for field in dataclasses.fields(kind)}
    assert facts - SAME == set(FACTS)


def test_the_log_is_read_by_kind_and_by_person(person: Callable[[str], Any]) -> None:
    person("revisora1").get("/revision/siguiente?kind=strike", follow_redirects=True)
    auditor = person("auditora")
    whole = auditor.get("/bitacora").text
    assert "Imagen vista" in whole
    assert "ImageSeen<" not in whole
    entered = auditor.get("/bitacora?acto=SignedIn&quien=revisora1").text
    assert entered.count("<td>Entrada</td>") == 1
    assert "<td>revisora1</td>" in entered
    assert "No hay actos así" in auditor.get("/bitacora?acto=HearingDecided").text
    assert auditor.get("/bitacora?antes=²").status_code == 200
    assert "Cadena íntegra" in auditor.post("/bitacora/comprobar", {}, at="/bitacora").text
