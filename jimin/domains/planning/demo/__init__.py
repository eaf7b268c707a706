"""The demo's history of this domain: a year of offices at work, carried out through the same actions.

No script writes a figure. Everything is read from the pack's demo folder and is deterministic: the same
pack gives the same history, and building it twice changes nothing (every action has its key).
"""

from jimin.domains.planning.demo.build import build

__all__ = ["build"]
