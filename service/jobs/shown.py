"""Moved to ``service.store.shown``, where the pages of every room reach it."""

from service.store.shown import FROM_LIST, TALLY_KEYS, party_row, party_tally, shown_class, without_cause

__all__ = ["FROM_LIST", "TALLY_KEYS", "party_row", "party_tally", "shown_class", "without_cause"]
