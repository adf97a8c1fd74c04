"""What goes in and out of the programs' door: the contract's documents (docs/contratos.md) as schemas."""

from __future__ import annotations

from typing import Any

from flask_smorest.fields import Upload
from marshmallow import Schema, validate
from marshmallow import fields as f

from service.access.words import CLASSES
from service.law.records import Cargo, Resultado


def said(text: str, **more: Any) -> dict[str, Any]:
    """The metadata by which a field explains itself in the document."""
    return {"description": text, **more}


class Problem(Schema):
    """RFC 9457."""

    type = f.String(required=True, metadata=said("Qué clase de problema es."))
    title = f.String(required=True)
    status = f.Integer(required=True)
    code = f.String(required=True, metadata=said("Código estable; ver docs/errores.md."))
    detail = f.String(required=True, metadata=said("Una frase que dice qué hacer."))
    errors = f.Dict(metadata=said("Parámetros que no se admiten, por lugar y nombre."))
    files = f.List(f.Dict(), metadata=said("Archivos de la entrega y por qué no se recibió ninguno."))


class PageQuery(Schema):
    limit = f.Integer(load_default=100, validate=validate.Range(1, 500), metadata=said("Cuántos, a lo más."))
    cursor = f.String(
        load_default="", validate=validate.Length(max=300), metadata=said("El `next` de la página anterior.")
    )


def next_field() -> f.String:
    return f.String(
        required=True, allow_none=True, metadata=said("Cursor de la página siguiente; nulo en la última.")
    )


class AspiranteOut(Schema):
    id = f.String(required=True)
    proceso = f.String(required=True)
    nombre = f.String(required=True)
    cargo = f.String(required=True, validate=validate.OneOf([cargo.value for cargo in Cargo]))
    ambito = f.String(required=True, metadata=said("Demarcación o distrito; vacío en la Jefatura."))
    constancia = f.Date(required=True)


class AspirantesPage(Schema):
    items = f.List(f.Nested(AspiranteOut), required=True)
    next = next_field()


class UploadQuery(Schema):
    declared_sheets = f.Integer(
        load_default=None, validate=validate.Range(0, 1_000_000), metadata=said("Hojas que declara quien entrega.")
    )
    received = f.Date(
        load_default=None,
        metadata=said("Día de recepción (hoy, si no se indica). Sólo con llave de un programa del instituto."),
    )


class UploadFiles(Schema):
    files = f.List(
        Upload(),
        required=True,
        validate=validate.Length(min=1),
        metadata=said("PDF, TIFF, JPEG, PNG, o ZIP de ellos; uno o más."),
    )


class UploadHeaders(Schema):
    key = f.String(
        required=True,
        data_key="Idempotency-Key",
        validate=validate.Regexp(r"^[A-Za-z0-9._:-]{8,128}$"),
        metadata=said("De 8 a 128 letras, cifras, punto, guiones o dos puntos; una nueva por entrega."),
    )


class FileReceiptOut(Schema):
    name = f.String(required=True)
    sha256 = f.String(required=True)
    size = f.Integer(required=True)
    pages = f.Integer(required=True)
    accepted = f.Boolean(required=True)
    code = f.String(required=True, allow_none=True)
    sentence = f.String(required=True, allow_none=True)


class ReceiptOut(Schema):
    batch = f.String(required=True)
    aspirante = f.String(required=True)
    received = f.Date(required=True)
    task = f.String(required=True, metadata=said("Para seguir el avance en /tasks/{task}."))
    files = f.List(f.Nested(FileReceiptOut), required=True)


class BatchOut(Schema):
    batch = f.String(required=True, attribute="id")
    aspirante = f.String(required=True)
    received = f.Date(required=True)
    declared_sheets = f.Integer(required=True, allow_none=True)
    task = f.String(required=True)


class BatchesPage(Schema):
    items = f.List(f.Nested(BatchOut), required=True)
    next = next_field()


class BatchPageOut(Schema):
    page = f.Integer(required=True)
    state = f.String(required=True, validate=validate.OneOf(["queued", "read", "done", "failed"]))
    code = f.String(required=True, allow_none=True)
    kind = f.String(required=True, allow_none=True)
    form = f.String(required=True, allow_none=True)
    folio = f.String(required=True, allow_none=True)
    rows = f.Integer(required=True)


class BatchFileOut(Schema):
    name = f.String(required=True)
    sha256 = f.String(required=True)
    accepted = f.Boolean(required=True)
    code = f.String(required=True, allow_none=True)
    sentence = f.String(required=True, allow_none=True)
    pages = f.List(f.Nested(BatchPageOut), required=True)


