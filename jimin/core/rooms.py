"""A room is made of declarations; they count once their modules are imported, when the app is ready."""

from __future__ import annotations

import importlib
import pkgutil


def declare(package: str) -> None:
    """Import every module of a package (`jimin.domains.planning.actions`), so that what it declares is known."""
    found = importlib.import_module(package)
    for module in pkgutil.iter_modules(found.__path__):
        importlib.import_module(f"{package}.{module.name}")
