"""The networks, in plain torch; each beside the library layers that define it."""
