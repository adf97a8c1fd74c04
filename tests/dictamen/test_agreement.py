"""The main verifier (the law room) and the independent one agree, on every kind of record and parameter."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from types import ModuleType
from typing import Any

import pytest

from service.dictamen.expediente import Entry, Rival
from service.dictamen.issue import Issued
from service.dictamen.verify import verify
from service.law.frame import Seccion, marco_of
from service.law.records import Aspirante, Cargo, Clase, Record, Situacion

REASONS = (Clase.I1, Clase.I3, Clase.N, Clase.I11, Clase.I12, Clase.DT, Clase.I2, Clase.I7, Clase.D2)
SUSPICIONS = (Clase.I1, Clase.I7, Clase.I8, Clase.I9)


def _parameters(draw: random.Random) -> dict[str, Any]:
    reading = draw.choice(["R1", "R2", "R3"])
    channels: Any = ["papel"]
    if draw.random() < 0.3:
        channels = {"valor": ["papel", "app"], "acuerdo": "IECM/ACU-CG-009/2026"}
    return {
        "redondeo": draw.choice(["techo", "piso", "mitad"]),
        "dispersion_lectura": reading,
        "dispersion_m": draw.choice([2, 3]) if reading == "R3" else draw.choice([0, 2]),
        "base_dispersion_diputacion": draw.choice(["secciones_distrito", "secciones_por_demarcacion"]),
        "regla_empate": draw.choice(["pendiente", "ninguno"]),
        "fecha_supletoria": draw.choice(["ninguna", "hoja", "recepcion"]),
        "canales_admitidos": channels,
        "copia_credencial": draw.choice(["exigida", "no_exigida"]),
        "cotejo": draw.choice(["exigido", "no"]),
        "desistimientos": draw.choice(["fuera", "dentro"]),
    }


def _record(draw: random.Random, made_up: ModuleType, number: int, who: str, elector: str | None) -> Record:
    """A record with any combination of facts; the section follows from the elector, as in the list."""
    chance = draw.random
    section = None
    if elector is not None:
        section = 1 + int(elector[1:]) % 12 if int(elector[1:]) % 15 else 9001
    start: date = made_up.START
    return Record(
        id=f"{who}-{number:04d}",
        aspirante=who,
        received=start + timedelta(days=draw.randint(-2, 60)),
        elector=elector,
        situacion=draw.choice([Situacion.VIGENTE] * 9 + [Situacion.PADRON, Situacion.BAJA_OTRA]) if elector else None,
        seccion=section,
        fecha=None if chance() < 0.2 else start + timedelta(days=draw.randint(-3, 64)),
        sheet_date=None if chance() < 0.6 else start + timedelta(days=draw.randint(0, 59)),
        original_received=chance() > 0.08,
        unprocessed=chance() < 0.03,
        open_match=chance() < 0.06,
        in_hearing=chance() < 0.06,
        established=frozenset(draw.sample(REASONS, k=draw.choice([0, 0, 0, 0, 0, 1, 2]))),
        suspected=frozenset(draw.sample(SUSPICIONS, k=draw.choice([0, 0, 0, 0, 1, 2]))),
        cleared=frozenset(draw.sample([*SUSPICIONS, Clase.I11], k=draw.choice([0, 0, 0, 1]))),
        prevails=chance() < 0.05,
        channel=draw.choice(["papel"] * 9 + ["app"]),
        credential_copy=draw.choice([None, True, False]),
        folio=f"00100{number % 30:04d}",
        page=1 + number % 3,
        row=1 + number % 8,
    )


def _entries(draw: random.Random, made_up: ModuleType) -> list[Entry]:
    rivals = [
        Rival("R-01", made_up.START - timedelta(days=1)),
        Rival("R-02", made_up.START + timedelta(days=5)),
        Rival("R-03", made_up.START - timedelta(days=9), made_up.START + timedelta(days=30)),
    ]
    found: list[Entry] = []
    for number in range(draw.randint(5, 90)):
        elector = None if draw.random() < 0.06 else f"E{draw.randint(0, 50):03d}"
        if draw.random() < 0.65:
            record = _record(draw, made_up, number, "A-001", elector)
            found.append(Entry(record, bytes([number % 256]) * 32))
        else:
            rival = draw.choice(rivals)
            record = replace(_record(draw, made_up, number, rival.pseudonym, elector), folio="", page=0, row=0)
            found.append(Entry(record, rival=rival))
    return sorted(found, key=lambda entry: (entry.record.elector or "", entry.rival is not None, entry.record.id))


def _expediente(seed: int, made_up: ModuleType) -> Any:
    draw = random.Random(seed)
    sections = [
        Seccion(n, "17", "014" if n % 3 else "010", f"c{n % 4}", draw.choice([90, 150, 200, 250]) if n != 4 else None)
        for n in range(1, 13)
    ]
    if draw.random() < 0.4:
        sections[6] = replace(sections[6], electors=0, zero_source="oficio DERFE" if draw.random() < 0.7 else "")
    entries = _entries(draw, made_up)
    proceso: dict[str, Any] = {**made_up.PROCESO, "parametros": _parameters(draw)}
    cargo, ambito = draw.choice([(Cargo.DIPUTACION, "17"), (Cargo.ALCALDIA, "014"), (Cargo.JEFATURA, "")])
    if draw.random() < 0.5:
        base = {"cargo": str(cargo), "ambito": ambito, "lista_nominal": draw.randint(100, 4000), "acuerdo": "ACU-1"}
        proceso["base"] = [base]
    gone = made_up.END if draw.random() < 0.08 else None
    return made_up.expediente(
        proceso=proceso,
        aspirante=Aspirante("A-001", cargo, ambito, date(2026, 11, 19), gone),
        marco=marco_of([*sections, Seccion(9001, "26", "003", "c9", 500)]),
        entries=lambda: entries,
        samples=(),
        drawn=(),
    )


@pytest.fixture
def without_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures only: drawing and signing a PDF a hundred times would say nothing about them."""
    monkeypatch.setattr("service.dictamen.issue.render", lambda frozen, sha256: b"")
    monkeypatch.setattr("service.dictamen.issue.sign_pdf", lambda pdf, signer, reason: b"")
    monkeypatch.setattr("service.dictamen.verify._check_pdf", lambda *ignored: None)


@pytest.mark.parametrize("seed", range(80))
@pytest.mark.usefixtures("without_pdf")
def test_both_verifiers_agree_on_random_expedientes(
    seed: int, made_up: ModuleType, alone: ModuleType, issued_from: Callable[..., Issued]
) -> None:
    issued = issued_from(_expediente(seed, made_up), preliminary=True)
    assert [str(one) for one in verify(issued.folder, issued.root).findings] == []
    differences, notes = alone.verificar(str(issued.folder), issued.root)
    assert differences == []
    assert all("acotarlo" in note for note in notes)
