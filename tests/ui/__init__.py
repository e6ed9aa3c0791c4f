"""The window, driven by real key events over a fake runner."""
