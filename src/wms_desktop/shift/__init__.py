"""The guided shift: players with a physical world of their own."""
