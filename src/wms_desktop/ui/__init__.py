"""The window: asks, shows, and decides nothing."""
