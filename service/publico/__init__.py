"""Pages without sign-in: aggregates for observers, and what a citizen may ask about their own support."""
