"""Freezing a document: one sequence of bytes for one meaning (RFC 8785), its SHA-256, its published schema."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import rfc8785

SCHEMA_PATH = Path(__file__).with_name("dictamen.schema.json")
BLOCK = 1 << 20


def freeze(document: Mapping[str, Any]) -> bytes:
    """The canonical bytes of a document of texts, whole numbers, truth values, lists and tables.

    Raises ValueError on a float anywhere: figures of a dictamen are whole numbers or decimal texts, since a
    float may print otherwise in another language.
    """
    for path in _floats(document, "$"):
        raise ValueError(f"float in the document at {path}")
    return bytes(rfc8785.dumps(dict(document)))


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def digest_file(path: Path) -> str:
    """SHA-256 of a file in hexadecimal, read by blocks."""
    state = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            state.update(block)
    return state.hexdigest()


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) that every dictamen.json obeys."""
    loaded: dict[str, Any] = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
    return loaded


def schema_faults(document: Any, limit: int = 20) -> list[str]:
    """Where the document leaves the schema: ``path: cause``, at most ``limit``; empty if it obeys it."""
    validator = jsonschema.Draft202012Validator(schema())
    faults = []
    for error in validator.iter_errors(document):
        place = "/".join(str(part) for part in error.absolute_path) or "(documento)"
        faults.append(f"{place}: {_in_spanish(error)}")
        if len(faults) == limit:
            break
    return faults


SCHEMA_WORDS = {
    "type": "no es del tipo debido",
    "const": "no es el valor fijo del esquema",
    "enum": "no es uno de los valores admitidos",
    "pattern": "no tiene la forma debida",
    "format": "no tiene la forma debida",
    "minimum": "es menor que lo admitido",
    "minItems": "trae menos elementos de los debidos",
    "maxItems": "trae más elementos de los debidos",
    "anyOf": "no corresponde a ninguna de las formas admitidas",
}


def _in_spanish(error: jsonschema.ValidationError) -> str:
    """A schema fault in a sentence: the validator's own words are English, and may repeat the whole document."""
    if isinstance(error.instance, Mapping) and isinstance(error.schema, Mapping):
        if error.validator == "required":
            missing = [name for name in error.schema["required"] if name not in error.instance]
            return f"le falta {', '.join(missing)}"
        if error.validator == "additionalProperties":
            extra = [str(name) for name in error.instance if name not in error.schema.get("properties", {})]
            return f"le sobra {', '.join(extra)[:80]}"
    return SCHEMA_WORDS.get(str(error.validator), f"no cumple «{error.validator}»")


def _floats(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, float):
        yield path
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _floats(inner, f"{path}.{key}")
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value):
            yield from _floats(inner, f"{path}[{number}]")