class BatchDocument(Schema):
    batch = f.String(required=True)
    aspirante = f.String(required=True)
    received = f.Date(required=True)
    files = f.List(f.Nested(BatchFileOut), required=True)


class TaskOut(Schema):
    task = f.String(required=True)
    batch = f.String(required=True)
    state = f.String(required=True, validate=validate.OneOf(["running", "done"]))
    pages = f.Integer(required=True, metadata=said("Páginas recibidas."))
    read = f.Integer(required=True, metadata=said("Páginas leídas."))
    rows = f.Integer(required=True, metadata=said("Renglones con tinta hallados hasta ahora."))
    matched = f.Integer(
        required=True,
        allow_none=True,
        metadata=said("Renglones buscados en la lista; nulo a una llave de aspirante."),
    )
    failed = f.Integer(required=True, metadata=said("Páginas apartadas por una falla."))


class RecordsQuery(PageQuery):
    clase = f.String(
        data_key="class",
        load_default="",
        validate=validate.OneOf(["", *CLASSES]),
        metadata=said("Sólo los de esta clase, como se le muestran a esta llave."),
    )


class RecordOut(Schema):
    record = f.String(required=True)
    aspirante = f.String(required=True)
    batch = f.String(required=True)
    file = f.String(required=True)
    page = f.Integer(required=True)
    folio = f.String(required=True)
    row = f.Integer(required=True)
    clave_read = f.String(required=True)
    clave = f.String(required=True, metadata=said("De la lista; vacía para una llave de aspirante."))
    numero_ocr_read = f.String(required=True)
    seccion = f.String(required=True, metadata=said("De la lista; vacía para una llave de aspirante."))
    demarcacion = f.String(required=True, metadata=said("De la lista; vacía para una llave de aspirante."))
    fecha = f.String(required=True)
    clase = f.String(required=True, data_key="class")
    reasons = f.String(required=True)
    decided_by = f.String(required=True)
    probability = f.String(required=True)


class RecordsPage(Schema):
    items = f.List(f.Nested(RecordOut), required=True)
    next = next_field()


class ReadingOut(Schema):
    reached = f.Integer(required=True)
    meets = f.Boolean(required=True)
    outcome = f.String()


class TallyOut(Schema):
    aspirante = f.String(required=True)
    required = f.Integer(required=True)
    valid = f.Integer(required=True)
    pending = f.Integer(required=True)
    ties = f.Integer(required=True)
    received = f.Integer(required=True)
    by_class = f.Dict(f.String(), f.Integer(), required=True)
    dispersion = f.Dict(f.String(), f.Integer(), required=True)
    N = f.Integer(required=True)
    k = f.Integer(required=True)
    readings = f.Dict(f.String(), f.Nested(ReadingOut, allow_none=True), required=True)
    outcome = f.String(required=True, validate=validate.OneOf([one.value for one in Resultado]))
    sensitive_to_reading = f.Boolean(required=True)
    held = f.Integer(metadata=said("Sólo a una llave de aspirante: registros cuyo original no se ha recibido."))


class DictamenFileOut(Schema):
    name = f.String(required=True)
    size = f.Integer(required=True)


class DictamenOut(Schema):
    dictamen = f.Integer(required=True, attribute="id")
    aspirante = f.String(required=True)
    preliminary = f.Boolean(required=True)
    issued_on = f.Date(required=True)
    outcome = f.String(required=True)
    sha256 = f.String(required=True, metadata=said("Del archivo dictamen.json."))
    root = f.String(required=True, metadata=said("Raíz de Merkle publicada."))
    supersedes = f.Integer(required=True, allow_none=True)
    files = f.List(f.Nested(DictamenFileOut), required=True)


class DictamenesQuery(PageQuery):
    aspirante = f.String(load_default="", validate=validate.Length(max=64))


class DictamenesPage(Schema):
    items = f.List(f.Nested(DictamenOut), required=True)
    next = next_field()


class ProcesoOut(Schema):
    clave = f.String(required=True)
    nombre = f.String(required=True)
    jornada = f.Date(required=True)
    version = f.Integer(required=True)


class ProcesosPage(Schema):
    items = f.List(f.Nested(ProcesoOut), required=True)
    next = next_field()


class ParametroOut(Schema):
    clave = f.String(required=True)
    valor = f.Raw(
        required=True, metadata=said("Texto, número entero o lista de textos.", type=["string", "integer", "array"])
    )
    base = f.String(required=True, metadata=said("El párrafo que lo pide."))
    acuerdo = f.String(required=True)
    vigente_desde = f.Date(required=True)
    por_defecto = f.Boolean(required=True)


class ParametrosOut(Schema):
    proceso = f.String(required=True)
    version = f.Integer(required=True)
    parametros = f.List(f.Nested(ParametroOut), required=True)
