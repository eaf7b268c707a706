"""The network address a request came from."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def _trusted(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in ip_network(net, strict=False) for net in settings.JIMIN_TRUSTED_PROXIES)


def of(request: HttpRequest) -> str | None:
    """The peer's own address; None when there is none (a socket).

    X-Forwarded-For counts only when the peer is a proxy of JIMIN_TRUSTED_PROXIES, and then from the right: the last
    hop that is no trusted proxy. What a client wrote further left proves nothing.
    """
    peer = str(request.META.get("REMOTE_ADDR") or "")
    hops = [hop.strip() for hop in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",") if hop.strip()]
    while hops and _trusted(peer):
        peer = hops.pop()
    try:
        return str(ip_address(peer))
    except ValueError:
        return None
