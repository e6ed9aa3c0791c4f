"""WMS Desktop: the warehouse floor, from the dock to the label."""

__version__ = "0.1.0"
