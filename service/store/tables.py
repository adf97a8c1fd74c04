"""Every table of the house in one import: what migrations compare the database with."""

from service.store import accounts, audiencia, desk, findings, papers, parametros, proceso, work
from service.store.base import Base

__all__ = ["Base", "accounts", "audiencia", "desk", "findings", "papers", "parametros", "proceso", "work"]
