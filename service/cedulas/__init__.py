"""The printer of official sheets, and the folio that each carries signed."""
