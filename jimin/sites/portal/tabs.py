"""The portal's bottom tabs: those whose page exists."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

#: label, address, icon in the sprite
TABS = [
    (_("首页"), "portal:home", "home"),
    (_("能领什么"), "portal:estimate", "list"),
    (_("今年的事"), "portal:plan", "plan"),
    (_("核对文书"), "portal:verify", "doc"),
    (_("我的办件"), "portal:cases", "list"),
    (_("身边"), "portal:nearby", "map"),
    (_("我的"), "portal:me", "me"),
]


def build(request: HttpRequest) -> list[dict[str, Any]]:
    """[{label, url, icon, current}]; a single tab is no choice and is left out."""
    lines = []
    for label, name, icon in TABS:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        current = request.path == url or (name != "portal:home" and request.path.startswith(url))
        lines.append({"label": label, "url": url, "icon": icon, "current": current})
    return lines if len(lines) > 1 else []
