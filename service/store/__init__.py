"""The only room that imports SQLAlchemy: tables, one module per group, and the door ``Store``."""

from service.store.base import Base, Session, Store, now

__all__ = ["Base", "Session", "Store", "now"]
