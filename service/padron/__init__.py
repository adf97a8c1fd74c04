"""The lista nominal and the geographic frame: loaded, sealed, looked up only for a record, returned and destroyed."""
