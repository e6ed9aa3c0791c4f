"""Floor screens: one per station."""
