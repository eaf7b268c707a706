"""Jimin 济民: an open civil-affairs platform for a province."""

__version__ = "0.1.0"
