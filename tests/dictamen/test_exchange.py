"""The exchange: files with their acta, the compulsa out and in, what comes back beside what stood."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import pytest

from service.config import Settings
from service.dictamen.assemble import issue_for
from service.dictamen.exchange_acts import NOTICES, adopt, layouts_of, send_compulsa, send_notice, take_compulsa
from service.dictamen.freeze import digest_file
from service.errors import Refused
from service.jobs.lawyer import law_aspirante, law_record
from service.law.plazos import parrafo_6_periodo
from service.law.records import Record, Situacion
from service.proceso.register import law_proceso, require_aspirante, require_proceso
from service.store import Store, now
from service.store.exchange import answers_in_question
from service.store.findings import Match
from service.store.portal import Application, ApplicationAct, ApplicationVersion
from service.store.proceso import Aspirante
from service.store.standing import facts_of
from service.store.work import each_event

ON = dt.date(2027, 2, 1)
REVISOR = frozenset({"revisor"})
FIRST = "000000000001-0001-01"


def law_of(house: Store, record: str) -> Record:
    with house.reading() as session:
        proceso = law_proceso(require_proceso(session, "P").text)
        for aspirante in ("A", "B"):
            period = parrafo_6_periodo(law_aspirante(require_aspirante(session, aspirante), None), proceso)
            for facts in list(facts_of(session, "P", aspirante)):
                if facts.record == record:
                    return law_record(facts, period)
    raise KeyError(record)


def sent_and_back(house: Store, settings: Settings, folder: Path, changed: dict[str, str]) -> bytes:
    """A compulsa sent, and the file that the DERFE would return: VIGENTE but for the claves in ``changed``."""
    out = folder / "compulsa.csv"
    send_compulsa(house, settings, "P", out, on=ON, by="deapf")
    with house.reading() as session:
        sections = {facts.match.clave: facts.match.seccion for facts in facts_of(session, "P") if facts.match}
    lines = ["CONSECUTIVO,SITUACION,SECCION"]
    with out.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            clave = row["CLAVE_ELECTOR"]
            lines.append(f"{row['CONSECUTIVO']},{changed.get(clave, 'VIGENTE')},{sections[clave]}")
    return ("\n".join(lines) + "\n").encode()


@pytest.mark.parametrize("layout", NOTICES)
def test_each_notice_is_written_with_its_acta(house: Store, settings: Settings, tmp_path: Path, layout: str) -> None:
    issue_for(house, settings, "A", preliminary=False, on=dt.date(2027, 2, 10), operator="deapf")
    out = tmp_path / "archivo"
    acta = send_notice(house, settings, layout, "P", out, on=ON, by="deapf")
    assert acta["sha256"] == digest_file(out)
    assert acta["registros"] == 2
    assert json.loads((tmp_path / "archivo.acta.json").read_bytes()) == acta
    text = out.read_text(encoding="utf-8")
    assert "PERSONA A" in text
    assert ("CUMPLE" in text) == (layout != "utf_avisos")
    with house.reading() as session:
        assert [event.kind for event in each_event(session)][-1] == "ExchangeMade"
    with pytest.raises(Refused):
        send_notice(house, settings, layout, "P", out, on=ON, by="deapf")


def test_the_notice_names_who_answers_for_the_money_as_the_granted_application_does(
    house: Store, settings: Settings, tmp_path: Path
) -> None:
    """Fracción VIII: of the version that was granted, not of a later or an earlier one."""
    with house.writing() as session:
        session.add(Application(id="S-1", proceso="P", aspirante="A", at=now(), by="a"))
        session.flush()
        for number, name in enumerate(("ANA ANTES", "EVA VIGENTE", "LUZ DESPUES"), start=1):
            document = {"responsable": name, "responsable_contacto": "correo"}
            session.add(ApplicationVersion(application="S-1", number=number, document=document, at=now(), by="a"))
        act = ApplicationAct(application="S-1", kind="granted", version=2, text="", notified_at=None, term_ends=None,
                             at=now(), by="b")  # fmt: skip
        session.add(act)
        session.query(Aspirante).filter(Aspirante.id == "B").update({"text": 'responsable_finanzas = "LEO ORDEN"'})
    out = tmp_path / "utf.json"
    send_notice(house, settings, "utf_registro", "P", out, on=ON, by="deapf")
    told = {one["aspirante"]: one["responsable_finanzas"] for one in json.loads(out.read_bytes())["registros"]}
    assert told == {"A": "EVA VIGENTE", "B": "LEO ORDEN"}


def test_the_layouts_of_the_agreement_prevail(house: Store, settings: Settings, tmp_path: Path) -> None:
    own = settings.data / "intercambio" / "disenos.json"
    own.parent.mkdir(parents=True)
    own.write_text(json.dumps({"snr": {"sistema": "SNR", "fundamento": "Anexo", "formato": "csv", "columnas": [
        {"columna": "ID", "dato": "aspirante", "descripcion": "x"}]}}))  # fmt: skip
    send_notice(house, settings, "snr", "P", tmp_path / "snr.csv", on=ON, by="deapf")
    assert (tmp_path / "snr.csv").read_text() == "ID\nA\nB\n"
    assert "derfe_salida" in layouts_of(settings)


def test_a_compulsa_that_agrees_asks_nothing(house: Store, settings: Settings, tmp_path: Path) -> None:
    back = sent_and_back(house, settings, tmp_path, {})
    taken = take_compulsa(house, settings, 1, back, oficio="DERFE/1", by="deapf")
    assert (taken.rows, taken.differing) == (14, 0)
    with pytest.raises(Refused) as refusal:
        take_compulsa(house, settings, 1, back, oficio="DERFE/1", by="deapf")
    assert refusal.value.code == "COMPULSA_REPETIDA"


def test_a_compulsa_that_differs_stands_beside_and_two_people_adopt_it(
    house: Store, settings: Settings, tmp_path: Path
) -> None:
    back = sent_and_back(house, settings, tmp_path, {"ELECTORFICTICIO000": "BAJA_DEFUNCION"})
    taken = take_compulsa(house, settings, 1, back, oficio="DERFE/1", by="deapf")
    assert taken.differing == 2  # the same person stands in a record of each aspirante
    with house.reading() as session:
        assert session.query(Match).filter(Match.record == FIRST).one().situacion == "VIGENTE"  # never overwritten
        item = next(item.id for answer, item in answers_in_question(session) if answer.record == FIRST)
    assert law_of(house, FIRST).situacion is Situacion.VIGENTE
    assert law_of(house, FIRST).suspected  # but it waits for people
    assert adopt(house, item, by="r1", roles=REVISOR) is False
    assert law_of(house, FIRST).situacion is Situacion.VIGENTE
    with pytest.raises(Refused) as refusal:
        adopt(house, item, by="r1", roles=REVISOR)
    assert refusal.value.code == "MISMA_PERSONA"
    assert adopt(house, item, by="r2", roles=REVISOR) is True
    adopted = law_of(house, FIRST)
    assert adopted.situacion is Situacion.BAJA_DEFUNCION
    assert not adopted.suspected


def test_what_gives_a_support_needs_one_person(house: Store, settings: Settings, tmp_path: Path) -> None:
    with house.writing() as session:
        session.query(Match).filter(Match.record == FIRST).one().situacion = "PADRON"
    back = sent_and_back(house, settings, tmp_path, {})
    take_compulsa(house, settings, 1, back, oficio="DERFE/1", by="deapf")
    assert not law_of(house, FIRST).suspected
    with house.reading() as session:
        item = answers_in_question(session)[0][1].id
    assert adopt(house, item, by="r1", roles=REVISOR) is True
    assert law_of(house, FIRST).situacion is Situacion.VIGENTE


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda back: back.replace(b"\n1,", b"\n99,"), "COMPULSA_RENGLON"),
        (lambda back: back.replace(b"SITUACION", b"ESTADO"), "COMPULSA_COLUMNAS"),
        (lambda back: back.replace(b"VIGENTE", b"VIVA"), "COMPULSA_RENGLON"),
    ],
)
def test_a_returned_file_that_does_not_fit_takes_nothing(
    house: Store, settings: Settings, tmp_path: Path, change: object, code: str
) -> None:
    back = change(sent_and_back(house, settings, tmp_path, {}))  # type: ignore[operator]
    with pytest.raises(Refused) as refusal:
        take_compulsa(house, settings, 1, back, oficio="DERFE/1", by="deapf")
    assert refusal.value.code == code
    with house.reading() as session:
        assert answers_in_question(session) == []
