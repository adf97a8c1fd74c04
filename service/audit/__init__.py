"""The log of deeds: one class per deed, chained by hashes, no personal data."""
