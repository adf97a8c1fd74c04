"""A small process with one aspirante, and eyes that see what a test tells them: the walk without the optics."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import numpy as np
from PIL import Image

from ocr.reading import ALPHABET, FLOOR, Answer, FieldReading, Lattice, PageKind, PageReading, RowReading, Signal
from service.config import Settings
from service.intake.uploads import Receipt, take_files
from service.padron.lista import load_lista
from service.padron.marco import load_marco
from service.proceso.register import add_aspirante, load_proceso
from service.store import Store, now
from service.store.proceso import FolioRange

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PROCESO = (SAMPLES / "proceso.toml").read_text(encoding="utf-8")
RECEIVED = dt.date(2027, 1, 19)
LISTA = """clave_elector,numero_ocr,apellido_paterno,apellido_materno,nombre,seccion,situacion
QTNBTM87041509H300,0001000000017,QUETZALCO,NUBE,TOMÁS,1,VIGENTE
FRBRLC99110220M100,0002000000024,FARO,BRUMA,LUCERO CELESTE,2,VIGENTE
LNSLMR80010109M100,0001000000031,LUNA,SOL,MARÍA,1,BAJA_DEFUNCION
"""
MARCO = """seccion,distrito_local,demarcacion,circunscripcion,lista_nominal
1,17,014,1,60
2,17,014,2,40
3,18,014,3,100
"""


def found_house(store: Store, settings: Settings, tmp_path: Path) -> str:
    """Process, frame, list and one aspirante of district 17 with 40 folios printed; returns the id."""
    (tmp_path / "marco.csv").write_text(MARCO, encoding="utf-8")
    (tmp_path / "lista.csv").write_text(LISTA, encoding="utf-8")
    with store.writing() as session:
        load_proceso(session, PROCESO, "prueba")
        load_marco(session, tmp_path / "marco.csv", "2026-2027", "prueba")
    load_lista(
        store, settings, tmp_path / "lista.csv", proceso="2026-2027", corte=dt.date(2026, 8, 31), operator="prueba"
    )
    return add_person(store, "17")


def add_person(store: Store, ambito: str) -> str:
    """One more aspirante with 40 folios printed."""
    text = f'[aspirante]\nnombre = "ALGUIEN"\ncargo = "diputacion"\nambito = "{ambito}"\nconstancia = 2026-11-19\n'
    with store.writing() as session:
        aspirante = add_aspirante(session, "2026-2027", text, "prueba")
        printed = FolioRange(aspirante=aspirante.id, form="cedula-2027-v1", first=1, last=40, at=now(), by="prueba")
        session.add(printed)
        return aspirante.id


def picture(shade: int, pages: int = 1) -> bytes:
    """A TIFF that differs from every other shade's."""
    images = [Image.new("L", (64, 48), (shade + page) % 256) for page in range(pages)]
    out = io.BytesIO()
    images[0].save(out, "TIFF", save_all=True, append_images=images[1:])
    return out.getvalue()


def deliver(store: Store, settings: Settings, aspirante: str, *files: tuple[str, bytes]) -> Receipt:
    """A delivery of files by name and bytes."""
    return take_files(
        store,
        settings,
        aspirante=aspirante,
        files=[(name, io.BytesIO(data)) for name, data in files],
        received=RECEIVED,
        operator="prueba",
    )


def lattice(text: str, sure: float = 0.999) -> Lattice:
    """What certain eyes see of a text."""
    logs = np.full((len(text), len(ALPHABET)), np.log((1 - sure) / (len(ALPHABET) - 1)), dtype=np.float32)
    for cell, character in enumerate(text):
        logs[cell, ALPHABET.index(character)] = np.log(sure)
    return np.maximum(logs, np.float32(FLOOR))


def field(name: str, text: str, sure: float = 0.999) -> FieldReading:
    """A comb field read with certainty."""
    return FieldReading(name, text, sure ** len(text), lattice(text, sure))


def row(
    number: int, clave: str, numero_ocr: str, nombre: str, seccion: str, fecha: str = "101226", *, signed: bool = True
) -> RowReading:
    """A row filled in a clear hand."""
    signature = Signal("signature", Answer.YES if signed else Answer.NO, 0.99 if signed else 0.01, "Firma.")
    return RowReading(
        row=number,
        has_ink=True,
        fields={
            "clave_elector": field("clave_elector", clave),
            "numero_ocr": field("numero_ocr", numero_ocr),
            "seccion": field("seccion", seccion),
            "demarcacion": field("demarcacion", "014"),
            "fecha": field("fecha", fecha),
            "nombre": FieldReading("nombre", nombre, 0.95, None, ((nombre, 0.95),)),
        },
        signals=(signature,),
    )


TOMAS = ("QTNBTM87041509H300", "0001000000017", "QUETZALCO NUBE TOMAS", "0001")
LUCERO = ("FRBRLC99110220M100", "0002000000024", "FARO BRUMA LUCERO CELESTE", "0002")
MARIA = ("LNSLMR80010109M100", "0001000000031", "LUNA SOL MARIA", "0001")
NOBODY = ("ZZZZZZ70010109H900", "9999999999999", "NADIE NADIE NADIE", "0001")


def sheet(folio: str | None, *rows: RowReading, ink: bytes = b"", kind: PageKind = PageKind.SHEET) -> PageReading:
    """A page of our form."""
    form = "cedula-2027-v1" if kind is PageKind.SHEET else None
    return PageReading(kind=kind, engine="de-prueba", form=form, folio=folio, rows=rows, ink_print=ink)
