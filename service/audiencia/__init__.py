"""The hearing: notice, clock, claims with evidence, decisions with motive, acta; nothing overwritten."""
