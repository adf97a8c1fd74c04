"""An application from the first word to the constancia: what it lacks, the 48 hours, what follows when they end."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
from PIL import Image

from service.errors import Refused
from service.portal import application_acts as acts
from service.portal.application import defects_of
from service.store import now, pages
from service.store.portal import Application, acts_of
from service.store.proceso import proceso_in_force
from service.store.work import each_event

CITY = ZoneInfo("America/Mexico_City")
WHOLE = {
    "nombre": "Lucero Celeste", "primer_apellido": "Faro", "segundo_apellido": "Bruma", "lugar_nacimiento": "Puebla",
    "fecha_nacimiento": "1999-11-02", "domicilio": "Calle Falsa 123", "residencia_anios": "4", "ocupacion": "Partera",
    "clave_elector": "FRBRLC99110221M100", "cargo": "diputacion", "ambito": "17", "f1_propietario": "Lucero Faro",
    "f1_sexo": "M", "f1_suplente": "Sol Luna", "f1_sexo_suplente": "M", "representante": "Rep Uno",
    "representante_contacto": "55 0000 0000", "responsable": "Res Dos", "responsable_contacto": "55 1111 1111",
    "colores": "turquesa", "emblema": "0" * 64,
}  # fmt: skip
DAY = dt.date(2026, 11, 10)


def emblem() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(out, "JPEG")
    return out.getvalue()


def test_an_application_with_everything_lacks_nothing() -> None:
    assert defects_of(WHOLE, DAY) == []


@pytest.mark.parametrize(
    ("change", "fraction"),
    [
        ({"segundo_apellido": ""}, None),
        ({"nombre": ""}, "I"),
        ({"fecha_nacimiento": "1999-02-30"}, "II"),
        ({"fecha_nacimiento": "2008-11-11", "clave_elector": "FRBRLC08111121M100"}, "II"),
        ({"fecha_nacimiento": "2008-11-10", "clave_elector": "FRBRLC08111021M100"}, None),
        ({"residencia_anios": "cuatro"}, "III"),
        ({"ocupacion": ""}, "IV"),
        ({"clave_elector": "FRBRLC99110321M100"}, "V"),
        ({"clave_elector": "FRBRLC9911022M100"}, "V"),
        ({"clave_elector": "FRBRLC99110220X100"}, None),  # the list of 2024 held 32 people with it (domain D-1)
        ({"f1_sexo": "X", "f1_sexo_suplente": "X"}, None),
        ({"ambito": "34"}, "VI"),
        ({"cargo": "alcaldia", "ambito": "014"}, None),
        ({"cargo": "alcaldia", "ambito": "001"}, "VI"),
        ({"f1_sexo_suplente": "H"}, "VII"),
        ({"f1_suplente": ""}, "VII"),
        ({"f1_propietario": "", "f1_sexo": "", "f1_suplente": "", "f1_sexo_suplente": ""}, "VII"),
        ({"responsable": ""}, "VIII"),
        ({"emblema": ""}, "IX"),
        ({"colores": ""}, "IX"),
    ],
)
def test_each_fraction_says_what_it_lacks(change: dict[str, str], fraction: str | None) -> None:
    found = defects_of({**WHOLE, **change}, DAY)
    assert [defect.fraction for defect in found] == ([fraction] if fraction else [])


@pytest.fixture
def application(house: Any) -> str:
    with house.store.writing() as session:
        opened, _password = acts.open_application(session, "2026-2027", "nueva.persona", "captura")
        return opened.id


def act(house: Any, application: str, name: str, *words: Any, **more: Any) -> Any:
    if name == "grant":
        more.setdefault("rehearsal", True)
    with house.store.writing() as session:
        return getattr(acts, name)(session, session.get_one(Application, application), *words, **more)


def state(house: Any, application: str, moment: dt.datetime) -> str:
    with house.store.reading() as session:
        return acts.stand_of(session, session.get_one(Application, application), moment).state


def filed_long_ago(house: Any, application: str) -> None:
    """As if it had been filed three days before."""
    with house.store.writing() as session:
        for one in acts_of(session, application):
            one.at = now() - dt.timedelta(days=3)


def test_the_48_hours_run_from_the_hour_of_the_notice_moment_to_moment(house: Any, application: str) -> None:
    act(house, application, "save", {**WHOLE, "colores": ""}, "nueva.persona")
    act(house, application, "file", "nueva.persona")
    with pytest.raises(Refused, match="SOLICITUD_CON_DEFECTOS"):
        act(house, application, "grant", DAY, "deapf")
    with pytest.raises(Refused, match="HORA_ANTERIOR"):  # overdue at once, and nobody ever had 48 hours
        act(house, application, "prevent", "Faltan los colores.", "captura", now() - dt.timedelta(hours=50))
    filed_long_ago(house, application)
    noticed = now() - dt.timedelta(hours=47, minutes=59)
    prevented = act(house, application, "prevent", "Faltan los colores.", "captura", noticed)
    assert prevented.term_ends == noticed + dt.timedelta(hours=48)
    assert state(house, application, prevented.term_ends) == "prevented"  # the last moment still counts
    assert state(house, application, prevented.term_ends + dt.timedelta(microseconds=1)) == "overdue"
    act(house, application, "save", WHOLE, "nueva.persona")
    act(house, application, "file", "nueva.persona")
    with pytest.raises(Refused, match="YA_PREVENIDA"):
        act(house, application, "prevent", "Otra cosa que falta.", "captura")
    aspirante = act(house, application, "grant", DAY, "deapf")
    assert (aspirante.nombre, aspirante.constancia) == ("LUCERO CELESTE FARO BRUMA", DAY)
    with house.store.reading() as session:
        kinds = [one.kind for one in acts_of(session, application)]
        deeds = [event.facts["act"] for event in each_event(session) if event.kind == "ApplicationActed"]
    assert kinds == ["filed", "prevented", "filed", "granted"]
    assert deeds == ["opened", *kinds]


def test_what_nobody_cured_in_time_is_decided_by_a_person_with_a_motive(house: Any, application: str) -> None:
    act(house, application, "save", {"nombre": "X"}, "nueva.persona")
    act(house, application, "file", "nueva.persona")
    with pytest.raises(Refused, match="SIN_PREVENCION"):
        act(house, application, "dismiss", "No cumple con nada.", "deapf")
    filed_long_ago(house, application)
    act(house, application, "prevent", "Falta casi todo.", "captura", now() - dt.timedelta(hours=49))
    for name, words, code in (("save", (WHOLE, "x"), "SOLICITUD_ESTADO"), ("file", ("x",), "SOLICITUD_ESTADO"),
                              ("grant", (DAY, "deapf"), "SOLICITUD_CON_DEFECTOS")):  # fmt: skip
        with pytest.raises(Refused, match=code):
            act(house, application, name, *words)
    with pytest.raises(Refused, match="SIN_MOTIVO"):
        act(house, application, "dismiss", "no", "deapf")
    act(house, application, "dismiss", "No se subsanó en 48 horas.", "deapf")
    assert state(house, application, now()) == "dismissed"
    with house.store.reading() as session:
        assert len(pages.aspirante_lines(session)) == 2


def test_who_was_prevented_by_mistake_is_granted_on_what_was_filed(
    house: Any, application: str, person: Callable[[str], Any]
) -> None:
    act(house, application, "save", WHOLE, "nueva.persona")
    assert "Faro" not in person("captura").get(f"/solicitudes/{application}").text  # a draft is its writer's alone
    act(house, application, "file", "nueva.persona")
    filed_long_ago(house, application)
    notice = now() - dt.timedelta(hours=47, minutes=59)
    act(house, application, "prevent", "Se pide lo que ya consta.", "captura", notice)
    act(house, application, "save", {**WHOLE, "ocupacion": "", "nombre": "Otra"}, "nueva.persona")
    with house.store.writing() as session:
        acts_of(session, application)[-1].term_ends = now()
    seen = person("deapf").get(f"/solicitudes/{application}").text
    assert "Lucero Celeste" in seen
    assert "Otra" not in seen
    assert "se presentó, también si nadie respondió" in seen
    assert act(house, application, "grant", DAY, "deapf").nombre == "LUCERO CELESTE FARO BRUMA"


def test_a_constancia_bears_a_day_between_the_filing_and_today(house: Any, application: str) -> None:
    act(house, application, "save", WHOLE, "nueva.persona")
    act(house, application, "file", "nueva.persona")
    today = now().astimezone(CITY).date()
    for off in (-1, 1):
        with pytest.raises(Refused, match="FECHA_CONSTANCIA"):
            act(house, application, "grant", today + dt.timedelta(days=off), "deapf", rehearsal=False)
    assert act(house, application, "grant", today, "deapf", rehearsal=False).constancia == today


def test_the_page_of_a_process_says_which_dates_want_a_look(house: Any, person: Callable[[str], Any]) -> None:
    assert "conviene revisar" not in person("deapf").get("/procesos/2026-2027").text
    with house.store.writing() as session:
        version = proceso_in_force(session, "2026-2027")
        version.text = version.text.replace(
            "apertura_registro", "precampanas = 2026-11-19\napertura_registro"
        ).replace("hasta = 2027-01-18", "hasta = 2027-01-19")
    text = person("deapf").get("/procesos/2026-2027").text
    assert "A001: La constancia se emitió cuando ya habían iniciado las precampañas" in text
    assert "La ventana dura 61 días" in text


def test_sheets_are_printed_at_a_pace(house: Any, person: Callable[[str], Any]) -> None:
    party, place = person("aspirante1"), "/aspirantes/A001/hojas"
    statuses = [party.post(place, {"sheets": "1"}).status_code for _ in range(7)]
    assert statuses == [200] * 6 + [422]
    assert person("aspirante2").post("/aspirantes/A002/hojas", {"sheets": "1"}).status_code == 200
    assert person("captura").post(place, {"sheets": "1"}).status_code == 200


def test_only_a_sound_picture_is_an_emblem_and_nothing_rides_along(house: Any) -> None:
    from service.store.files import ContentStore

    digest = acts.keep_emblem(house.settings, io.BytesIO(emblem() + b"<script>algo</script>"))
    kept = ContentStore(house.settings.scans).path(digest).read_bytes()
    assert kept.startswith(b"\x89PNG")
    assert b"script" not in kept
    for bad in (b"", b"<svg/>", emblem()[:200], b"GIF89a"):
        with pytest.raises(Refused, match="EMBLEMA"):
            acts.keep_emblem(house.settings, io.BytesIO(bad))


def test_the_pages_lead_from_the_form_to_the_constancia_and_the_sheets(
    house: Any, app: Any, person: Callable[[str], Any], make_person: type
) -> None:
    staff, deapf = person("captura"), person("deapf")
    app.config["RESPALDO_FRESH_SECONDS"] = 3600
    opened = staff.post("/solicitudes", {"proceso": "2026-2027", "username": "lucero"}, at="/solicitudes")
    given = opened.text.partition('id="given">')[2].partition("<")[0]
    somebody = make_person(app, "lucero", given)
    somebody.post(
        "/cuenta/contrasena",
        {"password": given, "new_password": "una-frase-larga-9", "new_password_confirm": "una-frase-larga-9"},
        at="/cuenta/contrasena",
    )
    form = {key: value for key, value in WHOLE.items() if key != "emblema"}
    place = "/solicitudes/S001"
    somebody.post(place, {**form, "act": "save", "emblema": (io.BytesIO(emblem()), "e.jpg")}, at=place)
    assert "Lo que falta" not in somebody.get(place).text
    assert somebody.get(f"{place}/emblema.png").mimetype == "image/png"
    somebody.post(place, {**form, "colores": "", "act": "file"}, at=place)
    assert "Falta: colores del emblema." in staff.get(place).text
    staff.post(f"{place}/prevenir", {"text": "IX. Faltan los colores."}, at=place)
    assert "48 horas" in somebody.get(place).text
    somebody.post(place, {**form, "act": "file"}, at=place)
    assert person("aspirante1").get(place).status_code == 404
    deapf.post(f"{place}/otorgar", {"on": "2026-11-19"}, at=place)
    constancia = somebody.get(f"{place}/constancia.pdf")
    text = pypdfium2.PdfDocument(constancia.data)[0].get_textpage().get_text_range()
    assert "LUCERO CELESTE FARO BRUMA" in text
    assert "20/11/2026" in text
    sheets = somebody.post("/aspirantes/A003/hojas", {"sheets": "2"}, at=place)
    assert len(pypdfium2.PdfDocument(sheets.data)) == 2
    assert somebody.get("/aspirantes/A003/avance").status_code == 200
    assert somebody.get("/aspirantes/A001/avance").status_code == 404
