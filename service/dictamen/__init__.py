"""The dictamen: issued once, explained for ever, checked by anyone (Art. 323 párr. 14, 18 V, 19; 383 III)."""
