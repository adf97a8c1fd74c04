"""Numbered steps of the database, one reason each."""
