"""What every page needs to know."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """The signed-in actor for templates."""
    return {"actor": getattr(request, "actor", None)}
