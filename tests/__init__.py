"""The tests, laid out as the package is; what they share is in builders.py and conftest.py."""
