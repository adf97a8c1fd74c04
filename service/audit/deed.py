"""What every deed is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done; the class's name is the kind of the event."""
