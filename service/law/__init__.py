"""The law room: article 323 of the CIPECDMX and its neighbours, as pure functions over plain values."""
