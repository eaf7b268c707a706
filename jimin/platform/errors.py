"""A start that cannot go on."""

from __future__ import annotations


class Refusal(Exception):
    """One line for the person at the terminal: what is wrong, where, and what to do next. Exit code 2."""
