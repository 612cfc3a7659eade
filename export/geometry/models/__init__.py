"""The two networks, in plain torch."""
