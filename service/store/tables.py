"""Every table of the house in one import: what migrations compare the database with."""

from service.store import (
    accounts,
    api,
    audiencia,
    cells,
    control,
    desk,
    exchange,
    findings,
    papers,
    parametros,
    portal,
    proceso,
    publico,
    reception,
    remedies,
    remarks,
    uploads,
    work,
)
from service.store.base import Base

__all__ = [
    "Base", "accounts", "api", "audiencia", "cells", "control", "desk", "exchange", "findings", "papers",
    "parametros", "portal", "proceso", "publico", "reception", "remedies", "remarks", "uploads", "work",
]  # fmt: skip
